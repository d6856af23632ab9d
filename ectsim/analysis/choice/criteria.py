"""What a scheme is judged by, each criterion once, and its values from the runs of a sweep. Judging lives beside."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import text

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.experiments.study_settings import SweepStudy


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing a scheme is judged by, as it differs from the first scenario under the same luck.

    Attributes
    ----------
    name : str
    columns : tuple of str
        Columns of the table of runs; their sum is the value.
    unit : str
    more_is_better : bool
    enough : float or None
        Value that is good enough unless asked otherwise; None: any.
    """

    name: str
    columns: tuple[str, ...]
    unit: str
    more_is_better: bool
    enough: float | None

    @property
    def label(self) -> str:
        """What it is, in the current language."""
        return text(f"choice.criterion.{self.name}")

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.more_is_better else -1


# counted in the months after the horizon, instruments off: projects merely brought forward are told there, and those
# paid late, which anchor two years after the last payment, have had the time
_ANCHORED = ("anchored[after,with]",)
_WINDFALL = ("windfall[after,pure]", "windfall[after,accelerated]")
CRITERIA: Mapping[str, Criterion] = {
    one.name: one
    for one in (
        Criterion("anchored", _ANCHORED, "projects", True, 1.0),
        Criterion("money", ("money",), "k€", False, None),
        Criterion("windfall", _WINDFALL, "projects", False, 1.0),
        Criterion("communes", ("final_communes_reached",), "share", True, 0.0),
    )
}
OUTCOMES_JUDGED = ("money", "final_communes_reached")
"""Outcomes that a study must keep for its schemes to be judged."""


def criterion_values(runs: "pd.DataFrame", study: "SweepStudy") -> dict[str, NDArray[np.float64]]:
    """Every criterion of every run, less that of the first scenario with the same seed.

    Returns
    -------
    dict
        Name of the criterion → array of shape (schemes, draws, replicates); NaN where a run was not made.
    """
    return {name: _differences(runs, list(study.scenarios), one.columns) for name, one in CRITERIA.items()}


def _differences(runs: "pd.DataFrame", schemes: list[str], columns: tuple[str, ...]) -> NDArray[np.float64]:
    found = []
    for scheme in schemes:
        chosen: Any = runs[runs["scenario"] == scheme]
        own = chosen.sort_values(["point", "replicate"])
        values = own[list(columns)].to_numpy(float).sum(axis=1)
        found.append(values.reshape(own["point"].nunique(), -1))
    stacked = np.array(found)
    return stacked - stacked[0]
