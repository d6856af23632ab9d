"""Cells that no spreadsheet runs, whatever they hold."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.spreadsheets import csv_text, plain_cell, safe_cell

DANGEROUS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    " =1+1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "%0A=1",
    "|x",
]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_what_would_run_is_guarded(cell: str):
    assert safe_cell(cell) == f"'{cell}".replace("\r", "\n")


@pytest.mark.parametrize(
    "cell", ["", "E01", "-2", "+3", "-0.5", "-1,5", "1e-3", "-1e-3", "temps|argent", "'tis", "a=1"]
)
def test_the_rest_is_left_alone(cell: str):
    assert safe_cell(cell) == cell


@given(st.text(max_size=12) | st.sampled_from(DANGEROUS) | st.from_regex(r"'*[=+\-@]?.{0,4}", fullmatch=True))
def test_guarding_loses_nothing(cell: str):
    assert plain_cell(safe_cell(cell)) == re.sub("\r\n?", "\n", cell)


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=4))
def test_no_cell_of_a_table_starts_a_formula(rows: list[list[str]]):
    written = csv_text(["a", "=b"], rows)
    cells = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "@") and cell.strip()]
    given_cells = (re.sub("\r\n?", "\n", cell) for row in rows for cell in row)
    assert [plain_cell(cell) for cell in cells] == ["a", "=b", *given_cells]
