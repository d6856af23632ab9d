"""Where to look next: points bred from those whose outcomes are rare, in the unit cube of the factors.

After pattern space exploration (Chérel, Cottineau and Reuillon 2015, PLOS ONE 10(9)), without an optimiser of its own:
rare cells of outcomes are parents, their children lie near them or between two of them.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.exploration.cells import BINS, cell_widths, cells_of

NEAREST, FARTHEST = 0.005, 0.5
"""Standard deviations of a child's step from its parent, drawn evenly on a log scale; the cube is 1 wide."""
CROSSED = 0.3
"""Share of children that take each factor from one of two parents."""
Evaluate = Callable[[int, NDArray[np.float64]], NDArray[np.float64]]
"""From a generation and its points, shape (points, factors), to their outcomes, shape (points, axes)."""


def breed(
    points: NDArray[np.float64], cells: NDArray[np.int64], count: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """``count`` new points of the unit cube.

    Parameters
    ----------
    points
        Points tried so far whose outcomes are defined, shape (points, factors), one at least.
    cells
        Their cells, shape (points, axes).
    count
        Children wanted.
    generator
        Random numbers.
    """
    _, place, hits = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    # a cell is chosen in proportion to 1/hits, then one of its points evenly
    weight = 1.0 / hits[place.reshape(-1)].astype(float) ** 2
    chosen = generator.choice(len(points), size=(2, count), p=weight / weight.sum())
    children = points[chosen[0]].copy()
    width = children.shape[1]
    crossed = generator.random(count) < CROSSED
    other = crossed[:, None] & (generator.random((count, width)) < 0.5)
    children[other] = points[chosen[1]][other]
    step = np.exp(generator.uniform(np.log(NEAREST), np.log(FARTHEST), size=(count, 1)))
    # about half of the factors move, one at least
    moved = generator.random((count, width)) < 0.5
    moved[np.arange(count), generator.integers(width, size=count)] = True
    return reflected(children + moved * step * generator.standard_normal((count, width)))


def reflected(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points thrown back into the unit cube at its faces."""
    folded = np.mod(points, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)


def search(
    evaluate: Evaluate, first: NDArray[np.float64], generations: int, *, bins: int = BINS, seed: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Try ``first``, then ``generations`` generations as large, each bred from all that came before.

    The same evaluations give the same points, so that a search cut short goes on from what was kept of them.

    Parameters
    ----------
    evaluate
        See ``Evaluate``; generation 0 is ``first``.
    first
        Shape (points, factors), in the unit cube.
    generations
        After the first.
    bins
        See :func:`~ectsim.analysis.exploration.cells.cell_widths`, applied to the outcomes of ``first``.
    seed
        Of the breeding.

    Returns
    -------
    points
        All of them, shape ((generations + 1) × points, factors).
    values
        Their outcomes, NaN where undefined.
    widths
        Of the cells.
    """
    points, values = first, evaluate(0, first)
    widths = cell_widths(values, bins)
    for generation in range(1, generations + 1):
        known = ~np.isnan(values).any(axis=1)
        if not known.any():
            break
        generator = np.random.default_rng([seed, generation])
        children = breed(points[known], cells_of(values[known], widths), len(first), generator)
        points = np.vstack([points, children])
        values = np.vstack([values, evaluate(generation, children)])
    return points, values, widths
