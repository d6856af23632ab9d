"""A table of a sweep as one file for other programs: CSV, French CSV or Parquet, written part after part."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.parts import RUNS, read_part, tables_of
from ectsim.experiments.store import StoreError, kept_study, table_files, writing_whole
from ectsim.posterior import notice_in

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ROWS_A_GROUP = 16_384
"""Rows held in memory at a time."""

STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True)
class _Csv:
    """How a table of numbers is written as text."""

    separator: str
    decimal: str
    start: bytes = b""

    def write(self, file: IO[bytes], tables: "Iterator[pa.Table]") -> int:
        """Write tables one after the other; return the number of rows.

        What the metadata of tables that rest on fictive rows say, every row says here: text has no metadata.
        """
        import pandas as pd
        import pyarrow as pa

        file.write(self.start)
        rows = 0
        whole = {pa.int64(): pd.Int64Dtype()}
        for table in tables:
            frame = _without_formulas(table.to_pandas(types_mapper=whole.get))
            if notice := notice_in(table.schema.metadata):
                frame.insert(0, "notice", notice)
            frame.to_csv(
                file,
                sep=self.separator,
                decimal=self.decimal,
                header=rows == 0,
                index=False,
                lineterminator="\n",
                encoding="utf-8",
            )
            rows += len(frame)
        return rows


def _without_formulas(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame, an apostrophe before each text that a spreadsheet would take for a formula."""
    for name in frame.select_dtypes(["object", "string"]).columns:
        risky = frame[name].str.startswith(STARTS_OF_FORMULAS, na=False)
        frame.loc[risky, name] = "'" + frame.loc[risky, name]
    return frame


def _write_parquet(file: IO[bytes], tables: "Iterator[pa.Table]") -> int:
    import pyarrow.parquet as pq

    rows, writer = 0, None
    for table in tables:
        writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
        rows += len(table)
    if writer:
        writer.close()
    return rows


FORMATS: dict[str, Callable[[IO[bytes], "Iterator[pa.Table]"], int]] = {
    "csv": _Csv(",", ".").write,
    "csv-fr": _Csv(";", ",", BYTE_ORDER_MARK).write,
    "parquet": _write_parquet,
}


def export(folder: Path, file: Path, kind: str = "csv", table: str = RUNS) -> int:
    """Write a table of the sweep in ``folder`` to one file; return its number of rows.

    Parameters
    ----------
    folder
        Of the sweep.
    file
        A new file, in a folder that is made if there is none.
    kind
        One of ``FORMATS``; "csv-fr" has semicolons, decimal commas and what a French spreadsheet needs to read accents.
    table
        "runs", or "projects" or "months" where the study asks for them.

    Raises
    ------
    InputError
        If the folder is not that of a sweep or has no such table or no run yet, a part of it is damaged, there is no
        such format, or the file exists.
    StoreError
        If the disk is full or refuses.
    """
    tables = tables_of(kept_study(folder)[0])
    problems = [
        Problem("sweeps.unknown_name", {"given": given, "allowed": ", ".join(allowed)}, nearest=nearest)
        for given, allowed in ((kind, tuple(FORMATS)), (table, tables))
        if given not in allowed
        for nearest in [nearest_name(given, allowed)]
    ]
    if file.exists():
        problems.append(Problem("sweeps.file_exists", file=file))
    if not problems and not table_files(folder, table):
        problems.append(Problem("sweeps.no_runs", file=folder))
    if problems:
        raise InputError(problems)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise StoreError(file, reason) from reason
    with writing_whole(file) as target:
        return FORMATS[kind](target, _groups(folder, table))


def _groups(folder: Path, name: str) -> "Iterator[pa.Table]":
    """The table, some parts at a time."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    for path in table_files(folder, name):
        part = read_part(path)
        if part is None:
            raise InputError([Problem("sweeps.damaged", file=path)])
        waiting.append(part)
        if sum(map(len, waiting)) >= ROWS_A_GROUP:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()
