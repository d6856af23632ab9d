"""Lives of projects: what each was at birth and became at fixed ages, with the scheme and, its twin, without.

Comparing them lives in origins.py and case.py.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.twin_table import TOLERANCE, paired_projects
from ectsim.calibration.census import Census, simulated_census
from ectsim.experiments.ensembles import Progress, run
from ectsim.experiments.single import Run
from ectsim.model.simulation import Setup, allocate_state, begin, vary
from ectsim.model.state import EMERGED, MARKS, NEVER, ORIGINS, REASONS, STAGES, STRUCTURED, State
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import match_twins
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, ZONES
from ectsim.world.layout import VALUES, records

if TYPE_CHECKING:
    import pandas as pd

FIRST_YEAR = 12
TRAITS = (
    "propensity",
    "idea_propensity",
    "interest",
    "reward_sensitivity",
    "risk_tolerance",
    "attachment",
    "ties",
    "cross_sector",
    "trust",
    "past_cooperation",
    "skills",
    "money",
    "need_scale",
)
"""What is seen of a project at birth: of its initiator, of the initiator's ties, and how much the project needs."""
MOMENTS = {"structured": STRUCTURED, "emerged": EMERGED}
WITHOUT = "_without"
"""Ending of the columns that tell the life of the twin in the world without the scheme."""


@dataclasses.dataclass(frozen=True)
class Lives:
    """Projects born from month 0 on in worlds with a scheme.

    Attributes
    ----------
    projects : DataFrame
        One row a project; see :func:`live`.
    censuses : tuple of Census
        Of each world with the scheme, what a census at the horizon would list.
    months : int
        Length of the horizon.
    age : int
        Age at which value and money are read.
    seeds : sequence of int
    """

    projects: "pd.DataFrame"
    censuses: tuple[Census, ...]
    months: int
    age: int
    seeds: Sequence[int]


def without_scheme(setup: Setup) -> Setup:
    """The same territory with its permanent instruments only."""
    kept = tuple(one for one in setup.scenario.instruments if one.permanent)
    return vary(setup, setup.scenario.model_copy(update={"instruments": kept}))


def live(
    setup: Setup, seeds: Sequence[int], age: int, *, threads: int | None = None, progress: Progress | None = None
) -> Lives:
    """Run each seed with the scheme and without it, and follow every project.

    Returns
    -------
    Lives
        Whose ``projects`` have: ``run`` (rank of the seed), ``initiator`` and ``birth`` (identity), ``theme``,
        ``origin``, ``kind``, ``sector``, ``zone`` (of the initiator), :data:`TRAITS`; months from month 0, NaN never:
        ``collective``, ``structured``, ``emerged``, ``anchored``, ``first_known``, ``award``, ``stopped``, with
        ``reason``; ``size_at_year``; at structuring ``structured_size``, ``structured_kind``, ``co_carried``,
        ``facilitated``, marks, ``structured_local`` and ``structured_repeat`` (share of partners from the carrier's
        intercommunal body, of pairs that had cooperated); at emergence ``emerged_size``, ``emerged_sectors``,
        ``emerged_kinds``, ``emerged_kind``, ``emerged_market``, ``emerged_public``, ``emerged_local``,
        ``emerged_repeat``; ``age`` months after emergence ``value[…]``, ``anchored_value[…]`` and ``paid`` (k€); the
        stages, ``stopped`` and ``birth`` of the twin ending in ``_without``; ``has_twin``, ``fate_horizon``,
        ``fate_after``.

    Raises
    ------
    CapacityError
        If a run needs more room than its scenario reserves.
    """
    import pandas as pd

    other = without_scheme(setup)
    workers = threads or os.cpu_count() or 1
    done: list[int] = []

    def follow(part: Sequence[int]) -> list[tuple[int, "pd.DataFrame", Census]]:
        states = allocate_state(setup), allocate_state(other)
        found = []
        for rank in part:
            found.append((rank, *_live_pair(setup, other, states, seeds[rank], age)))
            done.append(rank)
            if progress:
                progress(len(done), len(seeds))
        return found

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(follow, [range(place, len(seeds), workers) for place in range(workers)]))
    found = sorted((one for part in parts for one in part), key=lambda one: one[0])
    tables = [table.assign(run=rank) for rank, table, _ in found]
    horizon = setup.scenario.horizon
    return Lives(
        pd.concat(tables, ignore_index=True), tuple(census for *_, census in found), horizon.months, age, tuple(seeds)
    )


def _live_pair(
    setup: Setup, other: Setup, states: tuple[State, State], seed: int, age: int
) -> tuple["pd.DataFrame", Census]:
    """Projects of one seed born from month 0 on, with their twins; and the census of the world with the scheme."""
    import pandas as pd

    with_scheme, without = states
    begin(setup, with_scheme, seed)
    watch = _Watch(setup, with_scheme, age)
    for _ in range(setup.scenario.horizon.burn_in + setup.scenario.horizon.months):
        run(with_scheme, setup, 1)
        watch.look()
    census = simulated_census(Run(setup, seed, with_scheme, records(1, TALLY_FIELDS)))
    at_horizon = watch.table()
    run(with_scheme, setup, setup.scenario.horizon.after)
    begin(other, without, seed)
    run(without, other, other.months)
    counts = [int(state.clock[0].projects) for state in (without, with_scheme)]
    twin = match_twins(without.projects, counts[0], with_scheme.projects, counts[1], TOLERANCE)
    twin = twin[: len(at_horizon)]
    burn_in = setup.scenario.horizon.burn_in
    # twins are born up to a year later: they are read to the end of the run, so as to be followed as long
    twins = _months_of(without.projects[twin], burn_in, other.months - burn_in)
    twins = {f"{name}{WITHOUT}": np.where(twin >= 0, values, np.nan) for name, values in twins.items()}
    pairs: Any = paired_projects(without, with_scheme, setup, seed)[: len(at_horizon)]
    fates = {name: pairs[name].to_numpy() for name in ("fate_horizon", "fate_after")}
    whole = pd.concat([at_horizon, pd.DataFrame({**twins, **fates, "has_twin": twin >= 0})], axis=1)
    return whole.query("birth >= 0"), census


def _months_of(rows: Any, burn_in: int, end: int) -> dict[str, NDArray[np.float64]]:
    """Months of a life from month 0; NaN for never, or not before the end of the horizon."""

    def read(months: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where((months != NEVER) & (months < burn_in + end), months - float(burn_in), np.nan)

    told = {name: read(rows["stage_month"][:, place]) for place, name in enumerate(STAGES) if place}
    return {"birth": rows["birth"] - float(burn_in), **told, "stopped": read(rows["end_month"])}


class _Watch:
    """Notes on the projects of one world, month after month."""

    def __init__(self, setup: Setup, state: State, age: int):
        self.setup, self.state, self.age = setup, state, age
        self.seen = 0
        places = len(state.projects)
        names = [*TRAITS, "kind", "zone", "size_at_year", "paid", "facilitated"]
        names += [f"{field}[{key}]" for field in ("value", "anchored_value") for key in VALUES]
        names += [f"{moment}_{what}" for moment in MOMENTS for what in ("local", "repeat")]
        self.notes = {name: np.full(places, np.nan) for name in names}

    def look(self) -> None:
        """Note what happened in the month just run."""
        state, month = self.state, int(self.state.clock[0].month) - 1
        count = int(state.clock[0].projects)
        for row in range(self.seen, count):
            self._note_birth(row)
        self.seen = count
        rows = state.projects[:count]
        for row in np.flatnonzero(rows["birth"] == month - FIRST_YEAR):
            self.notes["size_at_year"][row] = rows[row].team
        for moment, stage in MOMENTS.items():
            for row in np.flatnonzero(rows["stage_month"][:, stage] == month).tolist():
                self._note_team(row, moment)
        grown = (rows["stage_month"][:, EMERGED] == month - self.age) & (month >= self.age)
        for row in np.flatnonzero(grown).tolist():
            self._note_worth(row)

    def _note_birth(self, row: int) -> None:
        state = self.state
        project, actor = state.projects[row], state.actors[state.projects[row].initiator]
        ties = slice(0, int(actor.degree))
        i = int(project.initiator)
        known = state.neighbours[i, ties]

        def mean(values: NDArray[Any]) -> float:
            return float(values.mean()) if len(values) else np.nan

        noted: Mapping[str, float] = {
            "propensity": actor.propensity,
            "idea_propensity": actor.idea_propensity,
            "interest": actor.interest[project.theme],
            "reward_sensitivity": actor.reward_sensitivity,
            "risk_tolerance": actor.risk_tolerance,
            "attachment": actor.attachment,
            "ties": actor.degree,
            "cross_sector": mean(state.actors["sector"][known] != actor.sector),
            "trust": mean(state.trust[i, ties]),
            "past_cooperation": mean(state.cooperated[i, ties] > 0),
            "skills": actor.endowment[3],
            "money": actor.endowment[1],
            "need_scale": project.need[0] / state.parameters[0].need[0],
            "kind": actor.kind,
            "zone": actor.zone,
        }
        for name, value in noted.items():
            self.notes[name][row] = value

    def _note_team(self, row: int, moment: str) -> None:
        state = self.state
        project = state.projects[row]
        team = state.members[row, : int(project.team)]["actor"]
        if moment == "structured":
            self.notes["facilitated"][row] = project.facilitated_once
        if len(team) < 2 or project.carrier < 0:
            return
        epci = state.epci[state.actors["commune"][team]]
        home = state.epci[state.actors[project.carrier].commune]
        self.notes[f"{moment}_local"][row] = (epci[team != project.carrier] == home).mean()
        pairs, repeated = len(team) * (len(team) - 1) / 2, 0
        for place, member in enumerate(team[:-1]):
            ties = slice(0, int(state.actors[member].degree))
            partners = np.isin(state.neighbours[member, ties], team[place + 1 :])
            repeated += int((state.cooperated[member, ties][partners] > 0).sum())
        self.notes[f"{moment}_repeat"][row] = repeated / pairs

    def _note_worth(self, row: int) -> None:
        project = self.state.projects[row]
        for direction, key in enumerate(VALUES):
            self.notes[f"value[{key}]"][row] = project.value[direction]
            self.notes[f"anchored_value[{key}]"][row] = project.anchored_value[direction]
        self.notes["paid"][row] = project.paid

    def table(self) -> "pd.DataFrame":
        """One row a project born so far, at the end of the horizon."""
        import pandas as pd

        horizon = self.setup.scenario.horizon
        rows = self.state.projects[: self.seen]
        months = _months_of(rows, horizon.burn_in, horizon.months)
        notes = {name: values[: self.seen] for name, values in self.notes.items()}
        kinds = notes.pop("kind").astype(int)
        zones = notes.pop("zone").astype(int)

        def month(field: str) -> NDArray[np.float64]:
            return np.where(rows[field] >= 0, rows[field] - float(horizon.burn_in), np.nan)

        def at(moment: str, values: Any) -> NDArray[np.float64]:
            return np.where(np.isnan(months[moment]), np.nan, values)

        def kind_of(field: str) -> list[str]:
            return [KINDS[kind] if kind >= 0 else "" for kind in rows[field]]

        columns: dict[str, Any] = {
            "initiator": rows["initiator_key"],
            **months,
            "theme": np.array(self.setup.scenario.themes)[rows["theme"]],
            "origin": np.array(ORIGINS)[rows["origin"]],
            "kind": np.array(KINDS)[kinds],
            "sector": [SECTOR_OF_KIND[KINDS[kind]] for kind in kinds],
            "zone": np.array(ZONES)[zones],
            "first_known": month("first_known"),
            "award": month("award_month"),
            "reason": np.array(REASONS)[rows["reason"]],
            "structured_size": at("structured", rows["structured_size"]),
            "structured_kind": kind_of("structured_carrier"),
            "co_carried": at("structured", rows["ever_co_carried"]),
            "emerged_kind": kind_of("emerged_carrier"),
        }
        for place, mark in enumerate(MARKS):
            columns[f"mark[{mark}]"] = at("structured", rows["structured_marks"][:, place])
        for name in ("size", "sectors", "kinds", "market", "public"):
            columns[f"emerged_{name}"] = at("emerged", rows[f"emerged_{name}"])
        return pd.DataFrame({**columns, **notes})
