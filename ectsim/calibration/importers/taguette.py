"""Taguette exports: ``highlights.csv`` or ``.xlsx``, and the SQLite file of a project. None of them names the coder.

So each coder exports their own file, and ``Options.coder`` says whose it is. Highlighted passages are not kept.
"""

from collections.abc import Sequence
from pathlib import Path

from ectsim.calibration.archives import columns_of, fetch, open_database
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet, read_sheets
from ectsim.errors import InputError, Problem

HIGHLIGHTS = ("id", "document", "tag", "content")
SQLITE = (".sqlite3", ".sqlite", ".db")
READABLE = {
    "projects": ("id",),
    "documents": ("id", "name"),
    "tags": ("id", "path"),
    "highlights": ("id", "document_id"),
    "highlight_tags": ("highlight_id", "tag_id"),
}


def _is_highlights(sheet: Sheet) -> bool:
    """Whether a table is Taguette's list of highlights."""
    return bool(sheet.rows) and tuple(cell.casefold() for cell in sheet.rows[0][1][: len(HIGHLIGHTS)]) == HIGHLIGHTS


def _recognises(path: Path, sheets: Sequence[Sheet]) -> bool:
    return (path.is_file() and path.suffix.lower() in SQLITE) or any(map(_is_highlights, sheets))


def _read(path: Path, options: Options) -> Coded:
    if path.suffix.lower() in SQLITE:
        return _project(path, options)
    sheet = next((sheet for sheet in read_sheets(path) if _is_highlights(sheet)), None)
    if sheet is None:
        raise InputError([Problem("imports.not_taguette", file=path)])
    codings, problems = [], []
    for line, cells in sheet.rows[1:]:
        _, document, tag, *_ = [*cells, "", "", ""]
        if document and tag:
            codings.append(Coding(document, options.coder or "", (tag,), line=line, field="tag"))
        else:
            problems.append(Problem("imports.empty", {}, path, line, "tag" if document else "document"))
    if problems:
        raise InputError(problems)
    return _coded(path, options, codings, [coding.document for coding in codings], [c.code[0] for c in codings])


def _project(path: Path, options: Options) -> Coded:
    with open_database(path, READABLE) as connection:
        if not all(columns_of(connection, table) for table in READABLE):
            raise InputError([Problem("imports.not_taguette", file=path)])
        projects = fetch(connection, "SELECT id FROM projects", path)
        if len(projects) != 1:
            raise InputError([Problem("imports.several_projects", {"count": len(projects)}, path)])
        documents = {
            one: str(name or "").strip() for one, name in fetch(connection, "SELECT id, name FROM documents", path)
        }
        tags = {one: str(name or "").strip() for one, name in fetch(connection, "SELECT id, path FROM tags", path)}
        put = fetch(
            connection,
            "SELECT h.document_id, t.tag_id FROM highlights h JOIN highlight_tags t ON t.highlight_id = h.id "
            "ORDER BY h.id, t.tag_id",
            path,
        )
    codings = [
        Coding(documents[document], options.coder or "", (tags[tag],))
        for document, tag in put
        if document in documents and tag in tags
    ]
    return _coded(path, options, codings, list(documents.values()), list(tags.values()))


def _coded(path: Path, options: Options, codings: list[Coding], documents: list[str], tags: list[str]) -> Coded:
    return Coded(
        path,
        tuple(codings),
        (options.coder,) if options.coder else (),
        tuple(dict.fromkeys(documents)),
        tuple((tag,) for tag in dict.fromkeys(tags)),
    )


IMPORTER = Importer("taguette", _recognises, _read)
