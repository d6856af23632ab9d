"""Verdicts of hypotheses: the forest figure, the text, the page. What was tested lives in the analysis."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.discovery import Box
from ectsim.analysis.hypotheses.measures import MEASURES
from ectsim.analysis.hypotheses.settings import Contrast
from ectsim.analysis.hypotheses.testing import Finding
from ectsim.analysis.hypotheses.verdicts import LEAST_DRAWS, Effect
from ectsim.locale import text
from ectsim.parameters import PARAMETERS
from ectsim.report.pages import embedded, rendered
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, look, new_figure
from ectsim.report.wording import number, share, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VERDICT_COLOUR = {"supported": COLOUR["a"], "contradicted": COLOUR["b"], "undecided": "#777777"}
VERDICT_MARKER = {"supported": "o", "contradicted": "X", "undecided": "s"}
WIDEST = 12.0
"""Largest effect shown, in smallest effects that matter; beyond, an arrow."""
LINEAR = 2.0
FOUND_AGAIN = 0.5
"""Share of the halves of the draws in which a restriction must be found for its box to be told."""
LONGEST = 34
DIGITS = {"share": 3, "0-1": 3, "1/year": 3}


def _say(key: str, **values: object) -> str:
    return text(f"hypotheses.{key}", **values)


def forest_figure(findings: Sequence[Finding]) -> "Figure":
    """Every effect in its claimed direction, in smallest effects that matter: over parameters, and over luck."""
    rows = [
        (finding, contrast, effect)
        for finding in findings
        for contrast, effect in zip(finding.hypothesis.contrasts, finding.effects, strict=True)
    ]
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.47, 0.15, 0.37, 0.645))
        axes.axvspan(-1, 1, color=FAINT, alpha=0.7, linewidth=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        for place, (finding, contrast, effect) in enumerate(rows):
            _draw_effect(axes, place, finding, contrast, effect)
        _draw_names(axes, rows)
        axes.set_xscale("symlog", linthresh=LINEAR, linscale=1.2)
        axes.set_xlim(-WIDEST * 1.15, WIDEST * 1.15)
        axes.set_xticks([-10, -5, -2, -1, 0, 1, 2, 5, 10], [signed(x, 0) for x in (-10, -5, -2, -1, 0, 1, 2, 5, 10)])
        axes.minorticks_off()
        axes.set_ylim(len(rows) - 0.4, -0.9)
        axes.set_xlabel(_say("figure.axis"))
        axes.text(1.1, -1.5, _say("figure.column"), transform=axes.get_yaxis_transform(), color=QUIET, ha="right")
        for side, x in (("against", -WIDEST), ("for", WIDEST)):
            align = "left" if side == "against" else "right"
            axes.text(x, -0.62, _say(f"figure.{side}"), fontsize=9, color=QUIET, ha=align, va="center")
        head(figure, _counted(findings), _say("figure.reading"))
        foot(figure, _footer(findings), _say("model_only"), text("report.not_a_forecast"))
    return figure


def _draw_effect(axes: "Axes", place: int, finding: Finding, contrast: Contrast, effect: Effect) -> None:
    colour = VERDICT_COLOUR[finding.verdict]
    scale = contrast.smallest
    if effect.draws >= LEAST_DRAWS:
        _draw_bar(axes, place, (effect.luck_low / scale, effect.luck_high / scale), colour, 1.1)
        _draw_bar(axes, place, (effect.parameters_low / scale, effect.parameters_high / scale), colour, 5.0)
        middle = float(np.clip(effect.mean / scale, -WIDEST, WIDEST))
        marker = VERDICT_MARKER[finding.verdict]
        axes.plot(middle, place, marker, color=colour, markersize=8, markeredgecolor="white", zorder=4)
        told = _say("figure.beyond", share=share(effect.beyond))
    else:
        told = _say("figure.undefined")
    where: Any = ("axes fraction", "data")
    axes.annotate(told, (1.07, place), xycoords=where, va="center", ha="right", color=QUIET, annotation_clip=False)


def _draw_bar(axes: "Axes", place: int, bounds: tuple[float, float], colour: str, width: float) -> None:
    low, high = np.clip(bounds, -WIDEST, WIDEST)
    axes.plot([low, high], [place, place], color=colour, linewidth=width, solid_capstyle="butt", alpha=0.75)
    for end, shown, marker in ((bounds[0], low, "<"), (bounds[1], high, ">")):
        if end != shown:
            axes.plot(shown, place, marker, color=colour, markersize=5)


def _draw_names(axes: "Axes", rows: Sequence[tuple[Finding, Contrast, Effect]]) -> None:
    axes.set_yticks(range(len(rows)), [_contrast_label(contrast) for _, contrast, _ in rows], fontsize=7.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    seen: set[str] = set()
    for place, (finding, *_) in enumerate(rows):
        if finding.hypothesis.name in seen:
            continue
        seen.add(finding.hypothesis.name)
        axes.axhline(place - 0.5, color=FAINT, linewidth=0.7)
        where: Any = ("axes fraction", "data")
        style = {"fontsize": 9.5, "va": "center", "fontweight": "bold", "annotation_clip": False}
        axes.annotate(finding.hypothesis.number, (-1.105, place), xycoords=where, **style)
        verdict = _say(f"verdict.{finding.verdict}") + ("" if finding.standing == "confirmatory" else " *")
        axes.annotate(verdict, (1.1, place), xycoords=where, color=VERDICT_COLOUR[finding.verdict], **style)


def _contrast_label(contrast: Contrast) -> str:
    name = MEASURES[contrast.measure].label
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    worlds = contrast.of if contrast.less in (None, contrast.of) else f"{contrast.of} − {contrast.less}"
    arrow = "↑" if contrast.direction == "more" else "↓"
    return f"{arrow} {shown}  ({worlds.replace('_', ' ')})"


def _counted(findings: Sequence[Finding]) -> str:
    verdicts = [finding.verdict for finding in findings]
    counts = {name: verdicts.count(name) for name in VERDICT_COLOUR}
    return _say("figure.title", all=len(findings), **counts)


def _footer(findings: Sequence[Finding]) -> str:
    asked = findings[0].hypothesis.uncertainty
    values = {"draws": asked.draws, "seeds": asked.seeds, "posterior": asked.posterior, "version": __version__}
    explored = sum(finding.standing == "exploratory" for finding in findings)
    notice = findings[0].evidence.draws.notice
    return " ".join([_say("figure.footer", explored=explored, **values), *([notice] if notice else [])])


def tell_findings(findings: Sequence[Finding]) -> str:
    """Verdict after verdict, what each rests on, where it flips, and how several at once are treated."""
    paragraphs = [_counted(findings), _say("model_only"), _footer(findings)]
    paragraphs += ["\n".join(finding_lines(finding)) for finding in findings]
    level = share(findings[0].hypothesis.rule.level)
    paragraphs.append(_say("together", tests=2 * len(findings), level=level))
    return "\n\n".join([*paragraphs, text("report.not_a_forecast")])


def finding_lines(finding: Finding) -> list[str]:
    """Sentences about one hypothesis: claim, verdict, effects, runs needed, where it flips."""
    hypothesis = finding.hypothesis
    verdict = _say(f"verdict.{finding.verdict}")
    lines = [_say("line.claim", number=hypothesis.number, claim=hypothesis.claim)]
    rule = {"share": share(hypothesis.rule.share), "level": share(hypothesis.rule.level)}
    lines.append(_say("line.verdict", verdict=verdict, standing=_say(f"standing.{finding.standing}"), **rule))
    lines += [
        _effect_line(contrast, effect, hypothesis.uncertainty.draws)
        for contrast, effect in zip(hypothesis.contrasts, finding.effects, strict=True)
    ]
    if finding.unequal_money and finding.evidence.money_ratio:
        lines.append(_say("line.unequal_money", ratio=number(finding.evidence.money_ratio.value, 2)))
    if finding.verdict == "undecided":
        lines.append(_needed_line(finding))
    found_again = [box for box in finding.boxes if min(box.reproducibility.values()) >= FOUND_AGAIN]
    lines += [_box_line(box, finding.boxes_hold) for box in found_again]
    lines.append(_say("line.contrary", claim=hypothesis.contrary.claim, source=hypothesis.contrary.source))
    return lines


def _effect_line(contrast: Contrast, effect: Effect, asked: int) -> str:
    label = MEASURES[contrast.measure].label
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
        worlds=contrast.of if contrast.less in (None, contrast.of) else f"{contrast.of} − {contrast.less}",
        effect=signed(sign * effect.mean, digits),
        interval=shown(effect.low, effect.high),
        parameters=shown(effect.parameters_low, effect.parameters_high),
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
    return _say("line.runs_needed", runs=number(finding.runs_needed, 0), made=asked.draws * asked.seeds)


def _box_line(box: Box, holds: bool) -> str:
    limits = ", ".join(_limit(name, low, high) for name, (low, high) in box.limits.items())
    values = {"limits": limits, "density": share(box.density), "coverage": share(box.coverage)}
    values["reproducibility"] = share(min(box.reproducibility.values()))
    return _say("line.holds_where" if holds else "line.fails_where", **values)


def _limit(name: str, low: float | None, high: float | None) -> str:
    label = PARAMETERS[name].label
    if low is None:
        return _say("limit.below", name=label, high=number(high or 0.0, 2))
    if high is None:
        return _say("limit.above", name=label, low=number(low, 2))
    return _say("limit.between", name=label, low=number(low, 2), high=number(high, 2))


def verdicts_page(findings: Sequence[Finding], command: str) -> str:
    """The page, self-contained HTML in the current language: figure, verdicts one by one, the command that made it."""
    return rendered(
        "hypotheses.html",
        title=_counted(findings),
        figure=embedded(forest_figure(findings)),
        alternative=_say("figure.alternative", told=_counted(findings)),
        findings=[(finding, finding_lines(finding)) for finding in findings],
        together=_say("together", tests=2 * len(findings), level=share(findings[0].hypothesis.rule.level)),
        footer=_footer(findings),
        command=command,
    )
