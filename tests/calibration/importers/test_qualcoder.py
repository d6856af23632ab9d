"""QualCoder projects of every schema, cases, and the key of pseudonyms that lies in their folder."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options, read_codings
from ectsim.errors import InputError, PrivacyError

Write = Callable[..., Path]
FILES = """
INSERT INTO source VALUES (1, 'E01', 'words', NULL, NULL, 'K1', ''), (2, 'E02', 'words', NULL, NULL, 'K1', '');
INSERT INTO code_cat VALUES (1, 'Coopération', 'K1', '', NULL, NULL), (2, 'COOP_PROP', 'K1', '', NULL, 1);
INSERT INTO code_name (cid, name, catid) VALUES (1, '3', 2), (2, 'OPP=2', NULL);
INSERT INTO code_text VALUES (1, 1, 1, 'words', 0, 5, 'K1', '', NULL, NULL, NULL),
    (2, 2, 2, 'words', 0, 5, 'K2', '', 'a memo', NULL, 1);
"""


@pytest.mark.parametrize("schema", range(8, 18))
def test_every_schema_is_read(schema: int, tmp_path: Path, write_qualcoder: Write):
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES, schema), Options())
    assert [(coding.document, coding.coder, coding.code) for coding in coded.codings] == [
        ("E01", "K1", ("Coopération", "COOP_PROP", "3")),
        ("E02", "K2", ("OPP=2",)),
    ]
    assert coded.documents == ("E01", "E02")


@pytest.mark.parametrize("schema", [7, 18])
def test_another_schema_is_told(schema: int, tmp_path: Path, write_qualcoder: Write):
    with pytest.raises(InputError) as raised:
        read_codings(write_qualcoder(tmp_path / "p.qda", FILES, schema), Options())
    assert raised.value.problems[0].values == {"given": schema, "first": 8, "last": 17}


def test_codes_nest_from_schema_17(tmp_path: Path, write_qualcoder: Write):
    nested = """UPDATE code_name SET name = 'COOP_PROP', catid = 1 WHERE cid = 2;
    UPDATE code_name SET supercid = 2, catid = NULL WHERE cid = 1;"""
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + nested, 17), Options())
    assert coded.codings[0].code == ("Coopération", "COOP_PROP", "3")


def test_codes_in_a_circle_end(tmp_path: Path, write_qualcoder: Write):
    circle = "UPDATE code_name SET supercid = 3 - cid, catid = NULL;"
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + circle, 17), Options())
    assert coded.codings[0].code == ("OPP=2", "3")


def test_documents_named_after_their_files_keep_their_identifier(tmp_path: Path, write_qualcoder: Write):
    named = """UPDATE source SET name = name || '.docx';
    INSERT INTO attribute VALUES (2, 'zone', 'file', 'rural', 1, '', '');"""
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + named), Options(documents={"E02.docx": "E12"}))
    assert [coding.document for coding in coded.codings] == ["E01", "E12"]
    assert coded.attributes == {"E01": {"zone": "rural"}}


def test_a_tree_in_a_circle_ends(tmp_path: Path, write_qualcoder: Write):
    circle = "UPDATE code_cat SET supercatid = 2 WHERE catid = 1;"
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + circle), Options())
    assert coded.codings[0].code == ("Coopération", "COOP_PROP", "3")


def test_pictures_and_recordings_are_coded_too(tmp_path: Path, write_qualcoder: Write):
    more = """INSERT INTO code_image (imid, id, cid, owner) VALUES (1, 1, 2, 'K1');
    INSERT INTO code_av (avid, id, cid, owner) VALUES (1, 2, 1, 'K1');"""
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + more), Options())
    assert [coding.document for coding in coded.codings] == ["E01", "E02", "E01", "E02"]


def test_memos_are_counted_and_only_asked_for_synthesis(tmp_path: Path, write_qualcoder: Write):
    marked = "UPDATE code_text SET memo = 'SYNTHESE: words' WHERE ctid = 1;"
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + marked), Options())
    assert [coding.synthesis for coding in coded.codings] == [True, False]
    assert {notice.message: notice.values["count"] for notice in coded.notices} == {"imports.left.notes": 2}


def test_a_listed_coder_may_have_coded_nothing(tmp_path: Path, write_qualcoder: Write):
    listed = "INSERT INTO coder_names VALUES ('K1'), ('K3'), ('Somebody');"
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + listed, 14), Options())
    assert coded.coders == ("K1", "K3", "K2")
    counts = {notice.message: notice.values["count"] for notice in coded.notices}
    assert counts["imports.left.idle_coders"] == 2


CASES = """INSERT INTO cases VALUES (1, 'E07', NULL, 'K1', ''), (9, 'of no file', NULL, 'K1', '');
INSERT INTO case_text (caseid, fid) VALUES (1, 1);
INSERT INTO attribute VALUES (1, 'Secteur', 'case', 'public', 1, '', 'K1'), (2, 'zone', 'file', 'rural', 1, '', 'K1'),
    (3, 'age', 'case', '52', 1, '', 'K1'), (4, 'Secteur', 'case', 'prive', 9, '', 'K1');"""


def test_a_case_can_be_the_interview(tmp_path: Path, write_qualcoder: Write):
    options = Options(unit="case", columns={"secteur": "sector"})
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + CASES), options)
    assert [coding.document for coding in coded.codings] == ["E07"]
    assert coded.attributes == {"E07": {"sector": "public"}}
    assert "imports.left.outside_cases" in {notice.message for notice in coded.notices}


def test_attributes_of_files_describe_files(tmp_path: Path, write_qualcoder: Write):
    coded = read_codings(write_qualcoder(tmp_path / "p.qda", FILES + CASES), Options())
    assert coded.attributes == {"E01": {"zone": "rural"}}


def test_a_file_of_several_cases_would_need_positions(tmp_path: Path, write_qualcoder: Write):
    shared = "INSERT INTO cases (caseid, name) VALUES (2, 'E08'); INSERT INTO case_text (caseid, fid) VALUES (2, 1);"
    with pytest.raises(InputError) as raised:
        read_codings(write_qualcoder(tmp_path / "p.qda", FILES + CASES + shared), Options(unit="case"))
    assert raised.value.problems[0].message == "imports.shared_file"


def test_the_key_of_pseudonyms_stops_the_import(tmp_path: Path, write_qualcoder: Write):
    folder = write_qualcoder(tmp_path / "p.qda", FILES)
    (folder / "pseudonyms.json").write_text('[["Zorglub", "P1"]]', encoding="utf-8")
    with pytest.raises(PrivacyError) as raised:
        read_codings(folder, Options())
    assert raised.value.problems[0].message == "imports.key_file"
    assert "Zorglub" not in str(raised.value)


def test_nothing_in_the_folder_is_touched(tmp_path: Path, write_qualcoder: Write):
    folder = write_qualcoder(tmp_path / "p.qda", FILES)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    read_codings(folder / "data.qda", Options())
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_a_project_open_elsewhere_is_not_half_read(tmp_path: Path, write_qualcoder: Write):
    folder = write_qualcoder(tmp_path / "p.qda", FILES)
    connection = sqlite3.connect(folder / "data.qda")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("INSERT INTO code_text (cid, fid, owner) VALUES (1, 2, 'K1')")
    connection.commit()
    with pytest.raises(InputError) as raised:
        read_codings(folder, Options())
    connection.close()
    assert raised.value.problems[0].message == "imports.still_open"


def test_another_database_is_told(tmp_path: Path):
    folder = tmp_path / "p.qda"
    folder.mkdir()
    connection = sqlite3.connect(folder / "data.qda")
    connection.execute("CREATE TABLE source (id, name)")
    connection.close()
    with pytest.raises(InputError) as raised:
        read_codings(folder, Options())
    assert raised.value.problems[0].message == "imports.not_qualcoder"
