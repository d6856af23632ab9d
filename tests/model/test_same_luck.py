"""The same luck in every world: what a scheme does not touch does not move, and the order of rows means nothing."""

import csv
import shutil

import numpy as np
import pytest

from ectsim.model.months import run_months
from ectsim.model.simulation import allocate_state, begin, prepare
from ectsim.scenario import load_scenario
from ectsim.shipped import shipped_folder
from ectsim.territory.nomenclature import KINDS
from ectsim.territory.reading import load_territory

CALL = {
    "kind": "call",
    "first_month": 2,
    "period": 8,
    "window": 4,
    "winners": 3,
    "minimum_partners": 2,
    "rivalness": 0.5,
}
BUSINESS = ["company", "farm"]


def story(small, state):
    """What became of each project, by identity: independent of the rows of actors and projects."""
    told = {}
    for row, p in enumerate(small.born(state)):
        members = frozenset(state.actors.key[state.members[row, : p[small.TEAM]].actor].tolist())
        times = (*p.stage_month.tolist(), int(p.end_month), int(p.award_month))
        fate = (int(p.stage), int(p.status), int(p.origin), int(p.theme), int(p.funding), float(p.vocabulary))
        told[int(p.initiator_key), int(p.birth)] = (*fate, *times, members)
    return told


# Month 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_compared_scenarios_are_equal_to_the_bit_at_month_0(small, seed):
    states = []
    for name in ("spontaneous", "one_call_a_year"):
        scenario = load_scenario(name)
        fewer = scenario.population.model_copy(update={"actors": 150})
        scenario = scenario.model_copy(update={"population": fewer})
        states.append(small.play(scenario, seed, scenario.horizon.burn_in))
    calm, called = states
    assert len(small.born(calm)) > 10
    # the scheme itself, and the column that says who decided about it
    own = {"instruments", "decided"}
    places = min(len(calm.projects), len(called.projects))
    for name, a, b in zip(calm._fields, calm, called, strict=True):
        if name in own:
            continue
        if name in ("projects", "members", "alive", "files", "scores"):  # as long as a scenario may need
            a, b = a[:places], b[:places]
        assert a.tobytes() == b.tobytes(), name
    assert calm.instruments[:1].tobytes() == called.instruments[:1].tobytes()


# Two worlds without a link


def two_groups(small, instruments, seed):
    """Business on one side, everybody else on the other, all tied inside a group and none across."""
    scenario = small.scenario(
        instruments, months=40, sizes={"ties": 50}, parameters=small.LIVELY | {"beta_0": -3.0, "call_rate": 0.03}
    )
    _, state = small.start(scenario, seed)
    groups = np.isin(state.actors.kind, [KINDS.index(kind) for kind in BUSINESS])
    assert 5 < groups.sum() < 50
    small.tie_everybody(state, 0.5, groups)
    assert run_months(state, 46) == 0
    return state, groups


def test_what_no_link_ties_to_a_call_lives_the_same_life(small):
    call = CALL | {"eligible_kinds": BUSINESS}
    touched, untouched = 0, 0
    for seed in range(6):
        calm, groups = two_groups(small, (), seed)
        called, _ = two_groups(small, (call,), seed)
        lives = []
        for state in (calm, called):
            mine = {}
            for row, project in enumerate(small.born(state)):
                if not groups[project.initiator]:
                    members = state.members[row, : project[small.TEAM]]
                    mine[int(project.initiator_key), int(project.birth)] = (project.tobytes(), members.tobytes())
            lives.append(mine)
        assert lives[0] == lives[1]
        untouched += len(lives[0])
        for name in set(calm.actors.dtype.names) - {"applying"}:
            assert (calm.actors[name][~groups] == called.actors[name][~groups]).all(), name
        assert (calm.trust[~groups] == called.trust[~groups]).all()
        touched += story(small, calm) != story(small, called)
    assert untouched > 50
    assert touched >= 4


def test_officers_are_a_link(small):
    """The same two groups share officers with few places: a call to one of them is then felt by the other."""
    officers = {
        "kind": "facilitation",
        "permanent": True,
        "officers": 1,
        "projects_per_officer": 2,
        "overload": "refuse",
    }
    call = CALL | {"eligible_kinds": BUSINESS}
    felt = 0
    for seed in range(6):
        calm, groups = two_groups(small, (officers,), seed)
        called, _ = two_groups(small, (officers, call), seed)
        others = [
            {
                identity: life
                for identity, life in story(small, state).items()
                if not groups[np.flatnonzero(state.actors.key == identity[0])[0]]
            }
            for state in (calm, called)
        ]
        felt += others[0] != others[1]
    assert felt > 0


# The order of rows


def permuted(small, state, seed):
    """The same world with the rows of its actors in another order, keys kept."""
    other = small.copy(state)
    order = np.random.default_rng(seed).permutation(len(state.actors))
    new = np.empty(len(order), int)
    new[order] = np.arange(len(order))
    for name in ("actors", "neighbours", "trust", "reach", "cooperated"):
        getattr(other, name)[:] = getattr(state, name)[order]
    other.neighbours[:] = new[other.neighbours]
    other.rows[:] = new[other.rows]
    return other


@pytest.mark.parametrize("scheme", ["none", "call", "all"])
def test_reordering_actors_with_their_keys_changes_no_life(small, scheme):
    instruments = {"none": (), "call": (CALL,), "all": small.ALL_INSTRUMENTS}[scheme]
    for seed in range(15):
        _, state = small.start(small.scenario(instruments, parameters=small.LIVELY, months=40), seed)
        other = permuted(small, state, seed)
        run_months(state, 46)
        run_months(other, 46)
        assert len(story(small, state)) > 5
        assert story(small, state) == story(small, other)


def shuffle_rows(file, seed):
    with file.open(encoding="utf-8", newline="") as source:
        header, *rows = csv.reader(source)
    order = np.random.default_rng(seed).permutation(len(rows))
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([header, *(rows[i] for i in order)])


def test_reordering_the_lines_of_a_territory_changes_nothing(small, tmp_path):
    folder = tmp_path / "pays_ledonien"
    shutil.copytree(shipped_folder("scenarios") / "territories" / "pays_ledonien", folder)
    for number, name in enumerate(("communes.csv", "epci.csv", "contiguity.csv", "actors.csv")):
        shuffle_rows(folder / name, number)
    scenario = small.scenario(small.ALL_INSTRUMENTS, parameters=small.LIVELY)
    expected = small.play(scenario, 2)
    setup = prepare(scenario, load_territory(folder))
    state = allocate_state(setup)
    begin(setup, state, 2)
    assert run_months(state, setup.months) == 0
    assert len(small.born(expected)) > 5
    # communes keep their rank; their intercommunal bodies may have another number
    assert set(small.differing(expected, state)) <= {"epci"}
