"""Reading ``territory.yaml``: title, centre, licence, attribution and named perimeters of a territory."""

from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from ectsim.errors import Problem, nearest_name
from ectsim.locale import LANGUAGES
from ectsim.territory.tables import COMMUNE_CODE, read_utf8

FIELDS = (
    "title",
    "centre",
    "coordinates",
    "population_year",
    "licence",
    "attribution",
    "ring_rule",
    "perimeters",
    "origins",
)
OPTIONAL = ("ring_rule", "perimeters", "origins")
COORDINATES = "EPSG:4326"


class Description(NamedTuple):
    """What ``territory.yaml`` tells the product; its other fields (licence, origins…) are for people."""

    title: dict[str, str]
    centre: str
    attribution: str
    perimeters: dict[str, dict[str, str]]
    lines: dict[str, int]


class _Sheet:
    """A YAML mapping that knows the line of its keys."""

    def __init__(self, file: Path, mapping: Any, problems: list[Problem]):
        self.file, self.mapping, self.problems = file, mapping, problems

    def complain(self, message: str, field: str, nearest: str | None = None, **values: object) -> None:
        line = self.lines().get(field, 1)
        self.problems.append(Problem(f"territory.{message}", values, self.file, line, field, nearest))

    def lines(self) -> dict[str, int]:
        return {field: position[0] + 1 for field, position in self.mapping.lc.data.items()}

    def text(self, field: str) -> str:
        value = self.mapping.get(field)
        if not isinstance(value, str) or not value.strip():
            self.complain("yaml_text", field, given=value)
            return ""
        return value.strip()

    def both_languages(self, field: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or set(value) != set(LANGUAGES) or not all(map(_is_text, value.values())):
            self.complain("yaml_languages", field)
            return dict.fromkeys(LANGUAGES, "")
        return {language: value[language].strip() for language in LANGUAGES}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read_description(file: Path, problems: list[Problem]) -> Description | None:
    """Read ``territory.yaml``, or None with problems when it cannot be read as a mapping."""
    content = read_utf8(file, problems)
    if content is None:
        return None
    try:
        mapping = YAML(typ="rt").load(content)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problems.append(Problem("territory.not_yaml", {"reason": error.problem}, file, line))
        return None
    if not isinstance(mapping, dict):
        problems.append(Problem("territory.not_yaml", {"reason": type(mapping).__name__}, file, 1))
        return None
    return _describe(_Sheet(file, mapping, problems))


def _describe(sheet: _Sheet) -> Description:
    mapping = sheet.mapping
    for field in mapping:
        if field not in FIELDS:
            sheet.complain("yaml_unknown", field, nearest_name(str(field), FIELDS), allowed=", ".join(FIELDS))
    for field in FIELDS:
        if field not in mapping and field not in OPTIONAL:
            sheet.complain("yaml_missing", field)
    if "licence" in mapping:
        sheet.text("licence")
    if mapping.get("coordinates", COORDINATES) != COORDINATES:
        sheet.complain("yaml_coordinates", "coordinates", given=mapping["coordinates"], expected=COORDINATES)
    if not isinstance(mapping.get("population_year", 0), int):
        sheet.complain("yaml_year", "population_year", given=mapping["population_year"])
    return Description(
        title=sheet.both_languages("title", mapping["title"]) if "title" in mapping else {},
        centre=_centre(sheet) if "centre" in mapping else "",
        attribution=sheet.text("attribution") if "attribution" in mapping else "",
        perimeters=_perimeters(sheet),
        lines=sheet.lines(),
    )


def _centre(sheet: _Sheet) -> str:
    centre = sheet.mapping["centre"]
    if not isinstance(centre, str) or not COMMUNE_CODE.fullmatch(centre):
        sheet.complain("yaml_centre", "centre", given=centre)
        return ""
    return centre


def _perimeters(sheet: _Sheet) -> dict[str, dict[str, str]]:
    perimeters = sheet.mapping.get("perimeters") or {}
    if not isinstance(perimeters, dict):
        sheet.complain("yaml_perimeters", "perimeters")
        return {}
    return {str(name): sheet.both_languages("perimeters", title) for name, title in perimeters.items()}
