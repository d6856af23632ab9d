"""Factors: where they stand, what they do to a scenario, how the unit interval becomes their values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.errors import InputError
from ectsim.experiments.factors import Factor, apply_factors, factor_problems, place_of, scaled
from ectsim.model.simulation import prepare, vary
from ectsim.parameters import PARAMETERS
from ectsim.scenario import Scenario, load_scenario

CALL = {"kind": "call", "first_month": 2, "winners": 4}
TWO_CALLS = {"name": {"fr": "Deux", "en": "Two"}, "instruments": [CALL, {"kind": "events"}, CALL]}


@pytest.fixture
def two_calls():
    return Scenario.model_validate(TWO_CALLS)


def factors(*names):
    return [Factor(name=name) for name in names]


def test_parameters_and_fields_take_their_values():
    before = load_scenario("one_call_a_year")
    names = factors("idea_rate", "initiator_share[commune]", "call.winners", "call.grant_rate", "call.requires_label")
    after = apply_factors(before, names[:4], [12, 0.25, 3.0, 0.75])
    call = after.instruments[-1]
    assert after.overrides == before.overrides | {"idea_rate": 12.0, "initiator_share[commune]": 0.25}
    assert (call.winners, call.grant_rate, type(call.winners)) == (3, 0.75, int)
    # what the fast way makes, reading it again makes too
    assert Scenario.model_validate(after.model_dump(mode="json")) == after
    assert after.source == before.source
    assert before == load_scenario("one_call_a_year")
    with pytest.raises(InputError, match="label"):
        apply_factors(before, names[4:], [1.0])


def test_a_value_of_a_factor_wins_over_the_scenario_and_reaches_the_model():
    setup = prepare(Scenario.model_validate(TWO_CALLS | {"parameters": {"idea_rate": 30.0, "imitation": 1.0}}))
    made = vary(setup, apply_factors(setup.scenario, factors("idea_rate"), [7.0]))
    assert (made.parameters[0].idea_rate, made.parameters[0].imitation) == (7.0, 1.0)


def test_a_position_picks_one_of_several_instruments(two_calls):
    after = apply_factors(two_calls, factors("call[1].winners", "events.participants"), [9, 20])
    assert [getattr(i, "winners", None) for i in after.instruments] == [4, None, 9]
    assert after.instruments[1].participants == 20
    assert apply_factors(two_calls, factors("call[0].winners"), [9]).instruments[0].winners == 9


def test_a_factor_of_an_absent_instrument_and_the_dummy_change_nothing(two_calls):
    assert apply_factors(two_calls, factors("subsidy.budget", "call[2].winners", "dummy"), [1, 2, 0.3]) == two_calls


def test_a_contradiction_is_refused():
    scenario = load_scenario("one_call_a_year")
    with pytest.raises(InputError) as caught:
        apply_factors(scenario, factors("call.period", "idea_rate"), [2, 9000])
    assert {p.message for p in caught.value.problems} == {"scenario.editions_overlap", "parameters.bounds"}


def test_an_instrument_named_without_position_must_be_alone(two_calls):
    (problem,) = factor_problems(Factor(name="call.winners", levels=(1.0,)), {"two": two_calls})
    assert problem.message == "studies.several_instruments"
    assert not list(factor_problems(Factor(name="call[1].winners", levels=(1.0,)), {"two": two_calls}))


@pytest.mark.parametrize("name", ["call", "call.", "call[x].winners", "cal.winners", "call.kind.x", "idea_rate", ""])
def test_what_is_no_field_of_an_instrument(name):
    assert place_of(name) is None


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_a_factor(name):
    parameter = PARAMETERS[name]
    assert not list(factor_problems(Factor(name=name, low=parameter.low, high=parameter.high), {}))


def test_yes_and_no_are_one_and_nought():
    factor = Factor.model_validate({"name": "call.requires_label", "levels": [True, False]})
    assert factor.levels == (1.0, 0.0)
    assert factor.is_whole


def test_whole_numbers_and_levels_get_equal_parts():
    unit = (np.arange(1200)[:, None] + 0.5) / 1200
    whole, levels = (
        scaled([factor], unit)[:, 0]
        for factor in (Factor(name="call.winners", low=2, high=5), Factor(name="idea_rate", levels=(10, 5, 40)))
    )
    assert [np.count_nonzero(whole == value) for value in (2, 3, 4, 5)] == [300] * 4
    assert [np.count_nonzero(levels == value) for value in (10, 5, 40)] == [400] * 3


def test_a_log_scale_spreads_orders_of_magnitude_evenly():
    unit = np.array([[0.0], [0.5], [1.0]])
    points = scaled([Factor(name="call.grant_cap", low=1, high=10_000, scale="log")], unit)
    assert points[:, 0] == pytest.approx([1, 100, 10_000])
    whole = scaled([Factor(name="call.outside_files", low=1, high=1000, scale="log")], np.linspace(0, 1, 101)[:, None])
    assert set(whole[:, 0]) <= set(range(1, 1001))
    assert (whole.min(), whole.max(), whole[50, 0]) == (1, 1000, 22)  # sqrt(0.5 · 1000.5) = 22.4


@given(st.floats(0, 1), st.sampled_from(["linear", "log"]), st.sampled_from(["call.winners", "call.grant_cap"]))
def test_values_never_leave_the_bounds(unit, scale, name):
    value = scaled([Factor(name=name, low=3, high=17, scale=scale)], np.array([[unit]]))[0, 0]
    assert 3 <= value <= 17
    assert name == "call.grant_cap" or value.is_integer()
