"""Tables of text cells from CSV and XLSX files made by strangers. What the columns mean is known to the importers."""

import datetime
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from ectsim.calibration.archives import open_archive, parse_xml, read_member
from ectsim.calibration.cells import read_lines, read_text
from ectsim.calibration.privacy import IDENTIFIER
from ectsim.calibration.spreadsheets import plain_cell
from ectsim.calibration.tidy import FICTIVE
from ectsim.errors import InputError, Problem

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

XLSX, OLD_XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LAST_ROW, LAST_COLUMN, MOST_CELLS = 200_000, 2_000, 2_000_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True)
class Merge:
    """Cells shown as one: first and last row and column, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One table: its name ("" in a CSV file) and the lines that hold something, each with its number.

    In a merged cell every cell holds the value; ``wide`` are those that span several columns. ``rank`` counts sheets
    from 1.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    wide: tuple[Merge, ...] = ()
    synthetic: bool = False
    rank: int = 1

    def field(self, place: int | None = None) -> str | None:
        """Where a problem lies, as ``K1!C`` for a column counted from 0; a sheet that may bear a name has its rank."""
        sheet = self.name if not self.name or IDENTIFIER.fullmatch(self.name) else f"#{self.rank}"
        return "!".join(filter(None, (sheet, "" if place is None else column_letter(place)))) or None


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet of a CSV or XLSX file.

    Raises
    ------
    InputError
        If it is neither, is damaged, or is larger than any table of codings.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == OLD_XLS:
        raise InputError([Problem("imports.old_spreadsheet", file=path)])
    if start == XLSX or path.suffix.lower() in (".xlsx", ".xlsm"):
        return list(_workbook(path))
    opening = read_text(path).lstrip().partition("\n")[0]
    return [Sheet("", read_lines(path), synthetic=opening.startswith("#") and FICTIVE in opening)]


def is_table(path: Path) -> bool:
    """Whether a path looks like a CSV or XLSX file."""
    return path.is_file() and path.suffix.lower() in (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm")


def column_letter(place: int) -> str:
    """Letter of a column counted from 0, as spreadsheets show it: headers may hold anything."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _workbook(path: Path) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    with open_archive(path) as archive:
        shapes = _shapes(archive, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on styles and validations, which nobody needs here
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            for rank, sheet in enumerate(workbook.worksheets, 1):
                member = sheet._worksheet_path  # pyright: ignore[reportAttributeAccessIssue]
                yield _sheet(sheet, shapes.get(member.lstrip("/"), _Shape()), path, rank)
        finally:
            workbook.close()


def _sheet(sheet: "Worksheet", shape: "_Shape", path: Path, rank: int) -> Sheet:
    if shape.uncomputed:
        raise InputError([Problem("imports.uncomputed", {"cell": shape.uncomputed}, path)])
    # The size a file declares may be wrong: without it, every cell is read.
    sheet.reset_dimensions()  # pyright: ignore[reportAttributeAccessIssue]
    values = [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    for merge in shape.merges:
        _fill(values, merge)
    rows = [(line, cells) for line, cells in enumerate(values, 1) if any(cells)]
    wide = tuple(merge for merge in shape.merges if merge.right > merge.left)
    synthetic = any(FICTIVE in cell for _, cells in rows[:5] for cell in cells)
    return Sheet(str(sheet.title), rows, wide, synthetic, rank)


def _fill(values: list[list[str]], merge: Merge) -> None:
    """Give every cell of a merged one the value of the first."""
    rows = values[merge.top - 1 : merge.bottom]
    if not rows or len(rows[0]) < merge.left:
        return
    for cells in rows:
        cells.extend([""] * (merge.right - len(cells)))
        cells[merge.left - 1 : merge.right] = [rows[0][merge.left - 1]] * (merge.right - merge.left + 1)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    return plain_cell(str(value).strip())


@dataclass
class _Shape:
    """What is merged in a sheet, and the first cell whose formula has no value; read before anything else is.

    It receives the events of the XML parser, and stops a sheet that would take for ever to walk.
    """

    merges: list[Merge] = field(default_factory=list)
    uncomputed: str = ""
    cells: int = 0
    _tag: str = ""
    _cell: str = ""
    _formula: bool = False
    _value: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._tag = tag.rpartition("}")[2]
        match self._tag:
            case "row":
                self._within(int(attributes.get("r", 1)), 1)
            case "c":
                self.cells += 1
                # the value of a formula that gives a text may well be empty
                self._cell, self._formula, self._value = attributes.get("r", ""), False, attributes.get("t") == "str"
                if self._cell:
                    self._within(*_place(self._cell))
            case "f":
                self._formula = True
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                merge = Merge(*_place(first), *_place(last or first))
                self.cells += (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
                self._within(merge.bottom, merge.right)
                self.merges.append(merge)

    def _within(self, row: int, column: int) -> None:
        if row > LAST_ROW or column > LAST_COLUMN or self.cells > MOST_CELLS:
            raise InputError([Problem("imports.sheet_too_large", {"rows": LAST_ROW, "columns": LAST_COLUMN})])

    def end(self, tag: str) -> None:
        if tag.rpartition("}")[2] == "c" and self._formula and not self._value and not self.uncomputed:
            self.uncomputed = self._cell

    def data(self, data: str) -> None:
        """See that a cell has a value, whatever it is."""
        self._value = self._value or (self._tag == "v" and bool(data.strip()))

    def close(self) -> "_Shape":
        return self


def _place(reference: str) -> tuple[int, int]:
    """Row and column, counted from 1, of a reference such as ``C5``."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise InputError([Problem("imports.sheet_damaged")])
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _shapes(archive: ZipFile, path: Path) -> dict[str, _Shape]:
    """Shape of every part of a workbook by its name, all its XML having been found harmless."""
    shapes = {}
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            shapes[name] = _Shape()
            parse_xml(read_member(archive, name), path, shapes[name])  # pyright: ignore[reportArgumentType]
    return shapes
