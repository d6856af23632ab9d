"""The sweeps a sensitivity analysis is made of, each derived from the study that asks for it.

Running them: conducting.py. All vary the factors of the study in its scenarios, and a dummy.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ectsim.errors import InputError, Problem
from ectsim.experiments.design_settings import Morris, Posterior, Saltelli, Sobol
from ectsim.experiments.factors import DUMMY, Factor, place_of
from ectsim.experiments.plan import make_plan
from ectsim.experiments.posterior_files import posterior_draws
from ectsim.experiments.study_settings import SweepStudy
from ectsim.parameters import PARAMETERS

Method = Literal["path", "morris", "surrogate", "sobol", "pawn"]
MOST_KEPT = 8
"""Factors that the direct stage of the path varies at most, beside the dummy."""
MOST_OUTCOMES = 12
MOST_CORRELATION = 0.2
"""Rank correlation between two columns of draws above which variance is not shared out among them."""
MARGINAL_LEVELS = 101
SCHEMES = "schemes"
"""Mechanism of what instruments say."""
SEEDS_A_STAGE = 10**9
"""Between the first seeds of two stages, so that none meets the luck of another."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How large each stage is: Morris trajectories, points of the table, base rows, replicated points and groups."""

    trajectories: int = 50
    table: int = 8192
    base_points: int = 1024
    noise_points: int = 256
    noise_groups: int = 8


@dataclasses.dataclass(frozen=True)
class Asked:
    """How a sensitivity analysis is to be made.

    Attributes
    ----------
    method : str
        "path" (Morris, then a surrogate, then Sobol' indices of the factors that stand out), or one of its stages,
        "sobol" on every factor; "pawn" for distributions.
    sizes : Sizes
    second_order : bool
        Whether pairs of factors have indices too.
    half_width : float
        Half-width of the intervals of total indices above which base rows are doubled, or a warning is given.
    most_rows : int or None
        Base rows never exceeded; None: those of the sizes, without doubling.
    """

    method: Method = "path"
    sizes: Sizes = dataclasses.field(default_factory=Sizes)
    second_order: bool = False
    half_width: float = 0.1
    most_rows: int | None = None


QUICK = Sizes(10, 1024, 128, 64, 8)


def sizes_of(study: SweepStudy, quick: bool) -> Sizes:
    """Sizes of the stages: the usual ones, that of the study's own design where it is one of theirs; small if quick."""
    if quick:
        return QUICK
    match study.design:
        case Morris(trajectories=trajectories):
            return Sizes(trajectories=trajectories)
        case Sobol(points=points):
            return Sizes(table=points)
        case Saltelli(base_points=rows):
            return Sizes(base_points=rows)
    return Sizes()


def ready(study: SweepStudy, method: Method = "path", *, by_mechanism: bool = False) -> SweepStudy:
    """The study with factors that any sampled design can take: independent, with a dummy, in groups if asked.

    Factors drawn from a posterior get the quantiles of their draws as levels, if the draws are independent enough;
    PAWN takes the draws as they are.

    Raises
    ------
    InputError
        If it has too many outcomes, automatic replicates, factors without bounds or levels, or draws too correlated
        for variances to be shared out.
    """
    problems = list(_problems(study))
    if problems:
        raise InputError(problems)
    if method == "pawn" and isinstance(study.design, Posterior):
        return study
    factors = _marginals(study) if isinstance(study.design, Posterior) else study.factors
    open_ended = [number for number, factor in enumerate(factors) if not factor.is_given]
    if open_ended or not factors:
        places = [f"factors[{number}]" for number in open_ended] or ["factors"]
        raise InputError(Problem("sensitivity.no_bounds", file=study.source, field=place) for place in places)
    if DUMMY not in [factor.name for factor in factors]:
        factors = (*factors, Factor(name=DUMMY, low=0.0, high=1.0))
    if by_mechanism:
        factors = tuple(
            factor.model_copy(update={"group": factor.group or mechanism(factor.name)}) for factor in factors
        )
    return study.model_copy(update={"factors": factors})


def _problems(study: SweepStudy) -> Iterable[Problem]:
    if len(study.outcomes) > MOST_OUTCOMES:
        values = {"count": len(study.outcomes), "most": MOST_OUTCOMES}
        yield Problem("sensitivity.many_outcomes", values, file=study.source, field="outcomes")
    if not isinstance(study.replicates, int):
        yield Problem("sensitivity.automatic", file=study.source, field="replicates")


def _marginals(study: SweepStudy) -> tuple[Factor, ...]:
    posterior: Any = study.design
    draws = posterior_draws(posterior, study.source)
    refuse_correlated(posterior.columns, draws, study.source)
    levels = np.quantile(draws, np.linspace(0, 1, MARGINAL_LEVELS), axis=0, method="nearest")
    taken = {name: np.unique(levels[:, column]).tolist() for column, name in enumerate(posterior.columns)}
    return tuple(Factor(name=f.name, levels=tuple(taken[f.name])) if f.name in taken else f for f in study.factors)


def refuse_correlated(names: Iterable[str], draws: Any, source: Path | None = None) -> None:
    """Refuse draws two columns of which are correlated: variance then has no single share for each.

    Raises
    ------
    InputError
        Naming the two most correlated columns.
    """
    names = list(names)
    ranks = np.argsort(np.argsort(draws, axis=0), axis=0)
    if len(names) < 2:
        return
    correlation = np.asarray(np.corrcoef(ranks, rowvar=False)) - np.eye(len(names))
    one, other = divmod(int(np.abs(correlation).argmax()), len(names))
    if abs(correlation[one, other]) > MOST_CORRELATION:
        values = {"one": names[one], "other": names[other], "correlation": f"{correlation[one, other]:.2f}"}
        raise InputError([Problem("sensitivity.correlated", values, file=source, field="design.file")])


def mechanism(name: str) -> str:
    """Mechanism a factor belongs to: that of a parameter, the schemes for a field of an instrument, or itself."""
    if place_of(name) is not None:
        return SCHEMES
    return PARAMETERS[name].group if name in PARAMETERS else name


def screening(study: SweepStudy, sizes: Sizes) -> SweepStudy:
    """Morris trajectories over all factors or groups."""
    return _stage(study, 0, design=Morris(trajectories=sizes.trajectories, seed=_seed(study)))


def table(study: SweepStudy, sizes: Sizes) -> SweepStudy:
    """Many points with one run each."""
    design = Sobol(points=sizes.table, seed=_seed(study))
    return _stage(study, 1, design=design, factors=ungrouped(study.factors), replicates=1)


def noise(study: SweepStudy, sizes: Sizes) -> SweepStudy:
    """Fewer points, replicated: several times the runs that a point of the other stages has."""
    design = Sobol(points=sizes.noise_points, seed=_seed(study))
    replicates = replicates_of_a_point(study) * sizes.noise_groups
    return _stage(study, 2, design=design, factors=ungrouped(study.factors), replicates=replicates)


def indices(study: SweepStudy, sizes: Sizes, batch: int = 0, *, second_order: bool = False) -> SweepStudy:
    """Saltelli's scheme; batch 1 doubles the base rows, batch 2 again, with points and luck of their own."""
    rows = sizes.base_points * 2 ** max(0, batch - 1)
    design = Saltelli(base_points=rows, second_order=second_order, seed=_seed(study) + batch)
    return _stage(study, 3 + batch, design=design)


def only(study: SweepStudy, names: Iterable[str]) -> SweepStudy:
    """The study with some of its factors and the dummy; the others stay as the scenarios have them."""
    kept = {*names, DUMMY}
    return study.model_copy(update={"factors": tuple(factor for factor in study.factors if factor.name in kept)})


def ungrouped(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """The factors without their groups."""
    return tuple(factor.model_copy(update={"group": None}) for factor in factors)


def replicates_of_a_point(study: SweepStudy) -> int:
    """Runs of a point and scenario, a fixed number."""
    assert isinstance(study.replicates, int)
    return study.replicates


def runs_ahead(study: SweepStudy, asked: Asked) -> dict[str, int]:
    """Runs of each stage, the most there can be where they depend on what earlier stages find."""
    return {name: _runs(one) for name, one in planned(study, asked)}


def planned(study: SweepStudy, asked: Asked) -> Iterator[tuple[str, SweepStudy]]:
    """The stages of an analysis by the names of their folders, the largest there can be."""
    if asked.method in ("path", "morris"):
        yield "screening", screening(study, asked.sizes)
    if asked.method == "pawn" and isinstance(study.design, Posterior):
        yield "table", study
    elif asked.method in ("path", "surrogate", "pawn"):
        yield "table", table(study, asked.sizes)
    if asked.method in ("path", "sobol"):
        names = [factor.name for factor in study.factors if factor.name != DUMMY]
        kept = names if asked.method == "sobol" or grouped(study) else names[:MOST_KEPT]
        varied = only(study, kept)
        if study.seeds.luck != "same":
            yield "noise", noise(varied, asked.sizes)
        for batch in range(batches(asked)):
            yield f"indices-{batch}", indices(varied, asked.sizes, batch, second_order=pairs(study, asked))


def batches(asked: Asked) -> int:
    """Sweeps of Saltelli's scheme at most, each doubling the base rows."""
    most = asked.most_rows or asked.sizes.base_points
    return 1 + max(0, int(math.log2(most / asked.sizes.base_points)))


def pairs(study: SweepStudy, asked: Asked) -> bool:
    """Whether pairs of factors have indices too."""
    return asked.second_order or (isinstance(study.design, Saltelli) and study.design.second_order)


def grouped(study: SweepStudy) -> bool:
    """Whether some factors are analysed as one."""
    return any(factor.group for factor in study.factors)


def _runs(study: SweepStudy) -> int:
    return make_plan(study).runs()


def _stage(study: SweepStudy, number: int, **changes: Any) -> SweepStudy:
    seeds = study.seeds
    if seeds.luck != "same":
        seeds = seeds.model_copy(update={"first": seeds.first + number * SEEDS_A_STAGE})
    plain = {"twins": False, "patterns": False, "tables": ()}
    return study.model_copy(update={"seeds": seeds, **plain, **changes})


def _seed(study: SweepStudy) -> int:
    return getattr(study.design, "seed", 1)
