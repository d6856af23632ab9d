"""Small worlds for the tests of the model: making a scenario, playing it, looking at its state."""

import functools
import hashlib

import numpy as np
import pytest

from ectsim.model import state as s
from ectsim.model.months import run_months
from ectsim.model.simulation import allocate_state, begin, prepare
from ectsim.scenario import Scenario
from ectsim.territory.reading import load_territory
from ectsim.world.layout import records

ALL_INSTRUMENTS = (
    {"kind": "facilitation", "permanent": True, "officers": 2, "projects_per_officer": 2, "overload": "refuse"},
    {
        "kind": "call",
        "first_month": 2,
        "period": 8,
        "window": 3,
        "minimum_partners": 2,
        "minimum_sectors": 1,
        "winners": 2,
        "budget": 200,
        "outside_files": 2,
        "rivalness": 0.5,
        "upfront_share": 0.3,
        "condition": "collective",
        "application_cost": 2,
    },
    {
        "kind": "call",
        "first_month": 4,
        "window": 2,
        "quota": 0.5,
        "phases": 2,
        "phase_one_months": 3,
        "minimum_partners": 1,
        "minimum_sectors": 1,
        "application_cost": 1,
        "requires_label": True,
    },
    {
        "kind": "subsidy",
        "first_month": 1,
        "budget": 100,
        "condition": "refund",
        "minimum_partners": 2,
        "minimum_sectors": 1,
        "application_cost": 2,
    },
    {
        "kind": "regulation",
        "first_month": 3,
        "themes": ["food"],
        "obliged_kinds": ["commune", "education"],
        "control_cost": 12,
    },
    {"kind": "facilitation", "first_month": 5, "until": 14, "officers": 1, "priority": "weakest_first"},
    {"kind": "events", "first_month": 1, "period": 3, "participants": 20},
    {"kind": "recognition", "first_month": 1, "months": 12, "minimum_partners": 1, "minimum_sectors": 1, "cost": 6},
)
LIVELY = {
    "idea_rate": 20.0,
    "initiator_share[association]": 1.0,
    "call_rate": 0.02,
    "subsidy_rate": 0.01,
    "beta_0": -2.0,
}


@functools.cache
def territory(name="pays_ledonien"):
    return load_territory(name)


def make_scenario(instruments=(), actors=60, burn_in=6, months=30, after=0, sizes=None, parameters=None):
    """A scenario in Pays Lédonien with 60 actors, 6 + 30 months and no instrument unless told otherwise."""
    return Scenario.model_validate(
        {
            "name": {"fr": "Essai", "en": "Trial"},
            "horizon": {"burn_in": burn_in, "months": months, "after": after},
            "population": {"actors": actors},
            "posterior": "none",
            "parameters": dict(parameters or {}),
            "instruments": list(instruments),
            "sizes": {"members": min(actors, 60), "projects": 2000} | (sizes or {}),
        }
    )


def start(scenario, seed=1, forced=None):
    """The state of a scenario before its first month, and its setup."""
    setup = prepare(scenario, territory())
    state = allocate_state(setup, forced)
    begin(setup, state, seed)
    return setup, state


def play(scenario, seed=1, months=None, forced=None):
    """The state of a scenario after ``months`` months, or all of them."""
    setup, state = start(scenario, seed, forced)
    assert run_months(state, setup.months if months is None else months) == 0
    return state


def copy_state(state):
    """A state that shares no array with ``state``."""
    return type(state)(*(array.copy() for array in state))


def differing(a, b):
    """Names of the arrays in which two states differ by a bit or more."""
    return [name for name, x, y in zip(a._fields, a, b, strict=True) if x.tobytes() != y.tobytes()]


def born(state):
    """Records of the projects born so far."""
    return state.projects[: state.clock[0].projects]


def initiate(decisions):
    """Forced ideas: (month, actor key, theme) each."""
    forced = records(len(decisions), s.FORCED_FIELDS)
    for row, (month, key, theme) in zip(forced, decisions, strict=True):
        row.month, row.actor_key, row.theme = month, key, theme
        row.decision = s.INITIATE
        row.initiator_key = -1
    return forced


def tie_everybody(state, trust=0.5, groups=None):
    """Tie all actors to all others, or to those of their group only; the state needs room for so many ties."""
    count = len(state.actors)
    group = np.zeros(count, int) if groups is None else np.asarray(groups)
    for i in range(count):
        ends = [j for j in range(count) if j != i and group[j] == group[i]]
        state.actors[i].degree = len(ends)
        state.neighbours[i, : len(ends)] = ends
        state.trust[i, : len(ends)] = trust
        state.reach[i, : len(ends)] = 1.0
        state.cooperated[i, : len(ends)] = 0


TEAM = next(name for name, _, _, meaning in s.PROJECT_FIELDS if "the first places of the row" in meaning)
"""Field of a project that holds how many members it has."""


def what_counts(state):
    """Digest of a state without what lies beyond the places in use."""
    projects = born(state)
    digest = hashlib.sha256()
    for array in (projects, state.months, state.instruments, state.clock, state.decided[: len(projects)]):
        digest.update(array.tobytes())
    for row, project in enumerate(projects):
        digest.update(state.members[row, : project[TEAM]].tobytes())
    for i, actor in enumerate(state.actors):
        digest.update(actor.tobytes())
        for values in (state.neighbours, state.trust, state.reach, state.cooperated):
            digest.update(values[i, : actor.degree].tobytes())
    return digest.hexdigest()


class Small:
    """The functions of this file, for test modules that cannot import one another."""

    TEAM = TEAM
    ALL_INSTRUMENTS = ALL_INSTRUMENTS
    LIVELY = LIVELY
    scenario = staticmethod(make_scenario)
    start = staticmethod(start)
    play = staticmethod(play)
    copy = staticmethod(copy_state)
    differing = staticmethod(differing)
    what_counts = staticmethod(what_counts)
    born = staticmethod(born)
    initiate = staticmethod(initiate)
    tie_everybody = staticmethod(tie_everybody)
    territory = staticmethod(territory)


@pytest.fixture(scope="session")
def small():
    return Small
