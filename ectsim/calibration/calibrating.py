"""A calibration from its file to its posterior and everything needed to judge it. Each part lives in a sibling."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ectsim.calibration import checks
from ectsim.calibration.fit_settings import CalibrationPlan, load_plan
from ectsim.calibration.fitting import Fit, fit
from ectsim.calibration.neural import disagreement, neural_fit, require_neural
from ectsim.calibration.observations import error_covariance, observed, off_scale, with_errors
from ectsim.calibration.predictions import Predictions, predict
from ectsim.calibration.reference_table import (
    Progress,
    ReferenceTable,
    from_real,
    reference_table,
    to_real,
)
from ectsim.errors import EctsimError, InputError, Problem
from ectsim.locale import text
from ectsim.parameters import PARAMETERS

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
INTERVAL = np.array([0.05, 0.5, 0.95])


class ConflictError(EctsimError):
    """Targets that the prior nearly never gives: no posterior may be believed."""

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        super().__init__(self.names)

    def __str__(self) -> str:
        return text("calibration.conflict", names=", ".join(self.names))


@dataclasses.dataclass(frozen=True)
class Calibrated:
    """A posterior and the checks it must not be read without.

    Attributes
    ----------
    plan : CalibrationPlan
    table : ReferenceTable
        Its rows where every target is defined.
    share_defined : float
        Share of the prior in which they are.
    summaries : float array (N, S)
        With errors of observation.
    found : Fit
        On unbounded scales.
    draws : DataFrame (D, P)
        The posterior, in the units of the parameters.
    truths : checks.Calibration
        Simulated truths near the observed.
    identified : checks.Identifiability
    left_out : tuple of checks.LeftOut, length S
    predictions : Predictions
        Of every pattern, fitted or held out, with and without crowding.
    crossed : Fit or None
        The neural posterior of the same table, where it was asked for.
    """

    plan: CalibrationPlan
    table: ReferenceTable
    share_defined: float
    summaries: Array
    found: Fit
    draws: "pd.DataFrame"
    truths: checks.Calibration
    identified: checks.Identifiability
    left_out: tuple[checks.LeftOut, ...]
    predictions: Predictions
    crossed: Fit | None = None

    def parameters(self) -> "pd.DataFrame":
        """One row a parameter: prior and posterior, what the data say of it, how truths of it were recovered."""
        import pandas as pd

        low, median, high = np.quantile(self.draws.to_numpy(), INTERVAL, axis=0)
        coverage, uniform = self.truths.coverage(), self.truths.uniformity()
        moved = np.array([one.shift for one in self.left_out])
        strongest = np.abs(moved).argmax(axis=0)
        known = [PARAMETERS[name] for name in self.table.names]
        interviewed = np.array([name in self.table.interviewed for name in self.table.names])
        # the prior from interviews has no bounds of its own: what they said at least and at most
        prior_low = np.where(interviewed, self.table.parameters.min(axis=0), [one.low for one in known])
        prior_high = np.where(interviewed, self.table.parameters.max(axis=0), [one.high for one in known])
        told = pd.DataFrame(
            {
                "name": self.table.names,
                "label": [one.label for one in known],
                "unit": [one.unit for one in known],
                "source": np.where(interviewed, "interview", [one.source for one in known]),
                "default": [one.default for one in known],
                "prior_low": prior_low,
                "prior_high": prior_high,
                "mean": self.draws.mean().to_numpy(),
                "low": low,
                "median": median,
                "high": high,
                "contraction": self.identified.contraction,
                "explained": self.identified.explained,
                "verdict": self.identified.verdicts,
                "coverage": coverage,
                "rank_uniformity": uniform,
                "most_moved_by": [self.table.observations[place].name for place in strongest],
                "moved": moved[strongest, np.arange(moved.shape[1])],
            }
        )
        if self.crossed is not None:
            told["neural_shift"], told["neural_width"] = disagreement(self.found, self.crossed)
        return told

    def targets(self) -> "pd.DataFrame":
        """One row a target: observed, its range, where it falls in the prior, what the posterior predicts of it."""
        import pandas as pd

        rows = []
        tails = checks.tail_probabilities(self.summaries, observed(self.table.observations))
        for place, one in enumerate(self.table.observations):
            prior = off_scale(np.quantile(self.table.summaries[:, place], INTERVAL), one.share)
            rows.append(
                {
                    "name": one.name,
                    "label": one.label,
                    "scenario": one.scenario,
                    "block": one.block,
                    "observed": one.value,
                    "low": one.low,
                    "high": one.high,
                    "prior_low": prior[0],
                    "prior_median": prior[1],
                    "prior_high": prior[2],
                    "tail_probability": tails[place],
                    "widest_shift": float(np.abs(self.left_out[place].shift).max()),
                    "source": one.source,
                }
            )
        return pd.DataFrame(rows)

    def confounded(self) -> "pd.DataFrame":
        """Pairs of parameters of which only a combination is known, with their posterior correlation."""
        import pandas as pd

        names = self.table.names
        rows = [(names[i], names[j], correlation) for i, j, correlation in self.identified.confounded]
        return pd.DataFrame(rows, columns=["first", "second", "correlation"])


# the same bits whatever the cores; for matrices this small, threads only wait for one another
@threadpool_limits.wrap(limits=1, user_api="blas")
def calibrate(
    plan: CalibrationPlan | str | Path,
    out: str | Path,
    *,
    progress: Progress | None = None,
    neural: bool = False,
    **engine: Any,
) -> Calibrated:
    """Fit the model's parameters; simulations already in ``out`` are not run again.

    Parameters
    ----------
    plan
        A calibration, or its file.
    out
        Folder of its simulations.
    progress
        Called with runs done and runs in all of the present stage.
    neural
        Fit a neural posterior to the same table as well, to cross-check; it needs the extra ``npe``.
    engine
        Engine, workers and scheduler, see :func:`ectsim.experiments.sweeping.sweep`.

    Raises
    ------
    InputError
        If the plan or what it names is not as expected, too few simulations resemble what was observed, or the
        extra ``npe`` is missing.
    ConflictError
        If a target lies outside 99 % of what the prior gives; it is named.
    """
    plan = plan if isinstance(plan, CalibrationPlan) else load_plan(plan)
    if neural:
        require_neural()
    folder = Path(out)
    _enough(plan.points, plan)
    whole = reference_table(plan, folder, progress, **engine)
    defined = whole.defined
    table = dataclasses.replace(whole, parameters=whole.parameters[defined], summaries=whole.summaries[defined])
    _enough(len(table.parameters), plan, whole)
    target = observed(table.observations)
    covariance = error_covariance(table.observations, plan.correlation)
    summaries = with_errors(table.summaries, covariance, plan.seed)
    if (conflicting := checks.conflicts(summaries, target)).size:
        raise ConflictError([table.observations[place].name for place in conflicting])
    real = to_real(table.names, table.parameters)
    fitter = functools.partial(fit, effective=plan.effective)
    found = fitter(real, summaries, target)
    draws = _posterior(table.names, found, plan)
    return Calibrated(
        plan,
        table,
        float(defined.mean()),
        summaries,
        found,
        draws,
        checks.simulated_truths(real, summaries, plan.trials, plan.seed, near=target, fitter=fitter),
        checks.identifiability(real, summaries, found, to_real(table.names, whole.parameters)),
        tuple(checks.leave_out(real, summaries, target, found, place, fitter=fitter) for place in range(len(target))),
        predict(draws, plan, folder, progress, **engine),
        neural_fit(real, summaries, target, draws=plan.draws, seed=plan.seed) if neural else None,
    )


def _enough(rows: int, plan: CalibrationPlan, whole: ReferenceTable | None = None) -> None:
    """Refuse a fit on too few ``rows``, those of the ``whole`` table in which every target is defined."""
    if rows >= plan.needed:
        return
    values: dict[str, Any] = {"rows": rows, "needed": plan.needed}
    if whole is None:
        raise InputError([Problem("calibration.too_few_points", values, file=plan.source, field="points")])
    defined = (~np.isnan(whole.summaries)).sum(axis=0)
    rarest = int(np.argmin(defined))
    values |= {
        "rarest": whole.observations[rarest].label,
        "defined": int(defined[rarest]),
        "points": len(whole.summaries),
    }
    raise InputError([Problem("calibration.too_few", values, file=plan.source, field="points")])


def _posterior(names: Sequence[str], found: Fit, plan: CalibrationPlan) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(from_real(names, found.resampled(plan.draws, plan.seed)), columns=list(names))
