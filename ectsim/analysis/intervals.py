"""Intervals of means and of ratios of means over runs, at 95 %. What is measured lives beside."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95


class Interval(NamedTuple):
    """An estimate over ``runs`` runs with its 95 % interval; bounds are NaN where there is none to give."""

    value: float
    low: float
    high: float
    runs: int


def _quantile(runs: int) -> float:
    """Student quantile that leaves (1 - LEVEL)/2 above it."""
    from scipy.special import stdtrit

    return float(stdtrit(runs - 1, 0.5 + LEVEL / 2))


def mean_interval(values: ArrayLike) -> Interval:
    """Mean of the defined values, with Student's interval.

    For the paired difference of two worlds, pass the differences. Counts are skewed in one run; the mean of the
    runs is close enough to normal from some thirty runs on (the tests check the coverage).
    """
    defined = np.asarray(values, float)
    defined = defined[~np.isnan(defined)]
    runs = len(defined)
    if runs == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(defined.mean())
    if runs == 1:
        return Interval(mean, np.nan, np.nan, 1)
    half = _quantile(runs) * float(defined.std(ddof=1)) / np.sqrt(runs)
    return Interval(mean, mean - half, mean + half, runs)


def ratio_interval(top: ArrayLike, bottom: ArrayLike) -> Interval:
    """Mean of ``top`` over mean of ``bottom``, with Fieller's interval for paired values.

    Where the interval of ``bottom`` holds 0 the ratio could be anything: the bounds are NaN (Fieller 1954, JRSS B 16).
    """
    x, y = np.asarray(top, float), np.asarray(bottom, float)
    runs = len(y)
    mean_x, mean_y = (float(x.mean()), float(y.mean())) if runs else (np.nan, np.nan)
    value = mean_x / mean_y if mean_y else np.nan
    if runs < 2 or np.isnan(value):
        return Interval(value, np.nan, np.nan, runs)
    spread = np.cov(x, y) * _quantile(runs) ** 2 / runs
    a, b, c = mean_y**2 - spread[1, 1], mean_x * mean_y - spread[0, 1], mean_x**2 - spread[0, 0]
    if a <= 0:
        return Interval(value, np.nan, np.nan, runs)
    half = float(np.sqrt(max(0.0, b * b - a * c)))
    return Interval(value, float(b - half) / a, float(b + half) / a, runs)
