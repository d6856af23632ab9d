"""From files of several formats to one set of tidy tables: codings settled, interviews described, refusals dropped.

Reading each format is the importers'; what names of codes say is in segments.py.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ectsim.calibration.cells import Row
from ectsim.calibration.checking import check_pseudonyms, check_rows
from ectsim.calibration.columns import TABLES
from ectsim.calibration.disclosure import with_consent
from ectsim.calibration.importers import Options, codes_used, read_codings
from ectsim.calibration.importers.base import Coded
from ectsim.calibration.privacy import work_tree
from ectsim.calibration.segments import Conflict, Meaning, Settled, map_to_complete, read_code_map, settle
from ectsim.calibration.tidy import Interviews, from_rows, read_unchecked
from ectsim.calibration.values import FALSE, TRUE
from ectsim.errors import InputError, ListedError, PrivacyError, Problem
from ectsim.scenario.yaml_source import read_yaml

NAMES = ("documents", "coders", "columns")


@dataclass(frozen=True)
class Gathered:
    """Checked tidy tables, conflicts settled on the way, notices of the importers, and interviews dropped."""

    interviews: Interviews
    conflicts: tuple[Conflict, ...]
    notices: tuple[Problem, ...]
    refused: int


@dataclass(frozen=True)
class Sources:
    """What to gather: files, the map of their codes, the identifiers of their names, the tables they do not hold."""

    files: Sequence[Path]
    codes: Path | None = None
    names: Path | None = None
    described: Path | None = None
    coder: str | None = None
    unit: str = "source"
    kind: str | None = None


def gather(sources: Sources) -> Gathered:
    """Read every file and make one set of tidy tables of them; interviews without consent to analysis are dropped.

    Raises
    ------
    InputError
        With every problem found in a step, if codes mean nothing, values are off their scales or rows contradict.
    PrivacyError
        If anything identifies somebody.
    """
    code_map = read_code_map(sources.codes) if sources.codes else {}
    described = read_unchecked(sources.described) if sources.described else {}
    read = _read_all(sources)
    settled = _settle_all(read, code_map)
    # a file that does not say it is fictive is real
    fictive = [{"synthetic": TRUE if coded.synthetic else FALSE} for coded in read]
    tables = dict(described)
    tables["codings"] = [
        dataclasses.replace(row, cells={**row.cells, **said})
        for said, found in zip(fictive, settled, strict=True)
        for row in found.rows
    ]
    tables["interviews"] = list(_interviews(read, described.get("interviews", [])))
    check_pseudonyms(tables)
    lacking = list(_not_described(tables["interviews"]))
    # what an interview lacks is told once, by the interview
    known = [one for one in check_rows(tables) if one.line is not None or one.message != "interviews.empty"]
    if problems := [*lacking, *known]:
        raise InputError(problems)
    kept, refused = with_consent(from_rows({name: [row.cells for row in rows] for name, rows in tables.items()}))
    notices = [notice for coded in read for notice in coded.notices]
    notices += [
        Problem("imports.left.by_map", {"count": found.left_out}, coded.file)
        for coded, found in zip(read, settled, strict=True)
        if found.left_out
    ]
    conflicts = tuple(conflict for found in settled for conflict in found.conflicts)
    return Gathered(kept, conflicts, tuple(notices), refused)


def code_map_of(sources: Sources) -> str:
    """The map of the codes of all files, to complete: a line for each code whose name says nothing by itself.

    Raises
    ------
    InputError
        If a file is damaged, hostile, or of no known format.
    PrivacyError
        If the name of a code identifies somebody.
    """
    options = _options(sources)
    used: Counter[tuple[str, ...]] = Counter()
    for file in sources.files:
        used.update(codes_used(file, options, sources.kind))
    return map_to_complete(used)


def read_names(file: Path) -> Mapping[str, Mapping[str, str]]:
    """Identifiers of documents and coders, and meaning of columns, from a YAML file with these three mappings.

    Raises
    ------
    InputError
        If it holds anything else.
    PrivacyError
        If it ties names to identifiers inside a git work tree.
    """
    source = read_yaml(file)
    problems = list(source.problems)
    for name, given in source.values.items():
        if name not in NAMES or not isinstance(given, dict):
            _, line = source.places[name]
            problems.append(Problem("interviews.names_file", {"allowed": ", ".join(NAMES)}, file, line))
    if problems:
        raise InputError(problems)
    if (source.values.get("documents") or source.values.get("coders")) and work_tree(file):
        raise PrivacyError([Problem("imports.key_in_repository", file=file)])
    return {name: {key: str(value) for key, value in source.values.get(name, {}).items()} for name in NAMES}


def _options(sources: Sources) -> Options:
    names: Mapping[str, Any] = read_names(sources.names) if sources.names else {}
    return Options(coder=sources.coder, unit=sources.unit, **names)  # pyright: ignore[reportArgumentType]


def _read_all(sources: Sources) -> list[Coded]:
    """Codings of every file; what is wrong in one hides nothing of the others."""
    options = _options(sources)
    read: list[Coded] = []
    problems: list[Problem] = []
    for file in sources.files:
        try:
            read.append(read_codings(file, options, sources.kind))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return read


def _settle_all(read: Iterable[Coded], code_map: Mapping[str, Meaning | None]) -> list[Settled]:
    """Codings of each file, settled."""
    settled: list[Settled] = []
    problems: list[Problem] = []
    for coded in read:
        try:
            settled.append(settle(coded, code_map))
        except ListedError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return settled


def _not_described(interviews: Iterable[Row]) -> Iterator[Problem]:
    """Interviews of which only the codings are known, or little more."""
    for row in interviews:
        needed = (column for column in TABLES["interviews"].columns.values() if not column.optional)
        lacking = [column.name for column in needed if not row.cells.get(column.name)]
        if row.line is None and lacking:
            values = {"interview": row.cells["interview_id"], "lacking": ", ".join(lacking)}
            yield Problem("interviews.not_described", values, row.file)


def _interviews(read: Sequence[Coded], described: Sequence[Row]) -> Iterable[Row]:
    """What is known of each interview: the tables beside the files first, then the files."""
    rows: dict[str, Row] = {}
    for coded in read:
        for document in coded.documents:
            told = coded.attributes.get(document, {})
            row = {
                "actor_id": document,
                "synthetic": TRUE if coded.synthetic else FALSE,
                **(rows[document].cells if document in rows else {}),
                **told,
            }
            rows[document] = Row(coded.file, None, row | {"interview_id": document})
    # an interview described but not coded yet was held all the same; one described twice is for the checks to see
    for row in described:
        told = rows.pop(row.cells.get("interview_id", ""), row)
        yield dataclasses.replace(row, cells={**told.cells, **row.cells})
    yield from rows.values()
