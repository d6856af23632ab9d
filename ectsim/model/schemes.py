"""Step 1 of the month: which instruments act and are open, whom they oblige or pull, what they cost.

Files and grants live in funding.py.
"""

from ectsim.compiled import rule
from ectsim.model.rules import prospect
from ectsim.model.state import (
    CALL,
    EVENTS,
    FACILITATION,
    RECOGNITION,
    REGULATION,
    SUBSIDY,
    State,
)

GRANTS, OFFICERS, RECOGNITION_AND_EVENTS, CONTROL = range(4)
MONTHS_A_YEAR = 12


@rule
def edition_at(instrument, elapsed):
    """Edition whose month 0 lies ``elapsed`` months back, or -1: where an instrument repeats, every period."""
    if elapsed < 0:
        return -1
    if instrument.period == 0:
        return 0 if elapsed == 0 else -1
    if elapsed % instrument.period != 0 or instrument.first + elapsed >= instrument.until:
        return -1
    return elapsed // instrument.period


@rule
def open_and_close(state: State, t):
    """Set which instruments act and which are open to files this month."""
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        elapsed = t - instrument.first
        instrument.acting = 1 if elapsed >= 0 and t < instrument.until else 0
        if instrument.kind == CALL:
            _open_call(instrument, elapsed)
        elif instrument.kind == EVENTS:
            instrument.open = 1 if edition_at(instrument, elapsed) >= 0 and instrument.acting == 1 else 0
        else:
            instrument.open = instrument.acting
            if instrument.acting == 1 and elapsed % MONTHS_A_YEAR == 0:
                instrument.edition = elapsed // MONTHS_A_YEAR
                instrument.spent = 0.0


@rule
def _open_call(instrument, elapsed):
    instrument.open = 0
    for ago in range(instrument.window):
        edition = edition_at(instrument, elapsed - ago)
        if edition >= 0 and instrument.acting == 1:
            instrument.open = 1
            instrument.edition = edition


@rule
def pull_and_oblige(state: State):
    """Tables by kind: open calls and subsidies, enforcement, expected sanctions, and their themes."""
    kinds = state.pull.shape[1]
    _clear(state)
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.open == 0:
            continue
        for kind in range(kinds):
            if instrument.kinds >> kind & 1 == 1:
                if instrument.kind == CALL:
                    _pull(state, instrument, 0, kind)
                elif instrument.kind == SUBSIDY:
                    _pull(state, instrument, 1, kind)
                elif instrument.kind == REGULATION:
                    _oblige(state, instrument, kind)


@rule
def _clear(state: State):
    for kind in range(state.pull.shape[1]):
        for row in range(3):
            state.pull[row, kind] = 0.0
            state.pull_themes[row, kind] = 0
            state.pull_appeal[row, kind] = 0.0
            state.pull_cost[row, kind] = 0.0
        for theme in range(state.obligation.shape[1]):
            state.obligation[kind, theme] = 0.0


@rule
def _pull(state: State, instrument, row, kind):
    state.pull[row, kind] += 1.0
    state.pull_themes[row, kind] |= instrument.themes
    state.pull_appeal[row, kind] = max(state.pull_appeal[row, kind], _appeal(state, instrument))
    state.pull_cost[row, kind] = max(state.pull_cost[row, kind], instrument.application_cost)


@rule
def _oblige(state: State, instrument, kind):
    state.pull[2, kind] += instrument.enforcement
    state.pull_themes[2, kind] |= instrument.themes
    for theme in range(state.obligation.shape[1]):
        if instrument.themes >> theme & 1:
            expected = state.obligation[kind, theme] + instrument.enforcement * instrument.sanction
            state.obligation[kind, theme] = min(1.0, expected)


@rule
def _appeal(state: State, instrument):
    """Reward an ordinary project could expect."""
    months = max(1, instrument.months_paid)
    need = state.parameters[0].need[1]
    return prospect(instrument.success, instrument.grant_rate, instrument.grant_cap, months, need)


@rule
def charge(state: State, t):
    """Enter in the ledger what instruments cost this month, grants apart."""
    money = state.months[t].money
    for s in range(state.instruments.shape[0]):
        instrument = state.instruments[s]
        if instrument.acting == 0:
            continue
        if instrument.kind == FACILITATION:
            money[OFFICERS] += instrument.public_cost
        elif instrument.kind == REGULATION:
            money[CONTROL] += instrument.public_cost
        elif instrument.kind == RECOGNITION:
            money[RECOGNITION_AND_EVENTS] += instrument.public_cost
        elif instrument.kind == EVENTS and instrument.open == 1:
            money[RECOGNITION_AND_EVENTS] += instrument.event_cost
