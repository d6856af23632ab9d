"""A small scenario with a call, made ready."""

import pytest

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
