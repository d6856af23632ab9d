"""Every fault of tidy files is found, in one go, with file, line, field and the nearest name."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from ectsim.calibration.checking import check_rows
from ectsim.calibration.example import example
from ectsim.calibration.tidy import read_tidy, write_tidy
from ectsim.errors import InputError, Problem

LINE_OF_FIRST_ROW = 3
"""After the line that says the tables are fictive and the titles."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with the codings of one interview: every table, quickly read."""
    whole, made = example(), tmp_path_factory.mktemp("made") / "study"
    codings = whole.codings[whole.codings["interview_id"] == "E01"].reset_index(drop=True)
    write_tidy(dataclasses.replace(whole, codings=codings), made)
    return made


@pytest.fixture
def folder(study: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(study, tmp_path / "study"))


def change(folder: Path, table: str, row: int, **cells: str) -> int:
    """Change cells of a row, counted from 0; give its line."""
    file = folder / f"{table}.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    columns, place = lines[1].split(","), row + 2
    values = dict(zip(columns, lines[place].split(","), strict=True)) | cells
    lines[place] = ",".join(values[column] for column in columns)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place + 1


def faults(folder: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_tidy(folder)
    return list(caught.value.problems)


FAULTS = [
    ("interviews", {"sector": "privé"}, "not_one_of", "sector", "prive"),
    ("interviews", {"zone": ""}, "empty", "zone", None),
    ("interviews", {"month": "2026-13"}, "not_a_month", "month", None),
    ("interviews", {"duration_min": "une heure"}, "not_a_number", "duration_min", None),
    ("interviews", {"consent_analysis": "peut-être"}, "not_a_flag", "consent_analysis", None),
    ("interviews", {"sector": "prive"}, "sector_of_kind", "actor_type", None),
    ("codings", {"code": "INT_TEME"}, "unknown_code", "code", "INT_THEME"),
    ("codings", {"target": "energi"}, "not_one_of", "target", "energie"),
    ("codings", {"target": ""}, "target_missing_theme", "target", None),
    ("codings", {"value": "7"}, "off_scale_O", "value", None),
    ("codings", {"value": ""}, "value_missing", "value", None),
    ("codings", {"status": "refus"}, "value_unasked", "value", None),
    ("codings", {"status": "refusé"}, "not_one_of", "status", "refus"),
    ("codings", {"interview_id": "E99"}, "orphan", "interview_id", "E19"),
    ("codings", {"confidence": "1.5"}, "not_whole", "confidence", None),
    ("codings", {"confidence": "3"}, "not_a_number", "confidence", None),
    ("codings", {"code": "OPP"}, "target_unasked", "target", None),
    ("codings", {"code": "RECIP", "target": "", "value": "conditionelle"}, "not_one_of", "value", "conditionnelle"),
    ("codings", {"code": "CONTREP", "target": "", "value": "lien|aucune"}, "none_and_some", "value", None),
    ("codings", {"code": "LIBRE", "target": "", "value": "note"}, "free_note", "value", None),
    ("ties", {"source": "A99"}, "orphan", "source", "A19"),
    ("ties", {"trust": "5"}, "not_a_number", "trust", None),
    ("frame", {"n_population": "-3"}, "not_a_number", "n_population", None),
    ("projects", {"start_month": "2026-07"}, "order", None, None),
    ("projects", {"alive": "false", "end_month": "", "stage": "emerge"}, "dead_without_end", "alive", None),
    ("projects", {"alive": "true", "stage": "arrete"}, "alive_yet_ended", "alive", None),
    ("projects", {"interview_ids": "E01|E77"}, "orphan", "interview_ids", "E17"),
    (
        "projects",
        {"n_public": "1", "n_prive": "0", "n_societe_civile": "0", "n_soutien": "0"},
        "too_few_partners",
        None,
        None,
    ),
]


@pytest.mark.parametrize(
    ("table", "cells", "message", "field", "nearest"), FAULTS, ids=[f"{f[0]}-{f[2]}-{f[3]}" for f in FAULTS]
)
def test_each_fault_is_placed(folder: Path, table: str, cells: dict, message: str, field, nearest):
    line = change(folder, table, 0, **cells)
    found = [p for p in faults(folder) if p.message == f"interviews.{message}" and p.line == line]
    assert found
    assert Path(str(found[0].file)).name == f"{table}.csv"
    assert field in (None, found[0].field)
    assert nearest in (None, found[0].nearest)


def test_all_faults_come_in_one_go(folder: Path):
    change(folder, "interviews", 0, zone="la lune")
    change(folder, "codings", 5, code="OP")
    change(folder, "projects", 3, start_month="hier")
    assert {Path(str(problem.file)).stem for problem in faults(folder)} == {"interviews", "codings", "projects"}


def test_a_repeated_row_names_the_first(folder: Path):
    lines = (folder / "codings.csv").read_text(encoding="utf-8").splitlines()
    (folder / "codings.csv").write_text("\n".join([*lines, lines[2]]), encoding="utf-8")
    (problem,) = faults(folder)
    assert problem.message == "interviews.repeated_row"
    assert (problem.line, problem.values["first"]) == (len(lines) + 1, str(LINE_OF_FIRST_ROW))


def test_a_census_may_lack_columns_that_may_be_empty(folder: Path):
    (folder / "projects.csv").write_text("project_id;synthetic;origin\nR01;oui;ami\n", encoding="cp1252")
    projects = read_tidy(folder).projects
    assert (list(projects["origin"]), list(projects["stage"])) == (["ami"], [""])


def test_columns_missing_and_unknown_are_told_with_the_nearest(folder: Path):
    file = folder / "codings.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("coder_id", "coder_ids", 1), encoding="utf-8")
    found = {(problem.message, problem.field, problem.nearest) for problem in faults(folder)}
    assert ("interviews.missing_column", "coder_id", "coder_ids") in found
    assert ("interviews.unknown_column", "coder_ids", "coder_id") in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty_file"),
        (b"\x00\x01", "not_text"),
        (b'interview_id,"actor', "csv"),
        (b"a,b\n1,2,3\n", "cells"),
        (b"a,a\n1,2\n", "repeated_column"),
    ],
)
def test_files_that_are_no_tables(folder: Path, content: bytes, message: str):
    (folder / "ties.csv").write_bytes(content)
    assert f"interviews.{message}" in {problem.message for problem in faults(folder)}


def test_a_missing_file_is_told(folder: Path):
    (folder / "codings.csv").rename(folder / "coding.csv")
    found = [problem for problem in faults(folder) if problem.message == "interviews.missing_file"]
    assert found[0].nearest == "coding.csv"


def test_an_incomplete_census_is_accepted(folder: Path):
    lines = (folder / "projects.csv").read_text(encoding="utf-8").splitlines()
    columns = lines[1].split(",")
    bare = ",".join({"project_id": "R99", "synthetic": "true"}.get(column, "") for column in columns)
    (folder / "projects.csv").write_text("\n".join([*lines, bare]), encoding="utf-8")
    assert len(read_tidy(folder).projects) == 31


def test_what_was_written_in_a_wrong_cell_is_not_repeated(folder: Path):
    secret = "il m’a confié que Canari partait"
    line = change(folder, "codings", 0, value=secret, n_segments=secret, status=secret, code=secret)
    told = "\n".join(str(problem) for problem in faults(folder))
    assert f":{line}" in told
    assert "Canari" not in told


def test_nothing_is_wrong_with_the_example(folder: Path):
    assert not list(check_rows({}))
    assert read_tidy(folder).synthetic
