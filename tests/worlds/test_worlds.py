"""Small worlds told as stories (the YAML files of this folder): does the model tell what a geographer expects?

In a story nothing is left to luck but who is asked first: thresholds are zero (``joining_noise: 0``), so that an actor
joins when its willingness is positive. An actor is like ``PLAIN`` but for what the story says; it brings nothing else.
"""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from ectsim.model import state as s
from ectsim.model.months import run_months
from ectsim.model.simulation import allocate_state, begin, prepare
from ectsim.scenario import Scenario
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS
from ectsim.territory.reading import load_territory
from ectsim.world.distances import road_km
from ectsim.world.layout import RESOURCES, records
from ectsim.world.network import add_tie, reach_between

STORIES = sorted(Path(__file__).parent.glob("*.yaml"))
FIXED = {"joining_noise": 0.0, "need_spread": 0.1}
PLAIN = {
    "commune": "Lons-le-Saunier",
    "brings": {},
    "interest": 0.9,
    "propensity": 0.8,
    "capacity": 2,
    "initiator": False,
    "values": [0.34, 0.33, 0.33],
    "crowding_prone": False,
    "patience": 10,
    "market": None,
}
SAME_FOR_ALL = {
    "idea_propensity": 0.5,
    "reward_sensitivity": 0.5,
    "sanction_sensitivity": 0.5,
    "risk_tolerance": 0.8,
    "value_need": 0.5,
    "conditionality": 0.0,
    "effort_factor": 1.0,
    "coresponsibility": 0.9,
    "return_threshold": 0.0,
    "hybridity_tolerance": 0.8,
    "attachment": 0.6,
    "vocabulary_0": 0.4,
    "application_cost_factor": 1.0,
    "type": 0,
    "perceived_quorum": 3,
    "counterpart_wanted": 0,
}


def tell(story, seed):
    """Play a story; give its state and the row of each actor by name."""
    names = list(story["actors"])
    scenario = Scenario.model_validate(
        {
            "name": {"fr": "Récit", "en": "Story"},
            "horizon": {"burn_in": 0, "months": story["months"], "after": 0},
            "population": {"actors": len(names)},
            "posterior": "none",
            "parameters": FIXED | story.get("parameters", {}),
            "instruments": story.get("instruments", []),
            "sizes": {"ties": len(names), "projects": 200},
        }
    )
    territory = load_territory(scenario.territory)
    setup = prepare(scenario, territory)
    state = allocate_state(setup, ideas(story, names, scenario.themes))
    begin(setup, state, seed)
    state.clock[0].idea_scale = 0.0  # no idea but those of the story and of its schemes
    state.parameters[0].ending_hazard = 0.0  # nor an end by chance
    for row, actor in enumerate(story["actors"].values()):
        settle(state, row, PLAIN | (actor or {}), territory)
    for one, other, trust in story.get("ties", []):
        tie(state, names.index(one), names.index(other), trust)
    assert run_months(state, story["months"]) == 0
    return state, {name: row for row, name in enumerate(names)}


def ideas(story, names, themes):
    told = story.get("ideas", [])
    forced = records(len(told), s.FORCED_FIELDS)
    for row, idea in zip(forced, told, strict=True):
        row.month, row.actor_key, row.theme = idea["month"], names.index(idea["by"]), themes.index(idea["theme"])
        row.decision, row.initiator_key = s.INITIATE, s.NEVER
    return forced


def settle(state, row, given, territory):
    unknown = set(given) - set(PLAIN) - {"kind"}
    assert not unknown, f"a story says {unknown}, which means nothing"
    actor = state.actors[row]
    for name, value in SAME_FOR_ALL.items():
        state.actors[name][row] = value
    actor.key = state.rows[row] = row
    actor.degree = 0
    actor.kind = KINDS.index(given["kind"])
    actor.sector = SECTORS.index(SECTOR_OF_KIND[given["kind"]])
    actor.commune = territory.names.index(given["commune"])
    actor.interest[:] = given["interest"]
    actor.propensity = actor.propensity_0 = given["propensity"]
    actor.capacity, actor.patience = given["capacity"], given["patience"]
    actor.initiator, actor.crowding_prone = int(given["initiator"]), int(given["crowding_prone"])
    actor["values"][:] = given["values"]
    market = state.parameters[0].market_orientation[actor.kind] if given["market"] is None else given["market"]
    actor.market_orientation = market
    actor.endowment[:] = [given["brings"].get(resource, 0.0) for resource in RESOURCES]
    assert set(given["brings"]) <= set(RESOURCES)


def tie(state, i, j, trust):
    a, b = state.actors[i], state.actors[j]
    distance = road_km(state, state.clock[0].road, a.commune, b.commune)
    add_tie(state, i, j, trust, reach_between(state.parameters[0], a, b, distance), 0)


def facts_of_project(state, rows, name):
    """What became of the first project of an actor, in the words of stories."""
    born = state.projects[: state.clock[0].projects]
    (row, *_) = np.flatnonzero(born.initiator == rows[name])
    project = born[row]
    names = {row: name for name, row in rows.items()}
    return {
        "project": name,
        "stage": s.STAGES[project.stage],
        "status": s.STATUSES[project.status],
        "reason": s.REASONS[project.reason],
        "origin": s.ORIGINS[project.origin],
        "funding": s.FUNDINGS[project.funding],
        "grant": float(project.grant),
        "members": {names[row] for row in state.members[row, : project.team].actor},
        "carrier": names.get(int(project.carrier)),
        "coverage": dict(zip(RESOURCES, project.coverage.tolist(), strict=True)),
    }


# What a story may say of a project beyond a fact that must be equal
RELATIONS = {
    "reached": lambda facts, stage: s.STAGES.index(facts["stage"]) >= s.STAGES.index(stage),
    "members": lambda facts, names: facts["members"] == set(names),
    "with": lambda facts, names: facts["members"] >= set(names),
    "without": lambda facts, names: not facts["members"] & set(names),
    "coverage": lambda facts, bounds: all(a <= facts["coverage"][name] <= b for name, (a, b) in bounds.items()),
}


def check_project(expected, state, rows):
    facts = facts_of_project(state, rows, expected["project"])
    for name, value in expected.items():
        holds = RELATIONS[name](facts, value) if name in RELATIONS else facts[name] == value
        assert holds, f"{name}: {value} expected of {facts}"


def check_actor(expected, state, rows):
    assert set(expected) <= {"actor", "propensity", "ideas"}
    row = rows[expected["actor"]]
    lowest, highest = expected.get("propensity", [0, 1])
    assert lowest <= state.actors[row].propensity <= highest
    if "ideas" in expected:
        born = state.projects[: state.clock[0].projects]
        assert np.sum(born.initiator == row) == expected["ideas"]


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_a_small_world_goes_as_its_story_says(file):
    story = YAML(typ="safe").load(file)
    assert set(story) <= {"months", "parameters", "instruments", "actors", "ties", "ideas", "expect", "seeds"}
    for seed in story.get("seeds", [1, 2, 3]):
        state, rows = tell(story, seed)
        for expected in story["expect"]:
            (check_actor if "actor" in expected else check_project)(expected, state, rows)


def test_there_are_stories():
    assert len(STORIES) >= 8
