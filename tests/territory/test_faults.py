"""Each fault of a file is told with its file, line, field and the nearest valid name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.errors import Problem
from ectsim.locale import LANGUAGES, choose_language

Change = Callable[[str, str, str], None]
Problems = Callable[..., tuple[Problem, ...]]
YAML, COMMUNES, ACTORS = "territory.yaml", "communes.csv", "actors.csv"
COMPANIES = "company,10-49,centre,10,8,12,estimate"

# file, old, new → message, line, field, nearest
FAULTS = {
    "duplicate code": (COMMUNES, "01003,", "01002,", "duplicate", 4, "code", None),
    "lost leading zero": (COMMUNES, "01003,", "1003,", "lost_zero", 4, "code", "01003"),
    "not a code": (COMMUNES, "01003,", "O1003,", "not_a_code", 4, "code", None),
    "unknown EPCI": (COMMUNES, ",B,rural", ",BB,rural", "unknown_epci", 4, "epci", "B"),
    "unknown zone": (COMMUNES, ",B,rural", ",B,rurale", "not_one_of", 4, "zone", "rural"),
    "coordinates swapped": (COMMUNES, "46.7,5.8", "5.8,46.7", "swapped", 4, "latitude, longitude", None),
    "beyond the poles": (COMMUNES, "46.7,5.8", "146.7,5.8", "out_of_bounds", 4, "latitude", None),
    "semicolons": (COMMUNES, ",", ";", "separator", 1, None, None),
    "tabs": (COMMUNES, ",", "\t", "separator", 1, None, None),
    "missing column": (
        COMMUNES,
        "population,area",
        "populations,area",
        "missing_column",
        1,
        "population",
        "populations",
    ),
    "not whole": (COMMUNES, ",1500,", ",1 500,", "not_whole", 3, "population", None),
    "negative population": (COMMUNES, ",1500,", ",-1500,", "negative", 3, "population", None),
    "not a number": (COMMUNES, ",8,46.51", ",8 km,46.51", "not_a_number", 3, "area_km2", None),
    "infinite": (COMMUNES, ",8,46.51", ",inf,46.51", "not_a_number", 3, "area_km2", None),
    "negative area": (COMMUNES, ",8,46.51", ",-8,46.51", "out_of_bounds", 3, "area_km2", None),
    "decimal comma": (COMMUNES, ",10.5,", ",10,5,", "cells", 2, None, None),
    "empty cell": (COMMUNES, ",Couronne,", ",,", "empty", 3, "name", None),
    "duplicate EPCI": ("epci.csv", "B,", "A,", "duplicate", 3, "code", None),
    "unknown neighbour": ("contiguity.csv", "01003", "01033", "unknown_commune", 3, "code_b", "01003"),
    "own neighbour": ("contiguity.csv", "01003", "01002", "own_neighbour", 3, "code_b", None),
    "pair given twice": ("contiguity.csv", "01002,01003", "01001,01002", "duplicate_pair", 3, "code_a", None),
    "neighbour inside": ("neighbours/communes.csv", "01004", "01003", "duplicate_neighbour", 2, "code", None),
    "unknown kind": (ACTORS, COMPANIES, f"compagny{COMPANIES[7:]}", "not_one_of", 7, "kind", "company"),
    "unknown size": (
        ACTORS,
        COMPANIES,
        "company,10-50,centre,10,8,12,estimate",
        "not_one_of",
        7,
        "size_class",
        "10-49",
    ),
    "unknown zone of actors": (
        ACTORS,
        COMPANIES,
        COMPANIES.replace("centre", "center"),
        "not_one_of",
        7,
        "zone",
        "centre",
    ),
    "unknown status": (
        ACTORS,
        COMPANIES,
        COMPANIES.replace("estimate", "estimated"),
        "not_one_of",
        7,
        "status",
        "estimate",
    ),
    "bounds": (ACTORS, COMPANIES, COMPANIES.replace("8,12", "11,12"), "bounds", 7, "count", None),
    "count with range": (
        ACTORS,
        COMPANIES,
        COMPANIES.replace("estimate", "count"),
        "count_with_range",
        7,
        "status",
        None,
    ),
    "no source": (ACTORS, f"{COMPANIES},by hand", f"{COMPANIES},", "empty", 7, "source", None),
    "stratum twice": (ACTORS, "company,10-49,rural", "company,10-49,centre", "duplicate", 8, "kind", None),
    "frame differs": (
        ACTORS,
        "commune,0-9,rural,1,1,1",
        "commune,0-9,rural,2,2,2",
        "frame_differs",
        4,
        "count",
        None,
    ),
    "centre unknown": (YAML, "01001", "01009", "unknown_commune", 2, "centre", "01003"),
    "centre beyond": (YAML, "01001", "01004", "unknown_commune", 2, "centre", "01003"),
    "centre a number": (YAML, '"01001"', "1001", "yaml_centre", 2, "centre", None),
    "one language": (YAML, "{fr: Essai, en: Trial}", "{fr: Essai}", "yaml_languages", 1, "title", None),
    "unknown field": (YAML, "licence:", "license:", "yaml_missing", 1, "licence", None),
    "field not there": (YAML, "attribution: nobody\n", "", "yaml_missing", 1, "attribution", None),
    "attribution not a text": (YAML, "nobody", "12", "yaml_text", 6, "attribution", None),
    "other coordinates": (YAML, "EPSG:4326", "EPSG:2154", "yaml_coordinates", 3, "coordinates", None),
    "year": (YAML, "2023", "soon", "yaml_year", 4, "population_year", None),
    "perimeters not named": (
        YAML,
        "  west: {fr: Ouest, en: West}",
        "  - west",
        "yaml_perimeters",
        7,
        "perimeters",
        None,
    ),
    "broken YAML": (YAML, "licence:", "licence: [", "not_yaml", 6, None, None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told(fault: str, folder: Path, change: Change, problems: Problems):
    file, old, new, message, line, field, nearest = FAULTS[fault]
    change(file, old, new)
    found = problems()
    told = [(Path(p.file or ""), p.line, p.field, p.nearest) for p in found if p.message == f"territory.{message}"]
    assert (folder / file, line, field, nearest) in told
    for language in LANGUAGES:
        choose_language(language)
        assert all(str(problem) for problem in found)
    choose_language(None)


def test_a_misspelt_field_of_the_sheet_has_its_line_and_nearest_name(change: Change, problems: Problems):
    change(YAML, "licence:", "license:")
    told = [(p.line, p.field, p.nearest) for p in problems() if p.message == "territory.yaml_unknown"]
    assert told == [(5, "license", "licence")]


def test_columns_swapped_on_every_row_are_told_once(change: Change, problems: Problems):
    change(COMMUNES, "latitude,longitude", "longitude,latitude")
    (problem,) = problems()
    assert (problem.message, problem.line) == ("territory.swapped_all", 1)


def test_a_file_in_windows_1252_is_told_with_its_line(folder: Path, problems: Problems):
    content = (folder / "epci.csv").read_text(encoding="utf-8")
    (folder / "epci.csv").write_bytes(content.encode("cp1252"))
    (problem,) = problems()
    assert (problem.message, problem.file, problem.line) == ("territory.encoding", folder / "epci.csv", 3)


@pytest.mark.parametrize("name", [YAML, COMMUNES, ACTORS, "epci.csv", "contiguity.csv", "neighbours/epci.csv"])
def test_a_missing_file_is_told(folder: Path, problems: Problems, name: str):
    (folder / name).rename(folder / f"{name}.old")
    (problem, *_) = problems()
    expected = ("territory.missing_file", folder / name, Path(f"{name}.old").name)
    assert (problem.message, problem.file, problem.nearest) == expected


@pytest.mark.parametrize("text", ["", "code,name,population\n"])
def test_a_file_without_rows_is_told(folder: Path, problems: Problems, text: str):
    (folder / "epci.csv").write_text(text, encoding="utf-8")
    assert [problem.message for problem in problems()] == ["territory.empty_file"]


def test_every_problem_of_every_file_is_told_in_one_go(change: Change, problems: Problems):
    change(COMMUNES, "46.7,5.8", "5.8,46.7")
    change(COMMUNES, ",1500,", ",-1500,")
    change("contiguity.csv", "01003", "01033")
    change(ACTORS, "estimate", "guess")
    assert sorted(problem.message for problem in problems()) == [
        "territory.negative",
        "territory.not_one_of",
        "territory.not_one_of",
        "territory.swapped",
        "territory.unknown_commune",
    ]


def test_an_unknown_commune_is_told_once(change: Change, problems: Problems):
    change("contiguity.csv", "01002", "01022")
    assert [(problem.message, problem.line) for problem in problems()] == [("territory.unknown_commune", 2)]


def test_an_unknown_perimeter_is_told_with_the_nearest(problems: Problems):
    (problem,) = problems("wets")
    assert (problem.message, problem.nearest) == ("territory.unknown_perimeter", "west")


@pytest.mark.parametrize(
    ("old", "new", "message", "line", "nearest"),
    [
        ("01004", "01014", "unknown_commune", 3, "01004"),
        ("01004", "1004", "lost_zero", 3, "01004"),
        ("01004", "01001", "duplicate", 3, None),
        ("01001\n", "", "centre_outside", None, None),
    ],
)
def test_a_bad_perimeter_is_told(
    change: Change, problems: Problems, old: str, new: str, message: str, line: int | None, nearest: str | None
):
    change("perimeters/west.csv", old, new)
    (problem,) = problems("west")
    assert (problem.message, problem.line, problem.nearest) == (f"territory.{message}", line, nearest)


@pytest.mark.parametrize(
    ("text", "message", "line", "field"),
    [
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,2\n", "not_square", 1, None),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,2\n", "travel_absent", 1, "row"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,\n01003,2,2,0\n", "missing_pair", 3, "01003"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,-2\n01003,2,2,0\n", "negative", 3, "01003"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,x\n01003,2,2,0\n", "not_a_number", 3, "01003"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,4,2\n01003,2,2,0\n", "travel_diagonal", 3, "01002"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0\n01003,2,2,0\n", "cells", 3, "01002"),
        ("code,01001,01002,01033\n01001,0,1,2\n01002,1,0,2\n01033,2,2,0\n", "travel_unknown", 1, "column"),
        ("code,01001,01002,01003\n01001,0,1,2\n01002,1,0,2\n01003,2,2,0\n01003,2,2,0\n", "travel_repeated", 1, "row"),
        ("code;01001;01002;01003\n", "separator", 1, None),
    ],
)
def test_a_bad_table_of_travel_times_is_told(
    folder: Path, problems: Problems, text: str, message: str, line: int, field: str | None
):
    (folder / "travel_times.csv").write_text(text, encoding="utf-8")
    told = [(p.message, p.line, p.field) for p in problems()]
    assert (f"territory.{message}", line, field) in told
