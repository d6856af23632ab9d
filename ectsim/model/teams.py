"""Who is in a project: entering, leaving, what an actor sees of it, and the carrier.

Inviting lives in invitations.py.
"""

import math

from ectsim.compiled import rule
from ectsim.luck import JOIN, uniforms
from ectsim.model.rules import threshold, utility, value_distance
from ectsim.model.state import (
    APPLIED,
    AWARDED,
    BY_INITIATOR,
    DECLINE,
    DORMANT,
    EMERGED,
    IF_COLLECTIVE,
    NEVER,
    PAYING,
    REFUND,
    REMEMBERED,
    State,
)
from ectsim.world.distances import road_km
from ectsim.world.network import add_tie, find_tie, reach_between

OVERFLOW_PROJECTS, OVERFLOW_MEMBERS = 1, 2


@rule
def insured(state: State, project):
    """Whether a refund covers the members' risk: once such a scheme has awarded its grant, until it is paid."""
    if project.funding != AWARDED and project.funding != PAYING:
        return False
    return state.instruments[project.instrument].condition == REFUND


@rule
def kilometres(state: State, a, b):
    """Kilometres of road between two communes."""
    return road_km(state, state.clock[0].road, a, b)


@rule
def mark_outside(state: State, i):
    """Mark an actor as no member of the project at hand, who can join it with a place left."""
    state.open[i] = 1.0 if state.free[i] > 0 else 0.0
    state.inside[i] = 0.0


@rule
def set_apart(state: State, project, row):
    """Mark the members of a project: a scan of ties then knows them; ``put_back`` undoes it."""
    for place in range(project.team):
        mark_inside(state, state.members[row, place].actor)


@rule
def mark_inside(state: State, i):
    """Mark an actor as a member of the project at hand."""
    state.inside[i] = 1.0
    state.open[i] = 0.0


@rule
def put_back(state: State, project, row):
    """Take away the marks of the members of a project."""
    for place in range(project.team):
        mark_outside(state, state.members[row, place].actor)


@rule
def mean_trust(state: State, actor_row, others, stranger):
    """T̄ of an actor to the ``others`` members, who are set apart; ``stranger`` where there is no tie."""
    if others <= 0:
        return stranger
    total = 0.0
    known = 0.0
    for place in range(state.actors[actor_row].degree):
        inside = state.inside[state.neighbours[actor_row, place]]
        total += state.trust[actor_row, place] * inside
        known += inside
    return (total + (others - known) * stranger) / others


@rule
def refresh_values(state: State, project, row):
    """Mean values of the members, and the mean distance to them."""
    for v in range(3):
        project.mean_values[v] = 0.0
    for place in range(project.team):
        values = state.actors[state.members[row, place].actor].values
        for v in range(3):
            project.mean_values[v] += values[v] / project.team
    project.value_distance = 0.0
    for place in range(project.team):
        values = state.actors[state.members[row, place].actor].values
        project.value_distance += value_distance(values, project.mean_values) / project.team


@rule
def refresh_sectors(state: State, project, row):
    """Number of distinct sectors among the members."""
    seen = 0
    for place in range(project.team):
        seen |= 1 << state.actors[state.members[row, place].actor].sector
    project.sectors = (seen & 1) + (seen >> 1 & 1) + (seen >> 2 & 1)


@rule
def pair_threshold(state: State, actor, project):
    """ε of an actor and a project, drawn once for the pair's life."""
    u = uniforms(state.clock[0].seed, JOIN, 0, actor.key, project.initiator_key, project.birth)[0]
    return threshold(state.parameters[0], u)


@rule
def enter(state: State, t, row, actor_row, channel, limit, sponsor):
    """Make an actor a member; ``limit`` is its threshold ε. Newcomers dilute the vocabulary."""
    project = state.projects[row]
    if project.team == state.members.shape[1]:
        state.clock[0].overflow = OVERFLOW_MEMBERS
        return
    p = state.parameters[0]
    actor = state.actors[actor_row]
    member = state.members[row, project.team]
    member.actor = actor_row
    member.joined = t
    member.sponsor = sponsor
    member.channel = channel
    state.months[t].joined[channel] += 1
    member.stated = 0
    member.threshold = limit
    member.distance = kilometres(state, actor.commune, project.commune) / p.distance_scale
    member.nearness = math.exp(-member.distance)
    member.trust = 0.0
    member.trust_seen = NEVER
    member.effort = 0.0
    member.work = 0.0
    for r in range(4):
        member.contribution[r] = 0.0
    if project.team > 0:
        project.vocabulary *= project.team / (project.team + 1.0)
    project.team += 1
    project.team_changes += 1
    actor.commitments += 1
    if actor.first_engaged == NEVER:
        actor.first_engaged = t
    refresh_values(state, project, row)
    refresh_sectors(state, project, row)


@rule
def meet(state: State, actor_row, other_row, trust):
    """Tie two actors who met in a project, unless they are tied already."""
    if actor_row == other_row or find_tie(state, actor_row, other_row) >= 0:
        return
    p = state.parameters[0]
    actor = state.actors[actor_row]
    other = state.actors[other_row]
    reach = reach_between(p, actor, other, kilometres(state, actor.commune, other.commune))
    add_tie(state, actor_row, other_row, trust, reach, 0)


@rule
def remove(state: State, row, place):
    """Take the member at ``place`` out of a project; the others keep their order."""
    project = state.projects[row]
    actor = state.actors[state.members[row, place].actor]
    actor.commitments -= 1
    if actor.applying == row:
        actor.applying = NEVER
    for later in range(place, project.team - 1):
        state.members[row, later] = state.members[row, later + 1]
    project.team -= 1
    project.team_changes += 1


@rule
def refresh_required(state: State, project):
    """Members and sectors a project needs: by definition, by its carrier's view, by the scheme it deals with."""
    p = state.parameters[0]
    project.required = max(int(p.minimum_members), state.actors[project.carrier].perceived_quorum)
    project.required_sectors = int(p.minimum_sectors)
    if project.funding == APPLIED or project.funding == AWARDED or project.funding == PAYING:
        instrument = state.instruments[project.instrument]
        project.required = max(project.required, instrument.minimum_partners)
        project.required_sectors = max(project.required_sectors, instrument.minimum_sectors)


@rule
def after_departures(state: State, row):
    """Bring what depends on the members up to date, and find a new carrier where the old one left."""
    project = state.projects[row]
    refresh_values(state, project, row)
    refresh_sectors(state, project, row)
    best = -1.0
    successor = NEVER
    for place in range(project.team):
        member = state.members[row, place]
        if member.actor == project.carrier:
            return
        can_carry = state.actors[member.actor].initiator == 1 or project.stage >= EMERGED
        if can_carry and member.work > best:
            best = member.work
            successor = member.actor
    project.carrier = successor
    if successor >= 0:
        refresh_required(state, project)
        project.commune = state.actors[successor].commune
        _measure_distances(state, project, row)


@rule
def _measure_distances(state: State, project, row):
    scale = state.parameters[0].distance_scale
    for place in range(project.team):
        member = state.members[row, place]
        member.distance = kilometres(state, state.actors[member.actor].commune, project.commune) / scale
        member.nearness = math.exp(-member.distance)


@rule
def release(state: State, row, remember):
    """Let all members go; a sleeping project remembers the first of them."""
    project = state.projects[row]
    project.former_count = 0
    for place in range(project.team):
        member = state.members[row, place]
        actor = state.actors[member.actor]
        actor.commitments -= 1
        if actor.applying == row:
            actor.applying = NEVER
        if remember and member.actor != project.carrier and project.former_count < REMEMBERED:
            project.former[project.former_count] = member.actor
            project.former_count += 1
    project.team = 0
    project.team_changes += 1


@rule
def willingness(state: State, project, actor_row, trust, distance, nearness):
    """U of an actor for a project."""
    actor = state.actors[actor_row]
    obligation = state.obligation[actor.kind, project.theme]
    return utility(state.parameters[0], actor, project, trust, distance, nearness, obligation, insured(state, project))


@rule
def carry(state: State, t, row):
    """Make the carrier the first member: it has said yes, so its threshold is no higher than what it sees now."""
    project = state.projects[row]
    i = project.carrier
    enter(state, t, row, i, BY_INITIATOR, 0.0, NEVER)
    says_yes = willingness(state, project, i, state.parameters[0].stranger_trust, 0.0, 1.0)
    state.members[row, 0].threshold = min(pair_threshold(state, state.actors[i], project), says_yes)


@rule
def complete_team(state: State, project):
    """Whether members and sectors are as many as the project, or a scheme that pays it, asks."""
    return project.team >= project.required and project.sectors >= project.required_sectors


@rule
def paid_only_together(state: State, project):
    """Whether this month's payment is withheld because the team is no longer complete."""
    if state.instruments[project.instrument].condition != IF_COLLECTIVE:
        return False
    return project.status == DORMANT or not complete_team(state, project)


@rule
def forced_decision(state: State, t, actor, project):
    """Decision forced on an actor about a project this month, or -1."""
    for number in range(state.forced.shape[0]):
        decision = state.forced[number]
        if decision.month != t or decision.actor_key != actor.key or decision.decision > DECLINE:
            continue
        about = decision.initiator_key
        if about < 0 or (about == project.initiator_key and decision.birth == project.birth):
            return decision.decision
    return NEVER
