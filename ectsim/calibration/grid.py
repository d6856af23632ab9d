"""Group means from few coded interviews, integrated exactly on a grid; which code goes where is in posteriors.py.

One hierarchy serves every scale: locations μ_g ~ N(M, τ²), M ~ N(0, 1), τ ~ half-normal(1), whatever an interview says
about μ_g and two nuisances, the spread s within a group and the error of coders, entering as a likelihood on the grid.
No Markov chain: the sums over the grid are the posterior, and draws from it are independent.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

LOCATIONS = np.linspace(-6.0, 6.0, 65)
"""Fine enough for groups of up to a hundred interviews; draws are spread evenly over their cell."""
CENTRES = np.linspace(-3.0, 3.0, 41)
BETWEEN = 0.25 * (np.arange(13) + 0.5)
SPREADS = np.exp(np.linspace(np.log(1.2) - 1.5, np.log(1.2) + 1.5, 14))
SLIPS = np.array([0.02, 0.1, 0.2, 0.3, 0.4])
FLIPS = np.array([0.005, 0.02, 0.05, 0.1, 0.2])
SIZES = np.exp(np.linspace(np.log(0.5), np.log(50.0), 14))
CLASSES = 5
DOUBLING = float(np.log(2.0))
"""Unit of the log scale of amounts and counts: a location of 1 is a factor of two."""

_FAR = 0.1
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


class Fit(NamedTuple):
    """Independent draws from a posterior over G groups and one group nobody was interviewed in. Shapes: D draws.

    Attributes
    ----------
    location : float64 (D, G + 1)
        μ_g, on the logit scale for ratings and presences, in units of ``DOUBLING`` for amounts and counts; the last
        column is a group not observed, from N(M, τ²).
    spread : float64 (D,)
        s, the standard deviation within a group, or the size of the negative binomial; 0 for presences.
    error : float64 (D,)
        Chance that a coder's value is not the true one.
    """

    location: Floats
    spread: Floats
    error: Floats


def logit_normal_mean(location: Floats, spread: Floats) -> Floats:
    """E[u] of logit(u) ~ N(location, spread²), by Gauss-Hermite quadrature; arguments broadcast."""
    nodes = location[..., None] + spread[..., None] * _NODES
    return special.expit(nodes) @ (_WEIGHTS / _WEIGHTS.sum())


def fit_ratings(
    ratings: Sequence[Sequence[int]], group: NDArray[np.int64], groups: int, draws: int, rng: np.random.Generator
) -> Fit:
    """Posterior of ordinal ratings: an interval-censored logit-normal with coder error.

    A latent u with logit(u) ~ N(μ_g, s²) falls in class floor(5u); a coder reports that class, or, with the chance of
    a slip, mostly a neighbouring one (each class further is ten times rarer). Every coder's rating is a factor.

    Parameters
    ----------
    ratings
        For each interview the ratings 0-4 of its coders, at least one.
    group
        Group of each interview, 0 to ``groups`` - 1.
    draws
        Number of draws D.
    """
    cuts = special.logit(np.arange(CLASSES + 1) / CLASSES)
    below = special.ndtr((cuts - LOCATIONS[:, None, None]) / SPREADS[:, None])
    classes = np.diff(below, axis=-1)
    reported = _slip_table()
    seen = np.array([np.prod(reported[:, :, list(given)], axis=-1) for given in ratings]).reshape(
        -1, *reported.shape[:2]
    )
    chances = np.einsum("mkv,nev->nmke", classes, seen)
    likelihood = np.log(np.maximum(chances, 1e-300)).reshape(len(ratings), len(LOCATIONS), len(SPREADS) * len(SLIPS))
    prior = np.repeat(_log_normal_prior(SPREADS, np.log(1.2), 0.6), len(SLIPS))
    location, cell = _sample(_by_group(likelihood, group, groups), prior, draws, rng)
    return Fit(location, _jittered(SPREADS, cell // len(SLIPS), rng), SLIPS[cell % len(SLIPS)])


def fit_presences(
    presences: Sequence[Sequence[int]], group: NDArray[np.int64], groups: int, draws: int, rng: np.random.Generator
) -> Fit:
    """Posterior of presences 0/1: hierarchical binomial on the logit scale; each coder may flip the true value."""
    chance = special.expit(LOCATIONS)[:, None]
    present = np.array([sum(given) for given in presences])[:, None, None]
    absent = np.array([len(given) for given in presences])[:, None, None] - present
    when_true = (1 - FLIPS) ** present * FLIPS**absent
    when_false = FLIPS**present * (1 - FLIPS) ** absent
    likelihood = np.log(chance * when_true + (1 - chance) * when_false)
    location, cell = _sample(_by_group(likelihood, group, groups), np.zeros(len(FLIPS)), draws, rng)
    return Fit(location, np.zeros(draws), FLIPS[cell])


def fit_amounts(
    values: Floats, centre: Floats, group: NDArray[np.int64], groups: int, draws: int, rng: np.random.Generator
) -> Fit:
    """Posterior of declared amounts: lognormal, each known to the nearest unit, so that 0 stands for less than half.

    Parameters
    ----------
    values
        Amounts, one an interview.
    centre
        What the model expects of each interviewee beforehand; locations are relative to it.
    """
    low = np.log(np.maximum(values - 0.5, 1e-12) / centre) / DOUBLING
    high = np.log((values + 0.5) / centre) / DOUBLING
    z = (np.stack((low, high))[..., None, None] - LOCATIONS[:, None]) / SPREADS
    likelihood = np.log(np.maximum(special.ndtr(z[1]) - special.ndtr(z[0]), 1e-300))
    prior = _log_normal_prior(SPREADS, np.log(1.2), 0.6)
    location, cell = _sample(_by_group(likelihood, group, groups), prior, draws, rng)
    return Fit(location, _jittered(SPREADS, cell, rng), np.zeros(draws))


def fit_counts(
    counts: NDArray[np.int64],
    centre: Floats,
    group: NDArray[np.int64],
    groups: int,
    draws: int,
    rng: np.random.Generator,
) -> Fit:
    """Posterior of counts: negative binomial with mean ``centre`` · 2^μ_g and size s."""
    mean = centre[:, None, None] * np.exp(DOUBLING * LOCATIONS)[:, None]
    k = counts[:, None, None]
    likelihood = (
        special.gammaln(k + SIZES)
        - special.gammaln(SIZES)
        - special.gammaln(k + 1)
        + SIZES * np.log(SIZES / (SIZES + mean))
        + special.xlogy(k, mean / (SIZES + mean))
    )
    prior = _log_normal_prior(SIZES, np.log(5.0), 1.0)
    location, cell = _sample(_by_group(likelihood, group, groups), prior, draws, rng)
    return Fit(location, _jittered(SIZES, cell, rng), np.zeros(draws))


def draw_shares(counts: Floats, draws: int, rng: np.random.Generator, pooling: float = 4.0) -> Floats:
    """Posterior of the shares of K modalities in G groups and one not observed: a pooled Dirichlet-multinomial.

    Each group's prior weighs ``pooling`` interviews, spread like all groups together, themselves uncertain.

    Parameters
    ----------
    counts : float64 (G, K)
        Interviews by group and modality; two coders who disagree give half an interview each.

    Returns
    -------
    float64 (D, G + 1, K)
    """
    together = rng.standard_gamma(counts.sum(axis=0) + 1.0, (draws, counts.shape[1]))
    together /= together.sum(axis=1, keepdims=True)
    observed = np.vstack((counts, np.zeros(counts.shape[1])))
    shares = rng.standard_gamma(observed + pooling * together[:, None, :] + 1e-9)
    return shares / shares.sum(axis=2, keepdims=True)


def draw_prior(draws: int, rng: np.random.Generator) -> Floats:
    """Locations of one group before any interview, of shape (D,)."""
    return _sample(np.zeros((0, len(LOCATIONS), 1)), np.zeros(1), draws, rng)[0][:, 0]


def _slip_table() -> Floats:
    """Chance of each report given the true class, of shape (slips, true, reported)."""
    away = np.abs(np.subtract.outer(np.arange(CLASSES), np.arange(CLASSES)))
    others = np.where(away > 0, _FAR ** (away - 1.0), 0.0)
    others /= others.sum(axis=1, keepdims=True)
    return (1 - SLIPS[:, None, None]) * np.eye(CLASSES) + SLIPS[:, None, None] * others


def _log_normal_prior(grid: Floats, centre: float, spread: float) -> Floats:
    return -0.5 * ((np.log(grid) - centre) / spread) ** 2


def _by_group(likelihood: Floats, group: NDArray[np.int64], groups: int) -> Floats:
    """Log-likelihoods of interviews (n, locations, K) summed over each group (G, locations, K)."""
    total = np.zeros((groups, *likelihood.shape[1:]))
    np.add.at(total, group, likelihood)
    return total


def _sample(
    likelihood: Floats, prior: Floats, draws: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    """Draw locations (D, G + 1) and the cell (D,) of the K nuisances from the posterior on the grid.

    ``likelihood`` is of shape (G, locations, K), ``prior`` of shape (K,), both logarithms.
    """
    centre, between = (axis.ravel() for axis in np.meshgrid(CENTRES, BETWEEN, indexing="ij"))
    given = np.exp(-0.5 * ((LOCATIONS - centre[:, None]) / between[:, None]) ** 2)
    given /= given.sum(axis=1, keepdims=True)
    peak = likelihood.max(axis=1, keepdims=True)
    scaled = np.exp(likelihood - peak)
    posterior = (-0.5 * (centre**2 + between**2))[:, None] + prior
    for g in range(len(likelihood)):
        posterior = posterior + np.log(np.maximum(given @ scaled[g], 1e-300)) + peak[g]
    cells = np.exp(posterior - posterior.max())
    drawn = rng.choice(cells.size, draws, p=(cells / cells.sum()).ravel())
    top, nuisance = np.unravel_index(drawn, cells.shape)
    location = np.empty((draws, len(likelihood) + 1))
    for g in range(len(likelihood) + 1):
        weights = given[top] * scaled[g].T[nuisance] if g < len(likelihood) else given[top]
        cumulated = np.cumsum(weights, axis=1)
        where = (cumulated < rng.random((draws, 1)) * cumulated[:, -1:]).sum(axis=1)
        location[:, g] = LOCATIONS[where]
    step = LOCATIONS[1] - LOCATIONS[0]
    return location + step * (rng.random(location.shape) - 0.5), nuisance.astype(np.int64)


def _jittered(grid: Floats, cell: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """Values of a geometric grid, spread evenly over their cells on the log scale."""
    step = np.log(grid[1] / grid[0])
    return grid[cell] * np.exp(step * (rng.random(len(cell)) - 0.5))
