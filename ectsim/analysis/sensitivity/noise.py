"""The share of luck in the variance of a quantity, from replicated points, and indices freed of it.

A random model adds its luck to the variance that indices share out: every total index, the dummy's too, rises to
about that share.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.sensitivity.quantities import Of, over_luck

Luck = Literal["own", "row", "same"]
"""Whose luck a point of Saltelli's scheme has: its own, that of its base row, that of all points."""

MOST_NOISE = 0.99
"""Share above which nothing is left to share out."""


@dataclass(frozen=True)
class Noise:
    """Share of luck ν: the estimate, one for each resample of the points (B,), its 95 % interval."""

    share: float
    draws: NDArray[np.float64]

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        low, high = np.quantile(self.draws, (0.025, 0.975))
        return float(low), float(high)


def without_noise(resamples: int) -> Noise:
    """The noise of what has none."""
    return Noise(0.0, np.zeros(resamples))


def noise_of(
    values: NDArray[np.float64], replicates: int, of: Of, generator: np.random.Generator, resamples: int
) -> Noise:
    """Share of luck in the variance of a statistic of ``replicates`` runs, by an analysis of variance of one factor.

    Parameters
    ----------
    values
        Shape (points, several times ``replicates``); points with an undefined value are left out.
    replicates
        Runs of a point that one value of the statistic rests on.
    of
        The statistic.

    Raises
    ------
    ValueError
        If a point has fewer than two groups of ``replicates``, or fewer than three points are defined.
    """
    groups = values.shape[1] // replicates
    if groups < 2:
        raise ValueError(f"{values.shape[1]} replicates are not two groups of {replicates}")
    found = over_luck(values[:, : groups * replicates].reshape(len(values), groups, replicates), of)
    found = found[~np.isnan(found).any(axis=1)]
    if len(found) < 3:
        raise ValueError(f"{len(found)} points are defined: fewer than 3")
    means, within = found.mean(axis=1), found.var(axis=1, ddof=1)
    chosen = generator.integers(len(found), size=(resamples, len(found)))
    return Noise(float(_share(means, within, groups)), _share(means[chosen], within[chosen], groups))


def _share(means: Any, within: Any, groups: int) -> Any:
    luck = within.mean(axis=-1)
    factors = np.maximum(means.var(axis=-1, ddof=1) - luck / groups, 0.0)
    return np.divide(luck, luck + factors, out=np.zeros_like(luck), where=luck > 0)


def corrected(first: Any, total: Any, share: Any, luck: Luck) -> tuple[Any, Any]:
    """First (or second) and total indices of what the factors do to the mean over luck, from those of a noisy quantity.

    With a luck of its own at each point the total index holds the luck: (ST - ν) / (1 - ν). With one luck a base row
    the differences that make the total index are free of it, the dummy's are 0, and only the variance they are
    divided by is too large: ST / (1 - ν). With one luck for all points nothing is to be corrected: the indices are
    those under that luck.
    """
    if luck == "same":
        return first, total
    left = 1 - np.minimum(share, MOST_NOISE)
    return first / left, (total - share if luck == "own" else total) / left
