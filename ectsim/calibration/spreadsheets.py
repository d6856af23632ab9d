"""Cells that spreadsheets leave alone, and CSV tables made of them. What cells mean is known elsewhere.

A spreadsheet runs a cell that starts like a formula, wherever the file comes from; an apostrophe before it stops that.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"\s*[=+\-@\t\n\uff1d\uff0b\uff0d\uff20|%]")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
GUARD = "'"


def safe_cell(value: object) -> str:
    """Text of a cell that no spreadsheet takes for a formula; numbers, negative too, stay numbers.

    Every line break becomes a line feed: csv does not quote a carriage return.
    """
    written = "" if value is None else re.sub(r"\r\n?", "\n", str(value))
    runs = FORMULA.match(written) or (written.startswith(GUARD) and FORMULA.match(written.lstrip(GUARD)))
    return GUARD + written if runs and not NUMBER.fullmatch(written) else written


def plain_cell(written: str) -> str:
    """What :func:`safe_cell` was given, as text."""
    guarded = written.startswith(GUARD) and FORMULA.match(written.lstrip(GUARD))
    return written[1:] if guarded else written


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV table (comma, line feeds, in cells too) whose cells are safe in a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows([safe_cell(value) for value in row] for row in (header, *rows))
    return written.getvalue()
