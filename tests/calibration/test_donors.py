"""Synthetic actors: they spread and correlate as interviewees do, copy none, follow posterior draws, enter a world."""

import numpy as np
import pytest
from scipy import special
from scipy.spatial.distance import cdist

from ectsim.calibration.donors import Profiles, profiles, settle, smoothed_bootstrap, synthetic_actors
from ectsim.calibration.inference import infer
from ectsim.calibration.population import cells_of_territory
from ectsim.experiments.ensembles import run
from ectsim.model.simulation import allocate_state, begin, prepare
from ectsim.scenario import load_scenario
from ectsim.territory.nomenclature import SECTORS
from ectsim.territory.reading import load_territory

N, K = 24, 6


@pytest.fixture
def interviewees():
    """Correlated attributes in three groups, and weights that are not even."""
    rng = np.random.default_rng(1)
    common = rng.standard_normal((N, 1))
    theta = 0.8 * common + 0.7 * rng.standard_normal((N, K)) + np.repeat([[-0.5], [0.0], [0.5]], N // 3, axis=0)
    return theta, np.repeat([0, 1, 2], N // 3), np.repeat([1.0, 3.0, 2.0], N // 3)


def many(interviewees, smoothing, tables=300):
    theta, group, weights = interviewees
    parts = [
        smoothed_bootstrap(theta, group, weights, 200, np.random.default_rng(seed), smoothing) for seed in range(tables)
    ]
    return np.vstack([made for made, _ in parts]), np.concatenate([donor for _, donor in parts])


def moments(theta, weights):
    covariance = np.cov(theta.T, aweights=weights, ddof=0)
    deviation = np.sqrt(np.diag(covariance))
    return deviation, (covariance / np.outer(deviation, deviation))[np.triu_indices(K, 1)]


def test_spread_and_correlation_are_kept(interviewees):
    theta, _, weights = interviewees
    made, _ = many(interviewees, 0.3)
    deviation, correlation = moments(theta, weights)
    made_deviation, made_correlation = moments(made, np.ones(len(made)))
    assert 0.95 <= (made_deviation / deviation).mean() <= 1.05
    assert made_correlation.mean() == pytest.approx(correlation.mean(), abs=0.03)
    assert made_correlation == pytest.approx(correlation, abs=0.08)


def test_nobody_is_copied(interviewees):
    theta = interviewees[0]
    made, donor = many(interviewees, 0.3, tables=5)
    distance = cdist(made, theta)
    assert distance.min() > 0.05
    # a donor is not even always the nearest interviewee
    assert (distance.argmin(axis=1) != donor).mean() > 0.02
    copies, _ = many(interviewees, 0.0, tables=1)
    assert cdist(copies, theta).min() < 1e-9


def test_a_single_interviewee_of_a_group_is_not_copied_either():
    rng = np.random.default_rng(2)
    theta, group = rng.standard_normal((7, K)), np.array([0] * 6 + [1])
    made, donor = smoothed_bootstrap(theta, group, np.ones(7), 200, rng)
    assert (donor == 6).any()
    assert cdist(made, theta).min() > 0.05


@pytest.fixture(scope="module")
def study():
    from benchmarks.coverage import fictive_study

    interviews, _ = fictive_study(4)
    return profiles(interviews), infer(interviews, (), draws=30), cells_of_territory(load_territory("pays_ledonien"))


def test_profiles_hold_one_row_an_interviewee_and_no_name(study):
    known = study[0]
    assert isinstance(known, Profiles)
    assert known.theta.shape == (24, len(known.names))
    assert {"propensity_0", "interest[food]", "values[social]", "attachment"} <= set(known.names)
    assert "trust_known" not in known.names  # a property of ties, not of actors
    assert 0.02 < np.isnan(known.theta).mean() < 0.3
    assert np.nanmax(np.abs(known.theta)) == pytest.approx(special.logit(0.9))


def test_synthetic_actors_follow_one_posterior_draw(study):
    known, posteriors, cells = study
    tables = [synthetic_actors(known, posteriors, cells, draw=draw, size=3000, seed=1) for draw in (0, 1)]
    column = [entry.column for entry in posteriors.entries]
    for draw, table in enumerate(tables):
        assert table[list(known.names)].to_numpy().min() > 0
        assert table[list(known.names)].to_numpy().max() < 1
        for sector in SECTORS:
            own = special.logit(table.loc[table["sector"] == sector, "propensity_0"])
            drawn = posteriors.draws[draw, column.index(f"COOP_PROP@{sector}")]
            # the bootstrap weighs eight donors by chance: their mean moves by about sd/√8
            assert own.mean() == pytest.approx(special.logit(drawn), abs=1.5)
    again = synthetic_actors(known, posteriors, cells, draw=0, size=3000, seed=1)
    assert again.equals(tables[0])
    assert not tables[1].equals(tables[0])
    shares = tables[0]["sector"].value_counts(normalize=True)
    assert shares["civil"] == pytest.approx(0.57, abs=0.15)


def test_a_world_takes_synthetic_actors_and_runs(study):
    known, posteriors, cells = study
    synthetic = synthetic_actors(known, posteriors, cells, draw=3, size=400, seed=1)
    setup = prepare(load_scenario("spontaneous"))
    state = allocate_state(setup)
    begin(setup, state, 1)
    before = state.actors.copy()
    settle(state.actors, setup.scenario.themes, synthetic, seed=1)
    for rank, sector in enumerate(SECTORS):
        given_ = set(synthetic.loc[synthetic["sector"] == sector, "risk_tolerance"])
        assert set(state.actors["risk_tolerance"][state.actors["sector"] == rank]) <= given_
    assert state.actors["values"].sum(axis=1) == pytest.approx(1.0)
    assert (state.actors["propensity"] == state.actors["propensity_0"]).all()
    theme = setup.scenario.themes.index("food")
    assert set(state.actors["interest"][:, theme]) <= set(synthetic["interest[food]"])
    for untouched in ("endowment", "kind", "reward_sensitivity"):
        assert (state.actors[untouched] == before[untouched]).all()
    run(state, setup, 12)
    assert int(state.clock[0].month) == 12
