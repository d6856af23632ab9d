"""What a census would list of simulated worlds: the same whatever the chunks, and nothing is run twice."""

import numpy as np
import pandas as pd
import pytest

from ectsim.calibration import census_runs
from ectsim.calibration.census import simulated_census
from ectsim.calibration.census_runs import NAMES, census_means
from ectsim.calibration.reference_table import BY_HAND
from ectsim.calibration.targets import simulated_targets
from ectsim.experiments.single import simulate
from ectsim.scenario import load_scenario

DRAWS = pd.DataFrame({"idea_rate": [20.0, 30.0, 40.0], "beta_0": [-4.0, -3.0, -2.0]})
SEEDS = np.arange(6).reshape(3, 2) + 5


@pytest.fixture
def scenario(tiny_worlds):
    return load_scenario(tiny_worlds / "spontaneous.yaml").model_copy(update=BY_HAND)


def test_means_are_those_of_runs_made_one_by_one(scenario, tmp_path):
    found = census_means(scenario, DRAWS, SEEDS, tmp_path, engine="threads", workers=2, scheduler=None)
    for row, seeds in enumerate(SEEDS.tolist()):
        drawn = scenario.model_copy(update={"parameters": DRAWS.iloc[row].to_dict()})
        runs = [simulated_targets(simulated_census(simulate(drawn, seed=seed))) for seed in seeds]
        for name in NAMES:
            known = [run[name] for run in runs if not np.isnan(run[name])]
            assert found[name][row] == pytest.approx(np.mean(known) if known else np.nan, nan_ok=True)


def test_what_is_there_is_not_run_again(scenario, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(census_runs, "CHUNK", 2)
    seen = []
    whole = census_means(scenario, DRAWS, SEEDS, tmp_path / "whole", lambda done, total: seen.append((done, total)))
    assert sorted(seen)[-1] == (6, 6)
    first = next((tmp_path / "whole").iterdir())
    first.unlink()
    made = []
    run_chunk = census_runs.run_chunk
    monkeypatch.setattr(census_runs, "run_chunk", lambda chunk: made.append(chunk.number) or run_chunk(chunk))
    again = census_means(scenario, DRAWS, SEEDS, tmp_path / "whole")
    assert len(made) == 1
    assert all(np.array_equal(whole[name], again[name], equal_nan=True) for name in NAMES)


def test_other_draws_are_other_chunks(scenario, tmp_path):
    census_means(scenario, DRAWS, SEEDS, tmp_path)
    census_means(scenario, DRAWS.assign(beta_0=-1.0), SEEDS, tmp_path)
    assert len(list(tmp_path.glob("*.npy"))) == 2
