"""From the raw values of a study file to a study, or to the list of everything wrong with it."""

import dataclasses
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ectsim.errors import InputError, Problem, nearest_name, placed
from ectsim.experiments.study_conflicts import study_problems
from ectsim.experiments.study_settings import ONE_BY_ONE, SweepStudy, with_factors_in_full
from ectsim.locale import text
from ectsim.scenario.numbers import decimal
from ectsim.scenario.schema import Bilingual, Scenario
from ectsim.scenario.yaml_source import Source, field_name

LONGEST_VALUE = 60
_ANY_NAME = Bilingual(fr="…", en="…")
_ANY_FACTOR = {"name": "…"}
_KINDS = {
    "whole": ("int_type", "int_from_float"),
    "number": ("float_type", "finite_number"),
    "boolean": ("bool_type",),
    "list": ("tuple_type", "list_type"),
    "text": ("string_type", "string_too_short", "string_pattern_mismatch"),
    "mapping": ("dict_type", "model_type", "model_attributes_type"),
    "not_empty": ("too_short",),
}


def checked_study(
    source: Source, scenarios: Mapping[str, Scenario] | None, found: list[Problem], path: Path
) -> SweepStudy:
    """Study made of the values of ``source`` and of its scenarios, already read (None where one could not be).

    Raises
    ------
    InputError
        With the problems already ``found`` and those of the settings, each with its file and line.
    """
    written = {name: value for name, value in source.values.items() if name != "scenarios"}
    values = with_factors_in_full(written)
    parts, problems = _parts(values, scenarios)
    problems += study_problems(parts)
    listed = isinstance(written.get("factors", []), list)
    added = len(values.get("factors", [])) - len(written.get("factors", [])) if listed else 0
    problems = [*source.problems, *found, *(placed(_as_written(p, added), source.places, path) for p in problems)]
    if problems:
        raise InputError(sorted(problems, key=lambda problem: (str(problem.file), problem.line or 0)))
    study = SweepStudy.model_validate({**values, "scenarios": scenarios})
    study._source = path
    return study


def _parts(values: dict[str, Any], scenarios: Mapping[str, Scenario] | None) -> tuple[dict[str, Any], list[Problem]]:
    """Settings that are right one by one, and what is wrong with the others."""
    stand_in = scenarios or {"any": Scenario(name=_ANY_NAME)}
    problems: list[Problem] = []
    lost: set[str] = set() if scenarios else {"scenarios"}
    lost_factors: set[int] = set()
    rest = {"scenarios": stand_in, **values}
    try:
        study = SweepStudy.model_validate(rest, context=ONE_BY_ONE)
    except ValidationError as error:
        details = error.errors()
        problems += [_problem(detail) for detail in details if _concerns(detail, details, values)]
        for detail in details:
            section = str(detail["loc"][0])
            if section == "factors" and len(detail["loc"]) > 1:
                lost_factors.add(int(detail["loc"][1]))
            else:
                lost.add(section)
        rest = {"name": _ANY_NAME, **{name: value for name, value in rest.items() if name not in lost}}
        rest["scenarios"] = stand_in
        if "factors" in rest:
            kept = [_ANY_FACTOR if i in lost_factors else factor for i, factor in enumerate(rest["factors"])]
            rest["factors"] = kept
        study = SweepStudy.model_validate(rest, context=ONE_BY_ONE)
    parts = {name: getattr(study, name) for name in SweepStudy.model_fields if name not in lost}
    if "factors" in parts:
        parts["factors"] = [None if i in lost_factors else factor for i, factor in enumerate(study.factors)]
    return parts, problems


def _concerns(detail: ErrorDetails, details: list[ErrorDetails], values: dict[str, Any]) -> bool:
    """Whether an error speaks of what was meant.

    A list is said to be too short once its items failed; replicates, a number or a mapping, are tried as both.
    """
    location = detail["loc"]
    if detail["type"] == "too_short" and any(
        other["loc"][: len(location)] == location for other in details if other is not detail
    ):
        return False
    if location[0] != "replicates":
        return True
    return (location[1:2] == ("Automatic",)) == isinstance(values["replicates"], dict)


def place_written(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """``location`` of an error without the tags pydantic inserts for a choice between types."""
    if location[0] in ("design", "replicates"):
        return (location[0], *location[2:])
    return location


def _problem(detail: ErrorDetails) -> Problem:
    location = place_written(detail["loc"])
    name = ""
    for step in location:
        name = field_name(name, step)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            allowed = _names_beside(detail["loc"])
            values = {"allowed": ", ".join(allowed)}
            nearest = nearest_name(str(location[-1]), allowed)
            return Problem("studies.unknown_field", values, field=name, nearest=nearest)
        case "missing":
            return Problem("studies.missing", field=name)
        case "union_tag_not_found":
            return Problem("studies.no_kind", {"allowed": ", ".join(_designs())}, field=name)
        case "union_tag_invalid":
            tag = str(context["tag"])
            values = {"given": tag, "allowed": ", ".join(_designs())}
            nearest = nearest_name(tag, _designs())
            return Problem("studies.unknown_design", values, field=f"{name}.kind", nearest=nearest)
        case "power_of_two":
            values = {"given": detail["input"], "below": context["below"], "above": context["above"]}
            return Problem("studies.power_of_two", values, field=name)
    if location == ("replicates",):
        return Problem("studies.replicates", {"given": _shown(detail["input"])}, field=name)
    values = {"expected": _expected(detail["type"], context), "given": _shown(detail["input"])}
    return Problem("scenario.value", values, field=name)


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return text("studies.expected.least", low=decimal(context["ge"]))
        case "less_than_equal":
            return text("studies.expected.most", high=decimal(context["le"]))
        case "literal_error":
            return text("scenario.expected.choice", allowed=context["expected"].replace(" or ", ", ").replace("'", ""))
    word = next((word for word, kinds in _KINDS.items() if kind in kinds), "text")
    return text(f"studies.expected.{word}")


@functools.cache
def _schema() -> dict[str, Any]:
    return SweepStudy.model_json_schema()


def _designs() -> tuple[str, ...]:
    return tuple(_schema()["properties"]["design"]["discriminator"]["mapping"])


def _names_beside(location: tuple[str | int, ...]) -> tuple[str, ...]:
    """Names of the settings allowed where a setting was written, read from the JSON schema."""
    node = _schema()
    for step in location[:-1]:
        node = _resolved(node)
        if isinstance(step, int):
            node = node.get("items", {})
        elif "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"][step]}
        elif "anyOf" in node:
            node = next(choice for choice in node["anyOf"] if str(choice.get("$ref", "")).endswith(f"/{step}"))
        else:
            node = node.get("properties", {}).get(step, {})
    return tuple(_resolved(node).get("properties", ()))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    return _schema()["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def _shown(given: Any) -> str:
    """A value as it would stand in the file, shortened."""
    words = {None: "null", True: "true", False: "false"}
    if given is None or isinstance(given, bool):
        return words[given]
    if isinstance(given, dict | list | tuple):
        return "{…}" if isinstance(given, dict) else "[…]"
    written = f'"{given}"' if isinstance(given, str) else str(given)
    return written if len(written) <= LONGEST_VALUE else f"{written[:LONGEST_VALUE]}…"


def _as_written(problem: Problem, added: int) -> Problem:
    """The problem with the number its factor has in the file, where those of the design are not written."""
    found = re.match(r"factors\[(\d+)\]", problem.field or "")
    if not found or not added:
        return problem
    number = int(found[1]) - added
    start = f"factors[{number}]" if number >= 0 else "design"
    return dataclasses.replace(problem, field=start + (problem.field or "")[found.end() :] if number >= 0 else start)
