"""How many runs a sweep has, how long and how large it will be: measured on a few of its own runs."""

import dataclasses
import math
import time
from collections.abc import Sequence

import numpy as np

from ectsim.experiments.blocks import run_block
from ectsim.experiments.plan import WHOLE, Block, Plan, Shard

SAMPLE = 8
"""Points tried, with all their scenarios."""


@dataclasses.dataclass(frozen=True)
class Cost:
    """What runs of a study cost on this machine.

    Attributes
    ----------
    seconds : float
        Of one run on one thread.
    row, file : float
        Bytes of one run, and of a block of none.
    """

    seconds: float
    row: float
    file: float


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What is ahead of a sweep.

    Attributes
    ----------
    runs : int
        The most there can be where replicates are automatic.
    fewest : int
        The fewest, which differs there only.
    seconds, bytes : float
        For ``runs``.
    """

    runs: int
    fewest: int
    seconds: float
    bytes: float


def measure_cost(plan: Plan) -> Cost:
    """Time a few runs of a study, at points spread over its design, all scenarios with each."""
    points = _spread(len(plan.points))
    replicates = min(plan.replicates, math.ceil(SAMPLE / len(points)))
    # the first block of a process makes the scenarios ready
    small = _size(plan, points[:1], 1)
    begun = time.perf_counter()
    large = _size(plan, points, replicates)
    scenarios = len(plan.study.scenarios)
    runs = len(points) * replicates * scenarios
    seconds = (time.perf_counter() - begun) / runs
    row = max(0.0, (large - small) / (runs - scenarios)) if runs > scenarios else 0.0
    return Cost(seconds, row, small - row * scenarios)


def _spread(count: int) -> tuple[int, ...]:
    return tuple(np.unique(np.linspace(0, count - 1, SAMPLE).astype(int)).tolist())


def _size(plan: Plan, points: Sequence[int], replicates: int) -> int:
    """Bytes of the files of a block of these points, once run."""
    parts = run_block(plan.job(Block(0, 0, tuple(points), range(replicates))))
    return sum(len(part) for part in parts.values())


def estimate(plan: Plan, cost: Cost, workers: int, shard: Shard = WHOLE) -> Estimate:
    """What a whole sweep, or a shard of it, asks of ``workers`` workers.

    Workers are taken to be as fast as this machine, and none to be idle.
    """
    runs = plan.runs(shard)
    first_look = plan.rounds[plan.waves[0].stop - 1].stop
    fewest = runs // plan.replicates * first_look
    files = len(plan.of_shard(shard)) * len(plan.rounds)
    return Estimate(runs, fewest, runs * cost.seconds / workers, runs * cost.row + files * cost.file)
