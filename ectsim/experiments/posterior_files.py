"""What a design takes from a file of draws. Reading and checking such a file is ectsim/posterior.py's."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim import posterior as files
from ectsim.errors import InputError, Problem
from ectsim.experiments.design_settings import Posterior

FILE = "design.file"


def described_posterior(design: Any, folder: Path) -> tuple[Any, list[Problem]]:
    """Raw settings of a design, those of a posterior completed with the columns and SHA-256 of its file.

    ``folder`` is that of the study. Given columns or SHA-256 that are not those of the file are a problem.
    """
    if not isinstance(design, dict) or design.get("kind") != "posterior" or not isinstance(design.get("file"), str):
        return design, []
    try:
        read = files.load_posterior(design["file"], folder / FILE)
    except InputError as error:
        return design, [p if p.file else dataclasses.replace(p, field=FILE) for p in error.problems]
    found = {"sha256": read.digest, "columns": list(read.names)}
    changed = [name for name in found if design.get(name) and design[name] != found[name]]
    return {**design, **found}, [_changed(read.file)] if changed else []


def _changed(file: Path) -> Problem:
    return Problem("studies.posterior_changed", {"file": file.name}, field=FILE)


def posterior_of(design: Posterior, source: Path | None) -> files.Posterior:
    """The draws a design names; ``source`` is the file of its study.

    Raises
    ------
    InputError
        If the file is not as expected, or changed since the study was read.
    """
    read = files.load_posterior(design.file, source)
    if design.columns != read.names or design.sha256 not in (None, read.digest):
        raise InputError([_changed(read.file)])
    return read


def posterior_draws(design: Posterior, source: Path | None) -> NDArray[np.float64]:
    """Draws a design takes, of shape (draws, columns).

    Raises
    ------
    InputError
        If the file is not as expected, changed since the study was read, or holds fewer draws than asked.
    """
    draws = posterior_of(design, source).draws
    if design.draws is None:
        return draws
    if design.draws > len(draws):
        values = {"asked": design.draws, "held": len(draws)}
        raise InputError([Problem("studies.too_few_draws", values, field="design.draws")])
    return draws[np.random.default_rng(design.seed).choice(len(draws), design.draws, replace=False)]
