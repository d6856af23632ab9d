"""The points of a study: sampled with SciPy and SALib, enumerated, or drawn from a posterior. Deterministic."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem
from ectsim.experiments.design_settings import LatinHypercube, Morris, PointList, Posterior, Saltelli, Sobol
from ectsim.experiments.factors import Factor, apply_factors, place_of, scaled
from ectsim.experiments.posterior_files import posterior_draws
from ectsim.experiments.study_settings import SweepStudy

MOST_CONFLICTS = 20


def design_points(study: SweepStudy) -> NDArray[np.float64]:
    """Points of a study, of shape (P, F): a column for each of ``study.factors``, in its units.

    The same study gives the same points. Without factors there is one point, without columns.

    Raises
    ------
    InputError
        If a point contradicts a scenario (an edition longer than the period of the call), or the draws of a posterior
        cannot be used.
    """
    points = _points(study)
    _refuse_conflicts(study, points)
    return points


def unit_points(study: SweepStudy) -> NDArray[np.float64]:
    """Points of a sampled design in the unit cube, of shape (P, F), as analyses of Morris trajectories want them.

    Raises
    ------
    ValueError
        If the design is no sampled one.
    """
    from scipy.stats import qmc

    design, width = study.design, len(study.factors)
    match design:
        case LatinHypercube():
            return qmc.LatinHypercube(width, rng=design.seed).random(design.points)
        case Sobol():
            return qmc.Sobol(width, rng=design.seed).random(design.points)
        case Saltelli() | Morris():
            return _sampled_by_salib(design, salib_problem(study))
    raise ValueError(f"a design of kind {design.kind} samples no unit cube")


def salib_problem(study: SweepStudy) -> dict[str, Any]:
    """The factors as SALib describes them, with their groups if any; bounds are those of the unit cube.

    The rows of :func:`design_points` follow the order SALib's analyses expect.
    """
    names = [factor.name for factor in study.factors]
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if any(factor.group for factor in study.factors):
        problem["groups"] = [factor.group or factor.name for factor in study.factors]
    return problem


def _sampled_by_salib(design: Saltelli | Morris, problem: dict[str, Any]) -> NDArray[np.float64]:
    """Points by SALib. A generator of our own keeps it off NumPy's global state; given numbers, it ignores seed 0."""
    from SALib.sample import morris, sobol

    generator = np.random.default_rng(design.seed)
    if isinstance(design, Saltelli):
        return sobol.sample(problem, design.base_points, calc_second_order=design.second_order, seed=generator)
    return morris.sample(problem, design.trajectories, num_levels=design.levels, seed=generator)


def _points(study: SweepStudy) -> NDArray[np.float64]:
    design, factors = study.design, study.factors
    match design:
        case PointList():
            return np.array([[point[factor.name] for factor in factors] for point in design.points])
        case Posterior():
            return _crossed_draws(design, factors, study.source)
        case LatinHypercube() | Sobol() | Saltelli() | Morris():
            return scaled(factors, unit_points(study))
    return _every_combination(factors)


def _crossed_draws(posterior: Posterior, factors: tuple[Factor, ...], source: Path | None) -> NDArray[np.float64]:
    """Each draw with every combination of levels of the other factors, draw by draw."""
    draws = posterior_draws(posterior, source)
    columns = [factor.name for factor in factors if factor.name not in posterior.columns]
    crossed = _every_combination(tuple(factor for factor in factors if factor.name in columns))
    points = np.hstack([np.repeat(draws, len(crossed), axis=0), np.tile(crossed, (len(draws), 1))])
    order = [*posterior.columns, *columns]
    return points[:, [order.index(factor.name) for factor in factors]]


def _every_combination(factors: tuple[Factor, ...]) -> NDArray[np.float64]:
    """Every combination of levels, the last factor changing fastest."""
    combinations = list(itertools.product(*(factor.levels or () for factor in factors)))
    return np.array(combinations, float).reshape(len(combinations), len(factors))


def _refuse_conflicts(study: SweepStudy, points: NDArray[np.float64]) -> None:
    """Refuse points that contradict a scenario, before a long sweep starts."""
    found = list(itertools.islice(_conflicts(study, points), MOST_CONFLICTS))
    if found:
        raise InputError(found)


def _conflicts(study: SweepStudy, points: NDArray[np.float64]) -> Iterator[Problem]:
    # Bounds were checked with the factors, and settings contradict each other by whole numbers only (months, partners,
    # phases): points that share those are tried once.
    places = [place_of(factor.name) for factor in study.factors]
    whole = [i for i, factor in enumerate(study.factors) if factor.is_whole]
    if not any(places):
        return
    _, tried = np.unique(points[:, whole], axis=0, return_index=True)
    told: set[tuple[str, str]] = set()
    for point in sorted(tried):
        for name, scenario in study.scenarios.items():
            try:
                apply_factors(scenario, study.factors, points[point])
            except InputError as error:
                for problem in error.problems:
                    key = (name, f"{problem.field} {problem.message}")
                    if key not in told:
                        told.add(key)
                        values = {"point": _shown(study, points[point]), "scenario": name, "problem": problem}
                        yield Problem("studies.point_conflicts", values, file=study.source)


def _shown(study: SweepStudy, point: NDArray[np.float64]) -> str:
    return ", ".join(f"{factor.name} = {value:g}" for factor, value in zip(study.factors, point, strict=True))
