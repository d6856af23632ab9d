"""Projects born of a scheme against own initiative: at the same age, theme, size and moment; selection, treatment.

The lives compared are made in lives.py, what is read of them in origins_measures.py, the arithmetic in matching.py; the
census side by side is in origins_census.py.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.lives import FIRST_YEAR, TRAITS, WITHOUT, Lives
from ectsim.analysis.matching import Matched, compare_groups
from ectsim.analysis.origins_measures import MEASURES, Measure
from ectsim.errors import InputError, Problem
from ectsim.model.simulation import Setup
from ectsim.model.state import BY_EVENT, ORIGINS
from ectsim.territory.nomenclature import SECTORS

if TYPE_CHECKING:
    import pandas as pd

RISK_SETS = ("born", "year_old", "structured", "emerged")
"""From when projects are followed: their birth, their first birthday, structuring, emergence."""
STATUSES = ("all", "unfunded", "funded")
"""Whether they had been awarded money when they began to be followed."""
FATED = ("collective", "structured", "emerged", "anchored")
PERIOD = 24
SIZES = 3
INCENTIVE_KINDS = ("call", "subsidy", "regulation")

Values = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Origins:
    """Projects born of a scheme against those of own initiative.

    Attributes
    ----------
    differences : DataFrame
        One row an outcome and status: ``since``, ``outcome``, ``unit``, ``status``; projects ``n_incentive`` and
        ``n_own``; means as they are (``crude_…``) and their difference with 95 % interval; ``incentive`` and ``own``,
        means at the same theme, size and moment, their ``difference``, ``low``, ``high``; ``matched`` share of the
        incentive-born;
        ``enough``: whether there are enough projects to say anything.
    selection : DataFrame
        One row a trait at birth and comparison (``origin``: incentive-born against own; ``award``: own ones awarded
        within the age against the others): means, ``difference`` in standard deviations with ``low``, ``high``.
    parts : DataFrame
        One row an outcome and comparison: ``difference`` at the same theme, needs and moment, and its three parts with
        intervals, which add up to it: ``selection`` (the same projects without the scheme), ``treatment`` (what the
        scheme adds to the first group), ``spillover`` (what it takes from the second).
        Empty where the scheme is permanent.
    fates : DataFrame
        ``origin`` group, ``funded``, ``fate`` at the horizon and after, ``projects`` a run.
    counts : DataFrame
        One row an ``origin`` group: ``projects`` and ``emerged`` a run, ``unborn`` share that has no twin without the
        scheme.
    seeds : sequence of int
    age : int
    """

    differences: "pd.DataFrame"
    selection: "pd.DataFrame"
    parts: "pd.DataFrame"
    fates: "pd.DataFrame"
    counts: "pd.DataFrame"
    seeds: Sequence[int]
    age: int


def require_scheme(setup: Setup, longest: int) -> None:
    """Refuse a scenario in which no project can be born of a scheme, or too short for the age asked.

    Raises
    ------
    InputError
        If it is so.
    """
    scenario = setup.scenario
    file = str(scenario.name)
    problems = []
    if not any(one.kind in INCENTIVE_KINDS for one in scenario.instruments):
        problems.append(Problem("origins.no_scheme", {}, file=file))
    if longest + FIRST_YEAR >= scenario.horizon.months:
        values = {"age": longest, "months": scenario.horizon.months}
        problems.append(Problem("origins.too_old", values, file=file, field="--age"))
    if problems:
        raise InputError(problems)


def compare_origins(lives: Lives) -> Origins:
    """Compare the projects of ``lives`` by origin."""
    import pandas as pd

    table = lives.projects
    differences = [
        _row(measure, status, lives)
        for measure in MEASURES
        for status in (STATUSES[:1] if measure.since == "born" else STATUSES)
    ]
    acts = bool((~_same_life(table, lives.months)).any())
    parts = [row for comparison in ("origin", "award") for row in _parts(comparison, lives)] if acts else []
    selection = [row for comparison in ("origin", "award") for row in _traits(comparison, lives)]
    return Origins(
        pd.DataFrame(differences),
        pd.DataFrame(selection),
        pd.DataFrame(parts, columns=None if parts else ["comparison", "outcome"]),
        _fates(lives),
        _counts(lives),
        lives.seeds,
        lives.age,
    )


def _counts(lives: Lives) -> "pd.DataFrame":
    import pandas as pd

    table = lives.projects
    incentive, runs = incentive_born(table), len(lives.seeds)
    emerged, unborn = table["emerged"].notna().to_numpy(), ~table["has_twin"].to_numpy(bool)
    groups = {"incentive": incentive, "own": ~incentive}
    return pd.DataFrame(
        [
            {
                "origin": name,
                "projects": group.sum() / runs,
                "emerged": (emerged & group).sum() / runs,
                "unborn": unborn[group].mean() if group.any() else np.nan,
            }
            for name, group in groups.items()
        ]
    )


def _same_life(table: Any, months: int) -> NDArray[np.bool_]:
    """Whether a project lives the same with and without the scheme, up to the horizon."""
    same = table["has_twin"].to_numpy(bool)
    for name in ("birth", *FATED, "stopped"):
        one, other = table[name].to_numpy(float), table[f"{name}{WITHOUT}"].to_numpy(float)
        other = np.where(other < months, other, np.nan)
        same = same & ((one == other) | (np.isnan(one) & np.isnan(other)))
    return same


def incentive_born(table: Any) -> NDArray[np.bool_]:
    """Whether a call, a subsidy or a duty caused each project."""
    return table["origin"].isin(ORIGINS[BY_EVENT + 1 :]).to_numpy(bool)


def entry(table: Any, since: str) -> Values:
    """Month from which each project is followed; NaN where it never is."""
    if since == "year_old":
        month = table["birth"].to_numpy(float) + FIRST_YEAR
        return np.where(table["stopped"].to_numpy(float) <= month, np.nan, month)
    return table["birth" if since == "born" else since].to_numpy(float)


def _size(table: Any, since: str) -> Values:
    column = {"born": "need_scale", "year_old": "size_at_year"}.get(since, f"{since}_size")
    return table[column].to_numpy(float)


def strata(table: Any, since: str, entered: Values) -> NDArray[np.int64]:
    """Stratum of each row: theme, third of the sizes (needs at birth, then members), two-year period of entry."""
    theme = np.unique(table["theme"].to_numpy(), return_inverse=True)[1]
    size = _size(table, since)
    cuts = np.quantile(size[~np.isnan(size)], np.arange(1, SIZES) / SIZES) if len(size) else []
    return (theme * SIZES + np.searchsorted(cuts, size)) * 1000 + (np.nan_to_num(entered) // PERIOD).astype(int)


def followed(lives: Lives, since: str, status: str = "all") -> Any:
    """Rows of the lives followed since then for the whole age, within the horizon, with ``entered`` and ``stratum``."""
    table: Any = lives.projects
    entered = entry(table, since)
    award = table["award"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        kept = entered + lives.age <= lives.months
        if status != "all":
            had = award <= entered
            kept &= had if status == "funded" else ~had
    chosen = table[kept]
    entered = entered[kept]
    return chosen.assign(entered=entered, stratum=strata(chosen, since, entered))


def _row(measure: Measure, status: str, lives: Lives) -> dict[str, object]:
    rows = followed(lives, measure.since, status)
    found = compare_groups(
        measure.read(rows, lives.age), incentive_born(rows), rows["stratum"].to_numpy(), rows["run"].to_numpy()
    )
    return {
        "since": measure.since,
        "outcome": measure.name,
        "unit": measure.unit,
        "status": status,
        "n_incentive": found.counts[0],
        "n_own": found.counts[1],
        "crude_incentive": found.crude_means[0],
        "crude_own": found.crude_means[1],
        "crude": found.crude.value,
        "crude_low": found.crude.low,
        "crude_high": found.crude.high,
        "incentive": found.means[0],
        "own": found.means[1],
        "difference": found.difference.value,
        "low": found.difference.low,
        "high": found.difference.high,
        "matched": found.matched,
        "enough": found.enough,
    }


def _compared(comparison: str, lives: Lives) -> tuple[Any, NDArray[np.bool_]]:
    """Rows followed since birth, and which are of the first group."""
    rows = followed(lives, "born")
    if comparison == "origin":
        return rows, incentive_born(rows)
    own = rows[~incentive_born(rows)]
    return own, (own["award"] - own["birth"] < lives.age).to_numpy(bool)


def _traits(comparison: str, lives: Lives) -> Iterator[dict[str, object]]:
    """What projects were at birth, group against group, in standard deviations of all."""
    rows, first = _compared(comparison, lives)
    one_stratum = np.zeros(len(rows), int)
    traits = {name: rows[name].to_numpy(float) for name in TRAITS}
    traits |= {f"sector[{name}]": (rows["sector"] == name).to_numpy(float) for name in SECTORS}
    for name, values in traits.items():
        found = compare_groups(values, first, one_stratum, rows["run"].to_numpy())
        spread = float(np.nanstd(values)) if len(values) else 0.0
        scaled = [one / spread if spread else 0.0 for one in (found.crude.value, found.crude.low, found.crude.high)]
        yield {
            "comparison": comparison,
            "trait": name,
            "n_first": found.counts[0],
            "n_second": found.counts[1],
            "mean_first": found.crude_means[0],
            "mean_second": found.crude_means[1],
            "difference": scaled[0],
            "low": scaled[1],
            "high": scaled[2],
            "enough": found.enough,
        }


def _parts(comparison: str, lives: Lives) -> Iterator[dict[str, object]]:
    """Differences of what projects reached by the age, split by what their twins reached without the scheme."""
    rows, first = _compared(comparison, lives)
    stratum, runs = rows["stratum"].to_numpy(), rows["run"].to_numpy()
    for name in FATED:
        with_scheme = _by_age(rows, name, lives.age, "")
        without = _by_age(rows, name, lives.age, WITHOUT)
        gained = with_scheme - without
        nobody = np.zeros(len(rows))
        found = {
            "difference": with_scheme,
            "selection": without,
            "treatment": np.where(first, gained, nobody),
            "spillover": np.where(first, nobody, gained),
        }
        compared = {part: compare_groups(values, first, stratum, runs) for part, values in found.items()}
        yield _parts_row(comparison, name, compared)


def _parts_row(comparison: str, name: str, compared: dict[str, Matched]) -> dict[str, object]:
    whole = compared["difference"]
    row: dict[str, object] = {"comparison": comparison, "outcome": name}
    row |= {"n_first": whole.counts[0], "n_second": whole.counts[1], "first": whole.means[0], "second": whole.means[1]}
    for part, found in compared.items():
        value, low, high, _ = found.difference
        row |= {part: value, f"{part}_low": low, f"{part}_high": high}
    return row | {"matched": whole.matched, "enough": whole.enough}


def _by_age(rows: Any, name: str, age: int, ending: str) -> Values:
    """1 where a project reached a stage within ``age`` months of its birth, 0 where not or where it is not born."""
    wait = rows[f"{name}{ending}"].to_numpy(float) - rows[f"birth{ending}"].to_numpy(float)
    return (wait < age).astype(float)


def _fates(lives: Lives) -> "pd.DataFrame":
    import pandas as pd

    table: Any = lives.projects
    group = np.where(incentive_born(table), "incentive", "own")
    funded = table["award"].notna()
    parts = []
    for cut_off in ("horizon", "after"):
        counted: Any = table.groupby([group, funded, table[f"fate_{cut_off}"]]).size() / len(lives.seeds)
        part = counted.rename_axis(["origin", "funded", "fate"]).rename("projects").reset_index()
        parts.append(part.assign(cut_off=cut_off))
    return pd.concat(parts, ignore_index=True)
