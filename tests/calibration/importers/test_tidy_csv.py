"""A table of tidy codings by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options, read_codings
from ectsim.calibration.segments import settle
from ectsim.errors import InputError, PrivacyError

HEADER = ["interview_id", "coder_id", "code", "target", "status", "value", "n_segments", "confidence", "synthetic"]
ROWS = [
    ["E01", "K1", "COOP_PROP", "", "code", "3", "2", "1", "true"],
    ["E01", "K1", "INT_THEME", "energie", "refus", "", "", "", "true"],
    ["E01", "K1", "CONTREP", "", "code", "", "1", "", "true"],
]
Write = Callable[..., Path]


def test_rows_survive_the_way_through(tmp_path: Path, write_table: Write):
    coded = read_codings(write_table(tmp_path / "codings.csv", [HEADER, *ROWS]), Options())
    assert coded.synthetic
    rows = [[row.cells.get(name, "true") for name in HEADER] for row in settle(coded).rows]
    assert rows == ROWS


def test_a_coder_may_be_named_from_outside(tmp_path: Path, write_table: Write):
    rows = [["interview_id", "code", "value"], ["E01", "OPP", "2"]]
    coded = read_codings(write_table(tmp_path / "c.csv", rows), Options(coder="K1"))
    assert [(coding.coder, coding.value) for coding in coded.codings] == [("K1", "2")]
    assert not coded.synthetic


def test_every_wrong_column_is_told(tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "c.csv", [["interview_id", "coder_id", "valeu", "targt"], ["E01", "K1", "2", ""]])
    with pytest.raises(InputError) as raised:
        read_codings(path, Options(), "tidy_csv")
    assert [(problem.message, problem.nearest) for problem in raised.value.problems] == [
        ("imports.column_not_found", "coder_id"),
        ("imports.column_not_found", "valeu"),
        ("imports.unknown_column", "value"),
        ("imports.unknown_column", "target"),
    ]


def test_real_and_fictive_rows_do_not_mix(tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "c.csv", [HEADER, ROWS[0], [*ROWS[1][:-1], "false"]])
    with pytest.raises(InputError) as raised:
        read_codings(path, Options())
    assert raised.value.problems[0].message == "imports.mixed"


@pytest.mark.parametrize("column", ["seltext", "Content", "e-mail", "Prénom", "SIRET"])
def test_a_column_of_people_or_words_is_refused(column: str, tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "c.csv", [[*HEADER, column], [*ROWS[0], "Zorglub"]])
    with pytest.raises(PrivacyError) as raised:
        read_codings(path, Options())
    assert "Zorglub" not in str(raised.value)
