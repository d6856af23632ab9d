"""Steps 9 and 10 of the month: stages, sleep, waking, ends, and what actors learn from success and failure."""

import math

from ectsim.compiled import rule
from ectsim.luck import PROJECT_MONTH, SLEEP, uniforms
from ectsim.model.roles import count_roles
from ectsim.model.rules import ending_chance, gain, loss
from ectsim.model.state import (
    ABANDONED,
    ANCHORED,
    BY_REGULATION,
    CHANCE,
    COLLECTIVE,
    DORMANT,
    EMERGED,
    ENDED,
    GOVERNANCE,
    IDEA,
    LACKS_TIME,
    LIVE,
    NEVER,
    NO_CARRIER,
    NO_REASON,
    OBLIGATION,
    OTHER,
    PARTNERS,
    STRUCTURED,
    TOO_FEW,
    TRUST,
    UNCOVERED,
    State,
)
from ectsim.model.teams import carry, complete_team, insured, meet, release
from ectsim.model.work import create_value, hybrid, meets_thresholds
from ectsim.world.network import find_tie, set_trust

LACKING = 0.5
MONTHS_A_YEAR = 12


@rule
def advance(state: State, t):
    """Move every project at most one stage, put it to sleep, wake it or end it; then forget the dead."""
    clock = state.clock[0]
    kept = 0
    for order in range(clock.alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.status == LIVE:
            _move(state, t, row)
        elif project.status == DORMANT:
            _sleep_on(state, t, row)
        if project.status == LIVE or project.status == DORMANT:
            state.alive[kept] = row
            kept += 1
        else:
            state.months[t].stopped += 1
    clock.alive = kept


@rule
def _move(state: State, t, row):
    project = state.projects[row]
    if project.stage >= EMERGED:
        _live_on(state, t, row)
        return
    if project.carrier < 0:
        stop(state, t, row, ABANDONED, NO_CARRIER)
        return
    reached = next_stage(state, project)
    if reached > project.stage:
        project.stage = reached
        project.stage_month[reached] = t
        if reached == COLLECTIVE and project.first_known == NEVER:
            project.first_known = t
        if reached >= STRUCTURED:
            _remember_stage(state, row)
            if t >= state.clock[0].burn_in:
                count_roles(state, row)
            succeed(state, row)
    _note_progress(state, t, row, reached)
    if project.stage < EMERGED and t - project.progress_month >= state.actors[project.carrier].patience:
        fall_asleep(state, t, row)


@rule
def next_stage(state: State, project):
    """Stage a project has this month [9]: its own, or the next one if it meets the conditions."""
    p = state.parameters[0]
    if project.stage == IDEA:
        return COLLECTIVE if project.team >= p.minimum_members else IDEA
    if project.stage == COLLECTIVE:
        ready = project.coverage_mean >= p.structured_coverage and project.marks[4] >= p.structured_stated
        return STRUCTURED if ready and complete_team(state, project) else COLLECTIVE
    ready = project.coverage_least >= 1.0 and meets_thresholds(p, project) and hybrid(p, project)
    return EMERGED if ready and complete_team(state, project) else STRUCTURED


@rule
def _note_progress(state: State, t, row, reached):
    project = state.projects[row]
    step = state.parameters[0].progress_step
    moved = project.stage_month[reached] == t
    gained = project.coverage_mean >= project.best_coverage + step
    if moved or gained or project.team > project.best_size:
        project.progress_month = t
    if gained:
        project.best_coverage = project.coverage_mean
    project.best_size = max(project.best_size, project.team)


@rule
def _remember_stage(state: State, row):
    """What outcomes need to know of the project at this stage."""
    project = state.projects[row]
    carrier = state.actors[project.carrier].kind
    if project.stage == STRUCTURED:
        project.structured_size = project.team
        project.structured_carrier = carrier
        project.ever_co_carried = project.co_carried
        for mark in range(5):
            project.structured_marks[mark] = project.marks[mark]
        return
    kinds = 0
    for place in range(project.team):
        kinds |= 1 << state.actors[state.members[row, place].actor].kind
    project.emerged_kinds = 0
    while kinds > 0:
        project.emerged_kinds += kinds & 1
        kinds >>= 1
    project.emerged_size = project.team
    project.emerged_sectors = project.sectors
    project.emerged_carrier = carrier
    project.emerged_market = project.market_share
    money = project.own_money + project.public_money
    project.emerged_public = project.public_money / money if money > 0.0 else 0.0


@rule
def _live_on(state: State, t, row):
    """An emerged project lasts, is anchored, celebrates its anniversaries, or ends."""
    p = state.parameters[0]
    project = state.projects[row]
    project.below_months = project.below_months + 1 if project.coverage_least < p.operating_coverage else 0
    if project.team < 2:
        stop(state, t, row, ENDED, TOO_FEW)
        return
    if project.below_months >= p.operating_months:
        stop(state, t, row, ENDED, UNCOVERED)
        return
    after_money = 1.0 if project.last_money >= 0 and project.flow <= 0.0 else 0.0
    if _meets_bad_luck(state, t, project, after_money):
        stop(state, t, row, ENDED, CHANCE)
        return
    emerged = project.stage_month[EMERGED]
    if project.stage == EMERGED and t - max(emerged, project.last_money) >= p.anchoring_months:
        project.stage = ANCHORED
        project.stage_month[ANCHORED] = t
    if t > emerged and (t - emerged) % MONTHS_A_YEAR == 0:
        succeed(state, row)
    create_value(state, t, row)


@rule
def _meets_bad_luck(state: State, t, project, after_money):
    """Whether an emerged project ends this month by the hazard that trust and vocabulary lower."""
    draw = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)[3]
    return draw < ending_chance(state.parameters[0], project.trust, project.vocabulary, after_money)


@rule
def what_blocks(state: State, project):
    """Why a project does not move on [9]: the first that is true."""
    p = state.parameters[0]
    if project.carrier < 0:
        return NO_CARRIER
    if project.coverage_least < LACKING:
        return LACKS_TIME + project.least_resource
    if project.team > 1 and (project.marks[0] < p.threshold[0] or project.marks[4] < p.threshold[4]):
        return GOVERNANCE
    if project.team > 1 and project.trust < p.stranger_trust:
        return TRUST
    if project.origin == BY_REGULATION and _nobody_obliged(state, project):
        return OBLIGATION
    if not complete_team(state, project):
        return PARTNERS
    return OTHER


@rule
def _nobody_obliged(state: State, project):
    strongest = 0.0
    for kind in range(state.obligation.shape[0]):
        strongest = max(strongest, state.obligation[kind, project.theme])
    return strongest <= 0.0


@rule
def fall_asleep(state: State, t, row):
    """Put a project to sleep: its members are free again, its ties and vocabulary stay."""
    project = state.projects[row]
    project.reason = what_blocks(state, project)
    project.status = DORMANT
    project.sleep_since = t
    project.facilitator = NEVER
    release(state, row, True)
    p = state.parameters[0]
    project.wake_month = 1 << 20
    if p.wake_rate > 0.0:
        u = uniforms(state.clock[0].seed, SLEEP, t, 0, project.initiator_key, project.birth)[0]
        project.wake_month = t + 1 + min(1 << 16, int(math.log(u) / math.log(1.0 - p.wake_rate)))


@rule
def wake(state: State, t, row):
    """Wake a sleeping project if its carrier has room; former members will be asked first. Returns whether it woke."""
    project = state.projects[row]
    carrier = state.actors[project.carrier]
    if carrier.commitments >= carrier.capacity:
        return False
    project.status = LIVE
    project.reason = NO_REASON
    project.progress_month = t
    project.best_size = 1
    project.best_coverage = 0.0
    project.momentum = 0.0
    project.coverage_mean = 0.0
    project.coverage_least = 0.0
    project.market_share = carrier.market_orientation
    for counterpart in range(5):
        project.offered[counterpart] = 0
        project.marks[counterpart] = 0.0
    carry(state, t, row)
    return True


@rule
def _sleep_on(state: State, t, row):
    project = state.projects[row]
    if t - project.sleep_since >= state.parameters[0].dormant_limit:
        stop(state, t, row, ABANDONED, project.reason)
    elif t >= project.wake_month and not wake(state, t, row):
        project.wake_month = t + 1


@rule
def stop(state: State, t, row, status, reason):
    """Abandon or end a project; a refund pays members' own money back from public money."""
    project = state.projects[row]
    asleep = project.status == DORMANT
    project.status = status
    project.reason = reason
    project.end_month = t
    if insured(state, project):
        state.months[t].money[0] += project.own_money
    if status == ENDED or project.stage >= COLLECTIVE:
        fail(state, t, row, asleep)
    project.facilitator = NEVER
    if not asleep:
        release(state, row, False)


@rule
def succeed(state: State, row):
    """Present pairs gain trust, members who met are tied, propensity rises [10]."""
    p = state.parameters[0]
    project = state.projects[row]
    for place in range(project.team):
        i = state.members[row, place].actor
        actor = state.actors[i]
        actor.propensity = gain(actor.propensity, p.success_motivation)
        for later in range(place + 1, project.team):
            j = state.members[row, later].actor
            if not _move_trust(state, i, j, p.trust_gain, True):
                meet(state, i, j, p.stranger_trust)
                _move_trust(state, i, j, p.trust_gain, True)


@rule
def fail(state: State, t, row, asleep):
    """Pairs lose trust and members propensity [10]; of a sleeping project, those it remembers."""
    p = state.parameters[0]
    project = state.projects[row]
    count = project.former_count if asleep else project.team
    if asleep:
        _lose_heart(state, t, project.carrier)
    for place in range(count):
        i = project.former[place] if asleep else state.members[row, place].actor
        _lose_heart(state, t, i)
        if asleep:
            _move_trust(state, i, project.carrier, p.trust_loss, False)
        for later in range(place + 1, count):
            j = project.former[later] if asleep else state.members[row, later].actor
            _move_trust(state, i, j, p.trust_loss, False)


@rule
def _lose_heart(state: State, t, i):
    actor = state.actors[i]
    actor.propensity = loss(actor.propensity, state.parameters[0].failure_motivation)
    actor.last_failure = t


@rule
def _move_trust(state: State, i, j, rate, up):
    """Let the trust of a tie rise or fall; False where there is none."""
    place = find_tie(state, i, j)
    if place < 0:
        return False
    level = state.trust[i, place]
    level = gain(level, rate) if up else loss(level, rate)
    back = find_tie(state, j, i)
    set_trust(state, i, place, j, back, level)
    if up:
        state.cooperated[i, place] = 2
        state.cooperated[j, back] = 2
    return True
