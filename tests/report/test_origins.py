"""Origins for people: figures that stay on the page, a page that says what it rests on, in both languages."""

import re
from pathlib import Path

import pytest

from ectsim.analysis.lives import live
from ectsim.analysis.origins import compare_origins
from ectsim.analysis.origins_census import beside_census
from ectsim.calibration.census import read_census
from ectsim.calibration.tidy import read_tidy
from ectsim.model.simulation import prepare
from ectsim.report.origins import answers, origins_report, outcome_label, tell_origins
from ectsim.report.origins_figures import origins_figures
from ectsim.report.pages import report_page
from ectsim.scenario.reading import load_scenario

EXAMPLE = Path(__file__).parents[2] / "calibration" / "example"


@pytest.fixture(scope="module")
def studied():
    setup = prepare(load_scenario("one_call_a_year"))
    lives = live(setup, range(1, 4), 36, threads=2)
    return setup, compare_origins(lives), lives, beside_census(read_census(read_tidy(EXAMPLE)), lives)


def test_figures_stay_on_the_page(studied, language, leaving):
    for name, figure in origins_figures(*studied[:3], studied[3]).items():
        assert not leaving(figure), name


def test_the_page_says_what_it_shows_and_that_the_census_is_fictive(studied, language):
    figures = origins_figures(*studied[:3], studied[3])
    page = report_page(origins_report(*studied, figures, "ectsim origins one_call_a_year --runs 3"))
    assert not re.search(r"(src|href)=[\"'](?!data:|#)", page)
    assert page.count("<img") == len(figures) == 3
    assert "DONNÉES FICTIVES" in page
    assert all(sentence and "{" not in sentence for sentence in answers(studied[1], studied[2]))
    story = tell_origins(*studied)
    assert story.startswith("DONNÉES FICTIVES")
    assert str(studied[0].scenario.name) in story
    assert "DONNÉES FICTIVES" not in tell_origins(*studied[:3], None)


def test_every_outcome_has_a_name_of_its_own(studied, language):
    table = studied[1].differences
    for _, rows in table[table["status"] == "all"].groupby("since"):
        labels = [outcome_label(name) for name in rows["outcome"]]
        assert len(set(labels)) == len(labels)
