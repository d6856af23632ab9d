"""What a census would list of each simulated world of a calibration. The census and its targets live beside."""

import dataclasses
import functools
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.census import simulated_census
from ectsim.calibration.targets import TARGETS, simulated_targets
from ectsim.experiments.engines import open_engine, retrying
from ectsim.experiments.ensembles import run_to_horizon
from ectsim.experiments.provenance import model_hash
from ectsim.experiments.single import Run
from ectsim.experiments.store import writing_whole
from ectsim.model.simulation import Setup, allocate_state, prepare, vary
from ectsim.model.tally import TALLY_FIELDS
from ectsim.scenario.schema import Scenario
from ectsim.world.layout import records

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 64
NAMES = tuple(target.name for target in TARGETS)


@dataclasses.dataclass(frozen=True, eq=False)
class Chunk:
    """Draws to run: ``values`` (n, P) of parameters ``names``, ``seeds`` (n, R)."""

    number: int
    scenario: str
    names: tuple[str, ...]
    values: NDArray[np.float64]
    seeds: NDArray[np.int64]

    @property
    def key(self) -> str:
        """Hash of all that its numbers come from."""
        told = [self.scenario, self.names, self.values.tolist(), self.seeds.tolist(), model_hash()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def census_means(
    scenario: Scenario,
    draws: "pd.DataFrame",
    seeds: NDArray[np.int64],
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    engine: str = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Targets of a census, mean over the seeds of each draw, float arrays (N,); NaN where no seed defines them.

    Parameters
    ----------
    scenario
        The scenario that stands for the schemes the census lived under.
    draws
        One column a parameter, N rows.
    seeds
        Root seeds, shape (N, R).
    folder
        Where finished chunks are kept; those there are not run again.
    progress
        Called with runs done and runs in all.
    engine, workers, scheduler
        See :func:`ectsim.experiments.engines.open_engine`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told, names = scenario.model_dump_json(), tuple(map(str, draws.columns))
    values = draws.to_numpy(float)
    firsts = range(0, len(values), CHUNK)
    chunks = [
        Chunk(number, told, names, values[first : first + CHUNK], seeds[first : first + CHUNK])
        for number, first in enumerate(firsts)
    ]
    found: dict[int, NDArray[np.float64]] = {}

    def missing() -> Iterator[Chunk]:
        for chunk in chunks:
            file = folder / f"{chunk.key}.npy"
            if file.is_file():
                found[chunk.number] = np.load(file)
            else:
                yield chunk

    with open_engine(engine, workers, scheduler) as pool:
        for chunk, means in retrying(pool, run_chunk, missing()):
            with writing_whole(folder / f"{chunk.key}.npy") as file:
                np.save(file, means)
            found[chunk.number] = means
            if progress:
                progress(min(len(found) * CHUNK, len(values)) * seeds.shape[1], seeds.size)
    table = np.concatenate([found[number] for number in sorted(found)])
    return dict(zip(NAMES, table.T, strict=True))


def run_chunk(chunk: Chunk) -> NDArray[np.float64]:
    """Mean targets of each draw of a chunk, float array (n, T)."""
    base = _base(chunk.scenario)
    means = np.empty((len(chunk.values), len(NAMES)))
    for row, (values, seeds) in enumerate(zip(chunk.values, chunk.seeds, strict=True)):
        parameters = dict(zip(chunk.names, values.tolist(), strict=True))
        setup = vary(base, base.scenario.model_copy(update={"parameters": parameters}))
        means[row] = _mean_targets(setup, seeds)
    return means


@functools.lru_cache(4)
def _base(scenario: str) -> Setup:
    return prepare(Scenario.model_validate_json(scenario))


def _mean_targets(setup: Setup, seeds: NDArray[np.int64]) -> NDArray[np.float64]:
    state, found = allocate_state(setup), []
    for seed in seeds.tolist():
        tally = records(1, TALLY_FIELDS)
        run_to_horizon(state, setup, seed, tally)
        targets = simulated_targets(simulated_census(Run(setup, seed, state, tally)))
        found.append([targets[name] for name in NAMES])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.nanmean(np.array(found), axis=0)
