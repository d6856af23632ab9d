"""The wide *grille*: a row an interview, a column a code, often a sheet a coder, as interns fill it in a spreadsheet.

Title rows above the header, merged cells, a column a modality, ``s.o.`` and free notes are dealt with here; values are
read in segments.py, as those of every other format.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ectsim.calibration.codebook import Code, load_codebook
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.headers import LIKE_A_CODE, Meaning, meaning
from ectsim.calibration.importers.tables import Merge, Sheet, column_letter, read_sheets
from ectsim.calibration.privacy import column_name, column_problems, folded
from ectsim.calibration.values import flag
from ectsim.errors import InputError, PrivacyError, Problem, nearest_name

ROWS_ABOVE = 30
LEAST_CODES = 2
NOT_APPLICABLE = ("s.o.", "s.o", "so", "s/o", "sans objet", "n.a.", "n/a", "na", "non applicable", "not applicable")
NOT_RAISED = ("-", "–", "—", "non aborde", "non evoque", "not raised")
REFUSED = ("refus", "refused")
REFUSED_TO_ANSWER = ("refus de repondre", "refused to answer")


@dataclass(frozen=True)
class _Table:
    """One sheet whose header was found: where, and what each column means."""

    sheet: Sheet
    position: int
    columns: dict[int, Meaning]

    @property
    def header(self) -> tuple[int, list[str]]:
        return self.sheet.rows[self.position]

    @property
    def rows(self) -> list[tuple[int, list[str]]]:
        return self.sheet.rows[self.position + 1 :]

    def place(self, attribute: str) -> int | None:
        """Place of the column that holds an attribute of the interview."""
        return next((place for place, one in self.columns.items() if one.attribute == attribute), None)


def _found(sheet: Sheet, options: Options) -> _Table | None:
    """The table of a sheet: its header is the row that names most codes."""
    aliases = {column_name(alias): role for alias, role in options.columns.items()}
    best: _Table | None = None
    for position, (_, cells) in enumerate(sheet.rows[:ROWS_ABOVE]):
        columns = {place: found for place, cell in enumerate(cells) if (found := meaning(cell, aliases))}
        table = _Table(sheet, position, columns)
        if _codes_in(table) > (_codes_in(best) if best else 0):
            best = table
    return best


def _codes_in(table: _Table) -> int:
    return len({one.key for one in table.columns.values() if one.code})


def _may_hold_codings(table: _Table) -> bool:
    """Whether a sheet is filled by interviews, not a page that explains the codes one by one."""
    return table.place("interview_id") is not None or _codes_in(table) >= LEAST_CODES


def _recognises(_path: Path, sheets: Sequence[Sheet]) -> bool:
    tables = [_found(sheet, Options()) for sheet in sheets]
    return any(table and _codes_in(table) >= LEAST_CODES for table in tables)


def _read(path: Path, options: Options) -> Coded:
    sheets = read_sheets(path)
    tables = [table for sheet in sheets if (table := _found(sheet, options)) and _may_hold_codings(table)]
    if all(table.place("interview_id") is None for table in tables) and _lies_on_its_side(sheets):
        raise InputError([Problem("imports.transposed", file=path)])
    if not tables:
        raise InputError([Problem("imports.no_header", file=path)])
    refused = [one for table in tables for one in column_problems(table.header[1], path, table.header[0])]
    if refused:
        raise PrivacyError(refused)
    reading = _Reading(path, options, sheet_is_coder=len(tables) > 1)
    for table in tables:
        reading.read(table)
    if reading.problems:
        raise InputError(reading.problems)
    reading.left_out["imports.left.sheets"] = len(sheets) - len(tables)
    documents = tuple(dict.fromkeys((*reading.attributes, *(coding.document for coding in reading.codings))))
    return Coded(
        path,
        tuple(reading.codings),
        tuple(dict.fromkeys(coding.coder for coding in reading.codings)),
        documents,
        tuple(dict.fromkeys(coding.code for coding in reading.codings)),
        tuple(Problem(key, {"count": count}, path) for key, count in reading.left_out.items() if count),
        reading.attributes,
        any(table.sheet.synthetic for table in tables),
    )


def _lies_on_its_side(sheets: list[Sheet]) -> bool:
    """Whether one of the first columns names codes, as a header would."""
    columns = (
        [cells[place] for _, cells in sheet.rows if place < len(cells)] for sheet in sheets for place in range(3)
    )
    return any(sum(bool((found := meaning(cell, {})) and found.code) for cell in one) > LEAST_CODES for one in columns)


class _Reading:
    """Codings collected sheet after sheet."""

    def __init__(self, path: Path, options: Options, *, sheet_is_coder: bool):
        self.path, self.options, self.sheet_is_coder = path, options, sheet_is_coder
        self.codings: list[Coding] = []
        self.attributes: dict[str, dict[str, str]] = {}
        self.problems: list[Problem] = []
        self.left_out: Counter[str] = Counter()

    def read(self, table: _Table) -> None:
        """Take in one sheet."""
        self._check_header(table)
        identifier, coder_place = table.place("interview_id"), table.place("coder_id")
        if identifier is None:
            self._complain("no_identifier_column", table, table.header[0], None)
            return
        for line, cells in table.rows:
            cells = [*cells, *[""] * (max(table.columns) + 1 - len(cells))]
            document = cells[identifier]
            filled = [place for place, one in table.columns.items() if one.code and cells[place]]
            if not document:
                if filled:
                    self._complain("row_without_identifier", table, line, filled[0])
                continue
            coder = cells[coder_place] if coder_place is not None else ""
            coder = coder or (table.sheet.name if self.sheet_is_coder else self.options.coder or "")
            self._describe(document, table, cells)
            self._code(table, line, cells, document, coder)
        for merge in table.sheet.wide:
            self._check_merge(table, merge)

    def _check_header(self, table: _Table) -> None:
        line, cells = table.header
        codes = load_codebook().codes
        for place, cell in enumerate(cells):
            if place not in table.columns and cell:
                if LIKE_A_CODE.fullmatch(cell) and (near := nearest_name(cell, codes)):
                    self._complain("unknown_code", table, line, place, near)
                else:
                    self.left_out["imports.left.columns"] += 1
        first: dict[tuple[str, ...], int] = {}
        for place, one in table.columns.items():
            if one.key in first:
                self._complain("repeated_column", table, line, place, first=column_letter(first[one.key]))
            first.setdefault(one.key, place)

    def _check_merge(self, table: _Table, merge: Merge) -> None:
        spanned = [one for place, one in table.columns.items() if merge.left <= place + 1 <= merge.right and one.code]
        if merge.bottom > table.header[0] and len(spanned) > 1:
            self._complain("merged_cells", table, max(merge.top, table.header[0] + 1), merge.left - 1)

    def _complain(
        self, message: str, table: _Table, line: int, place: int | None, nearest: str | None = None, **values: object
    ) -> None:
        field = table.sheet.field(place)
        self.problems.append(Problem(f"imports.{message}", values, self.path, line, field, nearest))

    def _describe(self, document: str, table: _Table, cells: list[str]) -> None:
        """Keep what the row says of the interview itself."""
        known = self.attributes.setdefault(document, {})
        for place, one in table.columns.items():
            if one.attribute not in ("", "interview_id", "coder_id") and cells[place]:
                known.setdefault(one.attribute, cells[place])

    def _code(self, table: _Table, line: int, cells: list[str], document: str, coder: str) -> None:
        names: dict[str, list[str]] = {}
        unanswered: dict[str, str] = {}
        for place, one in table.columns.items():
            cell = cells[place]
            if one.code is None or not cell:
                continue
            if one.code.scale == "F":
                self.left_out["imports.left.notes"] += 1
            elif one.category:
                status, _ = _said(one.code, cell)
                if status != "code":
                    unanswered.setdefault(one.code.name, status)
                    continue
                said = flag(cell)
                if said is None:
                    self._complain("not_yes_or_no", table, line, place)
                names.setdefault(one.code.name, []).extend([one.category] * bool(said))
            else:
                name = f"{one.code.name}[{one.target}]" if one.target else one.code.name
                status, value = _said(one.code, cell)
                field = table.sheet.field(place)
                self.codings.append(Coding(document, coder, (name,), value, status, line=line, field=field))
        for name, chosen in names.items():
            self.codings.append(Coding(document, coder, (name,), "|".join(chosen), line=line, field=name))
        for name, status in unanswered.items():
            if name not in names:
                self.codings.append(Coding(document, coder, (name,), None, status, line=line, field=name))


def _said(code: Code, cell: str) -> tuple[str, str | None]:
    """Status and value of a cell, the value as it is written."""
    word = folded(cell)
    if word in NOT_APPLICABLE:
        return "sans_objet", None
    if word in NOT_RAISED:
        return "non_aborde", None
    # 0 is labelled « refus, absent »: on such a scale the word alone would be either
    if word in REFUSED_TO_ANSWER or (word in REFUSED and code.scale != "O"):
        return "refus", None
    return "code", cell


IMPORTER = Importer("grid", _recognises, _read)
