"""Step 3 of the month: which carriers answer calls, subsidies and labels. Choosing among files lives in funding.py."""

from ectsim.compiled import rule
from ectsim.luck import APPLY, logistic, uniforms
from ectsim.model.rules import application_value, prospect
from ectsim.model.stages import wake
from ectsim.model.state import (
    APPLIED,
    BY_CALL,
    BY_SUBSIDY,
    CALL,
    CALL_BORN,
    DORMANT,
    EMERGED,
    LIVE,
    NEVER,
    NO_PATH,
    PAID,
    RECOGNITION,
    RECOMBINED,
    REFUSED,
    SUBSIDY,
    UNFUNDED,
    WAS_DORMANT,
    State,
)
from ectsim.model.teams import refresh_required

FAR_AWAY = 1 << 20


@rule
def apply(state: State, t):
    """Carriers of eligible projects decide once an edition whether to answer what is open."""
    if not _may_be_answered(state):
        return
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.stage >= EMERGED or project.carrier < 0:
            continue
        for s in range(state.instruments.shape[0]):
            instrument = state.instruments[s]
            if instrument.open == 0 or state.decided[row, s] == instrument.edition:
                continue
            if instrument.kind == RECOGNITION:
                _consider_label(state, t, row, s)
            elif (instrument.kind == CALL or instrument.kind == SUBSIDY) and may_ask(state, project, instrument):
                _consider_money(state, t, row, s)


@rule
def _may_be_answered(state: State):
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.open == 1 and (instrument.kind in (CALL, SUBSIDY, RECOGNITION)):
            return True
    return False


@rule
def _concerned(state: State, project, instrument):
    theme = instrument.themes >> project.theme & 1 == 1
    return theme and instrument.kinds >> state.actors[project.carrier].kind & 1 == 1


@rule
def may_ask(state: State, project, instrument):
    """Whether a project may ask for this money: theme, kind of carrier, label, and no other file under way."""
    free = project.funding == UNFUNDED or project.funding == PAID or project.funding == REFUSED
    labelled = instrument.requires_label == 0 or project.labelled >= 0
    return free and labelled and _concerned(state, project, instrument)


@rule
def _team_time(state: State, project, row):
    """Days a month of the members, or of the carrier of a sleeping project."""
    if project.team == 0:
        return state.actors[project.carrier].endowment[0]
    days = 0.0
    for place in range(project.team):
        days += state.actors[state.members[row, place].actor].endowment[0]
    return days


@rule
def _decides(state: State, row, s, expected, cost):
    """The carrier's choice: V against a logistic threshold keyed by project, instrument and edition."""
    project = state.projects[row]
    instrument = state.instruments[s]
    state.decided[row, s] = instrument.edition
    identity = (instrument.edition << 8) + s
    u = uniforms(state.clock[0].seed, APPLY, 0, identity, project.initiator_key, project.birth)[0]
    carrier = state.actors[project.carrier]
    value = application_value(state.parameters[0], carrier, expected, cost, _team_time(state, project, row))
    return value >= logistic(u)


@rule
def _was_prompted(t, project, instrument):
    """Whether the idea came for this kind of money this month: the chance of answering is in its hazard already."""
    kind = CALL if project.origin == BY_CALL else SUBSIDY if project.origin == BY_SUBSIDY else NEVER
    return project.birth == t and instrument.kind == kind


@rule
def _expected(project, instrument):
    return prospect(
        instrument.success, instrument.grant_rate, instrument.grant_cap, instrument.months_paid, project.need[1]
    )


@rule
def _consider_money(state: State, t, row, s):
    project = state.projects[row]
    instrument = state.instruments[s]
    expected = _expected(project, instrument)
    if _was_prompted(t, project, instrument):
        state.decided[row, s] = instrument.edition
    elif not _decides(state, row, s, expected, instrument.application_cost):
        return
    asleep = project.status == DORMANT
    if asleep and not wake(state, t, row):
        return
    if project.call_path == NO_PATH:
        prompted = project.origin == BY_CALL or project.origin == BY_SUBSIDY
        project.call_path = WAS_DORMANT if asleep else CALL_BORN if prompted else RECOMBINED
    project.funding = APPLIED
    project.instrument = s
    project.edition = instrument.edition
    project.phase = 0
    project.cost_due += instrument.application_cost
    project.request = min(instrument.grant_cap, instrument.grant_rate * project.need[1] * instrument.months_paid)
    project.reward = expected
    project.reward_autonomy = instrument.autonomy
    if project.first_known == NEVER:
        project.first_known = t
    refresh_required(state, project)
    for place in range(project.team):
        state.actors[state.members[row, place].actor].applying = row


@rule
def _consider_label(state: State, t, row, s):
    """A label is asked by a team that meets its conditions; money that requires it adds to its appeal."""
    project = state.projects[row]
    instrument = state.instruments[s]
    if project.labelled >= 0 or not _concerned(state, project, instrument) or project.status != LIVE:
        return
    if project.team < instrument.minimum_partners or project.sectors < instrument.minimum_sectors:
        return
    expected = instrument.reward
    for other in range(state.instruments.shape[0]):
        money = state.instruments[other]
        if money.open == 1 and money.requires_label == 1 and _concerned(state, project, money):
            expected += _expected(project, money)
    if not _decides(state, row, s, min(1.0, expected), instrument.application_cost):
        return
    project.labelled = s
    project.label_month = t if project.label_month == NEVER else project.label_month
    project.label_until = t + instrument.label_months if instrument.label_months > 0 else FAR_AWAY
    project.label_reward = instrument.reward
    project.label_autonomy = instrument.autonomy
    project.cost_due += instrument.application_cost
    if project.first_known == NEVER:
        project.first_known = t
