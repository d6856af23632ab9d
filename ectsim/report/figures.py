"""The figure of a comparison and that of a run, in the current language; alt_text.py says in words what they show."""

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.comparison import Comparison
from ectsim.locale import current_language, text
from ectsim.model.outcomes import measure
from ectsim.model.simulation import Setup
from ectsim.model.state import STAGES
from ectsim.report.alt_text import alt_text
from ectsim.report.projects_map import draw_map
from ectsim.report.story import finding
from ectsim.report.style import (
    COLOUR,
    DASH,
    FAINT,
    INK,
    QUIET,
    STAGE_COLOUR,
    foot,
    head,
    look,
    new_figure,
    panel_head,
    years_axis,
)
from ectsim.report.wording import between, number, signed
from ectsim.scenario.numbers import counted, duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ectsim.experiments.single import Run

DIVERGING = {"additional": ("b", 1.0), "displaced": ("a", -1.0)}
NEUTRAL = ("accelerated", "delayed", "unchanged")


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.{key}", **values)


def _data(setup: Setup) -> dict[str, object]:
    return {
        "actors": counted("actor", setup.scenario.population.actors),
        "territory": setup.territory.title[current_language()],
        "attribution": setup.territory.attribution,
        "version": __version__,
    }


def comparison_figure(comparison: Comparison) -> "Figure":
    """Emerged projects in both worlds, their difference and the fates of projects; the title says the finding."""
    with look():
        figure = new_figure()
        left, right = figure.add_gridspec(
            1, 2, width_ratios=(1, 1), left=0.06, right=0.965, top=0.78, bottom=0.14, wspace=0.55
        )
        above, below = right.subgridspec(2, 1, hspace=0.5)
        _draw_curves(figure.add_subplot(left), comparison)
        _draw_gap(figure.add_subplot(above), comparison)
        _draw_fates(figure.add_subplot(below), comparison)
        p, seeds = comparison.a.parameters[0], comparison.worlds.seeds
        least: dict[str, object] = {"members": int(p.minimum_members), "sectors": int(p.minimum_sectors)}
        durable = comparison.table.set_index("name").loc["anchored"]
        least |= {"a": number(durable["mean_a"]), "b": number(durable["mean_b"])}
        head(figure, finding(comparison), _say("subtitle", runs=comparison.runs, **least))
        footer = _say("footer", runs=comparison.runs, first=min(seeds), last=max(seeds), **_data(comparison.a))
        foot(figure, footer, text("report.not_a_forecast"))
        figure.set_label(alt_text(comparison))
    return figure


def _draw_curves(axes: "Axes", comparison: Comparison) -> None:
    from matplotlib.ticker import MaxNLocator

    curves = comparison.curves
    months = curves["month"]
    axes.fill_between(
        months, curves["low_a"], curves["high_a"], step="post", color=COLOUR["a"], alpha=0.16, linewidth=0
    )
    for edge in ("low_b", "high_b"):
        axes.step(months, curves[edge], where="post", color=COLOUR["b"], linestyle=(0, (1, 2)), linewidth=1.3)
    for world in "ab":
        axes.plot(months, curves[f"mean_{world}"], color=COLOUR[world], linestyle=DASH[world], linewidth=2.8)
    top = max(1.0, float(curves[["high_a", "high_b"]].to_numpy().max()) * 1.1)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
    panel_head(axes, _say("curves"), _say("band"))
    years_axis(axes, len(curves), _say("years"))
    _mark_start(axes, comparison)
    _label_ends(axes, comparison, top)


def _mark_start(axes: "Axes", comparison: Comparison) -> None:
    """Mark the first month of what only B does."""
    temporary = [i.first_month for i in comparison.b.scenario.instruments if not i.permanent]
    month = min(temporary, default=0)
    if 0 < month < len(comparison.curves):
        axes.axvline(month, color=QUIET, linewidth=0.8, linestyle=":")
        place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(_say("starts"), (month, 0.86), (4, 0), fontsize=9, color=QUIET, va="top", **place)


def _label_ends(axes: "Axes", comparison: Comparison, top: float) -> None:
    """Name each curve at its end, the names kept apart."""
    ends = {world: float(comparison.curves[f"mean_{world}"].iloc[-1]) for world in "ab"}
    names = {"a": str(comparison.a.scenario.name), "b": str(comparison.b.scenario.name)}
    middle, apart = sum(ends.values()) / 2, max(abs(ends["b"] - ends["a"]), 0.2 * top)
    upper = "b" if ends["b"] >= ends["a"] else "a"
    for world, end in ends.items():
        place = middle + (apart / 2 if world == upper else -apart / 2)
        label = _say("end", letter=world.upper(), name=textwrap.fill(names[world], 16), value=number(end))
        axes.annotate(
            label,
            (len(comparison.curves), end),
            (len(comparison.curves) * 1.03, place),
            color=COLOUR[world],
            fontweight="bold",
            fontsize=10.5,
            va="center",
            annotation_clip=False,
        )


def _draw_gap(axes: "Axes", comparison: Comparison) -> None:
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    curves = comparison.curves
    axes.fill_between(curves["month"], curves["low"], curves["high"], color="#999999", alpha=0.35, linewidth=0)
    axes.plot(curves["month"], curves["difference"], color=INK, linewidth=2)
    axes.axhline(0, color=INK, linewidth=0.8)
    last = curves.iloc[-1]
    values = {"difference": signed(last["difference"]), "interval": between(last["low"], last["high"])}
    panel_head(axes, _say("gap", **values), _say("gap_band"))
    shown = curves[["low", "high", "difference"]].to_numpy()
    reach = max(0.5, float(np.nanmax(np.abs(shown))))
    axes.set_ylim(min(1.2 * np.nanmin(shown), -0.4 * reach), max(1.2 * np.nanmax(shown), 0.4 * reach))
    halves = reach < 2
    axes.yaxis.set_major_locator(MultipleLocator(0.5) if halves else MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: signed(value, int(halves)) if value else "0")
    axes.text(0.02, 0.97, _say("above"), transform=axes.transAxes, fontsize=9, color=COLOUR["b"], va="top")
    axes.text(0.02, 0.03, _say("below"), transform=axes.transAxes, fontsize=9, color=COLOUR["a"], va="bottom")
    years_axis(axes, len(curves), _say("years"))


def _draw_fates(axes: "Axes", comparison: Comparison) -> None:
    fates = comparison.fates
    fates = fates[(fates["cut_off"] == "horizon") & (fates["origin"] == "all")].set_index("fate")
    means = dict(zip(map(str, fates.index), fates["mean"].to_numpy(float).tolist(), strict=True))
    windfall = comparison.windfall[comparison.windfall["cut_off"] == "horizon"].set_index("name")["value"]
    means["windfall"] = float(windfall.loc[["windfall_pure", "windfall_accelerated"]].to_numpy(float).sum())
    rows = [*DIVERGING, "net", *NEUTRAL, "windfall"]
    places = [0, 1, 2, 3.3, 4.3, 5.3, 6.8]
    low, high = np.nan_to_num(fates[["low", "high"]].to_numpy(float)[list(means).index("net")])
    reach = max(0.5, *(abs(mean) for mean in means.values()), abs(low), abs(high))
    for place, fate in zip(places, rows, strict=True):
        world, sign = DIVERGING.get(fate, (None, 1.0))
        tip, label = sign * means[fate], number(means[fate])
        if fate == "net":
            axes.plot([low, high], [place, place], color=INK, linewidth=2)
            axes.plot(tip, place, marker="D", color=INK, markersize=7)
            tip, label = max(tip, high), signed(tip)
        else:
            axes.barh(place, tip, height=0.62, color=COLOUR[world] if world else "#A6A6A6")
        side = -1 if tip < 0 else 1
        axes.text(tip + side * 0.03 * reach, place, label, va="center", ha="left" if side > 0 else "right")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlim(-1.2 * reach, 1.2 * reach)
    axes.set_yticks(places, [_say(f"fate.{fate}") for fate in rows])
    axes.get_yticklabels()[rows.index("net")].set_fontweight("bold")
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9.5)
    axes.invert_yaxis()
    axes.set_xticks([])
    for edge in ("bottom", "left"):
        axes.spines[edge].set_visible(False)
    panel_head(axes, _say("fates"), _say("fates_note"))


def run_figure(run: "Run") -> "Figure":
    """Where the projects alive at the end are, and how many were alive at each stage, month by month."""
    horizon = run.setup.scenario.horizon
    values = {name: float(array[0]) for name, array in measure(run.tally).items()}
    counts = {name: number(values[name], 0) for name in ("ideas", "structured", "emerged", "anchored", "mobilised")}
    with look():
        figure = new_figure()
        left, right = figure.add_gridspec(
            1, 2, width_ratios=(1.1, 1), left=0.06, right=0.88, top=0.84, bottom=0.13, wspace=0.12
        )
        map_axes = figure.add_subplot(left.subgridspec(2, 1, height_ratios=(1, 0.11), hspace=0)[0])
        panel_head(map_axes, _say("map", month=horizon.months))
        draw_map(map_axes, run.setup, run.state)
        _draw_stages(figure, right, run)
        head(
            figure,
            _say("run_title", name=run.setup.scenario.name, time=duration(horizon.months), **counts),
            _say("run_subtitle", seed=run.seed, population=run.setup.scenario.population.actors, **counts),
        )
        foot(figure, _say("run_footer", seed=run.seed, **_data(run.setup)), text("report.not_a_forecast"))
        figure.set_label(alt_text(run))
    return figure


def _draw_stages(figure: "Figure", place: Any, run: "Run") -> None:
    """One small chart a stage, each with its own scale: ideas are many, anchored projects few."""
    horizon = run.setup.scenario.horizon
    live = run.state.months.stages[horizon.burn_in : horizon.burn_in + horizon.months]
    panels = place.subgridspec(len(STAGES), 1, hspace=0.35).subplots(sharex=True)
    for stage, axes in zip(reversed(range(len(STAGES))), panels, strict=True):
        name, counts = STAGES[stage], live[:, stage]
        months = np.arange(1, len(counts) + 1)
        axes.fill_between(months, counts, step="mid", color=STAGE_COLOUR[name], linewidth=0)
        axes.step(months, counts, where="mid", color=INK, linewidth=0.9)
        top = max(1, int(counts.max(initial=0)))
        axes.set_ylim(0, 1.12 * top)
        axes.set_yticks([0, top])
        years_axis(axes, len(counts), _say("years") if stage == 0 else "")
        label = f"{_say(f'stage.{name}')}\n{number(float(counts[-1]), 0)}"
        axes.text(1.02, 0.5, label, transform=axes.transAxes, va="center", fontweight="bold")
        axes.tick_params(axis="x", labelbottom=stage == 0)
        axes.spines["bottom"].set_color(FAINT)
    panel_head(panels[0], _say("live"))
