"""Comparing two scenarios: planted runs with known differences, and small real runs."""

import numpy as np
import pytest

from ectsim.analysis.comparison import compare, emergence_curves, outcome_table, summarise
from ectsim.errors import InputError
from ectsim.locale import choose_language
from ectsim.model.outcomes import OUTCOMES
from ectsim.model.simulation import prepare
from ectsim.model.state import EMERGED, IDEA
from ectsim.scenario import Scenario, load_scenario

CALL = {"kind": "call", "first_month": 1, "period": 6, "window": 2, "minimum_partners": 2, "winners": 3}
LIVELY = {"idea_rate": 20.0, "call_rate": 0.02, "beta_0": -2.0}


def small(*instruments: dict, actors: int = 80) -> Scenario:
    return Scenario.model_validate(
        {
            "name": {"fr": "Essai", "en": "Trial"},
            "horizon": {"burn_in": 12, "months": 36, "after": 12},
            "population": {"actors": actors},
            "posterior": "none",
            "parameters": LIVELY,
            "instruments": list(instruments),
        }
    )


@pytest.fixture(scope="module")
def real():
    return compare(prepare(small()), prepare(small(CALL)), runs=8, seed=11, threads=1)


def reach(tallies, stage: int, counts: list[int]) -> None:
    tallies["reached"][:, stage, 0, 0, 0] = counts


def row(table, name: str):
    return table.set_index("name").loc[name]


def test_every_outcome_has_one_row(plant):
    assert list(outcome_table(plant(3))["name"]) == list(OUTCOMES)


def test_planted_differences(plant):
    worlds = plant(4)
    reach(worlds.tallies[0], EMERGED, [1, 2, 3, 4])
    reach(worlds.tallies[1], EMERGED, [2, 2, 5, 3])
    emerged = row(outcome_table(worlds), "emerged")
    assert (emerged["mean_a"], emerged["mean_b"], emerged["difference"], emerged["runs"]) == (2.5, 3.0, 0.5, 4)
    assert (emerged["share_more"], emerged["share_less"]) == (0.5, 0.25)
    # differences 1, 0, 2, -1: spread 1.291, Student 3.1824 with 3 degrees of freedom
    half = 3.182446305284263 * np.std([1, 0, 2, -1], ddof=1) / 2
    assert (emerged["low"], emerged["high"]) == pytest.approx((0.5 - half, 0.5 + half))
    assert emerged["luck_factor"] == pytest.approx((np.var([1, 2, 3, 4], ddof=1) + 2.0) / np.var([1, 0, 2, -1], ddof=1))


def test_only_pairs_defined_in_both_worlds_count(plant):
    worlds = plant(4)
    reach(worlds.tallies[0], IDEA, [10, 10, 0, 10])
    reach(worlds.tallies[1], IDEA, [10, 0, 10, 10])
    reach(worlds.tallies[0], EMERGED, [1, 9, 0, 3])
    reach(worlds.tallies[1], EMERGED, [2, 0, 9, 6])
    rate = row(outcome_table(worlds), "emerged_per_idea")
    assert rate["runs"] == 2
    assert (rate["mean_a"], rate["mean_b"], rate["difference"]) == pytest.approx((0.2, 0.4, 0.2))


def test_an_outcome_never_defined_says_so(plant):
    rate = row(outcome_table(plant(3)), "emerged_per_idea")
    assert rate["runs"] == 0
    assert np.isnan([rate[name] for name in ("mean_a", "mean_b", "difference", "low", "high", "share_more")]).all()


def test_labels_speak_the_language(plant):
    choose_language("fr")
    assert row(outcome_table(plant(2)), "ideas")["label"] == "idées"


def test_curves_of_planted_months(plant):
    worlds = plant(10, months=2)
    worlds.emerged[0, :, 1] = range(10)
    worlds.emerged[1, :, 1] = range(1, 11)
    curves = emergence_curves(worlds)
    assert list(curves["month"]) == [1, 2]
    last = curves.iloc[-1]
    assert (last["mean_a"], last["mean_b"]) == (4.5, 5.5)
    assert (last["low_a"], last["high_a"]) == (0, 8)
    assert tuple(last[["difference", "low", "high"]]) == (1.0, 1.0, 1.0)
    assert tuple(curves.iloc[0][["difference", "low", "high"]]) == (0.0, 0.0, 0.0)


def test_worlds_that_differ_before_month_0_are_refused():
    with pytest.raises(InputError):
        compare(prepare(small()), prepare(small(actors=90)), runs=2)


def test_a_scenario_compared_with_itself_differs_in_nothing():
    setup = prepare(small(CALL))
    comparison = compare(setup, setup, runs=4, threads=1)
    differences = comparison.table["difference"].dropna()
    assert len(differences) > 50
    assert (differences == 0).all()
    fates = comparison.fates.set_index(["cut_off", "fate", "origin"])["mean"]
    for fate in ("accelerated", "delayed", "additional", "displaced", "net"):
        assert fates["horizon", fate, "all"] == fates["after", fate, "all"] == 0


def test_seeds_follow_one_another(real):
    assert list(real.worlds.seeds) == list(range(11, 19))
    assert real.runs == 8


def test_twins_account_for_the_difference_of_emerged_counts(real):
    emerged = row(real.table, "emerged")
    fates = real.fates[(real.fates["cut_off"] == "horizon") & (real.fates["origin"] == "all")].set_index("fate")
    mean = fates["mean"]
    assert emerged["mean_b"] > 0
    assert mean["net"] == pytest.approx(emerged["difference"])
    shared = mean["unchanged"] + mean["accelerated"] + mean["delayed"]
    assert shared + mean["additional"] == pytest.approx(emerged["mean_b"])
    assert shared + mean["displaced"] == pytest.approx(emerged["mean_a"])
    assert real.curves.iloc[-1]["mean_b"] == pytest.approx(emerged["mean_b"])


def test_origins_add_up(real):
    by_fate = real.fates[real.fates["fate"] != "net"].groupby(["cut_off", "fate"])
    for _, rows in by_fate:
        means = rows.set_index("origin")["mean"]
        assert means.drop("all").sum() == pytest.approx(means["all"])
        assert (means >= 0).all()


def test_summarising_again_gives_the_same(real):
    again = summarise(real.worlds)
    assert again.table.equals(real.table)
    assert again.money.equals(real.money)


def test_ready_scenarios_of_the_mission_can_be_compared():
    a, b = (prepare(load_scenario(name)) for name in ("spontaneous", "one_call_a_year"))
    assert compare(a, b, runs=1, threads=1).runs == 1
