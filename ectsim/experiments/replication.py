"""When enough replicates have been run: the sequential rule, a pure function of outcomes in the order of their seeds.

The precision asked lives with the study; running the replicates lives with the sweep.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ectsim.experiments.study_settings import Automatic, Precision

Samples = Mapping[str, Mapping[str, ArrayLike]]
"""Values of outcomes by scenario and outcome, one a replicate in the order of seeds, NaN where undefined."""


class TargetReached(NamedTuple):
    """One precision asked and what the replicates reached, in the unit of ``value``.

    ``low`` and ``high`` bound the interval, ``half_width`` is half of what lies between them.
    ``runs`` counts the replicates where the outcome is defined; ``held`` is whether the precision held over the last
    look and all those of the look-ahead before it.
    """

    scenario: str
    against: str | None
    outcome: str
    at_least: float | None
    value: float
    low: float
    high: float
    half_width: float
    asked: float
    runs: int
    held: bool


class Reached(NamedTuple):
    """Whether the replicates are enough, and what they reached."""

    enough: bool
    targets: tuple[TargetReached, ...]


def reached(samples: Samples, automatic: Automatic) -> Reached:
    """Look at the replicates of one point, all scenarios having run the same ones.

    The rule: after the minimum and then after every block, each interval is compared with the half-width asked. The
    replicates are enough once every interval has been narrow enough at ``look_ahead + 1`` looks in a row. Stopping at
    the first narrow interval instead would stop on samples that vary less than the truth, and the intervals would
    miss it more often than they say (Hoad, Robinson and Davies 2010, J. Oper. Res. Soc. 61). Nothing is corrected for
    the number of targets.
    """
    targets = tuple(
        _look(target, scenario, samples, automatic)
        for target in automatic.targets
        for scenario in _scenarios(target, samples)
    )
    return Reached(all(target.held for target in targets), targets)


def _scenarios(target: Precision, samples: Samples) -> Iterator[str]:
    if target.scenario is not None:
        yield target.scenario
    else:
        yield from (name for name in samples if name != target.against)


def _look(target: Precision, scenario: str, samples: Samples, automatic: Automatic) -> TargetReached:
    values = _values(target, samples[scenario])
    if target.against is not None:
        values = values - _values(target, samples[target.against])
    is_share = target.at_least is not None and target.against is None
    looks = look_sizes(len(values), automatic)
    # Before the first look there is nothing to hold, but what the runs say so far is told.
    at = looks if len(looks) else np.array([len(values)])
    value, low, high = running_intervals(values, at, automatic.level, is_share=is_share)
    half_width = (high - low) / 2
    asked = target.half_width * np.abs(value) if target.relative else np.full(len(at), target.half_width)
    held = bool(len(looks)) and bool(holds(half_width <= asked, automatic.look_ahead)[-1])
    runs = int(np.count_nonzero(~np.isnan(values)))
    what = scenario, target.against, target.outcome, target.at_least
    last = [float(column[-1]) for column in (value, low, high, half_width, asked)]
    return TargetReached._make((*what, *last, runs, held))


def _values(target: Precision, sample: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    values = np.asarray(sample[target.outcome], float)
    if target.at_least is None:
        return values
    return np.where(np.isnan(values), np.nan, values >= target.at_least)


def look_sizes(replicates: int, automatic: Automatic) -> NDArray[np.int64]:
    """Numbers of replicates at which the rule looks, up to ``replicates``: the blocks from the minimum on."""
    return np.arange(automatic.minimum, replicates + 1, automatic.block)


def holds(narrow: NDArray[np.bool_], look_ahead: int) -> NDArray[np.bool_]:
    """Whether a look and the ``look_ahead`` before it were all narrow enough; along the last axis."""
    looks = np.cumsum(~narrow, axis=-1)
    earlier = np.zeros_like(looks)
    earlier[..., look_ahead + 1 :] = looks[..., : -look_ahead - 1]
    counted = np.arange(narrow.shape[-1]) >= look_ahead
    return (looks == earlier) & counted


def running_intervals(
    values: NDArray[np.float64], sizes: NDArray[np.int64], level: float, *, is_share: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Estimates and bounds of their intervals over the first ``sizes`` values; along the last axis.

    Means get Student's interval, shares of zeros and ones Wilson's. Undefined values are left out. With fewer than two
    defined values the bounds are infinite.

    Parameters
    ----------
    values : array (..., n)
    sizes : int array (K,), each from 1 to n
    level : float
    is_share : bool

    Returns
    -------
    estimate, low, high : arrays (..., K)
    """
    from scipy.special import ndtri, stdtrit

    defined = ~np.isnan(values)
    filled = np.where(defined, values, 0.0)
    # Around the first defined value, so that squares of large numbers do not cancel; it is the same at every look.
    start = np.take_along_axis(filled, defined.argmax(axis=-1, keepdims=True), axis=-1)
    shifted = np.where(defined, filled - start, 0.0)
    at = np.asarray(sizes) - 1
    count = np.cumsum(defined, axis=-1)[..., at].astype(float)
    total = np.cumsum(shifted, axis=-1)[..., at]
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = centre = total / count + start
        if is_share:
            z = ndtri(0.5 + level / 2)
            weight = z * z / count
            half = z * np.sqrt(estimate * (1 - estimate) / count + weight / (4 * count)) / (1 + weight)
            centre = (estimate + weight / 2) / (1 + weight)
        else:
            squares = np.cumsum(shifted * shifted, axis=-1)[..., at]
            variance = np.maximum(squares - total * total / count, 0.0) / (count - 1)
            half = stdtrit(np.maximum(count - 1, 1), 0.5 + level / 2) * np.sqrt(variance / count)
    bounded = count > 1
    return estimate, np.where(bounded, centre - half, -np.inf), np.where(bounded, centre + half, np.inf)
