"""A run's state kept aside at the size in use, and taken up again: what many runs share is played once.

Files are written elsewhere (mesa_model.py).
"""

from typing import Any, NamedTuple

import numpy as np

from ectsim.model import state as s
from ectsim.model.instruments import draw_instruments
from ectsim.model.simulation import Setup, clear
from ectsim.world.layout import lumps

WHOLE = ("actors", "rows", "instruments", "roles", "clock", "parameters")
TIES = ("neighbours", "trust", "reach", "cooperated")


class Checkpoint(NamedTuple):
    """Copies of the arrays of a state, cut to what is in use.

    Attributes
    ----------
    whole, ties : dict
        Arrays of the names of WHOLE, and of TIES up to the largest degree.
    projects : record array (P,), decided : int64 (P, S)
        Projects born so far.
    alive : int64 (A,), members : lumps of bytes (K,), seats : int64 (2, K)
        Live and dormant projects; their members, one project after the other; row and place of each.
    months : record array (T,)
        Months lived.
    """

    whole: dict[str, Any]
    ties: dict[str, np.ndarray]
    projects: Any
    decided: np.ndarray
    alive: np.ndarray
    members: Any
    seats: np.ndarray
    months: Any

    @property
    def nbytes(self) -> int:
        """Bytes it holds."""
        several = (*self.whole.values(), *self.ties.values())
        return sum(array.nbytes for array in (*several, *self[2:]))


def keep(state: s.State) -> Checkpoint:
    """Copy of a state between two months."""
    clock = state.clock[0]
    born, alive = int(clock.projects), state.alive[: int(clock.alive)]
    most = int(state.actors["degree"].max(initial=0))
    seats = _seats(state.projects["team"][alive], alive)
    return Checkpoint(
        whole={name: getattr(state, name).copy() for name in WHOLE},
        ties={name: getattr(state, name)[:, :most].copy() for name in TIES},
        projects=state.projects[:born].copy(),
        decided=state.decided[:born].copy(),
        alive=alive.copy(),
        members=lumps(state.members)[*seats],
        seats=seats,
        months=state.months[: int(clock.month)].copy(),
    )


def take_up(checkpoint: Checkpoint, setup: Setup, state: s.State) -> None:
    """Put a checkpoint into ``state``, to go on as ``setup``.

    Its scenario may differ from the one played in what schemes to come are set to; those begun go on as they were.
    """
    clear(state, len(checkpoint.projects), len(checkpoint.months))
    for name, array in checkpoint.whole.items():
        lumps(getattr(state, name))[...] = lumps(array)
    for name, array in checkpoint.ties.items():
        getattr(state, name)[:, : array.shape[1]] = array
    for name in ("projects", "decided", "alive", "months"):
        array = getattr(checkpoint, name)
        lumps(getattr(state, name))[: len(array)] = lumps(array)
    lumps(state.members)[*checkpoint.seats] = checkpoint.members
    draw_instruments(setup.instruments, state.parameters, state.clock[0].month, state.instruments)


def _seats(teams: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Row and place of every member of the projects ``rows``, which have ``teams`` members each."""
    first = np.cumsum(teams) - teams
    return np.stack([np.repeat(rows, teams), np.arange(teams.sum()) - np.repeat(first, teams)])
