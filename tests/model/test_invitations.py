"""Whom a project asks: ties drawn by weight, never one that weighs nothing."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ectsim.model import state as s
from ectsim.model.invitations import _choose, _weigh_ties
from ectsim.model.months import run_months
from ectsim.model.teams import put_back, set_apart

weights = st.lists(st.sampled_from([0.0, 0.0, 0.25, 1.0, 3.5]), min_size=1, max_size=40).filter(any)


@given(weights, st.floats(0.0, 1.0))
def test_the_tie_drawn_is_that_of_its_share_of_the_weights(weights, fraction):
    cumulated = np.cumsum(weights)
    target = fraction * cumulated[-1]
    looked_at = np.concatenate([cumulated, np.full(s.LOT, np.inf)])
    chosen = _choose(SimpleNamespace(cumulated=looked_at), target, len(weights))
    assert weights[chosen] > 0.0
    assert cumulated[chosen] > target or target == cumulated[-1]
    assert chosen == 0 or cumulated[chosen - 1] <= target


def live_project(small):
    """A state after some months, with its largest live project of two members or more, and everybody's places."""
    scenario = small.scenario(small.ALL_INSTRUMENTS, actors=120, parameters=small.LIVELY)
    _, state = small.start(scenario, 1)
    run_months(state, 12)
    live = [row for row in state.alive[: state.clock[0].alive].tolist() if state.projects[row].status == s.LIVE]
    row = max(live, key=lambda row: state.projects[row][small.TEAM])
    assert state.projects[row][small.TEAM] > 1
    state.free[:] = state.actors.capacity - state.actors.commitments
    state.open[:] = state.free > 0
    return state, row


def test_members_and_actors_without_a_place_weigh_nothing(small):
    state, row = live_project(small)
    project, places = state.projects[row], state.open.tolist()
    project.funding = s.UNFUNDED
    members = state.members.actor[row, : project[small.TEAM]].tolist()
    set_apart(state, project, row)
    count, total = _weigh_ties(state, project, row)
    put_back(state, project, row)
    assert state.open.tolist() == places
    assert not state.inside.any()
    ends = [state.neighbours[i, tie] for i in members for tie in range(state.actors[i].degree)]
    loose = [state.trust[i, tie] * state.reach[i, tie] for i in members for tie in range(state.actors[i].degree)]
    joins = [places[j] > 0 and j not in members for j in ends]
    assert state.candidates[:count].tolist() == ends
    assert state.cumulated[:count].tolist() == np.cumsum(np.where(joins, loose, 0.0)).tolist()
    assert 0.0 < total == state.cumulated[count - 1]
    assert not all(joins)


def test_rivals_weigh_nothing_where_a_call_forbids_their_help(small):
    state, row = live_project(small)
    project = state.projects[row]
    call = next(place for place, one in enumerate(state.instruments) if s.INSTRUMENTS[one.kind] == "call")
    other = next(place for place in state.alive[: state.clock[0].alive].tolist() if place != row)
    for rival in (project, state.projects[other]):
        rival.funding, rival.instrument, rival.edition = s.APPLIED, call, 0
    state.instruments[call].rivalness = 1.0
    state.actors.applying[:] = other
    set_apart(state, project, row)
    assert _weigh_ties(state, project, row)[1] == 0.0
    state.instruments[call].rivalness = 0.9
    assert _weigh_ties(state, project, row)[1] > 0.0
