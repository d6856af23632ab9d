"""A state kept aside and taken up again goes on to the bit, whatever was played in the arrays meanwhile."""

import pytest

from ectsim.model.checkpoint import keep, take_up
from ectsim.model.months import run_months
from ectsim.model.simulation import allocate_state, begin, vary

BURN_IN, MONTHS, LATER = 6, 30, 6


@pytest.fixture(scope="module")
def later(small):
    """Every scheme, begun some months after month 0."""
    schemes = [
        one if one.get("permanent") else one | {"first_month": one["first_month"] + LATER}
        for one in small.ALL_INSTRUMENTS
    ]
    return small.scenario(schemes, burn_in=BURN_IN, months=MONTHS, parameters=small.LIVELY)


def with_levers_moved(scenario):
    """The scenario with other settings of every scheme that is not permanent."""
    moves = {
        "winners": 9,
        "grant_rate": 0.9,
        "budget": 900.0,
        "application_cost": 1.0,
        "enforcement": 0.9,
        "mixing": 0.9,
    }
    moved = [
        one if one.permanent else one.model_copy(update={k: v for k, v in moves.items() if k in type(one).model_fields})
        for one in scenario.instruments
    ]
    return scenario.model_copy(update={"instruments": tuple(moved)})


def straight(setup, seed):
    state = allocate_state(setup)
    begin(setup, state, seed)
    run_months(state, setup.months)
    return state


@pytest.mark.parametrize("month", [0, BURN_IN, BURN_IN + LATER + 9])
def test_a_run_goes_on_from_where_it_was_kept(small, later, month):
    setup, state = small.start(later, 3)
    run_months(state, month)
    kept = keep(state)
    begin(setup, state, 4)
    run_months(state, setup.months)
    take_up(kept, setup, state)
    assert state.clock[0].month == month
    run_months(state, setup.months - month)
    assert small.what_counts(state) == small.what_counts(straight(setup, 3))


def test_what_goes_on_leaves_the_checkpoint_as_it_was(small, later):
    setup, state = small.start(later, 5)
    run_months(state, BURN_IN)
    kept = keep(state)
    for _ in range(2):
        take_up(kept, setup, state)
        run_months(state, setup.months - BURN_IN)
        assert small.what_counts(state) == small.what_counts(straight(setup, 5))
    assert 0 < kept.nbytes < sum(array.nbytes for array in state)


def test_until_a_scheme_begins_its_settings_do_not_matter(small, later):
    setup, state = small.start(later, 7)
    begun = BURN_IN + LATER + min(one["first_month"] for one in small.ALL_INSTRUMENTS if not one.get("permanent"))
    run_months(state, begun)
    kept = keep(state)
    moved = vary(setup, with_levers_moved(later))
    take_up(kept, moved, state)
    run_months(state, moved.months - begun)
    direct = small.what_counts(straight(moved, 7))
    assert small.what_counts(state) == direct
    assert direct != small.what_counts(straight(setup, 7))


def test_a_scheme_that_has_begun_goes_on_as_it_was(small, later):
    setup, state = small.start(later, 7)
    begun = BURN_IN + LATER + 12
    run_months(state, begun)
    kept = keep(state)
    take_up(kept, vary(setup, with_levers_moved(later)), state)
    run_months(state, setup.months - begun)
    assert small.what_counts(state) == small.what_counts(straight(setup, 7))
