"""Two groups compared in strata: crude and standardised differences, with intervals over runs as clusters.

What is compared, and in which strata, lives in origins.py.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.intervals import Interval

LEAST_PROJECTS = 20
"""Projects of each group below which nothing is said."""
LEAST_RUNS = 5
"""Runs that hold projects of the group, below which nothing is said."""
MATCHED = 0.5
"""Share of the first group that must have somebody alike in the other."""
LEVEL = 0.95


@dataclass(frozen=True)
class Matched:
    """The first group against the second, with 95 % intervals over runs.

    Attributes
    ----------
    counts : tuple of int
        Projects of the first group and of the second.
    crude_means : tuple of float
        Means as they are.
    crude : Interval
        First mean less second.
    means : tuple of float
        Means over the strata that hold both groups, weighted as the first group is spread over them.
    difference : Interval
        First less second, so weighted: what is left where both are alike.
    matched : float
        Share of the first group in strata that hold both.
    enough : bool
        Whether there is enough of either to say anything.
    """

    counts: tuple[int, int]
    crude_means: tuple[float, float]
    crude: Interval
    means: tuple[float, float]
    difference: Interval
    matched: float
    enough: bool


def compare_groups(
    values: NDArray[np.float64], first: NDArray[np.bool_], strata: NDArray[np.int64], runs: NDArray[np.int64]
) -> Matched:
    """Compare the rows where ``first`` holds with the others.

    Direct standardisation: the difference of each stratum weighs as much as the first group is there. Intervals are
    those of the jackknife that leaves out one run at a time, with Student's quantile (Miller 1974, Biometrika 61).

    Parameters
    ----------
    values
        An outcome, shape (N,); rows where it is NaN are left out.
    first
        Whether a row is of the first group, shape (N,).
    strata, runs
        Stratum and run of each row, shape (N,), whole numbers from 0.
    """
    seen = ~np.isnan(values)
    values, first, strata, runs = values[seen], first[seen], strata[seen], runs[seen]
    numbers, sums = _sums(values, first, strata, runs)
    whole = _estimates(numbers.sum(axis=0), sums.sum(axis=0))
    left_out = _estimates(numbers.sum(axis=0) - numbers, sums.sum(axis=0) - sums)
    holding = (numbers.sum(axis=1) > 0).sum(axis=0)
    counts = int(first.sum()), int((~first).sum())
    enough = min(counts) >= LEAST_PROJECTS and int(holding.min(initial=len(values))) >= LEAST_RUNS
    return Matched(
        counts,
        (whole["crude_first"], whole["crude_second"]),
        jackknife(whole["crude"], left_out["crude"]),
        (whole["mean_first"], whole["mean_second"]),
        jackknife(whole["difference"], left_out["difference"]),
        whole["matched"],
        bool(enough and whole["matched"] >= MATCHED),
    )


def _sums(
    values: NDArray[np.float64], first: NDArray[np.bool_], strata: NDArray[np.int64], runs: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and sums of the values by run, stratum and group, shape (R, S, 2); runs that hold nothing are not there."""
    _, runs = np.unique(runs, return_inverse=True)
    _, strata = np.unique(strata, return_inverse=True)
    shape = (int(runs.max(initial=-1)) + 1, int(strata.max(initial=-1)) + 1, 2)
    place = np.ravel_multi_index((runs, strata, np.where(first, 0, 1)), shape) if len(values) else np.zeros(0, int)
    size = math.prod(shape)
    numbers = np.bincount(place, minlength=size).reshape(shape).astype(float)
    return numbers, np.bincount(place, weights=values, minlength=size).reshape(shape)


def _estimates(numbers: NDArray[np.float64], sums: NDArray[np.float64]) -> dict[str, Any]:
    """Means and differences from rows and sums of shape (…, strata, groups)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        crude = sums.sum(axis=-2) / numbers.sum(axis=-2)
        both = (numbers > 0).all(axis=-1)
        weights = np.where(both, numbers[..., 0], 0.0)
        total = weights.sum(axis=-1)
        within = np.where(both[..., None], sums / numbers, 0.0)
        means = (weights[..., None] * within).sum(axis=-2) / total[..., None]
        matched = total / numbers[..., 0].sum(axis=-1)
    found = {"crude_first": crude[..., 0], "crude_second": crude[..., 1], "crude": crude[..., 0] - crude[..., 1]}
    found |= {"mean_first": means[..., 0], "mean_second": means[..., 1], "difference": means[..., 0] - means[..., 1]}
    found["matched"] = matched
    return {name: float(value) if np.ndim(value) == 0 else value for name, value in found.items()}


def jackknife(whole: float, left_out: NDArray[np.float64]) -> Interval:
    """An estimate with its interval, from those that leave out one run each, shape (R,)."""
    from scipy.special import stdtrit

    runs = len(left_out)
    if runs < 2 or np.isnan(left_out).any() or np.isnan(whole):
        return Interval(whole, np.nan, np.nan, runs)
    error = math.sqrt((runs - 1) / runs * float(((left_out - left_out.mean()) ** 2).sum()))
    half = float(stdtrit(runs - 1, 0.5 + LEVEL / 2)) * error
    return Interval(whole, whole - half, whole + half, runs)
