"""What ``ectsim territory check`` tells of a territory that reads well: its numbers, what deserves a second look."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ectsim.errors import Problem
from ectsim.territory.nomenclature import KINDS
from ectsim.territory.reading import load_territory
from ectsim.territory.territory import Territory


@dataclass(frozen=True)
class KindCount:
    """Actors of one kind in the frame; ``counted`` of them are a count, the rest an estimate."""

    kind: str
    count: int
    low: int
    high: int
    counted: int


@dataclass(frozen=True)
class TerritoryReport:
    """Numbers of a territory, and warnings, each a problem with a message in both languages."""

    name: str
    title: dict[str, str]
    communes: int
    inhabitants: int
    area_km2: float
    epcis: int
    contiguous_pairs: int
    outlines: int
    has_travel_times: bool
    kinds: tuple[KindCount, ...]
    warnings: tuple[Problem, ...]


def check_territory(path: str | Path) -> TerritoryReport:
    """Read a territory and report on it.

    Raises
    ------
    InputError
        If it cannot be read (see ``load_territory``).
    """
    territory = load_territory(path)
    outlined = sum(bool(rings) for rings in territory.outlines)
    return TerritoryReport(
        name=territory.name,
        title=territory.title,
        communes=len(territory.codes),
        inhabitants=int(territory.population.sum()),
        area_km2=float(territory.area_km2.sum()),
        epcis=len(territory.epci_codes),
        contiguous_pairs=len(territory.contiguity),
        outlines=outlined,
        has_travel_times=territory.travel_minutes is not None,
        kinds=_count_kinds(territory),
        warnings=tuple(_warnings(territory)),
    )


def _count_kinds(territory: Territory) -> tuple[KindCount, ...]:
    counts = []
    for kind in KINDS:
        strata = [stratum for stratum in territory.frame if stratum.kind == kind]
        counts.append(
            KindCount(
                kind,
                sum(stratum.count for stratum in strata),
                sum(stratum.low for stratum in strata),
                sum(stratum.high for stratum in strata),
                sum(stratum.count for stratum in strata if stratum.status == "count"),
            )
        )
    return tuple(counts)


def _warnings(territory: Territory) -> list[Problem]:
    warnings = []
    without = [name for name, rings in zip(territory.names, territory.outlines, strict=True) if not rings]
    if without:
        values = {"communes": len(without), "first": without[0]}
        warnings.append(Problem("territory.no_outline", values, territory.folder / "communes.geojson"))
    warnings.extend(_points_outside(territory))
    groups = count_groups(territory)
    if groups > 1:
        warnings.append(Problem("territory.disconnected", {"groups": groups}, territory.folder / "contiguity.csv"))
    warnings.extend(_epci_totals(territory))
    given = {stratum.kind for stratum in territory.frame}
    for kind in KINDS:
        if kind not in given:
            warnings.append(Problem("territory.kind_absent", {"kind": kind}, territory.folder / "actors.csv"))
    return warnings


def _points_outside(territory: Territory) -> list[Problem]:
    """Warn of communes whose point lies outside the frame of their outline."""
    outside = []
    points = np.column_stack((territory.longitude, territory.latitude))
    for name, point, rings in zip(territory.names, points, territory.outlines, strict=True):
        corners = np.vstack(rings) if rings else point[None, :]
        if np.any(point < corners.min(axis=0)) or np.any(point > corners.max(axis=0)):
            outside.append(Problem("territory.point_outside", {"name": name}, territory.folder / "communes.csv"))
    return outside


def _epci_totals(territory: Territory) -> list[Problem]:
    """Warn of EPCI whose population is not that of their communes; a part of an EPCI may only be smaller."""
    totals = Counter[int]()
    for epci, inhabitants in zip(territory.epci_of.tolist(), territory.population.tolist(), strict=True):
        totals[epci] += inhabitants
    is_perimeter = territory.name != territory.folder.name
    warnings = []
    for rank, whole in enumerate(territory.epci_population.tolist()):
        if totals[rank] > whole or (totals[rank] < whole and not is_perimeter):
            values = {"epci": territory.epci_codes[rank], "given": whole, "sum": totals[rank]}
            warnings.append(Problem("territory.epci_total", values, territory.folder / "epci.csv", None, "population"))
    return warnings


def count_groups(territory: Territory) -> int:
    """Count the connected groups of communes under contiguity."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(territory.codes)
    first, second = territory.contiguity.T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    return int(connected_components(graph, directed=False)[0])
