"""Spreadsheets from strangers: hostile workbooks, wrong sizes, formulas."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers.tables import column_letter, read_sheets
from ectsim.errors import InputError

SHEET = "xl/worksheets/sheet1.xml"
Write = Callable[..., Path]


@pytest.fixture
def altered(tmp_path: Path, write_workbook: Write) -> Callable[[str, str, str], Path]:
    """Write a workbook with a piece of one of its parts replaced: ``altered(part, old, new)``."""

    def alter(part: str, old: str, new: str) -> Path:
        plain = write_workbook(tmp_path / "plain.xlsx", {"s": [["entretien", "OPP", "RISQ"], ["E01", 2, 1]]})
        path = tmp_path / "altered.xlsx"
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name).decode()
                assert name != part or old in content
                target.writestr(name, content.replace(old, new) if name == part else content)
        return path

    return alter


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_sheets(path)
    return raised.value.problems[0].message.removeprefix("imports.")


ROOT = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/core.xml"])
def test_no_part_may_declare_entities(declared: str, part: str, altered: Callable[..., Path]):
    start = {SHEET: "<worksheet", "xl/workbook.xml": "<workbook", "docProps/core.xml": "<cp:coreProperties"}[part]
    assert refusal(altered(part, start, declared + start)) == "unsafe_xml"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        '<row r="3"><c r="ZZZ3"><v>1</v></c></row>',
        '<row r="3"/></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><sheetData>',
        '<row r="3"/></sheetData><mergeCells><mergeCell ref="A1:BXX100000"/></mergeCells><sheetData>',
    ],
)
def test_a_sheet_that_would_never_end_is_refused(rows: str, altered: Callable[..., Path]):
    assert refusal(altered(SHEET, "</sheetData>", rows + "</sheetData>")) == "sheet_too_large"


def test_a_cell_nowhere_is_refused(altered: Callable[..., Path]):
    rows = '<row r="3"><c r="here"><v>1</v></c></row></sheetData>'
    assert refusal(altered(SHEET, "</sheetData>", rows)) == "sheet_damaged"


def test_a_wrong_declared_size_hides_nothing(altered: Callable[..., Path]):
    (sheet,) = read_sheets(altered(SHEET, '<dimension ref="A1:C2"', '<dimension ref="A1:A1"'))
    assert sheet.rows == [(1, ["entretien", "OPP", "RISQ"]), (2, ["E01", "2", "1"])]


def test_a_formula_without_value_is_told(tmp_path: Path, write_workbook: Write):
    path = write_workbook(tmp_path / "f.xlsx", {"s": [["entretien", "OPP"], ["E01", "=1+1"]]})
    with pytest.raises(InputError) as raised:
        read_sheets(path)
    assert raised.value.problems[0].values == {"cell": "B2"}


def test_a_formula_with_a_value_is_its_value(altered: Callable[..., Path]):
    path = altered(SHEET, "<v>2</v>", "<f>1+1</f><v>2</v>")
    assert read_sheets(path)[0].rows[1][1] == ["E01", "2", "1"]


def test_a_guarded_cell_is_what_it_was(tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "t.csv", [["a", "b"], ["'=1+1", "'tis"]])
    assert read_sheets(path)[0].rows[1][1] == ["=1+1", "'tis"]


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_do(place: int, letter: str):
    assert column_letter(place) == letter
