"""Targets on their scales, errors of observation and their correlation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ectsim.calibration.fit_settings import FITTED
from ectsim.calibration.observations import (
    EDGE,
    FLOOR,
    LEAST,
    RANGE,
    error_covariance,
    from_census,
    from_pattern,
    off_scale,
    on_scale,
    ratio_on_scale,
    with_errors,
)
from ectsim.experiments.patterns import PATTERNS

PUBLISHED = {pattern.name: pattern for pattern in PATTERNS}
OBSERVED = [from_pattern(PUBLISHED[name]) for name in FITTED]


@given(some.floats(EDGE, 1 - EDGE))
def test_shares_come_back_from_their_scale(value):
    assert off_scale(on_scale(np.array([value]), True), True) == pytest.approx(value)


@given(some.floats(FLOOR, 1e6))
def test_other_quantities_come_back_from_their_scale(value):
    assert off_scale(on_scale(np.array([value]), False), False) == pytest.approx(value)


def test_shares_of_none_and_all_stay_finite():
    assert on_scale(np.array([0.0, 1.0]), True) == pytest.approx([-math.log(49), math.log(49)])


@pytest.mark.parametrize("one", OBSERVED, ids=lambda one: one.name)
def test_an_accepted_range_is_a_ninety_percent_interval(one):
    bounds = on_scale(np.array([one.low, one.high]), one.share)
    assert np.ptp(bounds) == pytest.approx(2 * RANGE * one.deviation)
    assert bounds[0] < one.centre < bounds[1]


def test_a_pattern_without_a_target_stands_in_the_middle_of_its_range():
    one = from_pattern(PUBLISHED["emerged_per_structured"])
    assert one.centre == pytest.approx((math.log(0.15 / 0.85) + math.log(1)) / 2)


def test_only_errors_of_one_source_go_together():
    covariance = error_covariance(OBSERVED, 0.5)
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    assert deviations == pytest.approx([one.deviation for one in OBSERVED])
    block = [place for place, one in enumerate(OBSERVED) if one.block == "SF1+SF2"]
    assert [OBSERVED[place].name for place in block] == list(FITTED[:5])
    assert correlation[np.ix_(block, block)][~np.eye(5, dtype=bool)] == pytest.approx(0.5)
    others = np.setdiff1d(np.arange(len(OBSERVED)), block)
    assert correlation[others] == pytest.approx(np.eye(len(OBSERVED))[others])


def test_errors_have_the_covariance_asked():
    covariance = error_covariance(OBSERVED, 0.5)
    errors = with_errors(np.zeros((20_000, len(OBSERVED))), covariance, seed=1)
    assert np.abs(np.cov(errors.T) / np.sqrt(np.outer(*[np.diag(covariance)] * 2))
                  - covariance / np.sqrt(np.outer(*[np.diag(covariance)] * 2))).max() < 0.05  # fmt: skip
    assert np.array_equal(errors, with_errors(np.zeros_like(errors), covariance, seed=1))


def test_ratios_are_not_defined_over_nothing():
    found = ratio_on_scale(np.array([0.0, 0.0, 3.0]), np.array([0.0, 9.0, 9.0]), True)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(math.log(EDGE / (1 - EDGE)))
    assert found[2] == pytest.approx(math.log(0.5))
    assert ratio_on_scale(np.array([0.0]), np.array([10.0]), False) == pytest.approx(math.log(FLOOR))


def test_none_among_few_reads_as_none_among_many():
    few, many = (ratio_on_scale(np.array([0.0]), np.array([of]), True) for of in (3.0, 300.0))
    assert few == many


@pytest.mark.parametrize(("unit", "value", "error"), [("share", 0.0, 0.1), ("share", 1.0, 0.1), ("months", 0.0, 2.0)])
def test_extremes_of_a_census_stay_finite(unit, value, error):
    one = from_census("some", "some", unit, value, error, "spontaneous")
    assert math.isfinite(one.centre)
    assert 0 < one.deviation < 10
    assert one.value >= (EDGE if unit == "share" else LEAST)


def test_a_census_keeps_its_standard_error():
    one = from_census("starts", "starts", "1/year", 20.0, 2.0, "spontaneous")
    assert one.deviation == pytest.approx(0.1)
    assert (one.name, one.block, one.scenario) == ("census.starts", "census", "spontaneous")
