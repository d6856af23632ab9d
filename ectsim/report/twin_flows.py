"""The figure of flows: what projects were without the scheme, what they are with it. Tables live in the analysis."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.comparison import Comparison
from ectsim.analysis.twin_table import flows
from ectsim.locale import text
from ectsim.report.style import COLOUR, INK, QUIET, foot, head, look, new_figure
from ectsim.report.wording import money, number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT, RIGHT = ("emerges", "does_not", "unborn"), ("funded", "unfunded", "does_not")
FATE_COLOUR = {
    "additional": COLOUR["b"],
    "accelerated": "#56B4E9",
    "unchanged": "#BFBFBF",
    "delayed": "#8C8C8C",
    "displaced": "#222222",
}
FATE_HATCH = {"additional": "", "accelerated": "///", "unchanged": "", "delayed": "...", "displaced": "xx"}
"""Hatches tell fates apart in grey."""
GAP = 0.08
STEPS = 60
NODE = 0.025
Rows = list[dict[str, Any]]
"""Flows as records, see :func:`~ectsim.analysis.twin_table.flows`."""


def _say(key: str, **values: object) -> str:
    return text(f"roles.flows.{key}", **values)


def flows_figure(table: "pd.DataFrame", comparison: Comparison) -> "Figure":
    """Alluvial figure of a table of twins: bands as wide as projects a run, coloured and hatched by fate."""
    found: Rows = flows(table).to_dict("records")
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.06, 0.13, 0.88, 0.66))
        axes.set_axis_off()
        axes.set_xlim(-0.34, 1.34)
        if found:
            _draw_flows(axes, found)
        runs = table["seed"].nunique()
        names = {"a": comparison.a.scenario.name, "b": comparison.b.scenario.name}
        head(figure, _title(found), _say("subtitle", **names))
        values = {"runs": runs, "cost": _cost(comparison), "version": __version__}
        foot(figure, _say("footer", **values), text("report.not_a_forecast"))
        figure.set_label(f"{_title(found)}. {_say('subtitle', **names)}. {_told(found)}")
    return figure


def _title(found: Rows) -> str:
    totals = _totals(found, "fate")
    means = {fate: number(totals.get(fate, 0.0)) for fate in FATE_COLOUR}
    return _say("title", **means)


def _told(found: Rows) -> str:
    """Every flow in words."""
    return " ; ".join(
        f"{_say(f'without.{one["without"]}')} → {_say(f'with.{one["with"]}')}, "
        f"{text(f'analysis.fate.{one["fate"]}')} {number(one['projects'])}"
        for one in _in_order(found)
    )


def _cost(comparison: Comparison) -> str:
    """Extra public money an additional project, with its interval where there is one."""
    cost: Any = comparison.money.set_index("name").loc["cost_per_additional"]
    if np.isnan(cost["low"]):
        return _say("cost_unknown")
    return _say("cost", cost=money(cost["value"]), low=money(cost["low"]), high=money(cost["high"]))


def _draw_flows(axes: "Axes", found: Rows) -> None:
    total = sum(one["projects"] for one in found)
    left = _nodes(found, "without", LEFT, total)
    right = _nodes(found, "with", RIGHT, total)
    _draw_nodes(axes, left, 0.0, "without", -1)
    _draw_nodes(axes, right, 1.0, "with", 1)
    starts, ends = ({name: top for name, (top, _) in nodes.items()} for nodes in (left, right))
    for one in _in_order(found):
        height = one["projects"] / total
        _draw_band(axes, starts[one["without"]], ends[one["with"]], height, one["fate"])
        starts[one["without"]] -= height
        ends[one["with"]] -= height
    highest = max(top for nodes in (left, right) for top, _ in nodes.values())
    lowest = min(top - height for nodes in (left, right) for top, height in nodes.values())
    axes.set_ylim(lowest - 0.16, highest + 0.06)
    _draw_key(axes, found, lowest - 0.12)


def _in_order(found: Rows) -> Rows:
    """Flows from top to bottom of both sides, so that bands cross little."""
    fates = list(FATE_COLOUR)
    return sorted(
        found, key=lambda one: (LEFT.index(one["without"]), RIGHT.index(one["with"]), fates.index(one["fate"]))
    )


def _totals(found: Rows, field: str) -> dict[str, float]:
    """Projects a run by what a field says."""
    totals: dict[str, float] = {}
    for one in found:
        totals[one[field]] = totals.get(one[field], 0.0) + one["projects"]
    return totals


def _nodes(found: Rows, side: str, names: Sequence[str], total: float) -> Mapping[str, tuple[float, float]]:
    """Top and height of each node that holds something, from 1 down."""
    sizes = {name: projects / total for name, projects in _totals(found, side).items()}
    nodes, top = {}, 1.0
    for name in names:
        if name in sizes:
            nodes[name] = (top, sizes[name])
            top -= sizes[name] + GAP
    return nodes


def _draw_nodes(axes: "Axes", nodes: Mapping[str, tuple[float, float]], x: float, side: str, direction: int) -> None:
    from matplotlib.patches import Rectangle

    for name, (top, height) in nodes.items():
        axes.add_patch(Rectangle((x - NODE / 2, top - height), NODE, height, color=INK, linewidth=0))
        label = textwrap.fill(_say(f"{side}.{name}"), 24)
        align = "right" if direction < 0 else "left"
        axes.text(x + direction * 0.03, top - height / 2, label, ha=align, va="center", fontsize=10.5)
    axes.text(x, 1.03, _say(f"head_{side}"), ha="center", fontweight="bold", fontsize=11)


def _draw_band(axes: "Axes", start: float, end: float, height: float, fate: str) -> None:
    x = np.linspace(NODE / 2, 1 - NODE / 2, STEPS)
    bend = (1 - np.cos(np.linspace(0, np.pi, STEPS))) / 2
    top = start + (end - start) * bend
    axes.fill_between(
        x, top - height, top, facecolor=FATE_COLOUR[fate], hatch=FATE_HATCH[fate], edgecolor="white", linewidth=0.4,
        alpha=0.85,
    )  # fmt: skip


def _draw_key(axes: "Axes", found: Rows, height: float) -> None:
    from matplotlib.patches import Patch

    totals = _totals(found, "fate")
    patches = [
        Patch(
            facecolor=FATE_COLOUR[name],
            hatch=FATE_HATCH[name],
            edgecolor="white",
            label=f"{text(f'analysis.fate.{name}')} ({number(totals[name])})",
        )
        for name in FATE_COLOUR
        if name in totals
    ]
    axes.legend(
        handles=patches, loc="center", bbox_to_anchor=(0.5, height), bbox_transform=axes.transData, ncols=3,
        frameon=False, labelcolor=QUIET, fontsize=9,
    )  # fmt: skip
