"""Sensitivity of the whole distribution of a quantity: PAWN indices from any table of points, beside those of chance.

A table whose factors are correlated will do too: the index then also holds what a factor owes to the others.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.sensitivity.salib import pawn

if TYPE_CHECKING:
    import pandas as pd

SLICES = 10
DUMMIES = 100
"""Columns of random numbers, whose indices show what chance alone gives."""


def distribution_table(
    names: Sequence[str], points: NDArray[np.float64], outputs: NDArray[np.float64], generator: np.random.Generator
) -> "pd.DataFrame":
    """PAWN index of each factor; points whose output is undefined are left out.

    Returns
    -------
    DataFrame
        ``factor``, ``value``, and of columns of random numbers the median index ``chance`` and the 95 % quantile
        ``chance_high``. PAWN is biased up at small samples: an index below ``chance_high`` tells nothing.
    """
    import pandas as pd

    known = ~np.isnan(outputs)
    given, outputs = points[known], outputs[known]
    found = pawn(given, outputs, SLICES)
    chance = pawn(generator.random((len(given), DUMMIES)), outputs, SLICES)
    table = pd.DataFrame({"factor": list(names), "value": found})
    return table.assign(chance=np.median(chance), chance_high=np.quantile(chance, 0.95))
