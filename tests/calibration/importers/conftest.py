"""Files of every format, made small, each with words in every place where a real one has words."""

import csv
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ectsim.calibration.importers import Options

QDA = 'xmlns="urn:QDA-XML:project:1.0"'
CODEBOOK = """<CodeBook><Codes>
<Code guid="C-1" name="COOP_PROP" isCodable="false"><Description>{words}</Description>
<Code guid="C-3" name="3" isCodable="true"/></Code>
<Code guid="C-4" name="INT_THEME[energie]=4" isCodable="true"/>
</Codes></CodeBook>"""
PROJECT = f"""<Project {QDA} name="{{words}}" origin="a test">
<Users><User guid="U-1" name="K1"/><User guid="U-2" name="K2"/></Users>
{CODEBOOK}
<Sources><TextSource guid="S-1" name="E01" plainTextPath="internal://S-1.txt"><Description>{{words}}</Description>
<PlainTextSelection guid="P-1" name="{{words}}" startPosition="0" endPosition="9">
<Description>{{words}}</Description>
<Coding guid="X-1" creatingUser="U-1"><CodeRef targetGUID="C-3"/></Coding></PlainTextSelection>
</TextSource></Sources>
<Notes><Note guid="N-1" name="{{words}}"><PlainTextContent>{{words}}</PlainTextContent></Note></Notes>
</Project>"""
QUALCODER = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
    date text);
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
    color text{code_name});
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
    owner text, date text, memo text, avid integer, important integer);
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer,
    cid integer, memo text, date text, owner text, important integer);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text,
    date text, owner text, important integer);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text,
    date text, memo text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
    owner text);
{later}
"""
CODER_NAMES = "CREATE TABLE coder_names (name text unique not null);"
TAGUETTE = """
CREATE TABLE projects (id integer primary key, name text, description text);
CREATE TABLE documents (id integer primary key, name text, description text, filename text, project_id integer,
    contents text);
CREATE TABLE tags (id integer primary key, project_id integer, path text, description text);
CREATE TABLE highlights (id integer primary key, document_id integer, start_offset integer, end_offset integer,
    snippet text);
CREATE TABLE highlight_tags (highlight_id integer, tag_id integer);
CREATE TABLE commands (id integer primary key, date text, user_login text, project_id integer, payload text);
"""
SEGMENTS = [
    *("Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight", "Segment"),
    *("Area", "Coverage", "Author", "Creation date"),
]


def archive(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


@pytest.fixture
def write_archive() -> Callable[[Path, dict[str, str | bytes]], Path]:
    """Write a zip archive: ``write_archive(path, {member: content})``."""
    return archive


@pytest.fixture
def project_of() -> Callable[..., str]:
    """REFI-QDA XML of a project: ``project_of(sources="…", users="…", codes="…", rest="…")``."""

    def make(sources: str = "", users: str = "", codes: str | None = None, rest: str = "") -> str:
        book = CODEBOOK.format(words="") if codes is None else codes
        return f"<Project {QDA}><Users>{users}</Users>{book}<Sources>{sources}</Sources>{rest}</Project>"

    return make


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(path)
    book.close()
    return path


@pytest.fixture
def write_workbook() -> Callable[..., Path]:
    """Write an XLSX file: ``write_workbook(path, {sheet: rows}, merged=["A1:B1"])``."""
    return workbook


def table(path: Path, rows: Sequence[Sequence[object]], separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=separator).writerows(rows)
    return path


@pytest.fixture
def write_table() -> Callable[..., Path]:
    """Write a CSV file: ``write_table(path, rows, separator=",", encoding="utf-8")``."""
    return table


def qualcoder(folder: Path, statements: str, schema: int = 11) -> Path:
    """Write a QualCoder project of any schema; version 14 lists coders, version 17 nests codes."""
    folder.mkdir()
    later = CODER_NAMES if schema >= 14 else ""
    code_name = ", supercid integer" if schema >= 17 else ""
    connection = sqlite3.connect(folder / "data.qda")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(QUALCODER.format(code_name=code_name, later=later))
    connection.execute("INSERT INTO project VALUES (?, '', '', '')", [f"v{schema}"])
    connection.executescript(statements)
    connection.commit()
    connection.close()
    return folder


@pytest.fixture
def write_qualcoder() -> Callable[..., Path]:
    """Write a QualCoder project: ``write_qualcoder(folder, "INSERT …;", schema=11)``."""
    return qualcoder


def taguette(path: Path, statements: str) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(TAGUETTE + statements)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def write_taguette() -> Callable[[Path, str], Path]:
    """Write the SQLite file of a Taguette project: ``write_taguette(path, "INSERT …;")``."""
    return taguette


def _refi(folder: Path, words: str) -> Path:
    return archive(folder / "p.qdpx", {"project.qde": PROJECT.format(words=words), "sources/S-1.txt": words})


def _qdc(folder: Path, words: str) -> Path:
    book = CODEBOOK.format(words=words).replace("<CodeBook>", '<CodeBook xmlns="urn:QDA-XML:codebook:1.0">')
    (folder / "c.qdc").write_text(book, encoding="utf-8")
    return folder / "c.qdc"


def _qualcoder(folder: Path, words: str) -> Path:
    statements = f"""INSERT INTO source VALUES (1, 'E01', '{words}', '{words}', '{words}', 'K1', '');
    INSERT INTO code_cat VALUES (1, 'COOP_PROP', 'K1', '', '{words}', NULL);
    INSERT INTO code_name VALUES (1, '3', '{words}', 1, 'K1', '', '');
    INSERT INTO code_text VALUES (1, 1, 1, '{words}', 0, 9, 'K1', '', '{words}', NULL, NULL);
    INSERT INTO cases VALUES (1, 'E01', '{words}', 'K1', '');"""
    return qualcoder(folder / "p.qda", statements)


def _taguette_sqlite(folder: Path, words: str) -> Path:
    statements = f"""INSERT INTO projects VALUES (1, '{words}', '{words}');
    INSERT INTO documents VALUES (1, 'E01', '{words}', '{words}', 1, '{words}');
    INSERT INTO tags VALUES (1, 1, 'COOP_PROP=3', '{words}');
    INSERT INTO highlights VALUES (1, 1, 0, 9, '{words}'); INSERT INTO highlight_tags VALUES (1, 1);
    INSERT INTO commands VALUES (1, '', '{words}', 1, '{words}');"""
    return taguette(folder / "t.sqlite3", statements)


def _taguette_csv(folder: Path, words: str) -> Path:
    return table(folder / "highlights.csv", [["id", "document", "tag", "content"], ["1", "E01", "COOP_PROP=3", words]])


def _maxqda(folder: Path, words: str) -> Path:
    row = ["●", words, words, "E01", "COOP_PROP", 1, 2, 3, words, 9, 0.1, "K1", "2026-01-01"]
    return workbook(folder / "m.xlsx", {words[:20]: [SEGMENTS, row, [*row[:7], 2, *row[8:]]]})


def _nvivo_matrix(folder: Path, words: str) -> Path:
    return workbook(folder / "n.xlsx", {"s": [["", "A : E01"], ["1 : COOP_PROP=3", 2]], words[:20]: [[words]]})


def _grid_xlsx(folder: Path, words: str) -> Path:
    rows = [[f"{words} (titre)"], ["interview_id", "COOP_PROP", "OPP", "LIBRE"], ["E01", 3, 2, words]]
    return workbook(folder / "g.xlsx", {"K1": rows, "Notice": [[words]]})


def _grid_csv(folder: Path, words: str) -> Path:
    rows = [["interview_id", "COOP_PROP", "OPP", "LIBRE"], ["E01", "3", "2", words]]
    return table(folder / "g.csv", rows, ";", "cp1252")


def _tidy_csv(folder: Path, words: str) -> Path:
    header = ["interview_id", "coder_id", "code", "target", "status", "value", "n_segments", "confidence", "synthetic"]
    return table(folder / "codings.csv", [header, ["E01", "K1", "COOP_PROP", "", "code", "3", "1", "2", "false"]])


SAMPLES = {
    "refi": _refi,
    "qdc": _qdc,
    "qualcoder": _qualcoder,
    "taguette_sqlite": _taguette_sqlite,
    "taguette_csv": _taguette_csv,
    "maxqda": _maxqda,
    "nvivo_matrix": _nvivo_matrix,
    "grid_xlsx": _grid_xlsx,
    "grid_csv": _grid_csv,
    "tidy_csv": _tidy_csv,
}
NAMELESS = ("taguette_sqlite", "taguette_csv", "nvivo_matrix", "grid_xlsx", "grid_csv")


@pytest.fixture
def write_sample() -> Callable[[str, Path, str], tuple[Path, Options]]:
    """Write a good file of one kind with words wherever people write freely: its path and the options to read it."""

    def write(kind: str, folder: Path, words: str) -> tuple[Path, Options]:
        return SAMPLES[kind](folder, words), Options(coder="K1" if kind in NAMELESS else None)

    return write
