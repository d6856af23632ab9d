"""The estimators on a grid: coverage where the truth is known, ranks, limits; a naive recipe that fails the test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from ectsim.calibration import grid

SECTORS, BY_SECTOR, STUDIES, DRAWS = 3, 8, 80, 600


def slipped(value, rng, slip):
    return int(np.clip(value + rng.choice((-1, 1)), 0, 4)) if rng.random() < slip else int(value)


def coded(u, rng, slip):
    """Ratings of latent values by one coder, by two for every other interview."""
    classes = np.minimum(4, (5 * u).astype(int))
    return [[slipped(c, rng, slip) for _ in range(1 + i % 2)] for i, c in enumerate(classes)]


def beta_study(rng):
    """Truth outside the family: u is Beta in each sector."""
    mean, size = rng.uniform(0.2, 0.8, SECTORS), rng.uniform(2.0, 6.0)
    u = np.concatenate([rng.beta(m * size, (1 - m) * size, BY_SECTOR) for m in mean])
    return mean, coded(u, rng, 0.1)


def family_study(rng):
    """Truth drawn from the prior of the model."""
    spread = 1.2 * np.exp(0.6 * np.clip(rng.standard_normal(), -2.4, 2.4))
    location = rng.standard_normal() + abs(rng.standard_normal()) * rng.standard_normal(SECTORS)
    u = special.expit(np.repeat(location, BY_SECTOR) + spread * rng.standard_normal(SECTORS * BY_SECTOR))
    return grid.logit_normal_mean(location, np.full(SECTORS, spread)), coded(u, rng, rng.choice(grid.SLIPS))


def inferred(ratings, rng):
    """Draws of E[u] by sector, of shape (D, sectors)."""
    group = np.repeat(np.arange(SECTORS), BY_SECTOR)
    fit = grid.fit_ratings(ratings, group, SECTORS, DRAWS, rng)
    return grid.logit_normal_mean(fit.location[:, :SECTORS], fit.spread[:, None])


def naive(ratings, rng):
    """The recipe that is not used: first coder only, Dirichlet counts with a pooled prior worth five interviews."""
    counts = np.zeros((SECTORS, grid.CLASSES))
    for place, given_ in enumerate(ratings):
        counts[place // BY_SECTOR, given_[0]] += 1
    prior = 5 * counts.sum(axis=0) / counts.sum()
    shares = rng.standard_gamma(np.maximum(counts + prior, 1e-9), (DRAWS, SECTORS, grid.CLASSES))
    shares /= shares.sum(axis=2, keepdims=True)
    return shares @ ((np.arange(grid.CLASSES) + 0.5) / grid.CLASSES)


def studies(study, method, seed):
    """Coverage of 90 % intervals and ranks of the truth over fictive studies, three parameters each."""
    rng = np.random.default_rng(seed)
    hits, ranks = [], []
    for _ in range(STUDIES):
        truth, ratings = study(rng)
        draws = method(ratings, rng)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        hits += list((low <= truth) & (truth <= high))
        ranks += list((draws < truth).mean(axis=0))
    return np.mean(hits), ranks


@pytest.fixture(scope="module")
def in_family():
    return studies(family_study, inferred, seed=5)


def test_intervals_cover_in_the_family_and_ranks_are_flat(in_family):
    coverage, ranks = in_family
    assert 0.85 <= coverage <= 0.96
    assert stats.kstest(ranks, "uniform").pvalue > 0.05


def test_intervals_cover_where_the_truth_is_of_another_family():
    coverage, _ = studies(beta_study, inferred, seed=6)
    assert 0.85 <= coverage <= 0.96


def test_the_naive_recipe_does_not_cover():
    coverage, _ = studies(beta_study, naive, seed=6)
    assert coverage < 0.85


def test_ranks_tell_a_posterior_too_narrow(in_family):
    narrow = special.expit(2.0 * special.logit(np.clip(in_family[1], 1e-3, 1 - 1e-3)))
    assert stats.kstest(narrow, "uniform").pvalue < 0.05


def test_presences_cover_with_coders_who_err():
    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(SECTORS), BY_SECTOR)
    hits = []
    for _ in range(STUDIES):
        share = special.expit(0.8 * rng.standard_normal() + 0.6 * rng.standard_normal(SECTORS))
        true = rng.random(len(group)) < share[group]
        told = [[int(t != (rng.random() < 0.08)) for _ in range(1 + i % 2)] for i, t in enumerate(true)]
        low, high = np.quantile(
            special.expit(grid.fit_presences(told, group, SECTORS, DRAWS, rng).location[:, :SECTORS]),
            [0.05, 0.95],
            axis=0,
        )
        hits += list((low <= share) & (share <= high))
    assert 0.85 <= np.mean(hits) <= 0.96


def test_shares_of_modalities_cover():
    rng = np.random.default_rng(8)
    hits = []
    for _ in range(200):
        shares = rng.dirichlet(6 * rng.dirichlet(2 * np.ones(6)) + 0.1, SECTORS)
        counts = np.array([rng.multinomial(BY_SECTOR, own) for own in shares]).astype(float)
        low, high = np.quantile(grid.draw_shares(counts, DRAWS, rng)[:, :SECTORS], [0.05, 0.95], axis=0)
        hits += list(((low <= shares) & (shares <= high)).ravel())
    assert 0.85 <= np.mean(hits) <= 0.96


def test_no_interview_gives_the_prior():
    rng = np.random.default_rng(1)
    fit = grid.fit_ratings([], np.empty(0, np.int64), 0, 20_000, rng)
    # M ~ N(0, 1) and τ ~ half-normal(1): variance 1 + 1
    assert fit.location.shape == (20_000, 1)
    assert fit.location.mean() == pytest.approx(0.0, abs=0.05)
    assert fit.location.std() == pytest.approx(np.sqrt(2), rel=0.06)
    assert grid.draw_prior(20_000, rng).std() == pytest.approx(np.sqrt(2), rel=0.06)


def test_many_interviews_find_the_truth():
    rng = np.random.default_rng(2)
    location, spread = np.array([-0.7, 0.9]), 1.1
    group = np.repeat([0, 1], 600)
    ratings = coded(special.expit(location[group] + spread * rng.standard_normal(len(group))), rng, 0.1)
    fit = grid.fit_ratings(ratings, group, 2, 500, rng)
    assert fit.location[:, :2].mean(axis=0) == pytest.approx(location, abs=0.15)
    assert fit.spread.mean() == pytest.approx(spread, abs=0.15)
    assert fit.error.mean() == pytest.approx(0.1, abs=0.05)
    counts = rng.negative_binomial(5, 5 / (5 + 8 * 2.0 ** np.array([0.5, -0.5])[group]))
    fit = grid.fit_counts(counts, np.full(len(group), 8.0), group, 2, 500, rng)
    assert fit.location[:, :2].mean(axis=0) == pytest.approx([0.5, -0.5], abs=0.15)
    amounts = np.round(6 * 2.0 ** (np.array([1.0, 0.0])[group] + 0.8 * rng.standard_normal(len(group))))
    fit = grid.fit_amounts(amounts, np.full(len(group), 6.0), group, 2, 500, rng)
    assert fit.location[:, :2].mean(axis=0) == pytest.approx([1.0, 0.0], abs=0.15)
    assert fit.spread.mean() == pytest.approx(0.8, abs=0.12)


def test_coders_who_disagree_say_less_than_coders_who_agree():
    group = np.zeros(12, np.int64)

    def width(ratings):
        fit = grid.fit_ratings(ratings, group, 1, 2000, np.random.default_rng(3))
        means = grid.logit_normal_mean(fit.location[:, 0], fit.spread)
        return np.diff(np.quantile(means, [0.05, 0.95]))[0]

    assert width([[1, 3], [3, 1], [2, 3]] * 4) > width([[2, 2], [2, 2], [3, 3]] * 4)


def test_a_group_nobody_was_met_in_is_less_known_than_those_met():
    ratings, group = [[3]] * 10 + [[1]] * 10, np.repeat([0, 1], 10)
    location = grid.fit_ratings(ratings, group, 2, 2000, np.random.default_rng(4)).location
    assert location[:, 2].std() > 1.5 * location[:, :2].std(axis=0).max()
    assert location[:, 1].mean() < location[:, 2].mean() < location[:, 0].mean()


@given(st.floats(-4, 4), st.floats(0.1, 4))
def test_the_mean_of_a_logit_normal(location, spread):
    nodes = np.linspace(-9, 9, 20_001)
    exact = np.trapezoid(special.expit(location + spread * nodes) * stats.norm.pdf(nodes), nodes)
    assert grid.logit_normal_mean(np.array(location), np.array(spread)) == pytest.approx(exact, abs=2e-3)


def test_extreme_answers_are_no_error():
    rng = np.random.default_rng(5)
    fit = grid.fit_ratings([[0, 4], [4, 0], [0], [4]], np.zeros(4, np.int64), 1, 100, rng)
    assert np.isfinite(fit.location).all()
    fit = grid.fit_amounts(np.array([0.0, 1000.0]), np.ones(2), np.zeros(2, np.int64), 1, 100, rng)
    assert np.isfinite(fit.location).all()
