"""Schemes that stop inside the horizon decide what is open, once."""

import numpy as np
import pytest

from ectsim.experiments.single import simulate
from ectsim.model.state import APPLIED, CALL, DORMANT
from ectsim.scenario import load_scenario
from ectsim.scenario.instruments import INSTRUMENTS

MONTHS, OUTSIDE = 30, 100


def stopped(kind: str, until: int, **fields):
    """One run of the territory with a scheme that stops at month ``until``."""
    base = load_scenario("spontaneous")
    given = INSTRUMENTS[kind].model_validate({"kind": kind, "until": until, **fields})
    horizon = base.horizon.model_copy(update={"months": MONTHS, "after": 0})
    scenario = base.model_copy(
        update={"instruments": (*base.instruments, given), "horizon": horizon, "parameters": "default"}
    )
    return simulate(scenario, seed=3)


@pytest.mark.parametrize("until", [4, 5, 20])
def test_an_edition_is_decided_once(until: int):
    run = stopped("call", until, window=4, winners=10, outside_files=OUTSIDE)
    files = run.months().query("month >= 0")["files"].to_numpy()
    assert np.flatnonzero(files).tolist() == [4]
    assert OUTSIDE <= files[4] < OUTSIDE + 60
    assert run.months()["winners"].sum() == 10


def test_an_edition_still_open_is_decided_when_the_call_stops():
    run = stopped("call", 3, window=6, winners=10, outside_files=OUTSIDE)
    files = run.months().query("month >= 0")["files"].to_numpy()
    assert np.flatnonzero(files).tolist() == [3]


@pytest.mark.parametrize("until", [4, 5, 7, 10, 11])
def test_a_two_phase_call_leaves_no_file_open(until: int):
    run = stopped("call", until, window=4, winners=5, phases=2, phase_one_months=6, application_cost=1.0)
    projects = run.state.projects[: int(run.state.clock[0].projects)]
    assert not ((projects["funding"] == APPLIED) & (projects["status"] <= DORMANT)).any()
    assert run.months()["files"].gt(0).sum() == 1


def test_a_subsidy_that_stops_decides_the_files_that_are_complete():
    run = stopped("subsidy", 12, application_cost=0.0, minimum_partners=1, minimum_sectors=1)
    projects = run.state.projects[: int(run.state.clock[0].projects)]
    months = run.months().set_index("month")["winners"]
    assert months.loc[12] > 0
    assert months.loc[13:].sum() == 0
    assert not ((projects["funding"] == APPLIED) & (projects["status"] <= DORMANT)).any()


def test_a_winner_is_judged_by_its_first_promise():
    run = stopped("call", 25, window=2, period=6, winners=20, months_paid=3, promised_months=12, application_cost=0.0)
    projects = run.state.projects[: int(run.state.clock[0].projects)]
    awarded = projects[projects["award_month"] >= 0]
    assert (awarded["promised_month"] == awarded["award_month"] + 12).all()
    assert (awarded["edition"] > (awarded["award_month"] - 60 - 2) // 6).any(), "nobody asked twice"
    assert run.state.instruments["kind"].tolist().count(CALL) == 1
