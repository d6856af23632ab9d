"""Groups compared in strata: differences planted, alike, paradoxical; intervals that hold the truth."""

import numpy as np
import pytest

from ectsim.analysis.matching import compare_groups, jackknife


def planted(size: int, seed: int = 1, effect: float = 0.0, runs: int = 20):
    """Values that depend on the stratum, a first group crowded in the high strata, and an effect of being in it."""
    generator = np.random.default_rng(seed)
    strata = generator.integers(0, 4, size)
    first = generator.random(size) < 0.2 + 0.15 * strata
    values = strata + effect * first + generator.normal(0, 0.5, size)
    return values, first, strata, generator.integers(0, runs, size)


def test_identical_groups_do_not_differ_at_all():
    values, _, strata, runs = planted(400)
    first = np.repeat([True, False], 400)
    found = compare_groups(np.tile(values, 2), first, np.tile(strata, 2), np.tile(runs, 2))
    assert found.difference[:3] == pytest.approx((0, 0, 0))
    assert found.crude[:3] == pytest.approx((0, 0, 0))
    assert (found.matched, found.enough, found.counts) == (1.0, True, (400, 400))


def test_a_difference_of_strata_alone_vanishes_when_alike_are_compared():
    found = compare_groups(*planted(4000))
    assert found.crude.low > 0.3
    assert found.difference.low < 0 < found.difference.high
    assert found.difference.high - found.difference.low < 0.15


def test_a_planted_difference_is_found_beside_that_of_the_strata():
    found = compare_groups(*planted(4000, effect=0.5))
    assert found.difference.value == pytest.approx(0.5, abs=0.06)
    assert found.difference.low < 0.5 < found.difference.high
    assert found.crude.value > 0.9


def test_the_weights_are_those_of_the_first_group():
    # stratum 0: 3 of the first at 1, 1 of the second at 0; stratum 1: 1 at 5, 2 at 1; stratum 2: one nobody resembles
    values = np.array([1, 1, 1, 0, 5, 1, 1, 9], float)
    first = np.array([1, 1, 1, 0, 1, 0, 0, 1], bool)
    strata, runs = np.array([0, 0, 0, 0, 1, 1, 1, 2]), np.zeros(8, int)
    found = compare_groups(values, first, strata, runs)
    assert found.difference.value == pytest.approx((3 * 1 + 1 * 4) / 4)
    assert found.means == pytest.approx((2.0, 0.25))
    assert found.matched == pytest.approx(4 / 5)
    assert not found.enough


def test_where_nobody_is_alike_nothing_is_said():
    found = compare_groups(np.ones(200), np.arange(200) < 100, (np.arange(200) < 100).astype(int), np.arange(200) % 10)
    assert not found.enough
    assert np.isnan(found.difference.value)
    assert found.crude.value == 0


def test_undefined_values_are_left_out_and_nothing_at_all_is_no_error():
    values, first, strata, runs = planted(500)
    hidden = np.where(np.arange(500) % 5 == 0, np.nan, values)
    kept = ~np.isnan(hidden)
    assert compare_groups(hidden, first, strata, runs) == compare_groups(
        hidden[kept], first[kept], strata[kept], runs[kept]
    )
    nothing = compare_groups(np.full(3, np.nan), np.ones(3, bool), np.zeros(3, int), np.arange(3))
    assert (nothing.counts, nothing.enough) == ((0, 0), False)


def test_the_jackknife_of_a_mean_is_students_interval():
    values = np.array([1.0, 4.0, 2.0, 7.0, 3.0])
    left_out = (values.sum() - values) / 4
    found = jackknife(float(values.mean()), left_out)
    half = 2.7764451 * values.std(ddof=1) / np.sqrt(5)
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half))
    assert np.isnan(jackknife(1.0, np.array([1.0])).low)


def test_intervals_over_runs_hold_the_truth_where_runs_differ():
    # runs that differ as a whole: rows taken as independent would give intervals far too narrow
    held = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        runs = np.repeat(np.arange(25), 12)
        first = generator.random(300) < generator.uniform(0.2, 0.8, 25)[runs]
        values = generator.normal(0, 1, 25)[runs] * first + generator.normal(0, 0.3, 300)
        found = compare_groups(values, first, np.zeros(300, int), runs)
        held.append(found.difference.low < 0 < found.difference.high)
    assert np.mean(held) > 0.89
