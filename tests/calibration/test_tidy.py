"""Tidy tables: round trips, the dialects people save, mixing, writing whole or not at all."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.cells import read_lines
from ectsim.calibration.census import months
from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.columns import TABLES
from ectsim.calibration.example import example
from ectsim.calibration.tidy import Interviews, checked, from_rows, merge, read_tidy, write_tidy
from ectsim.calibration.values import flag, number, plain_value
from ectsim.errors import InputError, PrivacyError
from ectsim.shipped import shipped_folder

SHIPPED = shipped_folder("calibration") / "example"
INTERVIEW = {
    "interview_id": "E01",
    "actor_id": "A01",
    "synthetic": "false",
    "sector": "prive",
    "actor_type": "entreprise",
    "size_class": "0-9",
    "zone": "rural",
    "month": "2026-03",
    "duration_min": "62.5",
    "consent_analysis": "true",
    "consent_sharing": "false",
}
CODING = {"interview_id": "E01", "coder_id": "K1", "code": "COOP_PROP", "status": "code", "value": "3"}
REAL = {"interviews": [INTERVIEW], "codings": [CODING | {"synthetic": "false"}]}


def same(one: Interviews, other: Interviews) -> bool:
    return all(one.table(name).equals(other.table(name)) for name in TABLES) and one.synthetic == other.synthetic


def test_what_is_written_reads_back(tmp_path: Path):
    write_tidy(example(), tmp_path / "study")
    assert same(read_tidy(tmp_path / "study"), example())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("yes", ["true", "oui", "1", "VRAI"])
def test_every_dialect_reads_the_same(tmp_path: Path, encoding: str, separator: str, yes: str):
    for name, rows in REAL.items():
        columns = list(TABLES[name].columns)
        lines = [separator.join(columns)]
        for row in rows:
            cells = [row.get(column, "") for column in columns]
            cells = [yes if cell == "true" else cell for cell in cells]
            if separator == ";":
                cells = [cell.replace("62.5", "62,5") for cell in cells]
            lines.append(separator.join(cells))
        (tmp_path / f"{name}.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    assert same(read_tidy(tmp_path), from_rows(REAL))


def test_cp1252_keeps_accents(tmp_path: Path):
    (tmp_path / "interviews.csv").write_text("é", encoding="cp1252")
    (tmp_path / "codings.csv").write_text(";".join(TABLES["codings"].columns) + "\n", encoding="cp1252")
    with pytest.raises(InputError) as caught:
        read_tidy(tmp_path)
    assert "é" in {problem.field for problem in caught.value.problems}


def test_coded_values_take_their_plain_form():
    codes = load_codebook().codes
    assert plain_value(codes["COOP_PROP"], "3,0") == "3"
    assert plain_value(codes["CONFLIT"], "oui") == "1"
    assert plain_value(codes["CONTREP"], "lien | financiere|lien") == "financiere|lien"
    assert plain_value(codes["CONTREP"], "") == ""
    assert plain_value(codes["RES_TPS"], "2,5") == "2.5"
    assert plain_value(codes["AMI_EFF"], "−2") == "-2"
    wrong = [("COOP_PROP", "5"), ("COOP_PROP", "2.5"), ("AMI_EFF", "-3"), ("RECIP", "jamais"), ("SEUIL", "-1")]
    assert [plain_value(codes[code], value) for code, value in wrong] == [None] * 5


@given(st.sampled_from([c for c in load_codebook().codes.values() if c.scale != "F"]), st.text(max_size=12))
def test_a_plain_value_is_its_own_plain_form(code, written):
    plain = plain_value(code, written)
    assert plain is None or plain_value(code, plain) == plain


@given(st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_number_reads_with_point_or_comma(value):
    for written in (f"{value:.3f}", f"{value:.3f}".replace(".", ",")):
        assert number(written) == pytest.approx(value)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_cell(written):
    assert flag(written) in (True, False, None)
    assert isinstance(number(written), float)


def test_real_and_fictive_never_mix(tmp_path: Path):
    with pytest.raises(InputError, match=r"real and fictive|réelles et fictives"):
        merge([example(), from_rows(REAL)])
    rows = {**REAL, "codings": [CODING | {"synthetic": "true"}]}
    write_tidy(from_rows(rows), tmp_path / "mixed")
    with pytest.raises(InputError, match=r"real and fictive|réelles et fictives"):
        read_tidy(tmp_path / "mixed")


def test_nothing_said_of_synthetic_means_real():
    rows = {name: [{k: v for k, v in row.items() if k != "synthetic"} for row in found] for name, found in REAL.items()}
    assert not from_rows(rows).synthetic


def test_imports_of_two_coders_merge_into_one_study():
    whole = example()
    coder = whole.codings["coder_id"]
    parts = [dataclasses.replace(whole, codings=whole.codings[coder == name]) for name in ("K1", "K2")]
    merged = merge(parts)
    assert len(merged.codings) == len(whole.codings)
    assert len(merged.interviews) == len(whole.interviews)


def test_coders_who_contradict_the_same_row_are_refused():
    other = from_rows({**REAL, "codings": [CODING | {"value": "1", "synthetic": "false"}]})
    with pytest.raises(InputError, match=r"repeats|répète"):
        merge([from_rows(REAL), other])


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.odt").write_text("three years")
    with pytest.raises(InputError, match=r"thesis\.odt"):
        write_tidy(example(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_tidy(example(), tmp_path / "study")
    before = {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    monkeypatch.setattr("ectsim.calibration.tidy._written", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_tidy(example(seed=2), tmp_path / "study")
    assert {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_column_of_quotations_is_refused_and_not_quoted(tmp_path: Path):
    for file in SHIPPED.glob("*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines()
        if file.name == "codings.csv":
            lines = [lines[0], lines[1] + ",verbatim", *(line + ",le maire m’a dit CANARI" for line in lines[2:])]
        (tmp_path / file.name).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PrivacyError) as caught:
        read_tidy(tmp_path)
    assert "CANARI" not in str(caught.value)


def test_months_count_from_year_zero():
    found = months(pd.Series(["2026-03", "", "2026-12"]))
    assert found[0] == 2026 * 12 + 2
    assert pd.isna(found[1])
    assert found[2] - found[0] == 9


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("Grille v2\nid;RES_TPS\nE01;2,5\n", ["E01", "2,5"]),
        ("id;RES_TPS\nE01;2,5\n", ["E01", "2,5"]),
        ("Grille, version 2, finale\nid;CONTRIB\nE01;temps, argent, local\n", ["E01", "temps, argent, local"]),
        ("id,CONTRIB\nE01,temps; argent\n", ["E01", "temps; argent"]),
        ('id,CONTRIB\nE01,"a;b;c;d"\n', ["E01", "a;b;c;d"]),
        ("id\tRES_TPS\nE01\t2,5\n", ["E01", "2,5"]),
        ("id\nE01\n", ["E01"]),
    ],
)
def test_the_separator_is_found_whatever_the_title_and_the_cells(tmp_path: Path, content: str, cells: list[str]):
    (tmp_path / "grid.csv").write_text(content, encoding="utf-8")
    assert read_lines(tmp_path / "grid.csv")[-1][1] == cells


def test_a_very_long_cell_is_read(tmp_path: Path):
    (tmp_path / "long.csv").write_text(f"id,content\nE01,{'x' * 200_000}\n", encoding="utf-8")
    assert len(read_lines(tmp_path / "long.csv")[1][1][1]) == 200_000


@pytest.mark.parametrize("written", ["=1+1", "@sum", "+ok", "'=x"])
def test_cells_are_safe_in_a_spreadsheet_and_read_back(tmp_path: Path, written: str):
    project = {"project_id": "R01", "synthetic": "false", "n_public": "2", "legal_form": written}
    write_tidy(from_rows(REAL | {"projects": [project]}), tmp_path / "study")
    assert f",'{written}," in (tmp_path / "study" / "projects.csv").read_text("utf-8")
    assert list(read_tidy(tmp_path / "study").projects["legal_form"]) == [written]


def test_negative_values_stay_numbers(tmp_path: Path):
    coding = REAL["codings"][0] | {"code": "AMI_EFF", "value": "-1"}
    write_tidy(from_rows(REAL | {"codings": [coding]}), tmp_path / "study")
    assert ",-1," in (tmp_path / "study" / "codings.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "column", "given"),
    [
        ("interviews", "interview_id", "canari"),
        ("interviews", "actor_id", "Canari Jean"),
        ("codings", "coder_id", "Canari"),
        ("ties", "target", "Ferme Canari"),
        ("projects", "project_id", "Ferme Canari"),
        ("projects", "interview_ids", "E01|Canari"),
    ],
)
def test_whoever_is_named_is_refused_and_not_repeated(tmp_path: Path, table: str, column: str, given: str):
    rows = {name: [dict(row) for row in found] for name, found in REAL.items()}
    rows["ties"] = [{"source": "A01", "target": "P1", "coder_id": "K1", "synthetic": "false"}]
    rows["projects"] = [{"project_id": "R01", "synthetic": "false"}]
    rows[table][0][column] = given
    made = from_rows(rows)
    write_tidy(made, tmp_path / "study")
    for reading in (lambda: read_tidy(tmp_path / "study"), lambda: checked(made)):
        with pytest.raises(PrivacyError) as raised:
            reading()
        assert {(one.message, one.field) for one in raised.value.problems} == {("imports.no_pseudonym", column)}
        assert "anari" not in str(raised.value)


def test_partners_have_identifiers(tmp_path: Path):
    coding = REAL["codings"][0] | {"code": "CONF", "target": "la ferme Canari"}
    write_tidy(from_rows(REAL | {"codings": [coding]}), tmp_path / "study")
    with pytest.raises(PrivacyError) as raised:
        read_tidy(tmp_path / "study")
    assert [one.field for one in raised.value.problems] == ["target"]


def test_the_header_is_named_by_its_line(tmp_path: Path):
    write_tidy(example(), tmp_path / "study")
    file = tmp_path / "study" / "frame.csv"
    file.write_text(file.read_text("utf-8").replace("size_class", "size", 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_tidy(tmp_path / "study")
    assert {(one.line, one.field) for one in raised.value.problems} == {(2, "size_class"), (2, "size")}
