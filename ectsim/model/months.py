"""The month loop: the steps of model.md in their order, nothing else."""

from ectsim.compiled import compiled, rule
from ectsim.model.applications import apply
from ectsim.model.facilitation import facilitate
from ectsim.model.funding import close_and_award, pay
from ectsim.model.invitations import invite
from ectsim.model.recognition import hold_events, recognise
from ectsim.model.schemes import charge, open_and_close, pull_and_oblige
from ectsim.model.stages import advance
from ectsim.model.state import DORMANT, LIVE, State
from ectsim.model.staying import review_members
from ectsim.model.work import contribute, expose, move_propensities


@compiled
def advance_one_month(state: State):
    """Run one month; returns 0, or which array is full (1 projects, 2 members), after which the state is spoilt.

    Past the last month of ``state.months`` nothing happens.
    """
    t = state.clock[0].month
    if t >= state.months.shape[0]:
        return state.clock[0].overflow
    # 1. schemes open, close, select, pay, stop
    open_and_close(state, t)
    pull_and_oblige(state)
    close_and_award(state, t)
    pay(state, t)
    facilitate(state, t)
    charge(state, t)
    # 2. recognition
    hold_events(state, t)
    recognise(state, t)
    # 3. applications
    apply(state, t)
    _list_live(state)
    # 4. invitations and joining, 5. staying
    invite(state, t)
    review_members(state, t)
    # 6. motivation with memory
    expose(state)
    move_propensities(state)
    # 7. effort, contributions, meetings, 8. marks
    contribute(state, t)
    # 9. stages, 10. learning and value
    advance(state, t)
    _record(state, t)
    state.clock[0].month = t + 1
    return state.clock[0].overflow


@compiled
def run_months(state: State, months):
    """Run ``months`` months, or fewer if an array is full."""
    for _ in range(months):
        if advance_one_month(state) != 0:
            break
    return state.clock[0].overflow


@rule
def _list_live(state: State):
    """List the live projects: between applications and stages none falls asleep, wakes or stops."""
    clock = state.clock[0]
    count = 0
    for order in range(clock.alive):
        row = state.alive[order]
        state.live[count] = row
        count += state.projects[row].status == LIVE
    clock.live = count


@rule
def _record(state: State, t):
    month = state.months[t]
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        dormant = 1 if project.status == DORMANT else 0
        month.dormant += dormant
        month.stages[project.stage] += 1 - dormant
        month.load += 1 if project.facilitator >= 0 else 0
        month.labelled += 1 if project.labelled >= 0 else 0
    total = 0.0
    for i in range(state.actors.shape[0]):
        actor = state.actors[i]
        total += actor.propensity
        engaged = actor.commitments > 0
        month.engaged += 1 if engaged else 0
        actor.last_engaged = t if engaged else actor.last_engaged
    month.propensity = total / state.actors.shape[0]
