"""A small scenario with a call, made ready, and a sweep of it."""

import pytest

from ectsim.experiments.study_settings import SweepStudy
from ectsim.model.simulation import Setup, prepare
from ectsim.scenario import Scenario

CALL = {
    "kind": "call",
    "first_month": 2,
    "window": 4,
    "minimum_partners": 2,
    "minimum_sectors": 1,
    "winners": 4,
    "months_paid": 12,
}


def scenario(**changes) -> Scenario:
    values = {
        "name": {"fr": "Petit", "en": "Small"},
        "horizon": {"burn_in": 12, "months": 24, "after": 6},
        "population": {"actors": 40},
        "posterior": "none",
        "parameters": {"idea_rate": 30.0},
        "instruments": [CALL],
    }
    return Scenario.model_validate(values | changes)


@pytest.fixture
def make():
    return scenario


@pytest.fixture(scope="session")
def setup() -> Setup:
    return prepare(scenario())


TINY = {"horizon": {"burn_in": 1, "months": 6, "after": 1}, "population": {"actors": 20}}


def sweep_study(**changes) -> SweepStudy:
    """A study of two scenarios whose runs take a millisecond: 640 runs in 10 blocks."""
    scenarios = {"without": scenario(instruments=[], **TINY), "with": scenario(**TINY)}
    levels = [10 + number / 4 for number in range(80)]
    values = {
        "name": {"fr": "Petit", "en": "Small"},
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
        "factors": [{"name": "idea_rate", "levels": levels}],
        "replicates": 4,
        "outcomes": ["ideas", "emerged", "survival_2"],
    }
    return SweepStudy.model_validate(values | changes)


@pytest.fixture
def tiny():
    return sweep_study


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """Folder of that study run at once; to be left as it is."""
    from ectsim.experiments.sweeping import sweep

    folder = tmp_path_factory.mktemp("sweep") / "whole"
    sweep(sweep_study(), folder)
    return folder
