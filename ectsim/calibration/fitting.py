"""Approximate Bayesian computation on a table of simulations: rejection, then local-linear adjustment.

Pure functions on arrays; targets, priors and simulations live elsewhere, as do the checks of a fit.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]
TINY = 1e-12
PENALTIES = tuple(10.0**power for power in range(-3, 8))
"""On sums of squares over the accepted simulations."""
SHRINKAGE = 0.98
"""Share of each draw's distance to the mean that resampling keeps; a little noise makes up for it (Liu, West 2001)."""


@dataclasses.dataclass(frozen=True)
class Fit:
    """Weighted draws from an approximate posterior.

    Attributes
    ----------
    draws : float array (A, P)
        Adjusted parameters of the accepted simulations.
    weights : float array (A,)
        Sum to one.
    accepted : int array (A,)
        Their rows in the table.
    tolerance : float
        Largest accepted distance, in standard deviations of the summaries.
    effective : float
        Effective sample size, (Σw)²/Σw².
    """

    draws: Array
    weights: Array
    accepted: NDArray[np.int64]
    tolerance: float
    effective: float

    def mean(self) -> Array:
        """Posterior means, float array (P,)."""
        return self.weights @ self.draws

    def covariance(self) -> Array:
        """Posterior covariance, float array (P, P)."""
        centred = self.draws - self.mean()
        return (centred * self.weights[:, None]).T @ centred

    def quantiles(self, levels: Array) -> Array:
        """Posterior quantiles, float array (L, P)."""
        return np.quantile(self.draws, levels, axis=0, weights=self.weights, method="inverted_cdf")

    def rank(self, truth: Array) -> Array:
        """Posterior probability below ``truth``, float array (P,): uniform over data sets where the fit is right."""
        return self.weights @ (self.draws < truth)

    def resampled(self, size: int, seed: int) -> Array:
        """Equally weighted draws with the mean and covariance of the posterior, float array (size, P), in random order.

        Each is moved towards the mean and by a little noise, so that none is repeated.
        """
        random = np.random.default_rng(seed)
        places = (np.arange(size) + random.random()) / size
        rows = np.searchsorted(np.cumsum(self.weights), places).clip(max=len(self.weights) - 1)
        chosen = self.draws[random.permutation(rows)]
        mean = self.mean()
        noise = random.multivariate_normal(np.zeros(len(mean)), self.covariance(), size, method="eigh")
        return mean + SHRINKAGE * (chosen - mean) + np.sqrt(1 - SHRINKAGE**2) * noise


def fit(parameters: Array, summaries: Array, observed: Array, *, effective: float = 1000.0) -> Fit:
    """Posterior of the parameters given the observed summaries.

    Parameters
    ----------
    parameters : float array (N, P)
        Draws from the prior, on unbounded scales.
    summaries : float array (N, S)
        What each gave, with the error of observation.
    observed : float array (S,)
    effective
        Effective sample size that sets the tolerance.

    Returns
    -------
    Fit
        By Epanechnikov-weighted rejection and regression of the parameters on the summaries, whose residuals may
        widen or narrow with the summaries [1]_ [2]_.

    Raises
    ------
    ValueError
        If the table has fewer rows than twice the effective size asked.

    References
    ----------
    .. [1] Beaumont, Zhang and Balding (2002), Genetics 162, 2025-2035.
    .. [2] Blum and François (2010), Statistics and Computing 20, 63-73.
    """
    if len(parameters) < 2 * effective:
        raise ValueError(f"{len(parameters)} simulations are too few for an effective size of {effective:g}")
    centred = (summaries - observed) / spread(summaries)
    distances = np.sqrt(np.square(centred).sum(axis=1))
    tolerance = _tolerance(distances, effective)
    accepted = np.flatnonzero(distances < tolerance)
    weights = _kernel(distances[accepted], tolerance)
    draws = _adjusted(parameters[accepted], centred[accepted], weights)
    return Fit(draws, weights, accepted, tolerance, float(1 / np.square(weights).sum()))


def spread(summaries: Array) -> Array:
    """Standard deviation of each summary, float array (S,), as its quartiles tell it where these differ."""
    low, high = np.quantile(summaries, [0.25, 0.75], axis=0)
    robust = (high - low) / 1.349
    return np.where(robust > 0, robust, np.maximum(summaries.std(axis=0), TINY))


def _kernel(distances: Array, tolerance: float) -> Array:
    weights = 1 - np.square(distances / tolerance)
    return weights / weights.sum()


def _tolerance(distances: Array, effective: float) -> float:
    """Distance at which the kernel weights are worth ``effective`` simulations."""
    ordered = np.sort(distances)

    def excess(tolerance: float) -> float:
        inside = ordered[ordered < tolerance]
        weights = _kernel(inside, tolerance)
        return 1 / np.square(weights).sum() - effective

    least, most = ordered[int(effective)] * (1 + 1e-12), ordered[-1] * 2
    if excess(most) <= 0:
        return float(most)
    found: Any = brentq(excess, least, most, xtol=1e-9 * most)
    return float(found)


def _adjusted(parameters: Array, centred: Array, weights: Array) -> Array:
    """Parameters moved to where the observed summaries would have put them, float array (A, P)."""
    here = np.zeros((1, centred.shape[1]))
    line = _regression(centred, parameters, weights)
    residuals = parameters - line(centred)
    size = np.average(np.square(residuals), axis=0, weights=weights)
    logs = np.log(np.square(residuals) + 1e-8 * size + TINY * TINY)
    # one penalty for all: that of a parameter alone would now and then be small by chance, and its width false
    widths = _regression(centred, logs, weights, alike=True)
    scale = np.exp((widths(here) - widths(centred)).clip(-2, 2) / 2)
    return line(here) + residuals * scale


def _regression(centred: Array, responses: Array, weights: Array, *, alike: bool = False) -> Callable[[Array], Array]:
    """Weighted ridge regression, its penalty chosen by leaving one out, for each response or ``alike`` for all.

    Without it, chance slopes would move and narrow the parameters that the summaries say nothing of, the more so the
    further the observed summaries lie from the accepted ones.
    """
    from sklearn.linear_model import RidgeCV

    model = RidgeCV(PENALTIES, alpha_per_target=not alike)
    return model.fit(centred, responses, sample_weight=weights * len(weights)).predict
