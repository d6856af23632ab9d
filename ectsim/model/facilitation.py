"""Project officers, part of step 1: whom they take on, how far their help goes round, when they leave.

Its effects on meetings live in work.py.
"""

from ectsim.compiled import rule
from ectsim.luck import PROJECT_MONTH, uniforms
from ectsim.model.rules import help_after_overload, officer_days
from ectsim.model.stages import wake
from ectsim.model.state import (
    APPLIED,
    BY_CALL,
    CALL_FIRST,
    DORMANT,
    EMERGED,
    FACILITATION,
    FIRST_COME,
    LIVE,
    NEVER,
    REFUSING,
    SPONTANEOUS,
    SPONTANEOUS_FIRST,
    WEAKEST_FIRST,
    State,
)


@rule
def facilitate(state: State, t):
    """Officers leave, take on and share their month among their projects."""
    clock = state.clock[0]
    _leave(state, t)
    clock.officers = 0.0
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.kind == FACILITATION and instrument.acting == 1:
            clock.officers += instrument.officers
            for turn in range(1 if instrument.priority == FIRST_COME else 4):
                _take_on(state, t, s, turn)
            _reopen(state, t, s)
    _share_out(state, t)


@rule
def places_left(instrument):
    """Whether a pool of officers takes one more project: always when it shares, up to its caseload when it refuses."""
    return instrument.overload != REFUSING or instrument.load + 1 <= instrument.caseload


@rule
def _leave(state: State, t):
    p = state.parameters[0]
    for s in range(state.instruments.shape[0]):
        state.instruments[s].load = 0
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        if project.facilitator < 0:
            continue
        emerged = project.stage_month[EMERGED]
        left = emerged >= 0 and t - emerged >= p.facilitation_exit
        if left or project.status != LIVE or state.instruments[project.facilitator].acting == 0:
            project.facilitator = NEVER
        else:
            state.instruments[project.facilitator].load += 1


@rule
def _turn(project, priority):
    """In which of four turns a project is taken on, by the priority of the officers."""
    if priority == WEAKEST_FIRST:
        return min(3, int(4.0 * project.coverage_mean))
    if priority == CALL_FIRST:
        return 0 if project.funding == APPLIED or project.origin == BY_CALL else 1
    if priority == SPONTANEOUS_FIRST:
        return 0 if project.origin == SPONTANEOUS else 1
    return 0


@rule
def _take_on(state: State, t, s, turn):
    """Take on the live projects that ask this month and whose turn it is, in order of birth."""
    p = state.parameters[0]
    instrument = state.instruments[s]
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        if project.status != LIVE or project.facilitator >= 0 or project.stage >= EMERGED:
            continue
        if _turn(project, instrument.priority) != turn or not places_left(instrument):
            continue
        ask = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)[2]
        if ask < p.intake_rate:
            _accompany(state, t, project, s)


@rule
def _accompany(state: State, t, project, s):
    project.facilitator = s
    project.facilitated_once = 1
    if project.first_known == NEVER:
        project.first_known = t
    state.instruments[s].load += 1


@rule
def _reopen(state: State, t, s):
    """Officers with places left take up sleeping projects."""
    p = state.parameters[0]
    instrument = state.instruments[s]
    for order in range(state.clock[0].alive):
        if instrument.load + 1 > instrument.caseload:
            return
        row = state.alive[order]
        project = state.projects[row]
        if project.status != DORMANT:
            continue
        ask = uniforms(state.clock[0].seed, PROJECT_MONTH, t, 0, project.initiator_key, project.birth)[2]
        if ask < p.dormant_intake and wake(state, t, row):
            _accompany(state, t, project, s)


@rule
def _share_out(state: State, t):
    p = state.parameters[0]
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        instrument.help = help_after_overload(instrument.load, instrument.caseload, instrument.overload_exponent)
        instrument.given = officer_days(instrument.officers, p.officer_days, instrument.load, instrument.days)
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        project.help = 0.0
        project.officer_days = 0.0
        if project.facilitator >= 0:
            instrument = state.instruments[project.facilitator]
            project.help = instrument.help
            project.officer_days = instrument.given
        if t < project.service_until and project.status == LIVE:
            project.officer_days += project.service_days
            state.months[t].money[1] += project.service_days * p.officer_day_cost
