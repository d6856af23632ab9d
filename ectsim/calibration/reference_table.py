"""The table a calibration rests on: draws from the prior, a sweep over them, what each gave. Fitting lives beside."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.census import Census, read_census
from ectsim.calibration.census_runs import census_means
from ectsim.calibration.fit_settings import CalibrationPlan
from ectsim.calibration.observations import LEAST, Observation, from_census, from_pattern, on_scale, ratio_on_scale
from ectsim.calibration.targets import census_targets
from ectsim.calibration.tidy import read_tidy
from ectsim.errors import InputError, Problem
from ectsim.experiments.patterns import PATTERNS, Pattern, columns_of
from ectsim.experiments.store import writing_whole
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import Results, sweep
from ectsim.parameters import PARAMETERS
from ectsim.posterior import Posterior, load_posterior
from ectsim.scenario.reading import load_scenario
from ectsim.scenario.schema import NO_POSTERIOR

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
PRIOR = "prior.parquet"
PUBLISHED = {pattern.name: pattern for pattern in PATTERNS}


@dataclasses.dataclass(frozen=True)
class ReferenceTable:
    """What draws from the prior gave.

    Attributes
    ----------
    names : tuple of str, length P
    parameters : float array (N, P)
        In their units.
    observations : tuple of Observation, length S
    summaries : float array (N, S)
        On the scales of the observations; NaN where there was nothing to count.
    synthetic : bool
        Whether the census or the interviews are fictive.
    interviewed : frozenset of str
        Parameters whose prior is what interviews said.
    """

    names: tuple[str, ...]
    parameters: Array
    observations: tuple[Observation, ...]
    summaries: Array
    synthetic: bool = False
    interviewed: frozenset[str] = frozenset()

    @property
    def defined(self) -> NDArray[np.bool_]:
        """Rows in which every summary is defined, (N,): the others cannot resemble what was observed."""
        return ~np.isnan(self.summaries).any(axis=1)


def prior_draws(plan: CalibrationPlan) -> "pd.DataFrame":
    """Points of a scrambled Sobol' sequence through the priors; rows of interview draws where there are some.

    Returns
    -------
    DataFrame
        One column a fitted parameter, one row a point.
    """
    import pandas as pd
    from scipy.stats import qmc

    names = plan.fitted_parameters()
    unit = qmc.Sobol(len(names), rng=plan.seed).random(plan.points)
    draws = pd.DataFrame(
        {name: from_unit(name, column) for name, column in zip(names, unit.T, strict=True)}, columns=names
    )
    if plan.interviews:
        told = _interviews(plan)
        rows = np.random.default_rng(plan.seed).permutation(plan.points) % len(told.draws)
        for name in _told_by(told, plan):
            draws[name] = told.draws[rows, told.names.index(name)]
    return draws


def _interviews(plan: CalibrationPlan) -> Posterior:
    """Draws from interviews: a file, never a posterior that ships."""
    assert plan.interviews is not None
    return load_posterior((plan.folder / plan.interviews).resolve())


def _told_by(told: Posterior, plan: CalibrationPlan) -> list[str]:
    """Parameters that take their prior from draws of interviews: those that vary there and are not kept."""
    varies = np.ptp(told.draws, axis=0) > 0
    return [name for name, moves in zip(told.names, varies, strict=True) if moves and not plan.keeps(name)]


def is_synthetic(plan: CalibrationPlan, census: Census | None) -> bool:
    """Whether the field work of a calibration is fictive.

    Raises
    ------
    InputError
        If part of it is and part is not: real and fictive never mix.
    """
    found = [] if census is None else [census.synthetic]
    if plan.interviews:
        found.append(_interviews(plan).synthetic)
    if len(set(found)) > 1:
        raise InputError([Problem("interviews.mixed", file=plan.source)])
    return any(found)


def from_unit(name: str, unit: Array) -> Array:
    """Prior quantiles of a parameter: uniform between its bounds, or log-uniform."""
    parameter = PARAMETERS[name]
    low, high = parameter.low, parameter.high
    if parameter.prior == "log-uniform":
        return np.clip(np.exp(np.log(low) + unit * (np.log(high) - np.log(low))), low, high)
    return low + unit * (high - low)


def to_real(names: Sequence[str], values: Array) -> Array:
    """Parameters on unbounded scales, float array (N, P): log-odds of their place between their bounds."""
    low, high = _bounds(names)
    place = np.clip((_linear(names, values) - low) / (high - low), 1e-6, 1 - 1e-6)
    return np.log(place / (1 - place))


def from_real(names: Sequence[str], real: Array) -> Array:
    """Inverse of :func:`to_real`."""
    low, high = _bounds(names)
    values = low + (high - low) / (1 + np.exp(-real))
    logarithmic = _logarithmic(names)
    values[:, logarithmic] = np.exp(values[:, logarithmic])
    return np.clip(values, [PARAMETERS[n].low for n in names], [PARAMETERS[n].high for n in names])


def _logarithmic(names: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([PARAMETERS[name].prior == "log-uniform" for name in names])


def _linear(names: Sequence[str], values: Array) -> Array:
    linear = np.array(values, float)
    linear[:, _logarithmic(names)] = np.log(linear[:, _logarithmic(names)])
    return linear


def _bounds(names: Sequence[str]) -> tuple[Array, Array]:
    bounds = np.array([[PARAMETERS[name].low, PARAMETERS[name].high] for name in names])
    return tuple(_linear(names, bounds.T))  # pyright: ignore[reportReturnType]


def reference_table(
    plan: CalibrationPlan, folder: Path, progress: Progress | None = None, **engine: Any
) -> ReferenceTable:
    """Run the table of a calibration into ``folder``; what is there already is not run again.

    Raises
    ------
    InputError
        If a scenario, the census or the interviews are not as expected, or ``folder`` holds another calibration.
    """
    census = read_census(read_tidy(plan.folder / plan.census.folder)) if plan.census else None
    draws = prior_draws(plan)
    synthetic = is_synthetic(plan, census)
    fitted = _census_targets(plan, census) if census else []
    observations = [from_pattern(PUBLISHED[name]) for name in plan.patterns]
    scenarios = list(dict.fromkeys(one.scenario for one in observations))
    runs = run_draws(draws, scenarios, folder / "table", plan, progress, **engine).to_pandas()
    summaries = [_pattern_summary(runs, one, len(draws)) for one in observations]
    if fitted:
        found, columns = _census_summaries(plan, fitted, draws, folder, progress, **engine)
        observations += found
        summaries += columns
    interviewed = frozenset(_told_by(_interviews(plan), plan)) if plan.interviews else frozenset()
    return ReferenceTable(
        tuple(draws.columns),
        draws.to_numpy(),
        tuple(observations),
        np.column_stack(summaries),
        synthetic,
        interviewed,
    )


def run_draws(
    draws: "pd.DataFrame",
    scenarios: Sequence[str],
    folder: Path,
    plan: CalibrationPlan,
    progress: Progress | None = None,
    **engine: Any,
) -> Results:
    """Run each draw of parameters in each scenario, ``plan.replicates`` times, counting what patterns count."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder.parent / f"{folder.name}.{PRIOR}"
    with writing_whole(file) as written:
        draws.to_parquet(written, index=False)
    study = SweepStudy.model_validate(
        {
            "name": plan.name,
            "scenarios": {Path(name).stem: by_hand(plan, name) for name in scenarios},
            "design": described(file),
            "seeds": {"first": plan.seed, "luck": "own"},
            "replicates": plan.replicates,
            "patterns": True,
            "outcomes": ("ideas",),
        }
    )
    study._source = file
    return sweep(study, folder, progress=progress, **engine)


def described(file: Path) -> dict[str, Any]:
    """Design that takes every draw of a file beside the study."""
    from ectsim.experiments.posterior_files import described_posterior

    design, problems = described_posterior({"kind": "posterior", "file": file.name}, file.parent)
    if problems:
        raise InputError(problems)
    return design


BY_HAND = {"posterior": NO_POSTERIOR, "parameters": "default"}


def by_hand(plan: CalibrationPlan, name: str) -> Any:
    """A ready scenario or a file's, whose parameters are not drawn: the table sets them."""
    return load_scenario(plan.beside(name)).model_copy(update=BY_HAND)


def _pattern_summary(runs: "pd.DataFrame", observation: Observation, points: int) -> Array:
    count, of = pooled_counts(runs, PUBLISHED[observation.name], points)
    return ratio_on_scale(count, of, observation.share)


def pooled_counts(runs: Any, pattern: Pattern, points: int) -> tuple[Array, Array]:
    """What a pattern counts, and over what, added up over the replicates of each point, float arrays (N,)."""
    names = list(columns_of(pattern))
    rows = runs[(runs["scenario"] == pattern.scenario) & (runs["status"] == "done")]
    pooled = rows.groupby("point")[names].sum().reindex(range(points), fill_value=0.0)
    count, of = pooled.to_numpy(float).T
    return count, of


def _census_targets(plan: CalibrationPlan, census: Census) -> list[dict[Any, Any]]:
    """Targets of the census that are not held out, one mapping each."""
    assert plan.census is not None
    table: Any = census_targets(census).table
    fitted = table[~table["held_out"]]
    if fitted.empty:
        raise InputError([Problem("calibration.empty_census", file=plan.folder / plan.census.folder)])
    return fitted.to_dict("records")


def _census_summaries(
    plan: CalibrationPlan,
    fitted: Sequence[dict[Any, Any]],
    draws: "pd.DataFrame",
    folder: Path,
    progress: Progress | None,
    **engine: Any,
) -> tuple[list[Observation], list[Array]]:
    """Targets of the census and what each draw gave for them, the same listing applied to simulated projects."""
    assert plan.census is not None
    name = Path(plan.census.scenario).stem
    seeds = plan.seed + np.arange(len(draws))[:, None] + len(draws) * np.arange(plan.replicates)
    means = census_means(by_hand(plan, plan.census.scenario), draws, seeds, folder / "census", progress, **engine)
    observations, columns = [], []
    for row in fitted:
        one = from_census(row["name"], row["label"], row["unit"], row["value"], row["standard_error"], name)
        observations.append(one)
        columns.append(_mean_on_scale(means[row["name"]], one.share))
    return observations, columns


def _mean_on_scale(means: Array, share: bool) -> Array:
    return on_scale(means if share else np.maximum(means, LEAST), share)
