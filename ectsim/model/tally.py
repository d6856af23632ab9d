"""What a run leaves behind for its outcomes: one record of counts and sums, made in one pass.

The outcomes themselves live in outcomes.py.
"""

from typing import Any

import numpy as np

from ectsim.compiled import allocating_rule, compiled, rule
from ectsim.model.state import (
    ABANDONED,
    ANCHORED,
    BY_EVENT,
    EMERGED,
    ENDED,
    LIVE,
    STRUCTURED,
    State,
)

AGES = 120
GROUPS = ("spontaneous", "incentive")

ECOSYSTEM_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("actors", "i8", "actors", "actors"),
    ("ties", "i8", "ties", "ties"),
    ("cross_sector", "i8", "ties", "ties between sectors"),
    ("same_epci", "i8", "ties", "ties inside one intercommunal body"),
    ("past_cooperation", "i8", "ties", "ties that cooperated before"),
    ("trust", "f8", "0-1", "sum of trust over ties"),
    ("propensity", "f8", "0-1", "sum of propensity over actors"),
    ("initiators", "i8", "actors", "initiators"),
    ("public_skills", "f8", "days a month", "engineering of public actors"),
    ("pledges", "i8", "members", "members other than the carrier of live projects"),
    ("local_pledges", "i8", "members", "those in the carrier's intercommunal body"),
    ("pairs", "i8", "pairs", "pairs of members of live projects"),
    ("repeat_pairs", "i8", "pairs", "pairs that had cooperated before"),
    ("communes", "i8", "communes", "communes where an actor is"),
    ("communes_reached", "i8", "communes", "of those, with an actor in a live emerged project"),
)

TALLY_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("seed", "u8", "seed", "seed of the run"),
    ("months", "i8", "months", "length of the horizon"),
    ("reached", ("i8", (5, 5, 4, 2)), "projects", "by stage reached in the horizon, origin, call path, funded or not"),
    ("recorded", "i8", "projects", "first known to a census in the horizon"),
    ("stopped", ("i8", (2, 14, 5)), "projects", "abandoned or ended in the horizon, by reason and origin"),
    ("waited", ("f8", (4, 5)), "months", "summed from each stage to the next, by origin"),
    ("at_risk", ("i8", (2, AGES)), "projects", "emerged projects observed at each age in months, by group of origin"),
    ("lost", ("i8", (2, AGES)), "projects", "those that ended at that age"),
    ("emerged_size", ("i8", (5,)), "members", "summed at emergence, by origin"),
    ("emerged_sectors", ("i8", (5,)), "sectors", "summed at emergence, by origin"),
    ("emerged_kinds", ("i8", (5,)), "kinds", "summed at emergence, by origin"),
    ("emerged_market", ("f8", (5,)), "share", "market share summed at emergence, by origin"),
    ("emerged_public", ("f8", (5,)), "share", "share of public money summed at emergence, by origin"),
    ("co_carried", ("i8", (5,)), "projects", "co-carried when structured, by origin"),
    ("marks", ("f8", (5, 5)), "0-1", "marks summed when structured, by mark and origin"),
    ("structured_carriers", ("i8", (10, 5)), "projects", "carriers of structured projects, by kind and origin"),
    ("emerged_carriers", ("i8", (10, 5)), "projects", "carriers of emerged projects, by kind and origin"),
    ("awarded", ("i8", (4,)), "projects", "first awarded in the horizon, by call path"),
    ("awarded_carriers", ("i8", (10,)), "projects", "carriers of awarded projects at the award, by kind"),
    ("awarded_abandoned", "i8", "projects", "of those, abandoned since"),
    ("awarded_due", "i8", "projects", "of those, whose promised month has passed"),
    ("awarded_on_time", "i8", "projects", "of those, emerged by the promised month"),
    ("files", "i8", "files", "asking for money, decided on in the horizon, those from outside too"),
    ("winners", "i8", "files", "of those, awarded"),
    ("labelled_early", "i8", "projects", "holding a label at month 24 of the horizon"),
    ("labelled_late", "i8", "projects", "holding a label at month 54 of the horizon"),
    ("labels_due", "i8", "projects", "labelled two years ago or more"),
    ("labels_emerged", "i8", "projects", "of those, emerged within two years of the label"),
    ("mobilised", ("i8", (10,)), "actors", "actors engaged at least once in the horizon, by kind"),
    ("population", ("i8", (10,)), "actors", "actors, by kind"),
    ("invited", ("i8", (2,)), "invitations", "by peers, by officers"),
    ("joined", ("i8", (6,)), "members", "gained, by channel"),
    ("value", ("f8", (3,)), "index", "economic, social, environmental"),
    ("anchored_value", ("f8", (3,)), "index", "the part made by anchored projects"),
    ("money", ("f8", (4,)), "k€", "grants, officers, recognition and events, control"),
    ("load", "f8", "projects", "mean number helped by officers"),
    ("engaged", "f8", "actors", "mean number of engaged actors"),
    ("live", ("f8", (5,)), "projects", "mean number of live projects, by stage"),
    ("dormant", "f8", "projects", "mean number of dormant projects"),
    ("roles", ("i8", (2, 6, 10, 5)), "members", "roles when structured and at emergence, by role, kind, origin"),
    *((f"initial_{name}", kind, unit, meaning) for name, kind, unit, meaning in ECOSYSTEM_FIELDS),
    *((f"final_{name}", kind, unit, meaning) for name, kind, unit, meaning in ECOSYSTEM_FIELDS),
)


@compiled
def count_emerged(projects, born, first, emerged):
    """Cumulate in ``emerged``, int64 array (T,), how many of the first ``born`` projects emerged in T months.

    The months are those from ``first`` on, counted from the start of the burn-in.
    """
    emerged[:] = 0
    for row in range(born):
        month = projects[row].stage_month[EMERGED] - first
        if 0 <= month < emerged.shape[0]:
            emerged[month] += 1
    for month in range(1, emerged.shape[0]):
        emerged[month] += emerged[month - 1]


@compiled
def count_money(months, first, spent):
    """Cumulate in ``spent``, float64 array (T,), the public money of T months from ``first`` on, in k€."""
    total = 0.0
    for month in range(spent.shape[0]):
        money = months[first + month].money
        total += money[0] + money[1] + money[2] + money[3]
        spent[month] = total


@compiled
def tally_ecosystem(state: State, ecosystem):
    """Fill ``ecosystem`` (record of ECOSYSTEM_FIELDS) from the actors, ties and teams of this moment."""
    out = ecosystem[0]
    actors = state.actors
    out.actors = actors.shape[0]
    for i in range(actors.shape[0]):
        actor = actors[i]
        out.propensity += actor.propensity
        out.initiators += actor.initiator
        if actor.sector == 0:
            out.public_skills += actor.endowment[3]
        for place in range(actor.degree):
            j = state.neighbours[i, place]
            if j < i:
                continue
            out.ties += 1
            out.trust += state.trust[i, place]
            out.cross_sector += 1 if actors[j].sector != actor.sector else 0
            out.same_epci += 1 if state.epci[actors[j].commune] == state.epci[actor.commune] else 0
            out.past_cooperation += 1 if state.cooperated[i, place] > 0 else 0
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        if state.projects[row].status == LIVE:
            _tally_team(state, row, out)
    _tally_communes(state, out)


@allocating_rule
def _tally_communes(state: State, out):
    lived_in = np.zeros(state.epci.shape[0], np.bool_)
    touched = np.zeros(state.epci.shape[0], np.bool_)
    for i in range(state.actors.shape[0]):
        lived_in[state.actors[i].commune] = True
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.status == LIVE and project.stage >= EMERGED:
            for place in range(project.team):
                touched[state.actors[state.members[row, place].actor].commune] = True
    for commune in range(state.epci.shape[0]):
        out.communes += 1 if lived_in[commune] else 0
        out.communes_reached += 1 if touched[commune] else 0


@rule
def _tally_team(state: State, row, out):
    project = state.projects[row]
    if project.carrier < 0:
        return
    home = state.epci[state.actors[project.carrier].commune]
    for place in range(project.team):
        i = state.members[row, place].actor
        if i != project.carrier:
            out.pledges += 1
            out.local_pledges += 1 if state.epci[state.actors[i].commune] == home else 0
        for later in range(place + 1, project.team):
            out.pairs += 1
            for tie in range(state.actors[i].degree):
                if state.neighbours[i, tie] == state.members[row, later].actor:
                    out.repeat_pairs += 1 if state.cooperated[i, tie] > 0 else 0


@compiled
def tally_horizon(state: State, start, end, tally):
    """Fill ``tally`` (record of TALLY_FIELDS) with what happened in months ``start`` to ``end`` (excluded)."""
    out = tally[0]
    out.seed = state.clock[0].seed
    out.months = end - start
    for row in range(state.clock[0].projects):
        project = state.projects[row]
        _tally_stages(project, start, end, out)
        _tally_survival(project, start, end, out)
        _tally_funding(project, start, end, out)
        out.recorded += 1 if start <= project.first_known < end else 0
        if start <= project.end_month < end:
            out.stopped[1 if project.status == ENDED else 0, project.reason, project.origin] += 1
    _tally_months(state, start, end, out)
    for i in range(state.actors.shape[0]):
        actor = state.actors[i]
        out.population[actor.kind] += 1
        out.mobilised[actor.kind] += 1 if actor.last_engaged >= start else 0
    for stage in range(2):
        for role in range(6):
            for kind in range(10):
                for origin in range(5):
                    out.roles[stage, role, kind, origin] = state.roles[stage, role, kind, origin]


@rule
def _tally_stages(project, start, end, out):
    origin = project.origin
    funded = 1 if project.award_month >= 0 else 0
    for stage in range(5):
        month = project.stage_month[stage]
        if month < start or month >= end:
            continue
        out.reached[stage, origin, project.call_path, funded] += 1
        if stage > 0:
            out.waited[stage - 1, origin] += month - project.stage_month[stage - 1]
        if stage == STRUCTURED:
            out.co_carried[origin] += project.ever_co_carried
            out.structured_carriers[project.structured_carrier, origin] += 1
            for mark in range(5):
                out.marks[mark, origin] += project.structured_marks[mark]
        elif stage == EMERGED:
            out.emerged_size[origin] += project.emerged_size
            out.emerged_sectors[origin] += project.emerged_sectors
            out.emerged_kinds[origin] += project.emerged_kinds
            out.emerged_market[origin] += project.emerged_market
            out.emerged_public[origin] += project.emerged_public
            out.emerged_carriers[project.emerged_carrier, origin] += 1


@rule
def _tally_survival(project, start, end, out):
    """Months an emerged project was observed at each age, entering late where it emerged before the horizon."""
    emerged = project.stage_month[EMERGED]
    if emerged < 0:
        return
    group = 0 if project.origin <= BY_EVENT else 1
    gone = project.end_month if project.status == ENDED else end
    for age in range(max(0, start - emerged), min(AGES, min(gone, end - 1) - emerged + 1)):
        out.at_risk[group, age] += 1
    if project.status == ENDED and start <= gone < end and gone - emerged < AGES:
        out.lost[group, gone - emerged] += 1


@rule
def _tally_funding(project, start, end, out):
    award = project.award_month
    if start <= award < end:
        out.awarded[project.call_path] += 1
        out.awarded_carriers[project.award_carrier] += 1
        out.awarded_abandoned += 1 if project.status == ABANDONED else 0
        if project.promised_month < end:
            out.awarded_due += 1
            emerged = project.stage_month[EMERGED]
            out.awarded_on_time += 1 if 0 <= emerged <= project.promised_month else 0
    label = project.label_month
    if label >= start and label + 24 < end:
        out.labels_due += 1
        emerged = project.stage_month[EMERGED]
        out.labels_emerged += 1 if 0 <= emerged <= label + 24 else 0


@rule
def _tally_months(state: State, start, end, out):
    months = end - start
    if months > 54:
        out.labelled_early = state.months[start + 24].labelled
        out.labelled_late = state.months[start + 54].labelled
    for t in range(start, end):
        month = state.months[t]
        out.load += month.load / months
        out.engaged += month.engaged / months
        out.dormant += month.dormant / months
        out.files += month.files
        out.winners += month.winners
        for stage in range(ANCHORED + 1):
            out.live[stage] += month.stages[stage] / months
        for v in range(3):
            out.value[v] += month.value[v]
            out.anchored_value[v] += month.anchored_value[v]
        for m in range(4):
            out.money[m] += month.money[m]
        for channel in range(2):
            out.invited[channel] += month.invited[channel]
        for channel in range(6):
            out.joined[channel] += month.joined[channel]
