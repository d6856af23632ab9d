"""A case and conditions of emergence for people: figures that stay on the page, in both languages."""

import math

import numpy as np
import pytest

from ectsim.analysis.case import judge
from ectsim.analysis.conditions import summarise_conditions
from ectsim.model.simulation import prepare
from ectsim.report.case import answers, case_figures, tell_case
from ectsim.report.conditions import conditions_figures, rests_on, tell_conditions
from ectsim.scenario.reading import load_scenario
from tests.analysis.test_case import planted as planted_lives
from tests.analysis.test_case import project
from tests.analysis.test_conditions import planted as planted_runs


@pytest.fixture(scope="module")
def setup():
    return prepare(load_scenario("one_call_a_year"))


@pytest.fixture(scope="module")
def verdicts():
    lives = planted_lives()
    projects = [project(collective=2.0, structured=10.0, theme="energy", zone="centre"), project(origin="call")]
    return [judge(one, lives) for one in projects], lives


def test_a_case_is_told_with_what_surprises(setup, verdicts, language):
    found, lives = verdicts
    first, second = (answers(verdict) for verdict in found)
    assert all(sentence and "{" not in sentence for sentence in first)
    assert not any(word in " ".join(first) for word in ("No month given", "Sans mois donné", "left out", "de côté"))
    assert len(second) == 1
    story = tell_case(setup, found, lives.seeds, True)
    assert story.startswith("DONNÉES FICTIVES")
    assert "DONNÉES FICTIVES" not in tell_case(setup, found, lives.seeds, False)


def test_stages_without_a_month_and_news_too_late_are_said(setup, language, leaving):
    lives = planted_lives()
    verdict = judge(project(emerged=150.0, followed=200), lives)
    told = " ".join(answers(verdict))
    assert {"fr": "Sans mois donné", "en": "No month given"}[language] in told
    assert {"fr": "suivis que 108 mois", "en": "over 108 months only"}[language] in told
    (figure,) = case_figures(setup, [verdict], lives.seeds, True).values()
    assert [len(axes.lines) for axes in figure.axes[:5]] == [2, 2, 4, 4, 4]
    assert not leaving(figure)


def test_the_figure_of_a_case_stays_on_the_page(setup, verdicts, language, leaving):
    found, lives = verdicts
    figures = case_figures(setup, found, lives.seeds, True)
    assert list(figures) == ["case_1"]
    assert not leaving(figures["case_1"])


def test_conditions_are_told_and_drawn(setup, language, leaving):
    found = summarise_conditions(planted_runs(effect=1.0, interaction=4.0, points=64))
    rests = rests_on(setup, setup, found, 1)
    figures = conditions_figures(found, rests)
    for name, figure in figures.items():
        assert not leaving(figure), name
    assert "{" not in tell_conditions(found, rests)


def test_conditions_without_any_effect_are_told_too(setup, language):
    runs = planted_runs(points=64)
    for column in runs.columns.difference(["point", "scenario", "replicate"]):
        if not column.startswith("initial_"):
            runs[column] = 0.0
    found = summarise_conditions(runs)
    told = tell_conditions(found, rests_on(setup, setup, found, 1))
    assert "{" not in told
    assert math.isnan(found.luck["luck_factor"].iloc[2]) or np.isfinite(found.luck["luck_factor"].iloc[2])
