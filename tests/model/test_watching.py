"""What is noted month by month is what the state says, looked up project by project."""

from collections import Counter

import numpy as np
import pytest

from ectsim.model.months import run_months
from ectsim.model.state import ASKED, LIVE
from ectsim.model.watching import note_month

BURN_IN, MONTHS = 6, 48


def memberships(state):
    """Stage of every live project by project and actor."""
    found = {}
    for row in state.alive[: state.clock[0].alive].tolist():
        project = state.projects[row]
        for actor in state.members["actor"][row, : project["team"]].tolist() if project.status == LIVE else ():
            found[row, actor] = int(project.stage)
    return found


def refusals(state, month):
    """How often each actor declined each project in a month, as projects remember it."""
    found = Counter()
    for row in state.alive[: state.clock[0].alive].tolist():
        project = state.projects[row]
        for place in range(ASKED):
            if project.asked[place] >= 0 and project.asked_month[place] == month:
                found[row, int(project.asked[place])] += 1
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spells_are_who_is_in_which_project_month_by_month(small, seed):
    lively = small.LIVELY | {"ending_hazard": 0.4, "wake_rate": 0.1}
    scenario = small.scenario(small.ALL_INSTRUMENTS, burn_in=BURN_IN, months=MONTHS, parameters=lively)
    _, state = small.start(scenario, seed)
    run_months(state, BURN_IN)
    spells = np.zeros((20_000, 4), np.int64)
    noted = np.zeros((len(state.projects), 2 * state.members.shape[1] + 1), np.int64)
    seen, known, declined = [], 0, Counter()
    for month in range(MONTHS + 1):
        if month:
            run_months(state, 1)
        standing, refused = np.zeros(len(state.actors), np.uint8), np.zeros((5_000, 4), np.int64)
        known, count = note_month(state, month, standing, spells, noted, known, refused)
        seen.append(memberships(state))
        for actor in range(len(state.actors)):
            stages = [stage for (_, who), stage in seen[-1].items() if who == actor]
            assert standing[actor] == (min(3, max(1, *stages, 1)) if stages else 0)
        assert Counter(map(tuple, refused[:count, 1:3].tolist())) == refusals(state, BURN_IN + month - 1)
        assert set(refused[:count, 0].tolist()) <= {month - 1}
        declined += refusals(state, BURN_IN + month - 1)
    told = spells[:known].tolist()
    for month, inside in enumerate(seen):
        assert sorted((row, actor) for row, actor, first, after in told if first <= month < after) == sorted(inside)
    ends = {(row, actor, after) for row, actor, _, after in told}
    assert not ends & {(row, actor, first) for row, actor, first, _ in told}, "two spells that are one"
    again = Counter((row, actor) for row, actor, _, _ in told)
    assert max(again.values()) > 1, "nobody came back"
    assert declined
