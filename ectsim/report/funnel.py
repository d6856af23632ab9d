"""The funnel of projects by origin: how many are left at each stage, and how many of a hundred ideas emerge."""

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.comparison import Comparison
from ectsim.locale import current_language, text
from ectsim.model.outcome_labels import ORIGIN_LABELS
from ectsim.model.state import ORIGINS
from ectsim.report.style import (
    COLOUR,
    INK,
    ORIGIN_COLOUR,
    ORIGIN_MARKER,
    QUIET,
    foot,
    head,
    look,
    new_figure,
    panel_head,
)
from ectsim.report.wording import number
from ectsim.scenario.numbers import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS = ("ideas", "collectives", "structured", "emerged", "anchored")
"""Outcomes, from the widest to the narrowest."""
LEAST = 0.01
"""Projects a run below which a step is not drawn: a scale of powers has no zero."""
HUNDRED = 100
APART = 0.055
"""Least distance between two names at the end of lines, in heights of the chart."""


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.funnel.{key}", **values)


def origin_label(origin: str) -> str:
    """An origin of projects in the current language."""
    fr, en = ORIGIN_LABELS[origin]
    return fr if current_language() == "fr" else en


def funnel_figure(comparison: Comparison) -> "Figure":
    """Projects a run that reach each stage, by origin: those of B, beside the spontaneous ones of A."""
    lines = _lines(comparison)
    time = duration(comparison.a.scenario.horizon.months)
    names = {"a": comparison.a.scenario.name, "b": comparison.b.scenario.name}
    with look():
        figure = new_figure()
        left, right = figure.add_gridspec(1, 2, width_ratios=(1.35, 1), left=0.06, right=0.96, top=0.79, bottom=0.15,
                                          wspace=0.52)  # fmt: skip
        _draw_lines(figure.add_subplot(left), lines)
        _draw_yields(figure.add_subplot(right), lines)
        head(figure, _title(lines), _say("subtitle", runs=comparison.runs, time=time, **names))
        foot(figure, _say("footer", runs=comparison.runs, version=__version__), text("report.not_a_forecast"))
        figure.set_label(f"{_title(lines)}. {_told(lines)}")
    return figure


Line = tuple[str, str, list[float]]
"""Name, key of its look, projects at each step."""


def _lines(comparison: Comparison) -> list[Line]:
    """Origins met in B, the foremost first, then what is spontaneous in A."""
    table = comparison.table.set_index("name")
    lines = []
    for origin in ORIGINS:
        values = [float(table.loc[f"{step}[{origin}]", "mean_b"]) for step in STEPS]
        if values[0] >= LEAST:
            lines.append((_say("in_b", origin=origin_label(origin)), origin, values))
    own = [float(table.loc[f"{step}[spontaneous]", "mean_a"]) for step in STEPS]
    return [*lines, (_say("in_a", origin=origin_label("spontaneous")), "a", own)]


def _yield(values: list[float]) -> float:
    """Of a hundred ideas, those that emerge."""
    return HUNDRED * values[STEPS.index("emerged")] / values[0] if values[0] else np.nan


def _title(lines: list[Line]) -> str:
    incentive = [values for _, key, values in lines if key not in ("spontaneous", "a")]
    own = next((values for _, key, values in lines if key == "spontaneous"), [0.0] * len(STEPS))
    if not incentive:
        return _say("title_own", own=number(_yield(own)))
    summed = np.sum(incentive, axis=0).tolist()
    return _say("title", incentive=number(_yield(summed)), own=number(_yield(own)))


def _told(lines: list[Line]) -> str:
    return " ; ".join(f"{name} {', '.join(map(number, values))}" for name, _, values in lines)


def _look(key: str) -> dict[str, Any]:
    if key == "a":
        return {"color": COLOUR["a"], "linestyle": (0, (5, 2)), "marker": "D"}
    return {"color": ORIGIN_COLOUR[key], "linestyle": "-", "marker": ORIGIN_MARKER[key]}


def _draw_lines(axes: "Axes", lines: list[Line]) -> None:
    from matplotlib.ticker import FuncFormatter

    for _, key, values in lines:
        drawn = [value if value >= LEAST else np.nan for value in values]
        axes.plot(range(len(STEPS)), drawn, linewidth=2.4, markersize=7, **_look(key))
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 0 if value >= 1 else 2)))
    known = [value for _, _, values in lines for value in values if value >= LEAST] or [1.0]
    powers = np.arange(np.floor(np.log10(min(known))), np.ceil(np.log10(max(known))) + 1)
    axes.set_yticks(10.0**powers)
    axes.set_ylim(10.0 ** powers[0], 10.0 ** powers[-1])
    axes.minorticks_off()
    axes.set_xticks(range(len(STEPS)), [text(f"report.figure.stage.{stage}") for stage in _STAGES])
    axes.set_xlim(-0.2, len(STEPS) - 0.8)
    _name_ends(axes, lines)
    panel_head(axes, _say("lines"), _say("lines_note"))


_STAGES = ("idea", "collective", "structured", "emerged", "anchored")


def _name_ends(axes: "Axes", lines: list[Line]) -> None:
    """Name each line at its end with its last value, the names kept apart."""
    ends = [(np.log10(max(values[-1], LEAST)), name, key, values[-1]) for name, key, values in lines]
    low, high = np.log10(axes.get_ylim())
    place = -np.inf
    for end, name, key, last in sorted(ends):
        place = max((end - low) / (high - low), place + APART, 0.0)
        label = f"{textwrap.fill(name, 22)}{text('cli.colon')} {number(last)}"
        axes.annotate(
            label, (1.02, place), xycoords="axes fraction", color=_look(key)["color"], fontweight="bold", fontsize=9,
            va="center", annotation_clip=False,
        )  # fmt: skip


def _draw_yields(axes: "Axes", lines: list[Line]) -> None:
    widest = max((_yield(values) for _, _, values in lines if values[0]), default=0.0)
    for row, (name, key, values) in enumerate(lines):
        value, colour = _yield(values), _look(key)["color"]
        axes.hlines(row, 0, value, color=colour, linewidth=3)
        axes.plot(value, row, marker=_look(key)["marker"], color=colour, markersize=9)
        axes.annotate(number(value), (value, row), (9, 0), textcoords="offset points", va="center", color=INK)
        axes.annotate(name, (0, row), (4, 8), textcoords="offset points", color=colour, fontweight="bold", fontsize=9)
    axes.set_yticks([])
    axes.set_ylim(len(lines) - 0.4, -0.7)
    axes.set_xlim(0, 1.2 * widest or 1)
    axes.set_xlabel(_say("yield_unit"), color=QUIET)
    panel_head(axes, _say("yields"), _say("yields_note"))
