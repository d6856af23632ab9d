"""Many worlds: the same seeds for every scenario, on threads, reduced to tallies and curves where they are made.

Designs live elsewhere.
"""

import dataclasses
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import CapacityError, InputError, Problem
from ectsim.model.months import run_months
from ectsim.model.simulation import FULL, Setup, allocate_state, begin, places_of
from ectsim.model.state import State
from ectsim.model.tally import ECOSYSTEM_FIELDS, TALLY_FIELDS, count_emerged, tally_ecosystem, tally_horizon
from ectsim.model.twins import TWIN_FIELDS, tally_twins
from ectsim.scenario.comparison import comparable
from ectsim.world.layout import record_type, records

Progress = Callable[[int, int], None]
Look = Callable[[Sequence[State], int], Any]
"""What is taken from the states of all scenarios at the end of one seed."""


@dataclasses.dataclass(frozen=True)
class Worlds:
    """Runs of S scenarios with the same R seeds.

    Attributes
    ----------
    setups : sequence of Setup, length S
    seeds : int array (R,)
    tallies : record array (S, R)
        See ``tally.TALLY_FIELDS``.
    twins : record array (S, R)
        Each scenario against the first, see ``twins.TWIN_FIELDS``; empty unless asked for.
    emerged : int array (S, R, T)
        Projects emerged since month 0, by month of the horizon.
    looks : list, length R
        What ``look`` took from each seed, empty unless asked for.
    """

    setups: Sequence[Setup]
    seeds: NDArray[np.int64]
    tallies: Any
    twins: Any
    emerged: NDArray[np.int64]
    looks: list[Any] = dataclasses.field(default_factory=list)


def run(state: State, setup: Setup, months: int) -> None:
    """Run ``months`` months of ``state``.

    Raises
    ------
    CapacityError
        If an array is full; it names the setting to raise.
    """
    overflow = run_months(state, months)
    if overflow:
        setting = FULL[overflow]
        raise CapacityError(setting, places_of(state, setting))


def run_to_horizon(state: State, setup: Setup, seed: int, tally: Any) -> None:
    """Burn-in and horizon of one seed, with its tally (record array of shape (1,), zeroed)."""
    horizon = setup.scenario.horizon
    begin(setup, state, seed)
    run(state, setup, horizon.burn_in)
    _ecosystem(state, tally, "initial")
    run(state, setup, horizon.months)
    tally_horizon(state, horizon.burn_in, horizon.burn_in + horizon.months, tally)
    _ecosystem(state, tally, "final")


def _ecosystem(state: State, tally: Any, moment: str) -> None:
    seen = records(1, ECOSYSTEM_FIELDS)
    tally_ecosystem(state, seen)
    for name, *_ in ECOSYSTEM_FIELDS:
        tally[f"{moment}_{name}"] = seen[name]


def refuse_incomparable(setups: Sequence[Setup]) -> None:
    """Refuse scenarios whose worlds at month 0 could differ.

    Raises
    ------
    InputError
        With every reason.
    """
    first = setups[0].scenario
    problems = [
        Problem("experiments.incomparable", {"reason": reason}, file=str(setup.scenario.name))
        for setup in setups[1:]
        for reason in comparable(first, setup.scenario)
    ]
    if problems:
        raise InputError(problems)


def run_worlds(
    setups: Sequence[Setup],
    seeds: Sequence[int],
    *,
    twins: bool = False,
    look: Look | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Worlds:
    """Run every scenario with every seed, on threads; the numbers do not depend on how many.

    Parameters
    ----------
    setups
        Prepared scenarios; with ``twins`` the others are compared with the first.
    seeds
        Root seeds.
    twins
        Whether to match projects between worlds; runs the months after the horizon too.
    look
        Called with the states of every scenario and the seed when all is run; the states are used again afterwards.
    threads
        Threads, the machine's cores by default.
    progress
        Called with runs done and runs in all, from the calling thread.
    """
    size = len(setups), len(seeds)
    horizon = setups[0].scenario.horizon
    worlds = Worlds(
        setups,
        np.asarray(seeds, np.int64),
        np.zeros(size, record_type(TALLY_FIELDS)).view(np.recarray),
        np.zeros(size if twins else (0, 0), record_type(TWIN_FIELDS)).view(np.recarray),
        np.zeros((*size, horizon.months), np.int64),
        [None] * len(seeds) if look else [],
    )
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[None] = queue.SimpleQueue()
    stop = threading.Event()
    for number in range(len(seeds)):
        waiting.put(number)

    def work() -> None:
        states = [allocate_state(setup) for setup in setups]
        while not stop.is_set():
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            _run_seed(worlds, states, number, twins)
            if look:
                worlds.looks[number] = look(states, int(worlds.seeds[number]))
            done.put(None)

    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work) for _ in range(workers)]
        try:
            for count in range(len(seeds)):
                while True:
                    try:
                        done.get(timeout=0.2)
                        break
                    except queue.Empty:
                        _raise_failure(futures)
                if progress:
                    progress(count + 1, len(seeds))
        finally:
            stop.set()
    _raise_failure(futures)
    return worlds


def _raise_failure(futures: Sequence[Any]) -> None:
    for future in futures:
        if future.done():
            future.result()


def _run_seed(worlds: Worlds, states: Sequence[State], number: int, twins: bool) -> None:
    """All scenarios of one seed."""
    seed = int(worlds.seeds[number])
    for place, (setup, state) in enumerate(zip(worlds.setups, states, strict=True)):
        horizon = setup.scenario.horizon
        run_to_horizon(state, setup, seed, worlds.tallies[place, number : number + 1])
        count_emerged(state.projects, int(state.clock[0].projects), horizon.burn_in, worlds.emerged[place, number])
        if twins:
            run(state, setup, horizon.after)
    if twins:
        for place, state in enumerate(states):
            tally_against(states[0], state, worlds.setups[0], worlds.twins[place, number : number + 1])


def tally_against(first: State, state: State, setup: Setup, record: Any) -> None:
    """Match the projects of two worlds run to the end of the months after their horizon.

    Parameters
    ----------
    first, state
        The world without the scheme and the world with it.
    setup
        Of the first: its horizon is that of both.
    record
        Record array of shape (1,), zeroed, see ``twins.TWIN_FIELDS``.
    """
    horizon = setup.scenario.horizon
    record["seed"] = first.clock[0].seed
    tally_twins(
        first.projects,
        int(first.clock[0].projects),
        state.projects,
        int(state.clock[0].projects),
        horizon.burn_in + horizon.months,
        int(first.clock[0].month),
        record,
    )
