"""What the model can produce, for people: the figure of patterns, the text, the table. The search lives elsewhere."""

import itertools
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim import __version__
from ectsim.analysis.exploration.cells import cells_of, seen_grid
from ectsim.analysis.exploration.exploring import Patterns, axis_name
from ectsim.analysis.sensitivity.quantities import Quantity
from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.document import Table
from ectsim.report.sensitivity import unvaried
from ectsim.report.style import COLOUR, INK, QUIET, foot, head, local_ticks, look, new_figure, panel_head
from ectsim.report.wording import MINUS, number
from ectsim.scenario.numbers import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHADES = "Greys"
THIRDS = 3
MOST_EXAMPLES = 8
LINE = 30


def _say(key: str, **values: object) -> str:
    return text(f"exploration.{key}", **values)


def axis_label(found: Patterns, axis: Quantity) -> str:
    """What an axis is, in the current language."""
    names = {key: str(scenario.name) for key, scenario in found.study.scenarios.items()}
    label = OUTCOMES[axis.outcome].label
    if axis.against is None:
        return _say("axis", outcome=label, scenario=names[axis.scenario])
    return _say("axis_difference", outcome=label, scenario=names[axis.scenario], against=names[axis.against])


def rests_on(found: Patterns) -> str:
    """Points, runs and seeds behind a figure or a text."""
    points = found.tables["points"]
    widths = ", ".join(
        _say("width", axis=axis_label(found, axis), width=decimal(float(f"{width:.6g}")))
        for axis, width in zip(found.axes, found.widths, strict=True)
    )
    values = {
        "runs": decimal(found.runs),
        "points": decimal(len(points)),
        "generations": len(points) // found.first,
        "first": found.study.seeds.first,
        "unvaried": unvaried(found.study),
    }
    return _say("rests_on", **values, widths=widths, version=__version__)


def answer_count(found: Patterns) -> str:
    """How many patterns were seen, and how many of them by the first generation."""
    known = found.tables["points"]["patterns"].to_numpy()
    before = int(known[found.first - 1])
    points = {"points": decimal(len(known)), "first": decimal(found.first)}
    return _say("answer.count", patterns=decimal(int(known[-1])), before=decimal(before), **points)


def _values(found: Patterns) -> NDArray[np.float64]:
    """Axes of the points where all are defined."""
    values = found.tables["points"][[axis_name(axis) for axis in found.axes]].to_numpy(float)
    return values[~np.isnan(values).any(axis=1)]


def never_together(found: Patterns) -> list[str]:
    """Corners of two axes that nothing reached: both beyond the outer third of what was seen of each."""
    values = _values(found)
    if not len(values):
        return []
    low, high = values.min(axis=0), values.max(axis=0)
    ends = {"low": low + (high - low) / THIRDS, "high": high - (high - low) / THIRDS}
    told = []
    for x, y in itertools.combinations(range(len(found.axes)), 2):
        for one, other in itertools.product(("low", "high"), repeat=2):
            if (
                high[x] > low[x]
                and high[y] > low[y]
                and not (_beyond(values, x, one, ends) & _beyond(values, y, other, ends)).any()
            ):
                sides = [_side(found, place, end, ends) for place, end in ((x, one), (y, other))]
                told.append(_say("never", one=sides[0], other=sides[1]))
    return told


def _beyond(values: NDArray[np.float64], axis: int, end: str, ends: Mapping[str, Any]) -> NDArray[np.bool_]:
    return values[:, axis] <= ends["low"][axis] if end == "low" else values[:, axis] >= ends["high"][axis]


def _side(found: Patterns, axis: int, end: str, ends: Mapping[str, Any]) -> str:
    return _say(f"side_{end}", axis=axis_label(found, found.axes[axis]), value=number(ends[end][axis]))


def answers(found: Patterns) -> list[str]:
    """What can be said, sentence by sentence."""
    never = never_together(found)
    return [f"{answer_count(found)}.", *_ranges(found), *(never or [_say("answer.every_corner")])]


def _ranges(found: Patterns) -> Iterator[str]:
    values = _values(found)
    for place, axis in enumerate(found.axes if len(values) else ()):
        ends = {"low": number(values[:, place].min()), "high": number(values[:, place].max())}
        yield _say("answer.range", axis=axis_label(found, axis), **ends)


def tell_patterns(found: Patterns) -> str:
    """The answer as a text, with what it rests on."""
    return "\n\n".join([*answers(found), rests_on(found), text("report.not_a_forecast")])


def exploration_figure(found: Patterns) -> "Figure":
    """Cells seen, two axes at a time, in shades of how often; and patterns known as points were tried."""
    pairs = list(itertools.combinations(range(len(found.axes)), 2))
    with look():
        figure = new_figure()
        if len(pairs) == 1:
            panels = [figure.add_axes((0.085, 0.19, 0.54, 0.58))]
            curve = figure.add_axes((0.73, 0.19, 0.245, 0.58))
        else:
            grid = figure.add_gridspec(2, 2, left=0.085, right=0.975, top=0.78, bottom=0.2, wspace=0.28, hspace=0.72)
            panels = [figure.add_subplot(grid[place // 2, place % 2]) for place in range(3)]
            curve = figure.add_subplot(grid[1, 1])
        for axes, pair in zip(panels, pairs, strict=True):
            _draw_pair(axes, found, pair)
        _draw_curve(curve, found)
        head(figure, answer_count(found), _say("figure.reading"))
        foot(figure, rests_on(found), text("report.not_a_forecast"))
    return figure


def _draw_pair(axes: "Axes", found: Patterns, pair: tuple[int, int]) -> None:
    from matplotlib.colors import LogNorm

    points = found.tables["points"]
    values = points[[axis_name(found.axes[place]) for place in pair]].to_numpy(float)
    defined = ~np.isnan(points[[axis_name(axis) for axis in found.axes]].to_numpy(float)).any(axis=1)
    widths = found.widths[list(pair)]
    seen, corner = seen_grid(values[defined], widths)
    counts = np.zeros(seen.shape)
    np.add.at(counts, tuple((cells_of(values[defined], widths) - corner).T), 1)
    edges = [(corner[place] + np.arange(seen.shape[place] + 1)) * widths[place] for place in range(2)]
    shown = np.ma.masked_equal(counts.T, 0)
    norm = LogNorm(0.3, max(float(counts.max()), 1.0))
    axes.pcolormesh(*edges, shown, cmap=SHADES, norm=norm, edgecolors="white", linewidth=0.4)
    first = defined & (points["generation"].to_numpy() == 0)
    dots = (np.unique(cells_of(values[first], widths), axis=0) + 0.5) * widths
    axes.plot(
        *dots.T,
        "o",
        color="white",
        markersize=3.5,
        markeredgecolor=INK,
        markeredgewidth=0.6,
        label=_say("figure.first"),
    )
    width = LINE if len(found.axes) > len(pair) else 2 * LINE
    for axis, place in zip((axes.xaxis, axes.yaxis), pair, strict=True):
        axis.set_label_text(textwrap.fill(axis_label(found, found.axes[place]), width))
        local_ticks(axis, 6, _written)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=9, labelcolor=QUIET, borderpad=0.1)


def _draw_curve(axes: "Axes", found: Patterns) -> None:
    known = found.tables["points"]["patterns"].to_numpy()
    axes.plot(np.arange(1, len(known) + 1), known, color=INK)
    axes.axvline(found.first, color=COLOUR["b"], linestyle=":", linewidth=1.2)
    axes.set_xlim(0, len(known))
    axes.set_ylim(0, float(known.max()) * 1.05 + 1)
    axes.set_xlabel(_say("figure.points"))
    for axis in (axes.xaxis, axes.yaxis):
        local_ticks(axis, 3, _written)
    panel_head(axes, _say("figure.known"))


def _written(value: float) -> str:
    return decimal(value).replace("-", MINUS)


def exploration_table(found: Patterns) -> Table:
    """Patterns at the ends of each axis, and what gives them."""
    titles = (
        *(axis_label(found, axis) for axis in found.axes),
        _say("table.points"),
        _say("table.generation"),
        _say("table.seed"),
    )
    return Table(_say("page.ends"), _say("page.reading"), titles, tuple(_examples(found)), words=0)


def _examples(found: Patterns) -> Iterator[tuple[str, ...]]:
    """The patterns at the ends of each axis: the rarest worlds, which a reader may want to make again."""
    table = found.tables["patterns"]
    lows = [f"{axis_name(axis)}_low" for axis in found.axes]
    highs = [f"{axis_name(axis)}_high" for axis in found.axes]
    ends = [name for low in lows for name in (table[low].idxmin(), table[low].idxmax())] if len(table) else []
    for row in table.loc[list(dict.fromkeys(ends))[:MOST_EXAMPLES]].to_dict("records"):
        told = [
            _say("from_to", low=number(row[low]), high=number(row[high])) for low, high in zip(lows, highs, strict=True)
        ]
        yield *told, decimal(row["points"]), decimal(row["generation"]), str(row["seed"])
