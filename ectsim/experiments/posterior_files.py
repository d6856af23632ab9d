"""Files of posterior draws: their columns, their fingerprint, the draws a design takes. Fitting lives elsewhere."""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem
from ectsim.experiments.design_settings import Posterior
from ectsim.experiments.factors import value_problem


def described_posterior(design: Any, folder: Path) -> tuple[Any, list[Problem]]:
    """Raw settings of a design, those of a posterior completed with the columns and SHA-256 of its file.

    ``folder`` is that of the study. Given columns or SHA-256 that are not those of the file are a problem.
    """
    if not isinstance(design, dict) or design.get("kind") != "posterior" or not isinstance(design.get("file"), str):
        return design, []
    path = folder / design["file"]
    try:
        found = {"sha256": fingerprint(path), "columns": _columns(path)}
    except InputError as error:
        return design, [_at_file(problem) for problem in error.problems]
    changed = [name for name in found if design.get(name) and design[name] != found[name]]
    problems = [Problem("studies.posterior_changed", {"file": path.name}, field="design.file")] if changed else []
    return {**design, **found}, problems


def _at_file(problem: Problem) -> Problem:
    return Problem(problem.message, problem.values, field="design.file")


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        values = {"file": path, "detail": error.strerror}
        raise InputError([Problem("studies.posterior_unreadable", values)]) from error


def _columns(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path).names
    except pa.ArrowInvalid as error:
        raise InputError([Problem("studies.posterior_not_parquet", {"file": path})]) from error


def posterior_draws(posterior: Posterior, folder: Path) -> NDArray[np.float64]:
    """Draws of a posterior, of shape (draws, columns).

    Raises
    ------
    InputError
        If the file changed since the study was read, holds fewer draws than asked, or a value out of bounds.
    """
    import pyarrow.parquet as pq

    if not posterior.columns:
        raise InputError([Problem("studies.no_columns", field="design.file")])
    path = folder / posterior.file
    if posterior.sha256 and fingerprint(path) != posterior.sha256:
        raise InputError([Problem("studies.posterior_changed", {"file": path}, field="design.file")])
    table = pq.read_table(path, columns=list(posterior.columns))
    if problems := _draw_problems(posterior, table):
        raise InputError(dataclasses.replace(problem, file=path) for problem in problems)
    draws = np.column_stack([table.column(name).to_numpy() for name in posterior.columns]).astype(np.float64)
    if posterior.draws is None:
        return draws
    chosen = np.random.default_rng(posterior.seed).choice(len(draws), posterior.draws, replace=False)
    return draws[chosen]


def _draw_problems(posterior: Posterior, table: Any) -> list[Problem]:
    if (posterior.draws or 1) > table.num_rows:
        values = {"asked": posterior.draws or 1, "held": table.num_rows}
        return [Problem("studies.too_few_draws", values, field="design.draws")]
    problems = []
    for name in posterior.columns:
        values = _numbers(table.column(name))
        if values is None:
            problems.append(Problem("studies.draws_not_numbers", {"column": name}, field="design.file"))
            continue
        found = (value_problem(name, float(extreme)) for extreme in (values.min(), values.max()))
        problems += [problem for problem in found if problem][:1]
    return problems


def _numbers(column: Any) -> NDArray[np.float64] | None:
    """Values of a column, None unless all are finite numbers."""
    import pyarrow as pa

    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)) or column.null_count:
        return None
    values = column.to_numpy().astype(np.float64)
    return values if np.isfinite(values).all() else None
