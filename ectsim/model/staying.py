"""Step 5 of the month: which members stay in their projects.

What a member sees of a project lives in teams.py.
"""

from ectsim.compiled import rule
from ectsim.model.state import ACCEPT, NEVER, State
from ectsim.model.teams import after_departures, forced_decision, mean_trust, put_back, remove, set_apart, willingness


@rule
def review_members(state: State, t):
    """Every member of a live project stays or leaves; the team's mean trust is taken on the way."""
    p = state.parameters[0]
    for order in range(state.clock[0].live):
        row = state.live[order]
        project = state.projects[row]
        _refresh_trust(state, project, row)
        total = 0.0
        leavers = 0
        for place in range(project.team):
            member = state.members[row, place]
            total += member.trust
            u = willingness(state, project, member.actor, member.trust, member.distance, member.nearness)
            stays = u + p.beta_stay >= member.threshold
            if state.forced.shape[0] > 0:
                decision = forced_decision(state, t, state.actors[member.actor], project)
                stays = stays if decision == NEVER else decision == ACCEPT
            member.leaves = 0 if stays else 1
            leavers += member.leaves
        project.trust = total / project.team if project.team > 0 else 0.0
        if leavers > 0:
            for place in range(project.team - 1, -1, -1):
                if state.members[row, place].leaves == 1:
                    remove(state, row, place)
            after_departures(state, row)


@rule
def _refresh_trust(state: State, project, row):
    """Mean trust of every member to the others, taken anew only where the team or the member's ties have changed."""
    apart = False
    for place in range(project.team):
        member = state.members[row, place]
        changes = project.team_changes + state.actors[member.actor].tie_changes
        if member.trust_seen != changes:
            if not apart:
                set_apart(state, project, row)
                apart = True
            others = project.team - 1
            member.trust = mean_trust(state, member.actor, others, state.parameters[0].stranger_trust)
            member.trust_seen = changes
    if apart:
        put_back(state, project, row)
