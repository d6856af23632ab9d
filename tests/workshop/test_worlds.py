"""The worlds shown: the same as those of an ensemble, twins, luck, the room's decisions."""

import base64
import threading

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ectsim.experiments.ensembles import run_worlds
from ectsim.experiments.single import Decision, simulate
from ectsim.model.simulation import allocate_state, prepare
from ectsim.model.state import EMERGED
from ectsim.model.twins import FATES
from ectsim.parameters import PARAMETERS
from ectsim.posterior import label_of
from ectsim.scenario import load_scenario
from ectsim.workshop.acting import decisions_of, hand
from ectsim.workshop.levers import levers_of, preferred, pulled
from ectsim.workshop.recording import lone_ideas, packed, record
from ectsim.workshop.simulator import BAND, KEPT_SCENARIOS, Simulator


@pytest.fixture(scope="module")
def setups(scenarios):
    return prepare(scenarios["small"]), prepare(scenarios["call"])


@pytest.fixture(scope="module")
def simulator(setups):
    made = Simulator(*setups, seed=1, threads=2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(simulator):
    return simulator.pair({}, None)


def test_both_worlds_are_those_of_an_ensemble(setups, pair):
    worlds = run_worlds(setups, [1], twins=True)
    for place, letter in enumerate("ab"):
        assert pair[letter]["emerged"][1:] == worlds.emerged[place, 0].tolist()
    assert pair["a"]["money"][-1] == pytest.approx(worlds.tallies[0, 0].money.sum(), abs=0.1)


def test_fates_are_those_of_the_twins(setups, pair):
    twins = run_worlds(setups, [1], twins=True).twins[1, 0]
    for place, name in enumerate(FATES[:5]):
        assert sum(one["fate"] == name for one in pair["fates"]) <= int(twins.fates[0, place].sum())
    emerged = [sum(one["fate"] == name for one in pair["fates"]) for name in ("additional", "displaced")]
    assert emerged[0] - emerged[1] <= pair["b"]["emerged"][-1]
    shown = len([one for one in pair["fates"] if one["b"] and one["fate"] != "displaced"])
    assert shown >= pair["b"]["emerged"][-1]


def test_everybody_stands_where_the_projects_they_are_in_say(pair):
    world = pair["b"]
    standing = np.frombuffer(base64.b64decode(world["standing"]), np.uint8).reshape(-1, world["actors"])
    assert standing.shape[0] == world["months"] + 1
    for month in (0, 12, world["months"]):
        expected = np.zeros(world["actors"], int)
        for project in world["projects"]:
            reached = [s for s, at in enumerate(project["stages"]) if at is not None and at < month]
            for actor, first, after in project["members"]:
                if first <= month < after:
                    expected[actor] = max(expected[actor], min(max(max(reached, default=0), 1), 3))
        # lone ideas are not sent: they show only as "gathering"
        assert np.array_equal(np.where(expected > 1, expected, 0), np.where(standing[month] > 1, standing[month], 0))


def test_worlds_do_not_depend_on_what_was_asked_before(setups, simulator):
    simulator.pair({"1.winners": 9.0}, {})
    other = Simulator(*setups, seed=1, threads=1)
    assert simulator.pair({}, None) == other.pair({}, None)
    other.close()


def test_the_ghost_is_the_curve_before_the_change(simulator, pair):
    assert simulator.pair({"1.winners": 9.0}, {})["ghost"] == pair["b"]["emerged"]


def test_the_band_is_that_of_an_ensemble(setups, simulator):
    worlds = run_worlds(setups, range(1, 9))
    band = simulator.band({}, 8)
    assert band["finals"] == worlds.emerged[:, :, -1].tolist()
    assert band["money"] == pytest.approx([t.money.sum(axis=1).mean() for t in worlds.tallies], abs=0.1)


def test_moved_levers_are_played_on_as_an_ensemble_would(simulator):
    unmoved = simulator.band({}, 8)["finals"][1]
    for winners in (9.0, 0.0):
        moved = {"1.winners": winners}
        worlds = run_worlds([simulator.pulled(moved)], range(1, 9))
        assert simulator.band(moved, 8)["finals"][1] == worlds.emerged[0, :, -1].tolist()
        assert simulator.band(moved, 8)["finals"][1] != unmoved


def test_parameters_drawn_from_a_posterior_are_those_of_an_ensemble(tmp_path, scenarios):
    small, call = (scenarios[name].source.read_text("utf-8") for name in ("small", "call"))
    bounds = PARAMETERS["idea_rate"]
    table = pa.table({"idea_rate": np.linspace(bounds.low, bounds.high, 5)})
    pq.write_table(table.replace_schema_metadata(label_of("fictive")), tmp_path / "drawn.parquet")
    drawn = "posterior: drawn.parquet\nparameters: posterior\n"
    (tmp_path / "small.yaml").write_text(small.replace("parameters: {idea_rate: 40}\n", drawn), encoding="utf-8")
    (tmp_path / "call.yaml").write_text(call, encoding="utf-8")
    setups = tuple(prepare(load_scenario(tmp_path / f"{name}.yaml")) for name in ("small", "call"))
    simulator = Simulator(*setups, seed=1, threads=2)
    assert simulator.band({}, 6)["finals"] == run_worlds(setups, range(1, 7)).emerged[:, :, -1].tolist()
    assert simulator.cast()["parameters"] == "fictive"
    simulator.close()


def test_an_unwanted_band_stops(setups, monkeypatch):
    simulator = Simulator(*setups, seed=500, threads=2)
    asked, called_off, play = iter([False] * 3 + [True] * 1000), threading.Event(), simulator._play

    def played_slowly(setup, seed):
        if seed >= 503:
            called_off.wait()
        return play(setup, seed)

    monkeypatch.setattr(simulator, "_play", played_slowly)
    assert simulator.band({}, 50, lambda: next(asked)) is None
    called_off.set()
    assert sum(map(len, simulator._draws.values())) <= 5
    simulator.close()


def test_a_lever_costs_what_it_adds_to_public_money(simulator):
    assert simulator.costs({"1.grant_rate": 1.0})["costs"]["1.grant_rate"] > 0
    assert simulator.costs({}) == {"costs": {}}


def test_what_one_lever_costs_is_what_the_band_says_it_adds(simulator):
    values = {"1.grant_rate": 1.0}
    before, after = (simulator.band(given, BAND)["money"][1] for given in ({}, values))
    assert simulator.costs(values)["costs"]["1.grant_rate"] == pytest.approx(after - before, abs=0.11)


def test_an_idea_that_nobody_has_joined_is_told_though_not_drawn(simulator):
    busy = {actor for _, actor, first, after in simulator.game({}, [], 24).spells.tolist() if first <= 12 < after}
    actor = next(actor for actor in range(60) if actor not in busy)
    key = simulator.cast()["actors"][actor]["key"]
    played = simulator.game({}, [Decision(12, key, "initiate", theme="food")], 24)
    drawn, lone = packed(played)["projects"], lone_ideas(played, 12)
    ids = [tuple(one["id"]) for one in (*drawn, *lone)]
    assert len(ids) == len(set(ids))
    (idea,) = (one for one in (*drawn, *lone) if one["id"] == [key, 12])
    assert idea["theme"] == "food"
    assert idea["members"][0][:2] == [actor, 13]  # seen from the end of the month on
    assert lone
    assert all(one["stages"][1] is None or one["stages"][1] >= 24 for one in lone)


@pytest.fixture
def counted(setups, monkeypatch):
    """A simulator that has shown its worlds, and the scenarios and seeds of the draws it plays from then on."""
    simulator = Simulator(*setups, seed=1, threads=2)
    played = []
    play = simulator._play
    monkeypatch.setattr(simulator, "_play", lambda setup, seed: played.append((setup, seed)) or play(setup, seed))
    simulator.pair({}, None)
    yield simulator, played
    simulator.close()


def test_no_draw_is_played_twice(setups, counted):
    simulator, played = counted
    simulator.band({}, 5)
    assert sorted((setup is setups[1], seed) for setup, seed in played) == [
        (is_b, seed) for is_b in (False, True) for seed in range(2, 6)
    ]
    played.clear()
    simulator.band({}, 9)
    assert sorted(seed for _, seed in played) == sorted([6, 7, 8, 9] * 2)
    played.clear()
    moved = {"1.winners": 7.0}
    ghost = simulator.pair(moved, {})["ghost"]
    band = simulator.band(moved, 9, before={})
    assert sorted(seed for _, seed in played) == list(range(2, 10))
    assert not any(setup is setups[0] for setup, _ in played)
    assert (ghost[-1], band["finals"][1][0]) == (band["before"][0], simulator.pair(moved, {})["b"]["emerged"][-1])


def test_a_is_played_once_however_many_levers_are_moved(setups, counted):
    simulator, played = counted
    simulator.band({}, 2)
    for value in np.linspace(0.1, 0.9, KEPT_SCENARIOS + 2):
        simulator.band({"1.grant_rate": float(value)}, 2)
    assert sum(setup is setups[0] for setup, _ in played) == 1
    assert len(simulator._draws) <= KEPT_SCENARIOS


def test_levers_moved_and_put_back_in_the_middle_of_a_band_stop_it(setups):
    simulator = Simulator(*setups, seed=900, threads=1)
    asked = iter([False, True, False, False, False, False])
    assert simulator.band({}, 2, lambda: next(asked)) is None
    assert simulator.band({}, 2)["count"] == 2
    simulator.close()


def test_a_game_without_decisions_is_the_world_of_b(simulator, pair):
    game = simulator.game({}, [], 36)
    assert game.emerged().tolist() == pair["b"]["emerged"]
    assert simulator.game({}, [], 12).emerged().tolist() == pair["b"]["emerged"][:13]


def test_a_game_is_the_run_with_forced_decisions(setups, simulator):
    rounds = [[{"actor": 3, "stance": "open", "answers": [], "idea": "food"}], [{"actor": 3, "stance": "closed"}]]
    decisions = decisions_of(rounds)
    game = simulator.game({}, decisions, 24)
    run = simulate(setups[1], seed=1, months=24, forced=decisions)
    emerged = run.projects()[run.projects()["emerged"] >= 0]
    assert game.emerged()[-1] == len(emerged)
    assert [3, 0] in [[int(p["initiator_key"]), int(p["birth"]) - 12] for p in game.projects]
    member = game.spells[(game.spells[:, 1] == int(np.flatnonzero(game.keys == 3)[0]))]
    # "closed" leaves at month 12: no spell lasts beyond the month in which it is heard
    assert all(after <= 13 or first > 13 for _, _, first, after in member.tolist() if first < 12)


def test_answers_come_before_the_stance():
    decisions = decisions_of([[{"actor": 3, "stance": "closed", "answers": [(7, -2, True)]}]])
    assert [(one.decision, one.project) for one in decisions[:2]] == [("accept", (7, -2)), ("decline", None)]
    assert {one.month for one in decisions} == set(range(12))


def test_the_model_decides_for_who_says_nothing():
    assert decisions_of([[{"actor": 3}], [{"actor": 3, "stance": "model"}]]) == []


def test_a_world_played_from_month_0_is_the_one_played_from_its_beginning(setups, simulator):
    whole = record(allocate_state(setups[1]), setups[1], 1)
    for _ in range(2):
        again = simulator.game({}, (), setups[1].scenario.horizon.months)
        assert [one.tolist() for one in (again.standing, again.spells, again.money, again.invitations)] == [
            one.tolist() for one in (whole.standing, whole.spells, whole.money, whole.invitations)
        ]


def test_a_hand_tells_projects_and_coming_invitations(simulator):
    coming = simulator.game({}, [], 24)
    hands = [hand(coming, int(key), 1) for key in coming.keys]
    assert sum(len(one["invitations"]) for one in hands) > 0
    for one in hands:
        asked = {tuple(project["id"]) for project in one["invitations"]}
        assert not asked & {tuple(project["id"]) for project in one["projects"]}
    joined = next(one for one in hands if one["invitations"])
    project = joined["invitations"][0]["id"]
    refusing = {"actor": joined["actor"], "answers": [(*project, False)]}
    game = simulator.game({}, decisions_of([[], [refusing]]), 24)
    row = int(np.flatnonzero(game.keys == joined["actor"])[0])
    inside = game.spells[(game.spells[:, 1] == row) & (game.spells[:, 2] > 12)]
    assert tuple(project) not in {
        (int(game.projects[p]["initiator_key"]), int(game.projects[p]["birth"]) - 12) for p in inside[:, 0]
    }


def test_the_cast_is_that_of_both_worlds(simulator):
    cast = simulator.cast()
    assert sorted(actor["key"] for actor in cast["actors"]) == list(range(60))
    assert all(one < other for one, other in cast["ties"])
    assert len(cast["ties"]) == len({tuple(tie) for tie in cast["ties"]})


def test_levers_are_the_numbers_of_the_scheme(scenarios):
    levers = levers_of(scenarios["call"])
    assert {"1.winners", "1.grant_rate", "1.autonomy"} <= set(levers)
    assert not any(name.startswith("0.") for name in levers)
    assert levers_of(scenarios["small"]) == {}
    assert preferred(levers)[0] == "1.winners"


def test_every_lever_can_be_set_to_both_ends(scenarios):
    from ectsim.errors import InputError

    levers = levers_of(scenarios["call"])
    for name, lever in levers.items():
        assert lever.low <= lever.value <= lever.high
        for value in (lever.low, lever.high, lever.value, -1e9, 1e9):
            assert lever.low <= lever.clamped(value) <= lever.high
        assert lever.clamped(lever.value) == lever.value
        try:
            made = pulled(scenarios["call"], levers, {name: lever.high})
        except InputError:
            continue
        assert getattr(made.instruments[1], lever.field) == lever.clamped(lever.high)


def test_emergence_counts_agree(pair):
    for letter in "ab":
        world = pair[letter]
        assert world["emerged"] == [
            sum(p["stages"][EMERGED] is not None and 0 <= p["stages"][EMERGED] < month for p in world["projects"])
            for month in range(world["months"] + 1)
        ]
