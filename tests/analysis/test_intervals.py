"""Intervals: known answers, undefined values, and how often they hold the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.analysis.intervals import mean_interval, ratio_interval


def test_student_interval_of_three_values():
    mean, low, high, runs = mean_interval([1.0, 2.0, 3.0])
    half = 4.302652729911275 / np.sqrt(3)  # Student, 2 degrees of freedom, 97.5 %; the spread is 1
    assert (mean, runs) == (2.0, 3)
    assert (low, high) == pytest.approx((2 - half, 2 + half))


def test_undefined_values_are_left_out_and_not_counted():
    assert mean_interval([1.0, np.nan, 2.0, 3.0, np.nan]) == mean_interval([1.0, 2.0, 3.0])


def test_too_few_values_have_no_bounds():
    assert mean_interval([5.0]).value == 5.0
    assert np.isnan(mean_interval([5.0])[1:3]).all()
    assert np.isnan(mean_interval([np.nan])[:3]).all()
    assert mean_interval([]).runs == 0


@pytest.mark.parametrize(("runs", "least", "most"), [(30, 0.93, 0.97), (200, 0.935, 0.965)])
def test_the_interval_of_a_paired_difference_holds_the_truth_19_times_in_20(runs: int, least: float, most: float):
    rng = np.random.default_rng(7)
    shared = rng.poisson(3.0, (4000, runs))
    differences = (shared + rng.poisson(1.5, shared.shape)) - (shared + rng.poisson(1.0, shared.shape))
    held = [low <= 0.5 <= high for _, low, high, _ in map(mean_interval, differences)]
    assert least < np.mean(held) < most


def test_no_difference_is_called_one_time_in_twenty_when_there_is_none():
    rng = np.random.default_rng(8)
    null = rng.poisson(4.0, (4000, 100)) - rng.poisson(4.0, (4000, 100))
    called = [low > 0 or high < 0 for _, low, high, _ in map(mean_interval, null)]
    assert 0.04 < np.mean(called) < 0.06


def test_ratio_over_a_constant_is_the_mean_over_it():
    top = [10.0, 14.0, 9.0, 20.0]
    ratio, mean = ratio_interval(top, [2.0] * 4), mean_interval(top)
    assert ratio[:3] == pytest.approx([bound / 2 for bound in mean[:3]])


def test_a_ratio_that_never_varies_is_certain():
    assert ratio_interval([8.0, 10.0, 12.0], [4.0, 5.0, 6.0])[:3] == pytest.approx((2.0, 2.0, 2.0))


def test_a_ratio_over_what_may_be_zero_has_no_bounds():
    ratio = ratio_interval([100.0, 110.0, 90.0, 100.0], [3.0, -2.0, 1.0, -1.0])
    assert ratio.value == pytest.approx(400.0)
    assert np.isnan(ratio[1:3]).all()
    assert np.isnan(ratio_interval([1.0, 2.0], [0.0, 0.0]).value)


def test_the_interval_of_a_ratio_holds_the_truth_19_times_in_20():
    rng = np.random.default_rng(9)
    bottom = rng.poisson(3.0, (4000, 60))
    top = 2.0 * bottom + rng.poisson(4.0, bottom.shape)
    held = [low <= 10.0 / 3.0 <= high for _, low, high, _ in map(ratio_interval, top, bottom)]
    assert 0.935 < np.mean(held) < 0.965


@given(st.lists(st.integers(1, 50), min_size=3, max_size=20), st.floats(0.1, 100))
def test_a_ratio_follows_the_unit_of_money(bottom: list[int], factor: float):
    top = [7.0 * place + 3.0 for place in range(len(bottom))]
    plain, scaled = ratio_interval(top, bottom), ratio_interval([factor * value for value in top], bottom)
    assert scaled[:3] == pytest.approx([factor * bound for bound in plain[:3]], rel=1e-6, abs=1e-6, nan_ok=True)
