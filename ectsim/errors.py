"""The errors a user can cause or must hear of; each says where, what was given, what is allowed, what to do."""

import dataclasses
import difflib
import errno
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ectsim.locale import text

SYSTEM = {
    errno.ENOENT: "errors.system.missing",
    errno.EACCES: "errors.system.forbidden",
    errno.EPERM: "errors.system.forbidden",
    errno.EROFS: "errors.system.read_only",
    errno.ENOSPC: "errors.system.full",
    errno.EDQUOT: "errors.system.full",
    errno.EEXIST: "errors.system.exists",
    errno.ENOTDIR: "errors.system.no_folder",
    errno.EISDIR: "errors.system.folder",
    errno.ENAMETOOLONG: "errors.system.long",
    errno.EIO: "errors.system.broken",
}
"""What the system says of files, in words of ours: its own are English, or none the reader knows."""


class EctsimError(Exception):
    """Base of every error raised on purpose; ``exit_code`` is what the command line returns."""

    exit_code = 1


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: ``message`` is a key of the locale, ``values`` fill it."""

    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    file: Path | str | None = None
    line: int | None = None
    field: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        parts = [place, self.field, text(self.message, **self.values)]
        if self.nearest:
            parts.append(text("errors.nearest", name=self.nearest))
        return " · ".join(part for part in parts if part)


def placed(problem: Problem, places: Mapping[str, tuple[Path, int]], file: Path) -> Problem:
    """The problem with the place of its field, or of the nearest thing written around it, else with ``file``.

    Parameters
    ----------
    places
        File and line of each field: ``places["instruments[1].grant_rate"]``.
    """
    if problem.file is not None:
        return problem
    name = problem.field or ""
    while name and name not in places:
        name = re.sub(r"(\[[^\[\]]*\]|\.[^.\[\]]*|^[^.\[\]]*)$", "", name)
    found, line = places.get(name, (file, None))
    return dataclasses.replace(problem, file=found, line=line)


def reading_order(problem: Problem) -> tuple[str, int]:
    """Key that sorts problems as somebody meets them."""
    return str(problem.file), problem.line or 0


class ListedError(EctsimError):
    """Base of the errors that list problems: every one found in one go."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class InputError(ListedError):
    """Bad input: every problem found in one go, each with file, line, field, expectation and nearest name."""

    exit_code = 2


class PrivacyError(ListedError):
    """Refused to protect the people interviewed; nothing was written. No problem quotes what it found."""

    exit_code = 3


class CapacityError(EctsimError):
    """An array sized at the start is full: names the setting to raise."""

    def __init__(self, setting: str, size: int):
        self.setting, self.size = setting, size
        super().__init__(setting, size)

    def __str__(self) -> str:
        return text("errors.capacity", setting=self.setting, size=self.size)


def system_reason(error: OSError) -> str:
    """Why a file could not be read or written, in the user's language where the reason is a usual one."""
    message = SYSTEM.get(error.errno or 0)
    return text(message) if message else error.strerror or str(error)


def file_failure(error: OSError) -> str:
    """What to say where a file could not be read or written and no more is known."""
    reason = system_reason(error)
    named = error.filename
    return text("errors.file", file=named, reason=reason) if named else text("errors.some_file", reason=reason)


def nearest_name(given: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that looks most like ``given``, or None when none is close."""
    close = difflib.get_close_matches(given, list(allowed), n=1, cutoff=0.5)
    return close[0] if close else None
