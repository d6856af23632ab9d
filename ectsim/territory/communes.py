"""Reading communes, EPCI, contiguity, perimeters, travel times. Actors are in frame.py, outlines in outlines.py."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import Problem, nearest_name
from ectsim.territory.nomenclature import ZONES
from ectsim.territory.tables import Row, read_grid, read_table

FRANCE = (
    (41.0, 51.6, -5.5, 10.0),
    (15.5, 18.5, -63.5, -60.5),
    (14.0, 15.0, -61.5, -60.5),
    (2.0, 6.0, -55.0, -51.0),
    (-21.6, -20.6, 55.0, 56.0),
    (-13.2, -12.4, 44.8, 45.5),
)
"""Latitude and longitude bounds of mainland France, Guadeloupe, Martinique, Guyane, La Réunion, Mayotte."""


class Epci(NamedTuple):
    """One intercommunal authority, its population that of all its communes."""

    name: str
    population: int


class Commune(NamedTuple):
    """One commune; its point is the town hall or an interior point, in degrees."""

    name: str
    epci: str
    zone: str
    population: int
    area_km2: float
    latitude: float
    longitude: float


class Places(NamedTuple):
    """Everything the tables of a territory say, ``codes`` being the communes of its main perimeter."""

    codes: tuple[str, ...]
    communes: dict[str, Commune]
    epcis: dict[str, Epci]
    pairs: set[tuple[str, str]]


def read_places(folder: Path, problems: list[Problem]) -> Places:
    """Read communes.csv, epci.csv and contiguity.csv of ``folder``, and of ``folder/neighbours`` if there is one."""
    folders = [folder, folder / "neighbours"] if (folder / "neighbours").is_dir() else [folder]
    epcis: dict[str, Epci] = {}
    communes: dict[str, Commune] = {}
    codes: tuple[str, ...] = ()
    for place in folders:
        _read_epcis(place / "epci.csv", epcis, problems)
        _read_communes(place / "communes.csv", communes, epcis, problems)
        codes = codes or tuple(sorted(communes))
    pairs: set[tuple[str, str]] = set()
    for place in folders:
        _read_contiguity(place / "contiguity.csv", pairs, communes, problems)
    return Places(codes, communes, epcis, pairs)


def _read_epcis(file: Path, epcis: dict[str, Epci], problems: list[Problem]) -> None:
    seen: dict[str, int] = {}
    for row in read_table(file, ("code", "name", "population"), problems):
        code = row.text("code")
        _refuse_duplicate(row, "code", code, seen, epcis)
        epcis[code] = Epci(row.text("name"), row.count("population"))


def _refuse_duplicate(row: Row, field: str, key: str, seen: dict[str, int], elsewhere: object) -> None:
    if key in seen:
        row.complain("duplicate", field, given=key, first=seen[key])
    elif isinstance(elsewhere, dict) and key in elsewhere:
        row.complain("duplicate_neighbour", field, given=key)
    seen.setdefault(key, row.line)


def _read_communes(file: Path, communes: dict[str, Commune], epcis: dict[str, Epci], problems: list[Problem]) -> None:
    columns = ("code", "name", "epci", "zone", "population", "area_km2", "latitude", "longitude")
    seen: dict[str, int] = {}
    swapped: list[Row] = []
    rows = read_table(file, columns, problems)
    for row in rows:
        code = row.commune_code("code")
        _refuse_duplicate(row, "code", code, seen, communes)
        epci = row.text("epci")
        if epci and epcis and epci not in epcis:
            row.complain("unknown_epci", "epci", nearest_name(epci, epcis), given=epci)
        communes[code] = Commune(
            row.text("name"),
            epci,
            row.one_of("zone", ZONES),
            row.count("population"),
            row.number("area_km2", low=0),
            row.number("latitude", -90, 90),
            row.number("longitude", -180, 180),
        )
        if _looks_swapped(communes[code].latitude, communes[code].longitude):
            swapped.append(row)
    _complain_swapped(file, rows, swapped, problems)


def _looks_swapped(latitude: float, longitude: float) -> bool:
    """Tell whether the point lies outside France, and inside once its coordinates are exchanged."""
    return not _in_france(latitude, longitude) and _in_france(longitude, latitude)


def _in_france(latitude: float, longitude: float) -> bool:
    return any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in FRANCE)


def _complain_swapped(file: Path, rows: list[Row], swapped: list[Row], problems: list[Problem]) -> None:
    if len(rows) > 1 and len(swapped) == len(rows):
        problems.append(Problem("territory.swapped_all", {"rows": len(rows)}, file, 1, "latitude, longitude"))
        return
    for row in swapped:
        row.complain("swapped", "latitude, longitude", latitude=row.cells["latitude"], longitude=row.cells["longitude"])


def _read_contiguity(
    file: Path, pairs: set[tuple[str, str]], communes: dict[str, Commune], problems: list[Problem]
) -> None:
    told: set[str] = set()
    for row in read_table(file, ("code_a", "code_b"), problems):
        ends = [_known_code(row, field, communes, told) for field in ("code_a", "code_b")]
        pair = (min(ends), max(ends))
        if pair[0] == pair[1]:
            row.complain("own_neighbour", "code_b", given=pair[0])
        elif pair in pairs:
            row.complain("duplicate_pair", "code_a", given=" – ".join(pair))
        pairs.add(pair)


def _known_code(row: Row, field: str, communes: dict[str, Commune], told: set[str]) -> str:
    """Code of a commune of the territory; one that is not is told once, where it first stands."""
    before = len(row.problems)
    code = row.commune_code(field)
    if len(row.problems) == before and communes and code not in communes and code not in told:
        row.complain("unknown_commune", field, nearest_name(code, communes), given=code)
        told.add(code)
    return code


def read_perimeter(file: Path, communes: dict[str, Commune], problems: list[Problem]) -> tuple[str, ...]:
    """Read the codes of a named perimeter (one column, ``code``), sorted; each must be a commune of the territory."""
    seen: dict[str, int] = {}
    for row in read_table(file, ("code",), problems):
        _refuse_duplicate(row, "code", _known_code(row, "code", communes, set()), seen, None)
    return tuple(sorted(seen))


def read_travel_minutes(
    file: Path, codes: tuple[str, ...], communes: dict[str, Commune], problems: list[Problem]
) -> NDArray[np.float64]:
    """Read a square table of travel times, from the commune of the row to that of the column.

    The header is ``code`` then the communes; each row a commune then its minutes. Communes outside ``codes`` are left
    out, every commune of ``codes`` must be there.

    Returns
    -------
    ndarray of shape (C, C)
        Minutes, in the order of ``codes``.
    """
    minutes = np.zeros((len(codes), len(codes)))
    rank = {code: position for position, code in enumerate(codes)}
    grid = read_grid(file, problems)
    if not grid:
        return minutes
    header = grid[0][1][1:]
    origins = [cells[0] for _, cells in grid[1:]]
    _check_square(file, header, origins, codes, communes, problems)
    for line, cells in grid[1:]:
        row = Row(file, line, dict(zip(header, cells[1:], strict=False)), problems)
        if len(cells) != len(header) + 1:
            row.complain("cells", cells[0], given=len(cells), expected=len(header) + 1)
            continue
        for code in header:
            value = _minutes(row, code, is_diagonal=code == cells[0])
            if cells[0] in rank and code in rank:
                minutes[rank[cells[0]], rank[code]] = value
    return minutes


def _check_square(
    file: Path,
    header: list[str],
    origins: list[str],
    codes: tuple[str, ...],
    communes: dict[str, Commune],
    problems: list[Problem],
) -> None:
    if len(header) != len(origins) or set(header) != set(origins):
        values: dict[str, object] = {"rows": len(origins), "columns": len(header)}
        problems.append(Problem("territory.not_square", values, file, 1))
    for place, given in (("row", origins), ("column", header)):
        repeated = [code for code, times in Counter(given).items() if times > 1]
        unknown = [code for code in given if code not in communes]
        absent = sorted(set(codes) - set(given))
        for message, found in (("travel_repeated", repeated), ("travel_unknown", unknown), ("travel_absent", absent)):
            for code in found:
                near = nearest_name(code, communes) if message == "travel_unknown" else None
                problems.append(Problem(f"territory.{message}", {"given": code}, file, 1, place, near))


def _minutes(row: Row, code: str, *, is_diagonal: bool) -> float:
    if not row.cells[code]:
        row.complain("missing_pair", code)
        return 0.0
    value = row.number(code)
    if value < 0:
        row.complain("negative", code, given=row.cells[code])
    if is_diagonal and value > 0:
        row.complain("travel_diagonal", code, given=row.cells[code])
    return value
