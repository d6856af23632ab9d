"""The census: Kaplan-Meier with delayed entry against hand and library, the bias it removes, a model's own census."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ectsim.calibration.census import (
    delayed_entry_survival,
    read_census,
    simulated_census,
    survival_of_projects,
    wait_for_emergence,
)
from ectsim.calibration.tidy import from_rows
from ectsim.experiments.single import simulate
from ectsim.model.state import ORIGINS

FULL = {
    "synthetic": "true",
    "origin": "ami",
    "start_month": "2020-01",
    "first_known_month": "2020-03",
    "emergence_month": "2021-01",
    "end_month": "",
    "observed_until": "2024-01",
    "stage": "exploitation",
    "alive": "oui",
    "n_public": "2",
    "n_prive": "0",
    "n_societe_civile": "3",
    "n_soutien": "1",
    "co_led": "oui",
    "facilitated": "non",
    "public_funding_share": "0.4",
    "market_share": "0.5",
}


def census_of(*projects):
    rows = [FULL | {"project_id": f"P{i}"} | project for i, project in enumerate(projects)]
    return read_census(from_rows({"projects": rows}))


def test_delayed_entry_against_a_table_worked_by_hand():
    # at 4: five under observation (entries 0 0 2 3 0), one ends; at 6: four (entry 5 joined), two end; at 9: two, one
    entry = np.array([0.0, 0.0, 2.0, 3.0, 0.0, 5.0, 9.0])
    leave = np.array([4.0, 6.0, 6.0, 9.0, 5.0, 10.0, 12.0])
    ended = np.array([True, True, True, True, False, False, False])
    survival = delayed_entry_survival(entry, leave, ended)
    assert survival.times.tolist() == [4, 6, 9]
    assert survival.at_risk.tolist() == [5, 4, 2]
    assert survival.ends.tolist() == [1, 2, 1]
    assert survival.share == pytest.approx([0.8, 0.4, 0.2])
    assert survival.at(3) == 1
    assert survival.at(6) == pytest.approx(0.4)
    assert survival.median() == survival.median_so_far() == 6
    assert np.isnan(survival.at(13))


def test_nobody_at_risk_says_nothing():
    survival = delayed_entry_survival(np.array([3.0]), np.array([3.0]), np.array([True]))
    assert len(survival.times) == 0
    assert np.isnan(survival.at(1))
    assert np.isnan(survival.median())
    assert np.isnan(survival.median_so_far())


def test_a_median_not_reached_is_at_least_the_longest_time_observed():
    survival = delayed_entry_survival(
        np.zeros(4), np.array([3.0, 7.0, 9.0, 12.0]), np.array([True, False, False, False])
    )
    assert np.isnan(survival.median())
    assert survival.median_so_far() == 12


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=2, max_size=40))
def test_without_delay_it_is_the_library_s(durations):
    leave = np.array([float(t) for t, _ in durations])
    ended = np.array([e for _, e in durations])
    survival = delayed_entry_survival(np.zeros(len(leave)), leave, ended)
    if not ended.any():
        assert survival.at(leave.max()) == 1
        return
    reference = stats.ecdf(stats.CensoredData(leave[ended], right=leave[~ended])).sf
    for time in survival.times:
        assert survival.at(time) == pytest.approx(float(reference.evaluate(time)))


@pytest.mark.parametrize(("true", "biased"), [(0.34, 0.50), (0.49, 0.63)])
def test_a_list_of_remembered_projects_flatters_unless_entry_is_delayed(true, biased):
    rng = np.random.default_rng(1)
    life = np.ceil(4 * rng.exponential(-24 / np.log(true), 12_000)) / 4
    delay = rng.uniform(0, 18, len(life))
    listed = delay < life
    life, delay = life[listed], delay[listed]
    ended = life < 60
    leave = np.minimum(life, 60)
    assert delayed_entry_survival(np.zeros(len(life)), leave, ended).at(24) == pytest.approx(biased, abs=0.015)
    assert delayed_entry_survival(delay, leave, ended).at(24) == pytest.approx(true, abs=0.015)


def test_a_project_is_read_as_it_is_written():
    census = census_of({}, {"origin": "initiative_propre", "stage": "arrete", "alive": "non", "end_month": "2022-07"})
    assert [ORIGINS[int(rank)] for rank in census.origin] == ["call", "spontaneous"]
    assert census.group.tolist() == [1, 0]
    assert (census.known - census.start).tolist() == [2, 2]
    assert (census.emergence - census.start).tolist() == [12, 12]
    assert census.ended.tolist() == [0, 1]
    assert census.emerged.tolist() == [1, 1]
    assert census.partners.tolist() == [5, 5]  # support structures are not partners
    assert census.sectors.tolist() == [2, 2]
    assert census.years == 4
    assert census.synthetic
    assert survival_of_projects(census).times.tolist() == [30]
    assert survival_of_projects(census).at_risk.tolist() == [2]


def test_an_incomplete_census_is_read_with_holes():
    census = census_of(
        {"origin": "", "first_known_month": "", "n_prive": "", "co_led": "", "stage": "", "emergence_month": ""},
        {"stage": "emerge", "emergence_month": ""},
        {"stage": "arrete", "alive": "", "end_month": "", "emergence_month": ""},
    )
    assert np.isnan([census.origin[0], census.known[0], census.sectors[0], census.co_led[0], census.emerged[0]]).all()
    # emerged, nobody knows when: it says nothing of the wait, and is no proof of waiting either
    assert census.emerged[1] == 1
    assert np.isnan(census.emergence[1])
    assert census.ended[2] == 1
    assert len(wait_for_emergence(census).times) == 0
    assert np.isnan(wait_for_emergence(census).last)


def test_a_census_of_nothing_is_read():
    census = read_census(from_rows({}))
    assert len(census) == 0
    assert np.isnan(census.years)


def test_the_census_of_a_simulated_world_lists_what_is_known():
    run = simulate("one_call_a_year", seed=3, months=48)
    projects = run.state.projects[: int(run.state.clock[0].projects)]
    census = simulated_census(run)
    burn_in = run.setup.scenario.horizon.burn_in
    born = projects[projects["birth"] >= burn_in]
    assert 0 < len(census) < len(born)
    assert len(census) == (born["first_known"] >= 0).sum()
    assert (census.known >= census.start).all()
    assert not np.isnan(census.known).any()
    assert census.emerged.sum() == ((born["first_known"] >= 0) & (born["stage_month"][:, 3] >= 0)).sum()
    assert census.years == 4
    assert survival_of_projects(census).at_risk.min() >= 1
