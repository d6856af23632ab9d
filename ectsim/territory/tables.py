"""Reading one CSV file: every fault becomes a problem with file, line, field. Columns get their meaning elsewhere."""

import csv
import io
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ectsim.errors import Problem, nearest_name

COMMUNE_CODE = re.compile(r"\d{5}|2[AB]\d{3}")


@dataclass(frozen=True)
class Row:
    """One line of a table. A cell that cannot be read adds a problem and gives a stand-in, so that reading goes on."""

    file: Path
    line: int
    cells: dict[str, str]
    problems: list[Problem]

    def complain(self, message: str, field: str, nearest: str | None = None, **values: object) -> None:
        """Record that ``field`` of this line is wrong, for the reason behind ``territory.<message>``."""
        self.problems.append(Problem(f"territory.{message}", values, self.file, self.line, field, nearest))

    def text(self, field: str) -> str:
        """Return the cell without surrounding spaces; empty is a problem."""
        cell = self.cells[field]
        if not cell:
            self.complain("empty", field)
        return cell

    def one_of(self, field: str, allowed: Collection[str]) -> str:
        """Return the cell, which must be one of ``allowed``."""
        cell = self.cells[field]
        if cell not in allowed:
            shown = ", ".join(allowed) if len(allowed) <= 12 else f"{', '.join(list(allowed)[:3])}, …"
            self.complain("not_one_of", field, nearest_name(cell, allowed), given=cell, allowed=shown)
        return cell

    def commune_code(self, field: str) -> str:
        """Return the Insee code of a commune: five characters, a lost leading zero told apart."""
        cell = self.text(field)
        if re.fullmatch(r"\d{4}", cell):
            self.complain("lost_zero", field, f"0{cell}", given=cell)
        elif cell and not COMMUNE_CODE.fullmatch(cell):
            self.complain("not_a_code", field, given=cell)
        return cell

    def number(self, field: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Return the cell as a finite number in [low, high]."""
        cell = self.text(field)
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if cell and not math.isfinite(value):
            self.complain("not_a_number", field, given=cell)
        elif not (low <= value <= high) and cell:
            self.complain("out_of_bounds", field, given=cell, low=f"{low:g}", high=f"{high:g}")
        return value

    def count(self, field: str) -> int:
        """Return the cell as a whole number, zero or more."""
        cell = self.text(field)
        if re.fullmatch(r"[+-]?\d+", cell):
            if int(cell) >= 0:
                return int(cell)
            self.complain("negative", field, given=cell)
        elif cell:
            self.complain("not_whole", field, given=cell)
        return 0


def read_utf8(file: Path, problems: list[Problem]) -> str | None:
    """Text of ``file``, or None with a problem when it is absent or not UTF-8."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        near = nearest_name(file.name, [p.name for p in file.parent.iterdir()]) if file.parent.is_dir() else None
        problems.append(Problem("territory.missing_file", {"name": file.name}, file, nearest=near))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # str offsets count from after a byte-order mark; only the line matters.
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(Problem("territory.encoding", {}, file, line))
        return None


def read_grid(file: Path, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """Every non-empty line of a comma-separated ``file``: its number and its cells, stripped; none when unreadable."""
    content = read_utf8(file, problems)
    if content is None:
        return []
    first = content.split("\n", 1)[0]
    for separator, name in ((";", ";"), ("\t", "tab")):
        if first.count(separator) > first.count(","):
            problems.append(Problem("territory.separator", {"given": name}, file, 1))
            return []
    reader = csv.reader(io.StringIO(content, newline=""))
    grid = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    if not grid:
        problems.append(Problem("territory.empty_file", {}, file, 1))
    return grid


def read_table(file: Path, columns: Collection[str], problems: list[Problem]) -> list[Row]:
    """Read the rows of ``file`` below its header, which must hold ``columns`` (others are allowed and kept).

    Returns
    -------
    list of Row
        Empty when the file cannot be read; rows with a wrong number of cells are left out, each with a problem.
    """
    grid = read_grid(file, problems)
    if not grid:
        return []
    header = grid[0][1]
    missing = [name for name in columns if name not in header]
    for name in missing:
        near = nearest_name(name, [given for given in header if given not in columns])
        problems.append(Problem("territory.missing_column", {"allowed": ", ".join(columns)}, file, 1, name, near))
    if missing:
        return []
    rows = []
    for line, cells in grid[1:]:
        if len(cells) == len(header):
            rows.append(Row(file, line, dict(zip(header, cells, strict=True)), problems))
        else:
            values: dict[str, object] = {"given": len(cells), "expected": len(header)}
            problems.append(Problem("territory.cells", values, file, line))
    if not rows:
        problems.append(Problem("territory.empty_file", {}, file, 1))
    return rows
