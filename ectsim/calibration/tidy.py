"""Interviews, codings, ties, frame and census of projects as tidy tables: the form every importer fills.

Reading and writing a folder of CSV files; what may stand in them is in columns.py, what is checked in checking.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.calibration.cells import Row, read_rows
from ectsim.calibration.checking import check, check_pseudonyms, check_rows
from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.columns import TABLES, Column
from ectsim.calibration.privacy import check_columns, check_texts
from ectsim.calibration.spreadsheets import csv_text
from ectsim.calibration.values import FALSE, TRUE, flag, number, plain_value
from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.results import replacing_folder
from ectsim.experiments.store import writing_whole
from ectsim.pages import FICTIVE

if TYPE_CHECKING:
    import pandas as pd

REQUIRED_TABLES = ("interviews", "codings")
README = "README.md"
FICTIVE_README = f"""# {FICTIVE}

Aucune personne, structure ni aucun projet réel : ces tableaux sortent d’un programme, pour montrer la forme des
fichiers et faire des essais.

# FICTIVE DATA

No real person, organisation or project: these tables come from a program, to show the form of the files and try things
out.
"""


@dataclass(frozen=True)
class Interviews:
    """What field work left behind, as tables with the columns of :data:`ectsim.calibration.columns.TABLES`.

    Names, choices, months ("2026-03") and coded values are text, empty when absent; counts and numbers are floats, NaN
    when absent; flags are booleans, of dtype ``boolean`` where they may be absent. ``synthetic`` tells whether all is
    fictive: real and fictive never mix.
    """

    interviews: "pd.DataFrame"
    codings: "pd.DataFrame"
    ties: "pd.DataFrame"
    frame: "pd.DataFrame"
    projects: "pd.DataFrame"
    synthetic: bool

    def table(self, name: str) -> "pd.DataFrame":
        """One table by its name."""
        return getattr(self, name)


def read_tidy(folder: Path) -> Interviews:
    """Read the tidy files of a folder; ``ties.csv``, ``frame.csv`` and ``projects.csv`` may be absent.

    Raises
    ------
    InputError
        With every problem of every file: file, line, field, what was expected, nearest name.
    PrivacyError
        If a column or a cell identifies somebody.
    """
    rows, problems = _read(folder, REQUIRED_TABLES)
    problems.extend(check_rows(rows))
    if problems:
        raise InputError(problems)
    return from_rows({name: [row.cells for row in found] for name, found in rows.items()})


def read_unchecked(folder: Path) -> dict[str, list[Row]]:
    """Rows of the tidy files that a folder holds, unchecked: what goes with codings that are elsewhere.

    Raises
    ------
    InputError
        If a file cannot be read or its columns are not right.
    PrivacyError
        If a column or a cell identifies somebody.
    """
    if not folder.is_dir():
        near = nearest_name(folder.name, [path.name for path in folder.parent.glob("*")])
        raise InputError([Problem("interviews.missing_file", {}, folder, nearest=near)])
    rows, problems = _read(folder, ())
    if problems:
        raise InputError(problems)
    return rows


def _read(folder: Path, required: Sequence[str]) -> tuple[dict[str, list[Row]], list[Problem]]:
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name in TABLES:
        file = folder / f"{name}.csv"
        if file.is_file() or name in required:
            try:
                rows[name] = _rows_of(name, file, problems)
            except InputError as error:
                problems.extend(error.problems)
    check_pseudonyms(rows)
    return rows, problems


def from_rows(rows: Mapping[str, Iterable[Mapping[str, str]]]) -> Interviews:
    """Tables from rows of text cells by table name, as importers make them; :func:`checked` checks them.

    Coded values take their plain form ("oui" becomes "1", "2,0" becomes "2") where their scale has it.
    """
    tables = {name: _typed(name, list(rows.get(name, ()))) for name in TABLES}
    flags = [flagged for table in tables.values() for flagged in table["synthetic"]]
    return Interviews(**tables, synthetic=bool(flags) and all(flags))


def checked(interviews: Interviews) -> Interviews:
    """The same interviews, having passed every check that files pass; lines count the rows of each table from 1.

    Raises
    ------
    InputError
        With every problem found.
    PrivacyError
        If anybody is named by anything but an identifier.
    """
    rows = {
        name: [Row(Path(f"{name}.csv"), line, cells) for line, cells in enumerate(_cells(name, interviews), 1)]
        for name in TABLES
    }
    check(rows)
    return interviews


def merge(parts: Sequence[Interviews]) -> Interviews:
    """All parts as one, such as one import a coder; a row that several parts share to the letter is kept once.

    Raises
    ------
    InputError
        If real and fictive interviews would mix, or rows contradict one another.
    """
    import pandas as pd

    if len({part.synthetic for part in parts}) > 1:
        raise InputError([Problem("interviews.mixed")])
    tables = {
        name: pd.concat([part.table(name) for part in parts], ignore_index=True).drop_duplicates(ignore_index=True)
        for name in TABLES
    }
    return checked(Interviews(**tables, synthetic=parts[0].synthetic))


def write_tidy(interviews: Interviews, folder: Path) -> None:
    """Write tables as CSV (UTF-8, comma) into a new folder or over earlier ones, all at once; none without rows.

    Interviews and codings are there even so.

    Files made from synthetic interviews open with a line that says so, and a page beside them says it too.

    Raises
    ------
    InputError
        If the folder holds anything else.
    """
    own = {f"{name}.csv" for name in TABLES} | ({README} if interviews.synthetic else set())
    _refuse_others(folder, own)
    with replacing_folder(folder) as made:
        if interviews.synthetic:
            (made / README).write_text(FICTIVE_README, encoding="utf-8", newline="\n")
        for name in TABLES:
            if len(interviews.table(name)) or name in REQUIRED_TABLES:
                (made / f"{name}.csv").write_text(_written(name, interviews), encoding="utf-8", newline="\n")


def update_tidy(interviews: Interviews, folder: Path) -> None:
    """Write all tables over those of a folder, whatever else it holds; interviews last, to which the others refer."""
    filled = [name for name in reversed([*TABLES]) if len(interviews.table(name)) or name in REQUIRED_TABLES]
    write_tables(interviews, folder, filled)
    for name in set(TABLES) - set(filled):
        (folder / f"{name}.csv").unlink(missing_ok=True)


def write_tables(interviews: Interviews, folder: Path, names: Iterable[str]) -> None:
    """Write some of the tables into a folder, in this order, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with writing_whole(folder / f"{name}.csv") as written:
            written.write(_written(name, interviews).encode())


def _refuse_others(folder: Path, own: set[str]) -> None:
    """Refuse a folder that holds anything but the files ``own``."""
    if folder.exists():
        others = sorted(path.name for path in folder.iterdir() if path.name not in own) if folder.is_dir() else ["."]
        if others:
            raise InputError([Problem("interviews.folder_in_use", {"first": others[0]}, folder)])


def _rows_of(name: str, file: Path, problems: list[Problem]) -> list[Row]:
    line, header, rows, found = read_rows(file)
    check_columns(header, file, line)
    check_texts(((cell, row.line, name) for row in rows for name, cell in row.cells.items() if cell), file)
    problems.extend(found)
    wanted = TABLES[name].columns
    missing = [column for column, one in wanted.items() if column not in header and not one.optional]
    unknown = [column for column in header if column and column not in wanted]
    for column in missing:
        near = nearest_name(column, unknown)
        problems.append(Problem("interviews.missing_column", {}, file, line, column, near))
    for column in unknown:
        near = nearest_name(column, wanted)
        problems.append(Problem("interviews.unknown_column", {}, file, line, column, near))
    return [] if missing else rows


def _typed(name: str, rows: Sequence[Mapping[str, str]]) -> "pd.DataFrame":
    import pandas as pd

    columns = TABLES[name].columns.values()
    if name == "codings":
        rows = [{**row, "value": _plain(row)} for row in rows]
    return pd.DataFrame(
        {column.name: _series(column, [row.get(column.name, "") for row in rows]) for column in columns}
    )


def _plain(row: Mapping[str, str]) -> str:
    code = load_codebook().codes.get(row.get("code", ""))
    value = row.get("value", "")
    plain = plain_value(code, value) if code and row.get("status") == "code" else None
    return value if plain is None else plain


def _series(column: Column, cells: Sequence[str]) -> "pd.Series":
    import pandas as pd

    if column.kind == "flag":
        flags = [flag(cell) if cell else None for cell in cells]
        return pd.Series(flags, dtype="boolean" if column.optional else "bool")
    if column.kind in ("count", "number"):
        return pd.Series([number(cell) for cell in cells], dtype=float)
    return pd.Series(list(cells), dtype="str")


def _cells(name: str, interviews: Interviews) -> Iterator[dict[str, str]]:
    table = interviews.table(name)
    for values in table.itertuples(index=False, name=None):
        yield {column: _cell(value) for column, value in zip(table.columns, values, strict=True)}


def _cell(value: object) -> str:
    import pandas as pd

    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.12g}"
    return TRUE if value else FALSE


def _written(name: str, interviews: Interviews) -> str:
    columns = list(TABLES[name].columns)
    notice = f"# {FICTIVE} – FICTIVE DATA\n" if interviews.synthetic else ""
    return notice + csv_text(columns, ([row[column] for column in columns] for row in _cells(name, interviews)))
