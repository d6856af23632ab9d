"""Opening files from strangers within limits: archives, XML, SQLite databases. What they hold is read elsewhere.

Nothing is ever extracted: the wanted member of an archive is read into memory, and no message quotes its content.
"""

import functools
import sqlite3
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from defusedxml.ElementTree import DefusedXMLParser

from ectsim.errors import EctsimError, InputError, Problem, system_reason

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element, TreeBuilder

MEGABYTE = 1_000_000
LARGEST_MEMBER = 50 * MEGABYTE
LARGEST_DATABASE = 2_000 * MEGABYTE
LARGEST_TEXT = 50 * MEGABYTE
MOST_MEMBERS = 20_000
MOST_ROWS = 1_000_000
MOST_STEPS = 2_000
STEP = 100_000
SMALL, LARGEST_RATIO = 20 * MEGABYTE, 100
"""An archive that unpacks to more than SMALL may not be LARGEST_RATIO times larger than it is."""
ENCRYPTED = 0x1


def refusing_quietly[**P, R](read: Callable[P, R]) -> Callable[P, R]:
    """Make ``read(path, …)`` fail only with errors of ectsim that remember nothing of the file.

    Parsers of other people quote what they read, and an exception holds those it arose from: a traceback in a log
    would then hold a piece of an interview. Whatever goes wrong is told by its kind alone.
    """

    @functools.wraps(read)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return read(*args, **kwargs)
        except EctsimError as error:
            refusal = error
        except Exception as error:
            # Any kind: a damaged file makes parsers fail in every way, and a defect of ours may quote a cell too.
            refusal = _unreadable(args[0] if args else kwargs.get("path"), error)
        # Raised here, outside the handlers, so that it carries no earlier exception along.
        refusal.__cause__ = refusal.__context__ = refusal.__traceback__ = None
        raise refusal

    return guarded


def _unreadable(path: object, error: Exception) -> InputError:
    file = path if isinstance(path, Path) else None
    if isinstance(error, FileNotFoundError):
        return InputError([Problem("imports.no_file", file=file)])
    if isinstance(error, OSError) and error.errno:
        return InputError([Problem("imports.not_opened", {"reason": system_reason(error)}, file)])
    return InputError([Problem("imports.unreadable", {"kind": type(error).__name__}, file)])


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive, having looked at the names and sizes of all its members.

    Raises
    ------
    InputError
        If it is no zip archive, is damaged, encrypted, unpacks to far more than it should, or names a path outside.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError([Problem("imports.not_an_archive", file=path)]) from error
    with archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise InputError([Problem("imports.too_many_members", {"limit": MOST_MEMBERS}, path)])
        if any(_leads_outside(member.filename) for member in members):
            raise InputError([Problem("imports.leads_outside", file=path)])
        if any(member.flag_bits & ENCRYPTED for member in members):
            raise InputError([Problem("imports.encrypted", file=path)])
        unpacked = sum(member.file_size for member in members)
        if unpacked > max(SMALL, LARGEST_RATIO * path.stat().st_size):
            raise InputError([Problem("imports.bomb", file=path)])
        yield archive


def _leads_outside(name: str) -> bool:
    parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
    return ".." in parts or PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).anchor)


def read_member(archive: zipfile.ZipFile, name: str, limit: int = LARGEST_MEMBER) -> bytes:
    """Content of one member, which must be the only one of that name.

    Raises
    ------
    InputError
        If it is damaged, cut short, stands there twice, or is larger than ``limit`` bytes, whatever it declares.
    """
    path = Path(archive.filename or "")
    if sum(member.filename == name for member in archive.infolist()) != 1:
        raise InputError([Problem("imports.repeated_member", file=path)])
    with archive.open(name) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise InputError([Problem("imports.too_large", {"limit": limit // MEGABYTE}, path)])
    return content


def parse_xml(content: bytes, path: Path, builder: "TreeBuilder | None" = None) -> "Element":
    """Root of an XML document; a document type, an entity or an outside reference is refused.

    ``builder`` receives the events in place of a tree, as in :class:`xml.etree.ElementTree.XMLParser`.

    Raises
    ------
    InputError
        If it is not well formed, or would have the parser expand or fetch something.
    """
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        return parser.close()
    except (SyntaxError, LookupError) as error:  # its own ParseError; an encoding nobody knows
        line = getattr(error, "position", (None,))[0]
        raise InputError([Problem("imports.not_xml", file=path, line=line)]) from error
    except ValueError as error:  # DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
        raise InputError([Problem("imports.unsafe_xml", file=path)]) from error


@contextmanager
def open_database(path: Path, readable: Mapping[str, Collection[str]]) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file to read the named columns of the named tables, and nothing else.

    The file is not touched: no lock, no journal. Views and triggers are not run, reading any other column fails, and
    a question that never ends is stopped.

    Raises
    ------
    InputError
        If the file is no SQLite database, is damaged or too large, or holds changes another program has not saved.
    """
    _check_database(path)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        # By default a text that is not UTF-8 raises an error that quotes it.
        connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_TEXT)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
        steps = iter(range(MOST_STEPS))
        connection.set_progress_handler(lambda: next(steps, None) is None, STEP)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.set_authorizer(functools.partial(_authorised, readable))
        try:
            yield connection
        except sqlite3.Error as error:
            raise InputError([Problem("imports.not_a_database", {"kind": type(error).__name__}, path)]) from error


def _check_database(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(16) == b"SQLite format 3\0":
            raise InputError([Problem("imports.not_a_database", {"kind": "SQLite"}, path)])
    if path.stat().st_size > LARGEST_DATABASE:
        raise InputError([Problem("imports.too_large", {"limit": LARGEST_DATABASE // MEGABYTE}, path)])
    for suffix in ("-wal", "-journal"):
        waiting = path.with_name(path.name + suffix)
        if waiting.is_file() and waiting.stat().st_size:
            raise InputError([Problem("imports.still_open", file=path)])


def _authorised(
    readable: Mapping[str, Collection[str]],
    action: int,
    first: str | None,
    second: str | None,
    _database: str | None,
    source: str | None,
) -> int:
    """Allow to select the readable columns by name; ``source`` names the view or trigger that asks, if one does."""
    if source is not None:
        return sqlite3.SQLITE_DENY
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first is not None and second is not None:
        known = {"sqlite_master": ("type", "name"), **readable}
        # counting rows names no column
        return sqlite3.SQLITE_OK if first in known and second in ("", *known[first]) else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first == "table_info" else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY


def columns_of(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Names of the columns of a table, none when there is no table of that name."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if table not in tables:
        return ()
    return tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{table}")'))


def fetch(connection: sqlite3.Connection, question: str, path: Path) -> list[tuple]:
    """Every row of a question.

    Raises
    ------
    InputError
        If there are more than any project has.
    """
    rows = connection.execute(question).fetchmany(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise InputError([Problem("imports.too_many_rows", {"limit": MOST_ROWS}, path)])
    return rows
