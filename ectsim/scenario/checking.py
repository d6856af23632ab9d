"""From the raw values of a scenario file to a scenario, or to the list of everything wrong with it."""

import copy
import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ectsim.errors import InputError, Problem, nearest_name, placed, reading_order
from ectsim.scenario.conflicts import ConflictError
from ectsim.scenario.expectations import Location, expectation, names_at, node_at
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.schema import NO_POSTERIOR, Scenario
from ectsim.scenario.yaml_source import Source, field_name

LONGEST_VALUE = 60
_NUMBERS = {"integer": r"[-+]?\d+", "number": r"[-+]?\d+(?:[.,]\d+)?"}
_TEXTS = ("name", "description")
_ANY_NAME = {"fr": "…", "en": "…"}
_ANY_INSTRUMENT = {"kind": "regulation"}


def checked(source: Source, path: Path) -> Scenario:
    """Scenario made of the values of ``source``.

    Raises
    ------
    InputError
        With every wrong value, and every contradiction between values that are right. Nothing is said of
        contradictions when part of the file could not be read: they may come from what is not there.
    """
    found = source.problems + _territory_problems(source, path) + _posterior_problems(source, path)
    try:
        scenario = Scenario.model_validate(source.values)
        if not found:
            return scenario
    except ValidationError as error:
        details = [detail for detail in error.errors() if not _follows_from_another(detail, error.errors())]
        found += [_problem(detail) for detail in details]
        if not source.problems:
            found += _conflicts_among_the_rest(source.values, details)
    except ConflictError as error:
        if not source.problems:
            found += error.problems
    raise InputError(sorted((placed(problem, source.places, path) for problem in found), key=reading_order))


def _territory_problems(source: Source, path: Path) -> list[Problem]:
    """What stops the territory from being read, an unknown name first of all."""
    # The territory's reader imports numpy, which asking for a schema or an explanation of a field must not.
    from ectsim.territory.reading import load_territory

    name = source.values.get("territory", Scenario.model_fields["territory"].default)
    if not isinstance(name, str) or not name:
        return []
    try:
        load_territory(name, path)
    except InputError as error:
        unknown = "territory.unknown"
        return [dataclasses.replace(p, field="territory") if p.message == unknown else p for p in error.problems]
    return []


def _posterior_problems(source: Source, path: Path) -> list[Problem]:
    """Whether the posterior that parameters are drawn from is there; what it holds is read where it is used."""
    # it imports numpy, see above
    from ectsim.posterior import find_posterior

    name = source.values.get("posterior")
    if not isinstance(name, str) or name == NO_POSTERIOR or source.values.get("parameters") == "default":
        return []
    try:
        find_posterior(name, path)
    except InputError as error:
        return list(error.problems)
    return []


def _follows_from_another(detail: ErrorDetails, details: Iterable[ErrorDetails]) -> bool:
    """Whether pydantic says it only because of another error: a list is too short once its items failed."""
    if detail["type"] == "literal_error" and detail["loc"][0] == "parameters":
        return True
    inside = [other for other in details if other["loc"][:-1] == detail["loc"]]
    return detail["type"] == "too_short" and bool(inside)


def _plain(location: Location) -> Location:
    """``location`` without the tags pydantic inserts for a choice between types."""
    section = location[0]
    if section == "instruments":
        return (*location[:2], *location[3:])
    return (section, *location[2:]) if section == "parameters" else location


def _named(location: Location) -> str:
    """Name of the field at a plain ``location``."""
    name = ""
    for step in location:
        name = field_name(name, step)
    return name


def _problem(detail: ErrorDetails) -> Problem:
    location, given = detail["loc"], detail["input"]
    if location[0] == "parameters":
        location = _plain(location)
    name = _named(_plain(detail["loc"]))
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            allowed = names_at(location[:-1])
            if nearest := nearest_name(str(location[-1]), allowed):
                return Problem("scenario.unknown_field", field=name, nearest=nearest)
            return Problem("scenario.no_such_field", _allowed(allowed), field=name)
        case "missing":
            return Problem("scenario.missing", {"expected": expectation(location)}, field=name)
        case "union_tag_not_found":
            return Problem("scenario.no_kind", _allowed(INSTRUMENTS), field=name)
        case "union_tag_invalid":
            tag = str(context["tag"])
            values = {"given": _shown(tag), **_allowed(INSTRUMENTS)}
            return Problem(
                "scenario.unknown_kind", values, field=f"{name}.kind", nearest=nearest_name(tag, INSTRUMENTS)
            )
        case "repeated_name":
            return Problem("scenario.repeated_name", {"name": context["name"]}, field=name)
        case "default_or_values":
            return Problem("scenario.default_or_values", {"given": _shown(given)}, field=name)
    return _wrong_value(location, name, given)


def _allowed(names: Iterable[str]) -> dict[str, object]:
    return {"allowed": ", ".join(names)}


def _wrong_value(location: Location, name: str, given: Any) -> Problem:
    node = node_at(location)
    values: dict[str, object] = {"expected": expectation(location), "given": _shown(given)}
    if node.get("type") in ("number", "integer"):
        written = str(given).strip() if isinstance(given, str | int | float) else ""
        share = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*%", written)
        if share or (node.get("unit") == "share" and _looks_like_percent(given)):
            meant = float((share[1] if share else written).replace(",", ".")) / 100
            return Problem("scenario.percent", {**values, "meant": f"{meant:g}"}, field=name)
        if isinstance(given, str) and re.fullmatch(_NUMBERS[node["type"]], written):
            return Problem("scenario.number_as_text", {**values, "meant": written.replace(",", ".")}, field=name)
    nearest = nearest_name(given, map(str, node["enum"])) if "enum" in node and isinstance(given, str) else None
    return Problem("scenario.value", values, field=name, nearest=nearest)


def _looks_like_percent(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 1 < given <= 100


def _shown(given: Any) -> str:
    """A value as it would stand in the file, shortened."""
    if isinstance(given, dict):
        return "{" + ", ".join(f"{key}: …" for key in given)[:LONGEST_VALUE] + "}"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(_shown(item) for item in given)[:LONGEST_VALUE] + "]"
    words = {None: "null", True: "true", False: "false"}
    if given is None or isinstance(given, bool):
        return words[given]
    if isinstance(given, str):
        return f'"{given}"' if len(given) <= LONGEST_VALUE else f'"{given[:LONGEST_VALUE]}…"'
    return str(given)


def _conflicts_among_the_rest(values: dict[str, Any], details: list[ErrorDetails]) -> list[Problem]:
    """Contradictions among the values that are right: the wrong ones are left out, and all that depends on them."""
    rest = copy.deepcopy(values)
    left_out = [_leave_out(rest, _plain(detail["loc"])) for detail in details]
    # A misspelt setting was given, under another name: nothing may be deduced from its absence.
    left_out += [_meant(detail) for detail in details if detail["type"] == "extra_forbidden"]
    rest.setdefault("name", _ANY_NAME)
    try:
        Scenario.model_validate(rest)
    except ConflictError as error:
        return [
            conflict.problem
            for conflict in error.conflicts
            if not any(_related(need, name) for need in conflict.needs for name in left_out)
        ]
    return []


def _meant(detail: ErrorDetails) -> str:
    location = detail["loc"]
    meant = nearest_name(str(location[-1]), names_at(location[:-1]))
    return _named(_plain((*location[:-1], meant or location[-1])))


def _leave_out(values: dict[str, Any], location: Location) -> str:
    """Take the wrong setting at ``location`` out of ``values``; return its name."""
    section, inside = str(location[0]), location[1:]
    held = values.get(section)
    if section == "instruments" and isinstance(held, list) and inside:
        position, inside = int(inside[0]), inside[1:]
        if inside:
            held[position].pop(inside[0], None)
        else:
            held[position] = _ANY_INSTRUMENT
        return _named(location[:3])
    if section not in _TEXTS and isinstance(held, dict) and inside:
        held.pop(inside[0], None)
        return _named(location[:2])
    values.pop(section, None)
    return section


def _related(one: str, other: str) -> bool:
    return any(
        long == short or long.startswith((f"{short}.", f"{short}[")) for long, short in ((one, other), (other, one))
    )
