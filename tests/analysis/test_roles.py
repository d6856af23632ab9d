"""Who mattered: Shapley values known exactly, who abstains, who is made average, roles counted by hand."""

import itertools
import math

import numpy as np
import pytest

from ectsim.analysis.abstention import (
    HELD,
    KINDS_OF,
    abstaining,
    actors_by_kind,
    held_evenly,
    made_average,
    without_conditions,
    without_role,
)
from ectsim.analysis.portraits import draw_portraits, look_at
from ectsim.analysis.roles import played_roles, shapley_values, who_mattered
from ectsim.experiments.ensembles import run_worlds
from ectsim.experiments.single import simulate
from ectsim.model.simulation import prepare
from ectsim.model.state import EMERGED
from ectsim.scenario.reading import load_scenario
from ectsim.territory.nomenclature import KINDS, SECTORS


@pytest.fixture(scope="module")
def setup():
    return prepare(load_scenario("one_call_a_year"))


def worths(players, worth):
    sets = itertools.chain.from_iterable(itertools.combinations(players, size) for size in range(len(players) + 1))
    return {frozenset(members): np.array(worth(frozenset(members)), float) for members in sets}


def test_each_player_of_an_additive_game_is_worth_what_it_brings():
    brings = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 0.0]), "c": np.array([-1.0, 5.0])}
    found = shapley_values(list(brings), worths(brings, lambda s: sum((brings[one] for one in s), np.zeros(2))))
    for player, value in brings.items():
        assert found[player] == pytest.approx(value)


def test_the_glove_game():
    # one right glove, two left ones, a pair is worth 1 (Shapley 1953; 2/3, 1/6, 1/6)
    found = shapley_values("rlm", worths("rlm", lambda s: [float("r" in s and len(s) > 1)]))
    assert {name: value[0] for name, value in found.items()} == pytest.approx({"r": 2 / 3, "l": 1 / 6, "m": 1 / 6})


def test_shapley_values_share_out_the_whole_and_nothing_goes_to_a_dummy():
    generator = np.random.default_rng(1)
    luck = {frozenset(s): generator.random(5) for n in range(4) for s in itertools.combinations("abc", n)}
    worth = worths("abcd", lambda s: luck[frozenset(s - {"d"})])
    found = shapley_values("abcd", worth)
    assert sum(found.values()) == pytest.approx(worth[frozenset("abcd")] - worth[frozenset()])
    assert found["d"] == pytest.approx(np.zeros(5))


def test_nothing_is_left_when_everybody_abstains_and_nothing_changes_when_nobody_does(setup):
    worlds = run_worlds([setup, abstaining(setup, []), abstaining(setup, SECTORS)], range(1, 4), threads=2)
    assert np.array_equal(worlds.tallies[0], worlds.tallies[1])
    assert worlds.tallies[2]["reached"].sum() == 0


def test_who_abstains_is_in_no_project_and_the_others_keep_their_luck(setup):
    run, base = simulate(abstaining(setup, ["private"]), seed=2), simulate(setup, seed=2)
    sectors = run.state.actors["sector"]
    for row in range(int(run.state.clock[0].projects)):
        members = run.state.members[row, : run.state.projects[row].team]["actor"]
        assert SECTORS.index("private") not in sectors[members]
    for name in ("key", "kind", "commune", "propensity_0", "patience"):
        assert np.array_equal(run.state.actors[name], base.state.actors[name])


def test_the_average_actor_has_the_mean_of_all(setup):
    numbers = actors_by_kind(setup)
    assert numbers.sum() == setup.scenario.population.actors
    made = made_average(setup, ["civil"]).parameters[0]
    given = setup.parameters[0]
    for kind, name in enumerate(KINDS):
        changed = name in KINDS_OF["civil"]
        mean = np.average(given.initiator_share, weights=numbers)
        assert made.initiator_share[kind] == pytest.approx(mean if changed else given.initiator_share[kind])
        assert made.capacity[kind] == round(made.capacity[kind])
    assert made.endowment[KINDS.index("association"), 1] == pytest.approx(
        np.average(given.endowment[:, 1], weights=numbers)
    )


def test_what_is_held_evenly_is_as_plentiful_and_nobodys_in_particular(setup):
    numbers, given = actors_by_kind(setup), setup.parameters[0]
    shares = held_evenly(setup, "initiator").parameters[0].initiator_share
    assert np.ptp(shares) == pytest.approx(0)
    assert (shares * numbers).sum() == pytest.approx((given.initiator_share * numbers).sum())
    means = held_evenly(setup, "funder").parameters[0].endowment
    assert np.ptp(means[:, 1]) == pytest.approx(0)
    assert np.array_equal(means[:, 0], given.endowment[:, 0])
    assert (means[:, 1] * numbers).sum() == pytest.approx((given.endowment[:, 1] * numbers).sum())
    assert np.ptp(given.endowment[:, 1]) > 0


def test_everybody_made_average_is_everybody_alike(setup):
    made = made_average(setup, SECTORS).parameters[0]
    for trait in ("initiator_share", "capacity", "market_orientation"):
        assert np.ptp(made[trait]) == pytest.approx(0)


def test_without_initiators_or_scheme_there_is_no_project():
    base = prepare(load_scenario("spontaneous"))
    lonely = run_worlds([without_role(base, "initiator"), without_role(base, "funder")], range(1, 5), threads=2)
    assert lonely.tallies[0]["reached"].sum() == 0
    assert lonely.tallies[1]["reached"][:, EMERGED].sum() == 0
    with pytest.raises(ValueError, match="magician"):
        without_role(base, "magician")


def test_without_its_conditions_a_project_needs_neither_sectors_nor_a_mix(setup):
    alone = [abstaining(one, ["public", "private"]) for one in (setup, without_conditions(setup))]
    worlds = run_worlds(alone, range(1, 9), threads=2)
    emerged = worlds.tallies["reached"][:, :, EMERGED].sum(axis=(1, 2, 3, 4))
    assert emerged[0] == 0
    assert emerged[1] > 0


def test_without_officers_no_instrument_of_theirs_is_left(setup):
    left = without_role(setup, "facilitator").scenario.instruments
    assert [type(one).__name__ for one in left] == ["Call"]


def test_roles_are_shared_out_by_kind_and_weighed_by_its_share_of_actors():
    roles = np.zeros((2, 2, 6, len(KINDS), 5), np.int64)
    roles[:, 1, 0, KINDS.index("farm"), 0] = 3
    roles[:, 1, 0, KINDS.index("company"), 1] = 1
    roles[:, 1, 0, KINDS.index("epci"), 2] = 4
    found = played_roles(roles, np.ones(len(KINDS))).set_index(["stage", "origin", "role", "kind"])
    carriers = found.loc["emerged"].xs("carrier", level="role")
    assert carriers.loc[("spontaneous", "farm"), "share"] == pytest.approx(0.75)
    assert carriers.loc[("spontaneous", "farm"), "weight"] == pytest.approx(7.5)
    assert carriers.loc[("incentive", "epci"), "times"] == pytest.approx(4)
    assert math.isnan(found.loc[("structured", "incentive", "carrier", "farm"), "share"])


def test_who_mattered_end_to_end(setup):
    found = who_mattered(setup, runs=2, threads=2)
    table = found.necessity.set_index(["conditions", "group", "name"])
    everybody = run_worlds([setup], [1, 2], threads=1).tallies[0]["reached"][:, EMERGED].sum(axis=(1, 2, 3)).mean()
    assert table.loc[("with", "sector", "public"), "base"] == pytest.approx(everybody)
    split = table["number"] + table["kind"] - table["loss"]
    assert split.dropna().to_numpy() == pytest.approx(np.zeros(2 * (len(KINDS_OF) + len(HELD))))
    worth = found.shapley[found.shapley["conditions"] == "with"]["value"].sum()
    assert worth == pytest.approx(everybody)


def test_co_carriers_are_told_from_the_others(setup):
    run = simulate(setup, seed=1)
    means, spreads, teams = look_at(run.state, len(setup.scenario.themes))
    alive = [one for one in run.state.projects if one.stage >= EMERGED and one.status == 0]
    assert len(teams) == len(alive) > 0
    assert np.nanmax(means[:, :, 1:4].sum(axis=2)) == pytest.approx(1)
    assert (spreads[~np.isnan(spreads)] > 0).all()
    portraits = draw_portraits(setup, runs=2, threads=2)
    assert portraits.company["share"].sum() == pytest.approx(1)
    assert list(portraits.interests["sector"].unique()) == list(SECTORS)
