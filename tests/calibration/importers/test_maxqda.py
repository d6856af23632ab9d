"""MAXQDA's table of coded segments, whatever the language of its headers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options, read_codings
from ectsim.errors import InputError

ENGLISH = [
    *("Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight", "Segment"),
    *("Area", "Coverage", "Author", "Creation date"),
]
POLISH = [
    *("Color", "Komentarz", "Grupa dokumentów", "Nazwa dokumentu", "Kod", "Początek", "Koniec", "Waga", "Fragment"),
    *("Objętość", "Obszar %", "Autor", "Data utworzenia"),
]
UNKNOWN = [f"Заголовок {place}" for place in range(13)]
Write = Callable[..., Path]


def row(document: str, code: str, weight: object, author: str = "K1", comment: str = "") -> list[object]:
    return ["●", comment, "group", document, code, 1, 2, weight, "words", 9, 0.1, author, "2026-01-01"]


ROWS = [row("E01", "COOP_PROP", 3), row("E01", "INT_THEME\\energie", 4), row("E02", "COOP_PROP > x", 1, "K2")]


@pytest.mark.parametrize("header", [ENGLISH, POLISH, UNKNOWN], ids=["English", "Polish", "by position"])
def test_headers_of_any_language_are_read(header: list[str], tmp_path: Path, write_workbook: Write):
    coded = read_codings(write_workbook(tmp_path / "m.xlsx", {"s": [header, *ROWS]}), Options())
    assert [(coding.document, coding.coder, coding.code, coding.value) for coding in coded.codings] == [
        ("E01", "K1", ("COOP_PROP",), "3"),
        ("E01", "K1", ("INT_THEME", "energie"), "4"),
        ("E02", "K2", ("COOP_PROP", "x"), "1"),
    ]


def test_columns_chosen_by_the_user_are_found_by_alias(tmp_path: Path, write_table: Write):
    rows = [["Nom", "Thème codé", "Poids donné", "Qui"], ["E01", "COOP_PROP", "3", "K1"], ["E01", "OPP", "2", "K1"]]
    columns = {"Nom": "interview_id", "thème codé": "code", "poids donné": "weight", "Qui": "coder_id"}
    path = write_table(tmp_path / "m.csv", rows, ";", "cp1252")
    coded = read_codings(path, Options(columns=columns), "maxqda")
    assert [(coding.code, coding.value) for coding in coded.codings] == [(("COOP_PROP",), "3"), (("OPP",), "2")]


@pytest.mark.parametrize("unset", [0, 100, ""])
def test_weights_nobody_set_say_nothing(unset: object, tmp_path: Path, write_workbook: Write):
    rows = [ENGLISH, row("E01", "COOP_PROP=3", unset), row("E02", "COOP_PROP=2", unset)]
    coded = read_codings(write_workbook(tmp_path / "m.xlsx", {"s": rows}), Options())
    assert [coding.value for coding in coded.codings] == [None, None]


def test_a_weight_of_zero_among_others_is_a_value_and_is_told(tmp_path: Path, write_workbook: Write):
    rows = [ENGLISH, row("E01", "COOP_PROP", 0), row("E02", "COOP_PROP", 2)]
    coded = read_codings(write_workbook(tmp_path / "m.xlsx", {"s": rows}), Options())
    assert [coding.value for coding in coded.codings] == ["0", "2"]
    assert [notice.message for notice in coded.notices] == ["imports.weight_zero"]


def test_a_comment_may_mark_the_synthesis_and_is_left_behind(tmp_path: Path, write_workbook: Write):
    rows = [ENGLISH, row("E01", "COOP_PROP", 1), row("E01", "COOP_PROP", 2, comment="Synthèse: words")]
    coded = read_codings(write_workbook(tmp_path / "m.xlsx", {"s": rows}), Options())
    assert [coding.synthesis for coding in coded.codings] == [False, True]
    assert [notice.message for notice in coded.notices] == ["imports.left.notes"]


def test_every_empty_cell_is_told(tmp_path: Path, write_workbook: Write):
    rows = [ENGLISH, row("", "COOP_PROP", 1), row("E01", "", 2)]
    with pytest.raises(InputError) as raised:
        read_codings(write_workbook(tmp_path / "m.xlsx", {"s": rows}), Options())
    assert [(problem.line, problem.field) for problem in raised.value.problems] == [(2, "D"), (3, "E")]


def test_columns_that_cannot_be_found_are_told(tmp_path: Path, write_table: Write):
    with pytest.raises(InputError) as raised:
        read_codings(write_table(tmp_path / "m.csv", [["a", "b"], ["1", "2"]]), Options(), "maxqda")
    assert [problem.values["role"] for problem in raised.value.problems] == ["interview_id", "code"]


def test_the_old_binary_format_is_told(tmp_path: Path):
    (tmp_path / "m.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(InputError) as raised:
        read_codings(tmp_path / "m.xls", Options(coder="K1"), "maxqda")
    assert raised.value.problems[0].message == "imports.old_spreadsheet"
