"""Looking through the files git tracks for what must never be among them: interviews, recordings, keys, identities."""

import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ectsim.calibration.archives import refusing_quietly
from ectsim.calibration.importers.tables import read_sheets
from ectsim.calibration.privacy import VERBATIM_COLUMN, column_name, identifying, known_names, names_file
from ectsim.calibration.values import flag
from ectsim.errors import EctsimError, InputError, Problem

RECORDINGS = (
    "wav",
    "mp3",
    "m4a",
    "ogg",
    "opus",
    "flac",
    "wma",
    "amr",
    "mp4",
    "mov",
    "avi",
    "mkv",
    "webm",
    "dss",
    "ds2",
)
TRANSCRIPTS = ("doc", "docx", "odt", "rtf", "srt", "vtt", "eaf", "trs", "textgrid")
PROJECTS = (
    "qda", "qdpx", "nvp", "nvpx", "nvcx", "mx", "mex", "mx12", "mx18", "mx20", "mx22", "mx24", "atlproj", "atlproj22",
    "atlproj23", "hpr7", "rqda", "rtr", "sqlite3", "sqlite", "db",
)  # fmt: skip
KEY_NAMES = ("pseudonyms.json", "names.txt")
KEY_COLUMNS = ("pseudonyme", "pseudonym", "pseudo", "interview_id")
NAME_COLUMNS = ("nom", "prenom", "name", "nom_reel", "real_name", "personne", "person")
NAMES_MAP = re.compile(r"^(?:documents|coders):\s*(?:$|\{|#)", re.MULTILINE)
"""The file that gives documents and coders their identifiers for an import holds the names they had."""
CODING_COLUMNS = ("interview_id", "coder_id", "code")
LARGEST_TEXT = 20_000_000
LONGEST_LINE = 20_000
SPREADSHEETS = ("xlsx", "xlsm")


def check_repository(folder: Path, names: Path | None = None) -> list[Problem]:
    """Everything in the tracked files of a repository that must not be there: file, line and kind, never the thing.

    Parameters
    ----------
    folder : Path
        The repository, or a folder of it.
    names : Path, optional
        The list of names that must never pass; by default the user's.

    Raises
    ------
    InputError
        If the folder is in no git work tree, or git is not installed.
    """
    listed = known_names(names or names_file())
    problems: list[Problem] = []
    for name in _tracked(folder):
        file = folder / name
        if _forbidden(file) is not None:
            problems.append(Problem(f"imports.repository.{_forbidden(file)}", file=Path(name)))
        elif file.is_file() and not file.is_symlink():
            problems.extend(_inside(file, Path(name), listed))
    return problems


def _tracked(folder: Path) -> list[str]:
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise InputError([Problem("imports.repository.no_git", file=folder)]) from error
    if done.returncode != 0:
        raise InputError([Problem("imports.repository.no_work_tree", file=folder)])
    return sorted(filter(None, done.stdout.decode("utf-8", errors="surrogateescape").split("\0")))


def _forbidden(file: Path) -> str | None:
    """Kind of a file that may not be tracked whatever it holds, or None."""
    ending = file.suffix.lower().lstrip(".")
    if file.name.lower() in KEY_NAMES:
        return "key"
    if any(part.lower().endswith(".qda") for part in file.parts):
        return "project"
    for kind, endings in (("recording", RECORDINGS), ("transcript", TRANSCRIPTS), ("project", PROJECTS)):
        if ending in endings:
            return kind
    return None


def _inside(file: Path, name: Path, listed: object) -> Iterator[Problem]:
    if file.suffix.lower().lstrip(".") in SPREADSHEETS:
        lines = _cells(file)
    else:
        content = _text(file)
        lines = [] if content is None else list(enumerate(content.splitlines(), 1))
        if content is not None and file.suffix.lower() in (".csv", ".tsv"):
            yield from _table(file, name)
        if file.suffix.lower() == ".json" and content is not None:
            yield from _json_key(content, name)
        if file.suffix.lower() in (".yaml", ".yml") and content is not None and NAMES_MAP.search(content):
            yield Problem("imports.repository.key", {}, name)
    for line, written in lines:
        kind = identifying(written[:LONGEST_LINE], listed)  # pyright: ignore[reportArgumentType]
        if kind:
            yield Problem(f"imports.identifying.{kind}", {}, name, line)


def _text(file: Path) -> str | None:
    """Text of a file; None when it is binary, or too large to have been written by hand."""
    if file.stat().st_size > LARGEST_TEXT:
        return None
    content = file.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _cells(file: Path) -> list[tuple[int, str]]:
    """Lines of every sheet of a workbook; none when it cannot be read, which is another tool's affair."""
    try:
        sheets = refusing_quietly(read_sheets)(file)
    except EctsimError:
        return []
    return [(line, " ".join(cells)) for sheet in sheets for line, cells in sheet.rows]


def _table(file: Path, name: Path) -> Iterator[Problem]:
    """A CSV of real codings, of words, or that ties pseudonyms to names."""
    try:
        sheets = refusing_quietly(read_sheets)(file)
    except EctsimError:
        return
    for sheet in sheets:
        if not sheet.rows:
            continue
        line, header = sheet.rows[0]
        columns = [column_name(cell) for cell in header]
        if any(VERBATIM_COLUMN.fullmatch(column) for column in columns) and "interview_id" in columns:
            yield Problem("imports.repository.words", {}, name, line)
        if set(columns) & set(KEY_COLUMNS) and set(columns) & set(NAME_COLUMNS):
            yield Problem("imports.repository.key", {}, name, line)
        if set(CODING_COLUMNS) <= set(columns):
            yield from _codings(name, columns, sheet.rows[1:])


def _codings(name: Path, columns: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[Problem]:
    place = columns.index("synthetic") if "synthetic" in columns else None
    for line, cells in rows:
        if place is None or len(cells) <= place or not flag(cells[place]):
            yield Problem("imports.repository.codings", {}, name, line)
            return


def _json_key(content: str, name: Path) -> Iterator[Problem]:
    """A JSON table from names to pseudonyms, under any file name."""
    try:
        value = json.load(io.StringIO(content))
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict) and {"pseudonyms", "pseudonymes"} & {str(key).lower() for key in value}:
        yield Problem("imports.repository.key", {}, name)
