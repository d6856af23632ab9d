"""From a study to the patterns its model can produce: generations of points, each a sweep in a folder of its own.

Nothing is run twice that an earlier command left in the folder: a search cut short goes on to the same results.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.exploration.breeding import search
from ectsim.analysis.exploration.cells import BINS, discovery, pattern_table, unseen_table
from ectsim.analysis.sensitivity.quantities import Quantity, columns, over_luck, quantities, replicates_of
from ectsim.errors import InputError, Problem
from ectsim.experiments.design_settings import LatinHypercube, PointList, Sobol
from ectsim.experiments.designs import unit_points
from ectsim.experiments.ensembles import Progress
from ectsim.experiments.factors import Factor, scaled
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import sweep

if TYPE_CHECKING:
    import pandas as pd

MOST_AXES = 3
SEEDS_A_GENERATION = 10**9
"""Between the first seeds of two generations, so that none meets the luck of another."""


@dataclasses.dataclass(frozen=True)
class Patterns:
    """What the model was seen to produce.

    Attributes
    ----------
    study : SweepStudy
    axes : tuple of Quantity
    widths : float array (axes,)
        Of the cells that tell two patterns apart.
    tables : dict of DataFrame
        ``patterns`` (see :func:`~ectsim.analysis.exploration.cells.pattern_table`, with the seed and the factors of
        the first point of each), ``unseen`` (see :func:`~ectsim.analysis.exploration.cells.unseen_table`) and
        ``points``: one row a point, its generation, seed, factors, axes, and patterns known after it; ``axes``: name
        and width of each.
    first : int
        Points of the first generation.
    runs : int
        Runs, all scenarios and replicates counted.
    """

    study: SweepStudy
    axes: tuple[Quantity, ...]
    widths: NDArray[np.float64]
    tables: "dict[str, pd.DataFrame]"
    first: int
    runs: int


def axes_of(study: SweepStudy) -> tuple[Quantity, ...]:
    """Each outcome in the first scenario, then its difference from it in each other one."""
    first = next(iter(study.scenarios))
    return tuple(one for one in quantities(study, "mean") if one.against or one.scenario == first)


def axis_name(axis: Quantity) -> str:
    """Name of an axis in the tables."""
    return f"{axis.outcome}[{axis.scenario}-{axis.against}]" if axis.against else axis.outcome


def refuse_unfit(study: SweepStudy) -> None:
    """Refuse a study whose outcomes span no space that can be searched.

    Raises
    ------
    InputError
        If it has fewer than two axes or too many, no sampled design, or automatic replicates.
    """
    if found := list(_problems(study)):
        raise InputError(found)


def _problems(study: SweepStudy) -> Iterator[Problem]:
    count = len(study.outcomes) * len(study.scenarios)
    if not 2 <= count <= MOST_AXES:
        values = {"outcomes": len(study.outcomes), "scenarios": len(study.scenarios), "most": MOST_AXES}
        yield Problem("exploration.axes", values, file=study.source, field="outcomes")
    if not isinstance(study.design, Sobol | LatinHypercube):
        yield Problem("exploration.design", {"kind": study.design.kind}, file=study.source, field="design.kind")
    if not isinstance(study.replicates, int):
        yield Problem("exploration.automatic", file=study.source, field="replicates")


def first_generation(study: SweepStudy) -> SweepStudy:
    """The study of the first generation."""
    return _generation(study, 0, unit_points(study))


def explore(
    study: SweepStudy,
    folder: Path,
    generations: int,
    *,
    bins: int = BINS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Patterns:
    """Search the patterns of a study in ``folder``, or go on with the search.

    Parameters
    ----------
    study
        Its design is the first generation; outcomes of a point are means over its replicates.
    generations
        After the first, each as large.
    bins
        Parts that the range of the first generation is cut into on each axis.
    progress
        Called with runs done and runs in all.

    Raises
    ------
    InputError
        If the study is unfit, or a folder holds something else: a search with other settings, for one.
    """
    refuse_unfit(study)
    axes, first = axes_of(study), unit_points(study)
    a_generation = len(first) * len(study.scenarios) * _replicates(study)
    ahead = a_generation * (generations + 1)

    def evaluate(generation: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
        shown = _shifted(progress, generation * a_generation, ahead) if progress else None
        made = _generation(study, generation, points)
        results = sweep(made, folder / f"generation-{generation:03d}", workers=workers, progress=shown)
        runs = results.to_pandas(columns=columns(study))
        return np.column_stack([over_luck(replicates_of(axis, runs), "mean") for axis in axes])

    points, values, widths = search(evaluate, first, generations, bins=bins, seed=_seed(study))
    tables = _tables(study, axes, points, values, widths)
    return read_patterns(study, tables)


def _shifted(progress: Progress, before: int, ahead: int) -> Progress:
    return lambda done, _: progress(before + done, ahead)


def _generation(study: SweepStudy, number: int, points: NDArray[np.float64]) -> SweepStudy:
    """The study of one generation, its points written out, with luck of its own."""
    names = [factor.name for factor in study.factors]
    listed = tuple(dict(zip(names, row, strict=True)) for row in scaled(study.factors, points).tolist())
    seeds = study.seeds
    if seeds.luck != "same":
        seeds = seeds.model_copy(update={"first": seeds.first + number * SEEDS_A_GENERATION})
    changes = {
        "design": PointList(points=listed),
        "factors": tuple(Factor(name=name) for name in names),
        "seeds": seeds,
        "twins": False,
        "patterns": False,
        "tables": (),
    }
    made = study.model_copy(update=changes)
    made._source = study.source
    return made


def _tables(
    study: SweepStudy,
    axes: tuple[Quantity, ...],
    points: NDArray[np.float64],
    values: NDArray[np.float64],
    widths: NDArray[np.float64],
) -> "dict[str, pd.DataFrame]":
    import pandas as pd

    names = [axis_name(axis) for axis in axes]
    size = len(unit_points(study))
    generation = np.arange(len(points)) // size
    factors = pd.DataFrame(scaled(study.factors, points), columns=[factor.name for factor in study.factors])
    head = pd.DataFrame({"generation": generation, "point": np.arange(len(points)) % size})
    head["seed"] = [_first_seed(study, int(one), int(point)) for one, point in head.to_numpy()]
    known = pd.DataFrame({"patterns": discovery(values, widths)})
    tried = pd.concat([head, factors, pd.DataFrame(values, columns=names), known], axis=1)
    patterns = pattern_table(names, values, widths, generation)
    example = tried.loc[patterns["first"], ["seed", *factors]].reset_index(drop=True)
    patterns = pd.concat([patterns.drop(columns="first"), example], axis=1)
    unseen, cells = unseen_table(names, values, widths), pd.DataFrame({"axis": names, "width": widths})
    return {"patterns": patterns, "unseen": unseen, "points": tried, "axes": cells}


def read_patterns(study: SweepStudy, tables: "dict[str, pd.DataFrame]") -> Patterns:
    """What was found, from the tables of a search."""
    points = len(tables["points"])
    runs = points * len(study.scenarios) * _replicates(study)
    widths = tables["axes"]["width"].to_numpy(float)
    return Patterns(study, axes_of(study), widths, tables, len(unit_points(study)), runs)


def _first_seed(study: SweepStudy, generation: int, point: int) -> int:
    """Seed of the first replicate of a point, as the plan of its generation gives it."""
    if study.seeds.luck == "same":
        return study.seeds.first
    return study.seeds.first + generation * SEEDS_A_GENERATION + _replicates(study) * point


def _replicates(study: SweepStudy) -> int:
    assert isinstance(study.replicates, int)
    return study.replicates


def _seed(study: SweepStudy) -> int:
    return getattr(study.design, "seed", 1)
