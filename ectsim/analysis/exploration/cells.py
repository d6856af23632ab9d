"""The space of outcomes cut into cells: which cell a value lies in, which were seen, which never.

Where to look next lives in breeding.py.
"""

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

BINS = 20
STEPS = (1.0, 2.0, 5.0, 10.0)


def cell_widths(values: NDArray[np.float64], bins: int = BINS) -> NDArray[np.float64]:
    """Width of the cells on each axis: the range of ``values`` in about ``bins`` parts, as 1, 2 or 5 × 10ⁿ.

    Parameters
    ----------
    values
        Shape (points, axes), NaN where undefined.
    bins
        Parts wanted; there are at most as many.
    """
    widths = []
    for column in values.T:
        defined = column[~np.isnan(column)]
        span = float(np.ptp(defined)) if len(defined) else 0.0
        if span == 0:
            widths.append(1.0)
            continue
        power = 10.0 ** math.floor(math.log10(span / bins))
        width = next(step * power for step in STEPS if step * power * bins >= span * (1 - 1e-9))
        # what is counted in whole numbers is not cut finer
        widths.append(max(width, 1.0) if (defined == np.round(defined)).all() else width)
    return np.array(widths)


def cells_of(values: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cell of each point, shape (points, axes): the number of whole widths below its value. Values must be defined."""
    # a value on an edge must not fall below it by the rounding of the division
    return np.floor(values / widths + 1e-9).astype(np.int64)


def pattern_table(
    axes: Sequence[str], values: NDArray[np.float64], widths: NDArray[np.float64], generation: NDArray[np.int64]
) -> "pd.DataFrame":
    """One row a cell that was seen, in the order of cells.

    Parameters
    ----------
    axes
        Names of the axes.
    values
        Shape (points, axes), NaN where undefined: those points are in no cell.
    widths
        As :func:`cell_widths` gives them.
    generation
        Generation of each point.

    Returns
    -------
    DataFrame
        ``<axis>_low`` and ``<axis>_high`` (excluded) of each axis, ``points`` in the cell, ``first``, the row of the
        first point there, and its ``generation``.
    """
    import pandas as pd

    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    found, first, counts = np.unique(cells_of(values[known], widths), axis=0, return_index=True, return_counts=True)
    columns: dict[str, Any] = {}
    for place, axis in enumerate(axes):
        columns[f"{axis}_low"] = found[:, place] * widths[place]
        columns[f"{axis}_high"] = (found[:, place] + 1) * widths[place]
    rows = known[first] if len(known) else known
    return pd.DataFrame({**columns, "points": counts, "first": rows, "generation": generation[rows]})


def unseen_table(axes: Sequence[str], values: NDArray[np.float64], widths: NDArray[np.float64]) -> "pd.DataFrame":
    """One row a pair of axes and a cell of theirs, within the range of what was seen, that no point reached.

    Returns
    -------
    DataFrame
        ``x``, ``y`` (names of axes), ``x_low``, ``x_high``, ``y_low``, ``y_high``, and ``beside``: whether a cell
        that shares an edge or a corner with it was seen.
    """
    import pandas as pd

    rows = []
    known = values[~np.isnan(values).any(axis=1)]
    for x, y in itertools.combinations(range(len(axes)), 2):
        pair = [x, y]
        seen, corner = seen_grid(known[:, pair], widths[pair])
        wide = np.pad(seen, 1)
        near = np.zeros_like(seen)
        for across, down in itertools.product((0, 1, 2), repeat=2):
            near |= wide[across : across + seen.shape[0], down : down + seen.shape[1]]
        for column, row in np.argwhere(~seen):
            low = (corner + (column, row)) * widths[pair]
            high = low + widths[pair]
            ends = {"x_low": low[0], "x_high": high[0], "y_low": low[1], "y_high": high[1]}
            rows.append({"x": axes[x], "y": axes[y], **ends, "beside": bool(near[column, row])})
    columns = ["x", "y", "x_low", "x_high", "y_low", "y_high", "beside"]
    return pd.DataFrame(rows, columns=columns)


def seen_grid(pair: NDArray[np.float64], widths: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which cells of two axes were seen, bool array from the lowest cell on, and that lowest cell, shape (2,)."""
    cells = cells_of(pair, widths)
    if not len(cells):
        return np.zeros((0, 0), np.bool_), np.zeros(2, np.int64)
    corner = cells.min(axis=0)
    seen = np.zeros(cells.max(axis=0) - corner + 1, np.bool_)
    seen[tuple((cells - corner).T)] = True
    return seen, corner


def discovery(values: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells known after each point, shape (points,), in the order in which points were tried."""
    known: set[tuple[int, ...]] = set()
    counts = np.zeros(len(values), np.int64)
    defined = ~np.isnan(values).any(axis=1)
    cells = cells_of(np.where(defined[:, None], values, 0.0), widths).tolist()
    for place, cell in enumerate(cells):
        if defined[place]:
            known.add(tuple(cell))
        counts[place] = len(known)
    return counts
