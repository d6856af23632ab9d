"""The sampling plan: how many actors of each stratum of the frame, and where each may be placed.

Drawing them lives in population.py.
"""

import math
from typing import Any

import numpy as np

from ectsim.territory.distances import great_circle_km
from ectsim.territory.frame import FrameStratum
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS, SIZE_CLASSES, ZONES, size_class_of_population
from ectsim.territory.territory import Territory
from ectsim.world.layout import STRATUM_FIELDS, Ground, records

ALLOCATION_POWER = 0.5
LARGEST_TABLE = 2_000


def is_intercommunal(stratum: FrameStratum) -> bool:
    """Whether a stratum holds intercommunal bodies that are known one by one: they are always in the sample."""
    return stratum.kind == "epci" or (stratum.kind == "public_body" and stratum.status == "count")


def allocate(frame: tuple[FrameStratum, ...], actors: int) -> list[int]:
    """Number of actors sampled in each stratum, ``actors`` in all.

    Intercommunal bodies are all in. The rest is a power allocation (Bankier 1988): proportional to the square root of
    the stratum's count, so that small kinds are not lost; proportional to the count itself once the sample is larger
    than the frame. Largest remainders settle the rounding.
    """
    total = sum(stratum.count for stratum in frame)
    whole = actors >= total
    scale = actors / total if whole else 1.0
    taken = [round(s.count * scale) if is_intercommunal(s) else 0 for s in frame]
    left = actors - sum(taken)
    if left <= 0:
        return _shares([float(t) for t in taken], actors)
    if whole:
        extra = _shares([0.0 if is_intercommunal(s) else float(s.count) for s in frame], left)
        return [t + n for t, n in zip(taken, extra, strict=True)]
    return _power_allocation(frame, taken, left)


def _power_allocation(frame: tuple[FrameStratum, ...], taken: list[int], left: int) -> list[int]:
    """Allocate ``left`` actors by the power of the counts, no stratum above its count: what is cut is shared again."""
    counts = list(taken)
    while left > 0:
        room = [s.count - n for s, n in zip(frame, counts, strict=True)]
        measures = [math.pow(s.count, ALLOCATION_POWER) if r > 0 else 0.0 for s, r in zip(frame, room, strict=True)]
        for i, share in enumerate(_shares(measures, left)):
            given = min(share, room[i])
            counts[i] += given
            left -= given
    return counts


def _shares(measures: list[float], total: int) -> list[int]:
    """Split ``total`` in proportion to ``measures``, by largest remainders."""
    exact = [total * m / sum(measures) for m in measures]
    counts = [math.floor(e) for e in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (counts[i] - exact[i], i))
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts


def prepare_ground(territory: Territory, actors: int) -> Ground:
    """Everything about the territory that does not depend on the seed."""
    frame = tuple(sorted(territory.frame, key=lambda s: (KINDS.index(s.kind), s.size_class, s.zone, s.status)))
    kept = [(s, n) for s, n in zip(frame, allocate(frame, actors), strict=True) if n > 0]
    whole_kinds = {kind: sum(s.count for s in frame if s.kind == kind) for kind in KINDS}
    kept_kinds = {kind: sum(s.count for s, _ in kept if s.kind == kind) for kind in KINDS}
    strata: Any = records(len(kept), STRATUM_FIELDS)
    listed: list[int] = []
    cumulated: list[float] = []
    for row, (stratum, count) in zip(strata, kept, strict=True):
        places = _places(territory, stratum)
        weights = np.cumsum(np.maximum(territory.population[places], 1).astype(float))
        row.kind = KINDS.index(stratum.kind)
        row.sector = SECTORS.index(SECTOR_OF_KIND[stratum.kind])
        row.size_class = SIZE_CLASSES.index(stratum.size_class)
        row.zone = ZONES.index(stratum.zone)
        row.count = count
        row.first = len(listed)
        row.places = len(places)
        row.systematic = stratum.kind in ("commune", "epci")
        row.weight = stratum.count / count * whole_kinds[stratum.kind] / kept_kinds[stratum.kind]
        listed.extend(places)
        cumulated.extend(weights / weights[-1])
    small = len(territory.codes) <= LARGEST_TABLE
    if territory.travel_minutes is not None:
        table = territory.travel_minutes
    else:
        table = great_circle_km(territory) if small else np.zeros((0, 0))
    return Ground(
        strata,
        np.array(listed, np.int64),
        np.array(cumulated),
        territory.unit_vectors(),
        np.ascontiguousarray(table, np.float64),
        territory.travel_minutes is not None,
    )


def _places(territory: Territory, stratum: FrameStratum) -> list[int]:
    """Communes in which an actor of the stratum may be."""
    in_zone = [c for c in range(len(territory.codes)) if territory.zone[c] == ZONES.index(stratum.zone)]
    if stratum.kind == "commune":
        return [c for c in in_zone if size_class_of_population(int(territory.population[c])) == stratum.size_class]
    if stratum.kind == "epci":
        seats = {}
        for c in range(len(territory.codes)):
            epci = territory.epci_of[c]
            if epci not in seats or territory.population[c] > territory.population[seats[epci]]:
                seats[epci] = c
        return [c for c in sorted(seats.values()) if c in in_zone]
    return in_zone
