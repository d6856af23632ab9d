"""The file of a real case: the dated history of a few projects, read, checked, and nobody named. Judging: case.py."""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ectsim.calibration.cells import Row, read_rows
from ectsim.calibration.checking import check_cells
from ectsim.calibration.codebook import categories
from ectsim.calibration.columns import SYNTHETIC, TABLES, Column
from ectsim.calibration.privacy import IDENTIFIER, check_columns, check_texts, column_name
from ectsim.calibration.values import MONTH, flag, number
from ectsim.errors import InputError, PrivacyError, Problem, nearest_name
from ectsim.scenario.reading import find_scenario
from ectsim.scenario.yaml_source import Source, field_name, read_yaml
from ectsim.territory.nomenclature import SECTOR_OF_KIND, ZONES
from ectsim.territory.territory import Territory

EVENTS = ("collective", "structured", "award", "emerged", "stopped")
STAGES = ("collective", "structured", "emerged")
"""Events of which each needs the one before."""
MONTHS_OF = {
    "collective": "collective_month",
    "structured": "structured_month",
    "award": "award_month",
    "emerged": "emergence_month",
    "stopped": "end_month",
}
MOST_PROJECTS = 5
LEAST_MONTHS = 6
COMMUNE = "commune"
MEMBERS = "members"
COUNTS = ("n_public", "n_prive", "n_societe_civile")


def _columns() -> Mapping[str, Column]:
    """Those of a project of the census, and a few dates more; a row of a census is a case."""
    census = TABLES["projects"].columns
    own = (
        Column("collective_month", "month", optional=True),
        Column("structured_month", "month", optional=True),
        Column("award_month", "month", optional=True),
        Column("lead_type", "choice", optional=True, choices="actor_type"),
        Column(COMMUNE, optional=True),
    )
    required = {
        name: dataclasses.replace(census[name], optional=False) for name in ("origin", "start_month", "observed_until")
    }
    return {**census, **{column.name: column for column in own}, **required}


PROJECT = _columns()
MEMBER = {
    "actor_type": Column("actor_type", "choice", choices="actor_type"),
    "joined_month": Column("joined_month", "month", optional=True),
}


@dataclasses.dataclass(frozen=True)
class CaseProject:
    """What is known of one project.

    Attributes
    ----------
    name : str
        Its identifier.
    origin : str
        One of ``state.ORIGINS``.
    theme, kind, sector, zone : str
        "" where unknown; kind and sector are those of who started it.
    events : mapping
        Months from its start to each of :data:`EVENTS`; NaN where it has not happened.
    followed : int
        Months from its start to the last news.
    members : float
        Organisations at the last news, support structures left out; NaN where unknown.
    sectors : float
        Distinct sectors among them.
    """

    name: str
    origin: str
    theme: str
    kind: str
    sector: str
    zone: str
    events: Mapping[str, float]
    followed: int
    members: float
    sectors: float

    @property
    def undated(self) -> tuple[str, ...]:
        """Stages it must have gone through, as it went further, of which no month is known."""
        known = [not math.isnan(self.events[stage]) for stage in STAGES]
        return tuple(stage for place, stage in enumerate(STAGES) if not known[place] and any(known[place:]))


@dataclasses.dataclass(frozen=True)
class Case:
    """The projects of a file, and whether they are fictive."""

    projects: tuple[CaseProject, ...]
    synthetic: bool


def read_case(path: Path, territory: Territory) -> Case:
    """Read a case from YAML (a mapping with ``projects``) or CSV (one row a project, as in a census).

    Raises
    ------
    InputError
        With every problem: file, line, field, what was expected.
    PrivacyError
        If it names anybody or quotes anything; nothing found is repeated.
    """
    rows, members = _from_csv(path) if path.suffix.lower() == ".csv" else _from_yaml(path)
    _refuse_names(path, rows, members)
    problems = [problem for row, team in zip(rows, members, strict=True) for problem in _problems(row, team, territory)]
    problems += _repeated(rows)
    if not 1 <= len(rows) <= MOST_PROJECTS:
        problems.append(Problem("case.projects", {"count": len(rows), "most": MOST_PROJECTS}, path))
    if len({flag(row.cells.get("synthetic", "")) for row in rows}) > 1:
        problems.append(Problem("imports.mixed", {}, path, field="synthetic"))
    if problems:
        raise InputError([one for at, one in enumerate(problems) if one not in problems[:at]])
    made = tuple(_project(row, team, territory) for row, team in zip(rows, members, strict=True))
    return Case(made, bool(flag(rows[0].cells["synthetic"])))


def scenario_of(path: Path) -> Path | None:
    """Scenario that the file says its projects lived under, beside it or one that ships; None where it says none.

    Raises
    ------
    InputError
        If there is no such scenario.
    """
    if path.suffix.lower() == ".csv":
        return None
    source = read_yaml(path)
    given = source.values.get("scenario")
    if not given:
        return None
    try:
        return find_scenario(str(given), path.parent)
    except InputError as error:
        file, line = _place(source, "scenario", path)
        problems = [dataclasses.replace(one, file=file, line=line, field="scenario") for one in error.problems]
        raise InputError(problems) from None


def _from_csv(path: Path) -> tuple[list[Row], list[list[Row]]]:
    line, header, rows, problems = read_rows(path)
    check_columns([name for name in header if column_name(name) != COMMUNE], path, line)
    if problems:
        raise InputError(problems)
    return rows, [[] for _ in rows]


def _from_yaml(path: Path) -> tuple[list[Row], list[list[Row]]]:
    source = read_yaml(path)
    given = source.values.get("projects")
    problems = [*source.problems, *_unknown(source, "", source.values, ("synthetic", "scenario", "projects"))]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InputError([*problems, Problem("case.no_projects", {}, path)])
    rows, members = [], []
    for place, one in enumerate(given):
        name = field_name("projects", place)
        values = {"synthetic": source.values.get("synthetic", ""), **one}
        team = values.pop(MEMBERS, [])
        if not isinstance(team, list) or not all(isinstance(member, dict) for member in team):
            problems.append(Problem("case.members", {}, *_place(source, field_name(name, MEMBERS), path), MEMBERS))
            team = []
        rows.append(_row(source, name, values, path))
        members.append([_row(source, f"{name}.{MEMBERS}[{i}]", member, path) for i, member in enumerate(team)])
    if problems:
        raise InputError(problems)
    return rows, members


def _unknown(source: Source, parent: str, values: Mapping[str, Any], allowed: tuple[str, ...]) -> Iterator[Problem]:
    for name in values:
        if name not in allowed:
            file, line = source.places[field_name(parent, name)]
            yield Problem("case.unknown", {}, file, line, column_name(name), nearest_name(name, allowed))


def _place(source: Source, name: str, path: Path) -> tuple[Path, int | None]:
    return source.places.get(name, (path, None))


def _row(source: Source, name: str, values: Mapping[str, Any], path: Path) -> Row:
    """A mapping of the file as a row of texts; lists and mappings, which no cell may be, are left to the checks."""
    cells = {key: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()
             for key, value in values.items()}  # fmt: skip
    file, line = _place(source, name, path)
    places = {key: source.places.get(field_name(name, key), source.places.get(key)) for key in values}
    lines = {key: place[1] for key, place in places.items() if place is not None}
    return Row(file, line, cells, lines)


def _refuse_names(path: Path, rows: list[Row], members: list[list[Row]]) -> None:
    everything = [*rows, *(row for team in members for row in team)]
    for row in everything:
        check_columns([name for name in row.cells if name != COMMUNE], path, row.line or 1)
    check_texts(
        ((cell, row.line, None) for row in everything for name, cell in row.cells.items() if name != COMMUNE), path
    )
    wrong = [
        Problem("imports.no_pseudonym", {}, row.file, row.line_of(name), name)
        for row in rows
        for name, column in PROJECT.items()
        if column.kind == "pseudonym" and (cell := row.cells.get(name)) and not IDENTIFIER.fullmatch(cell)
    ]
    if wrong:
        raise PrivacyError(wrong)


def _row_problems(row: Row, columns: Mapping[str, Column]) -> Iterator[Problem]:
    for name in row.cells:
        if name and name not in columns:
            near = nearest_name(name, columns)
            yield Problem("case.unknown", {}, row.file, row.line_of(name), column_name(name), near)
    yield from check_cells(row, columns.values())


def _repeated(rows: list[Row]) -> Iterator[Problem]:
    """Projects called as one before them."""
    first: dict[str, Row] = {}
    for row in rows:
        name = row.cells.get("project_id", "")
        if name in first:
            line = first[name].line_of("project_id")
            yield Problem("case.repeated", {"first": line}, row.file, row.line_of("project_id"), "project_id")
        first.setdefault(name, row)


def _problems(row: Row, team: list[Row], territory: Territory) -> Iterator[Problem]:
    yield from _row_problems(row, {**PROJECT, SYNTHETIC.name: SYNTHETIC})
    for member in team:
        yield from _row_problems(member, MEMBER)
    commune = row.cells.get(COMMUNE)
    if commune and commune not in territory.codes:
        yield _at(row, COMMUNE, "commune")
    if commune and row.cells.get("zone"):
        yield _at(row, "zone", "two_zones")
    for name in COUNTS:
        if team and row.cells.get(name):
            yield _at(row, name, "two_teams")
    yield from _disorder(row, team)


def _at(row: Row, name: str, message: str, **values: object) -> Problem:
    return Problem(f"case.{message}", values, row.file, row.line_of(name), name)


def _disorder(row: Row, team: list[Row]) -> Iterator[Problem]:
    """Months outside the time the project was followed, and events in an order in which they cannot happen."""
    start, last = (_months(row.cells.get(name, "")) for name in ("start_month", "observed_until"))
    if last - start < LEAST_MONTHS:
        yield _at(row, "observed_until", "period")
        return
    dated = [(row, name) for name in MONTHS_OF.values()] + [(member, "joined_month") for member in team]
    for one, name in dated:
        month = _months(one.cells.get(name, ""))
        if month < start or month > last:
            yield _at(one, name, "order", start=row.cells["start_month"], last=row.cells["observed_until"])
    months = {event: _months(row.cells.get(name, "")) for event, name in MONTHS_OF.items()}
    for before, after in itertools.combinations(STAGES, 2):
        if months[after] < months[before]:
            yield _at(row, MONTHS_OF[after], "stages", before=MONTHS_OF[before])
    for event in EVENTS:
        if months[event] > months["stopped"]:
            yield _at(row, MONTHS_OF[event], "stages_end", end=MONTHS_OF["stopped"])


def _months(written: str) -> float:
    """Months since year 0; NaN where empty or not a month."""
    if not MONTH.fullmatch(written):
        return math.nan
    year, month = written.split("-")
    return float(int(year) * 12 + int(month) - 1)


def _project(row: Row, team: list[Row], territory: Territory) -> CaseProject:
    cells = row.cells
    start = _months(cells["start_month"])
    kind = _model_name("actor_type", cells.get("lead_type", ""))
    counts = [number(cells.get(name, "")) for name in COUNTS]
    if team:
        sectors = [SECTOR_OF_KIND.get(_model_name("actor_type", member.cells["actor_type"]), "") for member in team]
        counts = [float(sectors.count(sector)) for sector in ("public", "private", "civil")]
    zone = _model_name("zone", cells.get("zone", ""))
    if not zone and cells.get(COMMUNE):
        zone = ZONES[int(territory.zone[territory.codes.index(cells[COMMUNE])])]
    return CaseProject(
        name=cells["project_id"],
        origin=_model_name("ORIG", cells["origin"]),
        theme=_model_name("theme", cells.get("theme", "")),
        kind=kind,
        sector=SECTOR_OF_KIND[kind] if kind else _model_name("sector", cells.get("lead_sector", "")),
        zone=zone,
        events={event: _months(cells.get(column, "")) - start for event, column in MONTHS_OF.items()},
        followed=int(_months(cells["observed_until"]) - start),
        members=sum(counts),
        sectors=math.nan if any(map(math.isnan, counts)) else float(sum(count > 0 for count in counts)),
    )


def _model_name(name: str, value: str) -> str:
    """Name the model gives a category of the codebook; "" where there is none."""
    return categories(name)[value].model_name if value else ""
