"""The figures of sweeps and of patterns: means where they were planted, values where they belong."""

import numpy as np
import pandas as pd
import pytest

from ectsim.experiments.patterns import PATTERNS
from ectsim.experiments.study import load_study
from ectsim.report.effects import MOST_LEVELS, effects_figure, means_by_level
from ectsim.report.patterns import WIDEST, patterns_figure, tell_patterns


def test_means_are_taken_level_by_level():
    found = means_by_level([1, 1, 2, 2, 3], [4.0, 6.0, 1.0, 3.0, np.nan])
    assert [(level, mean) for level, mean, *_ in found] == [(1, 5), (2, 2)]
    assert all(low < mean < high for _, mean, low, high in found)


def test_many_values_are_put_into_bins_that_follow_the_slope():
    values = np.linspace(0, 1, 400)
    found = means_by_level(values, 10 * values)
    assert len(found) == MOST_LEVELS
    assert [mean for _, mean, *_ in found] == pytest.approx([10 * level for level, *_ in found], abs=0.1)


@pytest.fixture(scope="module")
def swept():
    """A run a winner and scenario of the study that ships: as many emerge as there are winners, none without a call."""
    study = load_study("calls")
    base, scheme = study.scenarios
    rows = [
        {"scenario": key, "call.winners": winners if key == scheme else np.nan, "call.grant_rate": 0.5,
         "call.autonomy": 0.5, "emerged": float(winners) if key == scheme else 0.0}
        for key in (base, scheme) for winners in (2, 2, 4, 4, 8, 8)
    ]  # fmt: skip
    return study, pd.DataFrame(rows)


def test_a_sweep_is_drawn_scenario_by_scenario(swept, leaving, language: str):
    figure = effects_figure(*swept, "emerged", notice="FICTIVE")
    (line,) = figure.axes[0].lines
    assert list(line.get_xdata()) == list(line.get_ydata()) == [2, 4, 8]
    assert "FICTIVE" in " ".join(item.get_text() for item in figure.texts)
    assert not leaving(figure)


def planted_patterns(inside: str) -> pd.DataFrame:
    rows = []
    for pattern in PATTERNS:
        low, high = pattern.accept
        value = (low + high) / 2 if inside == "yes" else 10 * high
        row = {"id": pattern.id, "name": pattern.name, "what": pattern.label, "role": pattern.role, "value": value}
        known = inside if not np.isnan(low) else ""
        bounds = {"low": low, "high": high, "accept_low": low, "accept_high": high, "probability": 0.5}
        rows.append(row | bounds | {"inside": known})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("inside", "place"), [("yes", 0.5), ("no", WIDEST[1])])
def test_patterns_stand_where_their_values_are(inside: str, place: float, leaving, language: str):
    table = planted_patterns(inside)
    figure = patterns_figure(table, 20)
    drawn = [line.get_xdata()[0] for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert drawn == pytest.approx([place] * int((table["inside"] == inside).sum()))
    assert not leaving(figure)
    assert (table["id"].iloc[0] in tell_patterns(table, 20)) is (inside == "no")
