"""Outcomes: formulas on planted tallies, sums that must agree in real runs, scenarios at equal budget."""

import numpy as np
import pytest

from ectsim.experiments.ensembles import run_worlds
from ectsim.experiments.single import simulate
from ectsim.model.outcome import survival
from ectsim.model.outcomes import OUTCOMES, measure
from ectsim.model.simulation import prepare
from ectsim.model.state import EMERGED, LIVE, ORIGINS
from ectsim.model.tally import TALLY_FIELDS, count_emerged, count_money
from ectsim.scenario import load_scenario
from ectsim.territory.nomenclature import SECTORS
from ectsim.world.layout import records


def value(tallies, name):
    return measure(tallies, (name,))[name]


@pytest.fixture(scope="module")
def tallies():
    return run_worlds([prepare(load_scenario("one_call_a_year"))], range(1, 13)).tallies[0]


def test_every_outcome_has_a_name_a_unit_and_labels_in_both_languages():
    labels = [(o.label_fr, o.label_en) for o in OUTCOMES.values()]
    assert len(set(labels)) == len(labels)
    assert all(o.unit and fr and en for o, (fr, en) in zip(OUTCOMES.values(), labels, strict=True))
    assert all(name == outcome.name for name, outcome in OUTCOMES.items())


def test_every_outcome_gives_one_number_a_run(tallies):
    for name, numbers in measure(tallies).items():
        assert numbers.shape == (12,), name
        assert np.issubdtype(numbers.dtype, np.floating), name


def test_nothing_happened_means_zero_counts_and_undefined_means():
    empty = records(2, TALLY_FIELDS)
    assert value(empty, "emerged").tolist() == [0, 0]
    assert np.isnan(value(empty, "emerged_size")).all()
    assert np.isnan(value(empty, "rate[ideas]")).all()


def test_rates_durations_and_means_on_a_planted_tally():
    tally = records(1, TALLY_FIELDS)
    tally.reached[0, 0, 0, 0, 0] = 20
    tally.reached[0, 2, 0, 0, 0] = 6
    tally.reached[0, 2, 2, 1, 1] = 2
    tally.reached[0, 3, 2, 1, 1] = 2
    tally.waited[0, 2] = [0, 0, 30, 0, 0]
    tally.emerged_size[0, 2] = 25
    tally.money[0] = [100, 200, 0, 0]
    assert value(tally, "structured") == 8
    assert value(tally, "structured[call]") == 2
    assert value(tally, "emerged_per_idea") == 0.1
    assert value(tally, "months[structured]") == 15
    assert value(tally, "emerged_size") == 12.5
    assert value(tally, "money_per_emerged") == 150
    assert value(tally, "emerged_funded") == 2
    assert value(tally, "emerged_unfunded") == 0


def test_survival_is_the_product_of_kaplan_and_meier():
    tally = records(1, TALLY_FIELDS)
    tally.at_risk[0, 0, :24] = [10] * 6 + [9] * 6 + [6] * 12
    tally.lost[0, 0, [5, 11]] = [1, 3]
    assert survival(tally, None, 24) == pytest.approx([(1 - 1 / 10) * (1 - 3 / 9)])
    assert np.isnan(survival(tally, None, 25)).all()
    assert np.isnan(survival(tally, 1, 24)).all()


@pytest.mark.parametrize("name", ["ideas", "collectives", "structured", "emerged", "anchored"])
def test_origins_add_up(tallies, name):
    parts = sum(value(tallies, f"{name}[{origin}]") for origin in ORIGINS)
    assert (parts == value(tallies, name)).all()
    assert value(tallies, name).sum() > 0


def test_sectors_add_up_to_all_carriers_and_roles(tallies):
    assert sum(value(tallies, f"carried[{s}]") for s in SECTORS) == pytest.approx(1)
    assert sum(value(tallies, f"role[structured,carrier,{s}]") for s in SECTORS) == pytest.approx(1)
    one_carrier_each = tallies["roles"][:, 0, 0].sum(axis=(1, 2))
    assert (one_carrier_each == value(tallies, "structured")).all()


def test_communes_reached_are_those_of_the_members_of_live_emerged_projects():
    run = simulate("one_call_a_year", seed=3)
    actors, projects = run.state.actors, run.state.projects[: int(run.state.clock[0].projects)]
    emerged = [row for row, one in enumerate(projects) if one.status == LIVE and one.stage >= EMERGED]
    members = {int(i) for row in emerged for i in run.state.members[row, : projects[row].team]["actor"]}
    reached = {int(actors[i].commune) for i in members}
    share = value(run.tally, "final_communes_reached")[0]
    assert share == pytest.approx(len(reached) / len(set(actors["commune"].tolist())))
    assert 0 < share < 1


def test_members_gained_cover_initiators_and_money_covers_grants(tallies):
    assert (value(tallies, "joined[initiator]") >= value(tallies, "ideas")).all()
    assert value(tallies, "money") == pytest.approx(tallies["money"].sum(axis=1))
    assert (value(tallies, "money[officers]") == 8 * 60 / 2 * 10).all()


@pytest.mark.parametrize("name", ["subsidy_equal_budget", "facilitation_equal_budget"])
def test_scenarios_said_to_be_at_equal_budget_are(name):
    setups = [prepare(load_scenario(n)) for n in ("one_call_a_year", name)]
    money = value(run_worlds(setups, range(1, 101)).tallies.reshape(-1), "money").reshape(2, -1).mean(axis=1)
    assert money[1] / money[0] == pytest.approx(1, abs=0.02)


def test_emerged_projects_are_counted_from_a_month_on(small):
    state = small.play(small.scenario(small.ALL_INSTRUMENTS, months=60, parameters=small.LIVELY), seed=2)
    months = small.born(state).stage_month[:, EMERGED]
    curve = np.full(20, 99)
    count_emerged(state.projects, int(state.clock[0].projects), 22, curve)
    assert curve.tolist() == [int(((months >= 22) & (months <= 22 + t)).sum()) for t in range(20)]
    assert 0 < curve[-1] < (months >= 0).sum()


def test_public_money_is_cumulated_from_a_month_on(small):
    state = small.play(small.scenario(small.ALL_INSTRUMENTS, months=60, parameters=small.LIVELY), seed=2)
    spent = np.full(20, 9.0)
    count_money(state.months, 22, spent)
    expected = state.months["money"][22:42].sum(axis=1).cumsum()
    assert spent == pytest.approx(expected, rel=1e-12)
    assert 0.0 < spent[0] < spent[-1]
