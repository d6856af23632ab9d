"""From the name of a scenario to a checked scenario: finding its file, following ``extends``, writing it back."""

import dataclasses
import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.scenario.checking import checked
from ectsim.scenario.schema import Scenario
from ectsim.scenario.yaml_source import Source, below, field_name, read_yaml
from ectsim.shipped import shipped_folder

NEVER_INHERITED = ("name", "description")
"""A scenario that starts from another says itself what it is."""


def load_scenario(path_or_name: str | Path) -> Scenario:
    """Read a scenario from a file, or by the name of one that ships ("spontaneous").

    A file that ``extends`` another inherits its settings: mappings are merged key by key, anything else given
    replaces what was inherited. So ``instruments`` replaces the whole list; ``add_instruments`` adds to it instead.

    Raises
    ------
    InputError
        With every problem of the file and of those it extends: file, line, field, what was expected, nearest name.
    """
    path = find_scenario(str(path_or_name), Path())
    scenario = checked(_with_inherited(path, ()), path)
    scenario._source = path
    return scenario


def dump_scenario(scenario: Scenario) -> str:
    """The scenario in full as a YAML file, without ``extends``; loading it gives an equal scenario."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # pyright: ignore[reportAttributeAccessIssue]
    writer.width = 4096
    values = scenario.model_dump(mode="json")
    values["instruments"] = [{"kind": given["kind"], **given} for given in values["instruments"]]
    written = io.StringIO()
    writer.dump(values, written)
    return written.getvalue()


def shipped_scenarios() -> list[str]:
    """Names of the scenarios that ship, sorted."""
    return sorted(path.stem for path in shipped_folder("scenarios").glob("*.yaml"))


def find_scenario(given: str, folder: Path) -> Path:
    """File behind a path relative to ``folder``, or behind the name of a shipped scenario.

    Raises
    ------
    InputError
        If there is none, with the nearest name.
    """
    beside = folder / given
    shipped = shipped_folder("scenarios") / f"{given.removesuffix('.yaml')}.yaml"
    written = [beside.with_name(f"{beside.name}.yaml")] if beside.name else []
    for candidate in (beside, *written):
        if candidate.is_file():
            return candidate
    if Path(given).name == given and shipped.is_file():
        return shipped
    if beside.is_dir():
        raise InputError([Problem("scenario.is_folder", file=beside)])
    known = [path.name for path in (*beside.parent.glob("*.yaml"), *beside.parent.glob("*.yml"))]
    ending = ".yaml" if beside.suffix else ""
    nearest = nearest_name(beside.name, [*known, *(f"{name}{ending}" for name in shipped_scenarios())])
    raise InputError([Problem("scenario.no_file", {"given": given}, beside, nearest=nearest)])


def _with_inherited(path: Path, chain: tuple[Path, ...]) -> Source:
    """Values of a file over those it inherits; ``chain`` holds the files that led to it."""
    own = read_yaml(path)
    base = _parent(own, path, chain) if "extends" in own.values else Source()
    for key in NEVER_INHERITED:
        _drop(base, key)
    base.problems += own.problems + _misused_lists(own)
    if isinstance(own.values.get("add_instruments"), list):
        _append(base, own)
    for key in ("extends", "add_instruments"):
        _drop(own, key)
    _merge(base, own, "", base.values, own.values)
    return base


def _misused_lists(own: Source) -> list[Problem]:
    if "add_instruments" not in own.values:
        return []
    messages = {
        "scenario.two_lists": "instruments" in own.values,
        "scenario.nothing_to_add_to": "extends" not in own.values,
        "scenario.not_a_list": not isinstance(own.values["add_instruments"], list),
    }
    return [_problem_at(own, "add_instruments", message) for message, is_so in messages.items() if is_so]


def _parent(own: Source, path: Path, chain: tuple[Path, ...]) -> Source:
    """What the file that ``own`` extends says; nothing but problems if it cannot be read."""
    given = own.values["extends"]
    if not isinstance(given, str):
        return Source(problems=[_problem_at(own, "extends", "scenario.extends_text")])
    try:
        parent = find_scenario(given, path.parent)
    except InputError as error:
        file, line = own.places["extends"]
        return Source(problems=[dataclasses.replace(p, file=file, line=line, field="extends") for p in error.problems])
    chain = (*chain, path.resolve())
    if parent.resolve() in chain:
        circle = " → ".join(step.name for step in (*chain, parent.resolve()))
        return Source(problems=[_problem_at(own, "extends", "scenario.circle", circle=circle)])
    try:
        return _with_inherited(parent, chain)
    except InputError as error:
        return Source(problems=list(error.problems))


def _problem_at(source: Source, name: str, message: str, **values: object) -> Problem:
    file, line = source.places[name]
    return Problem(message, values, file, line, name)


def _drop(source: Source, key: str) -> None:
    source.values.pop(key, None)
    for name in list(below(source.places, key)):
        del source.places[name]


def _append(parent: Source, own: Source) -> None:
    """Move ``add_instruments`` of ``own`` to the end of the instruments of ``parent``."""
    inherited = parent.values.setdefault("instruments", [])
    shift = len(inherited) if isinstance(inherited, list) else 0
    for i, instrument in enumerate(own.values["add_instruments"]):
        old, new = field_name("add_instruments", i), field_name("instruments", shift + i)
        for name in list(below(own.places, old)):
            parent.places[new + name.removeprefix(old)] = own.places[name]
        if isinstance(inherited, list):
            inherited.append(instrument)


def _merge(parent: Source, own: Source, name: str, inherited: dict[str, Any], given: dict[str, Any]) -> None:
    for key, value in given.items():
        inside = field_name(name, key)
        old = inherited.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(parent, own, inside, old, value)
            continue
        for place in list(below(parent.places, inside)):
            del parent.places[place]
        parent.places.update({place: own.places[place] for place in below(own.places, inside)})
        inherited[key] = value
