"""Reading a CSV file as people save them: UTF-8 or cp1252, comma, semicolon or tab. What cells mean lives elsewhere."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ectsim.calibration.spreadsheets import plain_cell
from ectsim.errors import InputError, Problem, nearest_name, system_reason

LARGEST_FILE = 20_000_000
SEPARATORS = ";\t,"
LOOKED_AT = 30
SAMPLE = 1_000_000
# one cell may hold a long passage, which is read to be left out; the file has its own limit
csv.field_size_limit(LARGEST_FILE)


@dataclass(frozen=True)
class Row:
    """One line of a table: its cells by column, without surrounding spaces, and where it stands.

    ``lines`` are those of cells that do not stand on the line of the row.
    """

    file: Path | None
    line: int | None
    cells: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, name: str) -> int | None:
        """Line on which a cell stands."""
        return self.lines.get(name, self.line)


def read_text(file: Path) -> str:
    """Text of a file in UTF-8 (with or without mark) or, failing that, cp1252 as spreadsheets save it in French.

    Raises
    ------
    InputError
        If it is absent, unreadable, larger than any table of interviews, or no text.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError([Problem("interviews.too_large", {"limit": LARGEST_FILE // 1_000_000}, file)])
        content = file.read_bytes()
    except FileNotFoundError as error:
        near = nearest_name(file.name, [path.name for path in file.parent.glob("*")])
        raise InputError([Problem("interviews.missing_file", {}, file, nearest=near)]) from error
    except OSError as error:
        raise InputError([Problem("interviews.unreadable", {"detail": system_reason(error)}, file)]) from error
    if b"\0" in content:
        raise InputError([Problem("interviews.not_text", {}, file)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # cp1252 leaves five bytes undefined: none occurs in French, so a stand-in loses nothing
        return content.decode("cp1252", errors="replace")


def read_lines(file: Path) -> list[tuple[int, list[str]]]:
    """Every line of a CSV file that holds something: its number and its cells; first lines with # are comments.

    Cells lose the apostrophe that keeps a spreadsheet from running them.

    Raises
    ------
    InputError
        As :func:`read_text`, or if quotation marks do not close.
    """
    content = read_text(file)
    lines = content.splitlines(keepends=True)
    comments = next((place for place, line in enumerate(lines) if not line.lstrip('"').startswith("#")), len(lines))
    body = "".join(lines[comments:])
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=_separator(body), strict=True)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((comments + reader.line_num, [plain_cell(cell.strip()).strip() for cell in cells]))
    except csv.Error as error:
        raise InputError([Problem("interviews.csv", {}, file, comments + reader.line_num)]) from error
    return found


def _separator(body: str) -> str:
    """The mark that most lines hold equally often, the least likely by chance where two do.

    A title has none, and a decimal comma or a list of choices is not in every line.
    """
    unquoted = re.sub(r'"[^"]*"', "", body[:SAMPLE])
    lines = [line for line in unquoted.splitlines() if line.strip(SEPARATORS + " ")][:LOOKED_AT]
    return max(SEPARATORS, key=lambda mark: _lines_alike(mark, lines))


def _lines_alike(mark: str, lines: Sequence[str]) -> int:
    """Number of lines that hold ``mark`` equally often, not counting those without."""
    return max(Counter(line.count(mark) for line in lines if mark in line).values(), default=0)


def read_rows(file: Path) -> tuple[int, list[str], list[Row], list[Problem]]:
    """Line of the header, header, rows and problems of a CSV file; a line with too many cells is one, and left out.

    Raises
    ------
    InputError
        As :func:`read_lines`, or if the file is empty.
    """
    lines = read_lines(file)
    if not lines:
        raise InputError([Problem("interviews.empty_file", {}, file)])
    head_line, header = lines[0]
    problems = [
        Problem("interviews.repeated_column", {}, file, head_line, name)
        for name in dict.fromkeys(header)
        if name and header.count(name) > 1
    ]
    rows = []
    for line, cells in lines[1:]:
        if len(cells) > len(header) and any(cells[len(header) :]):
            values: dict[str, object] = {"given": len(cells), "expected": len(header)}
            problems.append(Problem("interviews.cells", values, file, line))
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        rows.append(Row(file, line, dict(zip(header, padded, strict=False))))
    return head_line, header, rows, problems
