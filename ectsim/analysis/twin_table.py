"""Twins project by project: what each project of the world with the scheme would have become without it.

Counts of fates live in additionality.py, the matching itself in the model.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.experiments.ensembles import Look, Worlds
from ectsim.model.simulation import Setup
from ectsim.model.state import CALL_PATHS, EMERGED, NEVER, ORIGINS, State
from ectsim.model.twins import ACCELERATED, ADDITIONAL, CUT_OFFS, FATES, NEITHER, TOLERANCES, fate, match_twins
from ectsim.territory.nomenclature import KINDS

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = TOLERANCES[0]
WINDFALLS = ("", "pure", "accelerated")


def pairing(setup: Setup) -> Look:
    """What to take from the two worlds of each seed so that :func:`twin_table` can tell them; ``setup`` is A's."""

    def look(states: Sequence[State], seed: int) -> "pd.DataFrame":
        return paired_projects(states[0], states[1], setup, seed)

    return look


def twin_table(worlds: Worlds) -> "pd.DataFrame":
    """One row a project of either world, over all seeds: its fate by what it became in both.

    Months are counted from month 0, NaN for never. Projects that emerge in neither world by the end are in the table
    too, and so are those that emerged before month 0, in both worlds alike.

    Parameters
    ----------
    worlds
        Runs of the world without the scheme and of the world with it, with twins, looked at by :func:`pairing`.

    Returns
    -------
    DataFrame
        ``seed``, ``initiator`` and ``birth`` (identity, in B where it was born there), ``theme``, ``origin``,
        ``call_path``, ``commune`` (its code), ``carrier_kind`` at emergence, ``born_without``, ``born_with``,
        ``emerged_without``, ``emerged_with``, ``awarded`` (month), ``paid`` (k€), and for each cut-off (horizon, after)
        ``fate_…``, ``funded_…``, ``months_gained_…`` (of accelerated pairs) and ``windfall_…`` (pure, accelerated or
        empty).
    """
    import pandas as pd

    table = pd.concat(worlds.looks, ignore_index=True)
    return table.sort_values(["seed", "birth", "initiator"], ignore_index=True)


def paired_projects(without: State, with_scheme: State, setup: Setup, seed: int) -> "pd.DataFrame":
    """Rows of :func:`twin_table` of one seed, from both states at the end of the months after the horizon."""
    import pandas as pd

    horizon = setup.scenario.horizon
    counts = [int(state.clock[0].projects) for state in (without, with_scheme)]
    twin = match_twins(without.projects, counts[0], with_scheme.projects, counts[1], TOLERANCE)
    alone = np.setdiff1d(np.arange(counts[0]), twin[twin >= 0])
    rows_with = np.concatenate([np.arange(counts[1]), np.full(len(alone), NEVER)])
    rows_without = np.concatenate([twin, alone])
    pairs = _Pairs(without.projects, with_scheme.projects, rows_without, rows_with)
    emerged = [pairs.month(world, "stage_month", EMERGED) for world in range(2)]
    awarded = pairs.month(1, "award_month")
    columns: dict[str, Any] = {
        "seed": seed,
        "initiator": pairs.known("initiator_key"),
        "birth": pairs.known("birth") - horizon.burn_in,
        "theme": [setup.scenario.themes[theme] for theme in pairs.known("theme")],
        "origin": np.array(ORIGINS)[pairs.known("origin")],
        "call_path": np.array(CALL_PATHS)[pairs.known("call_path")],
        "commune": np.array(setup.territory.codes)[pairs.known("commune")],
        "carrier_kind": [KINDS[kind] if kind >= 0 else "" for kind in pairs.known("emerged_carrier")],
        "born_without": rows_without >= 0,
        "born_with": rows_with >= 0,
        "emerged_without": _from_month_0(emerged[0], horizon.burn_in),
        "emerged_with": _from_month_0(emerged[1], horizon.burn_in),
        "awarded": _from_month_0(awarded, horizon.burn_in),
        "paid": np.where(rows_with >= 0, with_scheme.projects["paid"][rows_with], 0.0),
    }
    for name, cut_off in zip(CUT_OFFS, (horizon.burn_in + horizon.months, setup.months), strict=True):
        columns |= _fates(name, cut_off, emerged, awarded)
    return pd.DataFrame(columns)


class _Pairs:
    """Rows of two tables of projects, -1 where a project is missing in one world."""

    def __init__(self, without: Any, with_scheme: Any, rows_without: NDArray[np.int64], rows_with: NDArray[np.int64]):
        self._tables, self._rows = (without, with_scheme), (rows_without, rows_with)

    def month(self, world: int, field: str, place: int | None = None) -> NDArray[np.int64]:
        """Month a project lived something in one world, -1 never or where it is missing."""
        values = self._tables[world][field]
        values = values if place is None else values[:, place]
        return np.where(self._rows[world] >= 0, values[self._rows[world]], NEVER)

    def known(self, field: str) -> NDArray[Any]:
        """A field in the world with the scheme, or without where the project is missing there."""
        without, with_scheme = (table[field][rows] for table, rows in zip(self._tables, self._rows, strict=True))
        return np.where(self._rows[1] >= 0, with_scheme, without)


def _from_month_0(months: NDArray[np.int64], burn_in: int) -> NDArray[np.float64]:
    return np.where(months >= 0, months - burn_in, np.nan)


def _fates(name: str, cut_off: int, emerged: list[NDArray[np.int64]], awarded: NDArray[np.int64]) -> dict[str, Any]:
    fates = np.array([fate(*pair, cut_off) for pair in zip(*emerged, strict=True)], np.int64).reshape(-1)
    funded = (awarded >= 0) & (awarded < cut_off)
    paid_for = funded & (emerged[1] >= 0) & (emerged[1] < cut_off)
    windfall = np.where(paid_for & (fates == ACCELERATED), 2, np.where(paid_for & (fates != ADDITIONAL), 1, 0))
    return {
        f"fate_{name}": np.array(FATES)[fates],
        f"funded_{name}": funded,
        f"months_gained_{name}": np.where(fates == ACCELERATED, emerged[0] - emerged[1], 0),
        f"windfall_{name}": np.array(WINDFALLS)[windfall],
    }


def emergences(table: "pd.DataFrame", months: int) -> "pd.DataFrame":
    """Projects that emerge within a horizon of so many months, a run, by commune.

    Returns
    -------
    DataFrame
        Indexed by the code of the commune, those without any left out: ``without`` and ``with`` the scheme.
    """
    import pandas as pd

    runs = table["seed"].nunique()
    counted = {
        world: table[table[f"emerged_{world}"].between(0, months, inclusive="left")].groupby("commune").size() / runs
        for world in ("without", "with")
    }
    return pd.DataFrame(counted).fillna(0.0)


def flows(table: "pd.DataFrame", cut_off: str = "horizon") -> "pd.DataFrame":
    """Projects a run by what they were without the scheme, what they are with it, and their fate.

    Only projects that emerge in one world at least, from month 0 on, are counted.

    Returns
    -------
    DataFrame
        ``without`` (emerges, does not, unborn), ``with`` (funded, unfunded, does not), ``fate``, ``projects`` a run.
    """
    seen: Any = table[(table[f"fate_{cut_off}"] != FATES[NEITHER]) & ~(table["emerged_with"] < 0)]
    fates = seen[f"fate_{cut_off}"]
    emerges_without = ~fates.isin(["additional"])
    emerges_with = ~fates.isin(["displaced"])
    found = seen.assign(
        without=np.where(emerges_without, "emerges", np.where(seen["born_without"], "does_not", "unborn")),
        to=np.where(emerges_with, np.where(seen[f"funded_{cut_off}"], "funded", "unfunded"), "does_not"),
        fate=fates,
    )
    counted = found.groupby(["without", "to", "fate"], sort=True).size() / table["seed"].nunique()
    return counted.rename("projects").reset_index().rename(columns={"to": "with"})
