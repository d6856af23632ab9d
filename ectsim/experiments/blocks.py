"""Running one block: a pure function from a job to the Parquet files of its tables, on one thread.

Which blocks there are lives in plan.py, where they are kept in store.py.
"""

import functools
import hashlib
import json
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import CapacityError, InputError, Problem
from ectsim.experiments.ensembles import run, run_to_horizon, tally_against
from ectsim.experiments.factors import apply_factors
from ectsim.experiments.parts import DONE, RUNS, frames_file, runs_file, twin_columns
from ectsim.experiments.patterns import pattern_columns
from ectsim.experiments.plan import Job
from ectsim.experiments.provenance import model_hash
from ectsim.experiments.single import Run
from ectsim.experiments.study_settings import SweepStudy
from ectsim.model.outcomes import measure
from ectsim.model.simulation import Setup, allocate_state, begin, prepare, vary
from ectsim.model.state import State
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import TWIN_FIELDS
from ectsim.world.layout import records

if TYPE_CHECKING:
    import pandas as pd

KEPT_STUDIES = 4
RUN_ID_DIGITS = 16
BY_PROJECT = ("projects", "members", "decided", "alive", "files", "scores")
"""Arrays of a state with one place a project."""

Place = tuple[int, int, int]
"""Point, scenario and replicate of a run, counted within its block."""

Parts = dict[str, bytes]
"""Parquet files of a block by table."""


def run_block(job: Job) -> Parts:
    """Run a block.

    A run whose arrays are too small has a row that says so, without outcomes.

    Raises
    ------
    InputError
        If this process has another version of the model, or other draws, than the one that made the job.
    """
    if job.model != model_hash():
        raise InputError([Problem("sweeps.other_model")])
    bench = _bench(job.study, *job.drawn.digests.items())
    if bench.digests != job.drawn.digests:
        raise InputError([Problem("sweeps.other_draws")])
    return _Rows(job, bench).parts()


class _Bench:
    """What blocks of one study share within a process: scenarios made ready, and the states of each thread."""

    def __init__(self, study: SweepStudy):
        self.study = study
        self.setups: list[Setup] = []
        for scenario in study.scenarios.values():
            alike = (setup for setup in self.setups if _same_ground(setup, scenario))
            setup = next(alike, None)
            self.setups.append(vary(setup, scenario) if setup else prepare(scenario))
        self.digests = {n: s.posterior.digest for n, s in zip(study.scenarios, self.setups, strict=True) if s.posterior}
        self.told = [_told(setup) for setup in self.setups]
        self._local = threading.local()

    @property
    def states(self) -> list[State]:
        """States of the calling thread, one a scenario, to be used again and again."""
        if not hasattr(self._local, "states"):
            self._local.states = [allocate_state(setup) for setup in self.setups]
        return self._local.states

    def variant(self, place: int, values: NDArray[np.float64]) -> Setup:
        """Scenario ``place`` with values of the factors, ready to run."""
        setup = self.setups[place]
        return vary(setup, apply_factors(setup.scenario, self.study.factors, values))

    def fitted(self, place: int, setup: Setup) -> State:
        """State of scenario ``place``, cleared, with exactly the places of ``setup``.

        What a run gives must not depend on the room that runs before it needed.
        """
        state = self.states[place]
        if len(state.projects) < setup.places:
            state = self.states[place] = allocate_state(setup)
        clock = state.clock[0]
        used = int(clock.projects)
        state.projects[:used] = np.zeros(1, state.projects.dtype)[0]
        clock.projects = 0
        cut = {name: getattr(state, name)[: setup.places] for name in BY_PROJECT}
        return state._replace(**cut)


def _same_ground(setup: Setup, scenario: Any) -> bool:
    base = setup.scenario
    kept = (base.territory, base.population, base.drawn_from)
    return kept == (scenario.territory, scenario.population, scenario.drawn_from)


def _told(setup: Setup) -> str:
    """The scenario as its runs are told by: by what its draws are, not by where they lie."""
    posterior = {"posterior": setup.posterior.digest} if setup.posterior else {}
    return setup.scenario.model_copy(update=posterior).model_dump_json()


@functools.lru_cache(KEPT_STUDIES)
def _bench(study: str, *_digests: tuple[str, str]) -> _Bench:
    """Bench of a study and of its draws as they are now."""
    return _Bench(SweepStudy.model_validate_json(study))


class _Rows:
    """The rows of a block in the making; P points, S scenarios, R replicates."""

    def __init__(self, job: Job, bench: _Bench):
        self.job, self.bench, self.study = job, bench, bench.study
        size = len(job.factor_values), len(self.study.scenarios), len(job.block.replicates)
        self.tallies = records(size, TALLY_FIELDS)
        self.twins = records(size if self.study.twins else 0, TWIN_FIELDS)
        self.status = np.full(size, DONE, object)
        self.identities = np.empty(size, object)
        self.frames: dict[str, dict[Place, pd.DataFrame]] = {name: {} for name in self.study.tables}
        self.places = [(p, s, r) for p in range(size[0]) for s in range(size[1]) for r in range(size[2])]

    def parts(self) -> Parts:
        """Files of the block, its runs made first."""
        for point, values in enumerate(self.job.factor_values):
            self._run_point(point, [self.bench.variant(s, values) for s in range(len(self.study.scenarios))])
        notice = self.job.drawn.notice
        files = {name: frames_file(self._frame(name), notice) for name in self.frames}
        return files | {RUNS: runs_file(self._columns(), self.study, notice)}

    def _run_point(self, point: int, setups: Sequence[Setup]) -> None:
        for place in range(len(setups)):
            self.identities[point, place] = self._run_ids(point, place)
        for replicate in range(len(self.job.block.replicates)):
            states = [self._run((point, place, replicate), setup) for place, setup in enumerate(setups)]
            first = states[0]
            if not self.study.twins or first is None:
                continue
            for place, state in enumerate(states):
                if state is not None:
                    tally_against(first, state, setups[0], self.twins[point, place, replicate : replicate + 1])

    def _run_ids(self, point: int, place: int) -> list[str]:
        """Hash of model, scenario, factors, replicate and seed of each run."""
        values = {f.name: v for f, v in zip(self.study.factors, self.job.factor_values[point].tolist(), strict=True)}
        base = hashlib.sha256(f"{self.job.model} {self.bench.told[place]} {json.dumps(values)}".encode())
        identities = []
        for replicate, seed in zip(self.job.block.replicates, self.job.seeds[point].tolist(), strict=True):
            one = base.copy()
            one.update(f" {replicate} {seed}".encode())
            # a letter first: a spreadsheet reads 12e34 as a number
            identities.append(f"r{one.hexdigest()[:RUN_ID_DIGITS]}")
        return identities

    def _run(self, place: Place, setup: Setup) -> State | None:
        """State at the end of a run, None if its arrays were too small."""
        point, scenario, replicate = place
        state, seed = self.bench.fitted(scenario, setup), int(self.job.seeds[point, replicate])
        tally = self.tallies[point, scenario, replicate : replicate + 1]
        try:
            run_to_horizon(state, setup, seed, tally)
            made = Run(setup, seed, state, tally)
            frames = {name: getattr(made, name)() for name in self.frames}
            if self.study.twins:
                run(state, setup, setup.scenario.horizon.after)
        except CapacityError as full:
            self.status[place] = f"full: {full.setting}"
            return None
        for name, frame in frames.items():
            self.frames[name][place] = frame
        return state

    def _keys(self, place: Place) -> dict[str, Any]:
        """What every table says of the run of its rows."""
        point, scenario, replicate = place
        return {
            "run_id": self.identities[place],
            "point": self.job.block.points[point],
            "scenario": list(self.study.scenarios)[scenario],
            "replicate": self.job.block.replicates[replicate],
            "seed": int(self.job.seeds[point, replicate]),
        }

    def _frame(self, name: str) -> "pd.DataFrame":
        """A further table, its rows told whose they are."""
        import pandas as pd

        made = self.frames[name]
        places, frames = list(made), list(made.values()) or [getattr(self._unlived(), name)()]
        frame = pd.concat(frames, ignore_index=True)
        lengths = [len(one) for one in made.values()] or [0]
        keys = [self._keys(place) for place in places or [(0, 0, 0)]]
        owners = pd.DataFrame(keys).loc[np.repeat(np.arange(len(keys)), lengths)].reset_index(drop=True)
        return pd.concat([owners, frame.iloc[: len(owners)]], axis=1)

    def _unlived(self) -> Run:
        """A world at the start of its burn-in: it has the columns of any run, for a block where none ended well."""
        setup, tally = self.bench.setups[0], records(1, TALLY_FIELDS)
        state = self.bench.fitted(0, setup)
        begin(setup, state, 0)
        return Run(setup, 0, state, tally)

    def _columns(self) -> dict[str, Any]:
        """Columns of the table of runs."""
        keys = [self._keys(place) for place in self.places]
        columns: dict[str, Any] = {name: [row[name] for row in keys] for name in keys[0]}
        columns["status"] = self.status.reshape(-1).tolist()
        done = self.status.reshape(-1) == DONE
        runs_a_point = len(self.places) // len(self.job.factor_values)
        for column, factor in enumerate(self.study.factors):
            columns[factor.name] = np.repeat(self.job.factor_values[:, column], runs_a_point)
        tallies = self.tallies.reshape(-1)
        measured = measure(tallies, self.study.outcomes)
        if self.study.patterns:
            measured |= pattern_columns(tallies)
        twins = twin_columns(self.twins.reshape(-1)) if self.study.twins else {}
        twinned = np.zeros_like(done)
        if twins:
            twinned = done & np.broadcast_to(self.status[:, :1] == DONE, self.status.shape).reshape(-1)
        for name, values in (measured | twins).items():
            known = twinned if name in twins else done
            columns[name] = np.where(known, values, np.nan)
        return columns
