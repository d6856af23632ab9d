"""Step 2 of the month: events bring people together, actors recognise opportunities, ideas are born.

What becomes of them lives elsewhere.
"""

import math

from ectsim.compiled import rule
from ectsim.luck import EVENT, NEEDS, RECOGNITION, normal, uniforms
from ectsim.model.rules import first_cause, prompted_hazard, spontaneous_hazard
from ectsim.model.state import (
    ASKED,
    BY_EVENT,
    EVENTS,
    INITIATE,
    LIVE,
    NEVER,
    SPONTANEOUS,
    State,
)
from ectsim.model.teams import (
    OVERFLOW_PROJECTS,
    carry,
    kilometres,
    meet,
    refresh_required,
)
from ectsim.world.network import reach_between

CERTAINLY = 1.0 + 1e-9


@rule
def hold_events(state: State, t):
    """Networking events of the month: who takes part, and whom each participant meets."""
    p = state.parameters[0]
    seed = state.clock[0].seed
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.kind != EVENTS or instrument.open == 0:
            continue
        event = s << 8
        chance = instrument.participants / state.actors.shape[0]
        present = 0
        for order in range(state.rows.shape[0]):
            i = state.rows[order]
            actor = state.actors[i]
            if uniforms(seed, EVENT, t, actor.key, event, 0)[0] < chance:
                actor.event_month = t
                state.room[present] = i
                present += 1
        for place in range(present):
            i = state.room[place]
            actor = state.actors[i]
            for meeting in range(1, int(p.event_meetings) + 1):
                who, open_mind, _, _ = uniforms(seed, EVENT, t, actor.key, event + meeting, 0)
                j = state.room[int(who * present)]
                other = state.actors[j]
                distance = kilometres(state, actor.commune, other.commune)
                familiar = reach_between(p, actor, other, distance)
                if open_mind < instrument.mixing + (1.0 - instrument.mixing) * familiar:
                    meet(state, i, j, p.stranger_trust)


@rule
def _event_rate(state: State):
    rate = 0.0
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.kind == EVENTS and instrument.open == 1:
            rate += instrument.event_rate
    return rate


@rule
def engaged_share(state: State, i):
    """H of an actor: trust-weighted share of its ties that are members of a live project."""
    total = 0.0
    engaged = 0.0
    for place in range(state.actors[i].degree):
        trust = state.trust[i, place]
        total += trust
        if state.actors[state.neighbours[i, place]].commitments > 0:
            engaged += trust
    return engaged / total if total > 0.0 else 0.0


@rule
def recognise(state: State, t):
    """Let every actor have one idea at most: own initiative, event, call, subsidy, duty; all see the month before."""
    p = state.parameters[0]
    clock = state.clock[0]
    event_rate = _event_rate(state)
    for i in range(state.actors.shape[0]):
        state.room[i] = NEVER
        actor = state.actors[i]
        kind = actor.kind
        at_event = event_rate > 0.0 and actor.event_month == t
        pulled = state.pull[0, kind] + state.pull[1, kind] + state.pull[2, kind] > 0.0
        if (actor.initiator == 0 and not pulled and not at_event) or actor.commitments >= actor.capacity:
            continue
        draw, choice, _, _ = uniforms(clock.seed, RECOGNITION, t, actor.key, 0, 0)
        if draw > CERTAINLY * _most_hazard(state, actor, at_event, event_rate):
            continue
        share = engaged_share(state, i) if actor.initiator == 1 else 0.0
        hazards = (
            spontaneous_hazard(p, clock.idea_scale, clock.officers, actor, share),
            event_rate if at_event else 0.0,
            _prompted(state, actor, 0, p.call_rate),
            _prompted(state, actor, 1, p.subsidy_rate),
            p.regulation_rate * state.pull[2, kind],
        )
        cause = first_cause(draw, hazards)
        if cause >= 0:
            every_theme = (1 << clock.themes) - 1
            themes = every_theme if cause <= BY_EVENT else state.pull_themes[cause - 2, kind]
            state.room[i] = (cause << 8) + _theme(actor, themes, clock.themes, choice)
    _deliver(state, t)
    _initiate_as_decided(state, t)


@rule
def _deliver(state: State, t):
    """Give birth to the ideas of the month in order of their initiators' keys, so that no order of rows matters."""
    for order in range(state.rows.shape[0]):
        i = state.rows[order]
        if state.room[i] >= 0:
            be_born(state, t, i, state.room[i] >> 8, state.room[i] & 0xFF)


@rule
def _most_hazard(state: State, actor, at_event, event_rate):
    """A bound of the summed hazards, hence of the chance of an idea, that looks at no tie: most months end there."""
    p = state.parameters[0]
    clock = state.clock[0]
    pull = state.pull
    prompted = p.call_rate * pull[0, actor.kind] + p.subsidy_rate * pull[1, actor.kind]
    most = spontaneous_hazard(p, clock.idea_scale, clock.officers, actor, 1.0) + actor.reward_sensitivity * prompted
    return most + p.regulation_rate * pull[2, actor.kind] + (event_rate if at_event else 0.0)


@rule
def _prompted(state: State, actor, row, rate):
    """Hazard of an idea for the open calls (row 0) or subsidies (row 1)."""
    number = state.pull[row, actor.kind]
    if number == 0.0:
        return 0.0
    appeal = state.pull_appeal[row, actor.kind]
    return number * prompted_hazard(state.parameters[0], rate, actor, appeal, state.pull_cost[row, actor.kind])


@rule
def _theme(actor, themes, count, choice):
    """Theme of an idea: by the actor's interests, among the ``themes`` (bits) of what caused it."""
    total = 0.0
    for k in range(count):
        if themes >> k & 1:
            total += actor.interest[k]
    reached = 0.0
    chosen = NEVER
    for k in range(count):
        if themes >> k & 1:
            reached += actor.interest[k]
            chosen = k
            if choice * total < reached:
                break
    return chosen


@rule
def _initiate_as_decided(state: State, t):
    for number in range(state.forced.shape[0]):
        decision = state.forced[number]
        if decision.month != t or decision.decision != INITIATE:
            continue
        for i in range(state.actors.shape[0]):
            actor = state.actors[i]
            if (
                actor.key == decision.actor_key
                and actor.commitments < actor.capacity
                and not _just_had_one(state, t, i)
            ):
                be_born(state, t, i, SPONTANEOUS, decision.theme)


@rule
def _just_had_one(state: State, t, i):
    row = state.clock[0].projects - 1
    while row >= 0 and state.projects[row].birth == t:
        if state.projects[row].initiator == i:
            return True
        row -= 1
    return False


@rule
def be_born(state: State, t, i, origin, theme):
    """A new project: needs by its identity, its initiator as first member and carrier."""
    clock = state.clock[0]
    if clock.projects == state.projects.shape[0]:
        clock.overflow = OVERFLOW_PROJECTS
        return
    p = state.parameters[0]
    actor = state.actors[i]
    row = clock.projects
    clock.projects += 1
    project = state.projects[row]
    project.status = LIVE
    project.carrier = i
    project.initiator = i
    project.initiator_key = actor.key
    project.birth = t
    project.theme = theme
    project.commune = actor.commune
    project.origin = origin
    refresh_required(state, project)
    project.instrument = NEVER
    project.labelled = NEVER
    project.label_month = NEVER
    project.facilitator = NEVER
    project.structured_carrier = NEVER
    project.emerged_carrier = NEVER
    project.end_month = NEVER
    project.award_month = NEVER
    project.last_money = NEVER
    project.first_known = t if origin == BY_EVENT else NEVER
    project.progress_month = t
    for place in range(ASKED):
        project.asked[place] = NEVER
    for stage in range(1, 5):
        project.stage_month[stage] = NEVER
    project.stage_month[0] = t
    scale = math.exp(p.need_spread * normal(uniforms(clock.seed, NEEDS, 0, 0, actor.key, t)[0]))
    for r in range(4):
        project.need[r] = p.need[r] * scale
    project.vocabulary = actor.vocabulary_0
    project.market_share = actor.market_orientation
    for s in range(state.instruments.shape[0]):
        state.decided[row, s] = NEVER
    state.alive[clock.alive] = row
    clock.alive += 1
    state.months[t].ideas += 1
    carry(state, t, row)
