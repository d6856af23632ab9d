"""What members see of each other when they stay or leave."""

import pytest

from ectsim.model.months import run_months
from ectsim.model.state import LIVE


def mean_trust_of(state, row, place):
    """Mean trust of a member to the others, looked up tie by tie."""
    team = state.members["actor"][row, : state.projects[row]["team"]]
    i = team[place]
    degree = state.actors[i].degree
    ties = dict(zip(state.neighbours[i, :degree].tolist(), state.trust[i, :degree].tolist(), strict=True))
    stranger = state.parameters[0].stranger_trust
    others = [ties.get(int(j), stranger) for j in team if j != i]
    return sum(others) / len(others) if others else stranger


def test_trust_that_is_not_taken_anew_is_that_of_now(small):
    """Every change of a tie or of a team is counted: a trust whose count still holds is what it would be now."""
    scenario = small.scenario(small.ALL_INSTRUMENTS, months=48, parameters=small.LIVELY | {"ending_hazard": 0.4})
    checked = outdated = 0
    for seed in (1, 2, 3):
        _, state = small.start(scenario, seed)
        for _ in range(54):
            run_months(state, 1)
            for row in state.alive[: state.clock[0].alive]:
                project = state.projects[row]
                for place in range(project["team"] if project.status == LIVE else 0):
                    member = state.members[row, place]
                    if member.trust_seen != project.team_changes + state.actors[member.actor].tie_changes:
                        outdated += 1
                        continue
                    assert member.trust == pytest.approx(mean_trust_of(state, row, place), abs=1e-12)
                    checked += 1
    assert checked > 1000
    assert outdated > 100
