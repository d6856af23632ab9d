"""Planted runs: worlds whose tallies and twins are written by hand."""

from collections.abc import Iterator

import numpy as np
import pytest

from ectsim.experiments.ensembles import Worlds
from ectsim.locale import choose_language
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import TWIN_FIELDS
from ectsim.world.layout import records


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


def planted_worlds(runs: int, months: int = 12) -> Worlds:
    """Two scenarios in which nothing ever happens."""
    return Worlds(
        (),
        np.arange(1, runs + 1),
        records((2, runs), TALLY_FIELDS),
        records((2, runs), TWIN_FIELDS),
        np.zeros((2, runs, months), np.int64),
    )


@pytest.fixture
def plant():
    return planted_worlds
