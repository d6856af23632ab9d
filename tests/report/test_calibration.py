"""Figures and story of a calibration, from results written by hand, in both languages."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from ectsim.calibration import checks
from ectsim.calibration.calibrating import Calibrated
from ectsim.calibration.fit_settings import CalibrationPlan
from ectsim.calibration.fitting import fit
from ectsim.calibration.observations import from_pattern, observed
from ectsim.calibration.predictions import Predictions
from ectsim.calibration.reference_table import ReferenceTable, from_real
from ectsim.calibration.tidy import FICTIVE
from ectsim.experiments.patterns import PATTERNS
from ectsim.report.calibration import calibration_figures, tell_calibration, write_report

NAMES = ("idea_rate", "beta_0", "beta_values", "ending_hazard", "endowment_scale", "crowding_share", "ties_mean")
MET = {"ideas": 0.8, "size": 0.6}


def predictions() -> Predictions:
    rows = []
    for pattern in PATTERNS:
        low, high = pattern.accept
        probability = MET.get(pattern.name, 0.2)
        bounds = {"low": low, "median": (low + high) / 2, "high": 3 * high}
        told = {name: getattr(pattern, name) for name in ("id", "name", "label", "scenario", "role", "target")}
        rows.append({"version": "calibrated", **told, "accept_low": low, "accept_high": high, **bounds,
                     "probability": np.nan if np.isnan(low) else probability, "defined": 1.0})  # fmt: skip
    return Predictions(pd.DataFrame(rows), {})


@pytest.fixture
def found(language) -> Calibrated:
    random = np.random.default_rng(4)
    plan = CalibrationPlan.model_validate({"name": {"fr": "Essai", "en": "Trial"}, "points": 1024})
    observations = tuple(from_pattern(pattern) for pattern in PATTERNS if pattern.name in plan.patterns)
    target = observed(observations)
    real = random.normal(size=(1000, len(NAMES)))
    summaries = target + 0.5 * random.normal(size=(1000, len(target)))
    summaries[:, :4] += real[:, :4]
    table = ReferenceTable(NAMES, from_real(NAMES, real), observations, summaries)
    full = fit(real, summaries, target, effective=200)
    draws = pd.DataFrame(from_real(NAMES, full.resampled(500, 1)), columns=list(NAMES))
    truths = checks.Calibration(random.random((40, 7)), random.normal(size=(40, 7)), np.full((40, 7), 0.5))
    left = tuple(checks.LeftOut(random.normal(size=7), np.ones(7)) for _ in target)
    identified = checks.identifiability(real, summaries, full)
    return Calibrated(plan, table, 0.4, summaries, full, draws, truths, identified, left, predictions())


def words(figure) -> str:
    """Every text of a figure, in one line."""
    figure.canvas.draw()
    return " ".join(" ".join(one.get_text() for one in figure.findobj(lambda part: hasattr(part, "get_text"))).split())


def test_every_pattern_with_a_range_is_drawn_and_the_others_are_not(found):
    told = words(calibration_figures(found)["predictions"])
    for pattern in PATTERNS:
        assert (pattern.label in told) is not np.isnan(pattern.accept[0])


def test_the_story_names_what_is_met_missed_and_predicted(found, language):
    story = tell_calibration(found).split("\n\n")
    labels = {pattern.name: f"{pattern.label} ({pattern.id}," for pattern in PATTERNS}
    assert all(labels[name] in story[1] for name in MET)
    for name in found.plan.patterns:
        assert (labels[name] in story[2]) is (name not in MET)
    assert labels["abandoned"] in story[3]
    assert {"fr": "80\N{NO-BREAK SPACE}%", "en": "80%"}[language] in story[1]


def test_a_fit_that_fails_its_checks_says_so_everywhere(found, language):
    sure = dataclasses.replace(found, truths=dataclasses.replace(found.truths, ranks=np.ones((40, 7))))
    warning = {"fr": "ne pas s’y fier", "en": "do not trust it"}[language]
    assert warning in words(calibration_figures(sure)["ranks"])
    assert warning not in words(calibration_figures(found)["ranks"])
    assert {"fr": "ne faut pas s’y fier", "en": warning}[language] in tell_calibration(sure)


def test_fictive_field_work_is_told_on_every_figure_and_in_the_story(found, tmp_path):
    fictive = dataclasses.replace(found, table=dataclasses.replace(found.table, synthetic=True))
    assert all(FICTIVE in words(figure) for figure in calibration_figures(fictive).values())
    assert not any(FICTIVE in words(figure) for figure in calibration_figures(found).values())
    write_report(fictive, tmp_path)
    assert (tmp_path / "story.txt").read_text("utf-8").startswith(FICTIVE)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["parameters.png", "predictions.png", "ranks.png"]


def test_a_pattern_left_out_of_the_fit_stands_with_the_predicted(found):
    plan = found.plan.model_copy(update={"patterns": ("ideas",)})
    story = tell_calibration(dataclasses.replace(found, plan=plan)).split("\n\n")
    label = next(pattern.label for pattern in PATTERNS if pattern.name == "size")
    assert label in story[3]
    assert label not in story[1]


def test_the_story_tells_the_control_and_what_the_fit_leans_on(found, language):
    assert len(tell_calibration(found).split("\n\n")) == 8
    table = found.predictions.table
    changed = table.assign(version="without crowding")
    changed.loc[changed["name"] == "size", "probability"] = 0.1
    both = Predictions(pd.concat([table, changed], ignore_index=True), {})
    story = tell_calibration(dataclasses.replace(found, predictions=both)).split("\n\n")
    label = next(pattern.label for pattern in PATTERNS if pattern.name == "size")
    assert label in story[7]
    assert "60" in story[7]
    assert "10" in story[7]
    place = max(range(len(found.left_out)), key=lambda k: np.abs(found.left_out[k].shift).max())
    assert found.table.observations[place].label in story[6]
