"""Study files: finding and reading them with all they name, writing them in full, their schema and presets."""

import dataclasses
import io
import re
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.posterior_files import described_posterior
from ectsim.experiments.study_checking import checked_study, place_written
from ectsim.experiments.study_inputs import settled
from ectsim.experiments.study_settings import SCENARIO_KEY, Automatic, SweepStudy
from ectsim.locale import current_language
from ectsim.scenario.checking import checked
from ectsim.scenario.reading import find_scenario, load_scenario
from ectsim.scenario.schema import Scenario, describe_in_french
from ectsim.scenario.yaml_source import Source, below, field_name, read_yaml
from ectsim.shipped import shipped_folder

__all__ = ["Preset", "SweepStudy", "dump_study", "load_study", "preset", "shipped_studies", "study_schema"]

Preset = Literal["quick", "standard", "publication"]
SIZES = {"quick": 1 / 8, "standard": 1.0, "publication": 4.0}
"""What a preset does to the size of a design, or to the number of replicates."""
WIDTHS = {"quick": 2.0, "standard": 1.0, "publication": 0.5}
"""What a preset does to the half-widths that automatic replicates reach."""

_SIZED = ("points", "base_points", "trajectories", "draws")


def load_study(path_or_name: str | Path) -> SweepStudy:
    """Read a study from a file, or by the name of one that ships ("calls"), with its scenarios in full.

    Scenarios are named in a list (ready ones, or files relative to the study) or in a mapping, name by name; there
    a scenario may also be written in full.

    Raises
    ------
    InputError
        With every problem of the file and of the scenarios it names: file, line, field, what was expected, nearest
        name.
    """
    path = _found(str(path_or_name))
    source = read_yaml(path)
    scenarios, problems = _scenarios(source, path)
    if "design" in source.values:
        described, found = described_posterior(source.values["design"], path.parent)
        source.values["design"] = described
        problems += [_placed(p, "design.file", source, path) for p in found]
    return checked_study(source, scenarios, problems, path)


def shipped_studies() -> list[str]:
    """Names of the studies that ship, sorted."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def dump_study(study: SweepStudy) -> str:
    """The study in full as a YAML file, its scenarios written out; loading it gives an equal study."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # pyright: ignore[reportAttributeAccessIssue]
    writer.width = 4096
    values = study.model_dump(mode="json")
    written = io.StringIO()
    writer.dump(values, written)
    return written.getvalue()


def study_schema() -> dict[str, Any]:
    """JSON schema of a study file (draft 2020-12), its descriptions in the current language."""
    schema = SweepStudy.model_json_schema()
    scenarios = schema["properties"]["scenarios"]
    file = {"type": "string", "minLength": 1}
    ((pattern, whole),) = scenarios.pop("patternProperties").items()
    by_name = {"type": scenarios.pop("type"), "minProperties": scenarios.pop("minProperties")}
    by_name |= {"patternProperties": {pattern: {"oneOf": [file, whole]}}, "additionalProperties": False}
    scenarios["oneOf"] = [{"type": "array", "items": file, "minItems": 1}, by_name]
    for reference in schema["properties"]["design"]["discriminator"]["mapping"].values():
        schema["$defs"][reference.rpartition("/")[2]].setdefault("required", []).append("kind")
    if current_language() == "fr":
        describe_in_french(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def preset(study: SweepStudy, name: Preset) -> SweepStudy:
    """``study`` made smaller or larger.

    "quick" takes an eighth, "publication" four times, "standard" the study as it is: of the points where the design
    has a size (at least 2), else (a factorial, a list, draws taken in full) of the replicates (at least 1). Automatic
    replicates reach half-widths twice as wide in "quick", half as wide in "publication", and their maximum changes
    with the square of that.

    Raises
    ------
    InputError
        If there is no such preset, or it asks for more than a study may have.
    """
    if name not in get_args(Preset):
        allowed = get_args(Preset)
        values = {"given": name, "allowed": ", ".join(allowed)}
        raise InputError([Problem("studies.unknown_preset", values, nearest=nearest_name(name, allowed))])
    design = study.design.model_dump()
    sizes = {size: design[size] for size in _SIZED if isinstance(design.get(size), int)}
    design |= {size: max(2, int(number * SIZES[name])) for size, number in sizes.items()}
    replicates: Any = study.replicates
    if isinstance(replicates, Automatic):
        replicates = _automatic(replicates, WIDTHS[name])
    elif not sizes:
        replicates = max(1, int(replicates * SIZES[name]))
    values = {field: getattr(study, field) for field in SweepStudy.model_fields}
    try:
        resized = SweepStudy.model_validate({**values, "design": design, "replicates": replicates})
    except ValidationError as error:
        # replicates, a number or a precision, are tried as both: the choice that was not made has errors of its own
        beyond = [detail for detail in error.errors() if {"le", "ge"} & {*detail.get("ctx", {})}]
        raise InputError([_beyond(name, detail) for detail in beyond]) from None
    resized._source = study.source
    return resized


def _beyond(name: Preset, detail: ErrorDetails) -> Problem:
    """What is wrong with a size that was right before it was changed: it is beyond its bound now."""
    bound = detail.get("ctx", {})
    field = ".".join(map(str, place_written(detail["loc"])))
    values = {"preset": name, "given": detail["input"], "bound": bound.get("le", bound.get("ge"))}
    return Problem("studies.preset_beyond", values, field=field)


def _automatic(replicates: Automatic, width: float) -> dict[str, Any]:
    blocks = int(replicates.maximum / width**2) // replicates.block
    maximum = max(blocks * replicates.block, replicates.minimum)
    targets = [{**target.model_dump(), "half_width": target.half_width * width} for target in replicates.targets]
    return {**replicates.model_dump(), "targets": targets, "maximum": maximum}


def _folder() -> Path:
    return shipped_folder("scenarios") / "studies"


def _found(given: str) -> Path:
    """File behind a path, or behind the name of a shipped study."""
    path = Path(given)
    for candidate in (path, path.with_name(f"{path.name}.yaml")) if path.name else ():
        if candidate.is_file():
            return candidate
    shipped = _folder() / f"{given.removesuffix('.yaml')}.yaml"
    if path.name == given and shipped.is_file():
        return shipped
    if path.is_dir():
        raise InputError([Problem("studies.is_folder", file=path)])
    known = [file.name for file in path.parent.glob("*.y*ml")]
    nearest = nearest_name(path.name, [*known, *shipped_studies()])
    raise InputError([Problem("studies.no_file", {"given": given}, path, nearest=nearest)])


def _scenarios(source: Source, path: Path) -> tuple[dict[str, Scenario] | None, list[Problem]]:
    """Scenarios a study names, by name; None with what is wrong if one of them cannot be read."""
    given = source.values.get("scenarios")
    if isinstance(given, list) and given and all(isinstance(name, str) for name in given):
        wanted = [(f"scenarios[{i}]", Path(name).name.removesuffix(".yaml"), name) for i, name in enumerate(given)]
    elif isinstance(given, dict) and given:
        wanted = [(f"scenarios.{key}", key, value) for key, value in given.items()]
    else:
        message = "studies.scenarios" if "scenarios" in source.values else "studies.missing"
        return None, [_placed(Problem(message), "scenarios", source, path)]
    scenarios: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for place, key, value in wanted:
        try:
            if key in scenarios:
                raise InputError([Problem("scenario.repeated_name", {"name": key})])
            if not re.fullmatch(SCENARIO_KEY, key):
                raise InputError([Problem("studies.scenario_key", {"given": key})])
            scenarios[key] = settled(_scenario(value, place, source, path))
        except InputError as error:
            problems += [_placed(problem, place, source, path) for problem in error.problems]
    return (None if problems else scenarios), problems


def _scenario(value: Any, place: str, source: Source, path: Path) -> Scenario:
    if isinstance(value, str):
        try:
            found = find_scenario(value, path.parent)
        except InputError as error:
            raise InputError([dataclasses.replace(problem, file=None) for problem in error.problems]) from None
        return load_scenario(found)
    if not isinstance(value, dict):
        raise InputError([Problem("studies.scenarios")])
    places = {name.removeprefix(f"{place}."): source.places[name] for name in below(source.places, place)}
    try:
        scenario = checked(Source(value, places), path)
    except InputError as error:
        inside = [
            dataclasses.replace(p, field=field_name(place, p.field) if p.field else place) for p in error.problems
        ]
        raise InputError(inside) from error
    scenario._source = path
    return scenario


def _placed(problem: Problem, place: str, source: Source, path: Path) -> Problem:
    """The problem with the file and line of ``place``, unless it lies in a file of its own."""
    file, line = source.places.get(place, (path, None))
    if problem.file not in (None, file):
        return problem
    line = problem.line or line
    return dataclasses.replace(problem, file=file, line=line, field=problem.field or place)
