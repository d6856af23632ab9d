"""The fit on toys whose posterior is known exactly, and the checks that must catch a wrong one."""

import dataclasses

import numpy as np
import pytest

from ectsim.calibration import checks
from ectsim.calibration.fitting import fit

SIMULATIONS, PARAMETERS, NOISE = 10_000, 10, 0.5
DEAD, TWINS = 9, (7, 8)


class LinearGaussian:
    """θ ~ N(0, 1), s = Aθ + N(0, 0.5²); the last parameter does nothing, two act only through their sum."""

    def __init__(self, seed: int):
        random = np.random.default_rng(seed)
        self.matrix = np.eye(PARAMETERS) + random.normal(size=(PARAMETERS, PARAMETERS)) / np.sqrt(PARAMETERS)
        self.matrix[:, DEAD] = 0
        self.matrix[:, TWINS[1]] = self.matrix[:, TWINS[0]]
        self.parameters, self.summaries = self.draw(SIMULATIONS, random)

    def draw(self, size: int, random):
        parameters = random.normal(size=(size, PARAMETERS))
        return parameters, parameters @ self.matrix.T + NOISE * random.normal(size=(size, PARAMETERS))

    def exact(self, observed):
        covariance = np.linalg.inv(np.eye(PARAMETERS) + self.matrix.T @ self.matrix / NOISE**2)
        return covariance @ self.matrix.T @ observed / NOISE**2, np.sqrt(np.diag(covariance))


class LogisticCounts:
    """Counts of 20 at six doses, logit p = θ₀ + θ₁x; two more parameters do nothing. Exact by quadrature."""

    doses, trials = np.linspace(-1.5, 1.5, 6), 20

    def __init__(self, seed: int):
        random = np.random.default_rng(seed)
        self.parameters, counts = self.draw(SIMULATIONS, random)
        self.summaries = self.stabilised(counts)
        axis = np.linspace(-4, 4, 121)
        self.grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)

    def chance(self, parameters):
        return 1 / (1 + np.exp(-(parameters[:, :1] + parameters[:, 1:2] * self.doses)))

    def draw(self, size: int, random):
        parameters = random.normal(size=(size, 4))
        return parameters, random.binomial(self.trials, self.chance(parameters)).astype(float)

    def stabilised(self, counts):
        return 2 * np.arcsin(np.sqrt((counts + 0.375) / (self.trials + 0.75)))

    def exact(self, counts):
        chance = self.chance(self.grid)
        logs = (counts * np.log(chance) + (self.trials - counts) * np.log1p(-chance)).sum(axis=1)
        logs -= 0.5 * np.square(self.grid).sum(axis=1)
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        mean = weights @ self.grid
        return mean, np.sqrt(weights @ np.square(self.grid - mean))


@pytest.fixture(scope="module")
def linear():
    return LinearGaussian(0)


def judged(toy, observe, datasets: int):
    """Mean error of means (in exact sd), sd ratios, and shares of truths inside 90 % intervals, by parameter."""
    random = np.random.default_rng(5)
    errors, ratios, covered = [], [], []
    for _ in range(datasets):
        truth, data = (one[0] for one in toy.draw(1, random))
        mean, deviation = toy.exact(data)
        known = len(mean)
        found = fit(toy.parameters, toy.summaries, observe(data))
        errors.append(np.abs(found.mean()[:known] - mean) / deviation)
        ratios.append(np.sqrt(np.diag(found.covariance()))[:known] / deviation)
        covered.append(np.abs(found.rank(truth) - 0.5) <= 0.45)
    return np.mean(errors, axis=0), np.mean(ratios, axis=0), np.mean(covered)


def test_linear_gaussian_is_recovered(linear):
    errors, ratios, covered = judged(linear, lambda data: data, 200)
    assert errors.max() < 0.15
    assert ratios.min() > 0.9
    assert ratios.max() < 1.1
    assert 0.87 <= covered <= 0.93


def test_logistic_counts_are_recovered():
    toy = LogisticCounts(1)
    errors, ratios, covered = judged(toy, toy.stabilised, 200)
    assert errors.max() < 0.15
    assert ratios.min() > 0.9
    assert ratios.max() < 1.1
    assert 0.87 <= covered <= 0.93


def test_checks_pass_a_right_fit_and_fail_one_too_sure(linear):
    def too_sure(parameters, summaries, observed):
        found = fit(parameters, summaries, observed)
        return dataclasses.replace(found, draws=found.mean() + (found.draws - found.mean()) / 2)

    right = checks.simulated_truths(linear.parameters, linear.summaries, 200, seed=3)
    assert right.sound()
    assert right.uniformity().min() > 1e-4
    wrong = checks.simulated_truths(linear.parameters, linear.summaries, 200, seed=3, fitter=too_sure)
    assert not wrong.sound()
    assert (wrong.uniformity()[:DEAD] < 1e-4).all()


def test_checks_fail_a_fit_too_doubtful(linear):
    def too_doubtful(parameters, summaries, observed):
        found = fit(parameters, summaries, observed)
        return dataclasses.replace(found, draws=found.mean() + (found.draws - found.mean()) * 2)

    assert not checks.simulated_truths(linear.parameters, linear.summaries, 100, 3, fitter=too_doubtful).sound()


def test_dead_and_confounded_parameters_are_told(linear):
    observed = linear.draw(1, np.random.default_rng(8))[1][0]
    found = fit(linear.parameters, linear.summaries, observed)
    told = checks.identifiability(linear.parameters, linear.summaries, found)
    assert told.verdicts[DEAD] == "not identified"
    assert told.explained[DEAD] < 0.01
    assert {pair[:2] for pair in told.confounded} >= {TWINS}
    assert told.confounded[0][2] < -0.8
    assert all(told.verdicts[place] == "identified" for place in range(5))


def test_truths_are_taken_near_the_observed(linear):
    observed = np.full(PARAMETERS, 1.0)
    drawn = []

    def fitter(parameters, summaries, given):
        drawn.append(given)
        return fit(parameters, summaries, given, effective=200)

    checks.simulated_truths(linear.parameters, linear.summaries, 20, seed=1, near=observed, fitter=fitter)
    distances = np.square(linear.summaries - observed).sum(axis=1)
    assert np.square(np.array(drawn) - observed).sum(axis=1).max() < np.quantile(distances, 0.2)


def test_leaving_out_the_only_target_of_a_parameter_gives_the_prior_back():
    random = np.random.default_rng(2)
    parameters = random.normal(size=(5000, 2))
    summaries = parameters + 0.3 * random.normal(size=(5000, 2))
    observed = np.array([1.0, -0.5])
    full = fit(parameters, summaries, observed)
    without = checks.leave_out(parameters, summaries, observed, full, 0)
    assert without.shift[0] < -2
    assert abs(without.shift[1]) < 0.2
    assert without.widening[0] == pytest.approx(1 / np.sqrt(0.09 / 1.09), rel=0.15)
    assert without.widening[1] == pytest.approx(1, abs=0.1)


def test_conflict_is_told_by_place(linear):
    observed = np.zeros(PARAMETERS)
    assert checks.conflicts(linear.summaries, observed).size == 0
    observed[3] = 10 * linear.summaries[:, 3].std()
    assert checks.conflicts(linear.summaries, observed).tolist() == [3]


def test_resampled_draws_keep_mean_and_covariance_and_repeat_none(linear):
    found = fit(linear.parameters, linear.summaries, np.zeros(PARAMETERS))
    draws = found.resampled(20_000, seed=4)
    deviation = np.sqrt(np.diag(found.covariance()))
    assert np.abs(draws.mean(axis=0) - found.mean()).max() < 0.05
    assert np.allclose(draws.std(axis=0) / deviation, 1, atol=0.03)
    assert len(np.unique(draws[:, 0])) == len(draws)
    assert np.array_equal(draws, found.resampled(20_000, seed=4))


def test_rank_mean_and_quantiles_agree(linear):
    found = fit(linear.parameters, linear.summaries, np.zeros(PARAMETERS))
    low, middle, high = found.quantiles(np.array([0.05, 0.5, 0.95]))
    assert np.allclose(found.rank(low), 0.05, atol=0.01)
    assert np.allclose(found.rank(high), 0.95, atol=0.01)
    assert np.abs(middle - found.mean()).max() < 0.1
    assert found.effective == pytest.approx(1000, rel=0.01)


def test_too_few_simulations_are_refused(linear):
    with pytest.raises(ValueError, match="too few"):
        fit(linear.parameters[:100], linear.summaries[:100], np.zeros(PARAMETERS))
