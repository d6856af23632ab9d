"""Whether a fit may be believed: coverage, ranks, what the data identify, what each target does, conflicts.

Pure functions on arrays; the fit itself lives in fitting.py, what is simulated anew in predictions.py.
"""

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.fitting import Array, Fit, fit, spread

Fitter = Callable[[Array, Array, Array], Fit]
Verdict = Literal["identified", "weak", "not identified"]

LEVEL = 0.90
COVERED = (0.87, 0.93)
IDENTIFIED, WEAK = 0.5, 0.1
EXPLAINED = 0.02
"""Less than this over the whole table, and a posterior narrower than the prior is chance."""
CONFOUNDED = 0.5
CONFLICT = 0.01
BINS = 10


@dataclasses.dataclass(frozen=True)
class Calibration:
    """What simulated truths say of a fitting method.

    Attributes
    ----------
    ranks : float array (T, P)
        Posterior probability below the truth, in each trial.
    error : float array (T, P)
        Posterior mean less truth, in prior standard deviations.
    width : float array (T, P)
        Posterior standard deviation over that of the prior.
    """

    ranks: Array
    error: Array
    width: Array

    def coverage(self, level: float = LEVEL) -> Array:
        """Share of trials whose central interval of ``level`` holds the truth, float array (P,)."""
        tail = (1 - level) / 2
        return ((tail <= self.ranks) & (self.ranks <= 1 - tail)).mean(axis=0)

    def uniformity(self) -> Array:
        """p-value of the ranks being uniform, by parameter, float array (P,) (Talts et al. 2018, arXiv:1804.06788)."""
        from scipy.stats import chisquare

        counts = np.stack([np.histogram(column, BINS, (0, 1))[0] for column in self.ranks.T])
        return chisquare(counts, axis=1).pvalue

    def sound(self) -> bool:
        """Whether coverage over all parameters lies within ``COVERED``, widened by its own uncertainty over trials."""
        inside = self.coverage_by_trial()
        doubt = 2 * inside.std(ddof=1) / np.sqrt(len(inside))
        return bool(COVERED[0] - doubt <= inside.mean() <= COVERED[1] + doubt)

    def coverage_by_trial(self, level: float = LEVEL) -> Array:
        """Share of parameters covered in each trial, float array (T,)."""
        tail = (1 - level) / 2
        return ((tail <= self.ranks) & (self.ranks <= 1 - tail)).mean(axis=1)


def simulated_truths(
    parameters: Array, summaries: Array, trials: int, seed: int, *, near: Array | None = None, fitter: Fitter = fit
) -> Calibration:
    """Fit rows of the table as if they had been observed, each with the others as its table.

    Parameters
    ----------
    parameters, summaries : float arrays (N, P), (N, S)
    trials
        Rows taken as truth.
    seed
        Of their choice.
    near : float array (S,), optional
        Take them among the tenth of the table nearest to these summaries: what holds far from the observed is of no
        use (Prangle et al. 2014, Australian & New Zealand Journal of Statistics 56, 309-329).
    fitter
        ``fit``, or another method under test.
    """
    rows = np.arange(len(parameters))
    if near is not None:
        distances = np.square((summaries - near) / spread(summaries)).sum(axis=1)
        rows = np.argsort(distances, kind="stable")[: max(trials, len(rows) // 10)]
    rows = np.random.default_rng(seed).choice(rows, trials, replace=False)
    wide = parameters.std(axis=0)
    ranks, error, width = [], [], []
    for row in rows:
        others = np.delete(np.arange(len(parameters)), row)
        found = fitter(parameters[others], summaries[others], summaries[row])
        ranks.append(found.rank(parameters[row]))
        error.append((found.mean() - parameters[row]) / wide)
        width.append(np.sqrt(np.diag(found.covariance())) / wide)
    return Calibration(np.array(ranks), np.array(error), np.array(width))


@dataclasses.dataclass(frozen=True)
class Identifiability:
    """What the data say of each parameter.

    Attributes
    ----------
    contraction : float array (P,)
        1 - posterior variance / prior variance.
    explained : float array (P,)
        Share of its variance that the summaries explain over the table, cross-validated (0 where none).
    verdicts : tuple of str, length P
    confounded : tuple of (int, int, float)
        Pairs of parameters and their posterior correlation: only a combination of the two is known.
    """

    contraction: Array
    explained: Array
    verdicts: tuple[Verdict, ...]
    confounded: tuple[tuple[int, int, float], ...]


def identifiability(parameters: Array, summaries: Array, found: Fit, prior: Array | None = None) -> Identifiability:
    """Posterior against prior widths, what summaries explain, and posterior correlations.

    ``prior`` holds the prior draws (M, P) where the table holds only some of them.
    """
    covariance = found.covariance()
    variance = np.diag(covariance)
    contraction = 1 - variance / (parameters if prior is None else prior).var(axis=0)
    explained = _explained(parameters, summaries)
    verdicts: tuple[Verdict, ...] = tuple(_verdict(*both) for both in zip(contraction, explained, strict=True))
    correlation = covariance / np.sqrt(np.outer(variance, variance))
    pairs = zip(*np.triu_indices(len(variance), 1), strict=True)
    confounded = [(int(i), int(j), float(correlation[i, j])) for i, j in pairs if abs(correlation[i, j]) > CONFOUNDED]
    return Identifiability(contraction, explained, verdicts, tuple(sorted(confounded, key=lambda pair: -abs(pair[2]))))


def _verdict(contraction: float, explained: float) -> Verdict:
    if contraction < WEAK or explained < EXPLAINED:
        return "not identified"
    return "identified" if contraction >= IDENTIFIED else "weak"


def _explained(parameters: Array, summaries: Array) -> Array:
    """Cross-validated R² of each parameter on summaries, their squares and products, float array (P,)."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    model = make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge(alpha=1.0))
    folds = KFold(5, shuffle=True, random_state=0)
    predicted = np.asarray(cross_val_predict(model, summaries, parameters, cv=folds))
    missed = np.square(parameters - predicted.reshape(parameters.shape)).sum(axis=0)
    return np.maximum(0.0, 1 - missed / np.square(parameters - parameters.mean(axis=0)).sum(axis=0))


@dataclasses.dataclass(frozen=True)
class LeftOut:
    """The fit without one target: how far means move (posterior standard deviations), where the target then falls.

    Attributes
    ----------
    shift : float array (P,)
    widening : float array (P,)
        Posterior standard deviation without it, over that with it.
    """

    shift: Array
    widening: Array


def leave_out(
    parameters: Array, summaries: Array, observed: Array, full: Fit, target: int, *, fitter: Fitter = fit
) -> LeftOut:
    """What the fit ``full``, made by ``fitter``, owes to the summary ``target``."""
    kept = np.arange(summaries.shape[1]) != target
    without = fitter(parameters, summaries[:, kept], observed[kept])
    deviation = np.sqrt(np.diag(full.covariance()))
    shift = (without.mean() - full.mean()) / deviation
    return LeftOut(shift, np.sqrt(np.diag(without.covariance())) / deviation)


def tail_probabilities(summaries: Array, observed: Array) -> Array:
    """Twice the share of the table beyond each observed summary on its nearer side, float array (S,)."""
    below = (summaries <= observed).mean(axis=0)
    above = (summaries >= observed).mean(axis=0)
    return np.minimum(1.0, 2 * np.minimum(below, above))


def conflicts(summaries: Array, observed: Array) -> NDArray[np.int64]:
    """Summaries observed outside 99 % of what the prior gives: with them no posterior may be believed."""
    return np.flatnonzero(tail_probabilities(summaries, observed) < CONFLICT)
