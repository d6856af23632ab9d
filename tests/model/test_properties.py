"""What holds in every world, month after month, whatever the scenario, the parameters and the seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ectsim.model import state as s
from ectsim.model.facilitation import facilitate
from ectsim.model.months import advance_one_month
from ectsim.model.schemes import open_and_close
from ectsim.parameters import PARAMETERS

# Parameters that move a world most, with a few at their extremes.
MOVED = [
    "beta_0",
    "beta_trust",
    "beta_load",
    "beta_momentum",
    "statement_rate",
    "vocabulary_gain",
    "patience",
    "wake_rate",
]
MOVED += [
    "dormant_intake",
    "ending_hazard",
    "endowment_scale",
    "ties_mean",
    "distance_scale",
    "homophily",
    "event_rate",
]
MOVED += ["call_rate", "subsidy_rate", "regulation_rate", "intake_rate", "invitations", "stranger_trust", "trust_loss"]
MOVED += ["crowding_control", "crowding_in", "propensity_contagion", "initiator_share[association]", "conflict_share"]


@st.composite
def overrides(draw):
    names = draw(st.lists(st.sampled_from(MOVED), unique=True, max_size=10))
    values = {}
    for name in names:
        p = PARAMETERS[name]
        values[name] = round(p.low + draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])) * (p.high - p.low), 6)
    return {"idea_rate": 20.0, "need[skills]": 1.0, "need[money]": 1.0} | values


def money():
    return {
        "grant_rate": st.sampled_from([0.1, 0.5, 1.0]),
        "grant_cap": st.sampled_from([0.5, 10.0, 200.0]),
        "months_paid": st.sampled_from([1, 5, 24]),
        "payment_delay": st.sampled_from([0, 2, 7]),
        "upfront_share": st.sampled_from([0.0, 0.4, 1.0]),
        "condition": st.sampled_from(["none", "collective"]),
        "application_cost": st.sampled_from([0.0, 2.0]),
        "minimum_partners": st.sampled_from([1, 2, 4]),
        "minimum_sectors": st.sampled_from([1, 2]),
        "autonomy": st.sampled_from([0.0, 1.0]),
        "budget": st.sampled_from([0.0, 7.0, 60.0, 1000.0]),
        "first_month": st.integers(0, 8),
    }


CALLS = st.fixed_dictionaries(
    money()
    | {
        "kind": st.just("call"),
        "period": st.sampled_from([None, 12]),
        "window": st.integers(1, 4),
        "winners": st.sampled_from([None, 1, 3]),
        "selection_noise": st.sampled_from([0.0, 1.0]),
        "outside_files": st.sampled_from([0, 5]),
        "rivalness": st.sampled_from([0.0, 1.0]),
        "phases": st.sampled_from([1, 2]),
    }
).map(lambda call: call if call["phases"] == 1 else call | {"phase_one_months": 4})
SUBSIDIES = st.fixed_dictionaries(money() | {"kind": st.just("subsidy")})
OFFICERS = st.fixed_dictionaries(
    {
        "kind": st.just("facilitation"),
        "officers": st.sampled_from([0.0, 1.0, 3.0]),
        "projects_per_officer": st.sampled_from([1.0, 3.0]),
        "overload": st.sampled_from(["share", "refuse"]),
        "priority": st.sampled_from(["first_come", "weakest_first", "call", "spontaneous"]),
        "first_month": st.integers(0, 10),
        "until": st.sampled_from([None, 18]),
    }
)
OTHERS = st.sampled_from(
    [
        {"kind": "regulation", "enforcement": 1.0, "sanction": 1.0, "themes": ["food", "energy"]},
        {"kind": "events", "period": 2, "participants": 15, "mixing": 1.0},
        {"kind": "recognition", "strength": 0.5, "months": 6, "minimum_partners": 1, "minimum_sectors": 1, "cost": 3},
    ]
)
SCHEMES = st.lists(st.one_of(CALLS, SUBSIDIES, OFFICERS, OTHERS), max_size=4)
SEEDS = st.integers(0, 2**64 - 1)

SHARES_OF_PROJECTS = ["reward", "reward_autonomy", "label_reward", "label_autonomy", "help", "momentum", "vocabulary"]
SHARES_OF_PROJECTS += ["market_share", "trust", "coverage", "coverage_mean", "coverage_least", "mean_values", "marks"]
SHARES_OF_PROJECTS += ["value_distance", "structured_marks", "emerged_market", "emerged_public"]
SHARES_OF_ACTORS = ["propensity", "exposure", "exposure_autonomy"]
AMOUNTS = [
    "officer_days",
    "service_days",
    "cost_due",
    "request",
    "grant",
    "paid",
    "flow",
    "cash",
    "own_money",
    "public_money",
]


def check_shares(state):
    projects, actors = state.projects[: state.clock[0].projects], state.actors
    for name in SHARES_OF_PROJECTS:
        values = projects[name]
        assert np.isfinite(values).all(), name
        assert ((values >= 0.0) & (values <= 1.0 + 1e-12)).all(), name
    for name in SHARES_OF_ACTORS:
        assert ((actors[name] >= 0.0) & (actors[name] <= 1.0)).all(), name
    for name in AMOUNTS:
        assert np.isfinite(projects[name]).all(), name
        assert (projects[name] >= -1e-9).all(), name
    assert ((state.trust >= 0.0) & (state.trust <= 1.0)).all()


def check_members(small, state):
    projects, actors = state.projects[: state.clock[0].projects], state.actors
    counted = np.zeros(len(actors), int)
    for row, project in enumerate(projects):
        members = state.members[row, : project[small.TEAM]]
        rows = members.actor.tolist()
        assert len(rows) == len(set(rows))
        np.add.at(counted, rows, 1)
        assert project.status == s.LIVE or not rows
        assert (members.stated <= 1).all()
        assert (members.effort >= 0).all()
        assert (members.contribution >= 0).all()
        if rows:
            assert project.sectors == len(set(actors.sector[rows].tolist()))
        if project.status == s.LIVE:
            assert project.carrier in rows
    assert (actors.commitments == counted).all()
    assert (actors.commitments <= actors.capacity).all()
    assert not state.inside.any(), "members of a project are still set apart"
    assert (state.open == (state.free > 0)).all()


def check_states(small, state, before):
    """Every project is in one state, moves at most one stage and never back; the list of the living is right."""
    count = int(state.clock[0].projects)
    projects = state.projects[:count]
    living = np.flatnonzero((projects.status == s.LIVE) | (projects.status == s.DORMANT))
    assert state.alive[: state.clock[0].alive].tolist() == living.tolist()
    stopped = (projects.status == s.ABANDONED) | (projects.status == s.ENDED)
    assert ((projects.end_month >= 0) == stopped).all()
    assert (projects.stage[projects.status == s.ABANDONED] < s.EMERGED).all()
    assert (projects.stage[projects.status == s.ENDED] >= s.EMERGED).all()
    assert ((projects.status != s.DORMANT) | (projects.stage < s.EMERGED)).all()
    assert (projects.reason[stopped] != s.NO_REASON).all()
    for stage in range(5):
        reached = projects.stage_month[:, stage]
        assert ((reached >= 0) == (projects.stage >= stage)).all()
        if stage > 0:
            both = reached >= 0
            assert (reached[both] >= projects.stage_month[both, stage - 1]).all()
            assert stage == 1 or (reached[both] > projects.stage_month[both, stage - 1]).all()
    old = len(before.stage)
    assert (projects.stage[:old] - before.stage <= 1).all()
    assert (projects.stage[:old] >= before.stage).all()
    gone = (before.status == s.ABANDONED) | (before.status == s.ENDED)
    assert (projects.status[:old][gone] == before.status[gone]).all()
    assert len({(p.initiator_key, p.birth) for p in projects}) == count


def check_month(state, t):
    projects, month = state.projects[: state.clock[0].projects], state.months[t]
    live = projects.status == s.LIVE
    assert month.ideas == np.sum(projects.birth == t)
    assert month.stages.tolist() == [int(np.sum(live & (projects.stage == stage))) for stage in range(5)]
    assert month.dormant == np.sum(projects.status == s.DORMANT)
    assert month.stopped == np.sum(projects.end_month == t)
    assert month.engaged == np.sum(state.actors.commitments > 0)
    assert month.load == np.sum(projects.facilitator[(projects.status == s.LIVE) | (projects.status == s.DORMANT)] >= 0)
    # ideas = what lives + what sleeps + all that stopped
    assert state.months.ideas[: t + 1].sum() == month.stages.sum() + month.dormant + state.months.stopped[: t + 1].sum()


def check_ties(state):
    """The same tie at both ends: one look-up per end, on arrays."""
    count, room = state.neighbours.shape
    used = np.arange(room)[None, :] < state.actors.degree[:, None]
    rows = np.repeat(np.arange(count), state.actors.degree)
    ends = state.neighbours[used]
    assert (rows != ends).all()
    there, back = rows * count + ends, ends * count + rows
    assert len(np.unique(there)) == len(there)
    order, reverse = np.argsort(there), np.argsort(back)
    assert (there[order] == back[reverse]).all()
    for values in (state.trust, state.reach, state.cooperated):
        assert (values[used][order] == values[used][reverse]).all()


def check_money(state, t, paid_before):
    """Grants of the month are what projects were paid; no edition or year spends beyond its budget."""
    projects = state.projects[: state.clock[0].projects]
    assert (projects.paid <= projects.grant + 1e-9).all()
    money = state.months.money[: t + 1]
    assert (money >= 0).all()
    for place, instrument in enumerate(state.instruments):
        if instrument.kind in (s.CALL, s.SUBSIDY):
            mine = (projects.instrument == place) & (projects.award_month >= 0) & (projects.funding >= s.AWARDED)
            mine &= projects.funding != s.REFUSED
            for edition in set(projects.edition[mine].tolist()):
                granted = projects.grant[mine & (projects.edition == edition)].sum()
                assert granted <= instrument.budget + 1e-6
    rewarded = np.zeros(len(projects))
    rewarded[: len(paid_before.paid)] = paid_before.paid
    awarded = (projects.award_month >= 0) & (projects.funding >= s.AWARDED) & (projects.funding != s.REFUSED)
    fresh = np.zeros(len(projects), bool)
    for place, instrument in enumerate(state.instruments):
        fresh |= awarded & (projects.instrument == place) & (projects.pay_from - instrument.payment_delay == t)
    rewarded[fresh] = 0.0
    assert money[t, 0] == pytest.approx((projects.paid - rewarded).sum(), abs=1e-7)


def check_officers(state):
    """Loads just after officers were shared out: the helped projects, never beyond the caseload where they refuse."""
    helped = state.projects[: state.clock[0].projects].facilitator
    for place, instrument in enumerate(state.instruments):
        if instrument.kind == s.FACILITATION:
            assert instrument.load == np.sum(helped == place)
            if instrument.overload == s.REFUSING:
                assert instrument.load <= instrument.caseload


@given(scheme=SCHEMES, parameters=overrides(), seed=SEEDS)
@settings(max_examples=25)
def test_every_month_of_every_world_is_sound(small, scheme, parameters, seed):
    months = 30
    scenario = small.scenario(scheme, actors=50, burn_in=4, months=months, after=4, parameters=parameters)
    _, state = small.start(scenario, seed)
    for t in range(months + 8):
        before = state.projects[: state.clock[0].projects].copy()
        assert advance_one_month(state) == 0
        check_shares(state)
        check_members(small, state)
        check_states(small, state, before)
        check_month(state, t)
        check_ties(state)
        check_money(state, t, before)


@given(scheme=st.lists(OFFICERS, min_size=1, max_size=2), parameters=overrides(), seed=SEEDS)
@settings(max_examples=10)
def test_officers_never_help_more_than_they_say(small, scheme, parameters, seed):
    scenario = small.scenario(scheme, actors=50, burn_in=0, months=24, parameters=parameters | {"intake_rate": 1.0})
    _, state = small.start(scenario, seed)
    for t in range(24):
        midway = small.copy(state)
        open_and_close(midway, t)
        facilitate(midway, t)
        check_officers(midway)
        assert advance_one_month(state) == 0


def test_a_world_of_all_instruments_does_all_there_is_to_do(small):
    """Properties are worth what their worlds hold: one such world has every stage, state, origin and funding."""
    seen = {name: set() for name in ("stage", "status", "origin", "funding", "call_path", "reason")}
    ledger = np.zeros(4)
    for seed in range(12):
        easy = small.LIVELY | {name: 1.0 for name in ("need[skills]", "need[money]", "need[premises]")}
        easy |= {"need[time]": 2.0, "need[premises]": 0.2, "regulation_rate": 0.02, "event_rate": 0.1, "patience": 4.0}
        easy |= {"ending_hazard": 0.4, "dormant_limit": 12.0, "statement_rate": 0.5, "vocabulary_gain": 0.3}
        scenario = small.scenario(small.ALL_INSTRUMENTS, actors=100, burn_in=12, months=60, after=24, parameters=easy)
        state = small.play(scenario, seed)
        for name, values in seen.items():
            values |= set(small.born(state)[name].tolist())
        ledger += state.months.money.sum(axis=0)
    assert seen["stage"] == set(range(5))
    assert seen["status"] == set(range(4))
    assert seen["origin"] == set(range(5))
    assert seen["funding"] >= set(range(6)) - {s.AWARDED}  # which lasts only until the first payment
    assert seen["call_path"] == set(range(4))
    assert len(seen["reason"]) >= 6
    assert (ledger > 0).all()


@pytest.mark.parametrize("fields", ["PROJECT", "MEMBER", "INSTRUMENT", "CLOCK", "MONTH", "FORCED"])
def test_no_field_has_the_name_of_an_attribute_of_numpy(fields):
    """On a record ``.size`` is NumPy's own: a rule run uncompiled would read that instead of the field."""
    plain = np.zeros(1, [("x", "i8")]).view(np.recarray)
    table = getattr(s, f"{fields}_FIELDS")
    assert [name for name, *_ in table if hasattr(plain[0], name) or hasattr(plain, name)] == []
