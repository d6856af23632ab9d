"""Taking out an interview at its giver's wish: its rows, what was estimated from them, a list of what else there is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from ectsim.calibration.disclosure import with_consent, without
from ectsim.calibration.estimates import RECIPE, estimate, settings_of, write_estimates
from ectsim.calibration.guides import GUIDES
from ectsim.calibration.tidy import Interviews, read_tidy, update_tidy
from ectsim.calibration.values import several
from ectsim.errors import InputError, Problem, nearest_name

ESTIMATES = ("posteriors.*", "population.*", "targets.csv", "power.csv", "gaps.csv")
DERIVED = (*ESTIMATES, "reliability.*", "*.html")
"""Files made from interviews, by name; the guides are made from nobody's."""
NOT_DERIVED = tuple(f"{name}.html" for name in GUIDES)


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal took out: rows by table; folders of estimates made again; files to make again by hand."""

    rows: dict[str, int]
    remade: tuple[Path, ...]
    derived: tuple[Path, ...]


def withdraw(folder: Path, interview_id: str) -> Withdrawal:
    """Take one interview out of a folder of tidy files, make estimates again, and list what else was made from them.

    Files made from the interviews are looked for in the folder that holds ``folder``, at any depth.

    Raises
    ------
    InputError
        If the folder cannot be read, or holds no such interview.
    """
    before = read_tidy(folder)
    known = list(before.interviews["interview_id"])
    if interview_id not in known:
        near = nearest_name(interview_id, known)
        raise InputError([Problem("imports.no_such_interview", {}, folder, field="interview_id", nearest=near)])
    after = without(before, [interview_id])
    update_tidy(after, folder)
    tables = ("interviews", "codings", "ties")
    rows = {name: len(before.table(name)) - len(after.table(name)) for name in tables}
    rows["projects"] = sum(interview_id in several(names) for names in before.projects["interview_ids"])
    made = sorted(_made_beside(folder.resolve().parent))
    remade = _made_again(after, folder, sorted({file.parent for file in made if file.name == RECIPE}))
    listed = (file for file in made if file.name != RECIPE and not (file.parent in remade and _is(file, ESTIMATES)))
    return Withdrawal(rows, remade, tuple(listed))


def _is(file: Path, names: tuple[str, ...]) -> bool:
    return any(fnmatch(file.name, name) for name in names)


def _made_beside(study: Path) -> Iterator[Path]:
    """Files made from interviews below a folder, hidden folders left out."""
    for place, folders, names in os.walk(study):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in map(Path(place).joinpath, names):
            if file.name == RECIPE or (_is(file, DERIVED) and file.name not in NOT_DERIVED):
                yield file


def _made_again(after: Interviews, folder: Path, places: list[Path]) -> tuple[Path, ...]:
    """Folders of estimates made again; those that cannot be, for want of interviews, remain to be seen to."""
    kept, _ = with_consent(after)
    done = []
    for place in places:
        settings = settings_of(place, folder)
        if settings is None:
            continue
        try:
            write_estimates(estimate(kept, settings), place, folder, settings)
        except InputError:
            continue
        done.append(place)
    return tuple(done)
