"""What was observed and how surely: targets on scales where their errors are normal. Fitting them lives beside."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ectsim.experiments.patterns import Pattern
from ectsim.locale import text

Array = NDArray[np.float64]
EDGE = 0.02
"""Shares are kept this far from 0 and 1 when a range of theirs is read as an uncertainty."""
FLOOR = 0.005
"""Rates and counts are compared as this at least: a share has its edge, they have this."""
LEAST = 0.5
"""Counts and waits of a census are compared as this at least: none is not infinitely few."""
RANGE = 1.6449
"""An accepted range is read as a 90 % interval: so many standard deviations on each side."""
BLOCK = ("SF1", "SF2")
"""Patterns that come from one source."""


@dataclasses.dataclass(frozen=True)
class Observation:
    """One target.

    Attributes
    ----------
    name : str
    label : str
    scenario : str
    share : bool
        Shares are compared on the logit scale, other quantities on the logarithmic one.
    value, low, high : float
        In the units of the target; ``low`` and ``high`` bound 90 % of what the true value may be.
    block : str
        Observations of one block have correlated errors.
    source : str
    """

    name: str
    label: str
    scenario: str
    share: bool
    value: float
    low: float
    high: float
    block: str
    source: str

    @property
    def centre(self) -> float:
        """Observed value on the scale of comparison."""
        return float(on_scale(np.array([self.value]), self.share)[0])

    @property
    def deviation(self) -> float:
        """Standard deviation of its error on the scale of comparison."""
        low, high = on_scale(np.array([self.low, self.high]), self.share)
        return float(high - low) / (2 * RANGE)


def on_scale(values: Array, share: bool) -> Array:
    """Values on the scale of comparison: log-odds of shares, logarithms of the rest."""
    if not share:
        return np.log(np.maximum(values, FLOOR))
    inside = np.clip(values, EDGE, 1 - EDGE)
    return np.log(inside / (1 - inside))


def off_scale(values: Array, share: bool) -> Array:
    """Inverse of :func:`on_scale`."""
    return 1 / (1 + np.exp(-values)) if share else np.exp(values)


def from_pattern(pattern: Pattern) -> Observation:
    """A published pattern as a target: its range is its uncertainty, its value the target or the middle."""
    share = pattern.unit == "share"
    low, high = pattern.accept
    if share:
        low, high = max(low, EDGE), min(high, 1 - EDGE)
    middle = on_scale(np.array([low, high]), share).mean(keepdims=True)
    value = float(off_scale(middle, share)[0]) if math.isnan(pattern.target) else pattern.target
    block = "+".join(BLOCK) if pattern.id in BLOCK else pattern.name
    return Observation(
        pattern.name, pattern.label, pattern.scenario, share, value, low, high, block, pattern.source
    )  # fmt: skip


def from_census(name: str, label: str, unit: str, value: float, error: float, scenario: str) -> Observation:
    """A target of a census with its standard error."""
    share = unit == "share"
    half = RANGE * error
    low, high = value - half, value + half
    if share:
        value = min(max(value, EDGE), 1 - EDGE)
        low, high = max(low, EDGE), min(high, 1 - EDGE)
    else:
        value = max(value, LEAST)
        low, high = value * math.exp(-half / value), value * math.exp(half / value)
    return Observation(f"census.{name}", label, scenario, share, value, low, high, "census", text("calibration.census"))


def observed(observations: Sequence[Observation]) -> Array:
    """Observed values on their scales, float array (S,)."""
    return np.array([one.centre for one in observations])


def error_covariance(observations: Sequence[Observation], correlation: float) -> Array:
    """Covariance of the errors of observation, float array (S, S): ``correlation`` inside a block, none between."""
    deviations = np.array([one.deviation for one in observations])
    blocks = np.array([one.block for one in observations])
    related = (blocks[:, None] == blocks[None, :]) * correlation
    np.fill_diagonal(related, 1.0)
    return np.outer(deviations, deviations) * related


def with_errors(summaries: Array, covariance: Array, seed: int) -> Array:
    """Summaries as they would have been observed, float array (N, S) (Wilkinson 2013, SAGMB 12, 129-141)."""
    errors = np.random.default_rng(seed).multivariate_normal(np.zeros(len(covariance)), covariance, len(summaries))
    return summaries + errors


def ratio_on_scale(count: Array, of: Array, share: bool) -> Array:
    """Pooled ratios on the scale of comparison, NaN where there is nothing to count over.

    Nothing is added to the counts: half a case among three winners would read none born of the call as an eighth, and
    the fit would then seek few winners.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(of > 0, on_scale(count / of, share), np.nan)
