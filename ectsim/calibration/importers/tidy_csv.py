"""The tidy ``codings.csv`` (a row a coding) of somebody else. A whole folder of tidy files is read in tidy.py."""

from collections.abc import Sequence
from pathlib import Path

from ectsim.calibration.cells import Row
from ectsim.calibration.checking import not_one_of
from ectsim.calibration.codebook import categories
from ectsim.calibration.columns import TABLES
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet, read_sheets
from ectsim.calibration.privacy import check_columns
from ectsim.calibration.values import flag
from ectsim.errors import InputError, Problem, nearest_name

COLUMNS = tuple(TABLES["codings"].columns)
NEEDED = ("interview_id", "code", "value")


def _recognises(_path: Path, sheets: Sequence[Sheet]) -> bool:
    return bool(sheets and sheets[0].rows) and set(NEEDED) <= set(sheets[0].rows[0][1])


def _read(path: Path, options: Options) -> Coded:
    sheets = read_sheets(path)
    if not sheets or not sheets[0].rows:
        raise InputError([Problem("imports.empty_file", file=path)])
    (head, header), *rows = sheets[0].rows
    check_columns(header, path, head)
    problems = [
        Problem("imports.column_not_found", {"role": name}, path, head, name, nearest_name(name, header))
        for name in NEEDED
        if name not in header
    ]
    problems += [
        Problem("imports.unknown_column", {"rank": place}, path, head, nearest=nearest_name(name, COLUMNS))
        for place, name in enumerate(header, 1)
        if name and name not in COLUMNS
    ]
    if problems:
        raise InputError(problems)
    cells = [(line, dict(zip(header, [*row, *[""] * len(header)], strict=False))) for line, row in rows]
    codings, said = [], []
    for line, row in cells:
        said.append(flag(row.get("synthetic", "")))
        target = row.get("target", "")
        status = row.get("status") or "code"
        segments = row.get("n_segments") or "1"
        if not segments.isdecimal():
            problems.append(Problem("imports.not_a_count", {}, path, line, "n_segments"))
            continue
        if status not in categories("status"):
            problems.append(not_one_of(Row(path, line, row), "status", status, categories("status")))
            continue
        codings.append(
            Coding(
                row["interview_id"],
                row.get("coder_id") or options.coder or "",
                (f"{row['code']}[{target}]" if target else row["code"],),
                row["value"] if status == "code" or row["value"] else None,
                status,
                int(segments),
                row.get("confidence", ""),
                line=line,
                field="value",
            )
        )
    if len({bool(one) for one in said}) > 1:
        problems.append(Problem("imports.mixed", file=path, field="synthetic"))
    if problems:
        raise InputError(problems)
    return Coded(
        path,
        tuple(codings),
        tuple(dict.fromkeys(coding.coder for coding in codings)),
        tuple(dict.fromkeys(coding.document for coding in codings)),
        tuple(dict.fromkeys(coding.code for coding in codings)),
        synthetic=bool(said) and all(said),
    )


IMPORTER = Importer("tidy_csv", _recognises, _read)
