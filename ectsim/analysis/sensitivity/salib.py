"""SALib's estimators, without its traps: random numbers come from our generator or leave NumPy's global state alone.

The designs they need are those of :mod:`ectsim.experiments.designs`. SALib's own bootstrap ignores seed 0 and otherwise
draws from the global state, so that resampling is ours and the estimators are SALib's.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class SobolOutputs(NamedTuple):
    """Outputs at the points of Saltelli's scheme, by base row: N base rows, F factors or groups.

    Attributes
    ----------
    a, b : float array (N,)
    ab : float array (N, F)
        At the points of A with one factor of B.
    ba : float array (N, F) or None
        At those of B with one factor of A, where the design has them.
    """

    a: Numbers
    b: Numbers
    ab: Numbers
    ba: Numbers | None

    def each(self, change: Callable[[Numbers], Numbers]) -> "SobolOutputs":
        """All four changed alike."""
        return SobolOutputs(
            change(self.a), change(self.b), change(self.ab), None if self.ba is None else change(self.ba)
        )

    def rows(self, chosen: Any) -> "SobolOutputs":
        """Some base rows, or all of them in another order."""
        return self.each(lambda part: part[chosen])


def sobol_outputs(outputs: Numbers, width: int, second_order: bool) -> SobolOutputs:
    """Outputs (P,) in the order of a Saltelli design of ``width`` factors or groups, by base row."""
    from SALib.analyze.sobol import separate_output_values

    rows = len(outputs) // (2 * width + 2 if second_order else width + 2)
    return SobolOutputs(*separate_output_values(outputs, width, rows, second_order))


def first_and_total(outputs: SobolOutputs) -> tuple[Numbers, Numbers]:
    """First and total indices, shape (F,), or (F, B) where the arrays of ``outputs`` have a further axis of resamples.

    First order: Saltelli et al. 2010; total: Jansen 1999.
    """
    from SALib.analyze.sobol import first_order, total_order

    factors = range(outputs.ab.shape[1])
    with _quiet():
        first = [first_order(outputs.a, outputs.ab[:, factor], outputs.b) for factor in factors]
        total = [total_order(outputs.a, outputs.ab[:, factor], outputs.b) for factor in factors]
    return np.array(first), np.array(total)


def second(outputs: SobolOutputs, one: int, other: int) -> Any:
    """Index of the second order of two factors, or one for each resample (Saltelli 2002)."""
    from SALib.analyze.sobol import second_order

    a, b, ab, ba = outputs
    assert ba is not None
    with _quiet():
        return second_order(a, ab[:, one], ab[:, other], ba[:, one], b)


def elementary_effects(
    problem: Mapping[str, Any],
    unit: Numbers,
    outputs: Numbers,
    levels: int,
    resamples: int,
    generator: np.random.Generator,
) -> dict[str, Numbers]:
    """Morris' measures of factors or groups: ``mu``, ``mu_star``, ``sigma`` and the 95 % half-width of ``mu_star``."""
    from SALib.analyze import morris

    # SALib completes the problem it is given
    with _quiet():
        found = morris.analyze(
            dict(problem), unit, outputs, num_resamples=resamples, num_levels=levels, seed=generator.spawn(1)[0]
        )
    return {name: np.asarray(found[name], float) for name in ("mu", "mu_star", "sigma", "mu_star_conf")}


def pawn(points: Numbers, outputs: Numbers, slices: int) -> Numbers:
    """PAWN index of each column: median over slices of the Kolmogorov–Smirnov distance (Pianosi and Wagener 2018)."""
    from SALib.analyze import pawn as salib_pawn

    width = points.shape[1]
    problem = {"num_vars": width, "names": [str(place) for place in range(width)], "bounds": [[0.0, 1.0]] * width}
    with _quiet():
        # without a seed it draws nothing, and leaves the global state alone
        return np.asarray(salib_pawn.analyze(problem, points, outputs, S=slices)["median"], float)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves the warnings about constant resamples: what comes of them is told with the indices."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
