"""Steps 4 and 5 of the month: whom projects invite, who joins, who stays.

What a member sees of a project lives in teams.py.
"""

import math

from ectsim.compiled import rule
from ectsim.luck import OFFICER, PROJECT_MONTH, uniforms
from ectsim.model.rules import ending_chance
from ectsim.model.state import (
    ACCEPT,
    APPLIED,
    ASKED,
    BY_CALL_CHANNEL,
    BY_EVENT_CHANNEL,
    BY_OBLIGATION,
    BY_OFFICER,
    BY_PEER,
    DECLINE,
    LIVE,
    NEVER,
    State,
)
from ectsim.model.teams import (
    after_departures,
    complete_team,
    enter,
    kilometres,
    mean_trust,
    meet,
    pair_threshold,
    remove,
    stamp_members,
    willingness,
)

OFFICER_THINKS_OF = 10
REMEMBERS_EVENT = 12


@rule
def invite(state: State, t):
    """Live projects that are not complete invite through their members' ties; helped ones also through an officer."""
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.status != LIVE or project.team >= state.parameters[0].team_limit:
            continue
        if project.coverage_least >= 1.0 and complete_team(state, project):
            continue
        stamp = stamp_members(state, project, row)
        _invite_by_members(state, t, row, stamp)
        if project.facilitator >= 0:
            _invite_by_officer(state, t, row, stamp)


@rule
def _invite_by_members(state: State, t, row, stamp):
    """Ask former members first, then ties of the members, weighed once: a draw of somebody who just joined is lost."""
    p = state.parameters[0]
    project = state.projects[row]
    first, second, _, _ = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)
    left = int(p.invitations)
    if project.funding == APPLIED:
        left += int(p.deadline_invitations)
    while left > 0 and project.former_count > 0:
        project.former_count -= 1
        i = project.former[project.former_count]
        if _can_join(state.actors[i], stamp):
            _ask(state, t, row, i, stamp, False, project.carrier)
            left -= 1
    if left == 0:
        return
    count = _weigh_ties(state, project, row, stamp)
    if count == 0:
        return
    for number in range(left):
        target = _fraction(first, second, number) * state.cumulated[count - 1]
        place = 0
        while state.cumulated[place] <= target and place < count - 1:
            place += 1
        i = state.candidates[place]
        if _can_join(state.actors[i], stamp) and not _asked_lately(state, t, project, i):
            _ask(state, t, row, i, stamp, False, state.sponsors[place])


@rule
def _fraction(first, second, number):
    """Uniform of the ``number``-th invitation: the month's two draws, then turns of both around the circle."""
    if number < 2:
        return second if number == 1 else first
    return (first + number * second) % 1.0


@rule
def _can_join(actor, stamp):
    """Whether an actor has room for one more project and is not a member of this one."""
    return actor.commitments < actor.capacity and actor.mark != stamp


@rule
def _weigh_ties(state: State, project, row, stamp):
    """List the ties of the members that could join, with cumulated weights: trust times reach; returns how many."""
    rivalness = state.instruments[project.instrument].rivalness if project.funding == APPLIED else 0.0
    count = 0
    total = 0.0
    for place in range(project.team):
        i = state.members[row, place].actor
        for tie in range(state.actors[i].degree):
            j = state.neighbours[i, tie]
            other = state.actors[j]
            if other.commitments >= other.capacity or other.mark == stamp:
                continue
            weight = state.trust[i, tie] * state.reach[i, tie]
            if rivalness > 0.0 and _is_rival(state, project, row, other):
                weight *= 1.0 - rivalness
            total += weight
            state.candidates[count] = j
            state.sponsors[count] = i
            state.cumulated[count] = total
            count += 1
    return count


@rule
def _is_rival(state: State, project, row, actor):
    """Whether an actor answers the same call with another project."""
    if actor.applying < 0 or actor.applying == row:
        return False
    other = state.projects[actor.applying]
    return other.instrument == project.instrument and other.edition == project.edition


@rule
def _asked_lately(state: State, t, project, i):
    wait = int(state.parameters[0].ask_again)
    for place in range(min(project.asked_next, ASKED)):
        if project.asked[place] == i and t - project.asked_month[place] < wait:
            return True
    return False


@rule
def _invite_by_officer(state: State, t, row, stamp):
    """An officer thinks of ten actors and brings the one with most of the least covered resource."""
    project = state.projects[row]
    best = NEVER
    most = 0.0
    for block in range((OFFICER_THINKS_OF + 3) // 4):
        draws = uniforms(state.clock[0].seed, OFFICER, t, block, project.initiator_key, project.birth)
        for number in range(min(4, OFFICER_THINKS_OF - 4 * block)):
            i = state.rows[int(draws[number] * state.actors.shape[0])]
            actor = state.actors[i]
            amount = actor.endowment[project.least_resource]
            if amount > most and _can_join(actor, stamp):
                most = amount
                best = i
    if best >= 0 and not _asked_lately(state, t, project, best):
        _ask(state, t, row, best, stamp, True, NEVER)


@rule
def _decided(state: State, t, actor, project):
    """Decision forced on an actor about a project this month, or -1."""
    for number in range(state.forced.shape[0]):
        decision = state.forced[number]
        if decision.month != t or decision.actor_key != actor.key or decision.decision > DECLINE:
            continue
        about = decision.initiator_key
        if about < 0 or (about == project.initiator_key and decision.birth == project.birth):
            return decision.decision
    return NEVER


@rule
def _ask(state: State, t, row, i, stamp, by_officer, sponsor):
    """Ask an actor to join; one who declines is not asked again for some months."""
    p = state.parameters[0]
    project = state.projects[row]
    if project.team >= p.team_limit:
        return
    actor = state.actors[i]
    stranger = max(p.stranger_trust, p.facilitator_trust) if by_officer else p.stranger_trust
    trust = mean_trust(state, i, stamp, project.team, stranger)
    distance = kilometres(state, actor.commune, project.commune) / p.distance_scale
    limit = pair_threshold(state, actor, project)
    joins = willingness(state, project, i, trust, distance, math.exp(-distance)) >= limit
    decision = _decided(state, t, actor, project)
    if decision >= 0:
        joins = decision == ACCEPT
    channel = _channel(state, t, project, actor, by_officer)
    state.months[t].invited[1 if by_officer else 0] += 1
    if joins:
        enter(state, t, row, i, channel, limit, sponsor)
        actor.mark = stamp
        meet(state, i, project.carrier, stranger)
        if project.funding == APPLIED:
            actor.applying = row
    else:
        project.asked[project.asked_next % ASKED] = i
        project.asked_month[project.asked_next % ASKED] = t
        project.asked_next += 1
        if project.asked_next >= 2 * ASKED:
            project.asked_next -= ASKED


@rule
def _channel(state: State, t, project, actor, by_officer):
    """How an actor was mobilised: the first that holds of officer, obligation, call, shared event, peer."""
    if by_officer:
        return BY_OFFICER
    if state.obligation[actor.kind, project.theme] > 0.0:
        return BY_OBLIGATION
    if project.funding == APPLIED:
        return BY_CALL_CHANNEL
    carrier = state.actors[project.carrier]
    if actor.event_month >= 0 and actor.event_month == carrier.event_month and t - actor.event_month < REMEMBERS_EVENT:
        return BY_EVENT_CHANNEL
    return BY_PEER


@rule
def review_members(state: State, t):
    """Every member of a live project stays or leaves; the team's mean trust is taken on the way."""
    p = state.parameters[0]
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.status != LIVE:
            continue
        stamp = stamp_members(state, project, row)
        total = 0.0
        leavers = 0
        for place in range(project.team):
            member = state.members[row, place]
            trust = mean_trust(state, member.actor, stamp, project.team - 1, p.stranger_trust)
            total += trust
            u = willingness(state, project, member.actor, trust, member.distance, member.nearness)
            stays = u + p.beta_stay >= member.threshold
            if state.forced.shape[0] > 0:
                decision = _decided(state, t, state.actors[member.actor], project)
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
def meets_bad_luck(state: State, t, project, after_money):
    """Whether an emerged project ends this month by the hazard that trust and vocabulary lower."""
    draw = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)[3]
    return draw < ending_chance(state.parameters[0], project.trust, project.vocabulary, after_money)
