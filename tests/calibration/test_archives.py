"""Files from strangers are hostile: archives, XML, databases."""

import io
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from ectsim.calibration import archives
from ectsim.calibration.archives import columns_of, fetch, open_archive, open_database, parse_xml, read_member
from ectsim.errors import InputError


def archive(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as raised, open_archive(path) as opened:
        read_member(opened, "a.txt")
    return raised.value.problems[0].message.removeprefix("imports.")


def test_a_member_is_read_in_memory(tmp_path: Path):
    path = archive(tmp_path / "a.zip", [("a.txt", b"abc"), ("b/c.txt", b"")])
    with open_archive(path) as opened:
        assert read_member(opened, "a.txt") == b"abc"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "\\\\host\\share\\evil", "..\\evil", "a\\..\\..\\evil"],
)
def test_a_path_that_leads_outside_is_refused(name: str, tmp_path: Path):
    assert refusal(archive(tmp_path / "a.zip", [("a.txt", b""), (name, b"")])) == "leads_outside"


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path: Path):
    bomb = archive(tmp_path / "a.zip", [("a.txt", bytes(15_000_000)), ("b.txt", bytes(15_000_000))])
    assert bomb.stat().st_size < 100_000
    assert refusal(bomb) == "bomb"


def test_words_that_compress_well_are_no_bomb(tmp_path: Path):
    path = archive(tmp_path / "a.zip", [("a.txt", b"word " * 3_000_000)])
    with open_archive(path) as opened:
        assert len(read_member(opened, "a.txt")) == 15_000_000


def test_a_member_that_declares_less_than_it_holds_is_refused(tmp_path: Path):
    content = bytearray(archive(tmp_path / "a.zip", [("a.txt", bytes(15_000_000))]).read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.index(signature) + offset
        content[place : place + 4] = struct.pack("<I", 10)
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(zipfile.BadZipFile), open_archive(tmp_path / "a.zip") as opened:
        read_member(opened, "a.txt")


def test_a_member_larger_than_its_limit_is_refused(tmp_path: Path):
    path = archive(tmp_path / "a.zip", [("a.txt", b"abcdef")])
    with pytest.raises(InputError) as raised, open_archive(path) as opened:
        read_member(opened, "a.txt", limit=5)
    assert raised.value.problems[0].message == "imports.too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_refused(tmp_path: Path):
    assert refusal(archive(tmp_path / "a.zip", [("a.txt", b"1"), ("a.txt", b"2")])) == "repeated_member"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    assert refusal(archive(tmp_path / "a.zip", [("a.txt", b""), ("b", b""), ("c", b"")])) == "too_many_members"


def test_a_password_is_told(tmp_path: Path):
    content = bytearray(archive(tmp_path / "a.zip", [("a.txt", b"abc")]).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert refusal(tmp_path / "a.zip") == "encrypted"


@pytest.mark.parametrize("kept", [0, 3, 40, 90])
def test_a_truncated_archive_is_refused(kept: int, tmp_path: Path):
    path = archive(tmp_path / "a.zip", [("a.txt", b"abc" * 50)])
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal(path) == "not_an_archive"


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "expansion": f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]><r>&a9;</r>',
    "outside file": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>',
    "outside type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>',
    "parameter": '<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]><r/>',
    "type alone": "<!DOCTYPE r><r/>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("attack", HOSTILE)
def test_xml_that_expands_or_fetches_is_refused(attack: str, encoding: str, tmp_path: Path):
    with pytest.raises(InputError) as raised:
        parse_xml(HOSTILE[attack].encode(encoding), tmp_path)
    assert raised.value.problems[0].message == "imports.unsafe_xml"


@pytest.mark.parametrize(
    "content", [b"", b"<r>", b"<r>\xff</r>", b"<r><s></r>", b'<?xml version="1.0" encoding="x"?><r/>']
)
def test_xml_that_is_not_well_formed_is_told(content: bytes, tmp_path: Path):
    with pytest.raises(InputError):
        parse_xml(content, tmp_path)


def test_the_line_of_a_fault_is_told(tmp_path: Path):
    with pytest.raises(InputError) as raised:
        parse_xml(b"<r>\n<s>\n</r>", tmp_path)
    assert raised.value.problems[0].line == 3


READABLE = {"source": ("id", "name")}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of sources with words, one of them not UTF-8, and views that lead to them or nowhere."""
    path = tmp_path / "d.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        """CREATE TABLE source (id, name, fulltext); INSERT INTO source VALUES (1, 'E01', 'words');
        INSERT INTO source VALUES (2, CAST(x'ff41' AS TEXT), 'words');
        CREATE TABLE secret (id); INSERT INTO secret VALUES (1);
        CREATE VIEW harmless AS SELECT id, name FROM source;
        CREATE VIEW peek AS SELECT id, fulltext AS name FROM source;
        CREATE VIEW cases AS WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n)
        SELECT name FROM n;"""
    )
    connection.close()
    return path


def answer(path: Path, question: str) -> list[tuple]:
    with open_database(
        path, {**READABLE, "peek": ("id", "name"), "harmless": ("id", "name"), "cases": ("name",)}
    ) as connection:
        return fetch(connection, question, path)


def test_named_columns_are_read_and_bad_text_quotes_nothing(database: Path):
    assert answer(database, "SELECT id, name FROM source ORDER BY id") == [(1, "E01"), (2, "\ufffdA")]


@pytest.mark.parametrize(
    "question",
    [
        "SELECT fulltext FROM source",
        "SELECT * FROM source",
        "SELECT length(fulltext) FROM source",
        "SELECT id FROM secret",
        "SELECT count(*) FROM secret",
        "SELECT name FROM peek",
        "SELECT name FROM harmless",
        "SELECT name FROM cases",
        "SELECT sql FROM sqlite_master",
        "UPDATE source SET name = 'x'",
        "DROP TABLE source",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = WAL",
    ],
)
def test_nothing_else_is(question: str, database: Path):
    with pytest.raises(InputError) as raised:
        answer(database, question)
    assert raised.value.problems[0].message == "imports.not_a_database"


def test_a_question_that_never_ends_is_stopped(database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MOST_STEPS", 3)
    endless = " CROSS JOIN ".join(f"source s{n}" for n in range(40))
    with pytest.raises(InputError):
        answer(database, f"SELECT s1.id FROM {endless} WHERE s1.id + s39.id > 100")


def test_too_many_rows_are_refused(database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MOST_ROWS", 1)
    with pytest.raises(InputError) as raised:
        answer(database, "SELECT id FROM source")
    assert raised.value.problems[0].message == "imports.too_many_rows"


def test_a_view_is_no_table(database: Path):
    with open_database(database, READABLE) as connection:
        assert columns_of(connection, "source") == ("id", "name", "fulltext")
        assert columns_of(connection, "peek") == ()


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_unsaved_changes_are_told(suffix: str, database: Path):
    database.with_name(database.name + suffix).write_bytes(b"x")
    with pytest.raises(InputError) as raised:
        answer(database, "SELECT id FROM source")
    assert raised.value.problems[0].message == "imports.still_open"


def test_a_giant_database_is_refused(database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "LARGEST_DATABASE", 100)
    with pytest.raises(InputError) as raised:
        answer(database, "SELECT id FROM source")
    assert raised.value.problems[0].message == "imports.too_large"


def test_what_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "d.db").write_bytes(io.BytesIO(b"words words words words").getvalue())
    with pytest.raises(InputError):
        answer(tmp_path / "d.db", "SELECT id FROM source")
