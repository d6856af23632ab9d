"""From what the room decides to decisions forced on actors, and what an actor's player is told before deciding.

The game's worlds are played in simulator.py.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ectsim.experiments.single import Decision
from ectsim.model import state as s
from ectsim.workshop.recording import Recording, packed_project

YEAR = 12


def decisions_of(rounds: Sequence[Sequence[dict[str, Any]]]) -> list[Decision]:
    """Decisions of every round played, in the order in which they hold: answers first, then the stance.

    ``open`` accepts every invitation of the year and stays, ``closed`` declines and leaves what is not answered
    otherwise, ``model`` leaves the rest to the model.
    """
    found = []
    for year, players in enumerate(rounds):
        for player in players:
            if player.get("idea"):
                found.append(Decision(YEAR * year, player["actor"], "initiate", theme=player["idea"]))
            for month in range(YEAR * year, YEAR * (year + 1)):
                found += _of_month(player, month)
    return found


def _of_month(player: dict[str, Any], month: int) -> list[Decision]:
    actor = player["actor"]
    made = [
        Decision(month, actor, "accept" if yes else "decline", project=(initiator, birth))
        for initiator, birth, yes in player.get("answers", ())
    ]
    stance = player.get("stance", "model")
    if stance != "model":
        made.append(Decision(month, actor, "accept" if stance == "open" else "decline"))
    return made


def hand(coming: Recording, actor: int, year: int) -> dict[str, Any]:
    """What the player of ``actor`` is told: the projects it is in, and who would invite it in the coming year.

    Parameters
    ----------
    coming
        The game played on to the end of the coming year with the decisions made so far.
    actor
        Key of the actor.
    year
        Years played.
    """
    row = int(np.flatnonzero(coming.keys == actor)[0])
    now = YEAR * year
    spells = coming.spells
    mine = spells[(spells[:, 1] == row) & (spells[:, 2] <= now) & (spells[:, 3] > now)]
    asked = coming.invitations
    asked = asked[(asked[:, 2] == row) & (asked[:, 0] >= now) & (asked[:, 0] < now + YEAR)]
    inside = set(mine[:, 0].tolist())
    invited = [row for row in dict.fromkeys(asked[:, 1].tolist()) if row not in inside]
    return {
        "actor": actor,
        "year": year,
        "projects": [_told(coming, project, now) for project in sorted(inside)],
        "invitations": [_told(coming, project, now) for project in invited],
    }


def _told(coming: Recording, row: int, now: int) -> dict[str, Any]:
    """A project as its members know it at month ``now``."""
    told = packed_project(coming, row, coming.setup.scenario.horizon.burn_in)
    spells = coming.spells
    there = spells[(spells[:, 0] == row) & (spells[:, 2] <= now) & (spells[:, 3] > now)]
    reached = [
        stage for stage, month in zip(s.STAGES, told["stages"], strict=True) if month is not None and month <= now
    ]
    return {
        "id": told["id"],
        "theme": told["theme"],
        "commune": told["commune"],
        "stage": reached[-1] if reached else s.STAGES[0],
        "initiator": told["initiator"],
        "members": there[:, 1].tolist(),
    }
