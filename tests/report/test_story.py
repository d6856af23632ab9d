"""The story of a comparison and of a run: its numbers, its cautions, and what it says in each case."""

import re

import numpy as np
import pytest

from ectsim.locale import text
from ectsim.model.outcomes import measure
from ectsim.parameters import PARAMETERS
from ectsim.report.story import finding, tell_comparison, tell_run

UNFILLED = re.compile(r"[{}]|\bnan\b|\binf\b|None|array\(")


def local(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "fr" else number


def assert_says(story: str, language: str, *numbers: str) -> None:
    for expected in numbers:
        assert local(expected, language) in story, expected


def test_the_numbers_are_told(plant, language: str):
    story = tell_comparison(plant(gain=2))
    row = plant(gain=2).table.set_index("name").loc["emerged"]
    bounds = [f"+{bound:.1f}" for bound in (row["low"], row["high"])]
    assert_says(story, language, "6.0", "8.0", "+2.0", *bounds, "290")
    assert_says(story, language, "2.40", "3.20", "800", "400")  # money, and 800 k€ for two projects more
    for word in ("40", "101", "140", "300"):  # runs, seeds, actors
        assert re.search(rf"\b{word}\b", story), word


def test_nothing_is_left_unfilled(plant, language: str):
    for gain, spread, grants, funded in ((2, 1, 800, 4), (0, 0, 0, 0), (-2, 1, -100, 0), (0, 3, 10, 1)):
        assert not UNFILLED.search(tell_comparison(plant(gain, spread, grants, funded)))


def test_both_scenarios_and_the_cautions_are_named(plant, language: str):
    comparison = plant()
    story = tell_comparison(comparison)
    for setup in (comparison.a, comparison.b):
        assert str(setup.scenario.name) in story
    assert text("report.not_a_forecast") in story
    values = {"drawn": len(comparison.a.posterior.names), "draws": len(comparison.a.posterior.draws)}
    assert text("report.story.parameters_drawn", **values) in story


@pytest.mark.parametrize(
    ("gain", "spread", "verdict"), [(2, 1, "more"), (-2, 1, "less"), (0, 0, "equal"), (0, 2, "unclear")]
)
def test_the_story_says_what_the_interval_allows(plant, language: str, gain: float, spread: int, verdict: str):
    comparison = plant(gain, spread)
    assert text(f"report.story.reading.{verdict}", runs=comparison.runs) in tell_comparison(comparison)
    others = {"more": "plus de projets", "less": "moins de projets", "equal": "exactement", "unclear": "pas d’écart"}
    if language == "fr":
        assert [key for key, words in others.items() if words in finding(comparison)] == [verdict]


def test_no_cost_is_given_for_a_gain_that_may_be_none(plant, language: str):
    assert text("report.story.money.no_cost") in tell_comparison(plant(gain=0, spread=2))
    assert text("report.story.money.no_cost") in tell_comparison(plant(gain=-2))
    assert text("report.story.money.no_cost") not in tell_comparison(plant(gain=2))


def test_windfall_is_told_where_there_is_money(plant, language: str):
    word = "aubaine" if language == "fr" else "windfall"
    assert word in tell_comparison(plant(funded=4))
    assert word not in tell_comparison(plant(funded=0))


@pytest.mark.parametrize(
    ("grants", "key", "told"), [(0, "equal", False), (30, "same_budget", True), (800, "same_budget", False)]
)
def test_equal_budgets_are_told(plant, language: str, grants: float, key: str, told: bool):
    story = tell_comparison(plant(grants=grants))
    if key == "equal":
        assert local("2.40", language) in story
        assert text("report.story.money.no_cost") not in story
    assert (text("report.story.money.same_budget") in story) is told


def test_a_lead_that_fades_is_told(plant, language: str):
    comparison = plant(gain=2)
    assert text("report.story.lasts") in tell_comparison(comparison)
    later = comparison.fates["cut_off"] == "after"
    comparison.fates.loc[later, ["mean", "low", "high"]] = [0.1, -0.5, 0.7]
    story = tell_comparison(comparison)
    assert text("report.story.fades") in story
    assert text("report.story.lasts") not in story


def test_durable_projects_that_do_not_follow_are_told(plant, language: str):
    comparison = plant(gain=2)
    beware = text("report.story.conflict", months="|", difference="|", interval="|").partition(":")[0]
    assert beware in tell_comparison(comparison)  # no project is anchored in the planted runs
    anchored = comparison.table["name"] == "anchored"
    comparison.table.loc[anchored, ["low", "high"]] = [0.5, 1.5]
    assert beware not in tell_comparison(comparison)


def test_changed_parameters_are_named(plant, language: str):
    comparison = plant()
    scenario = comparison.a.scenario.model_copy(update={"parameters": {"idea_rate": 3.0}})
    object.__setattr__(comparison.worlds, "setups", tuple(_with(setup, scenario) for setup in comparison.worlds.setups))
    assert PARAMETERS["idea_rate"].label in tell_comparison(comparison)


def _with(setup, scenario):
    import dataclasses

    return dataclasses.replace(setup, scenario=scenario)


def test_the_story_of_a_run(run, language: str):
    story = tell_run(run)
    assert not UNFILLED.search(story)
    values = measure(run.tally, ("ideas", "structured", "emerged", "anchored", "mobilised"))
    for array in values.values():
        assert re.search(rf"\b{int(array[0])}\b", story)
    assert str(run.setup.scenario.name) in story
    assert text("report.not_a_forecast") in story
    stopped = int(run.tally["stopped"].sum())
    assert np.isfinite(stopped)
    assert str(stopped) in story
