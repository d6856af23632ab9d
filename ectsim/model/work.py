"""Steps 6 to 8 of the month: motivation, effort, contributions, meetings, coverage, the five marks.

Who is a member lives in teams.py.
"""

from ectsim.compiled import rule
from ectsim.luck import STATE, uniforms
from ectsim.model.rules import (
    collective_part,
    effort,
    evenness,
    incentive,
    motivation,
    next_propensity,
    risk_sharing,
    shared_values,
    vocabulary_after_meeting,
)
from ectsim.model.state import (
    AWARDED,
    EMERGED,
    PAID,
    STRUCTURED,
    State,
)

TIME, MONEY, PREMISES, SKILLS = range(4)


@rule
def expose(state: State):
    """Strongest incentive on each actor this month: of its projects, or of an obligation."""
    actors = state.actors
    for i in range(actors.shape[0]):
        actors[i].exposure = 0.0
        actors[i].exposure_autonomy = 0.0
    obliged = False
    for kind in range(state.obligation.shape[0]):
        obliged |= _strongest_obligation(state, kind) > 0.0
    for order in range(state.clock[0].live):
        row = state.live[order]
        project = state.projects[row]
        free = incentive(project, 0.0)
        if free[0] <= 0.0 and not obliged:
            continue
        for place in range(project.team):
            actor = actors[state.members[row, place].actor]
            obligation = state.obligation[actor.kind, project.theme]
            x, autonomy = free if obligation == 0.0 else incentive(project, obligation)
            if x > actor.exposure:
                actor.exposure = x
                actor.exposure_autonomy = autonomy
    if obliged:
        _expose_obliged(state)


@rule
def _strongest_obligation(state: State, kind):
    strongest = 0.0
    for theme in range(state.obligation.shape[1]):
        strongest = max(strongest, state.obligation[kind, theme])
    return strongest


@rule
def _expose_obliged(state: State):
    for kind in range(state.obligation.shape[0]):
        strongest = _strongest_obligation(state, kind)
        if strongest > 0.0:
            for i in range(state.actors.shape[0]):
                actor = state.actors[i]
                if actor.kind == kind and strongest > actor.exposure:
                    actor.exposure = strongest
                    actor.exposure_autonomy = 0.0


@rule
def move_propensities(state: State):
    """Move all propensities at once."""
    p = state.parameters[0]
    actors = state.actors
    for i in range(actors.shape[0]):
        state.before[i] = actors[i].propensity
    for i in range(actors.shape[0]):
        actor = actors[i]
        mean = actor.propensity
        if p.propensity_contagion > 0.0:
            weight = 0.0
            weighted = 0.0
            for place in range(actor.degree):
                trust = state.trust[i, place]
                weight += trust
                weighted += trust * state.before[state.neighbours[i, place]]
            mean = weighted / weight if weight > 0.0 else mean
        own = motivation(p, actor.propensity, actor.crowding_prone, actor.exposure, actor.exposure_autonomy)
        actor.propensity = next_propensity(p, actor, own, actor.exposure, mean)


@rule
def contribute(state: State, t):
    """Effort and contributions of every member, the files they work on, the meeting, coverage and marks."""
    for order in range(state.clock[0].live):
        row = state.live[order]
        project = state.projects[row]
        if project.team == 0:
            continue
        _put_in(state, row)
        _work_on_file(state, row)
        _meet_this_month(state, t, row)
        _cover(state, t, row)
        _mark(state, row)


@rule
def _put_in(state: State, row):
    p = state.parameters[0]
    project = state.projects[row]
    before = 0.0
    for place in range(project.team):
        before += state.members[row, place].effort
    free = incentive(project, 0.0)
    total = 0.0
    market = 0.0
    for place in range(project.team):
        member = state.members[row, place]
        actor = state.actors[member.actor]
        obligation = state.obligation[actor.kind, project.theme]
        x, autonomy = free if obligation == 0.0 else incentive(project, obligation)
        own = motivation(p, actor.propensity, actor.crowding_prone, x, autonomy)
        readiness = own * actor.interest[project.theme]
        others = readiness if project.team == 1 else (before - member.effort) / (project.team - 1)
        e = effort(actor, readiness, others)
        share = e / actor.commitments
        member.contribution[TIME] = actor.endowment[TIME] * share * actor.coresponsibility
        member.contribution[MONEY] = actor.endowment[MONEY] * share * actor.risk_tolerance
        member.contribution[PREMISES] = actor.endowment[PREMISES] * share * actor.risk_tolerance
        member.contribution[SKILLS] = actor.endowment[SKILLS] * share * actor.coresponsibility
        member.effort = e
        member.work += e
        total += e
        market += actor.market_orientation * e
    project.effort = total
    project.market_share = market / total if total > 0.0 else 0.0


@rule
def _work_on_file(state: State, row):
    """Time and skills that a file costs are not there for the project."""
    project = state.projects[row]
    if project.cost_due <= 0.0:
        return
    days = project.officer_days
    for place in range(project.team):
        member = state.members[row, place]
        days += member.contribution[TIME] + member.contribution[SKILLS]
    if days <= 0.0:
        return
    spent = min(days, project.cost_due)
    project.cost_due -= spent
    left = 1.0 - spent / days
    project.officer_days *= left
    for place in range(project.team):
        member = state.members[row, place]
        member.contribution[TIME] *= left
        member.contribution[SKILLS] *= left


@rule
def _meet_this_month(state: State, t, row):
    """One meeting of two members or more: statements, and a vocabulary that grows."""
    project = state.projects[row]
    if project.team < 2:
        return
    p = state.parameters[0]
    strength = 0.0
    if project.facilitator >= 0:
        strength = state.instruments[project.facilitator].strength * project.help
    chance = p.statement_rate * (1.0 + strength)
    for place in range(project.team):
        member = state.members[row, place]
        if member.stated == 0:
            key = state.actors[member.actor].key
            draw = uniforms(state.clock[0].seed, STATE, t, key, project.initiator_key, project.birth)[0]
            if draw < chance:
                member.stated = 1
    project.vocabulary = vocabulary_after_meeting(p, project.vocabulary, strength)


@rule
def _cover(state: State, t, row):
    """Coverage of the four needs by members, officer and public money."""
    project = state.projects[row]
    fee = 0.0
    if project.facilitator >= 0:
        instrument = state.instruments[project.facilitator]
        fee = instrument.fee / max(instrument.load, 1)
    mean = 0.0
    least = 2.0
    scarce = TIME
    time, money, premises, skills = _put_together(state, project, row)
    for r in range(4):
        amount = (time, money, premises, skills)[r]
        need = project.need[r]
        if r == MONEY:
            project.own_money += amount
            need += fee
            project.public_money += project.flow
            amount += project.flow
        elif r == SKILLS:
            amount += project.officer_days
        covered = min(1.0, amount / need)
        project.coverage[r] = covered
        mean += 0.25 * covered
        scarce = r if covered < least else scarce
        least = min(least, covered)
    project.coverage_mean = mean
    project.coverage_least = least
    project.least_resource = scarce
    project.momentum = collective_part(state.parameters[0], project.coverage_mean)
    if project.flow > 0.0:
        project.last_money = t


@rule
def _put_together(state: State, project, row):
    """Time, money, premises and skills of all members this month."""
    time = 0.0
    money = 0.0
    premises = 0.0
    skills = 0.0
    for place in range(project.team):
        contribution = state.members[row, place].contribution
        time += contribution[TIME]
        money += contribution[MONEY]
        premises += contribution[PREMISES]
        skills += contribution[SKILLS]
    return time, money, premises, skills


@rule
def _mark(state: State, row):
    """The five marks, who co-carries, and what the project can offer in return."""
    p = state.parameters[0]
    project = state.projects[row]
    effort_total = 0.0
    effort_squares = 0.0
    money_total = 0.0
    money_squares = 0.0
    stated = 0
    carrying = 0
    co_carrier = p.co_carrier_share * project.effort
    for place in range(project.team):
        member = state.members[row, place]
        actor = state.actors[member.actor]
        relative = member.effort * actor.coresponsibility
        effort_total += relative
        effort_squares += relative * relative
        own = member.contribution[MONEY] + p.premises_value * member.contribution[PREMISES]
        money_total += own
        money_squares += own * own
        stated += member.stated
        if member.effort > 0.0 and member.effort >= co_carrier:
            carrying |= 1 << actor.sector
    if project.team < 2:
        for mark in range(5):
            project.marks[mark] = 0.0
    else:
        project.marks[0] = evenness(effort_total, effort_squares, project.team)
        project.marks[1] = risk_sharing(money_total, money_squares, p.minimum_members)
        project.marks[2] = shared_values(project.value_distance, state.clock[0].value_spread, project.team)
        project.marks[3] = project.vocabulary
        project.marks[4] = stated / project.team
    project.co_carried = 1 if (carrying & 1) + (carrying >> 1 & 1) + (carrying >> 2 & 1) >= 2 else 0
    funded = project.funding >= AWARDED and project.funding <= PAID
    project.offered[0] = 1 if project.coverage[MONEY] >= 1.0 else 0
    project.offered[1] = 1 if funded or project.labelled >= 0 else 0
    project.offered[2] = 1 if project.coverage[PREMISES] > 0.0 else 0
    project.offered[3] = 1 if project.facilitator >= 0 or project.vocabulary >= 0.5 else 0
    project.offered[4] = 1 if project.team >= 3 else 0


@rule
def create_value(state: State, t, row):
    """Value of a month of an emerged project, by direction (step 10)."""
    project = state.projects[row]
    if project.stage < EMERGED:
        return
    for v in range(3):
        amount = 0.0
        for place in range(project.team):
            member = state.members[row, place]
            amount += member.effort * state.actors[member.actor].values[v]
        amount *= project.coverage_least
        project.value[v] += amount
        state.months[t].value[v] += amount
        if project.stage > EMERGED:
            project.anchored_value[v] += amount
            state.months[t].anchored_value[v] += amount


@rule
def hybrid(p, project):
    """Whether market and non-market parts are both there (step 8)."""
    return p.hybrid_low <= project.market_share <= p.hybrid_high


@rule
def meets_thresholds(p, project):
    """Whether the five marks reach their thresholds (step 8)."""
    for mark in range(5):
        if project.marks[mark] < p.threshold[mark]:
            return False
    return project.stage >= STRUCTURED
