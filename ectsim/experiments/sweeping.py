"""Running a study to its end, from wherever an earlier command left it, and what it found.

Blocks, their files and the engines that run them live in the sibling modules.
"""

import contextlib
import dataclasses
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.experiments.blocks import Parts, run_block
from ectsim.experiments.engines import open_engine, retrying
from ectsim.experiments.ensembles import Progress
from ectsim.experiments.parts import RUNS
from ectsim.experiments.plan import WHOLE, Block, Job, Shard, make_plan, read_shard
from ectsim.experiments.precision import still_needed
from ectsim.experiments.status import Status, status
from ectsim.experiments.store import Store, open_store
from ectsim.experiments.study import Preset, SweepStudy, load_study
from ectsim.experiments.study import preset as resized

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Results:
    """What a sweep found.

    Attributes
    ----------
    folder : Path
        Where its tables lie: ``pandas.read_parquet(folder / "runs")`` reads one.
    study : SweepStudy
    remade : tuple of str
        Files found damaged and made again.
    shard : Shard
        What was asked for; the folder may hold others too.
    """

    folder: Path
    study: SweepStudy
    remade: tuple[str, ...] = ()
    shard: Shard = WHOLE

    def to_pandas(self, table: str = RUNS, columns: list[str] | None = None) -> "pd.DataFrame":
        """A table: "runs" (one row a run), and "projects" or "months" where the study asks for them."""
        import pandas as pd

        return pd.read_parquet(self.folder / table, columns=columns)

    @property
    def status(self) -> Status:
        """Runs made and failed, precision reached, of what was asked for."""
        return status(self.folder, self.shard)


class _Work:
    """The part of a sweep that is this command's: what is done, what is still needed."""

    def __init__(self, store: Store, shard: Shard, progress: Progress | None):
        self.store, self.plan, self.progress = store, store.plan, progress
        self.active = {group: self.plan.points_of(group) for group in self.plan.of_shard(shard)}
        self.done, self.total = 0, self.plan.runs(shard)

    def missing(self, wave: range) -> Iterator[Job]:
        """Jobs of a wave that no earlier command has finished."""
        for block in self.plan.blocks(wave, self.active):
            if self.store.has(block):
                self._count(block)
            else:
                yield self.plan.job(block)

    def keep(self, block: Block, parts: Parts) -> None:
        """Write what was made."""
        self.store.keep(block, parts)
        self._count(block)

    def _count(self, block: Block) -> None:
        self.done += self.plan.runs_of(block)
        if self.progress:
            self.progress(self.done, self.total)

    def look(self, wave: range) -> None:
        """Leave out the points that are known precisely enough after a wave."""
        rounds = range(wave.stop)
        self.active = {
            group: points
            for group, before in self.active.items()
            if (points := still_needed(self.store.folder, self.plan.study, group, rounds, before))
        }
        left = self.plan.replicates - self.plan.rounds[wave.stop - 1].stop
        points = sum(len(points) for points in self.active.values())
        self.total = self.done + points * len(self.plan.study.scenarios) * left


def sweep(
    study: SweepStudy | str | Path,
    out: str | Path | None = None,
    *,
    engine: str = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    preset: Preset | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run a study; what ``out`` already holds of it is not run again.

    The tables are the same to the bit whatever the engine, the workers, and the number of times it was interrupted.

    Parameters
    ----------
    study
        A study, its file, or the name of one that ships.
    out
        Folder of the results; without it a temporary one, which lasts as long as what is returned.
    engine, workers, scheduler
        Where the runs are made, see :func:`ectsim.experiments.engines.open_engine`.
    shard
        ``"i/n"``: run the i-th of n parts, which may share the folder.
    preset
        "quick", "standard" or "publication", see :func:`ectsim.experiments.study.preset`.
    progress
        Called with runs done and runs in all (of this shard), from the calling thread; where the number of replicates
        is automatic, with the most there can still be.

    Raises
    ------
    InputError
        If the study is not as expected; if the folder holds something else or another study, is in use or cannot be
        written to.
    StoreError
        If the disk is full; running again goes on from there.
    """
    asked = study if isinstance(study, SweepStudy) else load_study(study)
    plan = make_plan(resized(asked, preset) if preset else asked)
    part = read_shard(shard) if shard else WHOLE
    folder = Path(tempfile.mkdtemp(prefix="ectsim-") if out is None else out)
    with contextlib.ExitStack() as temporary:
        if out is None:
            temporary.callback(shutil.rmtree, folder, ignore_errors=True)
        with open_store(folder, plan, part) as store, open_engine(engine, workers=workers, scheduler=scheduler) as pool:
            work = _Work(store, part, progress)
            for wave in plan.waves:
                for job, parts in retrying(pool, run_block, work.missing(wave)):
                    work.keep(job.block, parts)
                work.look(wave)
        results = Results(folder, plan.study, tuple(store.damaged), part)
        weakref.finalize(results, temporary.pop_all().close)
    return results
