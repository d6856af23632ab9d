"""Where projects emerge: communes shaded by projects a run, without the scheme, with it, and the difference."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim import __version__
from ectsim.analysis.comparison import Comparison
from ectsim.analysis.twin_table import emergences
from ectsim.locale import current_language, text
from ectsim.report.projects_map import draw_communes
from ectsim.report.style import MORE_LESS, SHADES, foot, head, look, new_figure, panel_head
from ectsim.report.wording import number, share, signed
from ectsim.scenario.numbers import counted, duration

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED, APART = 3, 0.03
"""Communes named in each map, those that stand out; the least degrees of latitude between their names."""


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.emergence.{key}", **values)


def emergence_map(twins: "pd.DataFrame", comparison: Comparison) -> "Figure":
    """Three maps of the territory: projects emerged a run in A, in B, and B less A, by commune of the project."""
    from matplotlib.colors import Normalize, PowerNorm

    territory, horizon = comparison.a.territory, comparison.a.scenario.horizon
    counted_by_code = emergences(twins, horizon.months)
    table = counted_by_code.reindex(list(territory.codes), fill_value=0.0)
    without, with_scheme = (table[world].to_numpy(float) for world in ("without", "with"))
    highest = max(float(np.max([without, with_scheme])), 1e-9)
    widest = max(float(np.abs(with_scheme - without).max()), 1e-9)
    titles = [f"{letter} {setup.scenario.name}" for letter, setup in (("A", comparison.a), ("B", comparison.b))]
    title = _title(territory.names, without, with_scheme, comparison)
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(2, 3, height_ratios=(1, 0.035), left=0.03, right=0.97, top=0.8, bottom=0.15,
                                   wspace=0.06, hspace=0.04)  # fmt: skip
        counts, gaps = PowerNorm(0.5, 0.0, highest), Normalize(-widest, widest)
        drawn = (
            (titles[0], without, (SHADES, counts), number),
            (titles[1], with_scheme, (SHADES, counts), number),
            (_say("gap"), with_scheme - without, (MORE_LESS, gaps), signed),
        )
        for place, (name, values, look_of_map, written) in enumerate(drawn):
            axes = figure.add_subplot(grid[0, place])
            shades = draw_communes(axes, territory, values, *look_of_map)
            _name_foremost(axes, territory, values, written)
            panel_head(axes, name)
            _draw_scale(figure, figure.add_subplot(grid[1, place]), shades, written)
        head(figure, title, _say("subtitle", runs=comparison.runs, time=duration(horizon.months)))
        actors = counted("actor", comparison.a.scenario.population.actors)
        told = {"actors": actors, "territory": territory.title[current_language()], "version": __version__}
        foot(figure, _say("footer", attribution=territory.attribution, **told), text("report.not_a_forecast"))
    return figure


def _title(names: Any, without: NDArray[Any], with_scheme: NDArray[Any], comparison: Comparison) -> str:
    """The commune where most emerges, and its share of all, in both worlds."""
    if not without.sum() or not with_scheme.sum():
        return _say("title_none", a=number(without.sum()), b=number(with_scheme.sum()))
    first = int(np.argmax(without + with_scheme))
    shares = {name: share(values[first] / values.sum()) for name, values in (("a", without), ("b", with_scheme))}
    return _say("title", commune=names[first], **shares)


def _name_foremost(axes: "Axes", territory: Any, values: NDArray[Any], written: Any) -> None:
    from matplotlib.patheffects import withStroke

    named: list[int] = []
    for row in np.argsort(-np.abs(values), kind="stable"):
        far = all(abs(territory.latitude[row] - territory.latitude[other]) > APART for other in named)
        if values[row] and far and len(named) < NAMED:
            named.append(int(row))
            label = f"{territory.names[row]} {written(values[row], 2)}"
            place = (territory.longitude[row], territory.latitude[row])
            halo = [withStroke(linewidth=2.5, foreground="white")]
            axes.annotate(label, place, (0, 7), textcoords="offset points", ha="center", fontsize=8, path_effects=halo)


def _draw_scale(figure: "Figure", axes: "Axes", shades: Any, written: Any) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    bar = figure.colorbar(shades, cax=axes, orientation="horizontal", ticks=MaxNLocator(4))
    bar.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value, 2)))
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    bar.ax.tick_params(labelsize=8, length=2)
    bar.set_label(_say("unit" if written is number else "gap_unit"), fontsize=8.5)
