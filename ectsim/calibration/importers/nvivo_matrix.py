"""Matrices that NVivo exports to XLSX: rows ``3 : code``, columns ``A : case``, cells the number of coded passages.

A matrix names no coder: ``Options.coder`` does. Matrices of one study may have different rows, as its codes grow.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet, column_letter, read_sheets
from ectsim.errors import InputError, Problem

CASE = re.compile(r"[A-Z]{1,3} : (.+)")
CODE = re.compile(r"\d{1,6} : (.+)")


def _is_matrix(sheet: Sheet) -> bool:
    if not sheet.rows:
        return False
    header = sheet.rows[0][1]
    return len(header) > 1 and not header[0] and all(CASE.fullmatch(cell) for cell in header[1:] if cell)


def _recognises(_path: Path, sheets: Sequence[Sheet]) -> bool:
    return any(map(_is_matrix, sheets))


def _read(path: Path, options: Options) -> Coded:
    sheet = next((sheet for sheet in read_sheets(path) if _is_matrix(sheet)), None)
    if sheet is None:
        raise InputError([Problem("imports.not_a_matrix", file=path)])
    cases = {place: found[1].strip() for place, cell in enumerate(sheet.rows[0][1]) if (found := CASE.fullmatch(cell))}
    codings, codes, problems = [], [], []
    for line, cells in sheet.rows[1:]:
        found = CODE.fullmatch(cells[0])
        if not found:
            problems.append(Problem("imports.matrix_row", {}, path, line, "A"))
            continue
        codes.append((found[1].strip(),))
        for place, case in cases.items():
            count = cells[place] if place < len(cells) else ""
            if not re.fullmatch(r"\d{0,6}", count):
                problems.append(Problem("imports.not_a_count", {}, path, line, column_letter(place)))
            elif int(count or 0):
                codings.append(
                    Coding(
                        case, options.coder or "", codes[-1], segments=int(count), line=line, field=column_letter(place)
                    )
                )
    if problems:
        raise InputError(problems)
    coders = (options.coder,) if options.coder else ()
    return Coded(path, tuple(codings), coders, tuple(cases.values()), tuple(codes))


IMPORTER = Importer("nvivo_matrix", _recognises, _read)
