"""MAXQDA's table of coded segments (XLSX, CSV): headers in the user's language, 13 columns always in one order.

The coded passage, the comment and all but the document, the code, the weight and the author are left behind.
"""

from collections.abc import Sequence
from pathlib import Path

from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet, column_letter, read_sheets
from ectsim.calibration.privacy import column_name
from ectsim.errors import InputError, Problem

POSITIONS = {"comment": 1, "interview_id": 3, "code": 4, "weight": 7, "coder_id": 11}
WIDTH = 13
HEADERS = {
    "comment": ("comment", "komentarz", "kommentar", "commentaire", "comentario"),
    "interview_id": ("document_name", "nazwa_dokumentu", "dokumentname", "nom_du_document"),
    "code": ("code", "kod", "codigo"),
    "weight": ("weight", "weight_score", "waga", "gewicht", "poids"),
    "coder_id": ("author", "created_by", "autor", "erstellt_von", "auteur", "cree_par"),
}
"""Headers seen or likely, as column names; any other language goes by position, or by ``Options.columns``."""
UNSET_WEIGHTS = ("", "0", "100")
SYNTHESIS = "synth"


def _places(header: list[str], options: Options) -> dict[str, int]:
    """Place of each column we read, by alias given, known header, or position; those not found are absent."""
    given = {column_name(alias): role for alias, role in options.columns.items()}
    names = [column_name(cell) for cell in header]
    found = {given[name]: place for place, name in enumerate(names) if given.get(name) in POSITIONS}
    for role, aliases in HEADERS.items():
        place = next((place for place, name in enumerate(names) if name in aliases), None)
        if place is not None:
            found.setdefault(role, place)
    if not {"interview_id", "code"} <= found.keys() and len([name for name in names if name]) == WIDTH:
        return POSITIONS | found
    return found


def _is_segments(sheet: Sheet) -> bool:
    if not sheet.rows:
        return False
    places = _places(sheet.rows[0][1], Options())
    return len(sheet.rows[0][1]) >= 4 and {"interview_id", "code", "weight", "coder_id"} <= places.keys()


def _recognises(_path: Path, sheets: Sequence[Sheet]) -> bool:
    return any(map(_is_segments, sheets))


def _read(path: Path, options: Options) -> Coded:
    sheets = read_sheets(path)
    sheet = next((sheet for sheet in sheets if _is_segments(sheet)), sheets[0] if sheets else Sheet("", []))
    places = _places(sheet.rows[0][1], options) if sheet.rows else {}
    missing = [role for role in ("interview_id", "code") if role not in places]
    if missing:
        raise InputError([Problem("imports.column_not_found", {"role": role}, path) for role in missing])
    segments = [
        (line, {role: cells[place] if place < len(cells) else "" for role, place in places.items()})
        for line, cells in sheet.rows[1:]
    ]
    problems = [
        Problem("imports.empty", {}, path, line, column_letter(places[role]))
        for line, cells in segments
        for role in ("interview_id", "code")
        if not cells[role]
    ]
    if problems:
        raise InputError(problems)
    # A weight is 0, in older versions 100, when nobody has set it: one and the same everywhere says nothing.
    weights = {cells.get("weight", "") for _, cells in segments}
    weighted = not any(weights <= {"", unset} for unset in UNSET_WEIGHTS)
    codings = tuple(_coding(line, cells, options, places, weighted=weighted) for line, cells in segments)
    notes = sum(bool(cells.get("comment")) for _, cells in segments)
    unset = sum(weighted and cells.get("weight") == "0" for _, cells in segments)
    notices = {"imports.left.notes": notes, "imports.weight_zero": unset}
    return Coded(
        path,
        codings,
        tuple(dict.fromkeys(coding.coder for coding in codings if coding.coder)),
        tuple(dict.fromkeys(coding.document for coding in codings)),
        tuple(dict.fromkeys(coding.code for coding in codings)),
        tuple(Problem(key, {"count": count}, path) for key, count in notices.items() if count),
    )


def _coding(line: int, cells: dict[str, str], options: Options, places: dict[str, int], *, weighted: bool) -> Coding:
    code = cells["code"].replace("\\", ">")
    return Coding(
        cells["interview_id"],
        cells.get("coder_id") or options.coder or "",
        tuple(name.strip() for name in code.split(">")),
        value=(cells.get("weight") or None) if weighted else None,
        synthesis=SYNTHESIS in cells.get("comment", "").casefold(),
        line=line,
        field=column_letter(places["code"]),
    )


IMPORTER = Importer("maxqda", _recognises, _read)
