"""The published patterns the model must show, each once. Checking and fitting them live in later stages."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import text
from ectsim.model.outcome import reached
from ectsim.model.state import ANCHORED, BY_CALL, BY_EVENT, CALL_PATHS, EMERGED, STRUCTURED
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND

Role = Literal["fitted", "held out", "check only"]
Parts = tuple[NDArray[Any], NDArray[Any]]
MONTHS_A_YEAR = 12
SURVIVAL_AGES = slice(0, 60)
REQUIRED = ("SF1", "SF2", "SF3", "SF7", "SF9", "SF10")
"""Patterns of which the default parameters must show four at least."""


@dataclasses.dataclass(frozen=True)
class Pattern:
    """One quantity of a pattern of model.md.

    ``parts`` gives, from tallies of shape (R,), what is counted and over what, each of shape (R,); the quantity is
    the ratio of their sums. ``accept`` is (NaN, NaN) where no source gives a range; ``name`` is also the key of the
    label.
    """

    id: str
    name: str
    scenario: str
    unit: str
    target: float
    accept: tuple[float, float]
    role: Role
    source: str
    parts: Callable[[Any], Parts]

    @property
    def label(self) -> str:
        """Label in the current language."""
        return text(f"patterns.{self.name}")


NO_RANGE = (math.nan, math.nan)
CLUSTER = "Clus'Ter Jura"
PER = "Pôles d'excellence rurale, French Senate r08-622"
PUBLIC = [kind for kind, name in enumerate(KINDS) if SECTOR_OF_KIND[name] == "public"]
CIVIL_OR_PRIVATE = [kind for kind in range(len(KINDS)) if kind not in PUBLIC]
FIVE_YEAR_HAZARD = -math.log(0.77) / 5
"""Yearly hazard of 77 % alive after five years."""


def _stages(top: int, bottom: int) -> Callable[[Any], Parts]:
    return lambda t: (reached(t, top), reached(t, bottom))


def _per_recorded(stage: int) -> Callable[[Any], Parts]:
    return lambda t: (reached(t, stage), t["recorded"])


def _yearly(stage: int) -> Callable[[Any], Parts]:
    return lambda t: (reached(t, stage), t["months"] / MONTHS_A_YEAR)


def _path(name: str) -> Callable[[Any], Parts]:
    return lambda t: (t["awarded"][:, CALL_PATHS.index(name)], t["awarded"].sum(axis=1))


def _carriers(kinds: list[int], origins: slice) -> Callable[[Any], Parts]:
    def parts(tallies: Any) -> Parts:
        carriers = tallies["structured_carriers"][:, :, origins]
        return carriers[:, kinds].sum(axis=(1, 2)), carriers.sum(axis=(1, 2))

    return parts


def _hazard(tallies: Any) -> Parts:
    """Ends, and years at risk, of emerged projects in their first five years."""
    ages = SURVIVAL_AGES
    years = tallies["at_risk"][:, :, ages].sum(axis=(1, 2)) / MONTHS_A_YEAR
    return tallies["lost"][:, :, ages].sum(axis=(1, 2)), years


def _per_emerged(field: str) -> Callable[[Any], Parts]:
    return lambda t: (t[field].sum(axis=1), reached(t, EMERGED))


def _selected(tallies: Any) -> Parts:
    return tallies["winners"], tallies["files"]


FUNNEL = f"{CLUSTER}; Fabrique à initiatives 47/299; PNSI 138/588"
CARRIERS = "PER, PAT, France Tiers-Lieux"
PTCE = "PTCE 23/183, 14/99, 15/134, 8/79"
CO_FUNDING = "PER 379/791, LEADER Scotland 495/1137"
PAT = "Projets alimentaires territoriaux (PAT)"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "SF1", "structured_per_idea", "spontaneous", "share", 0.17, (0.10, 0.30), "fitted", FUNNEL,
        _per_recorded(STRUCTURED),
    ),
    Pattern(
        "SF1", "emerged_per_structured", "spontaneous", "share", math.nan, (0.15, 0.50), "fitted", FUNNEL,
        _stages(EMERGED, STRUCTURED),
    ),
    Pattern(
        "SF1", "emerged_per_idea", "spontaneous", "share", math.nan, (0.03, 0.24), "fitted", FUNNEL,
        _per_recorded(EMERGED),
    ),
    Pattern("SF2", "durable", "spontaneous", "1/year", 1.0, (0.5, 2.0), "fitted", CLUSTER, _yearly(ANCHORED)),
    Pattern(
        "SF2", "ideas", "spontaneous", "1/year", 29.0, (20.0, 40.0), "fitted", CLUSTER,
        lambda t: (t["recorded"], t["months"] / MONTHS_A_YEAR),
    ),
    Pattern("SF3", "call_born", "per_like", "share", 0.23, (0.10, 0.40), "fitted", PER, _path("call_born")),
    Pattern("SF3", "recombined", "per_like", "share", 0.66, NO_RANGE, "check only", PER, _path("recombined")),
    Pattern("SF3", "dormant", "per_like", "share", 0.11, NO_RANGE, "check only", PER, _path("dormant")),
    Pattern("SF4", "national_calls", "national_call", "share", math.nan, (0.10, 0.21), "check only", PTCE, _selected),
    Pattern("SF4", "co_funding", "per_like", "share", math.nan, (0.40, 0.80), "check only", CO_FUNDING, _selected),
    Pattern(
        "SF5", "abandoned", "per_like", "share", 0.08, (0.03, 0.12), "held out", PER,
        lambda t: (t["awarded_abandoned"], t["awarded"].sum(axis=1)),
    ),
    Pattern(
        "SF5", "on_time", "per_like", "share", 0.30, (0.20, 0.40), "held out", PER,
        lambda t: (t["awarded_on_time"], t["awarded_due"]),
    ),
    Pattern(
        "SF6", "label_surge", "label_then_money", "1", math.nan, (2.0, 4.0), "held out", PAT,
        lambda t: (t["labelled_late"], t["labelled_early"]),
    ),
    Pattern(
        "SF6", "label_emerged", "label_then_money", "share", 0.10, NO_RANGE, "check only", PAT,
        lambda t: (t["labels_emerged"], t["labels_due"]),
    ),
    Pattern("SF7", "hazard", "spontaneous", "1/year", FIVE_YEAR_HAZARD, (0.016, 0.083), "fitted", "CG Scop", _hazard),
    Pattern(
        "SF9", "public_led", "per_like", "share", 0.76, (0.70, 1.0), "fitted", CARRIERS,
        lambda t: (t["awarded_carriers"][:, PUBLIC].sum(axis=1), t["awarded_carriers"].sum(axis=1)),
    ),
    Pattern(
        "SF9", "public_led_call_born", "per_like", "share", math.nan, NO_RANGE, "check only", CARRIERS,
        _carriers(PUBLIC, slice(BY_CALL, None)),
    ),
    Pattern(
        "SF9", "civil_or_private_led", "spontaneous", "share", math.nan, (0.50, 1.0), "fitted", CARRIERS,
        _carriers(CIVIL_OR_PRIVATE, slice(0, BY_EVENT + 1)),
    ),
    Pattern(
        "SF10", "size", "spontaneous", "organisations", 15.0, (8.0, 20.0), "fitted", "Labo ESS (PTCE)",
        _per_emerged("emerged_size"),
    ),
    Pattern(
        "SF10", "kinds", "spontaneous", "kinds", math.nan, (3.0, float(len(KINDS))), "fitted", "Labo ESS (PTCE)",
        _per_emerged("emerged_kinds"),
    ),
)  # fmt: skip


def columns_of(pattern: Pattern) -> tuple[str, str]:
    """Names of the columns of a table of runs that hold what a pattern counts, and over what."""
    return f"{pattern.name}_count", f"{pattern.name}_of"


def pattern_columns(tallies: Any) -> dict[str, NDArray[np.float64]]:
    """What every pattern counts in tallies of shape (R,), and over what, float arrays (R,)."""
    found = {}
    for pattern in PATTERNS:
        for name, values in zip(columns_of(pattern), pattern.parts(tallies), strict=True):
            found[name] = np.asarray(values, float)
    return found
