"""Each fault of an official file is told with its file, line, field and nearest name; no register is quoted."""

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from ectsim.errors import InputError, Problem
from ectsim.locale import LANGUAGES, choose_language
from ectsim.territory.building.build import Sources

Fails = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def fails(build, tmp_path: Path) -> Fails:
    """Build, and give what is found wrong; nothing is written."""

    def attempt(**changes: object) -> tuple[Problem, ...]:
        before = set(tmp_path.iterdir())
        with pytest.raises(InputError) as caught:
            build(**changes)
        assert set(tmp_path.iterdir()) == before
        for language in LANGUAGES:
            choose_language(language)
            assert str(caught.value)
        choose_language(None)
        return caught.value.problems

    return attempt


def alter(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")


# attribute of the sources, old, new → message, line, field, nearest
FAULTS = {
    "misspelt column": ("communes", "TYPECOM", "TYPCOM", "building.missing_column", 1, "TYPECOM", "TYPCOM"),
    "unknown type": ("communes", "COM,01005", "COMM,01005", "territory.not_one_of", 6, "TYPECOM", "COM"),
    "no code": ("communes", "COM,01005", "COM,O1005", "territory.not_a_code", 6, "COM", None),
    "commune twice": ("communes", "COM,01005", "COM,01003", "territory.duplicate", 6, "COM", None),
    "a file cut short": (
        "communes", ",,01004\nCOMD", ",,01014\nCOMD", "building.unknown_parent", None, "COMPARENT", None,
    ),
    "cells": ("communes", "Champ,0108,", "Champ", "building.cells", 4, None, None),
    "not whole": ("populations", ";300;", ";300 habitants;", "territory.not_whole", 4, "PMUN", None),
    "negative": ("populations", ";300;", ";-300;", "territory.not_whole", 4, "PMUN", None),
    "no populations": ("populations", "PMUN", "POP", "building.missing_column", 1, "PMUN", None),
    "no code of populations": ("populations", "DEPCOM", "DEPCM", "building.missing_column", 1, "DEPCOM", None),
    "population twice": ("populations", "01003;", "01002;", "territory.duplicate", 4, "code", None),
    "population missing": ("populations", "01003;Champ;300;1;301\n", "", "building.no_population", None, None, None),
    "not JSON": ("outlines", '{"type": "FeatureCollection"', "{", "territory.not_json", 1, None, None),
    "no features": ("outlines", '"features"', '"feature"', "territory.not_geojson", None, "features", None),
    "no code in outlines": (
        "outlines", "INSEE_COM", "code_inse", "building.no_code", None, "features[0].properties", "code_inse",
    ),
    "bad geometry": ("outlines", "Polygon", "Polygone", "territory.bad_feature", None, "features[0]", None),
    "outline missing": ("outlines", '"01003"', '"01005"', "building.no_outline", None, None, None),
    "metres": ("outlines", "[5.0, 46.0]", "[895000.0, 6600000.0]", "building.not_in_degrees", None, "crs", None),
    "register without a column": (
        "establishments", "trancheEffectifsEtablissement", "trancheEffectifs",
        "building.missing_column", 1, "trancheEffectifsEtablissement", "trancheEffectifs",
    ),
    "units without a column": ("units", "siren", "SIREN", "building.missing_column", 1, "siren", None),
    "associations without a column": (
        "associations", "adrs_codeinsee", "codeinsee", "building.missing_column", 1, "adrs_codeinsee", "codeinsee",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told(fault: str, sources: Sources, fails: Fails):
    name, old, new, message, line, field, nearest = FAULTS[fault]
    given = getattr(sources, name)
    file = given[0] if isinstance(given, list) else given
    alter(file, old, new)
    told = [(p.message, p.file, p.line, p.field, p.nearest) for p in fails()]
    assert (message, file, line, field, nearest) in told


# wish → message, field, nearest
WISHES = {
    "unknown EPCI": ({"select": ["epci:20000011"]}, "unknown_epci", "--select", "200000111 (CA Alpha)"),
    "EPCI by name": ({"select": ["epci:Alpha"]}, "unknown_epci", "--select", "200000111 (CA Alpha)"),
    "unknown département": ({"select": ["departement:99"]}, "unknown_departement", "--select", None),
    "unknown way": ({"select": ["epcis:200000111"]}, "selection", "--select", "epci:"),
    "nothing": ({"select": []}, "nothing_selected", "--select", None),
    "centre beyond": ({"centre": "01005"}, "centre_outside", "--centre", "01004 (L'Étang)"),
    "centre by name": ({"centre": "Vile"}, "centre_outside", "--centre", "01001 (Ville)"),
    "no year": ({"year": None}, "no_year", "--year", None),
    "unknown ring": ({"ring": "epcis"}, "ring", "--ring", "epci"),
    "blank title": ({"title": " "}, "no_title", "--title", None),
    "year with a digit too many": ({"year": 20233}, "bad_year", "--year", None),
}


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_that_cannot_be_met_is_told(wish: str, fails: Fails):
    changes, message, field, nearest = WISHES[wish]
    told = [(p.message, p.field) for p in fails(**changes)]
    assert (f"building.{message}", field) in told
    if nearest:
        assert nearest in [p.nearest for p in fails(**changes)]


def test_a_code_that_the_cog_does_not_know_is_told(fails: Fails, tmp_path: Path):
    (tmp_path / "codes.csv").write_text("code\n01001\n01033\n", encoding="utf-8")
    (problem,) = fails(select=[f"codes:{tmp_path / 'codes.csv'}"])
    assert (problem.message, problem.line, problem.nearest) == ("building.unknown_in_cog", 3, "01003")


@pytest.mark.parametrize("name", ["communes", "populations", "epci", "outlines", "establishments", "associations"])
def test_a_missing_file_is_told_with_the_nearest(name: str, sources: Sources, fails: Fails):
    given = getattr(sources, name)
    file = given[0] if isinstance(given, list) else given
    file.rename(file.with_name(f"{file.name}.old"))
    told = [(p.message, p.file, p.nearest) for p in fails()]
    assert ("territory.missing_file", file, f"{file.name}.old") in told


def test_faults_of_every_file_are_told_in_one_go(sources: Sources, fails: Fails):
    alter(sources.communes, "COM,01005", "COM,O1005")
    alter(sources.populations, ";300;", ";trois cents;")
    alter(sources.outlines[0], '"01002"', '"01005"')
    found = {p.message.partition(".")[2] for p in fails(units=[], year=None)}
    assert found >= {"not_a_code", "not_whole", "sirene_in_two", "no_year"}


def test_a_folder_in_use_is_left_alone(fails: Fails, tmp_path: Path):
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "mine.txt").write_text("mine")
    assert [p.message for p in fails()] == ["building.in_use"]
    assert (tmp_path / "built" / "mine.txt").read_text() == "mine"


def test_an_empty_folder_is_filled(build, tmp_path: Path):
    (tmp_path / "built").mkdir()
    place, _ = build()
    assert (place / "actors.csv").is_file()


def test_a_workbook_that_is_none_or_lacks_its_sheet(sources: Sources, fails: Fails, official: ModuleType):
    from openpyxl import load_workbook

    book = load_workbook(sources.epci)
    book["Composition_communale"].title = "Composition"
    book.save(sources.epci)
    told = [(p.message, p.nearest) for p in fails()]
    assert ("building.missing_sheet", "Composition") in told
    sources.epci.write_bytes(b"\xd0\xcf\x11\xe0 an old workbook")
    assert "building.old_workbook" in [p.message for p in fails()]


@pytest.mark.parametrize("damage", ["not Parquet", "broken GeoPackage", "no layer"])
def test_a_damaged_binary_file_is_told(damage: str, sources: Sources, fails: Fails, official: ModuleType):
    import sqlite3

    if damage == "not Parquet":
        file = sources.units[0].with_suffix(".parquet")
        file.write_bytes(b"PAR1" + b"\0" * 100)
        found, message = fails(units=[file]), "building.unreadable_register"
    elif damage == "broken GeoPackage":
        file = sources.outlines[0].with_suffix(".gpkg")
        file.write_bytes(b"SQLite format 3\0" + b"\0" * 100)
        found, message = fails(outlines=[file]), "building.not_a_package"
    else:
        file = official.write_geopackage(sources.outlines[0].with_suffix(".gpkg"), {}, [], 4326)
        with sqlite3.connect(file) as base:
            base.execute("DELETE FROM gpkg_contents WHERE table_name LIKE '%commune%'")
            base.execute("INSERT INTO gpkg_contents VALUES ('region', 'features', 4326)")
            base.execute("INSERT INTO gpkg_geometry_columns VALUES ('region', 'geom', 4326)")
        base.close()
        found, message = fails(outlines=[file]), "building.no_layer"
    assert message in [p.message for p in found]


def zipped(content: str) -> bytes:
    """A ZIP whose table was damaged on its way."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", content * 20)
    whole = bytearray(made.getvalue())
    whole[60:70] = b"\xff" * 10
    return bytes(whole)


# attribute of the sources, ending, content → message
UNREADABLE = {
    "empty": ("communes", ".csv", b" \n", "territory.empty_file"),
    "binary": ("communes", ".csv", bytes(range(256)), "building.not_a_table"),
    "text named .xlsx": ("epci", ".xlsx", b"CODGEO,EPCI", "building.not_a_table"),
    "damaged ZIP": ("populations", ".zip", zipped("DEPCOM;PMUN\n01001;12\n"), "building.not_a_table"),
    "text named .gpkg": ("outlines", ".gpkg", b"{}", "building.not_a_package"),
    "outlines in Latin-1": ("outlines", ".geojson", b'{"a": "\xe9"}', "building.not_outlines"),
    "text named .parquet": ("units", ".parquet", b"siren", "building.unreadable_register"),
    "damaged register": ("associations", ".zip", zipped("id,position\n1,A\n"), "building.unreadable_register"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_of_another_nature_is_told_as_a_whole(case: str, sources: Sources, fails: Fails):
    name, ending, content, message = UNREADABLE[case]
    given = getattr(sources, name)
    file = (given[0] if isinstance(given, list) else given).with_suffix(ending)
    file.write_bytes(content)
    told = [p.message for p in fails(**{name: [file] if isinstance(given, list) else file}) if p.file == file]
    assert told == [message]


def test_rows_that_cannot_be_read_are_counted_and_never_quoted(build, sources: Sources, official: ModuleType, fails):
    file = sources.establishments[0]
    file.write_text(file.read_text(encoding="utf-8") + f"{official.SECRET},one cell too few\n", encoding="utf-8")
    _, notices = build()
    (broken,) = [n for n in notices if n.message == "building.left_out.broken"]
    assert broken.values == {"rows": 1}
    file.write_text(f'siret,"{official.SECRET}\n', encoding="utf-8")
    assert official.SECRET not in "".join(map(str, fails()))


def test_a_register_without_rows_is_told(sources: Sources, fails: Fails):
    head, _, _ = sources.establishments[0].read_text(encoding="utf-8").partition("\n")
    sources.establishments[0].write_text(f"{head}\n", encoding="utf-8")
    assert "territory.empty_file" in [p.message for p in fails()]


@pytest.mark.parametrize("package", ["shapely", "pyproj"])
def test_a_missing_extra_is_told_with_what_to_install(fails: Fails, monkeypatch: pytest.MonkeyPatch, package: str):
    monkeypatch.setitem(sys.modules, package, None)
    (problem,) = fails()
    assert package in str(problem)
    assert "pip install 'ectsim[territory]'" in str(problem)
