"""How often the intervals of the sequential rule hold the truth: ``python -m benchmarks.replication [REPETITIONS]``.

The outcomes are drawn, not simulated: their truth is known.
"""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import markdown_table
from ectsim.experiments.replication import holds, look_sizes, running_intervals
from ectsim.experiments.study_settings import Automatic

Draw = Callable[[np.random.Generator, tuple[int, int]], NDArray[np.float64]]


class Outcome(NamedTuple):
    """A distribution of outcomes, its truth, a half-width to ask for and the longest run."""

    draw: Draw
    truth: float
    half_width: float
    longest: int
    is_share: bool = False


def _paired(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
    shared = rng.poisson(3.0, size)
    return (shared + rng.poisson(1.5, size)) - (shared + rng.poisson(1.0, size)) * 1.0


OUTCOMES = {
    "normal, sd 3": Outcome(lambda rng, size: rng.normal(10.0, 3.0, size), 10.0, 1.2, 512),
    "paired difference of counts": Outcome(_paired, 0.5, 0.3, 512),
    "exponential, mean 3": Outcome(lambda rng, size: rng.exponential(3.0, size), 3.0, 1.0, 512),
    "log-normal, sigma 1": Outcome(lambda rng, size: rng.lognormal(0.0, 1.0, size), float(np.exp(0.5)), 0.4, 1024),
    "count of a rare event, mean 0.05": Outcome(lambda rng, size: rng.poisson(0.05, size) * 1.0, 0.05, 0.03, 1024),
    "share, 0.3": Outcome(lambda rng, size: (rng.random(size) < 0.3) * 1.0, 0.3, 0.03, 1408, True),
    "share of a rare event, 0.05": Outcome(lambda rng, size: (rng.random(size) < 0.05) * 1.0, 0.05, 0.05, 512, True),
}


def rule(**changes: Any) -> Automatic:
    """Automatic replicates with the defaults of a study but for ``changes``."""
    return Automatic.model_validate({"targets": [{"outcome": "emerged", "half_width": 1.0}], **changes})


RULES = {
    "every run from the 3rd, first narrow": rule(block=1, minimum=3, look_ahead=0),
    "blocks, first narrow": rule(look_ahead=0),
    "the rule": rule(),
}


class Stop(NamedTuple):
    """Share of repetitions whose last interval holds the truth, mean replicates, share that stop before the end."""

    coverage: float
    replicates: float
    stopped: float


def stop(values: NDArray[np.float64], outcome: Outcome, automatic: Automatic) -> Stop:
    """Apply a rule to every row of ``values``, of shape (repetitions, replicates)."""
    sizes = look_sizes(values.shape[1], automatic)
    _, low, high = running_intervals(values, sizes, automatic.level, is_share=outcome.is_share)
    held = holds((high - low) / 2 <= outcome.half_width, automatic.look_ahead)
    at = np.where(held.any(axis=1), held.argmax(axis=1), len(sizes) - 1)
    rows = np.arange(len(values))
    covered = (low[rows, at] <= outcome.truth) & (outcome.truth <= high[rows, at])
    return Stop(float(covered.mean()), float(sizes[at].mean()), float(held.any(axis=1).mean()))


def coverage(repetitions: int, seed: int = 1) -> list[dict[str, Any]]:
    """Coverage and replicates of every rule on every outcome."""
    rows = []
    for name, outcome in OUTCOMES.items():
        values = outcome.draw(np.random.default_rng(seed), (repetitions, outcome.longest))
        row: dict[str, Any] = {"outcome": name, "half-width": outcome.half_width}
        for told, automatic in RULES.items():
            found = stop(values, outcome, automatic)
            row[told] = f"{found.coverage:.3f} ({found.replicates:.0f})"
        rows.append(row)
    return rows


if __name__ == "__main__":
    print(markdown_table(coverage(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)))
