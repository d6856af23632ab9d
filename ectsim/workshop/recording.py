"""One world month by month, as the pages play it: who stands where, which projects live, curves, invitations.

Which worlds are played lives in simulator.py.
"""

import base64
import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.experiments.ensembles import run
from ectsim.model import state as s
from ectsim.model.checkpoint import Checkpoint, take_up
from ectsim.model.simulation import Setup, begin
from ectsim.model.tally import count_emerged, count_money
from ectsim.model.watching import note_month
from ectsim.scenario.schema import Scenario
from ectsim.territory.nomenclature import KINDS, SECTORS

MAIN_INTERESTS = 2


@dataclasses.dataclass(frozen=True)
class Recording:
    """One world played to its horizon, then on without its scheme.

    Attributes
    ----------
    setup : Setup
    seed : int
    projects : record array (P,)
        Every project ever born, as the months after the horizon left it.
    horizon_projects : int
        How many were born before the horizon ended.
    keys : int array (N,)
        Key of the actor of each row.
    standing : uint8 array (T + 1, N)
        What each actor stands in at month 0 to T: nothing, or a project that gathers, is structured, has emerged.
    spells : int array (K, 4)
        Project row, actor row, first month, month after the last: who was in which project when.
    money : float array (T + 1,)
        Public money spent since month 0, in k€.
    invitations : int array (I, 4)
        Month, project row, actor row, 1 where the actor joined and 0 where it declined.
    """

    setup: Setup
    seed: int
    projects: Any
    horizon_projects: int
    keys: NDArray[np.int64]
    standing: NDArray[np.uint8]
    spells: NDArray[np.int64]
    money: NDArray[np.float64]
    invitations: NDArray[np.int64]

    @property
    def months(self) -> int:
        """Months of the horizon."""
        return len(self.standing) - 1

    def emerged(self) -> NDArray[np.int64]:
        """Projects emerged since month 0, at months 0 to T."""
        emerged = np.zeros(self.months + 1, np.int64)
        count_emerged(self.projects, len(self.projects), self.setup.scenario.horizon.burn_in, emerged[1:])
        return emerged


def record(
    state: s.State, setup: Setup, seed: int, months: int | None = None, month_0: Checkpoint | None = None
) -> Recording:
    """Play one world into ``state``, from its beginning or from ``month_0``, keeping what pages show.

    ``months`` stops earlier and lives no months after.
    """
    horizon = setup.scenario.horizon
    played = horizon.months if months is None else months
    actors = setup.scenario.population.actors
    if month_0 is None:
        begin(setup, state, seed)
        run(state, setup, horizon.burn_in)
    else:
        take_up(month_0, setup, state)
    standing = np.zeros((played + 1, actors), np.uint8)
    declined: list[NDArray[np.int64]] = []
    spells, known = np.zeros((0, 4), np.int64), 0
    noted = np.zeros((len(state.projects), 2 * state.members.shape[1] + 1), np.int64)
    joined, invited = state.months["joined"], state.months["invited"]
    for month in range(played + 1):
        if month:
            run(state, setup, 1)
        now = horizon.burn_in + month - 1
        newcomers = int(joined[now].sum()) if month else int(state.actors["commitments"].sum())
        spells = _with_room(spells, known + newcomers)
        refused = np.zeros((int(invited[now].sum()), 4), np.int64)
        known, count = note_month(state, month, standing[month], spells, noted, known, refused)
        declined.append(refused[: count if month else 0])
    spells = spells[:known][np.lexsort(spells[:known, 2::-1].T)]
    count = int(state.clock[0].projects)
    if months is None:
        run(state, setup, horizon.after)
    money = np.zeros(played + 1)
    count_money(state.months, horizon.burn_in, money[1:])
    return Recording(
        setup,
        seed,
        state.projects[: int(state.clock[0].projects)].copy(),
        count,
        state.actors["key"].copy(),
        standing,
        spells,
        money,
        _invitations(spells, declined, state.projects["initiator"]),
    )


def _with_room(rows: NDArray[np.int64], needed: int) -> NDArray[np.int64]:
    """Rows, in an array of at least as many as are needed."""
    if needed <= len(rows):
        return rows
    return np.concatenate([rows, np.zeros((needed, rows.shape[1]), np.int64)])


def _invitations(
    spells: NDArray[np.int64], declined: Sequence[NDArray[np.int64]], initiator: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Invitations declined, and those that made a member in the horizon; an initiator invites nobody to join."""
    joined = spells[(spells[:, 2] > 0) & (spells[:, 1] != initiator[spells[:, 0]])]
    accepted = np.stack([joined[:, 2] - 1, joined[:, 0], joined[:, 1], np.ones(len(joined), np.int64)], axis=1)
    rows = np.concatenate([*declined, accepted])
    return rows[np.argsort(rows[:, 0], kind="stable")]


def packed(recording: Recording) -> dict[str, Any]:
    """What a page needs to play a world: plain numbers and lists.

    Only projects that gathered a collective and were alive in the horizon are sent: a page draws no lone idea.
    ``standing`` is base64 of bytes, months first. A month before month 0 is negative; null is never.
    """
    months = recording.months
    return {
        "months": months,
        "actors": recording.standing.shape[1],
        "standing": base64.b64encode(recording.standing.tobytes()).decode("ascii"),
        "projects": _with_members(recording, shown_rows(recording)),
        "emerged": recording.emerged().tolist(),
        "money": [round(amount, 1) for amount in recording.money.tolist()],
    }


def lone_ideas(recording: Recording, since: int) -> list[dict[str, Any]]:
    """Projects that pages do not draw and somebody was in after month ``since``: what is told of them is who began."""
    burn_in = recording.setup.scenario.horizon.burn_in
    begun = recording.spells[recording.spells[:, 3] > max(0, since), 0]
    rows = np.setdiff1d(begun, shown_rows(recording))
    return _with_members(recording, rows[recording.projects["birth"][rows] >= burn_in])


def _with_members(recording: Recording, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Projects, each with its members: actor, first month, month after the last."""
    burn_in = recording.setup.scenario.horizon.burn_in
    members: dict[int, list[list[int]]] = {int(row): [] for row in rows}
    for row, actor, first, after in recording.spells.tolist():
        if row in members:
            members[row].append([actor, first, after])
    return [packed_project(recording, row, burn_in) | {"members": inside} for row, inside in members.items()]


def shown_rows(recording: Recording) -> NDArray[np.int64]:
    """Rows of the projects that pages draw."""
    burn_in = recording.setup.scenario.horizon.burn_in
    projects = recording.projects[: recording.horizon_projects]
    gathered = projects["stage_month"][:, s.COLLECTIVE]
    ended = projects["end_month"]
    seen = (gathered >= 0) & (gathered < burn_in + recording.months) & ((ended < 0) | (ended >= burn_in))
    return np.flatnonzero(seen)


def packed_project(recording: Recording, row: int, burn_in: int) -> dict[str, Any]:
    """One project: identity, place, cause, months of its stages, funding and end."""
    project = recording.projects[row]

    def month(value: int) -> int | None:
        return None if value < 0 else int(value) - burn_in

    ended = month(project["end_month"])
    return {
        "id": [int(project["initiator_key"]), int(project["birth"]) - burn_in],
        "initiator": int(project["initiator"]),
        "commune": int(project["commune"]),
        "theme": recording.setup.scenario.themes[int(project["theme"])],
        "origin": s.ORIGINS[int(project["origin"])],
        "stages": [month(value) for value in project["stage_month"].tolist()],
        "awarded": month(project["award_month"]),
        "grant": round(float(project["grant"]), 1),
        "ended": ended,
        "reason": s.REASONS[int(project["reason"])] if ended is not None else None,
    }


def cast(state: s.State, scenario: Scenario) -> dict[str, Any]:
    """Actors and ties of a world that has begun: the same in every scenario of one seed."""
    actors = state.actors
    interests = np.argsort(-actors["interest"][:, : len(scenario.themes)], axis=1, kind="stable")[:, :MAIN_INTERESTS]
    first, place = np.nonzero(np.arange(state.neighbours.shape[1]) < actors["degree"][:, None])
    second = state.neighbours[first, place]
    once = first < second
    return {
        "seed": int(state.clock[0].seed),
        "actors": [
            {
                "key": int(actor["key"]),
                "kind": KINDS[int(actor["kind"])],
                "sector": SECTORS[int(actor["sector"])],
                "commune": int(actor["commune"]),
                "interests": [scenario.themes[theme] for theme in themes],
                "capacity": int(actor["capacity"]),
            }
            for actor, themes in zip(actors, interests.tolist(), strict=True)
        ],
        "ties": np.stack([first[once], second[once]], axis=1).tolist(),
    }
