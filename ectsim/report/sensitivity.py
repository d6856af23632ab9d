"""Figures of a sensitivity analysis: the Morris plane, indices with their intervals, whether they settled, PAWN."""

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.sensitivity.conducting import Findings
from ectsim.analysis.sensitivity.quantities import Quantity
from ectsim.analysis.sensitivity.stages import SCHEMES
from ectsim.experiments.factors import DUMMY, place_of
from ectsim.experiments.study_inputs import drawn
from ectsim.experiments.study_settings import SweepStudy
from ectsim.locale import current_language, text
from ectsim.model.outcomes import OUTCOMES
from ectsim.parameters import PARAMETERS
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, local_numbers, look, new_figure
from ectsim.report.wording import number
from ectsim.scenario.numbers import decimal, whole_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 3
MOST_FACTORS = 16
"""Factors shown in a panel, the foremost; the tables hold all."""
ROWS = ("screening", "indices", "distribution")
"""Stages drawn with a row a factor."""
NARROW, WIDE = 30, 40
"""Characters in a line above a panel."""
NAME_CHARACTERS = 30
WIDEST = (-0.6, 1.6)
"""Indices drawn: those of a sample too small lie anywhere."""
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P")


def factor_label(name: str) -> str:
    """A factor, or a group of factors, as people call it in the current language."""
    if name == DUMMY:
        return text("sensitivity.dummy")
    if name in PARAMETERS:
        return PARAMETERS[name].label
    if place := place_of(name):
        label = str(place.node[f"description_{current_language()}"])
        return label if place.position is None else f"{label} ({place.position + 1})"
    mechanisms = {SCHEMES, *(parameter.group for parameter in PARAMETERS.values())}
    return text(f"sensitivity.mechanism.{name}") if name in mechanisms else name


def sensitivity_figures(findings: Findings) -> "dict[str, Figure]":
    """One figure a stage, outcome and statistic, by the name of its file."""
    made: dict[str, Figure] = {}
    drawn: dict[str, Callable[[Any, Any], None]] = {
        "screening": _screening,
        "indices": _indices,
        "convergence": _convergence,
        "distribution": _distribution,
    }
    for stage, draw in drawn.items():
        table: Any = findings.tables.get(stage)
        if table is None:
            continue
        for (outcome, of), part in table.groupby(["outcome", "of"], sort=False):
            name = f"{stage}-{outcome}" + ("" if of == "mean" else f"-{of}")
            made[_file_name(name)] = _page(findings, stage, draw, outcome, of, part)
    return made


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name).rstrip("_")


def _page(
    findings: Findings, stage: str, draw: "Callable[[Axes, Any], None]", outcome: str, of: Any, table: Any
) -> "Figure":
    """A page of panels, one a scenario, then one a difference; the last ones are kept where there are many."""
    parts = [part for _, part in table.groupby(["scenario", "against"], dropna=False, sort=False)][-MOST_PANELS:]
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(1, len(parts), left=0.075, right=0.975, top=0.765, bottom=0.14, wspace=_gap(stage))
        if stage in ROWS:
            grid.update(left=0.215)
        order = _order(table) if stage in ROWS else {}
        for place, part in enumerate(parts):
            axes = figure.add_subplot(grid[0, place])
            if stage in ROWS:
                part = part.assign(order=part["factor"].map(order)).sort_values("order")
            draw(axes, part)
            quantity = Quantity(*part.iloc[0][list(Quantity._fields)].where(lambda row: row.notna(), None))
            _panel_head(axes, findings, stage, quantity)
            if place and stage in ROWS:
                axes.tick_params(labelleft=False)
        label = OUTCOMES[outcome].label
        title = text(f"sensitivity.title_{stage}", outcome=label[0].upper() + label[1:])
        head(figure, title, " ".join(text(f"sensitivity.{key}") for key in (f"subtitle_{of}", f"read_{stage}")))
        foot(figure, _rests_on(findings, stage, outcome), text("report.not_a_forecast"))
    return figure


def _gap(stage: str) -> float:
    return 0.08 if stage in ROWS else 0.28


def _where(findings: Findings, quantity: Quantity) -> str:
    names = {key: str(scenario.name) for key, scenario in findings.study.scenarios.items()}
    if quantity.against is None:
        return names[quantity.scenario]
    differing = {"scenario": names[quantity.scenario], "against": names[quantity.against]}
    return text("sensitivity.difference", **differing)


def _panel_head(axes: "Axes", findings: Findings, stage: str, quantity: Quantity) -> None:
    """Scenario or difference of a panel; beside indices the share of luck, which is taken off."""
    lines = textwrap.wrap(_where(findings, quantity), NARROW if stage in ROWS else WIDE)
    noise: Any = findings.tables.get("noise")
    if _sweep_of(stage) == "indices" and noise is not None:
        same = [
            noise[name].isna() if value is None else noise[name] == value for name, value in quantity._asdict().items()
        ]
        row = noise[np.logical_and.reduce(same)].iloc[0]
        shares = {name: whole_percent(row[name]) for name in ("share", "low", "high")}
        axes.annotate(text("sensitivity.luck", **shares), (0, 1), (0, 5), **_ABOVE, fontsize=8, color=QUIET)
    axes.set_title("\n".join(lines), fontsize=9, pad=18)


_ABOVE: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}


def _rests_on(findings: Findings, stage: str, outcome: str) -> str:
    runs = {name: count for name, count in findings.runs.items() if name.split("-")[0] == _sweep_of(stage)}
    told = {"runs": decimal(sum(runs.values())), "version": __version__, "first": findings.study.seeds.first}
    told |= {"unvaried": unvaried(findings.study)}
    noise: Any = findings.tables.get("noise")
    if _sweep_of(stage) != "indices" or noise is None:
        return text("sensitivity.rests_on_runs", **told)
    indices: Any = findings.tables["indices"]
    rows = indices.loc[indices["outcome"] == outcome, "rows"].max()
    return text("sensitivity.rests_on", **told, rows=decimal(int(rows)))


def unvaried(study: SweepStudy) -> str:
    """Where the parameters that a study does not vary come from, and whether that is fictive."""
    used = drawn(study)
    told = text("sensitivity.unvaried.drawn" if used.digests else "sensitivity.unvaried.by_hand")
    return f"{told} {used.notice}".rstrip()


def _sweep_of(stage: str) -> str:
    return {"convergence": "indices", "distribution": "table"}.get(stage, stage)


def _order(part: Any) -> dict[str, int]:
    """Place of each factor, by the mean of its total (or only) index over the panels, the dummy last."""
    chosen = part[part["index"] == "ST"] if "index" in part else part
    told = "mu_star" if "mu_star" in part else "value"
    means = chosen.groupby("factor")[told].mean().sort_values(ascending=False)
    ranked = [name for name in means.index if name != DUMMY]
    return {name: place for place, name in enumerate([*ranked, DUMMY])}


def _screening(axes: "Axes", part: Any) -> None:
    """Mean absolute effects (dots) with intervals and spreads of the effects (crosses), beside the dummy's."""
    shown = [*part[part["factor"] != DUMMY].head(MOST_FACTORS).to_dict("records")]
    dummy = part[part["factor"] == DUMMY].to_dict("records")
    if dummy:
        axes.axvspan(0, dummy[0]["high"], color=FAINT, alpha=0.6, linewidth=0)
    for row, one in enumerate([*shown, *dummy]):
        axes.plot([one["low"], one["high"]], [row - 0.12] * 2, color=COLOUR["a"], linewidth=2)
        axes.plot(one["mu_star"], row - 0.12, "o", color=COLOUR["a"], markersize=6)
        axes.plot(one["sigma"], row + 0.16, "x", color=COLOUR["b"], markersize=6)
    _name_rows(axes, [one["factor"] for one in [*shown, *dummy]])
    axes.set_xlim(left=0)
    local_numbers(axes.xaxis)
    axes.set_xlabel(text("sensitivity.axis_mu_star"))


def _indices(axes: "Axes", part: Any) -> None:
    """Total indices (dots) and first indices (crosses) with intervals, beside the interval of the dummy's total."""
    totals = part[part["index"] == "ST"]
    firsts = part[part["index"] == "S1"].set_index("factor")
    shown = [*totals[totals["factor"] != DUMMY].head(MOST_FACTORS).to_dict("records")]
    dummy = totals[totals["factor"] == DUMMY].to_dict("records")
    if dummy:
        axes.axvspan(dummy[0]["low"], dummy[0]["high"], color=FAINT, alpha=0.6, linewidth=0)
    for row, one in enumerate([*shown, *dummy]):
        first = firsts.loc[one["factor"]]
        axes.plot([one["low"], one["high"]], [row - 0.12] * 2, color=COLOUR["a"], linewidth=2)
        axes.plot(one["value"], row - 0.12, "o", color=COLOUR["a"], markersize=6)
        axes.plot([first["low"], first["high"]], [row + 0.16] * 2, color=COLOUR["b"], linewidth=1)
        axes.plot(first["value"], row + 0.16, "x", color=COLOUR["b"], markersize=6)
    _name_rows(axes, [one["factor"] for one in [*shown, *dummy]])
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set_xlim(max(WIDEST[0], min(-0.1, totals["low"].min())), min(WIDEST[1], max(1.0, totals["high"].max())))
    local_numbers(axes.xaxis)
    axes.set_xlabel(text("sensitivity.axis_index"))


def _name_rows(axes: "Axes", factors: list[str]) -> None:
    axes.set_yticks(
        range(len(factors)), [textwrap.fill(factor_label(name), NAME_CHARACTERS) for name in factors], fontsize=8
    )
    axes.set_ylim(len(factors) - 0.5, -0.5)


def _distribution(axes: "Axes", part: Any) -> None:
    """PAWN indices as bars, beside what chance gives."""
    shown = part.head(MOST_FACTORS)
    axes.barh(range(len(shown)), shown["value"], color=COLOUR["a"], height=0.55)
    axes.axvspan(0, shown["chance_high"].iloc[0], color=FAINT, alpha=0.7, linewidth=0)
    _name_rows(axes, shown["factor"].tolist())
    local_numbers(axes.xaxis)
    axes.set_xlabel(text("sensitivity.axis_pawn"))


def _convergence(axes: "Axes", part: Any) -> None:
    """Total indices of the foremost factors and of the dummy from more and more base rows."""
    totals = part[part["index"] == "ST"]
    last = totals[totals["rows"] == totals["rows"].max()].sort_values("value", ascending=False)
    foremost = [name for name in last["factor"] if name != DUMMY][: len(LINES) - 1]
    for place, name in enumerate([*foremost, DUMMY]):
        own = totals[totals["factor"] == name].sort_values("rows")
        colour = QUIET if name == DUMMY else (COLOUR["a"], COLOUR["b"], INK)[place]
        axes.fill_between(own["rows"], own["low"], own["high"], color=colour, alpha=0.12, linewidth=0)
        short = textwrap.shorten(factor_label(name), NAME_CHARACTERS, placeholder="…")
        label = f"{short} ({number(own['value'].iloc[-1], 2)})" if len(own) else short
        style = {"color": colour, "linestyle": LINES[place], "marker": MARKERS[place], "markersize": 4}
        axes.plot(own["rows"], own["value"], label=label, **style)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sorted(totals["rows"].unique()), [decimal(rows) for rows in sorted(totals["rows"].unique())])
    axes.minorticks_off()
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.set_ylim(max(WIDEST[0], axes.get_ylim()[0]), min(WIDEST[1], axes.get_ylim()[1]))
    local_numbers(axes.yaxis)
    axes.set_xlabel(text("sensitivity.axis_rows"))
    axes.set_ylabel(text("sensitivity.axis_total"))
    axes.legend(fontsize=7.5, frameon=False, loc="upper right")
