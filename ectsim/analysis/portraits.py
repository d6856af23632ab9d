"""Who co-carries emerged projects, in which company, and what sets them apart from those who are in none.

Roles and losses live in roles.py.
"""

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.intervals import mean_interval
from ectsim.experiments.ensembles import run_worlds
from ectsim.model.simulation import Setup
from ectsim.model.state import EMERGED, LIVE, State
from ectsim.territory.nomenclature import SECTORS
from ectsim.world.layout import VALUES

if TYPE_CHECKING:
    import pandas as pd

ATTRIBUTES = (
    "interest",
    *VALUES,
    "propensity_0",
    "risk_tolerance",
    "value_need",
    "hybridity_tolerance",
    "attachment",
    "reward_sensitivity",
    "coresponsibility",
    "return_threshold",
)
"""Interest in the theme carried (for the others the mean over themes), weights of values, then fields of actors."""


@dataclass(frozen=True)
class Portraits:
    """Co-carriers of the emerged projects alive at the horizon.

    Attributes
    ----------
    interests : DataFrame
        One row a sector and attribute: ``sector``, ``attribute``, ``mean_in`` (co-carriers), ``mean_out`` (actors of
        the sector in no emerged project), ``gap`` with 95 % interval ``low``, ``high`` over runs, and
        ``standardised`` (gap over the standard deviation of those in none).
    company : DataFrame
        One row a set of sectors that co-carry together: ``sectors``, ``projects`` a run, ``share``.
    seeds : range
        Of the runs, all of them looked at.
    projects : float
        Emerged projects alive at the horizon, a run.
    """

    interests: "pd.DataFrame"
    company: "pd.DataFrame"
    seeds: range
    projects: float


def draw_portraits(setup: Setup, *, runs: int = 200, seed: int = 1, threads: int | None = None) -> Portraits:
    """Look at who co-carries emerged projects at the horizon, in runs ``seed`` … ``seed + runs - 1``."""
    themes, seeds = len(setup.scenario.themes), range(seed, seed + runs)
    lived = run_worlds([setup], seeds, look=lambda states, _: look_at(states[0], themes), threads=threads)
    looks: Sequence[Look] = lived.looks
    teams = [team for *_, found in looks for team in found]
    return Portraits(_interests(looks), _company(teams, runs), seeds, len(teams) / runs)


Look = tuple[NDArray[np.float64], NDArray[np.float64], list[frozenset[int]]]
"""Of one run: means by sector of those in and out, spreads of those out, sectors of each team of co-carriers."""


def look_at(state: State, themes: int) -> Look:
    """Means of the attributes by sector, shape (sectors, in or out, attributes), their spreads out, and the teams."""
    co_carriers, members, teams = _co_carriers(state)
    outside = np.setdiff1d(np.arange(len(state.actors)), members)
    values = _attributes(state.actors, themes)
    inside_values = values[[actor for actor, _ in co_carriers]]
    for row, (actor, theme) in enumerate(co_carriers):
        inside_values[row, 0] = state.actors[actor].interest[theme]
    sector_in = state.actors["sector"][[actor for actor, _ in co_carriers]]
    sector_out = state.actors["sector"][outside]
    means = np.full((len(SECTORS), 2, len(ATTRIBUTES)), np.nan)
    spreads = np.full((len(SECTORS), len(ATTRIBUTES)), np.nan)
    for sector in range(len(SECTORS)):
        for place, (rows, of) in enumerate(((inside_values, sector_in), (values[outside], sector_out))):
            if (of == sector).any():
                means[sector, place] = rows[of == sector].mean(axis=0)
        if (sector_out == sector).sum() > 1:
            spreads[sector] = values[outside][sector_out == sector].std(axis=0, ddof=1)
            spreads[sector, 0] = state.actors["interest"][outside, :themes][sector_out == sector].std()
    return means, spreads, teams


def _co_carriers(state: State) -> tuple[list[tuple[int, int]], list[int], list[frozenset[int]]]:
    """Co-carriers with their theme, every member, and the sectors of each team of co-carriers."""
    found: list[tuple[int, int]] = []
    everybody: list[int] = []
    teams = []
    least = float(state.parameters[0].co_carrier_share)
    for row in range(int(state.clock[0].projects)):
        project = state.projects[row]
        if project.status != LIVE or project.stage < EMERGED:
            continue
        members = state.members[row, : project.team]
        everybody += members["actor"].tolist()
        effort = float(members["effort"].sum())
        leading: list[int] = members["actor"][(members["effort"] > 0) & (members["effort"] >= least * effort)].tolist()
        carriers: list[int] = sorted({*leading, *([int(project.carrier)] if project.carrier >= 0 else [])})
        found += [(actor, int(project.theme)) for actor in carriers]
        teams.append(frozenset(int(state.actors[actor].sector) for actor in carriers))
    return found, everybody, teams


def _attributes(actors: Any, themes: int) -> NDArray[np.float64]:
    """Attributes of every actor, shape (N, attributes)."""
    columns = [actors["interest"][:, :themes].mean(axis=1), *actors["values"].T]
    columns += [actors[name].astype(float) for name in ATTRIBUTES[1 + len(VALUES) :]]
    return np.column_stack(columns)


def _interests(looks: Sequence[Look]) -> "pd.DataFrame":
    import pandas as pd

    means = np.array([look[0] for look in looks])
    spreads = np.array([look[1] for look in looks])
    rows = []
    for (sector, sector_name), (place, name) in itertools.product(enumerate(SECTORS), enumerate(ATTRIBUTES)):
        inside, outside = means[:, sector, 0, place], means[:, sector, 1, place]
        gap, low, high, runs = mean_interval(inside - outside)
        row = {"sector": sector_name, "attribute": name, "mean_in": _mean(inside), "mean_out": _mean(outside)}
        spread = _mean(spreads[:, sector, place])
        row |= {"gap": gap, "low": low, "high": high, "runs": runs}
        rows.append(row | {"standardised": gap / spread if spread else math.nan})
    return pd.DataFrame(rows)


def _mean(values: NDArray[np.float64]) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else math.nan


def _company(teams: Sequence[frozenset[int]], runs: int) -> "pd.DataFrame":
    import pandas as pd

    counts = Counter(tuple(sorted(team)) for team in teams if team)
    whole = sum(counts.values())
    rows = [
        {"sectors": "+".join(SECTORS[sector] for sector in team), "projects": count / runs, "share": count / whole}
        for team, count in counts.most_common()
    ]
    return pd.DataFrame(rows, columns=["sectors", "projects", "share"])
