"""Verdicts of hypotheses: the forest figure and the text. What was tested lives in the analysis."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.discovery import Box
from ectsim.analysis.hypotheses.measures import MEASURES
from ectsim.analysis.hypotheses.settings import Contrast, Hypothesis
from ectsim.analysis.hypotheses.testing import Finding
from ectsim.analysis.hypotheses.verdicts import LEAST_DRAWS, Effect
from ectsim.locale import text
from ectsim.parameters import PARAMETERS
from ectsim.report.flips import told_boxes
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, look, new_figure
from ectsim.report.wording import number, share, signed
from ectsim.scenario.numbers import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VERDICT_COLOUR = {"supported": COLOUR["a"], "contradicted": COLOUR["b"], "undecided": "#777777"}
VERDICT_MARKER = {"supported": "o", "contradicted": "X", "undecided": "s"}
WIDEST = 12.0
"""Largest effect shown, in smallest effects that matter; beyond, an arrow."""
LINEAR = 2.0
LONGEST = 93
MOST_MOVING = 5
"""Parameters told of those that move an effect; the table has all."""
DIGITS = {"share": 3, "0-1": 3, "1/year": 3}


def _say(key: str, **values: object) -> str:
    return text(f"hypotheses.{key}", **values)


def forest_figure(findings: Sequence[Finding]) -> "Figure":
    """Every effect in its claimed direction, in smallest effects that matter: over parameters, and over luck."""
    rows = [(finding, place) for finding in findings for place in range(-1, len(finding.effects))]
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.5, 0.145, 0.335, 0.655))
        axes.axvspan(-1, 1, color=FAINT, alpha=0.7, linewidth=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        for row, (finding, place) in enumerate(rows):
            if place < 0:
                _draw_heading(axes, row, finding)
            else:
                _draw_effect(axes, row, finding, place)
        axes.set_yticks([])
        axes.set_xscale("symlog", linthresh=LINEAR, linscale=1.2)
        axes.set_xlim(-WIDEST * 1.15, WIDEST * 1.15)
        axes.set_xticks([-10, -5, -2, -1, 0, 1, 2, 5, 10], [signed(x, 0) for x in (-10, -5, -2, -1, 0, 1, 2, 5, 10)])
        axes.minorticks_off()
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlabel(_say("figure.axis"))
        axes.annotate(_say("figure.column"), (1.02, 1.0), (0, 16), **_BESIDE, fontsize=8, color=QUIET, ha="left")
        for side, x in (("against", 0), ("for", 1)):
            align = "left" if side == "against" else "right"
            axes.annotate(_say(f"figure.{side}"), (x, 1.0), (0, 4), **_BESIDE, fontsize=9, color=QUIET, ha=align)
        head(figure, counted(findings), _say("figure.reading"))
        foot(figure, footer(findings), _say("model_only"), text("report.not_a_forecast"))
        figure.set_label(_say("figure.alternative", told=counted(findings)))
    return figure


_BESIDE: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
_ON_ROW: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "va": "center", "annotation_clip": False}
LEFT = -1.31
"""Where the page begins, in widths of the chart."""


def _draw_heading(axes: "Axes", row: int, finding: Finding) -> None:
    """Number, title and verdict of a hypothesis, above its effects."""
    axes.axhline(row - 0.5, color=FAINT, linewidth=0.7)
    style: dict[str, Any] = {**_ON_ROW, "fontsize": 9, "fontweight": "bold"}
    axes.annotate(f"{finding.hypothesis.number}  {finding.hypothesis.heading}", (LEFT, row), **style)
    verdict = _say(f"verdict.{finding.verdict}") + ("" if finding.standing == "confirmatory" else " *")
    axes.annotate(verdict, (1.02, row), color=VERDICT_COLOUR[finding.verdict], **style)


def _draw_effect(axes: "Axes", row: int, finding: Finding, place: int) -> None:
    contrast, effect = finding.hypothesis.contrasts[place], finding.effects[place]
    colour = VERDICT_COLOUR[finding.verdict]
    scale = contrast.smallest
    axes.annotate(_contrast_label(finding.hypothesis, contrast), (LEFT, row), fontsize=7, **_ON_ROW)
    if effect.draws >= LEAST_DRAWS:
        _draw_bar(axes, row, (effect.luck_low / scale, effect.luck_high / scale), colour, 1.1)
        _draw_bar(axes, row, (effect.parameters_low / scale, effect.parameters_high / scale), colour, 5.0)
        middle = float(np.clip(effect.mean / scale, -WIDEST, WIDEST))
        marker = VERDICT_MARKER[finding.verdict]
        axes.plot(middle, row, marker, color=colour, markersize=7, markeredgecolor="white", zorder=4)
        told = _say("figure.beyond", share=share(effect.beyond))
    else:
        told = _say("figure.undefined")
    axes.annotate(told, (1.02, row), fontsize=9, color=QUIET, **_ON_ROW)


def _draw_bar(axes: "Axes", row: int, bounds: tuple[float, float], colour: str, width: float) -> None:
    low, high = np.clip(bounds, -WIDEST, WIDEST)
    axes.plot([low, high], [row, row], color=colour, linewidth=width, solid_capstyle="butt", alpha=0.75)
    for end, shown, marker in ((bounds[0], low, "<"), (bounds[1], high, ">")):
        if end != shown:
            axes.plot(shown, row, marker, color=colour, markersize=5)


def measure_label(contrast: Contrast) -> str:
    """What a contrast measures, in the current language; a measure less another where it subtracts another."""
    name, other = MEASURES[contrast.measure].label, contrast.less_measure
    return f"{name} − {MEASURES[other].label}" if other else name


def _contrast_label(hypothesis: Hypothesis, contrast: Contrast) -> str:
    arrow = "↑" if contrast.direction == "more" else "↓"
    told = f"{arrow} {measure_label(contrast)} ({hypothesis.worlds(contrast)})"
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def counted(findings: Sequence[Finding]) -> str:
    """How many claims got each verdict."""
    return counted_verdicts([finding.verdict for finding in findings])


def counted_verdicts(verdicts: Sequence[str]) -> str:
    """The same from verdicts alone."""
    counts = {name: verdicts.count(name) for name in VERDICT_COLOUR}
    return _say("figure.title", **counts)


def footer(findings: Sequence[Finding]) -> str:
    """What verdicts rest on: draws, seeds, posterior."""
    asked = findings[0].hypothesis.uncertainty
    values = {
        "draws": asked.draws,
        "seeds": asked.seeds,
        "posterior": Path(asked.posterior).name,
        "version": __version__,
    }
    explored = sum(finding.standing == "exploratory" for finding in findings)
    notice = findings[0].evidence.draws.notice
    return " ".join([_say("figure.footer", explored=explored, **values), *([notice] if notice else [])])


def together(findings: Sequence[Finding]) -> str:
    """How several hypotheses tested at once are treated."""
    return _say("together", tests=2 * len(findings), level=share(findings[0].hypothesis.rule.level))


def tell_findings(findings: Sequence[Finding]) -> str:
    """Verdict after verdict, what each rests on, where it flips, and how several at once are treated."""
    paragraphs = [counted(findings), _say("model_only"), footer(findings)]
    paragraphs += ["\n".join(finding_lines(finding)) for finding in findings]
    paragraphs.append(together(findings))
    return "\n\n".join([*paragraphs, text("report.not_a_forecast")])


def finding_lines(finding: Finding) -> list[str]:
    """Sentences about one hypothesis: claim, verdict, effects, runs needed, where it flips."""
    hypothesis = finding.hypothesis
    verdict = _say(f"verdict.{finding.verdict}")
    lines = [_say("line.claim", number=hypothesis.number, claim=hypothesis.claim)]
    rule = {"share": share(hypothesis.rule.share), "level": share(hypothesis.rule.level)}
    lines.append(_say("line.verdict", verdict=verdict, standing=_say(f"standing.{finding.standing}"), **rule))
    if finding.model_changed:
        lines.append(_say("line.model_changed"))
    lines += [
        _effect_line(hypothesis, contrast, effect)
        for contrast, effect in zip(hypothesis.contrasts, finding.effects, strict=True)
    ]
    if finding.unequal_money and finding.evidence.money_ratio:
        lines.append(_say("line.unequal_money", ratio=number(finding.evidence.money_ratio.value, 2)))
    if finding.verdict == "undecided":
        lines.append(_needed_line(finding))
    if moving := _moving_line(finding):
        lines.append(moving)
    lines += [_box_line(box, finding.boxes_hold) for box in told_boxes(finding)] or [_say("line.flips_nowhere")]
    lines.append(_say("line.contrary", claim=hypothesis.contrary.claim, source=hypothesis.contrary.source))
    lines.append(_say("line.source", source=hypothesis.source))
    return lines


def _over_parameters(interval: str, effect: Effect) -> str:
    if effect.parameters_low == effect.parameters_high:
        return _say("line.no_spread")
    return _say("line.over_parameters", interval=interval)


def _effect_line(hypothesis: Hypothesis, contrast: Contrast, effect: Effect) -> str:
    label, asked = measure_label(contrast), hypothesis.uncertainty.draws
    if effect.draws < LEAST_DRAWS:
        return _say("line.undefined", measure=label, draws=effect.draws, asked=asked)
    digits = DIGITS.get(MEASURES[contrast.measure].unit, 2)
    sign = contrast.sign

    def shown(one: float, other: float) -> str:
        low, high = sorted((sign * one, sign * other))
        return text("report.between", low=signed(low, digits), high=signed(high, digits))

    return _say(
        "line.effect",
        measure=label,
        worlds=hypothesis.worlds(contrast),
        effect=signed(sign * effect.mean, digits),
        interval=shown(effect.low, effect.high),
        parameters=_over_parameters(shown(effect.parameters_low, effect.parameters_high), effect),
        luck=shown(effect.luck_low, effect.luck_high),
        direction=share(effect.direction),
        way=_say(f"direction.{contrast.direction}"),
        smallest=number(contrast.smallest, digits),
        beyond=share(effect.beyond),
        negligible=share(effect.negligible),
        draws=effect.draws,
        asked=asked,
    )


def _needed_line(finding: Finding) -> str:
    if math.isinf(finding.runs_needed):
        return _say("line.no_runs_decide")
    asked = finding.hypothesis.uncertainty
    # two digits are all that is known of it
    rounded = float(f"{finding.runs_needed:.1e}")
    return _say("line.runs_needed", runs=decimal(rounded), made=decimal(asked.draws * asked.seeds))


def _moving_line(finding: Finding) -> str:
    """Parameters that move the effect, the foremost; "" where it is not defined in enough draws to say."""
    if any(effect.draws < LEAST_DRAWS for effect in finding.effects):
        return ""
    foremost = list(finding.moved_by.items())[:MOST_MOVING]
    names = ", ".join(f"{PARAMETERS[name].label} ({signed(value, 2)})" for name, value in foremost)
    return _say("line.moved_by", names=names) if names else _say("line.moved_by_none")


def _box_line(box: Box, holds: bool) -> str:
    limits = ", ".join(_limit(name, low, high) for name, (low, high) in box.limits.items())
    values = {"limits": limits, "density": share(box.density), "coverage": share(box.coverage)}
    # events of all the draws, from their share inside
    values["overall"] = share(box.density * box.mass / box.coverage)
    values["reproducibility"] = share(min(box.reproducibility.values()))
    return _say("line.holds_where" if holds else "line.fails_where", **values)


def _limit(name: str, low: float | None, high: float | None) -> str:
    label = PARAMETERS[name].label
    if low is None:
        return _say("limit.below", name=label, high=number(high or 0.0, 2))
    if high is None:
        return _say("limit.above", name=label, low=number(low, 2))
    return _say("limit.between", name=label, low=number(low, 2), high=number(high, 2))
