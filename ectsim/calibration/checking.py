"""What is wrong with tidy rows: cells, keys, references, codings against the codebook, dates of the census.

Everything is found in one go. What a person should look at, though it may be right, is in disclosure.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ectsim.calibration.cells import Row
from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.columns import TABLES, Column
from ectsim.calibration.privacy import IDENTIFIER, shown
from ectsim.calibration.values import MONTH, flag, number, plain_value, several
from ectsim.errors import InputError, PrivacyError, Problem, nearest_name
from ectsim.territory.nomenclature import SECTOR_OF_KIND

Rows = Mapping[str, Sequence[Row]]
TARGET_LISTS = {"theme": "theme", "kind": "actor_type"}
"""Codes asked about a theme or a kind name one of a closed list; partners are pseudonyms."""
PARTNERS = ("n_public", "n_prive", "n_societe_civile", "n_soutien")
LEAST_PARTNERS = 2
ORDERED = (("start_month", "first_known_month"), ("start_month", "emergence_month"), ("emergence_month", "end_month"))
SHOWN = 12


def check_rows(tables: Rows) -> Iterator[Problem]:
    """Yield everything wrong with the rows of the tidy tables, by table name."""
    for name, rows in tables.items():
        for row in rows:
            yield from check_cells(row, TABLES[name].columns.values())
        yield from _check_key(rows, TABLES[name].key)
    yield from _check_synthetic(tables)
    yield from _check_references(tables)
    for row in tables.get("interviews", ()):
        yield from _check_sector(row)
    for row in tables.get("codings", ()):
        yield from _check_coding(row)
    for row in tables.get("projects", ()):
        yield from _check_project(row)


def check(tables: Rows) -> None:
    """Refuse tidy rows that are not right.

    Raises
    ------
    InputError
        With every problem found.
    PrivacyError
        If anybody is named by anything but an identifier.
    """
    check_pseudonyms(tables)
    if problems := list(check_rows(tables)):
        raise InputError(problems)


def check_pseudonyms(tables: Rows) -> None:
    """Refuse rows that name a person, an organisation or a project by anything but an identifier such as E07.

    Raises
    ------
    PrivacyError
        With each place; what stands there is not repeated.
    """
    problems = [
        Problem("imports.no_pseudonym", {}, row.file, row.line, field)
        for name, rows in tables.items()
        for row in rows
        for field, given in _pseudonyms(name, row)
        if not IDENTIFIER.fullmatch(given)
    ]
    if problems:
        raise PrivacyError(problems)


def _pseudonyms(table: str, row: Row) -> Iterator[tuple[str, str]]:
    """Column and text of each pseudonym that a row gives."""
    for column in TABLES[table].columns.values():
        cell = row.cells.get(column.name, "")
        if cell and column.kind == "pseudonym":
            yield column.name, cell
        elif column.kind == "names":
            yield from ((column.name, one) for one in several(cell))
    if table == "codings" and row.cells.get("target"):
        code = load_codebook().codes.get(row.cells.get("code", ""))
        if code is not None and code.target == "partner":
            yield "target", row.cells["target"]


def _problem(row: Row, message: str, field: str, nearest: str | None = None, **values: object) -> Problem:
    return Problem(f"interviews.{message}", values, row.file, row.line_of(field), field, nearest)


def _quoted(given: str, nearest: str | None = None) -> str:
    """A cell as a message may show it: in full if it is near a known name, or looks like a number or an identifier."""
    return given if nearest or IDENTIFIER.fullmatch(given) else shown(given)


def not_one_of(row: Row, field: str, given: str, allowed: Iterable[str]) -> Problem:
    """Problem of a cell that is none of the allowed values."""
    names = list(allowed)
    near = nearest_name(given, names)
    listed = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return _problem(row, "not_one_of", field, near, given=_quoted(given, near), allowed=listed)


def check_cells(row: Row, columns: Iterable[Column]) -> Iterator[Problem]:
    """Yield what is wrong with the cells of one row."""
    for column in columns:
        cell = row.cells.get(column.name, "")
        if cell:
            yield from _check_cell(row, column, cell)
        elif not column.optional:
            yield _problem(row, "empty", column.name)


def _check_cell(row: Row, column: Column, cell: str) -> Iterator[Problem]:
    match column.kind:
        case "choice" if cell not in categories(column.choices):
            yield not_one_of(row, column.name, cell, categories(column.choices))
        case "flag" if flag(cell) is None:
            yield _problem(row, "not_a_flag", column.name, given=_quoted(cell))
        case "month" if not MONTH.fullmatch(cell):
            yield _problem(row, "not_a_month", column.name, given=_quoted(cell))
        case "count" | "number":
            value = number(cell)
            if not column.low <= value <= column.high:
                bounds = {"given": _quoted(cell), "low": f"{column.low:g}", "high": f"{column.high:g}"}
                yield _problem(row, "not_a_number", column.name, **bounds)
            elif column.kind == "count" and value != int(value):
                yield _problem(row, "not_whole", column.name, given=_quoted(cell))


def _check_key(rows: Sequence[Row], key: Sequence[str]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        values = tuple(row.cells.get(column, "") for column in key)
        if values in first:
            yield _problem(row, "repeated_row", ", ".join(key), first=_place(first[values], row))
        first.setdefault(values, row)


def _place(row: Row, beside: Row) -> str:
    """Where a row stands, seen from another: its line, with its file if that is another one."""
    known = (row.line, row.file.name if row.file and row.file != beside.file else None)
    return ", ".join(str(part) for part in known if part is not None)


def _check_synthetic(tables: Rows) -> Iterator[Problem]:
    every = [(row, flag(row.cells.get("synthetic", ""))) for rows in tables.values() for row in rows]
    said = [(row, synthetic) for row, synthetic in every if synthetic is not None]
    other = next((row for row, synthetic in said if synthetic != said[0][1]), None)
    if other is not None:
        yield Problem("interviews.mixed", {}, other.file, other.line, "synthetic")


def _check_references(tables: Rows) -> Iterator[Problem]:
    interviews = {row.cells.get("interview_id", "") for row in tables.get("interviews", ())}
    actors = {row.cells.get("actor_id", "") for row in tables.get("interviews", ())}
    for row in tables.get("codings", ()):
        yield from _check_reference(row, "interview_id", row.cells.get("interview_id", ""), interviews)
    for row in tables.get("ties", ()):
        yield from _check_reference(row, "source", row.cells.get("source", ""), actors)
    for row in tables.get("projects", ()):
        for name in several(row.cells.get("interview_ids", "")):
            yield from _check_reference(row, "interview_ids", name, interviews)


def _check_reference(row: Row, field: str, given: str, known: set[str]) -> Iterator[Problem]:
    if given and given not in known:
        near = nearest_name(given, sorted(known))
        yield _problem(row, "orphan", field, near, given=_quoted(given, near))


def _check_sector(row: Row) -> Iterator[Problem]:
    """A kind of actor belongs to one sector; support structures of any kind may stand apart as support."""
    sector = categories("sector").get(row.cells.get("sector", ""))
    kind = categories("actor_type").get(row.cells.get("actor_type", ""))
    if sector is None or kind is None or not sector.model_name:
        return
    if SECTOR_OF_KIND.get(kind.model_name) != sector.model_name:
        yield _problem(row, "sector_of_kind", "actor_type", kind=kind.value, sector=sector.value)


def _check_coding(row: Row) -> Iterator[Problem]:
    codes = load_codebook().codes
    name = row.cells.get("code", "")
    if name not in codes:
        if name:
            near = nearest_name(name, codes)
            yield _problem(row, "unknown_code", "code", near, given=_quoted(name, near))
        return
    yield from _check_target(row, codes[name])
    yield from _check_value(row, codes[name])


def _check_target(row: Row, code: Code) -> Iterator[Problem]:
    target = row.cells.get("target", "")
    if not code.target:
        if target:
            yield _problem(row, "target_unasked", "target", code=code.name, given=_quoted(target))
    elif not target:
        yield _problem(row, f"target_missing_{code.target}", "target", code=code.name)
    elif code.target in TARGET_LISTS and target not in categories(TARGET_LISTS[code.target]):
        yield not_one_of(row, "target", target, categories(TARGET_LISTS[code.target]))


def _check_value(row: Row, code: Code) -> Iterator[Problem]:
    value, status = row.cells.get("value", ""), row.cells.get("status", "")
    if code.scale == "F":
        # the note itself may name people: it is not repeated
        if value:
            yield _problem(row, "free_note", "value", code=code.name)
        return
    if status != "code":
        if value and status in categories("status"):
            yield _problem(row, "value_unasked", "value", status=status)
        return
    if not value and code.scale != "M":
        yield _problem(row, "value_missing", "value", code=code.name)
    elif plain_value(code, value) is None:
        yield from _off_scale(row, code, value)
    elif code.scale == "M" and "aucune" in several(value) and len(several(value)) > 1:
        yield _problem(row, "none_and_some", "value", given=_quoted(value))


def _off_scale(row: Row, code: Code, value: str) -> Iterator[Problem]:
    if code.scale in ("N", "M"):
        given = several(value) if code.scale == "M" else (value,)
        yield from (not_one_of(row, "value", one, code.categories) for one in given if one not in code.categories)
    else:
        yield _problem(row, f"off_scale_{code.scale}", "value", code=code.name, given=_quoted(value))


def _check_project(row: Row) -> Iterator[Problem]:
    yield from _check_dates(row)
    stopped, alive = _has_stopped(row), flag(row.cells.get("alive", ""))
    if alive is not None and alive == stopped:
        yield _problem(row, "alive_yet_ended" if stopped else "dead_without_end", "alive")
    counts = [number(row.cells.get(name, "")) for name in PARTNERS]
    if sum(counts) < LEAST_PARTNERS:
        yield _problem(row, "too_few_partners", ", ".join(PARTNERS), least=LEAST_PARTNERS)


def _has_stopped(row: Row) -> bool:
    return bool(row.cells.get("end_month")) or row.cells.get("stage") == "arrete"


def _check_dates(row: Row) -> Iterator[Problem]:
    """A project starts, is known of, emerges, ends, in this order, all before the month it was last looked at."""
    last = [(name, "observed_until") for name in ("start_month", "first_known_month", "emergence_month", "end_month")]
    for earlier, later in (*ORDERED, ("start_month", "end_month"), *last):
        before, after = row.cells.get(earlier, ""), row.cells.get(later, "")
        if MONTH.fullmatch(before) and MONTH.fullmatch(after) and before > after:
            yield _problem(row, "order", later, earlier=earlier, before=before, after=after)
