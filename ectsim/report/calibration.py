"""The figures and the story of a calibration: targets met and missed, what the data say of each parameter, ranks."""

import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.calibration.calibrating import Calibrated
from ectsim.calibration.checks import BINS
from ectsim.calibration.tidy import FICTIVE
from ectsim.experiments.store import writing_whole
from ectsim.locale import text
from ectsim.parameters import PARAMETERS
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, look, new_figure, panel_head
from ectsim.report.wording import number, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLACES, COVERED_PLACES = (0.0, 0.5, 1.0), (0.7, 0.8, 0.9, 1.0)
SHOWN = 24
"""Parameters shown: those the data say most about."""
LABEL = 52
"""Characters of a line of a label."""
MET = 0.5
"""A pattern is met when half the posterior's draws or more fall inside its accepted range."""


def _say(key: str, **values: object) -> str:
    return text(f"calibration.{key}", **values)


def calibration_figures(found: Calibrated) -> dict[str, "Figure"]:
    """Figures by name: predictions of the patterns, parameters before and after, ranks of simulated truths."""
    return {
        "predictions": predictions_figure(found),
        "parameters": parameters_figure(found),
        "ranks": ranks_figure(found),
    }


def write_report(found: Calibrated, folder: Path) -> None:
    """Write the figures as PNG and the story as ``story.txt`` into ``folder``, each whole or not at all."""
    for name, figure in calibration_figures(found).items():
        with writing_whole(folder / f"{name}.png") as file:
            figure.savefig(file, format="png", metadata={"Description": str(figure.get_label())})
    with writing_whole(folder / "story.txt") as file:
        file.write((tell_calibration(found) + "\n").encode())


def predictions_figure(found: Calibrated) -> "Figure":
    """What the posterior predicts of each pattern against its accepted range, held-out ones apart."""
    table = _calibrated(found)
    groups = _fitted_or_not(found, table)
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(
            2, 1, height_ratios=[max(len(group), 1) for group in groups], left=0.36, right=0.87, top=0.8, bottom=0.13,
            hspace=0.32,
        )  # fmt: skip
        for place, (name, group) in enumerate(zip(("fitted", "held_out"), groups, strict=True)):
            _draw_predictions(figure.add_subplot(grid[place]), group, _say(f"figure.{name}"))
        head(figure, _finding(groups[0]), _say("figure.predictions"))
        foot(figure, _footer(found), text("report.not_a_forecast"))
    return figure


def _calibrated(found: Calibrated) -> Any:
    """What the posterior predicts of the patterns that have an accepted range."""
    table: Any = found.predictions.table
    return table[(table["version"] == "calibrated") & table["accept_low"].notna()]


def _fitted_or_not(found: Calibrated, table: Any) -> tuple[Any, Any]:
    """Patterns this calibration is fitted to, and the others."""
    fitted = table["name"].isin(found.plan.patterns)
    return table[fitted], table[~fitted]


def _draw_predictions(axes: "Axes", table: Any, title: str) -> None:
    """Each pattern on its own scale: the accepted range fills the band from 0 to 1."""
    panel_head(axes, title)
    axes.axvspan(0, 1, color=FAINT, alpha=0.6, linewidth=0)
    for row, one in enumerate(table.to_dict("records")):
        width = one["accept_high"] - one["accept_low"]
        low, middle, high = ((one[name] - one["accept_low"]) / width for name in ("low", "median", "high"))
        low, high = max(low, -1.5), min(high, 2.5)
        axes.plot([low, high], [row, row], color=COLOUR["a"], linewidth=2.2, solid_capstyle="butt")
        axes.plot(np.clip(middle, -1.5, 2.5), row, "o", color=COLOUR["a"], markersize=7)
        if not math.isnan(one["target"]):
            axes.plot(
                (one["target"] - one["accept_low"]) / width, row, "|", color=INK, markersize=14, markeredgewidth=2
            )
        told = _say("figure.inside", share=share(one["probability"]))
        axes.annotate(told, (2.55, row), fontsize=9, va="center", color=QUIET, annotation_clip=False)
    names = [textwrap.fill(f"{one['label']} ({one['id']})", LABEL) for one in table.to_dict("records")]
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(-1.5, 2.5)
    axes.set_xticks([0, 1], [_say("figure.least"), _say("figure.most")])
    axes.tick_params(axis="y", length=0)


def _finding(fitted: Any) -> str:
    met = int((fitted["probability"] >= MET).sum())
    return _say("figure.finding", met=met, all=len(fitted))


def parameters_figure(found: Calibrated) -> "Figure":
    """Prior and posterior of the parameters the data say most about."""
    table: Any = found.parameters().sort_values(["explained"], ascending=False).head(SHOWN)
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.36, 0.13, 0.46, 0.68))
        for row, one in enumerate(table.to_dict("records")):
            scale = _place(one)
            axes.plot([0, 1], [row, row], color=FAINT, linewidth=6, solid_capstyle="butt")
            axes.plot([scale("low"), scale("high")], [row, row], color=COLOUR["a"], linewidth=3, solid_capstyle="butt")
            axes.plot(scale("median"), row, "o", color=COLOUR["a"], markersize=6)
            if one["prior_low"] <= one["default"] <= one["prior_high"]:
                axes.plot(scale("default"), row, "x", color=COLOUR["b"], markersize=7, markeredgewidth=2)
            verdict = _say(f"verdict.{one['verdict'].replace(' ', '_')}")
            told = f"{number(one['low'], 2)} – {number(one['high'], 2)}   {verdict}"
            axes.annotate(told, (1.02, row), fontsize=9, va="center", color=QUIET, annotation_clip=False)
        axes.set_yticks(range(len(table)), [f"{one['label']}" for one in table.to_dict("records")], fontsize=8.5)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xticks([0, 1], [_say("figure.prior_low"), _say("figure.prior_high")])
        verdicts = found.identified.verdicts
        counts = {name.replace(" ", "_"): verdicts.count(name) for name in ("identified", "weak", "not identified")}
        head(figure, _say("figure.identified", **counts), _say("figure.parameters"))
        foot(figure, _footer(found), text("report.not_a_forecast"))
    return figure


def _place(row: dict[Any, Any]) -> Callable[[str], float]:
    """Where a value of a parameter stands between the bounds of its prior, 0 to 1, on the scale of the prior."""
    scale: Any = np.log if PARAMETERS[row["name"]].prior == "log-uniform" else float
    low, high = scale(row["prior_low"]), scale(row["prior_high"])

    def place(name: str) -> float:
        return (scale(row[name]) - low) / (high - low)

    return place


def ranks_figure(found: Calibrated) -> "Figure":
    """Ranks of simulated truths in their posteriors: flat where the fit may be believed."""
    ranks = found.truths.ranks
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.08, 0.16, 0.52, 0.62))
        axes.hist(ranks.ravel(), bins=BINS, range=(0, 1), color=COLOUR["a"], alpha=0.8, rwidth=0.94)
        axes.axhline(ranks.size / BINS, color=INK, linewidth=1, linestyle=":")
        panel_head(axes, _say("figure.ranks"), _say("figure.flat"))
        axes.set_xlabel(_say("figure.rank"))
        axes.set_xticks(PLACES, [share(place) for place in PLACES])
        side = figure.add_axes((0.7, 0.16, 0.26, 0.62))
        side.hist(found.truths.coverage(), bins=12, range=(0.7, 1), color=COLOUR["a"], alpha=0.8, rwidth=0.94)
        side.set_xticks(COVERED_PLACES, [share(place) for place in COVERED_PLACES])
        side.axvline(0.9, color=INK, linewidth=1, linestyle=":")
        panel_head(side, _say("figure.coverage"), _say("figure.by_parameter"))
        coverage = share(float(found.truths.coverage_by_trial().mean()))
        verdict = _say("figure.sound" if found.truths.sound() else "figure.unsound")
        head(figure, verdict, _say("figure.truths", trials=len(ranks), coverage=coverage))
        foot(figure, _footer(found), text("report.not_a_forecast"))
    return figure


def _footer(found: Calibrated) -> str:
    values = {"points": found.plan.points, "kept": round(found.found.effective), "version": __version__}
    return (f"{FICTIVE}. " if found.table.synthetic else "") + _say("figure.footer", **values)


def tell_calibration(found: Calibrated) -> str:
    """What was fitted to what, what is met and missed, what the data do not say, whether the fit may be believed."""
    ranged = _calibrated(found)
    fitted, others = _fitted_or_not(found, ranged)
    verdicts = found.identified.verdicts
    values = {
        "parameters": len(verdicts),
        "targets": len(found.table.observations),
        "points": found.plan.points,
        "defined": share(found.share_defined),
    }
    paragraphs = [
        _say("story.fitted", **values),
        _say("story.met", names=_names(fitted[fitted["probability"] >= MET])),
        _say("story.missed", names=_names(fitted[fitted["probability"] < MET])),
        _say("story.held_out", names=_names(others)),
        _say(
            "story.identified",
            identified=verdicts.count("identified"),
            weak=verdicts.count("weak"),
            rest=verdicts.count("not identified"),
        ),
        _say(
            "story.sound" if found.truths.sound() else "story.unsound",
            trials=len(found.truths.ranks),
            coverage=share(float(found.truths.coverage_by_trial().mean())),
        ),
        _leaning(found),
        *_control(found),
        *_cross_check(found),
        text("report.not_a_forecast"),
    ]
    return "\n\n".join([FICTIVE, *paragraphs] if found.table.synthetic else paragraphs)


def _leaning(found: Calibrated) -> str:
    """The target the fit owes most to: what moves furthest where it is left out."""
    table: Any = found.targets()
    most = table.loc[table["widest_shift"].idxmax()]
    place = int(table["widest_shift"].argmax())
    moved = found.table.names[int(np.abs(found.left_out[place].shift).argmax())]
    return _say(
        "story.leaning", target=most["label"], name=PARAMETERS[moved].label, shift=number(most["widest_shift"], 2)
    )


def _control(found: Calibrated) -> list[str]:
    """What crowding set to zero changes in the patterns."""
    inside: Any = found.predictions.table.pivot_table(index="label", columns="version", values="probability")
    if "without crowding" not in inside:
        return []
    change = (inside["without crowding"] - inside["calibrated"]).dropna()
    name = change.abs().idxmax()
    values = {"name": name, "before": share(inside.loc[name, "calibrated"])}
    return [_say("story.control", **values, after=share(inside.loc[name, "without crowding"]))]


def _cross_check(found: Calibrated) -> list[str]:
    """How far the neural posterior is from this one, where there is one."""
    if found.crossed is None:
        return []
    table: Any = found.parameters()
    furthest = table.loc[table["neural_shift"].abs().idxmax()]
    widths = {name: number(table["neural_width"].agg(name), 2) for name in ("min", "max")}
    return [_say("story.neural", shift=number(abs(furthest["neural_shift"]), 2), name=furthest["label"], **widths)]


def _names(rows: Any) -> str:
    told = [f"{one['label']} ({one['id']}, {share(one['probability'])})" for one in rows.to_dict("records")]
    return ", ".join(told) or _say("story.none")
