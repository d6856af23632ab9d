"""NVivo's matrices: a real one, and what a damaged one says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options, read_codings
from ectsim.errors import InputError

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "interviews"
Write = Callable[..., Path]


def test_cells_count_segments(tmp_path: Path, write_workbook: Write):
    rows = [["", "A : E01", "B : E02"], ["1 : COOP_PROP=3", 2, 0], ["2 : OPP=1", None, 4]]
    coded = read_codings(write_workbook(tmp_path / "m.xlsx", {"Sheet1": rows}), Options(coder="K1"))
    assert [(coding.document, coding.code, coding.segments) for coding in coded.codings] == [
        ("E01", ("COOP_PROP=3",), 2),
        ("E02", ("OPP=1",), 4),
    ]
    assert coded.documents == ("E01", "E02")


def test_every_wrong_cell_is_told(tmp_path: Path, write_workbook: Write):
    rows = [["", "A : E01"], ["COOP_PROP", 2], ["2 : OPP=1", "often"], ["3 : OPP=2", -1]]
    with pytest.raises(InputError) as raised:
        read_codings(write_workbook(tmp_path / "m.xlsx", {"Sheet1": rows}), Options(coder="K1"))
    assert [(problem.line, problem.field, problem.message) for problem in raised.value.problems] == [
        (2, "A", "imports.matrix_row"),
        (3, "B", "imports.not_a_count"),
        (4, "B", "imports.not_a_count"),
    ]


@pytest.mark.shared
def test_a_real_matrix_imports():
    options = Options(coder="K1", documents={"Int01_ID731": "E01"})
    coded = read_codings(SHARED / "matrix_Int01_ID731.xlsx", options)
    assert len(coded.codes) == 18
    assert [coding.segments for coding in coded.codings] == [2, 1, 1, 1, 1]
