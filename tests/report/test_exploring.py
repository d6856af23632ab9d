"""Patterns and choices for people: figures that stay on the page, in both languages."""

import matplotlib.text
import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.choice.choosing import judge, read_enough
from ectsim.analysis.exploration.cells import discovery, pattern_table, unseen_table
from ectsim.analysis.exploration.exploring import Patterns, axes_of, axis_name
from ectsim.experiments.study_settings import SweepStudy
from ectsim.report.choice import answers as choice_answers
from ectsim.report.choice import tell_choice
from ectsim.report.choice_figures import choice_figures
from ectsim.report.exploration import exploration_figure, never_together, tell_patterns
from ectsim.scenario.reading import load_scenario

SCHEMES = (
    "spontaneous", "one_call_a_year", "two_phase_call", "national_call", "subsidy_equal_budget",
    "facilitation_equal_budget", "label_then_money", "events_and_recognition",
)  # fmt: skip
DRAWS, REPLICATES = 30, 3


def leaving(figure) -> list[str]:
    """Texts of a figure that leave its page."""
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    found = []
    for item in figure.findobj(matplotlib.text.Text):
        if item.get_text().strip() and item.get_visible():
            box = item.get_window_extent()
            if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
                found.append(item.get_text())
    return found


def study(scenarios, **changes) -> SweepStudy:
    values = {
        "name": {"fr": "Étude", "en": "Study"},
        "scenarios": {name: load_scenario(name).model_dump(mode="json") for name in scenarios},
        "factors": [{"name": "idea_rate", "low": 10.0, "high": 40.0}, {"name": "beta_0"}],
        "design": {"kind": "sobol", "points": 32},
        "replicates": REPLICATES,
    }
    return SweepStudy.model_validate(values | changes)


@pytest.fixture(scope="module")
def runs():
    """Every scheme adds as many projects as its rank, less in some draws, and costs the square of it."""
    chance = np.random.default_rng(1)
    point, scheme, replicate = (
        axis.reshape(-1) for axis in np.meshgrid(range(DRAWS), range(8), range(REPLICATES), indexing="ij")
    )
    effect = np.where(point % 4 == 0, -scheme, scheme) + chance.normal(size=len(point))
    told = {"point": point, "scenario": np.array(SCHEMES)[scheme], "replicate": replicate}
    told |= {"anchored[after,with]": 10 + effect * (scheme > 0), "money": 4000.0 + 60 * scheme**2}
    told |= {"windfall[after,pure]": scheme / 2, "windfall[after,accelerated]": 0.1 * scheme}
    return pd.DataFrame(told | {"final_communes_reached": 0.2 + 0.01 * effect})


@pytest.fixture
def choice(runs, language):
    return judge(study(SCHEMES), runs, read_enough(["money=2000"]), "DONNÉES FICTIVES")


def test_figures_of_a_choice_stay_on_the_page(choice):
    for name, figure in choice_figures(choice).items():
        assert not leaving(figure), name


def test_a_choice_says_what_it_rests_on(choice):
    told = tell_choice(choice)
    assert "{" not in told
    assert "720" in told
    assert "DONNÉES FICTIVES" in told
    assert len(choice_answers(choice)) >= 4


def patterns(count: int) -> Patterns:
    """Worlds whose outcomes fill a triangle: none is high on both of two axes."""
    chance = np.random.default_rng(1)
    outcomes = ("emerged",) if count == 2 else ("emerged", "anchored", "final_trust")
    made = study(SCHEMES[: 2 if count == 2 else 1], outcomes=outcomes)
    values = np.floor(chance.dirichlet(np.ones(count + 1), 400)[:, :count] * 60)
    values[7] = np.nan
    axes, widths, generation = axes_of(made), np.full(count, 5.0), np.arange(400) // 100
    names = [axis_name(axis) for axis in axes]
    points = pd.DataFrame(values, columns=names).assign(generation=generation, patterns=discovery(values, widths))
    table = pattern_table(names, values, widths, generation).assign(seed=12)
    tables = {"patterns": table, "unseen": unseen_table(names, values, widths), "points": points}
    return Patterns(made, axes, widths, tables, 100, 800)


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("count", [2, 3])
def test_the_figure_of_patterns_stays_on_the_page(count):
    assert not leaving(exploration_figure(patterns(count)))


def test_what_is_never_seen_together_is_told(language):
    found = patterns(2)
    never = never_together(found)
    assert "{" not in tell_patterns(found)
    assert len(never) == 1
    assert never[0].count("≥") == 2
    assert len(never_together(patterns(3))) >= 3
