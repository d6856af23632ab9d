"""Roles that kinds of actor play in a project when it is structured and when it emerges.

What roles change lives in the analysis.
"""

from ectsim.compiled import rule
from ectsim.model.state import BROKER, CARRIER, CO_CARRIER, EMERGED, EXPERT, FUNDER, HOST, State

LARGE_PART = 0.3
MONEY, PREMISES, SKILLS = 1, 2, 3


@rule
def count_roles(state: State, row):
    """Count, by kind, who carries, co-carries, funds, hosts, brings another sector in, brings engineering."""
    project = state.projects[row]
    stage = 1 if project.stage >= EMERGED else 0
    counts = state.roles[stage]
    effort = state.parameters[0].co_carrier_share * project.effort
    for place in range(project.team):
        member = state.members[row, place]
        kind = state.actors[member.actor].kind
        if member.actor == project.carrier:
            counts[CARRIER, kind, project.origin] += 1
        elif member.effort > 0.0 and member.effort >= effort:
            counts[CO_CARRIER, kind, project.origin] += 1
        if _large(state, row, place, MONEY):
            counts[FUNDER, kind, project.origin] += 1
        if _large(state, row, place, PREMISES):
            counts[HOST, kind, project.origin] += 1
        if _large(state, row, place, SKILLS):
            counts[EXPERT, kind, project.origin] += 1
        if _brought_another_sector(state, row, member.actor):
            counts[BROKER, kind, project.origin] += 1


@rule
def _large(state: State, row, place, resource):
    """Whether a member brings a large part of what members put in of a resource."""
    total = 0.0
    for other in range(state.projects[row].team):
        total += state.members[row, other].contribution[resource]
    return total > 0.0 and state.members[row, place].contribution[resource] >= LARGE_PART * total


@rule
def _brought_another_sector(state: State, row, actor):
    for place in range(state.projects[row].team):
        member = state.members[row, place]
        if member.sponsor == actor and state.actors[member.actor].sector != state.actors[actor].sector:
            return True
    return False
