"""A surrogate of a quantity from one run a point: gradient boosting, how well it predicts, the indices it gives.

The surrogate is of the mean over luck; one of the absolute residuals tells the spread over luck.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.sensitivity.quantities import Of
from ectsim.analysis.sensitivity.salib import first_and_total, sobol_outputs

if TYPE_CHECKING:
    import pandas as pd

FOLDS = 5
HALVES = 10
"""Fits on half of the points, whose spread is the error of the indices (delete-half jackknife)."""
FEWEST_POINTS = 100
TREES, RATE, LEAVES = 500, 0.05, 15
NORMAL = 1.96


@dataclass(frozen=True)
class Surrogate:
    """Indices of a surrogate.

    Attributes
    ----------
    quality : float
        Q²: share of the variance of points left out of the fit that it predicts; luck bounds it by 1 - ν.
    points : int
        Points it was fitted on.
    indices : DataFrame or None
        ``index`` (S1, ST), ``factor``, ``value``, ``low``, ``high`` (95 %); None where Q² ≤ 0.
    """

    quality: float
    points: int
    indices: "pd.DataFrame | None"


def surrogate_of(
    unit: NDArray[np.float64],
    outputs: NDArray[np.float64],
    names: list[str],
    scheme: NDArray[np.float64],
    *,
    of: Of = "mean",
    seed: int = 1,
) -> Surrogate | None:
    """Fit a surrogate and derive indices; None where too few points are defined or the quantity does not vary.

    Parameters
    ----------
    unit
        Points in the unit cube, shape (P, F).
    outputs
        At those points, shape (P,), one run each; undefined ones are left out.
    names
        Factors or groups, in the order of ``scheme``.
    scheme
        Points of a Saltelli design without second order in the same cube, where the surrogate is evaluated.
    of
        "spread": the surrogate is of the absolute residuals of the one of the mean.
    """
    from threadpoolctl import threadpool_limits

    known = ~np.isnan(outputs)
    unit, outputs = unit[known], outputs[known]
    if len(outputs) < FEWEST_POINTS or np.ptp(outputs) == 0:
        return None
    # loaded before its threads are limited: those of a library not there yet would not be
    model = _model(seed)
    # its threads wait for one another by spinning: on a machine that does anything else, one is fastest
    with threadpool_limits(1):
        predicted = _left_out(model, unit, outputs, seed)
        if of == "spread":
            outputs = np.abs(outputs - (predicted if _quality(outputs, predicted) > 0 else outputs.mean()))
            predicted = _left_out(model, unit, outputs, seed)
        quality = _quality(outputs, predicted)
        if quality <= 0:
            return Surrogate(quality, len(outputs), None)
        return Surrogate(quality, len(outputs), _indices(model, unit, outputs, names, scheme, seed))


def _model(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    settings: dict[str, Any] = {
        "max_iter": TREES,
        "learning_rate": RATE,
        "max_leaf_nodes": LEAVES,
        "early_stopping": True,
    }
    return HistGradientBoostingRegressor(**settings, random_state=seed)


def _left_out(model: Any, unit: NDArray[np.float64], outputs: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Each output as predicted by a fit that has not seen it."""
    from sklearn.model_selection import KFold, cross_val_predict

    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    return np.asarray(cross_val_predict(model, unit, outputs, cv=folds))


def _quality(outputs: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    return float(1 - ((outputs - predicted) ** 2).mean() / outputs.var())


def _indices(
    model: Any,
    unit: NDArray[np.float64],
    outputs: NDArray[np.float64],
    names: list[str],
    scheme: NDArray[np.float64],
    seed: int,
) -> "pd.DataFrame":
    import pandas as pd

    found = _of_fit(model, unit, outputs, len(names), scheme)
    generator, halves = np.random.default_rng(seed), []
    for _ in range(HALVES):
        half = generator.choice(len(outputs), len(outputs) // 2, replace=False)
        halves.append(_of_fit(model, unit[half], outputs[half], len(names), scheme))
    error = NORMAL * np.std(halves, axis=0, ddof=1)
    rows = [
        (index, name, *(found[place, column] + error[place, column] * np.array([0, -1, 1])))
        for place, index in enumerate(("S1", "ST"))
        for column, name in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=["index", "factor", "value", "low", "high"])


def _of_fit(
    model: Any, unit: NDArray[np.float64], outputs: NDArray[np.float64], width: int, scheme: NDArray[np.float64]
) -> NDArray[np.float64]:
    """First and total indices of one fit, shape (2, width); 0 where it is constant."""
    predicted = model.fit(unit, outputs).predict(scheme)
    return np.array(first_and_total(sobol_outputs(predicted - predicted.mean(), width, second_order=False)))
