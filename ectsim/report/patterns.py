"""The published patterns beside the model: the figure and the sentences. They are checked in the analysis."""

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.patterns import patterns_inside
from ectsim.experiments.patterns import PATTERNS
from ectsim.locale import text
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, look, new_figure
from ectsim.report.wording import number, share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST = (-1.5, 2.5)
"""What is shown, in widths of the accepted range: it fills the band from 0 to 1."""
LABEL = 58
"""Characters of a line of a label."""
OURS, OUTSIDE = COLOUR["a"], COLOUR["b"]
LABELS = {pattern.name: pattern for pattern in PATTERNS}


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.patterns.{key}", **values)


def pattern_label(row: Any) -> str:
    """A pattern in the current language, which may not be that of its table."""
    return LABELS[row["name"]].label if row["name"] in LABELS else str(row["what"])


def patterns_finding(table: "pd.DataFrame") -> str:
    """How many patterns that count are inside their range."""
    inside = patterns_inside(table)
    return _say("title", inside=sum(inside.values()), all=len(inside))


def patterns_figure(table: "pd.DataFrame", runs: int) -> "Figure":
    """Each pattern on its own scale: what is accepted, the value over all runs, where single runs fall."""
    rows: Any = [row for row in table.to_dict("records") if not math.isnan(row["accept_low"])]
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.36, 0.13, 0.36, 0.66))
        axes.axvspan(0, 1, color=FAINT, alpha=0.6, linewidth=0)
        for place, row in enumerate(rows):
            _draw_row(axes, place, row)
        names = [textwrap.fill(f"{pattern_label(row)} ({row['id']})", LABEL) for row in rows]
        axes.set_yticks(range(len(rows)), names, fontsize=7.5)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(*WIDEST)
        axes.set_xticks([0, 1], [_say("least"), _say("most")])
        axes.annotate(_say("column"), (1.02, -0.9), xycoords=("axes fraction", "data"), va="bottom", fontsize=8,
                      color=QUIET, annotation_clip=False)  # fmt: skip
        head(figure, patterns_finding(table), _say("subtitle"))
        foot(figure, _say("footer", runs=runs, version=__version__), text("report.not_a_forecast"))
    return figure


def _draw_row(axes: "Axes", place: int, row: Any) -> None:
    width = row["accept_high"] - row["accept_low"]
    accepted = f"{_value(row['accept_low'])} – {_value(row['accept_high'])}"
    if math.isnan(row["value"]):
        told = _say("unmeasured", accepted=accepted)
    else:
        low, middle, high = ((row[name] - row["accept_low"]) / width for name in ("low", "value", "high"))
        inside = row["inside"] == "yes"
        colour, marker = (OURS, "o") if inside else (OUTSIDE, "X")
        axes.plot(np.clip([low, high], *WIDEST), [place, place], color=colour, linewidth=2.2, solid_capstyle="butt")
        axes.plot(np.clip(middle, *WIDEST), place, marker, color=colour, markersize=8, markeredgecolor="white")
        told = _say("row", value=_value(row["value"]), accepted=accepted, share=share(row["probability"]))
    axes.annotate(told, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, color=QUIET,
                  annotation_clip=False)  # fmt: skip


def _value(value: float) -> str:
    return number(value, 3 if abs(value) < 0.1 else 2)


def tell_patterns(table: "pd.DataFrame", runs: int) -> str:
    """Which patterns are met, which are missed, and what that is worth."""
    inside = patterns_inside(table)
    outside = ", ".join(name for name, met in inside.items() if not met)
    paragraphs = [
        f"{patterns_finding(table)}.",
        _say("outside", names=outside) if outside else _say("all_inside"),
        _say("worth", runs=runs),
        text("report.not_a_forecast"),
    ]
    return "\n\n".join(paragraphs)
