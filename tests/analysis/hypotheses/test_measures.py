"""What is measured of the runs of a draw: known answers on tallies and twins written by hand."""

import numpy as np
import pytest

from ectsim.analysis.hypotheses.measures import MEASURES, TWIN_MEASURES, measured
from ectsim.model.outcomes import OUTCOMES
from ectsim.model.state import EMERGED, IDEA
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import ACCELERATED, ADDITIONAL, DISPLACED, TWIN_FIELDS
from ectsim.world.layout import records


@pytest.fixture
def tallies():
    return records((2, 3), TALLY_FIELDS)


@pytest.fixture
def twins():
    return records((2, 3), TWIN_FIELDS)


def test_every_outcome_may_be_measured():
    assert set(OUTCOMES) < set(MEASURES)
    assert not set(TWIN_MEASURES) & set(OUTCOMES)


def test_a_count_is_its_mean_and_its_pseudo_values_are_the_counts(tallies):
    counts = np.array([[1, 2, 6], [0, 0, 0]])
    tallies["reached"][:, :, EMERGED, 0, 0, 0] = counts
    found = measured(MEASURES["emerged"], tallies, None)
    assert found.value == pytest.approx([3, 0])
    assert found.pseudo == pytest.approx(counts)


def test_a_ratio_is_that_of_the_sums(tallies):
    tallies["reached"][0, :, IDEA, 0, 0, 0] = [10, 20, 30]
    tallies["reached"][0, :, EMERGED, 0, 0, 0] = [10, 2, 0]
    found = measured(MEASURES["emerged_per_idea"], tallies, None)
    # of twelve in sixty; without the first run two of fifty, and so on
    assert found.value[0] == pytest.approx(12 / 60)
    assert found.pseudo[0] == pytest.approx([0.6 - 2 * 2 / 50, 0.6 - 2 * 10 / 40, 0.6 - 2 * 12 / 30])
    assert np.isnan(found.value[1])


def test_the_late_hazard_counts_ages_from_two_to_five_years(tallies):
    tallies["at_risk"][0, :, 1, :] = 2
    tallies["lost"][0, :, 1, [0, 23, 60]] = 9
    tallies["lost"][0, :, 1, [24, 59]] = 1
    found = measured(MEASURES["late_hazard_incentive"], tallies, None)
    assert found.value[0] == pytest.approx(12 * 2 / (36 * 2))
    assert np.isnan(measured(MEASURES["late_hazard_spontaneous"], tallies, None).value[0])


def test_winners_that_existed_before_the_call(tallies):
    tallies["awarded"][0] = [[0, 1, 2, 1]] * 3
    assert measured(MEASURES["awarded_existing"], tallies, None).value[0] == pytest.approx(0.75)


def test_measures_of_twins(tallies, twins):
    twins["fates"][0, :, 0, ADDITIONAL, 2] = [4, 4, 4]
    twins["fates"][0, :, 0, DISPLACED, 0] = [1, 1, 1]
    twins["fates"][0, :, 1, ADDITIONAL, 0] = [1, 1, 4]
    twins["fates"][0, :, 0, ACCELERATED, 0] = 2
    twins["months_gained"][0, :, 0] = 12
    twins["funded_emerged"][0, :, 0] = 8
    twins["windfall"][0, :, 0] = [2, 1]
    expected = {
        "net_additional": 3.0,
        "net_additional_after": 2.0,
        "windfall_share": 3 / 8,
        "accelerated_windfall_share": 1 / 8,
        "months_gained": 6.0,
    }
    found = {name: measured(MEASURES[name], tallies, twins).value[0] for name in expected}
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(set(MEASURES) - set(OUTCOMES)))
def test_every_own_measure_has_a_label(name):
    assert len(MEASURES[name].label) > 5
