"""Who mattered: what is lost without a kind, a sector, a role; what each sector is worth; who plays which role.

The worlds compared are made in abstention.py, portraits of members in portraits.py.
"""

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.abstention import (
    HELD,
    KINDS_OF,
    ROLES,
    abstaining,
    actors_by_kind,
    held_evenly,
    made_average,
    without_conditions,
    without_role,
)
from ectsim.analysis.intervals import mean_interval
from ectsim.experiments.ensembles import Progress, run_worlds
from ectsim.model.outcomes import OUTCOMES
from ectsim.model.simulation import Setup
from ectsim.model.state import BY_EVENT, ORIGINS
from ectsim.model.state import ROLES as PLAYED
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "emerged"
CONDITIONS = ("with", "without")
"""Whether a project needs two sectors and a mix of market and non-market to be one."""
GROUPS = {"spontaneous": ORIGINS[: BY_EVENT + 1], "incentive": ORIGINS[BY_EVENT + 1 :]}
Coalition = frozenset[str]


@dataclasses.dataclass(frozen=True)
class Necessity:
    """What the territory loses.

    Attributes
    ----------
    necessity : DataFrame
        One row a case: ``conditions`` (with, without), ``group`` (kind, sector, role), ``name``, ``actors`` concerned,
        ``base`` (projects emerged a run), ``removed`` and ``replaced`` (the same where they abstain, where they are
        average; NaN for roles that no kind holds more than another), and losses with 95 % interval: ``loss``,
        ``loss_low``, ``loss_high`` (of removal), ``loss_share`` (of the base), ``number``, ``number_low``,
        ``number_high`` (what average actors in their place would save) and ``kind``, ``kind_low``, ``kind_high``
        (what they would not).
    shapley : DataFrame
        One row a sector: ``conditions``, ``sector``, ``value`` with ``low`` and ``high``, ``share`` of the whole.
    played : DataFrame
        See :func:`played_roles`.
    seeds : range
        Of the runs of each world.
    """

    necessity: "pd.DataFrame"
    shapley: "pd.DataFrame"
    played: "pd.DataFrame"
    seeds: range


def who_mattered(
    setup: Setup, *, runs: int = 200, seed: int = 1, threads: int | None = None, progress: Progress | None = None
) -> Necessity:
    """Run the world, and the worlds without each kind, sector and role, with seeds ``seed`` … ``seed + runs - 1``.

    Raises
    ------
    CapacityError
        If a run needs more room than its scenario reserves.
    """
    import pandas as pd

    worlds = {
        (conditions, *key): one
        for conditions, base in zip(CONDITIONS, (setup, without_conditions(setup)), strict=True)
        for key, one in _worlds(base).items()
    }
    seeds = range(seed, seed + runs)
    lived = run_worlds(list(worlds.values()), seeds, threads=threads, progress=progress)
    emerged = {key: OUTCOMES[OUTCOME].formula(lived.tallies[place]) for place, key in enumerate(worlds)}
    losses, values = [], []
    for conditions in CONDITIONS:
        found = {key[1:]: counts for key, counts in emerged.items() if key[0] == conditions}
        losses += [{"conditions": conditions, **row} for row in _loss_rows(found, setup)]
        values += [{"conditions": conditions, **row} for row in _shapley_rows(found)]
    base = list(worlds).index(("with", "coalition", *SECTORS))
    played = played_roles(lived.tallies[base]["roles"], actors_by_kind(setup))
    return Necessity(pd.DataFrame(losses), pd.DataFrame(values), played, seeds)


def _worlds(base: Setup) -> dict[tuple[str, ...], Setup]:
    """Every world of one set of conditions; a coalition names the sectors that take part."""
    made: dict[tuple[str, ...], Setup] = {}
    for size in range(len(SECTORS) + 1):
        for members in itertools.combinations(SECTORS, size):
            made["coalition", *members] = abstaining(base, [name for name in SECTORS if name not in members])
    for kind in KINDS:
        made["removed", kind] = abstaining(base, [kind])
    for name in KINDS_OF:
        made["replaced", name] = made_average(base, [name])
    for role in ROLES:
        made["role", role] = without_role(base, role)
    for role in HELD:
        made["replaced", role] = held_evenly(base, role)
    return made


def _loss_rows(emerged: Mapping[tuple[str, ...], NDArray[np.float64]], setup: Setup) -> list[dict[str, object]]:
    base, numbers = emerged["coalition", *SECTORS], actors_by_kind(setup)
    rows = []
    for name, kinds in KINDS_OF.items():
        others = tuple(sector for sector in SECTORS if sector != name)
        removed = emerged["removed", name] if name in KINDS else emerged["coalition", *others]
        actors = float(numbers[[KINDS.index(kind) for kind in kinds]].sum())
        head = {"group": "kind" if name in KINDS else "sector", "name": name, "actors": actors}
        rows.append(head | _losses(base, removed, emerged["replaced", name]))
    nobody = np.full(len(base), np.nan)
    for role in ROLES:
        replaced = emerged.get(("replaced", role), nobody)
        rows.append(
            {"group": "role", "name": role, "actors": math.nan} | _losses(base, emerged["role", role], replaced)
        )
    return rows


def _losses(base: NDArray[np.float64], removed: NDArray[np.float64], replaced: NDArray[np.float64]) -> dict[str, float]:
    """Loss by removal, split into what average actors in their place would save and what they would not."""
    told = {"base": float(base.mean()), "removed": float(removed.mean()), "replaced": float(replaced.mean())}
    for name, values in (("loss", base - removed), ("number", replaced - removed), ("kind", base - replaced)):
        value, low, high, _ = mean_interval(values)
        told |= {name: value, f"{name}_low": low, f"{name}_high": high}
    told["loss_share"] = told["loss"] / told["base"] if told["base"] else math.nan
    return told


def shapley_values(
    players: Sequence[str], worth: Mapping[Coalition, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Shapley value of each player, run by run: what it adds, averaged over every order of arrival (Shapley 1953).

    Parameters
    ----------
    players
        Their names.
    worth
        Worth of every coalition of them, that of nobody too, shape (R,) each.
    """
    count = len(players)
    values = {}
    for player in players:
        others = [name for name in players if name != player]
        total = np.zeros(len(worth[frozenset(players)]))
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for members in itertools.combinations(others, size):
                before = frozenset(members)
                total += weight * (worth[before | {player}] - worth[before])
        values[player] = total
    return values


def _shapley_rows(emerged: Mapping[tuple[str, ...], NDArray[np.float64]]) -> list[dict[str, object]]:
    worth = {frozenset(key[1:]): counts for key, counts in emerged.items() if key[0] == "coalition"}
    whole = float((worth[frozenset(SECTORS)] - worth[frozenset()]).mean())
    rows = []
    for sector, values in shapley_values(SECTORS, worth).items():
        value, low, high, _ = mean_interval(values)
        rows.append(
            {"sector": sector, "value": value, "low": low, "high": high, "share": value / whole if whole else math.nan}
        )
    return rows


def played_roles(roles: NDArray[np.int64], actors: NDArray[np.float64]) -> "pd.DataFrame":
    """Roles played, by kind and by origin of the project.

    Parameters
    ----------
    roles
        Counts of shape (R, 2, 6, kinds, origins), the field ``roles`` of tallies.
    actors
        Actors of each kind, shape (kinds,).

    Returns
    -------
    DataFrame
        ``stage`` (structured, emerged), ``origin`` (spontaneous, incentive), ``role``, ``kind``, ``sector``,
        ``times`` a run, ``share`` of the role, and ``weight``: that share over the kind's share of the actors.
    """
    import pandas as pd

    rows = []
    for (stage, stage_name), (group, origins), (role, role_name) in itertools.product(
        enumerate(("structured", "emerged")), GROUPS.items(), enumerate(PLAYED)
    ):
        places = [ORIGINS.index(origin) for origin in origins]
        times = roles[:, stage, role][:, :, places].sum(axis=2).mean(axis=0)
        whole = float(times.sum())
        for kind, name in enumerate(KINDS):
            share = float(times[kind]) / whole if whole else math.nan
            part = float(actors[kind] / actors.sum())
            row = {"stage": stage_name, "origin": group, "role": role_name, "kind": name}
            row |= {"sector": SECTOR_OF_KIND[name], "times": float(times[kind]), "share": share}
            rows.append(row | {"weight": share / part if part else math.nan})
    return pd.DataFrame(rows)
