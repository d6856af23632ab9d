"""Reading official tables as they come: title rows, either separator, UTF-8 or Windows-1252, CSV or spreadsheet.

What columns mean is told in places.py; files of many gigabytes are streamed in registers.py.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from ectsim.errors import Problem, nearest_name
from ectsim.territory.tables import COMMUNE_CODE, Row

TITLE_ROWS = 20
"""Rows above the header, at most: titles, dates, long labels."""

Grid = list[tuple[int, list[str]]]


def read_official(
    file: Path,
    columns: Mapping[str, tuple[str, ...]],
    problems: list[Problem],
    *,
    sheet: str = "",
    optional: Iterable[str] = (),
) -> list[Row]:
    """Read the rows of an official table below its header.

    Parameters
    ----------
    file : Path
        CSV or XLSX, or a ZIP that holds one CSV.
    columns : mapping
        Our name of each column, and the official ones it may have, in upper case.
    problems : list of Problem
        Told of whatever is wrong; a row of another length than its header is left out.
    sheet : str
        Sheet of a workbook, the first one when empty.
    optional : iterable of str
        Our names of columns that may be absent: their cells are empty.
    """
    grid = _read_grid(file, sheet, problems)
    if grid is None:
        return []
    needed = [name for name in columns if name not in optional]
    place, header, missing = _find_header(grid, columns, needed)
    for name in missing:
        values: dict[str, object] = {"allowed": ", ".join(columns[name])}
        near = nearest_name(columns[name][0], header)
        problems.append(Problem("building.missing_column", values, file, grid[place][0] if grid else 1, name, near))
    if missing:
        return []
    where = {name: next((header.index(n) for n in names if n in header), None) for name, names in columns.items()}
    rows = []
    for line, cells in grid[place + 1 :]:
        if len(cells) != len(header):
            given: dict[str, object] = {"given": len(cells), "expected": len(header)}
            problems.append(Problem("building.cells", given, file, line))
            continue
        told = {name: cells[column] if column is not None else "" for name, column in where.items()}
        rows.append(Row(file, line, told, problems))
    if not rows:
        problems.append(Problem("territory.empty_file", {}, file))
    return rows


def _find_header(
    grid: Grid, columns: Mapping[str, tuple[str, ...]], needed: list[str]
) -> tuple[int, list[str], list[str]]:
    """Rank, names in upper case and missing columns of the row that has most of the columns."""
    best = (0, [""], needed)
    for place, (_, cells) in enumerate(grid[:TITLE_ROWS]):
        header = [cell.upper() for cell in cells]
        missing = [name for name in needed if not set(columns[name]) & set(header)]
        if len(missing) < len(best[2]) or (place == 0 and len(header) > 1):
            best = (place, header, missing)
    return best


def _read_grid(file: Path, sheet: str, problems: list[Problem]) -> Grid | None:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        near = nearest_name(file.name, [p.name for p in file.parent.iterdir()]) if file.parent.is_dir() else None
        problems.append(Problem("territory.missing_file", {"name": file.name}, file, nearest=near))
        return None
    except IsADirectoryError:
        problems.append(Problem("building.a_folder", {}, file))
        return None
    if not content.strip():
        problems.append(Problem("territory.empty_file", {}, file))
    elif zipfile.is_zipfile(io.BytesIO(content)):
        return _read_archive(file, content, sheet, problems)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        problems.append(Problem("building.old_workbook", {}, file))
    elif file.suffix.lower() in (".xlsx", ".zip") or b"\0" in content:
        problems.append(Problem("building.not_a_table", {}, file))
    else:
        return _read_csv(decode(content))
    return None


def _read_archive(file: Path, content: bytes, sheet: str, problems: list[Problem]) -> Grid | None:
    """Read a workbook, or the one table of a ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" in archive.namelist():
                return _read_workbook(file, content, sheet, problems)
            tables = [name for name in archive.namelist() if name.lower().endswith((".csv", ".xlsx"))]
            if len(tables) != 1:
                values: dict[str, object] = {"files": ", ".join(tables) or "–"}
                problems.append(Problem("building.choose_in_archive", values, file))
                return None
            table = archive.read(tables[0])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError):
        problems.append(Problem("building.not_a_table", {}, file))
        return None
    return (
        _read_workbook(file, table, sheet, problems)
        if tables[0].lower().endswith(".xlsx")
        else _read_csv(decode(table))
    )


def decode(content: bytes) -> str:
    """Text of a file in UTF-8, with or without byte-order mark, else in Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def separator(text: str) -> str:
    """What separates the columns: the likeliest of ; , tab in the first lines."""
    head = text[:4000]
    return max(";,\t", key=head.count)


def _read_csv(text: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]


def _read_workbook(file: Path, content: bytes, sheet: str, problems: list[Problem]) -> Grid | None:
    from openpyxl import load_workbook

    try:
        # styles that other programs wrote can stop openpyxl, and none is of use here
        book = load_workbook(io.BytesIO(_without_styles(content)), read_only=True, data_only=True)
        names = book.sheetnames
        chosen = next((name for name in names if name.lower() == sheet.lower()), names[0] if not sheet else None)
        if chosen is None:
            values: dict[str, object] = {"sheet": sheet, "allowed": ", ".join(names)}
            problems.append(Problem("building.missing_sheet", values, file, nearest=nearest_name(sheet, names)))
            return None
        rows = [[_shown(cell) for cell in row] for row in book[chosen].iter_rows(values_only=True)]
    except (ValueError, KeyError, TypeError, IndexError, SyntaxError, EOFError, zipfile.BadZipFile, zlib.error):
        problems.append(Problem("building.not_a_workbook", {}, file))
        return None
    width = max(map(len, rows), default=0)
    return [(line, row + [""] * (width - len(row))) for line, row in enumerate(rows, 1) if any(row)]


def _without_styles(content: bytes) -> bytes:
    slim = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(slim, "w") as copy:
        for item in archive.infolist():
            if item.filename != "xl/styles.xml":
                copy.writestr(item, archive.read(item.filename))
    return slim.getvalue()


def _shown(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def commune_code(cell: str) -> str | None:
    """Insee code of a commune; the zero that a spreadsheet dropped is put back. None when it is none."""
    code = f"0{cell}" if re.fullmatch(r"\d{4}", cell) else cell.upper()
    return code if COMMUNE_CODE.fullmatch(code) else None


def whole_number(row: Row, field: str) -> int:
    """Return a number of inhabitants, which may have spaces between thousands or a decimal of zero."""
    cell = re.sub(r"\s", "", row.text(field))
    if re.fullmatch(r"\d+([.,]0*)?", cell):
        return int(re.split("[.,]", cell)[0])
    if cell:
        row.complain("not_whole", field, given=row.cells[field])
    return 0
