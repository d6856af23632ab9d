"""The posterior that ships: made by the calibration file beside it, from published figures, used by every scenario."""

import hashlib
import json

import pandas as pd
import pytest

from ectsim.calibration.fit_settings import load_plan
from ectsim.calibration.observations import from_pattern
from ectsim.experiments.patterns import PATTERNS
from ectsim.posterior import load_posterior
from ectsim.report.calibration import MET
from ectsim.scenario import load_scenario, shipped_scenarios
from ectsim.shipped import shipped_folder

FOLDER = shipped_folder("calibration") / "pays_ledonien"


@pytest.fixture(scope="module")
def told():
    return json.loads((FOLDER / "posterior.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def predicted():
    table = pd.read_csv(FOLDER / "predictions.csv")
    return table[table["version"] == "calibrated"].set_index("name")


def test_it_comes_from_the_calibration_file_that_ships(told):
    plan = load_plan(shipped_folder("calibration") / "pays_ledonien.yaml")
    assert told["plan"] == plan.model_dump(mode="json")
    assert list(load_posterior("pays_ledonien").names) == plan.fitted_parameters()


def test_it_rests_on_published_figures_and_passed_its_checks(told):
    assert told["rests_on"] == "published figures"
    assert not told["synthetic"]
    assert told["sound"]
    assert 0.87 <= told["coverage_of_90_percent_intervals"] <= 0.93
    assert told["effective_sample_size"] >= 500
    assert len(load_posterior("pays_ledonien").draws) >= 1000


def test_its_files_are_those_its_provenance_names():
    files = json.loads((FOLDER / "provenance.json").read_text("utf-8"))["files"]
    for name, digest in files.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_every_ready_scenario_draws_from_it():
    for name in shipped_scenarios():
        assert load_scenario(name).drawn_from == "pays_ledonien", name


def test_no_range_was_widened_and_what_is_held_out_was_not_fitted(told, predicted):
    for pattern in PATTERNS:
        low, high = predicted.loc[pattern.name, ["accept_low", "accept_high"]]
        assert [low, high] == pytest.approx(pattern.accept, nan_ok=True)
        assert (pattern.name in told["targets"]) <= (pattern.role == "fitted")
        if pattern.role == "fitted":
            assert from_pattern(pattern).low >= pattern.accept[0]
            assert from_pattern(pattern).high <= pattern.accept[1]
    assert not predicted["label"].isna().any()


def test_its_readme_tells_what_is_missed(predicted):
    readme = (FOLDER / "README.md").read_text("utf-8")
    missed = predicted[predicted["probability"] < MET]
    assert set(missed["id"]) == {"SF1", "SF2", "SF3", "SF5", "SF6", "SF7", "SF9"}
    for name in set(missed["id"]):
        assert f"**{name}" in readme or f", {name}**" in readme
    for probability in missed["probability"]:
        assert f"| {probability:.0%} |".replace("%", " %") in readme
