"""Where a month goes: microseconds of each step of the month loop, compiled with a clock between the steps."""

from typing import Any

import numba
import numpy as np
from numba import types

from benchmarks.setups import scaled_setup
from ectsim.experiments.ensembles import run
from ectsim.model import months
from ectsim.model.simulation import allocate_state, begin
from ectsim.model.state import State

STEPS = (
    "schemes",
    "selection",
    "payments",
    "facilitation",
    "costs and events",
    "recognition",
    "applications",
    "invitations and joining",
    "staying",
    "exposure",
    "propensities",
    "effort, meetings, marks",
    "stages and learning",
    "record",
)
MONOTONIC = 1

_clock_gettime = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.uintp))


@numba.njit
def _tick(moment, spent, step):
    """Add the time since the last tick to ``spent[step]``; the tick itself is left out."""
    _clock_gettime(MONOTONIC, moment.ctypes.data)
    if step >= 0:
        spent[step] += moment[0] * 1_000_000_000 + moment[1] - moment[2]
    _clock_gettime(MONOTONIC, moment.ctypes.data)
    moment[2] = moment[0] * 1_000_000_000 + moment[1]


@numba.njit(error_model="numpy")
def timed_months(state: State, count, moment, spent):
    """Run months like ``run_months``, with a tick after each of STEPS; ``spent`` gains nanoseconds."""
    for _ in range(count):
        t = state.clock[0].month
        _tick(moment, spent, -1)
        months.open_and_close(state, t)
        months.pull_and_oblige(state)
        _tick(moment, spent, 0)
        months.close_and_award(state, t)
        _tick(moment, spent, 1)
        months.pay(state, t)
        _tick(moment, spent, 2)
        months.facilitate(state, t)
        _tick(moment, spent, 3)
        months.charge(state, t)
        months.hold_events(state, t)
        _tick(moment, spent, 4)
        months.recognise(state, t)
        _tick(moment, spent, 5)
        months.apply(state, t)
        months._list_live(state)
        _tick(moment, spent, 6)
        months.invite(state, t)
        _tick(moment, spent, 7)
        months.review_members(state, t)
        _tick(moment, spent, 8)
        months.expose(state)
        _tick(moment, spent, 9)
        months.move_propensities(state)
        _tick(moment, spent, 10)
        months.contribute(state, t)
        _tick(moment, spent, 11)
        months.advance(state, t)
        _tick(moment, spent, 12)
        months._record(state, t)
        _tick(moment, spent, 13)
        state.clock[0].month = t + 1


def steps(seeds: int = 20, repetitions: int = 5, **sizes: int) -> list[dict[str, Any]]:
    """One row a step: microseconds a month, the least of several repetitions of each seed, and their share.

    Raises
    ------
    RuntimeError
        If the timed months do not end where those of the product do: a step is missing here.
    """
    setup = scaled_setup(**sizes)
    state, reference = allocate_state(setup), allocate_state(setup)
    moment = np.zeros(3, np.int64)
    least = np.full((seeds, len(STEPS)), np.inf)
    for seed in range(1, seeds + 1):
        for _ in range(repetitions):
            spent = np.zeros(len(STEPS), np.int64)
            begin(setup, state, seed)
            timed_months(state, setup.months, moment, spent)
            least[seed - 1] = np.minimum(least[seed - 1], spent)
    begin(setup, reference, seeds)
    run(reference, setup, setup.months)
    if reference.months.tobytes() != state.months.tobytes():
        raise RuntimeError("the timed months are not those of ectsim.model.months")
    micro = least.mean(axis=0) / setup.months / 1e3
    rows = [
        {"step": name, "µs a month": float(m), "share": float(m / micro.sum())}
        for name, m in zip(STEPS, micro, strict=True)
    ]
    return [*rows, {"step": "all", "µs a month": float(micro.sum()), "share": 1.0}]
