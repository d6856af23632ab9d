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
from ectsim.model.simulation import Setup, begin
from ectsim.scenario.schema import Scenario
from ectsim.territory.nomenclature import KINDS, SECTORS

ALONE, GATHERING, STRUCTURED, EMERGED = range(4)
STANDING = np.array([GATHERING, GATHERING, STRUCTURED, EMERGED, EMERGED], np.uint8)
"""What being a member of a live project of each stage makes of an actor."""
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
        What each actor stands in at month 0 to T: ALONE, GATHERING, STRUCTURED or EMERGED.
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
        burn_in = self.setup.scenario.horizon.burn_in
        month = self.projects["stage_month"][:, s.EMERGED] - burn_in
        seen = np.bincount(month[(month >= 0) & (month < self.months)], minlength=self.months)
        return np.concatenate(([0], np.cumsum(seen)))


def record(state: s.State, setup: Setup, seed: int, months: int | None = None) -> Recording:
    """Play one world into ``state``, keeping what pages show; ``months`` stops earlier and lives no months after."""
    horizon = setup.scenario.horizon
    played = horizon.months if months is None else months
    actors = setup.scenario.population.actors
    begin(setup, state, seed)
    run(state, setup, horizon.burn_in)
    # plain views: a field of a record array is looked up several times slower
    projects, members = state.projects.view(np.ndarray), state.members.view(np.ndarray)
    standing = np.zeros((played + 1, actors), np.uint8)
    present: list[NDArray[np.int64]] = []
    asked: list[NDArray[np.int64]] = []
    for month in range(played + 1):
        if month:
            run(state, setup, 1)
        alive = state.alive[: int(state.clock[0].alive)]
        if month:
            asked.append(_declined(projects, alive, month - 1, horizon.burn_in))
        present.append(_look(projects, members, alive, month, standing[month]))
    count = int(state.clock[0].projects)
    if months is None:
        run(state, setup, horizon.after)
    spells = _spells(np.concatenate(present), played)
    spent = state.months["money"][horizon.burn_in : horizon.burn_in + played].sum(axis=1)
    return Recording(
        setup,
        seed,
        state.projects[: int(state.clock[0].projects)].copy(),
        count,
        state.actors["key"].copy(),
        standing,
        spells,
        np.concatenate(([0.0], np.cumsum(spent))),
        _invitations(spells, asked, state.projects["initiator"]),
    )


def _look(projects: Any, members: Any, alive: Any, month: int, standing: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Fill one month of standing; return month, project and actor of every membership."""
    rows = alive[projects["status"][alive] == s.LIVE]
    team = projects["team"][rows]
    stages = projects["stage"][rows]
    widest = int(team.max(initial=0))
    inside = np.arange(widest) < team[:, None]
    who = members["actor"][rows, :widest][inside]
    np.maximum.at(standing, who, STANDING[np.repeat(stages, team)])
    return np.stack([np.full(len(who), month), np.repeat(rows, team), who], axis=1)


def _declined(projects: Any, alive: Any, month: int, burn_in: int) -> NDArray[np.int64]:
    """Month, project, actor and 0 of every invitation declined in a month of the horizon."""
    asked = projects["asked_month"][alive] == burn_in + month
    who = projects["asked"][alive][asked]
    rows = np.repeat(alive, asked.sum(axis=1))
    return np.stack([np.full(len(who), month), rows, who, np.zeros(len(who), np.int64)], axis=1)


def _spells(present: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    """Runs of consecutive months from (month, project, actor) rows: project, actor, first month, month after."""
    if not len(present):
        return np.zeros((0, 4), np.int64)
    month, project, actor = present[np.lexsort((present[:, 0], present[:, 2], present[:, 1]))].T
    starts = np.ones(len(month), bool)
    starts[1:] = (np.diff(project) != 0) | (np.diff(actor) != 0) | (np.diff(month) != 1)
    first = np.flatnonzero(starts)
    after = month[np.append(first[1:], len(month)) - 1] + 1
    return np.stack([project[first], actor[first], month[first], after], axis=1)


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
    burn_in, months = recording.setup.scenario.horizon.burn_in, recording.months
    rows = shown_rows(recording)
    place_of = {int(row): place for place, row in enumerate(rows)}
    members: list[list[list[int]]] = [[] for _ in rows]
    for row, actor, first, after in recording.spells.tolist():
        if row in place_of:
            members[place_of[row]].append([actor, first, after])
    return {
        "months": months,
        "actors": recording.standing.shape[1],
        "standing": base64.b64encode(recording.standing.tobytes()).decode("ascii"),
        "projects": [
            packed_project(recording, int(row), burn_in) | {"members": members[place]} for place, row in enumerate(rows)
        ],
        "emerged": recording.emerged().tolist(),
        "money": [round(amount, 1) for amount in recording.money.tolist()],
    }


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
