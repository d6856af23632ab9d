"""The sampling frame: how many actors of each kind, size class and zone. Drawing from it belongs to the world."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ectsim.errors import Problem
from ectsim.territory.communes import Commune, Epci
from ectsim.territory.nomenclature import KINDS, SIZE_CLASSES, STATUSES, ZONES, size_class_of_population
from ectsim.territory.tables import Row, read_table

LOCATED_KINDS = ("commune", "epci")
"""Kinds whose actors are known one by one from the tables of communes and EPCI."""

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class FrameStratum:
    """Actors of one kind, size class and zone that have something to decide.

    ``low`` and ``high`` bound an estimate and equal ``count`` for a count; ``source`` tells origin and method.
    """

    kind: str
    size_class: str
    zone: str
    count: int
    low: int
    high: int
    status: str
    source: str

    @property
    def cell(self) -> Cell:
        """Kind, size class and zone."""
        return (self.kind, self.size_class, self.zone)


def count_located(communes: Iterable[Commune], epcis: Mapping[str, Epci]) -> Counter[Cell]:
    """Count communes and EPCI by kind, size class and zone; an EPCI lies in the zone of its most populous commune."""
    cells: Counter[Cell] = Counter()
    largest: dict[str, Commune] = {}
    for commune in communes:
        cells["commune", size_class_of_population(commune.population), commune.zone] += 1
        if commune.epci not in largest or commune.population > largest[commune.epci].population:
            largest[commune.epci] = commune
    for code, commune in largest.items():
        cells["epci", size_class_of_population(epcis[code].population), commune.zone] += 1
    return cells


def read_frame(file: Path, problems: list[Problem]) -> dict[FrameStratum, int]:
    """Read ``actors.csv``, one row for each kind, size class, zone and status, into strata and their lines."""
    columns = ("kind", "size_class", "zone", "count", "low", "high", "status", "source")
    seen: dict[tuple[str, ...], int] = {}
    lines: dict[FrameStratum, int] = {}
    for row in read_table(file, columns, problems):
        stratum = FrameStratum(
            row.one_of("kind", KINDS),
            row.one_of("size_class", SIZE_CLASSES),
            row.one_of("zone", ZONES),
            row.count("count"),
            row.count("low"),
            row.count("high"),
            row.one_of("status", STATUSES),
            row.text("source"),
        )
        _check_bounds(row, stratum)
        key = (*stratum.cell, stratum.status)
        if key in seen:
            row.complain("duplicate", "kind", given=" ".join(key), first=seen[key])
        seen.setdefault(key, row.line)
        lines[stratum] = row.line
    return lines


def _check_bounds(row: Row, stratum: FrameStratum) -> None:
    if not stratum.low <= stratum.count <= stratum.high:
        row.complain("bounds", "count", low=stratum.low, given=stratum.count, high=stratum.high)
    elif stratum.status == "count" and stratum.low != stratum.high:
        row.complain("count_with_range", "status", low=stratum.low, high=stratum.high)


def check_located(
    file: Path, lines: Mapping[FrameStratum, int], located: Mapping[Cell, int], problems: list[Problem]
) -> None:
    """Add a problem for each cell where the frame and the tables disagree on the number of communes or EPCI."""
    given: Counter[Cell] = Counter()
    line_of: dict[Cell, int] = {}
    for stratum, line in lines.items():
        if stratum.kind in LOCATED_KINDS:
            given[stratum.cell] += stratum.count
            line_of[stratum.cell] = line
    for cell in sorted(set(given) | set(located)):
        if given[cell] != located.get(cell, 0):
            values = {"cell": " ".join(cell), "given": given[cell], "expected": located.get(cell, 0)}
            problems.append(Problem("territory.frame_differs", values, file, line_of.get(cell), "count"))


def restrict_frame(
    frame: Iterable[FrameStratum], kept: Mapping[str, float], located: Mapping[Cell, int], perimeter: str
) -> tuple[FrameStratum, ...]:
    """Carry a frame to another perimeter of the territory.

    Communes and EPCI are counted anew. Every other number is multiplied by ``kept[zone]``, the population of the zone
    in the perimeter over its population in the territory, and becomes an estimate where that share is not 1. Strata
    that fall to zero are left out.
    """
    strata = [
        FrameStratum(*cell, number, number, number, "count", f"communes and EPCI of {perimeter}, counted")
        for cell, number in located.items()
    ]
    for stratum in frame:
        if stratum.kind not in LOCATED_KINDS:
            strata.append(_scale(stratum, kept[stratum.zone], perimeter))
    present = (stratum for stratum in strata if stratum.count > 0)
    return tuple(
        sorted(present, key=lambda s: (KINDS.index(s.kind), SIZE_CLASSES.index(s.size_class), ZONES.index(s.zone)))
    )


def _scale(stratum: FrameStratum, share: float, perimeter: str) -> FrameStratum:
    if share == 1:
        return stratum
    return replace(
        stratum,
        count=round(stratum.count * share),
        low=round(stratum.low * share),
        high=round(stratum.high * share),
        status="estimate",
        source=f"{stratum.source}; x {share:.3f} (population of the zone in {perimeter})",
    )
