"""Step 4 of the month: whom projects invite, who joins.

Who stays lives in staying.py, what a member sees of a project in teams.py.
"""

import math

from ectsim.compiled import rule
from ectsim.luck import OFFICER, PROJECT_MONTH, uniforms
from ectsim.model.state import (
    ACCEPT,
    APPLIED,
    ASKED,
    BY_CALL_CHANNEL,
    BY_EVENT_CHANNEL,
    BY_OBLIGATION,
    BY_OFFICER,
    BY_PEER,
    LOT,
    NEVER,
    OFFICER_THINKS_OF,
    State,
)
from ectsim.model.teams import (
    complete_team,
    enter,
    forced_decision,
    kilometres,
    mark_inside,
    mark_outside,
    mean_trust,
    meet,
    pair_threshold,
    put_back,
    set_apart,
    willingness,
)

REMEMBERS_EVENT = 12


@rule
def invite(state: State, t):
    """Live projects that are not complete invite through their members' ties; helped ones also through an officer."""
    for i in range(state.actors.shape[0]):
        state.free[i] = state.actors[i].capacity - state.actors[i].commitments
        mark_outside(state, i)
    for order in range(state.clock[0].live):
        row = state.live[order]
        project = state.projects[row]
        if project.team >= state.parameters[0].team_limit:
            continue
        if project.coverage_least >= 1.0 and complete_team(state, project):
            continue
        _invite(state, t, row)


@rule
def _invite(state: State, t, row):
    """Ask former members first, then ties of the members, then whom an officer brings.

    The ties are weighed once: a draw of somebody who just joined is lost.
    """
    p = state.parameters[0]
    project = state.projects[row]
    set_apart(state, project, row)
    first, second, _, _ = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)
    left = int(p.invitations)
    if project.funding == APPLIED:
        left += int(p.deadline_invitations)
    officer_left = project.facilitator >= 0
    drawn = 0
    team = 0
    count = 0
    total = 0.0
    while left > 0 or officer_left:
        sponsor = NEVER
        by_officer = left == 0
        if by_officer:
            officer_left = False
            i = _thought_of(state, t, project)
            asks = i >= 0 and not _asked_lately(state, t, project, i)
        elif project.former_count > 0:
            project.former_count -= 1
            i = project.former[project.former_count]
            sponsor = project.carrier
            asks = _can_join(state, i)
            left -= asks
        else:
            if team == 0:
                team = project.team
                count, total = _weigh_ties(state, project, row)
            if total <= 0.0:
                left = 0
                continue
            chosen = _choose(state, _fraction(first, second, drawn) * total, count)
            drawn += 1
            left -= 1
            i = state.candidates[chosen]
            asks = _can_join(state, i) and not _asked_lately(state, t, project, i)
            sponsor = _whose_tie(state, row, team, chosen)
        if asks:
            _ask(state, t, row, i, by_officer, sponsor)
    put_back(state, project, row)


@rule
def _choose(state: State, target, count):
    """Place of the tie at which the cumulated weights pass ``target``, the last with a weight if rounding led there."""
    chosen = 0
    for tie in range(count + LOT - count % LOT):  # whole lots: a processor foresees where that ends
        chosen += state.cumulated[tie] <= target
    if chosen == count:
        chosen -= 1
        while chosen > 0 and state.cumulated[chosen - 1] >= target:
            chosen -= 1
    return chosen


@rule
def _whose_tie(state: State, row, team, chosen):
    """Member that a listed tie belongs to."""
    place = 0
    for later in range(1, team):
        place += state.first_tie[later] <= chosen
    return state.members[row, place].actor


@rule
def _fraction(first, second, number):
    """Uniform of the ``number``-th invitation: the month's two draws, then turns of both around the circle."""
    if number < 2:
        return second if number == 1 else first
    return (first + number * second) % 1.0


@rule
def _can_join(state: State, i):
    """Whether an actor has room for one more project and is not a member of this one."""
    return state.open[i] > 0.0


@rule
def _weigh_ties(state: State, project, row):
    """List the ties of the members with cumulated weights: trust times reach, nothing for who cannot join.

    Returns how many there are and the sum of their weights, 0 where nobody can join.
    """
    rivalness = state.instruments[project.instrument].rivalness if project.funding == APPLIED else 0.0
    count = 0
    total = 0.0
    for place in range(project.team):
        i = state.members[row, place].actor
        state.first_tie[place] = count
        for tie in range(state.actors[i].degree):
            j = state.neighbours[i, tie]
            weight = state.trust[i, tie] * state.reach[i, tie]
            if rivalness > 0.0 and _is_rival(state, project, row, state.actors[j]):
                weight *= 1.0 - rivalness
            # a number, no question: about half of them can join, and no processor guesses which
            total += weight * state.open[j]
            state.candidates[count] = j
            state.cumulated[count] = total
            count += 1
    for beyond in range(LOT):
        state.cumulated[count + beyond] = math.inf
    return count, total


@rule
def _is_rival(state: State, project, row, actor):
    """Whether an actor answers the same call with another project."""
    if actor.applying < 0 or actor.applying == row:
        return False
    other = state.projects[actor.applying]
    return other.instrument == project.instrument and other.edition == project.edition


@rule
def _asked_lately(state: State, t, project, i):
    latest = t - int(state.parameters[0].ask_again)
    found = False
    for place in range(ASKED):
        found |= (project.asked[place] == i) & (project.asked_month[place] > latest)
    return found


@rule
def _thought_of(state: State, t, project):
    """Of the actors an officer thinks of, the one with most of the least covered resource; -1 where none can join."""
    for block in range(state.thought_of.shape[0] // 4):
        draws = uniforms(state.clock[0].seed, OFFICER, t, block, project.initiator_key, project.birth)
        for number in range(4):
            state.thought_of[4 * block + number] = state.rows[int(draws[number] * state.actors.shape[0])]
    best = NEVER
    most = 0.0
    for place in range(OFFICER_THINKS_OF):
        i = state.thought_of[place]
        amount = state.actors[i].endowment[project.least_resource] * state.open[i]
        best = i if amount > most else best
        most = amount if amount > most else most
    return best


@rule
def _ask(state: State, t, row, i, by_officer, sponsor):
    """Ask an actor to join; one who declines is not asked again for some months."""
    p = state.parameters[0]
    project = state.projects[row]
    if project.team >= p.team_limit:
        return
    actor = state.actors[i]
    stranger = max(p.stranger_trust, p.facilitator_trust) if by_officer else p.stranger_trust
    distance = kilometres(state, actor.commune, project.commune) / p.distance_scale
    limit = pair_threshold(state, actor, project)
    trust = mean_trust(state, i, project.team, stranger)
    joins = willingness(state, project, i, trust, distance, math.exp(-distance)) >= limit
    decision = forced_decision(state, t, actor, project)
    if decision >= 0:
        joins = decision == ACCEPT
    channel = _channel(state, t, project, actor, by_officer)
    state.months[t].invited[1 if by_officer else 0] += 1
    if joins:
        enter(state, t, row, i, channel, limit, sponsor)
        state.free[i] -= 1
        mark_inside(state, i)
        meet(state, i, project.carrier, stranger)
        if project.funding == APPLIED:
            actor.applying = row
    else:
        project.asked[project.asked_next] = i
        project.asked_month[project.asked_next] = t
        project.asked_next = (project.asked_next + 1) % ASKED


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
