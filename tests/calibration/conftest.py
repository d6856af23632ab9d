"""Fictive studies of known truth, which live in the benchmarks (not installed), and a calibration of tiny worlds."""

import sys
from pathlib import Path

import pytest

from ectsim.calibration.calibrating import calibrate
from ectsim.calibration.record import write_calibration
from ectsim.experiments.patterns import PATTERNS
from ectsim.scenario import load_scenario
from ectsim.scenario.reading import dump_scenario

sys.path.insert(0, str(Path(__file__).parents[2]))


TINY_PLAN = """
name: {fr: "Essai", en: "Trial"}
points: 256
replicates: 2
effective: 50
draws: 200
predictions: 50
trials: 20
kept: [propensity_0, initiator_share]
patterns: [ideas, structured_per_idea]
"""


@pytest.fixture(scope="session")
def tiny_worlds(tmp_path_factory) -> Path:
    """A folder in which the scenarios of the patterns are small and short, with a plan over them."""
    folder = tmp_path_factory.mktemp("tiny")
    for name in {pattern.scenario for pattern in PATTERNS}:
        scenario = load_scenario(name)
        horizon = scenario.horizon.model_copy(update={"burn_in": 12, "months": 60, "after": 2})
        small = {"horizon": horizon, "population": scenario.population.model_copy(update={"actors": 80})}
        (folder / f"{name}.yaml").write_text(dump_scenario(scenario.model_copy(update=small)), encoding="utf-8")
    (folder / "plan.yaml").write_text(TINY_PLAN, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def calibrated(tiny_worlds: Path):
    """A whole calibration over tiny worlds, written into ``out`` of their folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tiny_worlds)
        found = calibrate(tiny_worlds / "plan.yaml", "out", workers=2)
        write_calibration(found, Path("out"), "2026-01-01T00:00:00+00:00")
    return found
