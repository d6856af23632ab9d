"""Money of step 1 of the month: which files win, how grants are paid. Deciding to answer lives in applications.py."""

import math

import numpy as np

from ectsim.compiled import allocating_rule, rule
from ectsim.luck import OUTSIDE, SCORE, normal, uniforms
from ectsim.model.rules import loss, score
from ectsim.model.schemes import GRANTS, edition_at
from ectsim.model.state import (
    APPLIED,
    AWARDED,
    CALL,
    DORMANT,
    LIVE,
    NEVER,
    PAID,
    PAYING,
    REFUSED,
    SUBSIDY,
    UNFUNDED,
    State,
)
from ectsim.model.teams import paid_only_together, refresh_required
from ectsim.world.network import find_tie, set_trust

OUTSIDE_SCORE, OUTSIDE_SPREAD = 0.5, 0.2


@allocating_rule
def close_and_award(state: State, t):
    """Select the files of calls that close, decide complete subsidy files, let labels lapse."""
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        elapsed = t - instrument.first
        if instrument.kind == CALL:
            _close_call(state, t, s, elapsed)
        elif instrument.kind == SUBSIDY:
            _decide_subsidies(state, t, s)
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        if project.labelled >= 0 and t >= project.label_until:
            project.labelled = NEVER
            project.label_reward = 0.0


@allocating_rule
def _close_call(state: State, t, s, elapsed):
    """Select when an edition closes, and rank when its first phase ends; a call that stops decides on the spot."""
    instrument = state.instruments[s]
    if t == instrument.until:
        _stop_call(state, t, s, elapsed)
        return
    if t > instrument.until:
        return
    edition = edition_at(instrument, elapsed - instrument.window)
    if edition >= 0:
        _select(state, t, s, edition, 1 if instrument.phases == 2 else 0)
    if instrument.phases == 2:
        edition = edition_at(instrument, elapsed - instrument.window - instrument.phase_one_months)
        if edition >= 0:
            _select(state, t, s, edition, 2)


@allocating_rule
def _stop_call(state: State, t, s, elapsed):
    """Decide on the spot what the current edition has left undecided."""
    instrument = state.instruments[s]
    if instrument.edition < 0:
        return
    since_closing = elapsed - instrument.edition * instrument.period - instrument.window
    if since_closing <= 0:
        _select(state, t, s, instrument.edition, 0)
    elif instrument.phases == 2 and since_closing <= instrument.phase_one_months:
        _select(state, t, s, instrument.edition, 2)


@rule
def _complete_file(project, instrument):
    """Whether a file can be handed in: worked through, with partners and sectors enough."""
    team = project.team >= instrument.minimum_partners and project.sectors >= instrument.minimum_sectors
    return project.status == LIVE and project.cost_due <= 0.0 and team


@rule
def _end_application(state: State, row, funding):
    """Give up a file, refused or never handed in; the project goes on."""
    project = state.projects[row]
    project.funding = funding
    project.reward = 0.0
    project.cost_due = 0.0
    _stop_applying(state, row)
    if project.carrier >= 0:
        refresh_required(state, project)


@rule
def _stop_applying(state: State, row):
    for place in range(state.projects[row].team):
        actor = state.actors[state.members[row, place].actor]
        if actor.applying == row:
            actor.applying = NEVER


@rule
def _gather(state: State, s, edition, phase):
    """Put the files of an edition in ``state.files``, drop the incomplete ones; returns how many were handed in."""
    instrument = state.instruments[s]
    count = 0
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.funding != APPLIED or project.instrument != s or project.edition != edition:
            continue
        if phase == 2:
            if project.phase != 1:
                continue
            if project.status != LIVE:
                _end_application(state, row, UNFUNDED)
                continue
        elif not _complete_file(project, instrument):
            _end_application(state, row, UNFUNDED)
            continue
        state.files[count] = row
        state.scores[count] = _score(state, row, s, edition)
        count += 1
    return count


@rule
def _score(state: State, row, s, edition):
    project = state.projects[row]
    best = 0.0
    second = 0.0
    for place in range(project.team):
        skills = state.actors[state.members[row, place].actor].endowment[3]
        if skills > best:
            second = best
            best = skills
        elif skills > second:
            second = skills
    u = uniforms(state.clock[0].seed, SCORE, 0, (edition << 8) + s, project.initiator_key, project.birth)[0]
    noise = state.instruments[s].selection_noise * normal(u)
    return score(project.marks, project.coverage_mean, best + second, project.need[3], noise)


@allocating_rule
def _select(state: State, t, s, edition, phase):
    """Rank the files with those from outside; the best win while places and budget last."""
    instrument = state.instruments[s]
    local = _gather(state, s, edition, phase)
    if phase == 1:
        _pass_phase_one(state, t, s, local)
        return
    everybody = local + instrument.outside_files
    won = _award_best(state, t, s, local, _ranking(state, s, edition, local, everybody))
    _embitter(state, local, instrument.rivalness)
    for place in range(local):
        row = state.files[place]
        if state.projects[row].funding == REFUSED:
            _end_application(state, row, REFUSED)
        else:
            _stop_applying(state, row)
    state.months[t].files += everybody
    state.months[t].winners += won
    if everybody > 0:
        instrument.success = won / everybody


@allocating_rule
def _ranking(state: State, s, edition, local, everybody):
    """Files from best to worst; those from outside come after the ``local`` ones in number."""
    losing = np.empty(everybody)
    for place in range(everybody):
        if place < local:
            losing[place] = -state.scores[place]
        else:
            u = uniforms(state.clock[0].seed, OUTSIDE, edition, s, place - local, 0)[0]
            losing[place] = -(OUTSIDE_SCORE + OUTSIDE_SPREAD * normal(u))
    return np.argsort(losing, kind="mergesort")


@rule
def _places(instrument, files):
    """Winners a call may have among ``files``."""
    places = files
    if instrument.winners >= 0:
        places = min(places, instrument.winners)
    if instrument.quota >= 0.0:
        places = min(places, int(instrument.quota * files + 1e-9))
    return places


@rule
def _award_best(state: State, t, s, local, ranking):
    """Award the best files and refuse the other local ones; returns the number of winners.

    A file from outside asks for as much as the local ones do on average.
    """
    instrument = state.instruments[s]
    asked = 0.0
    for place in range(local):
        asked += state.projects[state.files[place]].request
    left = instrument.budget
    won = 0
    for rank in range(ranking.shape[0]):
        file = ranking[rank]
        wins = won < _places(instrument, ranking.shape[0]) and left > 0.0
        wish = state.projects[state.files[file]].request if file < local else asked / max(local, 1)
        if wins:
            won += 1
            left -= wish
        if file < local:
            if wins:
                _award(state, t, state.files[file], wish + min(0.0, left))
            else:
                state.projects[state.files[file]].funding = REFUSED
    return won


@allocating_rule
def _pass_phase_one(state: State, t, s, local):
    """The best files of phase one get officer days; phase two will rank them."""
    instrument = state.instruments[s]
    order = np.argsort(-state.scores[:local], kind="mergesort")
    passing = math.ceil(instrument.phase_one_share * local - 1e-9)
    for rank in range(local):
        row = state.files[order[rank]]
        project = state.projects[row]
        if rank < passing:
            project.phase = 1
            project.service_days = instrument.phase_one_officer_days
            project.service_until = t + instrument.phase_one_months
        else:
            _end_application(state, row, REFUSED)


@rule
def _award(state: State, t, row, grant):
    project = state.projects[row]
    instrument = state.instruments[project.instrument]
    project.funding = AWARDED
    project.grant = grant
    if project.award_month == NEVER:
        project.award_month = t
        project.award_carrier = state.actors[project.carrier].kind
        project.promised_month = t + instrument.promised_months
    project.pay_from = t + instrument.payment_delay
    project.cash = 0.0
    project.paid = 0.0
    project.reward = min(1.0, grant / (project.need[1] * instrument.months_paid))
    _pay(state, t, project, instrument.upfront_share * grant)


@rule
def _pay(state: State, t, project, amount):
    project.paid += amount
    project.cash += amount
    state.months[t].money[GRANTS] += amount


@rule
def _embitter(state: State, local, rivalness):
    """Members of a losing team trust those of a winning team of the same call less (rivalness)."""
    if rivalness <= 0.0:
        return
    rate = rivalness * state.parameters[0].trust_loss
    for place in range(local):
        row = state.files[place]
        if state.projects[row].funding != REFUSED:
            continue
        for member in range(state.projects[row].team):
            _resent(state, state.members[row, member].actor, row, rate)


@rule
def _resent(state: State, i, row, rate):
    for tie in range(state.actors[i].degree):
        j = state.neighbours[i, tie]
        rival = state.actors[j].applying
        if rival < 0 or rival == row or state.projects[rival].funding != AWARDED:
            continue
        if state.projects[rival].instrument != state.projects[row].instrument:
            continue
        set_trust(state, i, tie, j, find_tie(state, j, i), loss(state.trust[i, tie], rate))


@rule
def _decide_subsidies(state: State, t, s):
    """Grant complete files, first come first served, while the year's budget lasts; unfinished files lapse."""
    instrument = state.instruments[s]
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.funding != APPLIED or project.instrument != s:
            continue
        if _complete_file(project, instrument):
            left = instrument.budget - instrument.spent
            state.months[t].files += 1
            if left > 0.0:
                state.months[t].winners += 1
                instrument.spent += min(project.request, left)
                project.edition = instrument.edition
                _award(state, t, row, min(project.request, left))
                _stop_applying(state, row)
            else:
                _end_application(state, row, REFUSED)
        elif instrument.acting == 0 or project.edition + 1 < instrument.edition:
            _end_application(state, row, UNFUNDED)


@rule
def pay(state: State, t):
    """Pay grants month by month; a project uses each month an equal part of its grant."""
    for order in range(state.clock[0].alive):
        project = state.projects[state.alive[order]]
        project.flow = 0.0
        if project.funding != AWARDED and project.funding != PAYING:
            continue
        instrument = state.instruments[project.instrument]
        last = project.pay_from + instrument.months_paid
        withheld = project.status == DORMANT or paid_only_together(state, project)
        if project.pay_from <= t < last:
            project.funding = PAYING
            if not withheld:
                part = (1.0 - instrument.upfront_share) * project.grant / instrument.months_paid
                _pay(state, t, project, min(part, project.grant - project.paid))
        if not withheld:
            project.flow = min(project.cash, project.grant / instrument.months_paid)
            project.cash -= project.flow
        if t >= last and project.cash <= 0.0:
            project.funding = PAID
            project.reward = 0.0
            if project.carrier >= 0:
                refresh_required(state, project)
