"""Hypothesis files: finding and reading one with the scenarios it names. What it may say lives in settings.py."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ectsim.analysis.hypotheses.measures import MEASURES, TWIN_MEASURES
from ectsim.analysis.hypotheses.settings import (
    Arm,
    Contrary,
    Contrast,
    Hypothesis,
    Rule,
    Uncertainty,
    hypothesis_problems,
)
from ectsim.errors import InputError, Problem, nearest_name, placed, reading_order
from ectsim.scenario.reading import load_scenario, shipped_scenarios
from ectsim.scenario.settings import Settings
from ectsim.scenario.yaml_source import Source, field_name, read_yaml
from ectsim.shipped import shipped_folder

LONGEST_VALUE = 60
PARTS: dict[str, type[Settings]] = {
    "arms": Arm, "contrasts": Contrast, "uncertainty": Uncertainty, "rule": Rule, "contrary": Contrary,
}  # fmt: skip
"""Settings inside a section of the file, whose names are proposed for a misspelt one."""


def shipped_hypotheses() -> list[str]:
    """Names of the hypotheses that ship, sorted: files that say a claim, the scenarios beside them left out."""
    return sorted(path.stem for path in _folder().glob("H[0-9]*.yaml"))


def load_hypothesis(path_or_name: str | Path) -> Hypothesis:
    """Read a hypothesis from a file, or by the name of one that ships, or its number ("H04").

    A scenario is named as in a study: one that ships, or a file relative to the hypothesis.

    Raises
    ------
    InputError
        With every problem of the file and of the scenarios it names: file, line, field, what was expected, nearest
        name.
    """
    path = _found(str(path_or_name))
    source = read_yaml(path)
    problems = list(source.problems)
    values = dict(source.values)
    values["arms"], found = _with_scenarios(source, path)
    problems += found
    lost = {problem.field for problem in found}
    try:
        hypothesis = Hypothesis.model_validate(values)
    except ValidationError as error:
        wrong = (_problem(detail) for detail in error.errors())
        problems += [placed(problem, source.places, path) for problem in wrong if problem.field not in lost]
        raise InputError(sorted(problems, key=reading_order)) from None
    problems += [placed(p, source.places, path) for p in hypothesis_problems(hypothesis, MEASURES, TWIN_MEASURES)]
    if problems:
        raise InputError(sorted(problems, key=reading_order))
    hypothesis._source = path
    return hypothesis


def load_hypotheses(names: Iterable[str | Path]) -> list[Hypothesis]:
    """Read several hypotheses; the word "all" stands for those that ship.

    Raises
    ------
    InputError
        With the problems of all of them, and for a hypothesis named twice.
    """
    wanted = [one for name in names for one in (shipped_hypotheses() if str(name) == "all" else [name])]
    found: list[Hypothesis] = []
    problems: list[Problem] = []
    for name in wanted:
        try:
            hypothesis = load_hypothesis(name)
        except InputError as error:
            problems += error.problems
            continue
        if any(hypothesis.source_file == other.source_file for other in found):
            problems.append(Problem("hypotheses.named_twice", {"given": name}))
        found.append(hypothesis)
    if problems:
        raise InputError(problems)
    return found


def _folder() -> Path:
    return shipped_folder("scenarios") / "hypotheses"


def _found(given: str) -> Path:
    path = Path(given)
    for candidate in (path, path.with_name(f"{path.name}.yaml")) if path.name else ():
        if candidate.is_file():
            return candidate
    known = shipped_hypotheses()
    by_number = {name.partition("_")[0]: name for name in known}
    name = given.removesuffix(".yaml")
    if (name := by_number.get(name, name)) in known:
        return _folder() / f"{name}.yaml"
    nearest = nearest_name(given, [*known, *(file.name for file in path.parent.glob("*.yaml"))])
    raise InputError([Problem("hypotheses.no_file", {"given": given}, path, nearest=nearest)])


def _with_scenarios(source: Source, path: Path) -> tuple[Any, list[Problem]]:
    """The arms with their scenarios read, and what is wrong with those that cannot be."""
    given = source.values.get("arms")
    if not isinstance(given, dict):
        return given, []
    arms: dict[str, Any] = {}
    problems = []
    for key, arm in given.items():
        field = f"arms.{key}.scenario"
        arms[key] = arm
        if not isinstance(arm, dict) or not isinstance(arm.get("scenario"), str):
            continue
        try:
            arms[key] = {**arm, "scenario": load_scenario(_scenario_file(arm["scenario"], path))}
        except InputError as error:
            problems += [
                placed(dataclasses.replace(p, field=p.field or field), source.places, path) for p in error.problems
            ]
    return arms, [dataclasses.replace(problem, field=problem.field) for problem in problems]


def _scenario_file(name: str, path: Path) -> Path:
    """The file beside the hypothesis, else the one that ships: never one that the current folder happens to hold."""
    beside = path.parent / name
    for candidate in (beside, beside.with_name(f"{beside.name}.yaml")):
        if candidate.is_file():
            return candidate
    if name.removesuffix(".yaml") in shipped_scenarios():
        return shipped_folder("scenarios") / f"{name.removesuffix('.yaml')}.yaml"
    known = [*shipped_scenarios(), *(file.name for file in path.parent.glob("*.yaml"))]
    raise InputError([Problem("scenario.no_file", {"given": name}, nearest=nearest_name(name, known))])


def _problem(detail: ErrorDetails) -> Problem:
    location = detail["loc"]
    name = ""
    for step in location:
        name = field_name(name, step)
    if detail["type"] == "missing":
        return Problem("hypotheses.missing", field=name)
    if detail["type"] == "extra_forbidden":
        allowed = _names_at(location)
        nearest = nearest_name(str(location[-1]), allowed)
        return Problem("hypotheses.unknown_field", {"allowed": ", ".join(allowed)}, field=name, nearest=nearest)
    given = str(detail["input"])
    shown = given if len(given) <= LONGEST_VALUE else f"{given[:LONGEST_VALUE]}…"
    bounds = detail.get("ctx", {})
    expected = next((bounds[key] for key in ("expected", "ge", "le", "min_length") if key in bounds), None)
    values = {"given": shown, "expected": detail["msg"] if expected is None else f"{detail['type']} {expected}"}
    return Problem("hypotheses.value", values, field=name)


def _names_at(location: tuple[int | str, ...]) -> list[str]:
    inside = PARTS.get(str(location[0])) if len(location) > 1 else None
    return list((inside or Hypothesis).model_fields)
