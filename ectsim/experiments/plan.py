"""From a study to blocks of runs: the points, replicates and seeds of each. Blocks are run in blocks.py.

A plan depends on the study alone, never on time, threads, engine or machine: whoever runs it makes the same blocks.
"""

import dataclasses
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem
from ectsim.experiments.designs import design_points
from ectsim.experiments.provenance import model_hash
from ectsim.experiments.study_inputs import Drawn, drawn, settled_study
from ectsim.experiments.study_settings import Automatic, SweepStudy

SMALLEST_BLOCK, LARGEST_BLOCK = 64, 512
BLOCKS = 512
"""Blocks a sweep is cut into, as long as their runs stay between the smallest and the largest block."""
BLOCKS_A_LOOK = 8
"""Least number of blocks between two looks at the precision reached: work enough for the cores of a laptop."""


class Shard(NamedTuple):
    """One part of a sweep that several commands share: the groups whose number is ``number - 1`` modulo ``total``."""

    number: int
    total: int

    def overlaps(self, other: "Shard") -> bool:
        """Whether some group could belong to both."""
        return (self.number - other.number) % math.gcd(self.total, other.total) == 0


WHOLE = Shard(1, 1)


def read_shard(given: str) -> Shard:
    """Shard written ``i/n``.

    Raises
    ------
    InputError
        If it is not, or i is not between 1 and n.
    """
    found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", given)
    shard = Shard(*map(int, found.groups())) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.total:
        raise InputError([Problem("sweeps.shard", {"given": given}, field="shard")])
    return shard


class Block(NamedTuple):
    """Runs made and kept together: some points of a group, every scenario, the replicates of a round."""

    group: int
    round: int
    points: tuple[int, ...]
    replicates: range

    @property
    def name(self) -> str:
        """Name of its files, without their ending."""
        return f"part-{self.group:05d}-{self.round:04d}"


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """A block with all that a worker needs to run it; it can be pickled.

    Attributes
    ----------
    study : str
        The study as JSON.
    model : str
        Hash of the code that must run it.
    block : Block
    factor_values : float array (points, factors)
    seeds : int array (points, replicates)
    drawn : Drawn
        What the draws of parameters must be.
    """

    study: str
    model: str
    block: Block
    factor_values: NDArray[np.float64]
    seeds: NDArray[np.int64]
    drawn: Drawn


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """The blocks of a study; make one with :func:`make_plan`.

    Attributes
    ----------
    study : SweepStudy
    points : float array (points, factors)
    group : int
        Points of a group; the last may have fewer.
    rounds : tuple of range
        Replicates of each round.
    waves : tuple of range
        Rounds between two looks at the precision reached; one wave where the number of replicates is fixed.
    text : str
        The study as JSON.
    model : str
        Hash of the code that its numbers come from.
    drawn : Drawn
        What the draws of parameters are.
    """

    study: SweepStudy
    points: NDArray[np.float64]
    group: int
    rounds: tuple[range, ...]
    waves: tuple[range, ...]
    text: str
    model: str
    drawn: Drawn

    @property
    def replicates(self) -> int:
        """Replicates of a point, the most there can be where their number is automatic."""
        return most_replicates(self.study)

    @property
    def groups(self) -> int:
        """Number of groups of points."""
        return math.ceil(len(self.points) / self.group)

    def of_shard(self, shard: Shard) -> range:
        """Groups of a shard."""
        return range(shard.number - 1, self.groups, shard.total)

    def points_of(self, group: int) -> tuple[int, ...]:
        """Points of a group."""
        return tuple(range(group * self.group, min((group + 1) * self.group, len(self.points))))

    def runs(self, shard: Shard = WHOLE) -> int:
        """Runs of a shard, the most there can be where the number of replicates is automatic."""
        points = sum(len(self.points_of(group)) for group in self.of_shard(shard))
        return points * len(self.study.scenarios) * self.replicates

    def runs_of(self, block: Block) -> int:
        """Runs of a block."""
        return len(block.points) * len(self.study.scenarios) * len(block.replicates)

    def blocks(self, wave: range, active: Mapping[int, tuple[int, ...]]) -> Iterator[Block]:
        """Blocks of a wave, for the points of each group that still need replicates."""
        for group, points in active.items():
            for number in wave if points else ():
                yield Block(group, number, points, self.rounds[number])

    def seeds(self, points: tuple[int, ...], replicates: range) -> NDArray[np.int64]:
        """Root seeds, shape (points, replicates), the same for every scenario.

        Those of a point follow each other, so that its replicates take as many draws of parameters as there are.
        """
        seeds, places = self.study.seeds, np.asarray(points, np.int64)[:, None]
        numbers = np.asarray(replicates, np.int64)[None, :]
        if seeds.luck == "same":
            return seeds.first + numbers + 0 * places
        return seeds.first + self.replicates * places + numbers

    def job(self, block: Block) -> Job:
        """What a worker needs to run a block."""
        seeds = self.seeds(block.points, block.replicates)
        return Job(self.text, self.model, block, self.points[list(block.points)], seeds, self.drawn)


def most_replicates(study: SweepStudy) -> int:
    """Replicates of a point, the most there can be where their number is automatic."""
    return study.replicates.maximum if isinstance(study.replicates, Automatic) else study.replicates


def make_plan(study: SweepStudy) -> Plan:
    """Cut a study into blocks.

    A block holds about 1/512 of the runs, at least 64 and at most 512: all replicates (those between two looks, where
    their number is automatic) of as many points as fit, or part of the replicates of one point.
    """
    study = settled_study(study)
    points, scenarios, most = design_points(study), len(study.scenarios), most_replicates(study)
    size = min(max(len(points) * scenarios * most // BLOCKS, SMALLEST_BLOCK), LARGEST_BLOCK)
    step = min(most, study.replicates.block if isinstance(study.replicates, Automatic) else most)
    chunk = min(step, max(1, size // scenarios))
    group = max(1, size // (scenarios * chunk))
    looks = (most,)
    if isinstance(study.replicates, Automatic):
        step *= math.ceil(BLOCKS_A_LOOK / math.ceil(len(points) / group))
        looks = (*range(study.replicates.minimum, most, step), most)
    rounds, waves = [], []
    for first, end in itertools.pairwise((0, *looks)):
        cut = [range(start, min(start + chunk, end)) for start in range(first, end, chunk)]
        waves.append(range(len(rounds), len(rounds) + len(cut)))
        rounds += cut
    text = study.model_dump_json()
    return Plan(study, points, group, tuple(rounds), tuple(waves), text, model_hash(), drawn(study))
