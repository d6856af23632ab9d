"""Asking for a sensitivity analysis: a study by its name or file, a method, sizes. Making it: conducting.py."""

import contextlib
import tempfile
from pathlib import Path
from typing import get_args

from ectsim.analysis.sensitivity import stages
from ectsim.analysis.sensitivity.conducting import Findings, analyse
from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.ensembles import Progress
from ectsim.experiments.study import load_study
from ectsim.experiments.study_settings import SweepStudy


def sensitivity(
    study: SweepStudy | str | Path,
    out: str | Path | None = None,
    *,
    method: stages.Method = "path",
    quick: bool = False,
    by_mechanism: bool = False,
    second_order: bool = False,
    half_width: float = 0.1,
    most_rows: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Findings:
    """What the outcomes of a study, and the differences between its scenarios, depend on.

    Parameters
    ----------
    study
        A study, its file, or the name of one that ships ("sensitivity").
    out
        Folder of its sweeps, whose runs are not made again; without it they are not kept.
    method, quick, by_mechanism, second_order, half_width, most_rows
        See :func:`prepared`.
    workers
        Runs at the same time, the machine's cores by default; changes no result.
    progress
        Called with runs done and runs in all.

    Raises
    ------
    InputError
        If the study or an option is not as expected, or the folder holds something else.
    """
    made, asked = prepared(
        study,
        method,
        quick=quick,
        by_mechanism=by_mechanism,
        second_order=second_order,
        half_width=half_width,
        most_rows=most_rows,
    )
    with contextlib.ExitStack() as temporary:
        folder = out or temporary.enter_context(tempfile.TemporaryDirectory(prefix="ectsim-"))
        return analyse(made, Path(folder), asked, workers=workers, progress=progress)


def prepared(
    study: SweepStudy | str | Path,
    method: str = "path",
    *,
    quick: bool = False,
    by_mechanism: bool = False,
    second_order: bool = False,
    half_width: float = 0.1,
    most_rows: int | None = None,
) -> tuple[SweepStudy, stages.Asked]:
    """A study made ready, and how it is to be analysed.

    Parameters
    ----------
    study
        A study, its file, or the name of one that ships.
    method
        "path", "morris", "surrogate", "sobol" or "pawn", see :class:`~.stages.Asked`.
    quick
        Whether all stages are small: to see that it works, not to conclude.
    by_mechanism
        Whether factors are analysed by mechanism.
    second_order
        Whether pairs of factors have indices too.
    half_width
        Half-width asked of the intervals of total indices.
    most_rows
        Base rows never exceeded, a power of two; None: those of the sizes, without doubling.

    Raises
    ------
    InputError
        With everything that is not as expected.
    """
    chosen = next((name for name in get_args(stages.Method) if name == method), None)
    if chosen is None:
        allowed = get_args(stages.Method)
        values = {"given": method, "allowed": ", ".join(allowed)}
        nearest = nearest_name(method, allowed)
        raise InputError([Problem("sensitivity.unknown_method", values, field="--method", nearest=nearest)])
    given = study if isinstance(study, SweepStudy) else load_study(study)
    sizes = stages.sizes_of(given, quick)
    problems = []
    if most_rows is not None and (most_rows < sizes.base_points or most_rows & (most_rows - 1)):
        told = {"given": most_rows, "least": sizes.base_points}
        problems.append(Problem("sensitivity.most_rows", told, field="--most-rows"))
    if not 0 < half_width < 1:
        problems.append(Problem("sensitivity.half_width", {"given": half_width}, field="--half-width"))
    if problems:
        raise InputError(problems)
    ready = stages.ready(given, chosen, by_mechanism=by_mechanism)
    return ready, stages.Asked(chosen, sizes, second_order, half_width, most_rows)
