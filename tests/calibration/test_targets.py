"""Targets of a census: values, standard errors, gaps named, what a census of that size can tell, files."""

import numpy as np
import pandas as pd
import pytest

from ectsim.calibration.census import Census, simulated_census, survival_of_projects
from ectsim.calibration.targets import (
    TARGETS,
    census_targets,
    detectable,
    power_of,
    simulated_targets,
    tell_power,
    write_targets,
)
from ectsim.experiments.single import simulate
from ectsim.locale import LANGUAGES, choose_language


def fictive_census(rng, own=40, scheme=40, survival=(0.65, 0.35)):
    """Projects that die at a constant rate with the survival given at 24 months, all known from the start."""
    group = np.repeat([0.0, 1.0], [own, scheme])
    n = len(group)
    life = rng.exponential(-24 / np.log(np.array(survival)[group.astype(int)]))
    emerged = (rng.random(n) < 0.5) & (life > 6)
    ended = life < 48
    return Census(
        origin=2 * group,
        start=np.zeros(n),
        known=np.zeros(n),
        emergence=np.where(emerged, 6.0, np.nan),
        end=np.where(ended, life, np.nan),
        until=np.full(n, 48.0),
        emerged=emerged.astype(float),
        ended=ended.astype(float),
        partners=rng.integers(3, 9, n).astype(float),
        sectors=rng.integers(2, 4, n).astype(float),
        co_led=rng.integers(0, 2, n).astype(float),
        facilitated=rng.integers(0, 2, n).astype(float),
        public_share=rng.random(n),
        market_share=rng.random(n),
        years=4.0,
        synthetic=True,
    )


@pytest.fixture
def targets():
    return census_targets(fictive_census(np.random.default_rng(1)), resamples=200)


def test_a_full_census_gives_every_target(targets):
    assert list(targets.table["name"]) == [target.name for target in TARGETS]
    assert targets.gaps == ()
    assert np.isfinite(targets.table[["value", "standard_error"]].to_numpy(float)).all()
    by_name = targets.table.set_index("name")
    assert by_name.loc["incentive_share", "value"] == 0.5
    assert by_name.loc["starts", "value"] == 20
    assert by_name.loc["starts", "standard_error"] == pytest.approx(np.sqrt(80) / 4)
    # a proportion: the bootstrap must give the binomial's error
    assert by_name.loc["incentive_share", "standard_error"] == pytest.approx(np.sqrt(0.25 / 80), rel=0.2)
    assert by_name.loc["three_sectors", "held_out"]
    assert by_name.loc["survival_24[incentive]", "held_out"]
    assert not by_name.loc["survival_12[incentive]", "held_out"]


def test_few_projects_that_agree_keep_an_error():
    census = fictive_census(np.random.default_rng(2))
    same = Census(**{**vars(census), "facilitated": np.ones(len(census))})
    row = census_targets(same, resamples=50).table.set_index("name").loc["facilitated[incentive]"]
    assert row["standard_error"] == pytest.approx(1 / (2 * 40))


def test_what_a_census_does_not_say_is_named():
    census = fictive_census(np.random.default_rng(3), own=12, scheme=2)
    holes = np.where(np.arange(len(census)) < 11, np.nan, census.market_share)
    targets = census_targets(Census(**{**vars(census), "market_share": holes}), resamples=50)
    told = "\n".join(map(str, targets.gaps))
    kept = set(targets.table["name"])
    assert "market_share" not in kept
    assert "market_share" in told
    assert not {"survival_12[incentive]", "facilitated[incentive]"} & kept
    assert "facilitated[spontaneous]" in kept
    assert len(targets.power) == 0


def test_power_is_told_of_a_curve_too_short_of_ends_to_be_shown():
    census = fictive_census(np.random.default_rng(3), own=20, scheme=14, survival=(0.5, 0.95))
    targets = census_targets(census, resamples=50)
    assert "survival_24[incentive]" not in set(targets.table["name"])
    row = targets.power.set_index("name").loc["survival_24"]
    assert np.isnan(row["difference"])
    assert 0.1 < row["detectable"] < 0.9


def test_an_empty_census_is_all_gaps():
    census = fictive_census(np.random.default_rng(3), own=0, scheme=0)
    targets = census_targets(census, resamples=10)
    assert len(targets.table) == 0
    assert len(targets.gaps) == len(TARGETS)


def test_fifteen_projects_a_side_see_a_gap_of_thirty_points_four_times_in_ten():
    rng = np.random.default_rng(4)
    gaps = []
    for _ in range(400):
        census = fictive_census(rng, own=15, scheme=15)
        own, scheme = (survival_of_projects(census.of_group(g)).at(24) for g in ("spontaneous", "incentive"))
        gaps.append(own - scheme)
    assert np.mean(gaps) == pytest.approx(0.3, abs=0.03)
    assert 0.3 < power_of(0.3, float(np.std(gaps))) < 0.5


def test_power_at_its_limits():
    assert power_of(0.0, 1.0) == pytest.approx(0.05)
    assert power_of(detectable(0.1), 0.1) == pytest.approx(0.8, abs=1e-4)
    assert power_of(10.0, 0.1) == pytest.approx(1.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_power_is_told(targets, language):
    choose_language(language)
    said = tell_power(targets)
    choose_language(None)
    assert len(said) == len(targets.power)
    error = targets.power.set_index("name").loc["survival_24", "standard_error"]
    assert any(f"{round(100 * detectable(error))} points" in sentence for sentence in said)


def test_a_simulated_census_has_the_same_targets():
    census = simulated_census(simulate("one_call_a_year", seed=3, months=48))
    values = simulated_targets(census)
    assert list(values) == [target.name for target in TARGETS]
    assert values["starts"] == pytest.approx(len(census) / 4)
    assert 0 < values["incentive_share"] < 1
    assert simulated_targets(census.take(np.arange(0))).keys() == values.keys()


def test_files_say_that_they_are_fictive(targets, tmp_path):
    write_targets(targets, tmp_path)
    for name in ("targets", "power", "gaps"):
        content = (tmp_path / f"{name}.csv").read_text("utf-8")
        assert content.startswith("# DONNÉES FICTIVES\n")
    table = pd.read_csv(tmp_path / "targets.csv", comment="#")
    assert table["value"].to_numpy() == pytest.approx(targets.table["value"].to_numpy())
    assert table["synthetic"].all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gaps.csv", "power.csv", "targets.csv"]
