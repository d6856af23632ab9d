"""Limits whose answer is known: the rules, and where possible the month loop, find it (model.md, last section)."""

import math

import numpy as np
import pytest

from ectsim.luck import JOIN, uniforms
from ectsim.model import state as s
from ectsim.model.facilitation import places_left
from ectsim.model.months import run_months
from ectsim.model.rules import first_cause, gain, loss, motivation, threshold, utility
from ectsim.model.teams import pair_threshold, willingness
from ectsim.parameters import pack
from ectsim.world.layout import ACTOR_FIELDS, records

BETAS = [name for name in pack().dtype.names if name.startswith("beta_")]


def sigma(x):
    return 1.0 / (1.0 + math.exp(-x))


def bare_parameters(**kept):
    """Every term of U at zero but those kept."""
    packed = pack()
    for name in BETAS:
        packed[0][name] = 0.0
    for name, value in kept.items():
        packed[0][name] = value
    return packed


# Granovetter 1978


def riot(small, thresholds):
    """How many of 100 join when U is the share already in; all are asked, nobody leaves."""
    p = bare_parameters(beta_momentum=1.0)[0]
    project, actor = records(1, s.PROJECT_FIELDS)[0], records(1, ACTOR_FIELDS)[0]
    actor.capacity = 1
    project.required = len(thresholds)
    project.momentum = 1.0
    inside = [False] * len(thresholds)
    moved = True
    while moved:
        moved = False
        for i, limit in enumerate(thresholds):
            if not inside[i] and utility(p, actor, project, 0.5, 0.0, 1.0, 0.0, False) >= limit:
                inside[i] = moved = True
                project[small.TEAM] += 1
    return project[small.TEAM]


def test_granovetter_everybody_joins_where_thresholds_are_evenly_spread(small):
    assert riot(small, [(i - 0.5) / 100 for i in range(100)]) == 100


def test_granovetter_one_joins_where_a_single_threshold_is_higher(small):
    thresholds = [(i - 0.5) / 100 for i in range(100)]
    thresholds[1] = thresholds[2]
    assert riot(small, thresholds) == 1


# Independent joiners


def crowd(small, count, seed, parameters, instruments=(), months=150):
    """One project each, everybody tied to everybody, needs beyond reach: all are asked, only U and ε decide."""
    scenario = small.scenario(
        instruments,
        actors=count,
        burn_in=0,
        months=months,
        sizes={"ties": count - 1, "members": count + 2},
        parameters={"invitations": 4.0, "crowding_share": 0.0, "regulation_rate": 0.0, "call_rate": 0.0},
    )
    forced = small.initiate([(0, key, 0) for key in range(count)])
    _, state = small.start(scenario, seed, forced)
    for name in BETAS:
        state.parameters[0][name] = 0.0
    for name, value in parameters.items():
        state.parameters[0][name] = value
    state.parameters[0].need = 1e9
    state.parameters[0].team_limit = 10**6
    state.actors.initiator = 0
    state.actors.capacity = 10**6
    state.actors.patience = 10**6
    state.actors.sanction_sensitivity = 1.0
    small.tie_everybody(state)
    assert run_months(state, months) == 0
    assert state.clock[0].projects == count
    return [{int(m.actor) for m in state.members[row, 1 : state.projects[row][small.TEAM]]} for row in range(count)]


def test_independent_joiners_are_binomial_in_the_rules():
    mu = math.log(0.3 / 0.7)
    p = bare_parameters(beta_0=mu)[0]
    project, actor = records(1, s.PROJECT_FIELDS)[0], records(1, ACTOR_FIELDS)[0]
    actor.capacity = project.required = 1
    u = utility(p, actor, project, 0.9, 2.0, 0.1, 0.0, False)
    assert u == mu
    worlds = 2500
    joiners = np.array(
        [sum(u >= threshold(p, uniforms(seed, JOIN, 0, key, 99, 7)[0]) for key in range(10)) for seed in range(worlds)]
    )
    exact = 1.0 - sum(math.comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(3))
    assert exact == pytest.approx(0.61722, abs=5e-6)
    assert np.mean(joiners >= 3) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / worlds))


def test_independent_joiners_are_binomial_in_the_month_loop(small):
    teams = [team for seed in range(25) for team in crowd(small, 11, seed, {"beta_0": math.log(0.3 / 0.7)}, months=120)]
    least = np.mean([len(team) >= 3 for team in teams])
    assert least == pytest.approx(0.61722, abs=4 * math.sqrt(0.61722 * 0.38278 / len(teams)))


def test_windfall_without_interaction(small):
    mu, reward = -1.0, 0.5
    duty = {"kind": "regulation", "permanent": True, "enforcement": 1.0, "sanction": 1.0}
    without, rewarded, strangers = 0, 0, 0
    for seed in range(8):
        alone = crowd(small, 30, seed, {"beta_0": mu, "beta_reward": reward})
        helped = crowd(small, 30, seed, {"beta_0": mu, "beta_reward": reward}, (duty,))
        without += sum(map(len, alone))
        rewarded += sum(map(len, helped))
        strangers += sum(len(one - other) for one, other in zip(alone, helped, strict=True))
    exact = sigma(mu) / sigma(mu + reward)
    assert exact == pytest.approx(0.712, abs=5e-4)
    assert strangers == 0  # the same luck: whoever joins for nothing joins for a reward
    assert without / rewarded == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / rewarded))


# Trust


def test_trust_settles_where_gains_and_losses_balance():
    expected = 0.1
    for _ in range(2000):
        expected = 0.9 * gain(expected, 0.05) + 0.1 * loss(expected, 0.2)
    assert expected == pytest.approx(0.6923, abs=5e-5)
    assert expected == pytest.approx(0.9 * 0.05 / (0.9 * 0.05 + 0.1 * 0.2), abs=1e-12)


def test_trust_of_a_pair_fluctuates_around_that_level():
    level, levels = 0.5, []
    for draw in np.random.default_rng(4).random(60_000):
        level = gain(level, 0.05) if draw < 0.9 else loss(level, 0.2)
        levels.append(level)
    assert np.mean(levels[500:]) == pytest.approx(0.6923, abs=0.01)


# Competing hazards

HAZARDS = [(0.02, 0.05), (0.3, 0.1), (0.001, 0.2), (0.0, 0.1), (0.1, 0.0)]


@pytest.mark.parametrize(("a", "b"), HAZARDS)
def test_competing_hazards_have_the_exact_chance_and_about_the_exact_split(a, b):
    grid = (np.arange(100_000) + 0.5) / 100_000
    causes = np.array([first_cause(u, (a, b)) for u in grid])
    assert np.mean(causes >= 0) == pytest.approx(1.0 - math.exp(-(a + b)), abs=2e-5)
    own = np.sum(causes == 0) / np.sum(causes >= 0)
    assert abs(own - a / (a + b)) <= (a + b) / 2 + 1e-3
    assert own >= a / (a + b) - 1e-3  # own initiative comes first


def test_an_instrument_never_relabels_an_idea_that_would_have_come():
    for u in (np.arange(2_000) + 0.5) / 2_000:
        alone = first_cause(u, (0.1, 0.0, 0.0, 0.0, 0.0))
        crowded = first_cause(u, (0.1, 0.2, 0.3, 0.1, 0.2))
        assert crowded == 0 if alone == 0 else crowded != 0
    assert [first_cause(1.0 - math.exp(-x), (0.1,) * 5) for x in (0.05, 0.15, 0.25, 0.35, 0.45, 0.55)] == [
        0,
        1,
        2,
        3,
        4,
        -1,
    ]


# Officers who refuse


def share_refused(help_months, seed, requests=60_000):
    """Share of requests refused by 8 places under a load of 8, in steps of a month: first leave, then ask.

    Help lasts an exponential time, and ends with the month in which that time runs out.
    """
    random = np.random.default_rng(seed)
    instrument = records(1, s.INSTRUMENT_FIELDS)[0]
    instrument.overload, instrument.caseload = s.REFUSING, 8.0
    leaving, refused, asked, month = [], 0, 0, 0
    while asked < requests:
        leaving = [end for end in leaving if end > month]
        for _ in range(random.poisson(8.0 / help_months)):
            asked += 1
            instrument.load = len(leaving)
            if places_left(instrument):
                leaving.append(month + math.ceil(random.exponential(help_months)))
            else:
                refused += 1
        month += 1
    return refused / asked


def test_officers_who_refuse_are_erlang_b_when_help_is_long():
    erlang = 8.0**8 / math.factorial(8) / sum(8.0**k / math.factorial(k) for k in range(9))
    assert erlang == pytest.approx(0.2356, abs=5e-5)
    assert share_refused(400, 1) == pytest.approx(erlang, abs=0.012)


def test_monthly_steps_bias_short_help():
    assert share_refused(2, 2) == pytest.approx(0.294, abs=0.012)


def test_officers_who_share_refuse_nobody():
    instrument = records(1, s.INSTRUMENT_FIELDS)[0]
    instrument.overload, instrument.caseload, instrument.load = s.SHARED, 8.0, 500
    assert places_left(instrument)


# Crowding


@pytest.mark.parametrize("autonomy", [0.0, 0.4])
def test_a_reward_helps_only_beyond_the_crowding_break_even(autonomy):
    control = 1.0 - autonomy
    p = bare_parameters(
        beta_propensity=2.0, beta_reward=1.5, crowding_control=0.2, crowding_amount=0.3, crowding_in=0.0
    )[0]
    c, w = 0.6, 0.5
    project, actor = records(1, s.PROJECT_FIELDS)[0], records(1, ACTOR_FIELDS)[0]
    actor.capacity = actor.crowding_prone = project.required = 1
    actor.propensity, actor.reward_sensitivity = c, w
    project.reward_autonomy = autonomy

    def advantage(x):
        project.reward = x
        rewarded = utility(p, actor, project, 0.5, 0.0, 1.0, 0.0, False)
        project.reward = 0.0
        return rewarded - utility(p, actor, project, 0.5, 0.0, 1.0, 0.0, False)

    even = 2.0 * 0.2 * control * c / (1.5 * w - 2.0 * 0.3 * control * c)
    assert 0.1 < even < 0.9
    assert advantage(even) == pytest.approx(0.0, abs=1e-12)
    assert advantage(even - 0.05) < 0 < advantage(even + 0.05)
    actor.crowding_prone = 0
    assert advantage(even - 0.05) > 0


def test_crowding_outlasts_the_incentive_only_through_memory():
    p = pack()[0]
    assert motivation(p, 0.6, 1, 0.0, 0.0) == 0.6
    assert motivation(p, 0.6, 1, 0.5, 0.0) < 0.6 < motivation(p, 0.6, 1, 0.5, 1.0)
    assert motivation(p, 0.6, 0, 0.5, 0.0) == 0.6


# No scheme, no initiator


def test_without_a_scheme_every_twin_difference_is_zero(small):
    quiet = small.scenario(parameters=small.LIVELY)
    one, other = small.play(quiet, 5), small.play(quiet, 5)
    assert len(small.born(one)) > 5
    assert small.differing(one, other) == []
    assert small.differing(one, small.play(quiet, 6)) != []


def test_until_its_first_month_a_scheme_changes_nothing(small):
    call = {"kind": "call", "first_month": 12, "window": 3, "winners": 3}
    for seed in range(5):
        calm = small.play(small.scenario(parameters=small.LIVELY), seed, 18)
        called = small.play(small.scenario([call], parameters=small.LIVELY), seed, 18)
        # one array belongs to the instrument, one has a column for it
        assert set(small.differing(calm, called)) <= {"instruments", "decided"}
    later = small.play(small.scenario([call], parameters=small.LIVELY), 1)
    assert "projects" in small.differing(small.play(small.scenario(parameters=small.LIVELY), 1), later)


def test_without_initiators_or_incentives_there_is_no_project(small):
    nobody = small.LIVELY | {name: 0.0 for name in initiator_shares()}
    officers = {"kind": "facilitation", "permanent": True}
    assert (
        sum(len(small.born(small.play(small.scenario([officers], parameters=nobody), seed))) for seed in range(5)) == 0
    )
    call = {"kind": "call", "first_month": 0, "period": 6, "window": 6, "winners": 3}
    called = [small.born(small.play(small.scenario([call], parameters=nobody), seed)) for seed in range(5)]
    assert sum(map(len, called)) > 0
    assert {int(origin) for projects in called for origin in projects.origin} == {s.BY_CALL}
    # the chance of answering is in the hazard of such an idea: it is not drawn again
    assert {int(path) for projects in called for path in projects.call_path} == {s.CALL_BORN}


def initiator_shares():
    from ectsim.parameters import PARAMETERS

    return [name for name in PARAMETERS if name.startswith("initiator_share")]


# A pair's luck lasts


def test_the_threshold_of_a_pair_is_the_same_for_life_and_its_own(small):
    state = small.play(small.scenario(parameters=small.LIVELY), 3)
    projects = small.born(state)
    actors = state.actors
    again = [pair_threshold(state, actors[i], projects[0]) for i in range(20)]
    state.clock[0].month += 17
    assert [pair_threshold(state, actors[i], projects[0]) for i in range(20)] == again
    assert len(set(again)) == 20
    assert pair_threshold(state, actors[0], projects[1]) != again[0]


def test_without_noise_thresholds_are_zero(small):
    scenario = small.scenario(parameters=small.LIVELY | {"joining_noise": 0.0, "beta_0": 0.0})
    state = small.play(scenario, 3)
    assert pair_threshold(state, state.actors[4], small.born(state)[0]) == 0.0
    assert math.isfinite(willingness(state, small.born(state)[0], 4, 0.3, 0.0, 1.0))
