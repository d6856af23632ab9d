"""The map of emergence, the funnel and the network: what is drawn is what was planted, and nothing leaves the page."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from ectsim.analysis.twin_table import emergences
from ectsim.model.state import EMERGED, IDEA
from ectsim.report.emergence_map import emergence_map
from ectsim.report.funnel import funnel_figure
from ectsim.report.network import network_figure


def test_emergences_are_counted_by_commune_and_run(twins):
    found = emergences(twins, 120)
    first, second = twins["commune"].iloc[0], twins["commune"].iloc[-1]
    assert found.loc[first].to_dict() == {"without": 1.0, "with": 1.5}
    assert found.loc[second].to_dict() == {"without": 0.5, "with": 0.0}
    assert emergences(twins, 4).to_dict() == {"without": {first: 0.5}, "with": {first: 0.5}}


def test_the_map_shades_the_communes_where_projects_emerge(plant, twins, leaving, language: str):
    comparison = plant()
    figure = emergence_map(twins, comparison)
    rings = [len(outline) for outline in comparison.a.territory.outlines]
    for axes, values in zip(figure.axes[::2], ((1.0, 0.5), (1.5, 0.0), (0.5, -0.5)), strict=True):
        (shades,) = [one for one in axes.collections if isinstance(one, PolyCollection)]
        assert shades.get_array().tolist() == np.repeat([*values, *[0.0] * (len(rings) - 2)], rings).tolist()
    assert comparison.a.territory.names[0] in figure.get_label()
    assert not leaving(figure)


def test_a_map_without_any_project_is_drawn(plant, twins, leaving):
    assert not leaving(emergence_map(twins.assign(emerged_without=np.nan, emerged_with=np.nan), plant()))


def test_the_funnel_shows_what_reached_each_stage(plant, leaving, language: str):
    comparison = plant(gain=2)
    figure = funnel_figure(comparison)
    lines = [line.get_ydata() for line in figure.axes[0].lines]
    assert [line[0] for line in lines] == [290, 290]
    assert [line[EMERGED] for line in lines] == pytest.approx([8, 6])
    yields = [line.get_xdata()[0] for line in figure.axes[1].lines]
    assert yields == pytest.approx([800 / 290, 600 / 290])
    assert not leaving(figure)
    assert IDEA == 0


def test_the_network_shows_every_tie_once(run, leaving, language: str):
    figure = network_figure(run)
    drawn = [one for one in figure.axes[0].collections if isinstance(one, LineCollection)]
    ties = run.ties()
    assert sum(len(one.get_segments()) for one in drawn) == len(ties) == int(run.state.actors["degree"].sum()) // 2
    assert sum(len(one.get_segments()) for one in drawn[1:]) == (ties["cooperated"] == "since").sum() > 0
    actors = [one for one in figure.axes[0].collections if not isinstance(one, LineCollection)]
    assert sum(len(one.get_offsets()) for one in actors) == len(run.actors())
    assert not leaving(figure)
