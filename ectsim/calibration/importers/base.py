"""What every importer gives: codings as a file holds them. No format is known here, and no value is judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ectsim.calibration.importers.tables import Sheet
from ectsim.errors import Problem


@dataclass(frozen=True)
class Options:
    """What a file does not say of itself.

    ``coder`` codes a file that names nobody. ``unit`` tells what an interview is in REFI-QDA and QualCoder projects: a
    source, or a case made of sources. ``documents`` and ``coders`` give names found in the file their identifiers.
    ``columns`` gives headers of a table, and variables of a project, their meaning: a column of the tidy interviews
    (``interview_id``, ``sector``…), ``coder_id``, ``code``, ``weight``, ``comment``, or a code.
    """

    coder: str | None = None
    unit: Literal["source", "case"] = "source"
    documents: Mapping[str, str] = field(default_factory=dict)
    coders: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Coding:
    """One code that one coder put on one interview.

    ``code`` holds the names from the root of the code tree down to the code: ``("COOP_PROP", "3")``.
    ``value`` is what the file gives beside that name (a cell, a weight): None when it gives nothing, "" for an empty
    choice. ``synthesis`` marks the segment that settles the others. ``line`` and ``field`` say where it stands, if in a
    table.
    """

    document: str
    coder: str
    code: tuple[str, ...]
    value: str | None = None
    status: str = "code"
    segments: int = 1
    confidence: str = ""
    synthesis: bool = False
    line: int | None = None
    field: str | None = None


@dataclass(frozen=True)
class Coded:
    """Codings of one file, in its order.

    ``coders`` and ``documents`` are all it lists, coding or not; ``codes`` its whole code tree. ``notices``
    tell what was left out. ``attributes`` holds what the file says of its documents, by column of the tidy interviews.
    ``synthetic`` is whether the file declares itself fictive.
    """

    file: Path
    codings: tuple[Coding, ...]
    coders: tuple[str, ...]
    documents: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    notices: tuple[Problem, ...] = ()
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    synthetic: bool = False


@dataclass(frozen=True)
class Importer:
    """One format: ``recognises`` looks at a path, and its sheets if it is a table; ``read`` gives what lies in it."""

    name: str
    recognises: Callable[[Path, Sequence[Sheet]], bool]
    read: Callable[[Path, Options], Coded]
