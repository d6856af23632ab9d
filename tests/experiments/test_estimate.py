"""What a sweep is said to ask beforehand, against what it turns out to be."""

import pytest

from ectsim.experiments.estimate import Cost, estimate, measure_cost
from ectsim.experiments.plan import Shard, make_plan
from ectsim.experiments.sweeping import sweep

COST = Cost(seconds=2.0, row=100.0, file=1000.0)


def test_runs_time_and_size_add_up(tiny):
    plan = make_plan(tiny())
    whole = estimate(plan, COST, 4)
    assert (whole.runs, whole.fewest) == (640, 640)
    assert whole.seconds == 640 * 2.0 / 4
    assert whole.bytes == 640 * 100 + plan.groups * 1000


def test_shards_share_what_the_whole_asks(tiny):
    plan = make_plan(tiny())
    whole, parts = estimate(plan, COST, 1), [estimate(plan, COST, 1, Shard(number, 3)) for number in (1, 2, 3)]
    assert sum(part.runs for part in parts) == whole.runs
    assert sum(part.seconds for part in parts) == whole.seconds
    assert sum(part.bytes for part in parts) == whole.bytes


def test_automatic_replicates_have_a_fewest_and_a_most(tiny):
    automatic = {
        "targets": [{"outcome": "ideas", "half_width": 1.0}],
        "minimum": 64,
        "maximum": 256,
        "block": 32,
    }
    ahead = estimate(make_plan(tiny(replicates=automatic)), COST, 1)
    assert (ahead.fewest, ahead.runs) == (80 * 2 * 64, 80 * 2 * 256)


@pytest.mark.parametrize("changes", [{}, {"tables": ("projects",)}])
def test_the_size_measured_is_about_the_size_made(tiny, tmp_path, changes: dict):
    study = tiny(**changes)
    plan = make_plan(study)
    said = estimate(plan, measure_cost(plan), 2)
    sweep(study, tmp_path / "out", workers=2)
    made = sum(path.stat().st_size for path in (tmp_path / "out").glob("*/*.parquet"))
    assert made / 2 < said.bytes < made * 2
    assert said.seconds > 0


def test_a_sweep_of_one_run_can_be_measured(tiny):
    study = tiny()
    first = next(iter(study.scenarios))
    study = tiny(scenarios={first: study.scenarios[first]}, factors=[], replicates=1)
    plan = make_plan(study)
    said = estimate(plan, measure_cost(plan), 1)
    assert said.runs == 1
    assert said.bytes > 0
