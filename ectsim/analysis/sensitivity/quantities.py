"""What a sensitivity analysis explains: an outcome of a scenario or a paired difference, its mean or spread over luck.

Reads the table of runs; the indices live in the sibling modules.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.experiments.study_settings import SweepStudy

Of = Literal["mean", "spread"]


class Quantity(NamedTuple):
    """An outcome in ``scenario``, less that of ``against`` under the same luck if given; over luck its mean or spread.

    The spread is the standard deviation over the replicates of a point.
    """

    outcome: str
    scenario: str
    against: str | None = None
    of: Of = "mean"

    def label(self, study: "SweepStudy") -> str:
        """What it is, in the current language."""
        names = {key: str(scenario.name) for key, scenario in study.scenarios.items()}
        where = names[self.scenario]
        if self.against:
            where = text("sensitivity.difference", scenario=where, against=names[self.against])
        return text(f"sensitivity.of.{self.of}", outcome=OUTCOMES[self.outcome].label, where=where)


def quantities(study: "SweepStudy", *of: Of) -> Iterator[Quantity]:
    """Every outcome of a study in each scenario, then its difference from the first scenario in each other one."""
    first, *others = study.scenarios
    for outcome in study.outcomes:
        for statistic in of:
            yield from (Quantity(outcome, scenario, None, statistic) for scenario in study.scenarios)
            yield from (Quantity(outcome, scenario, first, statistic) for scenario in others)


def columns(study: "SweepStudy") -> list[str]:
    """Columns of the table of runs that :func:`replicates_of` reads."""
    return ["point", "scenario", "replicate", *study.outcomes]


def replicates_of(quantity: Quantity, runs: "pd.DataFrame") -> NDArray[np.float64]:
    """Values of a quantity, shape (points, replicates); NaN where a run or its pair is undefined."""
    values = _of_scenario(quantity.outcome, quantity.scenario, runs)
    return values - _of_scenario(quantity.outcome, quantity.against, runs) if quantity.against else values


def _of_scenario(outcome: str, scenario: str, runs: "pd.DataFrame") -> NDArray[np.float64]:
    chosen: Any = runs[runs["scenario"] == scenario]
    own = chosen.sort_values(["point", "replicate"])
    return own[outcome].to_numpy(float).reshape(own["point"].nunique(), -1)


def over_luck(values: NDArray[np.float64], of: Of) -> NDArray[np.float64]:
    """Mean, or standard deviation, over the last axis; NaN where too few values are defined (one, or two)."""
    defined = ~np.isnan(values)
    count = defined.sum(axis=-1)
    mean = np.where(defined, values, 0.0).sum(axis=-1) / np.maximum(count, 1)
    if of == "mean":
        return np.where(count > 0, mean, np.nan)
    squares = np.where(defined, values - mean[..., None], 0.0) ** 2
    return np.where(count > 1, np.sqrt(squares.sum(axis=-1) / np.maximum(count - 1, 1)), np.nan)
