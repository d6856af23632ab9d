"""How a study is cut into blocks."""

import itertools
import pickle

import numpy as np
import pytest

from ectsim.errors import InputError
from ectsim.experiments.plan import LARGEST_BLOCK, SMALLEST_BLOCK, WHOLE, Shard, make_plan, read_shard

AUTOMATIC = {"targets": [{"outcome": "ideas", "half_width": 1.0}], "block": 8, "minimum": 24, "maximum": 80}


def factor(points):
    return [{"name": "idea_rate", "levels": np.linspace(6, 40, points).tolist()}]


def all_blocks(plan, shard=WHOLE):
    active = {group: plan.points_of(group) for group in plan.of_shard(shard)}
    return [block for wave in plan.waves for block in plan.blocks(wave, active)]


@pytest.mark.parametrize(
    ("points", "replicates"), [(1, 1), (1, 700), (3, 31), (80, 4), (33, 32), (700, 1), (7, AUTOMATIC)]
)
def test_every_run_is_in_one_block_and_no_block_is_large(tiny, points, replicates):
    plan = make_plan(tiny(factors=factor(points), replicates=replicates))
    blocks = all_blocks(plan)
    runs = [(point, replicate) for block in blocks for point in block.points for replicate in block.replicates]
    assert sorted(runs) == list(itertools.product(range(points), range(plan.replicates)))
    assert max(plan.runs_of(block) for block in blocks) <= LARGEST_BLOCK
    assert plan.runs() == sum(plan.runs_of(block) for block in blocks) == 2 * len(runs)
    assert len({block.name for block in blocks}) == len(blocks)


def test_blocks_of_a_middling_study_are_of_the_smallest_size(tiny):
    plan = make_plan(tiny())
    assert {plan.runs_of(block) for block in all_blocks(plan)} == {SMALLEST_BLOCK}


def test_blocks_grow_with_the_study_up_to_a_limit(tiny):
    middling = make_plan(tiny(factors=factor(5_000), replicates=10))
    large = make_plan(tiny(factors=factor(5_000), replicates=100))
    assert plan_size(middling) == 180
    assert plan_size(large) == 400


def plan_size(plan):
    return plan.runs_of(all_blocks(plan)[0])


@pytest.mark.parametrize("luck", ["same", "own"])
def test_seeds_are_those_of_the_contract_and_repeat_only_where_luck_is_the_same(tiny, luck):
    plan = make_plan(tiny(seeds={"first": 5, "luck": luck}))
    everything = plan.seeds(tuple(range(80)), range(4))
    by_block = [(b, plan.job(b).seeds) for b in all_blocks(plan)]
    for block, seeds in by_block:
        np.testing.assert_array_equal(
            seeds, everything[list(block.points)][:, block.replicates.start : block.replicates.stop]
        )
    if luck == "same":
        np.testing.assert_array_equal(everything, np.tile([5, 6, 7, 8], (80, 1)))
    else:
        assert everything[3, 2] == 5 + 3 * 4 + 2
        assert len(np.unique(everything)) == 320


def test_looks_fall_where_the_rule_looks(tiny):
    from ectsim.experiments.replication import look_sizes

    plan = make_plan(tiny(factors=factor(300), replicates=AUTOMATIC))
    ends = [plan.rounds[wave.stop - 1].stop for wave in plan.waves]
    assert ends == look_sizes(80, plan.study.replicates).tolist()


def test_one_point_has_several_blocks_between_looks(tiny):
    plan = make_plan(tiny(factors=[], replicates=AUTOMATIC | {"maximum": 800}))
    assert len(plan.waves[1]) >= 2
    assert all(plan.rounds[wave.stop - 1].stop % 8 == 0 for wave in plan.waves)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_share_the_groups_out(tiny, count):
    plan = make_plan(tiny())
    shards = [Shard(number, count) for number in range(1, count + 1)]
    assert sorted(group for shard in shards for group in plan.of_shard(shard)) == list(range(plan.groups))
    assert sum(plan.runs(shard) for shard in shards) == plan.runs()


def test_overlapping_shards_are_those_that_can_share_a_group():
    for one, other in itertools.product([Shard(n, c) for c in range(1, 7) for n in range(1, c + 1)], repeat=2):
        groups = [set(range(shard.number - 1, 60, shard.total)) for shard in (one, other)]
        assert one.overlaps(other) is bool(groups[0] & groups[1])


def test_a_shard_is_read_or_refused():
    assert read_shard("2/8") == Shard(2, 8)
    for wrong in ("0/8", "9/8", "2", "a/b", "2/8/3", "-1/4", ""):
        with pytest.raises(InputError, match="i/n"):
            read_shard(wrong)


def test_a_job_can_be_pickled_and_says_everything(tiny):
    plan = make_plan(tiny())
    job = plan.job(all_blocks(plan)[3])
    again = pickle.loads(pickle.dumps(job))
    assert (again.study, again.model, again.block) == (job.study, job.model, job.block)
    np.testing.assert_array_equal(again.factor_values, plan.points[list(job.block.points)])
