"""A calibration of tiny worlds from end to end: what it gives, what it refuses, that it survives being killed."""

import dataclasses
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from ectsim.calibration import calibrating
from ectsim.calibration.calibrating import ConflictError, calibrate
from ectsim.calibration.fit_settings import CensusSource, load_plan
from ectsim.calibration.reference_table import reference_table
from ectsim.errors import InputError
from ectsim.parameters import parameter_problems
from ectsim.posterior import load_posterior
from ectsim.shipped import shipped_folder

MAKE = """
from pathlib import Path
from ectsim.calibration.calibrating import calibrate
from ectsim.calibration.record import write_calibration
write_calibration(calibrate("plan.yaml", "again", workers=1), Path("again"), "now")
"""
# killed as soon as the first block is kept
DIE = """
import os, signal
from ectsim.experiments.store import Store
keep = Store.keep
def keep_and_die(*given):
    keep(*given)
    os.kill(os.getpid(), signal.SIGKILL)
Store.keep = keep_and_die
"""


def test_the_posterior_is_drawn_within_bounds(calibrated):
    draws = calibrated.draws
    assert draws.shape == (200, len(calibrated.plan.fitted_parameters()))
    assert all(not list(parameter_problems(row)) for row in draws.head(20).to_dict("records"))
    assert not draws.duplicated().any()


def test_the_table_judges_every_parameter_and_every_target(calibrated):
    parameters, targets = calibrated.parameters(), calibrated.targets()
    assert tuple(parameters["name"]) == calibrated.table.names
    assert set(parameters["verdict"]) <= {"identified", "weak", "not identified"}
    assert (parameters["low"] <= parameters["median"]).all()
    assert tuple(targets["name"]) == calibrated.plan.patterns
    assert len(calibrated.left_out) == 2
    assert calibrated.truths.ranks.shape == (20, len(parameters))


def test_the_rate_of_ideas_is_what_ideas_tell_of(calibrated):
    table = calibrated.parameters().set_index("name")
    assert "idea_rate" in table["explained"].nlargest(3)
    assert table.loc["idea_rate", "most_moved_by"] == "ideas"
    assert table.loc["regulation_rate", "verdict"] == "not identified"


def test_killed_in_the_middle_it_goes_on_to_the_same_posterior(calibrated, tiny_worlds):
    killed = subprocess.run([sys.executable, "-c", DIE + MAKE], cwd=tiny_worlds, check=False)
    assert killed.returncode == -signal.SIGKILL
    runs = tiny_worlds / "again" / "table" / "runs"
    kept = {path: path.stat().st_mtime_ns for path in runs.glob("part-*")}
    assert len(kept) == 1
    assert not (tiny_worlds / "again" / "posterior.parquet").exists()
    subprocess.run([sys.executable, "-c", MAKE], cwd=tiny_worlds, check=True)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    for name in ("posterior.parquet", "posterior.json", "parameters.csv", "predictions.csv"):
        assert (tiny_worlds / "again" / name).read_bytes() == (tiny_worlds / "out" / name).read_bytes()
    assert load_posterior(tiny_worlds / "again" / "posterior.parquet").draws.shape == calibrated.draws.shape


@pytest.fixture
def made(calibrated, tiny_worlds, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """The simulations of the calibration, to be fitted otherwise."""
    monkeypatch.chdir(tiny_worlds)
    shutil.copytree(tiny_worlds / "out", tmp_path / "out")
    return load_plan("plan.yaml"), tmp_path / "out"


def test_a_target_the_prior_never_gives_is_refused_by_name(made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(calibrating, "observed", lambda observations: np.array([20.0, 0.0]))
    with pytest.raises(ConflictError, match="ideas") as caught:
        calibrate(*made)
    assert (caught.value.names, caught.value.exit_code) == (("ideas",), 1)


def test_too_few_points_are_refused_before_they_are_run(made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(calibrating, "reference_table", None)
    plan, folder = made
    asked = plan.model_copy(update={"effective": 130})
    with pytest.raises(InputError) as caught:
        calibrate(asked, folder)
    (problem,) = caught.value.problems
    assert (problem.field, problem.values["needed"]) == ("points", 261)


def test_points_without_every_target_do_not_count(made, calibrated, monkeypatch: pytest.MonkeyPatch):
    holes = calibrated.table.summaries.copy()
    holes[:200, 0] = np.nan
    table = dataclasses.replace(calibrated.table, summaries=holes)
    monkeypatch.setattr(calibrating, "reference_table", lambda *given, **named: table)
    with pytest.raises(InputError) as caught:
        calibrate(*made)
    (problem,) = caught.value.problems
    assert (problem.values["rows"], problem.values["needed"]) == (len(holes) - 200, 101)
    assert problem.values["rarest"] == table.observations[0].label
    assert (problem.values["defined"], problem.values["points"]) == (len(holes) - 200, len(holes))


def test_a_prior_from_interviews_is_told_as_one(calibrated):
    asked = dataclasses.replace(calibrated.table, interviewed=frozenset({"idea_rate"}))
    before = calibrated.parameters().set_index("name")
    after = dataclasses.replace(calibrated, table=asked).parameters().set_index("name")
    assert after["source"]["idea_rate"] == "interview"
    values = asked.parameters[:, asked.names.index("idea_rate")]
    assert (after["prior_low"]["idea_rate"], after["prior_high"]["idea_rate"]) == (values.min(), values.max())
    assert before.drop("idea_rate").equals(after.drop("idea_rate"))


def test_another_table_in_the_same_folder_is_refused(made):
    plan, folder = made
    with pytest.raises(InputError) as caught:
        calibrate(plan.model_copy(update={"seed": 9}), folder)
    assert any(problem.message == "sweeps.changed" for problem in caught.value.problems)


def test_a_change_of_the_fit_alone_runs_the_table_no_more(made, monkeypatch: pytest.MonkeyPatch):
    plan, folder = made
    before = {path: path.stat().st_mtime_ns for path in (folder / "table" / "runs").iterdir()}
    monkeypatch.setattr(calibrating, "predict", lambda *given, **named: None)
    changed = calibrate(plan.model_copy(update={"correlation": 0.0, "effective": 60}), folder)
    assert changed.found.effective == pytest.approx(60, rel=0.05)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_fictive_census_is_fitted_beside_the_patterns_and_marks_the_table(made):
    plan, folder = made
    example = str((shipped_folder("calibration") / "example").resolve())
    with_census = plan.model_copy(update={"census": CensusSource(folder=example, scenario="per_like.yaml")})
    table = reference_table(with_census, folder, workers=2)
    assert table.synthetic
    assert not reference_table(plan, folder).synthetic
    names = [one.name for one in table.observations]
    assert names[:2] == ["ideas", "structured_per_idea"]
    assert "census.starts" in names
    assert not any("survival_24" in name or "three_sectors" in name for name in names)
    starts = table.summaries[:, names.index("census.starts")]
    assert np.corrcoef(starts, table.summaries[:, 0])[0, 1] > 0.3
