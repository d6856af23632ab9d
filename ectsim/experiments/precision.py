"""Which points of a sweep with automatic replicates are known precisely enough, from the runs kept so far.

The rule itself lives in replication.py.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.experiments.replication import Reached, reached
from ectsim.experiments.store import group_runs
from ectsim.experiments.study_settings import Automatic, SweepStudy

if TYPE_CHECKING:
    import pyarrow as pa


def still_needed(
    folder: Path, study: SweepStudy, group: int, rounds: range, points: tuple[int, ...]
) -> tuple[int, ...]:
    """Those of some points of a group that need more replicates after some rounds."""
    if not isinstance(study.replicates, Automatic):
        return points
    runs = group_runs(folder, group, _columns(study.replicates), rounds)
    known = {point for point, found in _by_point(runs, study) if found.enough}
    return tuple(point for point in points if point not in known)


def precision(folder: Path, study: SweepStudy, groups: range) -> Iterator[tuple[int, Reached]]:
    """Precision reached at each point of some groups, from all runs kept."""
    if isinstance(study.replicates, Automatic):
        for group in groups:
            yield from _by_point(group_runs(folder, group, _columns(study.replicates)), study)


def _columns(automatic: Automatic) -> list[str]:
    return ["point", "scenario", *dict.fromkeys(target.outcome for target in automatic.targets)]


def _by_point(runs: "pa.Table", study: SweepStudy) -> Iterator[tuple[int, Reached]]:
    assert isinstance(study.replicates, Automatic)
    points, scenarios = runs["point"].to_numpy(), np.asarray(runs["scenario"])
    outcomes: dict[str, Any] = {name: runs[name].to_numpy() for name in runs.column_names[2:]}
    for point in np.unique(points):
        samples = {}
        for scenario in study.scenarios:
            own = (points == point) & (scenarios == scenario)
            samples[scenario] = {name: values[own] for name, values in outcomes.items()}
        yield int(point), reached(samples, study.replicates)
