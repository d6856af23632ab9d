"""Taguette names no coder anywhere: each coder's export is read under the coder that the user names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options, read_codings
from ectsim.errors import InputError

K1 = Options(coder="K1")
ROWS = [
    ["id", "document", "tag", "content"],
    ["1", "E01", "COOP_PROP=3", "words"],
    ["1", "E01", "INT_THEME[energie]=4", "words"],
    ["2", "E02", "COOP_PROP=1", "words; with = signs\nand lines"],
]
PUT = [("E01", ("COOP_PROP=3",)), ("E01", ("INT_THEME[energie]=4",)), ("E02", ("COOP_PROP=1",))]
STATEMENTS = """INSERT INTO projects VALUES (1, 'p', '');
INSERT INTO documents (id, name) VALUES (1, 'E01'), (2, 'E02'), (3, 'E03');
INSERT INTO tags (id, path) VALUES (1, 'COOP_PROP=3'), (2, 'INT_THEME[energie]=4'), (3, 'COOP_PROP=1'), (4, 'OPP=0');
INSERT INTO highlights (id, document_id) VALUES (1, 1), (2, 2);
INSERT INTO highlight_tags VALUES (1, 1), (1, 2), (2, 3);"""


def put(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    coded = read_codings(path, K1)
    assert coded.coders == ("K1",)
    return [(coding.document, coding.code) for coding in coded.codings]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_of_highlights_is_read(separator: str, tmp_path: Path, write_table: Callable[..., Path]):
    assert put(write_table(tmp_path / "highlights.csv", ROWS, separator)) == PUT


def test_a_workbook_of_highlights_is_read(tmp_path: Path, write_workbook: Callable[..., Path]):
    assert put(write_workbook(tmp_path / "h.xlsx", {"notes": [["x"]], "highlights": ROWS})) == PUT


def test_a_project_lists_what_is_not_coded_either(tmp_path: Path, write_taguette: Callable[[Path, str], Path]):
    path = write_taguette(tmp_path / "t.sqlite3", STATEMENTS)
    assert put(path) == PUT
    coded = read_codings(path, K1)
    assert coded.documents == ("E01", "E02", "E03")
    assert ("OPP=0",) in coded.codes


def test_two_projects_cannot_be_told_apart(tmp_path: Path, write_taguette: Callable[[Path, str], Path]):
    path = write_taguette(tmp_path / "t.sqlite3", STATEMENTS + "INSERT INTO projects VALUES (2, 'q', '');")
    with pytest.raises(InputError) as raised:
        read_codings(path, K1)
    assert raised.value.problems[0].values == {"count": 2}


def test_the_coder_must_be_named(tmp_path: Path, write_table: Callable[..., Path]):
    with pytest.raises(InputError) as raised:
        read_codings(write_table(tmp_path / "highlights.csv", ROWS), Options())
    assert raised.value.problems[0].message == "imports.no_coder"


def test_every_empty_cell_is_told(tmp_path: Path, write_table: Callable[..., Path]):
    path = write_table(tmp_path / "h.csv", [*ROWS, ["3", "", "OPP=2", "words"], ["4", "E01", "", "words"]])
    with pytest.raises(InputError) as raised:
        read_codings(path, K1)
    assert [(problem.line, problem.field) for problem in raised.value.problems] == [(6, "document"), (7, "tag")]
