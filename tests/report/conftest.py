"""Comparisons to tell: real scenarios, with runs written by hand, and small real runs."""

import functools
from collections.abc import Iterator

import matplotlib.text
import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.comparison import Comparison, summarise
from ectsim.experiments.ensembles import Worlds
from ectsim.experiments.single import simulate
from ectsim.locale import choose_language
from ectsim.model.simulation import prepare
from ectsim.model.state import EMERGED, IDEA, LEDGER
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import ADDITIONAL, TWIN_FIELDS, UNCHANGED
from ectsim.scenario import load_scenario
from ectsim.world.layout import records

RUNS, MONTHS = 40, 120


@pytest.fixture(params=["fr", "en"])
def language(request) -> Iterator[str]:
    choose_language(request.param)
    yield request.param
    choose_language(None)


@functools.cache
def setups():
    return tuple(prepare(load_scenario(name)) for name in ("spontaneous", "one_call_a_year"))


def planted(gain: float = 2.0, spread: int = 1, grants: float = 800.0, funded: int = 4) -> Comparison:
    """Six projects emerge in A in every run, and ``gain`` more in B, give or take ``spread``."""
    worlds = Worlds(
        setups(),
        np.arange(101, 101 + RUNS),
        records((2, RUNS), TALLY_FIELDS),
        records((2, RUNS), TWIN_FIELDS),
        np.zeros((2, RUNS, MONTHS), np.int64),
    )
    more = gain + spread * np.where(np.arange(RUNS) % 2, 1, -1)
    for place, emerged in enumerate((np.full(RUNS, 6), 6 + more)):
        worlds.tallies[place]["reached"][:, EMERGED, 0, 0, 0] = emerged
        worlds.tallies[place]["reached"][:, IDEA, 0, 0, 0] = 290
        worlds.tallies[place]["money"][:, LEDGER.index("officers")] = 2400.0
        worlds.emerged[place, :, 60:] = np.asarray(emerged)[:, None]
    worlds.tallies[1]["money"][:, LEDGER.index("grants")] = grants
    twins = worlds.twins[1]
    twins["fates"][:, :, UNCHANGED, 0] = 3
    twins["fates"][:, :, 4, 0] = 3
    twins["fates"][:, :, ADDITIONAL, 2] = (3 + more)[:, None]
    twins["funded_emerged"], twins["windfall"][:, :, 0] = funded, funded // 4
    return summarise(worlds)


@pytest.fixture(scope="session")
def plant():
    return planted


@pytest.fixture(scope="session")
def twins() -> pd.DataFrame:
    """Three projects in the first commune of the territory and one in the second, over two runs: one is lost in B."""
    first, second = setups()[0].territory.codes[:2]
    common = {"seed": [1, 1, 2, 2], "commune": [first, first, first, second], "born_without": [True, False, True, True]}
    emerged = {"emerged_without": [3.0, np.nan, 30.0, 5.0], "emerged_with": [3.0, 40.0, 20.0, np.nan]}
    fates = {"fate_horizon": ["unchanged", "additional", "accelerated", "displaced"]}
    return pd.DataFrame(common | emerged | fates | {"funded_horizon": [False, True, True, False]})


@pytest.fixture(scope="session")
def run():
    return simulate("one_call_a_year", seed=3)


@pytest.fixture(scope="session")
def leaving():
    """Find what leaves the page of a figure."""

    def off_page(figure) -> list[str]:
        """Texts of a figure that leave its page."""
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        found = []
        undrawn = {
            label
            for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis))
            for tick in axis.get_major_ticks()
            if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
            for label in (tick.label1, tick.label2)
        }
        for item in figure.findobj(matplotlib.text.Text):
            if item.get_text().strip() and item.get_visible() and item not in undrawn:
                box = item.get_window_extent()
                if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
                    found.append(item.get_text())
        return found

    return off_page
