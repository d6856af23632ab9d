"""The worlds a session shows: both of one seed, thirty and more draws, the world the room plays, costs and fates.

What one world keeps lives in recording.py; who asks lives in server.py.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.experiments.ensembles import run
from ectsim.experiments.single import Decision, forced_records
from ectsim.model import state as s
from ectsim.model.checkpoint import Checkpoint, keep, take_up
from ectsim.model.simulation import Setup, allocate_state, begin, vary
from ectsim.model.tally import count_emerged, count_money
from ectsim.model.twins import FATES, TOLERANCES, match_twins
from ectsim.model.twins import fate as fate_of
from ectsim.workshop.levers import levers_of, pulled
from ectsim.workshop.recording import Recording, cast, packed, packed_project, record

DRAWS = 30
BAND = 100
AHEAD = 6
"""Most draws of the band that one thread plays while B is played and packed for the pages."""
QUANTILES = (0.1, 0.5, 0.9)
KEPT_SCENARIOS = 12
MOST_KEPT = 80_000_000
"""Bytes of worlds of B kept at the month its first scheme begins, from which every setting of its levers goes on."""


class Draw(NamedTuple):
    """One world of the band: projects emerged since month 0 by month (0 to T), and public money spent in k€."""

    emerged: NDArray[np.int64]
    money: float


class Simulator:
    """Plays the worlds of one pair of scenarios; every answer is a function of its arguments.

    Parameters
    ----------
    a, b
        Prepared scenarios that share what lies before month 0.
    seed
        Luck of the worlds shown; the band goes on from it.
    threads
        Worlds played at once.
    """

    def __init__(self, a: Setup, b: Setup, seed: int, threads: int | None = None):
        self.a, self.b, self.seed = a, b, seed
        self.levers = levers_of(b.scenario)
        horizon = b.scenario.horizon
        begins = [one.first_month for one in b.scenario.instruments if not one.permanent]
        self._shared = horizon.burn_in + min([*begins, horizon.months])
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(threads or os.cpu_count(), thread_name_prefix="worlds")
        self._draws: dict[str, dict[int, Future[Draw]]] = {}
        self._checkpoints: dict[int, Checkpoint] = {}
        self._kept_month_0: Checkpoint | None = None
        self._without: tuple[Recording, dict[str, Any]] | None = None

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def cast(self) -> dict[str, Any]:
        """Actors and ties, and whether parameters are set "by_hand", "drawn" from a posterior or a "fictive" one."""
        state = self._state(self.a)
        begin(self.a, state, self.seed)
        posterior = self.a.posterior
        source = "by_hand" if posterior is None else "fictive" if posterior.synthetic else "drawn"
        return cast(state, self.a.scenario) | {"parameters": source}

    def pulled(self, values: Mapping[str, float]) -> Setup:
        """B with its levers at ``values``.

        Raises
        ------
        InputError
            If the settings contradict each other.
        """
        return vary(self.b, pulled(self.b.scenario, self.levers, values)) if values else self.b

    def pair(self, values: Mapping[str, float], before: Mapping[str, float] | None) -> dict[str, Any]:
        """Both worlds of the seed, the curve of B before the last change, the fate of every project that emerged."""
        setup = self.pulled(values)
        with_scheme = self._pool.submit(self._record, setup)
        if self._without is None:
            recording = self._pool.submit(self._record, self.a).result()
            self._without = recording, packed(recording)
        else:
            self._pool.submit(self._play_ahead, setup, self._kept(setup))
        former = None if before is None else self._drawn([self.pulled(before)], [self.seed])
        other = with_scheme.result()
        without, packed_without = self._without
        for shown in (without, other):  # the first draw of every band
            played: Future[Draw] = Future()
            played.set_result(Draw(shown.emerged(), float(shown.money[-1])))
            self._kept(shown.setup)[self.seed] = played
        return {
            "a": packed_without,
            "b": packed(other),
            "ghost": former[0][0].emerged.tolist() if former else None,
            "fates": fates(without, other),
            "after": self.a.scenario.horizon.after,
        }

    def game(self, values: Mapping[str, float], decisions: Sequence[Decision], months: int) -> Recording:
        """The world of B as the room plays it, up to month ``months``."""
        setup = self.pulled(values)
        state = self._state(setup)._replace(forced=forced_records(decisions, setup))
        return record(state, setup, self.seed, months, self._month_0(setup, state))

    def band(
        self,
        values: Mapping[str, float],
        count: int,
        unwanted: Callable[[], bool] = lambda: False,
        before: Mapping[str, float] | None = None,
        then: int = 0,
    ) -> dict[str, Any] | None:
        """Paired draws of both worlds, and of B ``before`` its last change; None once ``unwanted`` says so.

        Threads go on to as many draws as will be asked for ``then``.
        """
        setups = [self.a, self.pulled(values)]
        if before is not None:
            setups.append(self.pulled(before))
        seeds = range(self.seed, self.seed + count)
        draws = self._drawn(setups, seeds, unwanted, range(self.seed + count, self.seed + then))
        if draws is None:
            return None
        former = [int(draw.emerged[-1]) for draw in draws.pop()] if before is not None else None
        curves = np.array([[draw.emerged for draw in of_setup] for of_setup in draws])
        return {
            "count": count,
            "curves": np.quantile(curves, QUANTILES, axis=1).round(2).transpose(1, 0, 2).tolist(),
            "finals": curves[:, :, -1].tolist(),
            "before": former,
            "money": [float(np.mean([draw.money for draw in of_setup]).round(1)) for of_setup in draws],
        }

    def costs(self, values: Mapping[str, float], unwanted: Callable[[], bool] = lambda: False) -> dict[str, Any] | None:
        """Public money that each moved lever adds, in k€ over the horizon: mean of the band's draws, the others as set.

        None once ``unwanted`` says so.
        """
        moved = [name for name, value in values.items() if value != self.levers[name].value]
        others = [{key: value for key, value in values.items() if key != name} for name in moved]
        setups = [self.pulled(values), *(self.pulled(rest) for rest in others)] if moved else []
        draws = self._drawn(setups, range(self.seed, self.seed + BAND), unwanted)
        if draws is None:
            return None
        spent = [float(np.mean([draw.money for draw in of_setup])) for of_setup in draws]
        return {"costs": {name: round(spent[0] - rest, 1) for name, rest in zip(moved, spent[1:], strict=True)}}

    def _drawn(
        self,
        setups: Sequence[Setup],
        seeds: Sequence[int],
        unwanted: Callable[[], bool] = lambda: False,
        later: Sequence[int] = (),
    ) -> list[list[Draw]] | None:
        """Draws of each scenario with each seed, those of lately from memory; None once they are unwanted."""
        asked = [self._asked(setup, seeds) for setup in setups]
        for setup in setups[:2]:
            self._asked(setup, later)
        for of_setup in asked:
            for draw in of_setup:
                if unwanted():
                    self._call_off(setups, (*seeds, *later))
                    return None
                draw.result()
        return None if unwanted() else [[draw.result() for draw in of_setup] for of_setup in asked]

    def _asked(self, setup: Setup, seeds: Sequence[int]) -> list[Future[Draw]]:
        """Draws of a scenario, played or to come."""
        kept = self._kept(setup)
        for seed in seeds:
            if seed not in kept:
                kept[seed] = self._pool.submit(self._play, setup, seed)
        return [kept[seed] for seed in seeds]

    def _play_ahead(self, setup: Setup, kept: dict[int, Future[Draw]]) -> None:
        """First draws of a band, one after the other, until the band itself is asked for."""
        for seed in range(self.seed + 1, self.seed + 1 + AHEAD):
            draw: Future[Draw] = Future()
            draw.set_running_or_notify_cancel()  # begun: a band called off leaves it alone
            if kept.setdefault(seed, draw) is not draw:
                continue
            try:
                draw.set_result(self._play(setup, seed))
            except Exception as failure:
                draw.set_exception(failure)

    def _call_off(self, setups: Sequence[Setup], seeds: Sequence[int]) -> None:
        """Forget the draws that no thread has begun."""
        for setup in setups:
            kept = self._kept(setup)
            for seed in seeds:
                if seed in kept and kept[seed].cancel():
                    del kept[seed]

    def _kept(self, setup: Setup) -> dict[int, Future[Draw]]:
        """Draws of a scenario by seed; the scenarios asked for longest ago are forgotten, which A never is."""
        key = setup.scenario.model_dump_json()
        self._draws[key] = kept = self._draws.pop(key, {})
        if len(self._draws) > KEPT_SCENARIOS:
            del self._draws[next(iter(self._draws))]
        return kept

    def _play(self, setup: Setup, seed: int) -> Draw:
        horizon = setup.scenario.horizon
        state = self._state(setup)
        if setup is self.a:
            begin(setup, state, seed)
        else:
            self._begin_b(setup, state, seed)
        run(state, setup, horizon.burn_in + horizon.months - int(state.clock[0].month))
        emerged, spent = np.zeros(horizon.months + 1, np.int64), np.zeros(horizon.months)
        count_emerged(state.projects, int(state.clock[0].projects), horizon.burn_in, emerged[1:])
        count_money(state.months, horizon.burn_in, spent)
        return Draw(emerged, float(spent[-1]))

    def _begin_b(self, setup: Setup, state: s.State, seed: int) -> None:
        """The world of B at the month its first scheme begins: until then no lever moves anything."""
        kept = self._checkpoints.get(seed)
        if kept is not None:
            take_up(kept, setup, state)
            return
        begin(setup, state, seed)
        run(state, setup, self._shared)
        kept = keep(state)
        if (len(self._checkpoints) + 1) * kept.nbytes < MOST_KEPT:
            self._checkpoints[seed] = kept

    def _record(self, setup: Setup) -> Recording:
        state = self._state(setup)
        return record(state, setup, self.seed, month_0=self._month_0(setup, state))

    def _month_0(self, setup: Setup, state: s.State) -> Checkpoint | None:
        """The world shown at month 0, which no lever of B changes; A is played once, from its beginning."""
        if setup is self.a:
            return None
        if self._kept_month_0 is None:
            begin(setup, state, self.seed)
            run(state, setup, setup.scenario.horizon.burn_in)
            self._kept_month_0 = keep(state)
        return self._kept_month_0

    def _state(self, setup: Setup) -> s.State:
        """Arrays of this thread, for a scenario with as many instruments and projects; it keeps no others."""
        shape = len(setup.scenario.instruments), setup.places
        held = self._own.__dict__.setdefault("states", {})
        if shape not in held:
            held.clear()
            held[shape] = allocate_state(setup)
        return held[shape]


def fates(without: Recording, with_scheme: Recording) -> list[dict[str, Any]]:
    """Every project that emerged in one of two worlds, with its life in both and its fate, the earliest first."""
    burn_in = without.setup.scenario.horizon.burn_in
    horizon, after = burn_in + without.months, without.setup.months
    twin = match_twins(
        without.projects, len(without.projects), with_scheme.projects, len(with_scheme.projects), TOLERANCES[0]
    )
    pairs = [(int(other), row) for row, other in enumerate(twin)]
    pairs += [(row, -1) for row in set(range(len(without.projects))) - set(twin.tolist())]
    found = []
    for row_a, row_b in pairs:
        month_a, month_b = _emergence(without, row_a), _emergence(with_scheme, row_b)
        if not any(burn_in <= month < horizon for month in (month_a, month_b)):
            continue
        lives = {
            letter: packed_project(recording, row, burn_in) if row >= 0 else None
            for letter, recording, row in (("a", without, row_a), ("b", with_scheme, row_b))
        }
        funded = row_b >= 0 and with_scheme.projects["award_month"][row_b] >= 0
        found.append(
            lives
            | {
                "id": (lives["b"] or lives["a"] or {})["id"],
                "fate": FATES[int(fate_of(month_a, month_b, horizon))],
                "later": FATES[int(fate_of(month_a, month_b, after))],
                "windfall": bool(funded and 0 <= month_a < horizon and 0 <= month_b < horizon),
            }
        )
    return sorted(found, key=lambda one: min(_months_of(one)))


def _emergence(recording: Recording, row: int) -> int:
    return int(recording.projects["stage_month"][row, s.EMERGED]) if row >= 0 else s.NEVER


def _months_of(one: Mapping[str, Any]) -> list[int]:
    lives = [one[letter] for letter in ("a", "b") if one[letter]]
    return [life["stages"][s.EMERGED] for life in lives if life["stages"][s.EMERGED] is not None]
