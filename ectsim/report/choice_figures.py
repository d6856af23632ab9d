"""Figures of a choice between schemes: regret on each criterion, and schemes two criteria at a time."""

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.choice.choosing import Choice
from ectsim.analysis.choice.criteria import CRITERIA, Criterion
from ectsim.locale import text
from ectsim.report.choice import amount, letters, rests_on, scheme_name
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, local_ticks, look, new_figure, panel_head
from ectsim.report.wording import share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE, TICKS = 30, 3
PAIRS = (("money", "anchored"), ("windfall", "communes"))
"""Criteria across and up of each panel of the front."""


def _say(key: str, **values: object) -> str:
    return text(f"choice.{key}", **values)


def choice_figures(choice: Choice) -> "dict[str, Figure]":
    """Figures by name: regret on each criterion, schemes on two criteria at a time."""
    return {"regret": regret_figure(choice), "front": front_figure(choice)}


def regret_figure(choice: Choice) -> "Figure":
    """Mean, 90th percentile and worst regret of each scheme, one panel a criterion."""
    schemes = list(choice.study.scenarios)
    with look():
        figure = new_figure()
        panels = figure.subplots(1, len(CRITERIA), sharey=True)
        figure.subplots_adjust(left=0.235, right=0.955, top=0.705, bottom=0.13, wspace=0.15)
        for axes, criterion in zip(panels, CRITERIA.values(), strict=True):
            _draw_regret(axes, choice, criterion)
        names = [textwrap.fill(scheme_name(choice, scheme), LINE) for scheme in schemes]
        panels[0].set_yticks(range(len(schemes)), names, fontsize=9.5)
        panels[0].set_ylim(len(schemes) - 0.4, -0.6)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.05, 0.845), ncols=3, frameon=False,
                      fontsize=9, labelcolor=QUIET)  # fmt: skip
        head(figure, _regret_title(choice), _say("figure.reading_regret"))
        foot(figure, rests_on(choice), text("report.not_a_forecast"))
    return figure


def _regret_title(choice: Choice) -> str:
    criterion = next(iter(CRITERIA.values()))
    table: Any = choice.tables["regret"]
    rows = table[table["criterion"] == criterion.name].to_dict("records")
    safest = min(rows, key=lambda row: row["regret_worst"])
    worst = amount(criterion, safest["regret_worst"])
    return _say("figure.title_regret", safest=scheme_name(choice, safest["scheme"]), worst=worst)


def _draw_regret(axes: "Axes", choice: Choice, criterion: Criterion) -> None:
    table: Any = choice.tables["regret"]
    part = table[table["criterion"] == criterion.name].reset_index(drop=True)
    rows = np.arange(len(part))
    axes.hlines(rows, part["regret_mean"], part["regret_worst"], color=FAINT, linewidth=3)
    axes.hlines(rows, part["regret_90_low"], part["regret_90_high"], color=COLOUR["a"], linewidth=1.4)
    axes.plot(part["regret_mean"], rows, "o", color=INK, markersize=5, label=_say("figure.mean"))
    axes.plot(part["regret_90"], rows, "D", color=COLOUR["a"], markersize=7, markerfacecolor="white",
              markeredgewidth=1.8, label=_say("figure.far"))  # fmt: skip
    axes.plot(part["regret_worst"], rows, "|", color=COLOUR["b"], markersize=15, markeredgewidth=2.6,
              label=_say("figure.worst"))  # fmt: skip
    worst = part["regret_worst"].to_numpy()
    for least in np.flatnonzero(worst == worst.min()):
        axes.axhspan(least - 0.42, least + 0.42, color=FAINT, alpha=0.45, linewidth=0)
    axes.xaxis.set_tick_params(labelsize=9)
    axes.set_xlim(left=-0.04 * max(float(part["regret_worst"].max()), 1e-9))
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    _mark(axes.xaxis, criterion)
    panel_head(axes, textwrap.fill(criterion.label, 21))


def front_figure(choice: Choice) -> "Figure":
    """Schemes on two criteria at a time, with intervals; filled where no other one dominates on all four."""
    marks = letters(choice)
    front: Any = choice.tables["front"].set_index("scheme")
    with look():
        figure = new_figure()
        for place, pair in enumerate(PAIRS):
            axes = figure.add_axes((0.085 + 0.475 * place, 0.33, 0.4, 0.475))
            _draw_pair(axes, choice, pair, marks)
        key = [
            _say("figure.key", letter=letter, scheme=scheme_name(choice, scheme),
                 share=share(float(front["front_share"][scheme])))
            for scheme, letter in marks.items()
        ]  # fmt: skip
        half = (len(key) + 1) // 2
        for place, lines in enumerate((key[:half], key[half:])):
            figure.text(0.06 + 0.46 * place, 0.245, "\n".join(lines), fontsize=9, va="top", linespacing=1.5)
        counted = {"count": int(front["front"].sum()), "of": len(front)}
        head(figure, _say("figure.title_front", **counted), _say("figure.reading_front"))
        foot(figure, rests_on(choice), text("report.not_a_forecast"))
    return figure


def _draw_pair(axes: "Axes", choice: Choice, pair: tuple[str, str], marks: dict[str, str]) -> None:
    table: Any = choice.tables["regret"]
    front = choice.tables["front"].set_index("scheme")["front"]
    across, up = (table[table["criterion"] == name].set_index("scheme") for name in pair)
    for scheme, letter in marks.items():
        x, y = across.loc[scheme], up.loc[scheme]
        kept = bool(front[scheme])
        colour = COLOUR["a"] if kept else "#8C8C8C"
        axes.plot([x["low"], x["high"]], [y["effect"]] * 2, color=colour, linewidth=1.5)
        axes.plot([x["effect"]] * 2, [y["low"], y["high"]], color=colour, linewidth=1.5)
        axes.plot(x["effect"], y["effect"], "o", color=colour, markersize=15, markeredgewidth=1.8,
                  markerfacecolor=colour if kept else "white")  # fmt: skip
        axes.annotate(letter, (x["effect"], y["effect"]), ha="center", va="center_baseline", fontsize=9.5,
                      fontweight="bold", color="white" if kept else INK, zorder=5)  # fmt: skip
    axes.margins(0.1)
    for axis, name in ((axes.xaxis, pair[0]), (axes.yaxis, pair[1])):
        _mark(axis, CRITERIA[name], difference=True)
        axis.set_label_text(CRITERIA[name].label)
    panel_head(axes, _say(f"figure.pair_{pair[0]}"))


def _mark(axis: Any, criterion: Criterion, *, difference: bool = False) -> None:
    local_ticks(axis, TICKS, lambda value: amount(criterion, value, difference=difference))
