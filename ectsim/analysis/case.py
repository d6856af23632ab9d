"""A real project against simulated ones like it: where its dates fall, and what the model finds surprising.

Reading the file is in case_file.py, the simulated lives in lives.py.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.case_file import EVENTS, CaseProject
from ectsim.analysis.intervals import Interval, ratio_interval
from ectsim.analysis.lives import WITHOUT, Lives
from ectsim.analysis.origins import incentive_born
from ectsim.model.state import BY_EVENT, ORIGINS

if TYPE_CHECKING:
    import pandas as pd

KNOWN = ("sector", "theme", "kind", "zone")
"""What is known at the start beside the origin, in the order in which it is kept; what comes last is given up first."""
LEAST_ALIKE = 200
"""Simulated projects under which one thing known is given up."""
LEAST_TOLD = 30
"""Simulated projects under which nothing is said."""
AGE = 36
"""Age to which simulated lives are followed past emergence."""
TAIL = 0.05
"""Chance under which what happened is called surprising."""
BEFORE = {"structured": "collective", "emerged": "structured"}
FOLLOWED_AT_LEAST = 12
NONE_SEEN = 3
"""Where none of n is seen, the share is under three in n, at 95 % (Hanley & Lippman-Hand 1983, JAMA 249)."""


@dataclass(frozen=True)
class Verdict:
    """One project against the simulated ones like it.

    Attributes
    ----------
    project : CaseProject
    alike : int
        Simulated projects like it.
    kept, given_up : tuple of str
        What they share with it at the start, what had to be given up to have enough.
    followed : int
        Months over which it is judged: to the last news, at most what the horizon allows; what came later is left out.
    events : DataFrame
        One row an event (a stage gone through of which no month is known has none): ``event``, ``month`` (from the
        start, NaN not yet), ``chance`` (share of the simulated in which it happened by the last news) with ``low``,
        ``high``; ``earlier`` (share in which it happened by that month) with bounds; ``without`` (share by the last
        news without the scheme); ``wait`` (months since the stage before), ``wait_place`` (quantile among the simulated
        that took that step) and ``steps`` (how many did); ``surprise``: "" or early, late, happened, not_yet.
    team : DataFrame
        ``what`` (members, sectors), ``observed``, ``median``, ``low``, ``high`` (nine in ten) and ``place`` among the
        simulated that reached the same stage, ``n``.
    fate : Interval or None
        Among the simulated like it that had got as far by then, the share that got as far without the scheme too.
    curves : DataFrame
        ``event``, ``month``, ``share``, ``without``.
    """

    project: CaseProject
    alike: int
    kept: tuple[str, ...]
    given_up: tuple[str, ...]
    followed: int
    events: "pd.DataFrame"
    team: "pd.DataFrame"
    fate: Interval | None
    curves: "pd.DataFrame"

    @property
    def enough(self) -> bool:
        """Whether there are enough simulated projects to say anything."""
        return self.alike >= LEAST_TOLD


def judge(project: CaseProject, lives: Lives) -> Verdict:
    """Set a project against the simulated ones that share what was known at its start."""
    import pandas as pd

    followed = min(project.followed, lives.months - FOLLOWED_AT_LEAST)
    rows, kept, given_up = alike(project, lives, followed)
    seen = replace(project, events={name: at if at <= followed else math.nan for name, at in project.events.items()})
    events = [_event(event, seen, rows, followed, len(lives.seeds)) for event in EVENTS if event not in project.undated]
    columns = ["what", "observed", "median", "low", "high", "place", "n"]
    return Verdict(
        project,
        len(rows),
        kept,
        given_up,
        followed,
        pd.DataFrame(events),
        pd.DataFrame(list(_team(seen, rows)), columns=columns),
        _fate(seen, rows, followed, len(lives.seeds)),
        _curves(rows, followed),
    )


def alike(project: CaseProject, lives: Lives, followed: int) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Simulated projects of the same kind of origin, followed long enough, that share what can be kept of the rest."""
    table: Any = lives.projects
    born_of_scheme = project.origin in ORIGINS[BY_EVENT + 1 :]
    chosen = table[(table["birth"] + followed <= lives.months) & (incentive_born(table) == born_of_scheme)]
    known = [name for name in KNOWN if getattr(project, name)]
    for count in range(len(known), -1, -1):
        rows = chosen
        for name in known[:count]:
            rows = rows[rows[name] == getattr(project, name)]
        if len(rows) >= LEAST_ALIKE or count == 0:
            return rows, tuple(known[:count]), tuple(known[count:])
    raise AssertionError("what is known runs out")


def _waits(rows: Any, event: str, ending: str = "") -> NDArray[np.float64]:
    return rows[f"{event}{ending}"].to_numpy(float) - rows[f"birth{ending}"].to_numpy(float)


def _share(happened: NDArray[np.bool_], rows: Any, runs: int) -> Interval:
    """Share of the rows in which it happened, the runs being clusters."""
    run = rows["run"].to_numpy(int)
    found = ratio_interval(np.bincount(run, happened, runs), np.bincount(run, minlength=runs))
    if len(happened) and happened.all() == happened.any():
        # all or none: the runs do not vary, the next might
        least = NONE_SEEN / len(happened)
        return found._replace(low=1 - least, high=1.0) if happened.all() else found._replace(low=0.0, high=least)
    return found._replace(low=max(0.0, found.low), high=min(1.0, found.high))


def _event(event: str, project: CaseProject, rows: Any, followed: int, runs: int) -> dict[str, object]:
    waits, month = _waits(rows, event), project.events[event]
    with_scheme = _share(waits <= followed, rows, runs)
    earlier = _share(waits <= month, rows, runs) if not math.isnan(month) else Interval(math.nan, math.nan, math.nan, 0)
    without = math.nan
    if f"{event}{WITHOUT}" in rows and len(rows):
        without = float((_waits(rows, event, WITHOUT) <= followed).mean())
    row: dict[str, object] = {"event": event, "month": month}
    row |= {"chance": with_scheme.value, "low": with_scheme.low, "high": with_scheme.high}
    row |= {"earlier": earlier.value, "earlier_low": earlier.low, "earlier_high": earlier.high, "without": without}
    row |= _step(event, project, rows)
    return row | {"surprise": _surprise(month, waits, followed)}


def _step(event: str, project: CaseProject, rows: Any) -> dict[str, float]:
    """How long the step from the stage before took, among the simulated that took it."""
    before = BEFORE.get(event)
    if before is None:
        return {"wait": math.nan, "wait_place": math.nan, "steps": 0}
    wait = project.events[event] - project.events[before]
    steps = rows[event].to_numpy(float) - rows[before].to_numpy(float)
    steps = steps[~np.isnan(steps)]
    place = math.nan
    if len(steps) >= LEAST_TOLD and not math.isnan(wait):
        place = float((steps < wait).mean() + (steps == wait).mean() / 2)
    return {"wait": wait, "wait_place": place, "steps": len(steps)}


def _surprise(month: float, waits: NDArray[np.float64], followed: int) -> str:
    """How what happened stands apart from nineteen simulated projects in twenty, "" where it does not."""
    if len(waits) < LEAST_TOLD:
        return ""
    if math.isnan(month):
        return "not_yet" if (waits <= followed).mean() > 1 - TAIL else ""
    if (waits <= followed).mean() < TAIL:
        return "happened"
    if (waits <= month).mean() < TAIL:
        return "early"
    # never is later than any month
    return "late" if (waits < month).mean() > 1 - TAIL else ""


def _team(project: CaseProject, rows: Any) -> Iterator[tuple[object, ...]]:
    """Members and sectors beside those of the simulated at the stage last reached."""
    stage = next((name for name in ("emerged", "structured") if not math.isnan(project.events[name])), None)
    for what, observed in (("members", project.members), ("sectors", project.sectors)):
        column = {"members": f"{stage}_size", "sectors": f"{stage}_sectors"}[what]
        if stage is None or column not in rows or math.isnan(observed):
            continue
        values = rows[column].to_numpy(float)
        values = values[~np.isnan(values)]
        if len(values) < LEAST_TOLD:
            continue
        low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
        place = float((values < observed).mean() + (values == observed).mean() / 2)
        yield what, observed, float(median), float(low), float(high), place, len(values)


def _fate(project: CaseProject, rows: Any, followed: int, runs: int) -> Interval | None:
    """Share of those that got as far (and got money or not, as it did) that get as far without the scheme."""
    reached = [stage for stage in ("collective", "structured", "emerged") if not math.isnan(project.events[stage])]
    if not reached:
        return None
    awarded = _waits(rows, "award") <= followed
    same = (_waits(rows, reached[-1]) <= followed) & (awarded == (not math.isnan(project.events["award"])))
    as_far = rows[same]
    if len(as_far) < LEAST_TOLD:
        return None
    return _share(_waits(as_far, reached[-1], WITHOUT) <= followed, as_far, runs)


def _curves(rows: Any, followed: int) -> "pd.DataFrame":
    import pandas as pd

    months = np.arange(followed + 1)
    parts = []
    for event in EVENTS:
        share = (_waits(rows, event)[:, None] <= months).mean(axis=0) if len(rows) else np.full(len(months), np.nan)
        has_twin = f"{event}{WITHOUT}" in rows and len(rows) > 0
        other = (
            (_waits(rows, event, WITHOUT)[:, None] <= months).mean(axis=0) if has_twin else np.full(len(months), np.nan)
        )
        parts.append(pd.DataFrame({"event": event, "month": months, "share": share, "without": other}))
    return pd.concat(parts, ignore_index=True)
