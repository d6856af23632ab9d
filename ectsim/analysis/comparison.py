"""Two scenarios under the same luck: every outcome in both worlds, and the difference.

Twins live in additionality.py.
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ectsim.analysis.additionality import fate_table, money_table, windfall_table
from ectsim.analysis.intervals import mean_interval
from ectsim.analysis.twin_table import pairing
from ectsim.experiments.ensembles import Progress, Worlds, refuse_incomparable, run_worlds
from ectsim.experiments.single import prepared
from ectsim.model.outcomes import OUTCOMES, measure
from ectsim.model.simulation import Setup
from ectsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

BAND = (0.1, 0.9)
"""Share of runs below and above which a single run is left out of the band of luck."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """World B against world A, over runs that share their seeds two by two.

    Attributes
    ----------
    worlds : Worlds
        The runs of A, then of B; :func:`~ectsim.analysis.twin_table.twin_table` tells them project by project.
    table : DataFrame
        One row an outcome: ``name``, ``label``, ``unit``, ``direction``, ``mean_a``, ``mean_b``, ``difference``
        (B less A) with ``low`` and ``high`` (95 %, Student on the paired differences), ``share_more`` and
        ``share_less`` (share of runs in which B is above, below A), ``runs`` (pairs in which both are defined; the
        means are over those) and ``luck_factor`` (how many times more runs independent draws would need for the same
        interval: variance of an independent difference over that of the paired one). With some three hundred rows,
        one in twenty of the intervals would leave out zero by chance alone.
    fates : DataFrame
        See :func:`~ectsim.analysis.additionality.fate_table`.
    windfall : DataFrame
        See :func:`~ectsim.analysis.additionality.windfall_table`.
    money : DataFrame
        See :func:`~ectsim.analysis.additionality.money_table`.
    curves : DataFrame
        One row a month of the horizon: projects emerged since month 0, ``mean_a``, ``low_a``, ``high_a`` (the band
        that holds eight runs in ten), the same for b, ``difference`` with its 95 % interval ``low``, ``high``.
    """

    worlds: Worlds
    table: "pd.DataFrame"
    fates: "pd.DataFrame"
    windfall: "pd.DataFrame"
    money: "pd.DataFrame"
    curves: "pd.DataFrame"

    @property
    def a(self) -> Setup:
        """The world compared to."""
        return self.worlds.setups[0]

    @property
    def b(self) -> Setup:
        """The world compared."""
        return self.worlds.setups[1]

    @property
    def runs(self) -> int:
        """Pairs of runs."""
        return len(self.worlds.seeds)


def compare(
    a: Setup | Scenario | str | Path,
    b: Setup | Scenario | str | Path,
    *,
    runs: int = 200,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run A and B with seeds ``seed`` … ``seed + runs - 1`` and compare them.

    A and B are setups, scenarios, scenario files, or names of scenarios that ship.

    Raises
    ------
    InputError
        If the worlds of A and B could differ at month 0.
    CapacityError
        If a run needs more room than its scenario reserves.
    """
    setups = prepared(a), prepared(b)
    refuse_incomparable(setups)
    seeds = range(seed, seed + runs)
    look = pairing(setups[0])
    return summarise(run_worlds(setups, seeds, twins=True, look=look, threads=threads, progress=progress))


def summarise(worlds: Worlds) -> Comparison:
    """Compare the runs of two scenarios, B (the second) against A (the first); the runs need twins."""
    return Comparison(
        worlds,
        outcome_table(worlds),
        fate_table(worlds),
        windfall_table(worlds),
        money_table(worlds),
        emergence_curves(worlds),
    )


def outcome_table(worlds: Worlds) -> "pd.DataFrame":
    """Every outcome in both worlds and its paired difference; columns as ``Comparison.table``."""
    import pandas as pd

    values_a, values_b = measure(worlds.tallies[0]), measure(worlds.tallies[1])
    return pd.DataFrame([_outcome_row(name, values_a[name], values_b[name]) for name in OUTCOMES])


def _outcome_row(name: str, a: np.ndarray, b: np.ndarray) -> dict[str, object]:
    outcome = OUTCOMES[name]
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = np.asarray(a, float)[both], np.asarray(b, float)[both]
    difference = mean_interval(b - a)
    return {
        "name": name,
        "label": outcome.label,
        "unit": outcome.unit,
        "direction": outcome.direction,
        "mean_a": _mean(a),
        "mean_b": _mean(b),
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "share_more": _mean(b > a),
        "share_less": _mean(b < a),
        "runs": difference.runs,
        "luck_factor": _luck_factor(a, b),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _luck_factor(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 2:
        return np.nan
    paired = float((b - a).var(ddof=1))
    return float(a.var(ddof=1) + b.var(ddof=1)) / paired if paired else np.nan


def emergence_curves(worlds: Worlds) -> "pd.DataFrame":
    """Projects emerged since month 0, month by month; columns as ``Comparison.curves``."""
    import pandas as pd

    curves: dict[str, object] = {"month": np.arange(1, worlds.emerged.shape[2] + 1)}
    for place, world in enumerate("ab"):
        emerged = worlds.emerged[place]
        low, high = np.quantile(emerged, BAND, axis=0, method="inverted_cdf")
        curves |= {f"mean_{world}": emerged.mean(axis=0), f"low_{world}": low, f"high_{world}": high}
    gaps = (worlds.emerged[1] - worlds.emerged[0]).T
    intervals = np.array([mean_interval(gap)[:3] for gap in gaps])
    curves |= {"difference": intervals[:, 0], "low": intervals[:, 1], "high": intervals[:, 2]}
    return pd.DataFrame(curves)
