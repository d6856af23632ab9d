"""Origins for people: figures that stay on the page, a page that says what it rests on, in both languages."""

from pathlib import Path

import pytest

from ectsim.analysis.lives import live
from ectsim.analysis.origins import compare_origins
from ectsim.analysis.origins_census import beside_census, observe
from ectsim.calibration.census import read_census
from ectsim.calibration.tidy import read_tidy
from ectsim.model.simulation import prepare
from ectsim.report.origins import answers, outcome_label, tell_origins
from ectsim.report.origins_figures import origins_figures
from ectsim.scenario.reading import load_scenario

EXAMPLE = Path(__file__).parents[2] / "calibration" / "example"


@pytest.fixture(scope="module")
def studied():
    setup = prepare(load_scenario("one_call_a_year"))
    lives = live(setup, range(1, 4), 36, threads=2)
    return setup, compare_origins(lives), beside_census(observe(read_census(read_tidy(EXAMPLE))), lives)


def test_figures_stay_on_the_page(studied, language, leaving):
    for name, figure in origins_figures(*studied).items():
        assert not leaving(figure), name


def test_the_story_says_what_it_rests_on_and_that_the_census_is_fictive(studied, language):
    assert all(sentence and "{" not in sentence for sentence in answers(studied[1]))
    story = tell_origins(*studied)
    assert story.startswith("DONNÉES FICTIVES")
    assert str(studied[0].scenario.name) in story
    assert "DONNÉES FICTIVES" not in tell_origins(*studied[:2], None)


def test_every_outcome_has_a_name_of_its_own(studied, language):
    table = studied[1].differences
    for _, rows in table[table["status"] == "all"].groupby("since"):
        labels = [outcome_label(name) for name in rows["outcome"]]
        assert len(set(labels)) == len(labels)
