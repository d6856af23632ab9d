"""Which factors matter at all: Morris' elementary effects of a quantity, beside those of the dummy."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.sensitivity.salib import elementary_effects
from ectsim.experiments.factors import DUMMY

if TYPE_CHECKING:
    import pandas as pd

FEWEST_TRAJECTORIES = 4


def screening_table(
    problem: Mapping[str, Any],
    unit: NDArray[np.float64],
    outputs: NDArray[np.float64],
    levels: int,
    generator: np.random.Generator,
    resamples: int = 1_000,
) -> "pd.DataFrame | None":
    """Morris' measures, in units of the quantity for a step over the whole range of the factor.

    Parameters
    ----------
    problem
        The factors as SALib describes them.
    unit
        Points in the unit cube, shape (P, F).
    outputs
        At those points, shape (P,); trajectories with an undefined output are left out.
    levels
        Of the grid of the design.

    Returns
    -------
    DataFrame or None
        ``factor`` (or group), ``mu`` (mean effect), ``mu_star`` (mean absolute effect) with ``low`` and ``high``
        (95 %), ``sigma`` (standard deviation of the effects; undefined for groups). None where too few trajectories
        are defined.
    """
    import pandas as pd

    names = list(dict.fromkeys(problem.get("groups", problem["names"])))
    step = len(names) + 1
    whole = ~np.isnan(outputs.reshape(-1, step)).any(axis=1)
    if whole.sum() < FEWEST_TRAJECTORIES:
        return None
    kept = np.repeat(whole, step)
    found = elementary_effects(problem, unit[kept], outputs[kept], levels, resamples, generator)
    half = found.pop("mu_star_conf")
    table = pd.DataFrame({"factor": names, **found})
    table["low"], table["high"] = table["mu_star"] - half, table["mu_star"] + half
    return table


def standing_out(names: Sequence[str], tables: "Mapping[str, pd.DataFrame]", most: int) -> list[str]:
    """Factors that stand out above the dummy in some quantity, the foremost first, at most ``most``.

    By the largest total index of a surrogate; where no surrogate predicts anything, by the largest mean absolute
    effect relative to that of the foremost factor. The first of the names where there is neither table.
    """
    if "surrogate" in tables:
        totals: Any = tables["surrogate"]
        largest = totals[totals["index"] == "ST"].groupby("factor")["value"].max()
    elif "screening" in tables:
        effects: Any = tables["screening"]
        by_quantity = effects.groupby(["outcome", "scenario", "against", "of"], dropna=False)["mu_star"]
        largest = (effects["mu_star"] / by_quantity.transform("max")).groupby(effects["factor"]).max()
    else:
        return [name for name in names if name != DUMMY][:most]
    score = dict.fromkeys(names, 0.0) | largest.to_dict()
    above = [name for name in names if score[name] > score[DUMMY]]
    return sorted(above, key=lambda name: -score[name])[:most]
