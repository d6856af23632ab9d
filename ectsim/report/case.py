"""A case for people: what the model says of each project, its figure. Judging lives in the analysis."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.case import Verdict
from ectsim.analysis.case_file import EVENTS
from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import text
from ectsim.model.simulation import Setup
from ectsim.report.document import Table
from ectsim.report.origins import rests_on, shown
from ectsim.report.style import COLOUR, INK, QUIET, foot, head, look, new_figure, panel_head
from ectsim.report.wording import number, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAST_TOP = 10
"""Per cent at the top of a panel, at least."""


def _say(key: str, **values: object) -> str:
    return text(f"case.{key}", **values)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def answers(verdict: Verdict) -> list[str]:
    """What the model says of one project, sentence by sentence."""
    name = verdict.project.name
    if not verdict.enough:
        return [_say("answer.few", name=name, alike=verdict.alike)]
    names = ", ".join(_say(f"known.{known}") for known in verdict.kept)
    kept = _say("answer.kept", names=names) if names else ""
    values = {"name": name, "alike": number(verdict.alike, 0), "followed": verdict.followed}
    told = [_say("answer.alike", kept=kept, **values)]
    if verdict.given_up:
        told.append(_say("answer.given_up", names=", ".join(_say(f"known.{one}") for one in verdict.given_up)))
    if verdict.project.followed > verdict.followed:
        told.append(_say("answer.beyond", followed=verdict.followed))
    if verdict.project.undated:
        told.append(_say("answer.undated", events=", ".join(_say(f"event.{one}") for one in verdict.project.undated)))
    told += [_event(row, verdict.followed) for row in verdict.events.to_dict("records")]
    told += [_team(row) for row in verdict.team.to_dict("records")]
    if verdict.fate is None:
        return [*told, _say("answer.no_fate")]
    bounds = {"share": verdict.fate.value, "low": verdict.fate.low, "high": verdict.fate.high}
    return [*told, _say("answer.fate", **{name: shown(value, "share") for name, value in bounds.items()})]


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many simulated projects stand beside each real one."""
    told = [
        _say("answer.beside" if one.enough else "answer.beside_few", name=one.project.name, alike=number(one.alike, 0))
        for one in verdicts
    ]
    return _say("answer.summary", told=", ".join(told))


def surprise_answer(verdicts: Sequence[Verdict]) -> str:
    """What the model finds surprising in all projects, in one sentence."""
    told = [
        _say(
            f"answer.surprising_{row['surprise']}",
            name=verdict.project.name,
            event=_say(f"event.{row['event']}"),
            month=number(verdict.followed if math.isnan(row["month"]) else row["month"], 0),
        )
        for verdict in verdicts
        for row in verdict.events.to_dict("records")
        if verdict.enough and row["surprise"]
    ]
    return _say("answer.surprises", told=" ; ".join(told)) if told else _say("answer.no_surprise")


def case_table(verdict: Verdict) -> Table:
    """When each thing happened to one project, and to how many of the simulated ones."""
    rows = []
    for row in verdict.events.to_dict("records"):
        month = _say("table.not_yet") if math.isnan(row["month"]) else number(row["month"], 0)
        chance, low, high = (shown(row[name], "share") for name in ("chance", "low", "high"))
        without = "–" if math.isnan(row["without"]) else shown(row["without"], "share")
        rows.append((_capital(_say(f"event.{row['event']}")), month, f"{chance} ({low} – {high})", without))
    titles = tuple(
        _say(f"table.{name}", month=number(verdict.followed, 0)) for name in ("event", "happened", "chance", "without")
    )
    return Table("", _say("table.note"), titles, tuple(rows))


def _event(row: Mapping[str, Any], followed: int) -> str:
    event = _say(f"event.{row['event']}")
    bounds = {name: shown(row[name], "share") for name in ("chance", "low", "high")}
    if math.isnan(row["month"]):
        told = [_say("answer.not_happened", event=event, followed=followed, **bounds)]
    else:
        values = {"month": number(row["month"], 0), "earlier": shown(row["earlier"], "share")}
        told = [_capital(_say("answer.happened", event=event, followed=followed, **values, **bounds))]
    if not math.isnan(row["wait_place"]):
        place = {"wait": number(row["wait"], 0), "place": share(row["wait_place"])}
        told.append(_say("answer.wait", steps=number(row["steps"], 0), **place))
    if row["surprise"]:
        key = "surprise_happened" if row["surprise"] == "happened" else row["surprise"]
        told.append(_say(f"answer.{key}"))
    return " ".join(told)


def _team(row: Mapping[str, Any]) -> str:
    names = ("observed", "median", "low", "high")
    return _say(
        "answer.team", what=_capital(_say(f"team.{row['what']}")), **{name: number(row[name], 0) for name in names}
    )


def notice(synthetic: bool) -> str:
    """Label of fictive rows, "" where they are real."""
    return FICTIVE if synthetic else ""


def tell_case(setup: Setup, verdicts: Sequence[Verdict], seeds: Sequence[int], synthetic: bool) -> str:
    """The answers as a text, with what they rest on."""
    parts = ["\n".join(answers(verdict)) for verdict in verdicts]
    label = [FICTIVE] if synthetic else []
    return "\n\n".join([*label, *parts, _say("answer.chosen"), rests_on(setup, seeds), text("report.not_a_forecast")])


def case_figures(
    setup: Setup, verdicts: Sequence[Verdict], seeds: Sequence[int], synthetic: bool
) -> dict[str, "Figure"]:
    """One figure a project that has enough simulated ones like it."""
    return {
        f"case_{place}": _figure(setup, verdict, seeds, synthetic)
        for place, verdict in enumerate(verdicts, 1)
        if verdict.enough
    }


def _figure(setup: Setup, verdict: Verdict, seeds: Sequence[int], synthetic: bool) -> "Figure":
    with look():
        figure = new_figure()
        panels = figure.subplots(2, 3, sharex=True).flatten()
        figure.subplots_adjust(left=0.08, right=0.97, top=0.8, bottom=0.15, wspace=0.2, hspace=0.42)
        for axes, event in zip(panels, EVENTS, strict=False):
            _draw(axes, verdict, event)
        _draw_legend(panels[-1])
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=True)
            axes.set_xlabel(_say("figure.month"))
        for axes in (panels[0], panels[3]):
            axes.set_ylabel(_say("figure.share"))
        label = f"{FICTIVE} – " if synthetic else ""
        head(figure, _say("figure.title", notice=label, name=verdict.project.name),
             _say("figure.subtitle", alike=number(verdict.alike, 0)))  # fmt: skip
        foot(figure, rests_on(setup, seeds), text("report.not_a_forecast"))
    return figure


def _draw(axes: "Axes", verdict: Verdict, event: str) -> None:
    curve: Any = verdict.curves[verdict.curves["event"] == event]
    axes.plot(curve["month"], 100 * curve["share"], color=COLOUR["b"], linewidth=2)
    axes.plot(curve["month"], 100 * curve["without"], color=COLOUR["a"], linewidth=2, linestyle=(0, (5, 2)))
    if event not in verdict.project.undated:
        _mark(axes, verdict, event, curve)
    top = max(LEAST_TOP, 115 * float(np.nanmax([curve["share"], curve["without"]])))
    axes.set_ylim(-0.04 * top, top)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top])
    axes.set_xlim(0, verdict.followed * 1.03)
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= verdict.followed])
    panel_head(axes, _capital(_say(f"event.{event}")))


def _mark(axes: "Axes", verdict: Verdict, event: str, curve: Any) -> None:
    """Where the real project stands on the curve of the simulated."""
    month = float(verdict.events.set_index("event").loc[event, "month"])
    happened = not math.isnan(month)
    at = month if happened else verdict.followed
    height = 100 * float(curve.loc[curve["month"] == at, "share"].iloc[0])
    axes.axvline(at, color=QUIET, linewidth=0.8, linestyle=":")
    axes.plot(at, height, "D", color=INK, markerfacecolor=INK if happened else "white", markersize=8, zorder=5)
    right = at > verdict.followed / 2
    axes.annotate(shown(height / 100, "share"), (at, height), (-9 if right else 9, 7), textcoords="offset points",
                  ha="right" if right else "left", fontsize=10, fontweight="bold")  # fmt: skip


def _draw_legend(axes: "Axes") -> None:
    axes.axis("off")
    looks = {
        "with": {"color": COLOUR["b"], "linewidth": 2},
        "without": {"color": COLOUR["a"], "linewidth": 2, "linestyle": (0, (5, 2))},
        "happened": {"color": INK, "marker": "D", "markersize": 8, "linestyle": ""},
        "not_yet": {"color": INK, "marker": "D", "markersize": 8, "linestyle": "", "markerfacecolor": "white"},
    }
    handles = [axes.plot([], [], label=_say(f"figure.{name}"), **one)[0] for name, one in looks.items()]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.05, 1), frameon=False, labelcolor=QUIET)
