"""The wide *grille*, in every shape interns give it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ectsim.calibration.importers import Coded, Options, read_codings
from ectsim.calibration.segments import settle
from ectsim.errors import InputError, PrivacyError

K1 = Options(coder="K1")
HEADER = ["interview_id", "COOP_PROP", "RES_TPS", "CONFLIT", "INT_THEME[energie]"]
ROWS = [HEADER, ["E01", "3", "2,5", "oui", "4"], ["E02", "1", "", "non", "s.o."]]
Write = Callable[..., Path]


def settled(coded: Coded) -> dict[tuple[str, str, str], str]:
    """Value, or else status, by interview, code and target."""
    return {
        (row["interview_id"], row["code"], row["target"]): row["value"] or row["status"]
        for row in (row.cells for row in settle(coded).rows)
    }


SETTLED = {
    ("E01", "COOP_PROP", ""): "3",
    ("E01", "RES_TPS", ""): "2.5",
    ("E01", "CONFLIT", ""): "1",
    ("E01", "INT_THEME", "energie"): "4",
    ("E02", "COOP_PROP", ""): "1",
    ("E02", "CONFLIT", ""): "0",
    ("E02", "INT_THEME", "energie"): "sans_objet",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_kind_of_csv_is_read(encoding: str, separator: str, tmp_path: Path, write_table: Write):
    rows = [[*row, accent] for row, accent in zip(ROWS, ["Âge", "é", "à"], strict=True)]
    assert settled(read_codings(write_table(tmp_path / "g.csv", rows, separator, encoding), K1)) == SETTLED


def test_a_workbook_is_read_with_numbers_as_numbers(tmp_path: Path, write_workbook: Write):
    rows = [HEADER, ["E01", 3, 2.5, True, 4.0], ["E02", 1.0, None, False, "s.o."]]
    assert settled(read_codings(write_workbook(tmp_path / "g.xlsx", {"Feuil1": rows}), K1)) == SETTLED


@pytest.mark.parametrize(
    ("titles", "merged"),
    [([["Grille d’analyse"]], ["A1:E1"]), ([["Étude"], [], ["", "Coopération", "", "", "Thèmes"]], ["B3:D3"])],
)
def test_title_rows_are_passed_over(titles: list[list[str]], merged: list[str], tmp_path: Path, write_workbook: Write):
    coded = read_codings(write_workbook(tmp_path / "g.xlsx", {"s": [*titles, *ROWS]}, merged), K1)
    assert settled(coded) == SETTLED
    assert min(coding.line or 0 for coding in coded.codings) == len(titles) + 2


def test_a_title_row_of_a_csv_is_passed_over(tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "g.csv", [["Grille d’analyse", "", "", "", ""], *ROWS], ";", "cp1252")
    assert settled(read_codings(path, K1)) == SETTLED


def test_each_sheet_is_a_coder(tmp_path: Path, write_workbook: Write):
    sheets = {"Notice": [["Remplir de 0 à 4"]], "K1": ROWS, "K2": ROWS}
    coded = read_codings(write_workbook(tmp_path / "g.xlsx", sheets), Options())
    assert coded.coders == ("K1", "K2")
    assert len(coded.codings) == 2 * len(SETTLED)
    assert [notice.message for notice in coded.notices] == ["imports.left.sheets"]


def test_sheets_named_after_people_need_identifiers(tmp_path: Path, write_workbook: Write):
    path = write_workbook(tmp_path / "g.xlsx", {"Camille": ROWS, "K2": ROWS})
    with pytest.raises(PrivacyError):
        read_codings(path, Options())
    assert read_codings(path, Options(coders={"Camille": "K1"})).coders == ("K1", "K2")


def test_a_sheet_named_after_somebody_is_told_by_its_rank(tmp_path: Path, write_workbook: Write):
    wrong = [*ROWS, ["", "2", "", "", ""]]
    with pytest.raises(InputError) as raised:
        read_codings(write_workbook(tmp_path / "g.xlsx", {"K1": wrong, "Camille": wrong}), Options())
    assert [problem.field for problem in raised.value.problems] == ["K1!B", "#2!B"]


def test_a_column_may_name_the_coder(tmp_path: Path, write_table: Write):
    rows = [["Entretien", "Codeur", "OPP"], ["E01", "K1", "2"], ["E01", "K2", "3"]]
    coded = read_codings(write_table(tmp_path / "g.csv", [[*row, ""] for row in rows]), Options(), "grid")
    assert [(coding.coder, coding.value) for coding in coded.codings] == [("K1", "2"), ("K2", "3")]


def test_the_identifier_of_merged_rows_is_theirs(tmp_path: Path, write_workbook: Write):
    rows = [["entretien", "codeur", "OPP", "RISQ"], ["E01", "K1", 2, 1], [None, "K2", 3, 1]]
    coded = read_codings(write_workbook(tmp_path / "g.xlsx", {"s": rows}, ["A2:A3"]), Options())
    assert [(coding.document, coding.coder) for coding in coded.codings] == [("E01", "K1")] * 2 + [("E01", "K2")] * 2


def test_cells_merged_over_two_codes_are_told(tmp_path: Path, write_workbook: Write):
    with pytest.raises(InputError) as raised:
        read_codings(write_workbook(tmp_path / "g.xlsx", {"s": ROWS}, ["B2:C2"]), K1)
    assert [(problem.message, problem.line, problem.field) for problem in raised.value.problems] == [
        ("imports.merged_cells", 2, "#1!B")
    ]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("COOP_PROP", "COOP_PROP"),
        ("coop_prop (0-4)", "COOP_PROP"),
        ("COOP_PROP – propension à coopérer", "COOP_PROP"),
        ("Propension à coopérer", "COOP_PROP"),
        ("CONTREP_SEUIL", "CONTREP_SEUIL"),
        ("INT_THEME energie", "INT_THEME[energie]"),
        ("INT_THEME : Énergie", "INT_THEME[energie]"),
        ("Intérêt pour un thème [énergie]", "INT_THEME[energie]"),
        ("Mon intitulé", "OPP"),
    ],
)
def test_headers_name_codes_in_many_ways(header: str, code: str, tmp_path: Path, write_table: Write):
    path = write_table(tmp_path / "g.csv", [["entretien", header, "RISQ"], ["E01", "2", "1"]])
    coded = read_codings(path, Options(coder="K1", columns={"mon intitule": "OPP"}), "grid")
    assert coded.codings[0].code == (code,)


def test_modalities_may_have_a_column_each(tmp_path: Path, write_table: Write):
    header = ["entretien", "CONTRIB[temps]", "CONTRIB_argent", "contributions offertes [réseau]", "OPP"]
    rows = [header, ["E01", "x", "oui", "", "1"], ["E02", "non", "non", "non", "1"], ["E03", "", "", "", "1"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert {name: value for (name, code, _), value in settled(coded).items() if code == "CONTRIB"} == {
        "E01": "temps|argent",
        "E02": "code",
    }


def test_several_modalities_may_stand_in_one_cell(tmp_path: Path, write_table: Write):
    rows = [["entretien", "CONTRIB", "ORIG"], ["E01", "Temps; argent", "Subvention"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert settled(coded)["E01", "CONTRIB", ""] == "temps|argent"
    assert settled(coded)["E01", "ORIG", ""] == "subvention"


@pytest.mark.parametrize(
    ("cell", "status"),
    [("s.o.", "sans_objet"), ("N/A", "sans_objet"), ("Non abordé", "non_aborde"), ("–", "non_aborde"), ("", None)],
)
def test_what_is_not_coded_is_not_zero(cell: str, status: str | None, tmp_path: Path, write_table: Write):
    rows = [["entretien", "OPP", "RISQ"], ["E01", cell, "1"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert settled(coded).get(("E01", "OPP", "")) == status


def test_a_refusal_is_the_status_unless_the_scale_has_one(tmp_path: Path, write_table: Write):
    rows = [["entretien", "OPP", "CONFLIT"], ["E01", "0", "refus"], ["E02", "refus", "1"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert [(coding.status, coding.value) for coding in coded.codings[:3]] == [
        ("code", "0"),
        ("refus", None),
        ("code", "refus"),
    ]


def test_modalities_nobody_answered_are_one_status(tmp_path: Path, write_table: Write):
    header = ["entretien", "CONTRIB : temps", "CONTRIB : argent", "OPP"]
    rows = [header, ["E01", "s.o.", "s.o.", "1"], ["E02", "oui", "non abordé", "1"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    told = [(coding.status, coding.value) for coding in coded.codings if coding.code == ("CONTRIB",)]
    assert told == [("sans_objet", None), ("code", "temps")]


def test_a_page_that_explains_the_codes_is_no_table(tmp_path: Path, write_workbook: Write):
    sheets = {
        "codes": [["COOP_PROP", "de 0 à 4"], ["OPP", "de 0 à 4"]],
        "K1": [["entretien", "OPP", "RISQ"], ["E01", 2, 1]],
    }
    coded = read_codings(write_workbook(tmp_path / "g.xlsx", sheets), K1)
    assert [coding.value for coding in coded.codings] == ["2", "1"]
    assert [notice.message for notice in coded.notices] == ["imports.left.sheets"]


def test_a_refusal_to_answer_is_one_on_any_scale(tmp_path: Path, write_table: Write):
    rows = [["entretien", "OPP", "CONFLIT"], ["E01", "refus de répondre", "Refus de répondre"]]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert {(coding.status, coding.value) for coding in coded.codings} == {("refus", None)}


def test_yes_means_nothing_on_a_scale_of_five(tmp_path: Path, write_table: Write):
    coded = read_codings(write_table(tmp_path / "g.csv", [["entretien", "OPP", "RISQ"], ["E01", "oui", "1"]]), K1)
    with pytest.raises(InputError) as raised:
        settle(coded)
    assert [problem.line for problem in raised.value.problems] == [2]


def test_what_the_grille_says_of_the_interview_is_kept(tmp_path: Path, write_table: Write):
    rows = [
        ["entretien", "Secteur", "Où", "Mois", "OPP", "RISQ", "age"],
        ["E01", "Privé", "rural", "2026-03-09", "1", "1", "52"],
    ]
    coded = read_codings(write_table(tmp_path / "g.csv", rows), Options(coder="K1", columns={"où": "zone"}))
    assert coded.attributes == {"E01": {"sector": "prive", "zone": "rural", "month": "2026-03"}}
    assert [notice.values for notice in coded.notices] == [{"count": 1}]


@pytest.mark.parametrize("fictive", [True, False])
def test_a_fictive_grille_says_so(fictive: bool, tmp_path: Path, write_workbook: Write):
    titles = [["DONNÉES FICTIVES – exemple"]] if fictive else []
    coded = read_codings(write_workbook(tmp_path / "g.xlsx", {"s": [*titles, *ROWS]}), K1)
    assert coded.synthetic is fictive


@pytest.mark.parametrize("column", ["Nom", "Prénom", "Téléphone", "Courriel", "Verbatim", "Extraits", "Commentaires"])
def test_a_column_of_people_or_words_is_refused(column: str, tmp_path: Path, write_table: Write):
    rows = [[*HEADER, column], ["E01", "3", "2", "oui", "4", "Zorglub"]]
    with pytest.raises(PrivacyError) as raised:
        read_codings(write_table(tmp_path / "g.csv", rows), K1)
    assert "Zorglub" not in str(raised.value)
    assert len(raised.value.problems) == 1


def problems(rows: Sequence[Sequence[object]], path: Path, write_table: Write) -> list[tuple]:
    with pytest.raises(InputError) as raised:
        read_codings(write_table(path, rows), K1, "grid")
    return [(problem.message.partition(".")[2], problem.line, problem.field) for problem in raised.value.problems]


def test_every_problem_of_a_grille_is_told_at_once(tmp_path: Path, write_table: Write):
    header = ["entretien", "OPP", "OPP", "COOP_PORP", "CONTRIB[temps]", "RISQ"]
    rows = [header, ["", "1", "", "", "", ""], ["E01", "1", "1", "", "often", "1"]]
    assert problems(rows, tmp_path / "g.csv", write_table) == [
        ("unknown_code", 1, "D"),
        ("repeated_column", 1, "C"),
        ("row_without_identifier", 2, "B"),
        ("not_yes_or_no", 3, "E"),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a", "b"], ["1", "2"]], "no_header"),
        ([["code", "E01"], ["OPP", "1"], ["RISQ", "2"], ["VOC", "3"]], "transposed"),
        ([["OPP", "RISQ"], ["1", "2"]], "no_identifier_column"),
    ],
)
def test_a_table_that_is_no_grille_is_told(rows: list[list[str]], message: str, tmp_path: Path, write_table: Write):
    assert problems(rows, tmp_path / "g.csv", write_table)[0][0] == message
