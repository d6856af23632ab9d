"""How far a sweep is, read from its folder alone."""

import collections
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ectsim.experiments.parts import DONE, RUNS, read_part
from ectsim.experiments.plan import WHOLE, Shard, most_replicates
from ectsim.experiments.precision import precision
from ectsim.experiments.replication import Reached
from ectsim.experiments.store import ENDING, group_of, kept_study


@dataclass(frozen=True)
class Status:
    """How far a sweep is.

    Attributes
    ----------
    done : int
        Runs kept.
    runs : int
        Runs in all, the most there can be where the number of replicates is automatic.
    complete : bool
        Whether nothing is left to run.
    by_scenario : dict
        Runs kept of each scenario.
    failed : dict
        Runs without outcomes by their status, "full: projects" where an array was too small.
    bytes : int
        Size of the files.
    damaged : tuple of str
        Files to be made again.
    precision : dict
        By point, the precision reached where the number of replicates is automatic.
    notice : str
        What the files of draws say of themselves where some rest on fictive rows, else "".
    """

    done: int
    runs: int
    complete: bool
    by_scenario: dict[str, int]
    failed: dict[str, int]
    bytes: int
    damaged: tuple[str, ...]
    precision: dict[int, Reached]
    notice: str


def status(folder: Path, shard: Shard = WHOLE) -> Status:
    """How far the sweep in ``folder`` is, or a shard of it; nothing is read of the other shards.

    Raises
    ------
    InputError
        If it is not the folder of a sweep.
    """
    study, told = kept_study(folder)
    scenarios, statuses = collections.Counter(), collections.Counter()
    groups = range(shard.number - 1, told["blocks"]["groups"], shard.total)
    # arrays, as there may be a million points
    points = np.arange(told["points"]["count"])
    own = points // told["blocks"]["points"] % shard.total == shard.number - 1
    runs = np.zeros(len(points), np.int64)
    size, damaged = 0, []
    for file in sorted(path for path in folder.glob(f"*/part-*{ENDING}") if path.is_file()):
        if group_of(file) not in groups:
            continue
        size += file.stat().st_size
        part = read_part(file)
        if part is None:
            damaged.append(file.relative_to(folder).as_posix())
        if part is None or file.parent.name != RUNS:
            continue
        scenarios.update(part["scenario"].to_pylist())
        statuses.update(part["status"].to_pylist())
        runs += np.bincount(part["point"].to_numpy(), minlength=len(points))
    reached = dict(precision(folder, study, groups))
    most = most_replicates(study) * len(study.scenarios)
    settled = runs == most
    settled[[point for point, found in reached.items() if found.enough]] = True
    return Status(
        done=scenarios.total(),
        runs=int(own.sum()) * most,
        complete=bool(settled[own].all()) and not damaged,
        by_scenario={name: scenarios[name] for name in study.scenarios},
        failed={name: count for name, count in sorted(statuses.items()) if name != DONE},
        bytes=size,
        damaged=tuple(damaged),
        precision=reached,
        notice=told["notice"],
    )
