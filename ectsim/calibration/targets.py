"""Targets from the census, with standard errors, and what a census of that size could tell. Fitting is elsewhere."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.census import Census, survival_of_projects, wait_for_emergence
from ectsim.calibration.tidy import FICTIVE
from ectsim.errors import Problem
from ectsim.experiments.store import writing_whole
from ectsim.locale import text
from ectsim.model.tally import GROUPS

if TYPE_CHECKING:
    import pandas as pd

LEAST_ENDS = 5
"""Ends below which a survival curve would tell about single projects: it is not shown."""
LEAST_PROJECTS = 3
LEVEL = 0.95
POWER = 0.8
TABLES = ("targets", "power", "gaps")
"""Files written, without their ending."""
SPONTANEOUS, INCENTIVE = GROUPS

Formula = Callable[[Census], float]


@dataclass(frozen=True)
class Target:
    """One quantity of a census, the same for projects observed and simulated.

    ``informative`` says which projects tell something of it. A ``held_out`` target is kept for validation and must not
    be fitted. ``group`` restricts it to one of ``tally.GROUPS``; the two of a pair are compared. ``simulated`` is the
    formula for simulated projects, where it is another.
    """

    name: str
    unit: str
    formula: Formula
    informative: Callable[[Census], NDArray[np.bool_]]
    held_out: bool = False
    group: str | None = None
    simulated: Formula | None = None

    @property
    def label(self) -> str:
        """Label in the current language."""
        return target_label(self.name, self.group)

    def value(self, census: Census) -> float:
        """The quantity; NaN where it is not defined."""
        return self.formula(self._concerned(census))

    def simulated_value(self, census: Census) -> float:
        """The quantity in simulated projects; NaN where it is not defined."""
        return (self.simulated or self.formula)(self._concerned(census))

    def _concerned(self, census: Census) -> Census:
        return census if self.group is None else census.of_group(self.group)


def target_label(name: str, group: str | None) -> str:
    """Label of a target of the whole census or of one of ``tally.GROUPS``, in the current language."""
    base = text(f"posteriors.target_{name.partition('[')[0]}")
    return base if group is None else f"{base}{text(f'posteriors.group_{group}')}"


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _median(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _at_emergence(values: NDArray[np.float64], census: Census) -> NDArray[np.float64]:
    return np.where(census.emerged == 1, values, np.nan)


def _dated(census: Census) -> NDArray[np.bool_]:
    """Projects whose survival can be followed: from when they were known to their end or to the last news."""
    last = np.where(census.ended == 1, census.end, np.where(census.ended == 0, census.until, np.nan))
    return census.known < last


def _told(field: str, emerged: bool = False) -> Callable[[Census], NDArray[np.bool_]]:
    def informative(census: Census) -> NDArray[np.bool_]:
        told = ~np.isnan(getattr(census, field))
        return told & (census.emerged == 1) if emerged else told

    return informative


def _by_group(
    name: str,
    unit: str,
    formula: Formula,
    informative: Callable[[Census], NDArray[np.bool_]],
    held_out: bool = False,
    simulated: Formula | None = None,
) -> list[Target]:
    return [Target(f"{name}[{group}]", unit, formula, informative, held_out, group, simulated) for group in GROUPS]


TARGETS: tuple[Target, ...] = (
    Target("starts", "1/year", lambda c: float(len(c.start)) / c.years, lambda c: np.full(len(c), True)),
    Target("incentive_share", "share", lambda c: _mean(c.group), _told("origin")),
    *_by_group("emerged_share", "share", lambda c: _mean(c.emerged), _told("emerged")),
    # where most simulated projects never emerge, the wait is at least as long as the world lasts
    *_by_group(
        "emergence_wait",
        "months",
        lambda c: wait_for_emergence(c).median(),
        _dated,
        simulated=lambda c: wait_for_emergence(c).median_so_far(),
    ),
    *_by_group("survival_12", "share", lambda c: survival_of_projects(c).at(12), _dated),
    # both, because the gap follows from the two
    *_by_group("survival_24", "share", lambda c: survival_of_projects(c).at(24), _dated, held_out=True),
    Target(
        "partners",
        "organisations",
        lambda c: _median(_at_emergence(c.partners, c)),
        _told("partners", emerged=True),
    ),
    Target(
        "three_sectors",
        "share",
        lambda c: _mean(_at_emergence(np.where(np.isnan(c.sectors), np.nan, c.sectors >= 3), c)),
        _told("sectors", emerged=True),
        held_out=True,
    ),
    Target("co_led", "share", lambda c: _mean(_at_emergence(c.co_led, c)), _told("co_led", emerged=True)),
    Target(
        "public_share",
        "share",
        lambda c: _mean(_at_emergence(c.public_share, c)),
        _told("public_share", emerged=True),
    ),
    *_by_group("facilitated", "share", lambda c: _mean(c.facilitated), _told("facilitated")),
    Target(
        "market_share",
        "share",
        lambda c: _mean(_at_emergence(c.market_share, c)),
        _told("market_share", emerged=True),
    ),
)


@dataclass(frozen=True)
class Targets:
    """What a census says, and what it cannot.

    Attributes
    ----------
    table : DataFrame
        Columns name, label, unit, value, standard_error, n (projects that tell something), held_out.
    power : DataFrame
        For each target by origin: projects of both groups, difference (scheme less own initiative; NaN where one is
        not shown), its standard error, least difference such a census would detect (80 % power, 5 % two-sided).
    gaps : tuple of Problem
        What the census does not say: targets left out and columns with holes.
    synthetic : bool
        Whether the projects are fictive.
    """

    table: "pd.DataFrame"
    power: "pd.DataFrame"
    gaps: tuple[Problem, ...]
    synthetic: bool


def census_targets(
    census: Census, seed: int = 1, resamples: int = 500, *, asked: Sequence[Target] = TARGETS
) -> Targets:
    """Every target the census can give of those asked, with bootstrap standard errors over projects.

    Standard errors are at least 1/(2n): among few projects that agree, the next may differ. The starts of a year are
    counted, so that theirs is Poisson's.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    samples = [census.take(rng.integers(0, len(census), len(census))) for _ in range(resamples)] if len(census) else []
    rows, gaps = [], list(_holes(census))
    errors: dict[str, float] = {}
    for target in asked:
        of_group = census if target.group is None else census.of_group(target.group)
        n = int(target.informative(of_group).sum())
        value, gap = target.value(census), _gap(target, of_group, n)
        if n >= LEAST_PROJECTS and not np.isnan(value):
            drawn = [target.value(sample) for sample in samples]
            counted = target.name == "starts"
            errors[target.name] = np.sqrt(n) / census.years if counted else max(float(np.nanstd(drawn)), 0.5 / n)
        if gap is None:
            rows.append((target.name, target.label, target.unit, value, errors[target.name], n, target.held_out))
        else:
            gaps.append(gap)
    columns = ["name", "label", "unit", "value", "standard_error", "n", "held_out"]
    table = pd.DataFrame(rows, columns=columns).astype({"n": int, "held_out": bool})
    return Targets(table, _power(table, census, errors, asked), tuple(gaps), census.synthetic)


def simulated_targets(census: Census) -> dict[str, float]:
    """Value of every target for a simulated census, NaN where it is not defined: what a fit compares."""
    return {target.name: target.simulated_value(census) for target in TARGETS}


def power_of(difference: float, standard_error: float) -> float:
    """Chance that a two-sided test at 5 % tells a true ``difference`` estimated with ``standard_error``."""
    from scipy.special import ndtr, ndtri

    bound = ndtri(0.5 + LEVEL / 2)
    ratio = abs(difference) / standard_error
    return float(ndtr(ratio - bound) + ndtr(-ratio - bound))


def detectable(standard_error: float) -> float:
    """Difference that would be told with 80 % power."""
    from scipy.special import ndtri

    return float((ndtri(0.5 + LEVEL / 2) + ndtri(POWER)) * standard_error)


def tell_power(targets: Targets) -> list[str]:
    """A sentence for each target given by origin: what difference this census could and could not detect."""
    said = []
    for row in targets.power.to_dict("records"):
        key, scale = ("power_share", 100) if row["unit"] == "share" else ("power_months", 1)
        values = {"name": row["label"], "own": row["n_spontaneous"], "scheme": row["n_incentive"]}
        said.append(text(f"posteriors.{key}", **values, least=round(row["detectable"] * scale)))
    return said


def write_targets(targets: Targets, folder: Path) -> None:
    """Write ``targets.csv``, ``power.csv`` and ``gaps.csv`` into ``folder``, each whole or not at all."""
    import pandas as pd

    gaps = pd.DataFrame({"gap": [str(gap) for gap in targets.gaps]})
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in zip(TABLES, (targets.table, targets.power, gaps), strict=True):
        content = table.assign(synthetic=targets.synthetic).to_csv(index=False, lineterminator="\n")
        notice = f"# {FICTIVE}\n" if targets.synthetic else ""
        with writing_whole(folder / f"{name}.csv") as file:
            file.write((notice + content).encode())


def _gap(target: Target, census: Census, n: int) -> Problem | None:
    """Why the census cannot give a target, or None when it can."""
    name = target.name.partition("[")[0]
    if n < LEAST_PROJECTS:
        return Problem("posteriors.gap_few", {"name": target.label, "n": n, "least": LEAST_PROJECTS})
    if name in ("survival_12", "survival_24"):
        ends = int(survival_of_projects(census).ends.sum())
        if ends < LEAST_ENDS:
            return Problem("posteriors.gap_ends", {"name": target.label, "n": ends, "least": LEAST_ENDS})
    if np.isnan(target.formula(census)):
        return Problem("posteriors.gap_undefined", {"name": target.label})
    return None


def _holes(census: Census) -> list[Problem]:
    """Columns that some projects leave empty, with their number."""
    given = {
        "origin": np.isnan(census.origin),
        "start_month": np.isnan(census.start),
        "first_known_month": np.isnan(census.known),
        "stage": np.isnan(census.emerged),
        "emergence_month": (census.emerged == 1) & np.isnan(census.emergence),
        "end_month": (census.ended == 1) & np.isnan(census.end),
        "observed_until": (census.ended != 1) & np.isnan(census.until),
        "n_public, n_prive, n_societe_civile": (census.emerged == 1) & np.isnan(census.sectors),
        "co_led": (census.emerged == 1) & np.isnan(census.co_led),
        "facilitated": np.isnan(census.facilitated),
        "public_funding_share": (census.emerged == 1) & np.isnan(census.public_share),
        "market_share": (census.emerged == 1) & np.isnan(census.market_share),
    }
    return [
        Problem("posteriors.gap_column", {"missing": int(holes.sum()), "n": len(census)}, field=field)
        for field, holes in given.items()
        if holes.any()
    ]


def _power(
    table: "pd.DataFrame", census: Census, errors: Mapping[str, float], asked: Sequence[Target]
) -> "pd.DataFrame":
    import pandas as pd

    shown = dict(zip(table["name"], table["value"], strict=True))
    by_name = {target.name: target for target in asked}
    rows = []
    for name in dict.fromkeys(t.name.partition("[")[0] for t in asked if t.group is not None):
        pair = [by_name[f"{name}[{group}]"] for group in (SPONTANEOUS, INCENTIVE)]
        if not {target.name for target in pair} <= set(errors):
            continue
        counts = [int(target.informative(census.of_group(str(target.group))).sum()) for target in pair]
        own, scheme = (shown.get(target.name, np.nan) for target in pair)
        error = math.hypot(*(errors[target.name] for target in pair))
        label = text(f"posteriors.target_{name}")
        rows.append((name, label, pair[0].unit, *counts, scheme - own, error, detectable(error)))
    columns = ["name", "label", "unit", "n_spontaneous", "n_incentive", "difference", "standard_error", "detectable"]
    return pd.DataFrame(rows, columns=columns)
