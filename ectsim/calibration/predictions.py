"""What a posterior predicts of every published pattern, fitted or held out, with crowding and without it."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.fit_settings import CalibrationPlan
from ectsim.calibration.reference_table import Progress, pooled_counts, run_draws
from ectsim.experiments.patterns import PATTERNS, Pattern
from ectsim.experiments.provenance import hash_of

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = (0.05, 0.5, 0.95)
WITHOUT_CROWDING = {"crowding_share": 0.0}


@dataclasses.dataclass(frozen=True)
class Predictions:
    """Posterior predictive values of the patterns.

    Attributes
    ----------
    table : DataFrame
        One row a pattern and version ("calibrated", "without crowding"): ``id``, ``name``, ``label``, ``scenario``,
        ``role``, ``target``, ``accept_low``, ``accept_high``, ``low``, ``median``, ``high`` (90 % of draws),
        ``probability`` (share of draws inside the accepted range), ``defined`` (share of draws that count anything).
    by_draw : mapping of (version, name) to float array (D,)
        Value of each draw, NaN where it is not defined.
    """

    table: "pd.DataFrame"
    by_draw: dict[tuple[str, str], NDArray[np.float64]]


def predict(
    draws: "pd.DataFrame", plan: CalibrationPlan, folder: Path, progress: Progress | None = None, **engine: Any
) -> Predictions:
    """Simulate draws of the posterior in the scenario of every pattern, with and without crowding."""
    import pandas as pd

    scenarios = list(dict.fromkeys(pattern.scenario for pattern in PATTERNS))
    taken = draws.iloc[: plan.predictions]
    rows, values = [], {}
    for version, given in (("calibrated", {}), ("without crowding", WITHOUT_CROWDING)):
        made = taken.assign(**given)
        # another posterior of the same table, after a change of the plan, has a folder of its own
        name = f"{version.replace(' ', '_')}_{hash_of(made.to_numpy().tolist())[:8]}"
        table = run_draws(made, scenarios, folder / "predictions" / name, plan, progress, **engine).to_pandas()
        for pattern in PATTERNS:
            found = pattern_values(table, pattern, len(taken))
            values[version, pattern.name] = found
            rows.append({"version": version, **_row(pattern, found)})
    return Predictions(pd.DataFrame(rows), values)


def pattern_values(runs: "pd.DataFrame", pattern: Pattern, points: int) -> NDArray[np.float64]:
    """Value of a pattern at each point, replicates pooled, float array (N,); NaN where there is nothing to count."""
    count, of = pooled_counts(runs, pattern, points)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(of > 0, count / of, np.nan)


def _row(pattern: Pattern, values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    low, median, high = np.quantile(known, INTERVAL) if len(known) else (np.nan,) * 3
    accept_low, accept_high = pattern.accept
    inside = ((accept_low <= known) & (known <= accept_high)).mean() if len(known) else np.nan
    return {
        "id": pattern.id,
        "name": pattern.name,
        "label": pattern.label,
        "scenario": pattern.scenario,
        "role": pattern.role,
        "target": pattern.target,
        "accept_low": accept_low,
        "accept_high": accept_high,
        "low": low,
        "median": median,
        "high": high,
        "probability": np.nan if np.isnan(accept_low) else float(inside),
        "defined": len(known) / len(values),
    }
