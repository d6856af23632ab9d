"""Where projects emerge: a design over what the ecosystem is at the start, with and without a scheme, and its surfaces.

The runs are a sweep, in a folder that any engine can go on with. Figures live in the report.
"""

import dataclasses
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.intervals import mean_interval
from ectsim.analysis.sensitivity.noise import noise_of
from ectsim.errors import InputError, Problem
from ectsim.experiments.ensembles import refuse_incomparable
from ectsim.experiments.posterior_files import described_posterior
from ectsim.experiments.store import MANIFEST, writing_whole
from ectsim.experiments.study import SweepStudy, dump_study, load_study
from ectsim.experiments.study_inputs import settled
from ectsim.model.simulation import Setup
from ectsim.parameters import PARAMETERS
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND

if TYPE_CHECKING:
    import pandas as pd

SWEEP, STUDY, DESIGN = "sweep", "study.yaml", "design.parquet"
WITHOUT, WITH = "without", "with"
OUTCOMES = ("emerged", "structured", "anchored", "money")
QUANTITIES = (WITHOUT, WITH, "difference")
BINS = 5
"""Parts of the points, as many in each, by what an axis is at month 0."""
CELLS = 4
LEAST_POINTS = 5
"""Points of a cell below which it stays empty."""
RESAMPLES = 1000

Values = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Axis:
    """One side of the initial ecosystem: the outcome of month 0 that shows it, and the parameters that set it.

    ``parameters`` turns a number between 0 and 1, high where there is more of it, into values of parameters.
    """

    name: str
    outcome: str
    parameters: Callable[[float], Mapping[str, float]]


def _between(name: str, low: float, high: float) -> Callable[[float], dict[str, float]]:
    return lambda unit: {name: low + (high - low) * unit}


def _scaled(names: tuple[str, ...], low: float, high: float) -> Callable[[float], dict[str, float]]:
    """The defaults of parameters, multiplied together, kept within their bounds."""

    def values(unit: float) -> dict[str, float]:
        factor = low + (high - low) * unit
        return {name: min(PARAMETERS[name].default * factor, PARAMETERS[name].high) for name in names}

    return values


_INITIATORS = tuple(f"initiator_share[{kind}]" for kind in KINDS)
_PUBLIC_SKILLS = tuple(f"endowment[{kind},skills]" for kind in KINDS if SECTOR_OF_KIND[kind] == "public")

AXES: tuple[Axis, ...] = (
    Axis("density", "initial_density", _between("ties_mean", 3.0, 14.0)),
    Axis("cross_sector", "initial_cross_sector", _between("homophily", 2.0, 0.0)),
    Axis("trust", "initial_trust", _between("trust_known", 0.4, 0.9)),
    Axis("initiators", "initial_initiators", _scaled(_INITIATORS, 0.25, 2.0)),
    Axis("past_cooperation", "initial_past_cooperation", _between("past_cooperation", 0.0, 0.8)),
    Axis("public_skills", "initial_public_skills", _scaled(_PUBLIC_SKILLS, 0.2, 2.0)),
)


@dataclasses.dataclass(frozen=True)
class Conditions:
    """What emergence depends on at the start.

    Attributes
    ----------
    curves : DataFrame
        One row an outcome, axis, quantity (without, with, difference) and fifth: ``level`` (mean of the axis there, in
        the unit of its outcome of month 0), ``mean`` over points with 95 % interval ``low``, ``high``, ``points``.
    contrasts : DataFrame
        One row an outcome, axis and quantity: ``lowest`` and ``highest`` fifth, ``contrast`` between them with ``low``,
        ``high``.
    surfaces : DataFrame
        One row an outcome, pair of axes, quantity and cell: ``level_x``, ``level_y``, ``mean``, ``low``, ``high``,
        ``points``; NaN where there are too few.
    luck : DataFrame
        ``outcome``, ``quantity``, ``share`` of luck in its variance over the design, ``low``, ``high``; and the
        ``luck_factor`` by which the same luck in both worlds cuts the variance of the difference.
    added : DataFrame
        What the scheme adds over all points, one row an ``outcome``: ``mean`` with 95 % interval ``low``, ``high``,
        ``points``, ``replicates``.
    """

    curves: "pd.DataFrame"
    contrasts: "pd.DataFrame"
    surfaces: "pd.DataFrame"
    luck: "pd.DataFrame"
    added: "pd.DataFrame"


def design(points: int, seed: int) -> "pd.DataFrame":
    """Values of the parameters at each point: a scrambled Sobol' sequence over the axes."""
    import pandas as pd
    from scipy.stats import qmc

    units = qmc.Sobol(len(AXES), rng=seed).random(points)
    rows = [
        {name: value for axis, unit in zip(AXES, row, strict=True) for name, value in axis.parameters(unit).items()}
        for row in units
    ]
    return pd.DataFrame(rows)


def conditions_study(a: Setup, b: Setup, folder: Path, *, points: int, replicates: int, seed: int) -> SweepStudy:
    """The study of A and B over the axes; its file and its design are written into ``folder``.

    ``ectsim sweep run FOLDER/study.yaml --out FOLDER/sweep`` runs the same, on any engine and in shards.

    Raises
    ------
    InputError
        If A and B cannot be compared, or the folder holds the runs of another design.
    """
    refuse_incomparable((a, b))
    drawn = io.BytesIO()
    design(points, seed).to_parquet(drawn, index=False)
    file = folder / DESIGN
    begun = (folder / SWEEP / MANIFEST).exists()
    if begun and (not file.is_file() or file.read_bytes() != drawn.getvalue()):
        raise InputError([Problem("conditions.other_design", file=folder)])
    folder.mkdir(parents=True, exist_ok=True)
    if not begun:
        with writing_whole(file) as out:
            out.write(drawn.getvalue())
    described, problems = described_posterior({"kind": "posterior", "file": DESIGN}, folder)
    if problems:
        raise InputError(problems)
    study = SweepStudy.model_validate(
        {
            "name": {"fr": "Où émergent des projets", "en": "Where projects emerge"},
            "scenarios": {WITHOUT: settled(a.scenario), WITH: settled(b.scenario)},
            "design": described,
            "seeds": {"first": seed, "luck": "own"},
            "replicates": replicates,
            "outcomes": [*OUTCOMES, *(axis.outcome for axis in AXES)],
        }
    )
    text = dump_study(study).encode()
    if begun and (folder / STUDY).read_bytes() != text:
        raise InputError([Problem("conditions.other_design", file=folder)])
    with writing_whole(folder / STUDY) as out:
        out.write(text)
    return load_study(folder / STUDY)


def summarise_conditions(runs: "pd.DataFrame") -> Conditions:
    """Curves, contrasts, surfaces and shares of luck from the table of runs of :func:`conditions_study`."""
    import pandas as pd

    grids = {name: _grid(runs, name) for name in (*OUTCOMES, *(axis.outcome for axis in AXES))}
    levels = {axis.name: grids[axis.outcome][WITHOUT].mean(axis=1) for axis in AXES}
    values = {outcome: _quantities(grids[outcome]) for outcome in OUTCOMES}
    curves, contrasts, surfaces = [], [], []
    for (outcome, quantities), axis in itertools.product(values.items(), AXES):
        for quantity, found in quantities.items():
            head = {"outcome": outcome, "axis": axis.name, "quantity": quantity}
            part = list(_curve(levels[axis.name], found.mean(axis=1)))
            curves += [head | row for row in part]
            contrasts.append(head | _contrast(levels[axis.name], found.mean(axis=1)))
    for (outcome, quantities), (x, y) in itertools.product(values.items(), itertools.combinations(AXES, 2)):
        for quantity, found in quantities.items():
            head = {"outcome": outcome, "x": x.name, "y": y.name, "quantity": quantity}
            surfaces += [head | row for row in _surface(levels[x.name], levels[y.name], found.mean(axis=1))]
    luck = [{"outcome": outcome, **row} for outcome, quantities in values.items() for row in _luck(quantities)]
    return Conditions(
        pd.DataFrame(curves),
        pd.DataFrame(contrasts),
        pd.DataFrame(surfaces),
        pd.DataFrame(luck),
        pd.DataFrame([_added(outcome, quantities["difference"]) for outcome, quantities in values.items()]),
    )


def _added(outcome: str, differences: Values) -> dict[str, object]:
    mean, low, high, points = mean_interval(differences.mean(axis=1))
    return {"outcome": outcome, "mean": mean, "low": low, "high": high,
            "points": points, "replicates": differences.shape[1]}  # fmt: skip


def _grid(runs: Any, outcome: str) -> dict[str, Values]:
    """Values of one outcome in each scenario, shape (points, replicates)."""
    found = {}
    for scenario in (WITHOUT, WITH):
        own = runs[runs["scenario"] == scenario].sort_values(["point", "replicate"])
        found[scenario] = own[outcome].to_numpy(float).reshape(own["point"].nunique(), -1)
    return found


def _quantities(grid: dict[str, Values]) -> dict[str, Values]:
    return {**grid, "difference": grid[WITH] - grid[WITHOUT]}


def _fifths(levels: Values, bins: int = BINS) -> NDArray[np.int64]:
    """Part of each point when they are cut into as many by their level."""
    ranks = np.argsort(np.argsort(levels, kind="stable"), kind="stable")
    return ranks * bins // max(len(levels), 1)


def _curve(levels: Values, means: Values) -> Iterator[dict[str, float]]:
    part = _fifths(levels)
    for number in range(BINS):
        inside = part == number
        mean, low, high, count = mean_interval(means[inside])
        level = float(levels[inside].mean()) if inside.any() else np.nan
        yield {"fifth": number + 1, "level": level, "mean": mean, "low": low, "high": high, "points": count}


def _contrast(levels: Values, means: Values) -> dict[str, float]:
    """Highest fifth less lowest, with Welch's interval."""
    from scipy.special import stdtrit

    part = _fifths(levels)
    low_end, high_end = means[part == 0], means[part == BINS - 1]
    contrast = float(high_end.mean() - low_end.mean())
    errors = [float(one.var(ddof=1)) / len(one) for one in (low_end, high_end)]
    total, least = sum(errors), min(len(low_end), len(high_end)) - 1
    freedom = total**2 * least / sum(error**2 for error in errors) if total else 1.0
    half = float(stdtrit(freedom, 0.975)) * np.sqrt(total)
    ends = {"lowest": float(low_end.mean()), "highest": float(high_end.mean())}
    return {**ends, "contrast": contrast, "low": contrast - half, "high": contrast + half}


def _surface(x: Values, y: Values, means: Values) -> Iterator[dict[str, float]]:
    part_x, part_y = _fifths(x, CELLS), _fifths(y, CELLS)
    for column, row in itertools.product(range(CELLS), range(CELLS)):
        inside = (part_x == column) & (part_y == row)
        mean, low, high, count = mean_interval(means[inside])
        if count < LEAST_POINTS:
            mean = low = high = np.nan
        ends = {"level_x": float(x[part_x == column].mean()), "level_y": float(y[part_y == row].mean())}
        yield {"column": column + 1, "row": row + 1, **ends, "mean": mean, "low": low, "high": high, "points": count}


def _luck(quantities: dict[str, Values]) -> Iterator[dict[str, object]]:
    without, with_scheme = quantities[WITHOUT], quantities[WITH]
    apart = without.var(axis=1, ddof=1).mean() + with_scheme.var(axis=1, ddof=1).mean()
    paired = quantities["difference"].var(axis=1, ddof=1).mean()
    for quantity, found in quantities.items():
        noise = noise_of(found, 1, "mean", np.random.default_rng(1), RESAMPLES)
        low, high = noise.interval
        factor = float(apart / paired) if quantity == "difference" and paired else np.nan
        yield {"quantity": quantity, "share": noise.share, "low": low, "high": high, "luck_factor": factor}
