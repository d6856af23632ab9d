"""The census of projects (recension) and what a census of simulated projects would see; targets are in targets.py.

A census lists projects somebody remembers: those that died before anybody noticed are missing. Durations therefore
enter when the project became known (delayed entry), and simulated projects pass the same listing filter.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.codebook import categories
from ectsim.errors import Problem
from ectsim.model.state import BY_EVENT, EMERGED, NEVER, ORIGINS
from ectsim.model.tally import GROUPS
from ectsim.territory.nomenclature import SECTORS

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews
    from ectsim.experiments.single import Run

Floats = NDArray[np.float64]

EMERGED_STAGES = ("emerge", "exploitation")
STOPPED = "arrete"


@dataclass(frozen=True)
class Census:
    """N projects as numbers; NaN where the census does not say.

    Attributes
    ----------
    origin : float64 (N,)
        Rank in ``state.ORIGINS``.
    start, known, emergence, end, until : float64 (N,)
        Months of the idea, of the first trace, of emergence, of the end (or abandonment), of the last news.
    emerged, ended : float64 (N,)
        Whether it emerged, whether it ended or was abandoned, 0 or 1; the month may be missing all the same.
    partners, sectors : float64 (N,)
        Organisations and distinct sectors at emergence, support structures left out.
    co_led, facilitated, public_share, market_share : float64 (N,)
        Shares between 0 and 1, or 0 and 1 for no and yes.
    years : float
        Length of the period listed.
    synthetic : bool
        Whether the projects are fictive.
    """

    origin: Floats
    start: Floats
    known: Floats
    emergence: Floats
    end: Floats
    until: Floats
    emerged: Floats
    ended: Floats
    partners: Floats
    sectors: Floats
    co_led: Floats
    facilitated: Floats
    public_share: Floats
    market_share: Floats
    years: float
    synthetic: bool

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def group(self) -> Floats:
        """Rank in ``tally.GROUPS`` of the origin: own initiative (events included) or scheme; NaN where unknown."""
        return np.where(np.isnan(self.origin), np.nan, (self.origin > BY_EVENT).astype(float))

    def take(self, rows: NDArray[Any]) -> "Census":
        """The projects of ``rows`` (indices, possibly repeated, or a mask)."""
        arrays = {
            field.name: getattr(self, field.name)[rows]
            for field in dataclasses.fields(self)
            if field.name not in ("years", "synthetic")
        }
        return dataclasses.replace(self, **arrays)

    def of_group(self, name: str) -> "Census":
        """The projects of one of ``tally.GROUPS``."""
        return self.take(self.group == GROUPS.index(name))


@dataclass(frozen=True)
class Survival:
    """Kaplan-Meier estimate with delayed entry, one row a time at which something ended.

    Attributes
    ----------
    times, at_risk, ends, share : float64 (T,)
        Time, how many were at risk, how many ended, share surviving it.
    last : float
        Longest time observed; nothing is known beyond.
    """

    times: Floats
    at_risk: Floats
    ends: Floats
    share: Floats
    last: float

    def at(self, time: float) -> float:
        """Share surviving ``time``; NaN beyond the longest time observed."""
        if not time <= self.last and not (len(self.share) and self.share[-1] == 0):
            return float("nan")
        place = int(np.searchsorted(self.times, time, side="right"))
        return 1.0 if place == 0 else float(self.share[place - 1])

    def median(self) -> float:
        """First time at which half or fewer survive; NaN where the estimate stays above."""
        below = np.flatnonzero(self.share <= 0.5 + 1e-12)
        return float(self.times[below[0]]) if len(below) else float("nan")

    def median_so_far(self) -> float:
        """The median or, where more than half survive, the longest time observed: it is at least that."""
        median = self.median()
        return self.last if np.isnan(median) else median


def delayed_entry_survival(entry: Floats, leave: Floats, ended: NDArray[np.bool_]) -> Survival:
    """Kaplan-Meier estimate from left-truncated, right-censored durations (Tsai, Jewell & Wang 1987, Biometrika 74).

    Parameters
    ----------
    entry
        Duration from which each is under observation: at risk of ending at t where entry < t ≤ leave.
    leave
        Duration at which it ended or was last seen.
    ended
        Whether it ended. Rows with a NaN, or that left before they entered, say nothing and are left out.
    """
    seen = entry < leave
    entry, leave, ended = entry[seen], leave[seen], ended[seen]
    times = np.unique(leave[ended])
    at_risk = ((entry[:, None] < times) & (times <= leave[:, None])).sum(axis=0).astype(float)
    ends = ((leave[:, None] == times) & ended[:, None]).sum(axis=0).astype(float)
    last = float(leave.max()) if len(leave) else float("nan")
    return Survival(times, at_risk, ends, np.cumprod(1.0 - ends / at_risk), last)


def survival_of_projects(census: Census) -> Survival:
    """Months from the idea to the end or abandonment."""
    return _until(census, census.ended, census.end)


def wait_for_emergence(census: Census) -> Survival:
    """Months from the idea to emergence; projects abandoned before are censored at their end."""
    return _until(census, census.emerged, census.emergence)


def _until(census: Census, happened: Floats, month: Floats) -> Survival:
    last_seen = np.where(census.ended == 1, census.end, census.until)
    leave = np.where(happened == 1, month, np.where(happened == 0, last_seen, np.nan))
    return delayed_entry_survival(census.known - census.start, leave - census.start, happened == 1)


def read_census(interviews: "Interviews") -> Census:
    """The census of a study, from its table of projects; an incomplete one is accepted."""
    projects: Any = interviews.projects
    ranks = {value: float(ORIGINS.index(category.model_name)) for value, category in categories("ORIG").items()}
    partners = np.column_stack([_numbers(projects[column]) for column in _partner_columns()])
    emergence, end = _numbers(months(projects["emergence_month"])), _numbers(months(projects["end_month"]))
    start, until = _numbers(months(projects["start_month"])), _numbers(months(projects["observed_until"]))
    known_start = start[~np.isnan(start)]
    span = np.nanmax(until) - known_start.min() if len(known_start) and not np.isnan(until).all() else np.nan
    return Census(
        origin=np.array([ranks.get(value, np.nan) for value in projects["origin"]]),
        start=start,
        known=_numbers(months(projects["first_known_month"])),
        emergence=emergence,
        end=end,
        until=until,
        emerged=_known_or(emergence, projects["stage"].isin(EMERGED_STAGES), projects["stage"] != ""),
        ended=_known_or(end, projects["stage"] == STOPPED, (projects["stage"] != "") | projects["alive"].fillna(False)),
        partners=partners.sum(axis=1),
        sectors=np.where(np.isnan(partners).any(axis=1), np.nan, (partners > 0).sum(axis=1)),
        co_led=_numbers(projects["co_led"]),
        facilitated=_numbers(projects["facilitated"]),
        public_share=_numbers(projects["public_funding_share"]),
        market_share=_numbers(projects["market_share"]),
        years=float(span) / 12 if span > 0 else float("nan"),
        synthetic=interviews.synthetic,
    )


def doubts_of(interviews: "Interviews") -> Iterator[Problem]:
    """Yield what the census says that someone should look at, though it may be right."""
    projects: Any = interviews.projects
    nameless = int(((projects["origin"] == "ami") & (projects["call_id"] == "")).sum())
    if nameless:
        yield Problem("interviews.call_unnamed", {"count": nameless}, field="call_id")


def simulated_census(run: "Run") -> Census:
    """What a census at the end of the horizon would list of a simulated world: its projects already known."""
    horizon = run.setup.scenario.horizon
    rows = run.state.projects[: int(run.state.clock[0].projects)]
    last = horizon.burn_in + horizon.months
    rows = rows[(rows["first_known"] != NEVER) & (rows["birth"] >= horizon.burn_in)]
    emergence, end = _month(rows["stage_month"][:, EMERGED]), _month(rows["end_month"])

    def at_emergence(field: str) -> Floats:
        return np.where(np.isnan(emergence), np.nan, rows[field].astype(float))

    return Census(
        origin=rows["origin"].astype(float),
        start=rows["birth"].astype(float),
        known=_month(rows["first_known"]),
        emergence=emergence,
        end=end,
        until=np.full(len(rows), float(last)),
        emerged=(~np.isnan(emergence)).astype(float),
        ended=(~np.isnan(end)).astype(float),
        partners=at_emergence("emerged_size"),
        sectors=at_emergence("emerged_sectors"),
        co_led=at_emergence("ever_co_carried"),
        facilitated=rows["facilitated_once"].astype(float),
        public_share=at_emergence("emerged_public"),
        market_share=at_emergence("emerged_market"),
        years=horizon.months / 12,
        synthetic=True,
    )


def _partner_columns() -> list[str]:
    names = {category.model_name: value for value, category in categories("sector").items()}
    return [f"n_{names[sector]}" for sector in SECTORS]


def _known_or(month: Floats, yes: Any, told: Any) -> Floats:
    """1 where the month is given or another column says yes, 0 where one says no, NaN where none says anything."""
    happened = ~np.isnan(month) | yes.to_numpy(bool)
    return np.where(happened, 1.0, np.where(told.to_numpy(bool), 0.0, np.nan))


def _numbers(column: Any) -> Floats:
    return column.astype("Float64").to_numpy(float, na_value=np.nan)


def _month(values: NDArray[np.int64]) -> Floats:
    return np.where(values == NEVER, np.nan, values.astype(float))


def months(column: "pd.Series") -> "pd.Series":
    """Months as numbers since year 0, from texts "YYYY-MM"; NaN where empty."""
    year = column.str.slice(0, 4)
    month = column.str.slice(5, 7)
    return year.where(year != "").astype(float) * 12 + month.where(month != "").astype(float) - 1
