"""The sampling frame of a territory being built: counts where a register was read, flagged estimates elsewhere."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ectsim.locale import text
from ectsim.territory.building.registers import Associations, Cell, Employers
from ectsim.territory.frame import LOCATED_KINDS, FrameStratum
from ectsim.territory.nomenclature import KINDS, SIZE_CLASSES, ZONES
from ectsim.territory.reading import load_territory

REFERENCE = "pays_ledonien"
"""Territory whose numbers per inhabitant stand in for a register that was not given."""

WIDER = 2.0
"""How much wider the bounds of the reference become in another territory: low ÷ 2, high × 2. A guess."""

CITIZEN_SHARES = (0.01, 0.05, 0.2)
"""Citizen groups for one association, low, central, high: no source (README of the reference territory)."""

SMALL_ASSOCIATIONS = ("association", SIZE_CLASSES[0])


@dataclass(frozen=True)
class Reference:
    """Actors of the reference territory by kind and size class (count, low, high), and its inhabitants."""

    actors: dict[tuple[str, str], tuple[int, int, int]]
    inhabitants: int


def read_reference() -> Reference:
    """Read what stands in for missing registers."""
    territory = load_territory(REFERENCE)
    actors: dict[tuple[str, str], tuple[int, int, int]] = {}
    for stratum in territory.frame:
        key = stratum.kind, stratum.size_class
        count, low, high = actors.get(key, (0, 0, 0))
        actors[key] = count + stratum.count, low + stratum.low, high + stratum.high
    return Reference(actors, int(territory.population.sum()))


def frame(
    located: Counter[Cell],
    inhabitants: Mapping[str, int],
    employers: Employers | None,
    associations: Associations | None,
) -> tuple[FrameStratum, ...]:
    """Strata of the territory, ordered by kind, size class and zone; ``inhabitants`` are those of each zone."""
    reference = read_reference()
    strata = [FrameStratum(*cell, n, n, n, "count", text(f"building.source.{cell[0]}")) for cell, n in located.items()]
    strata += _counted(employers) if employers is not None else _estimated(reference, inhabitants)
    strata += _small_associations(reference, inhabitants, employers, associations)
    strata += _citizen_groups([stratum for stratum in strata if stratum.kind == "association"])
    present = [stratum for stratum in strata if stratum.high > 0]
    return tuple(
        sorted(present, key=lambda s: (KINDS.index(s.kind), SIZE_CLASSES.index(s.size_class), ZONES.index(s.zone)))
    )


def _counted(employers: Employers) -> Iterator[FrameStratum]:
    for cell, count in employers.actors.items():
        if cell[:2] == SMALL_ASSOCIATIONS:
            continue
        source = text(
            "building.source.register", establishments=employers.establishments[cell], seats=employers.seats[cell]
        )
        yield FrameStratum(*cell, count, count, count, "count", source)


def _estimated(reference: Reference, inhabitants: Mapping[str, int]) -> Iterator[FrameStratum]:
    """Numbers of the reference per inhabitant, shared by the population of the zones; agencies sit in the centre."""
    for (kind, size_class), numbers in reference.actors.items():
        if kind in (*LOCATED_KINDS, "citizen_group") or (kind, size_class) == SMALL_ASSOCIATIONS:
            continue
        people = {"centre": sum(inhabitants.values())} if kind == "agency" else inhabitants
        yield from _per_inhabitant(kind, size_class, numbers, reference, people)


def _per_inhabitant(
    kind: str, size_class: str, numbers: tuple[int, int, int], reference: Reference, people: Mapping[str, int]
) -> Iterator[FrameStratum]:
    count, low, high = (number / reference.inhabitants for number in numbers)
    counts, lows, highs = share(count, people), share(low / WIDER, people), share(high * WIDER, people)
    for zone, inhabitants in people.items():
        source = text(
            "building.source.per_inhabitant", count=numbers[0], reference=reference.inhabitants, inhabitants=inhabitants
        )
        bounded = min(lows[zone], counts[zone]), max(highs[zone], counts[zone])
        yield FrameStratum(kind, size_class, zone, counts[zone], *bounded, "estimate", source)


def share(ratio: float, people: Mapping[str, int]) -> dict[str, int]:
    """Whole numbers near ``ratio`` × inhabitants of each zone, whose sum is that of the exact ones rounded."""
    shares, before, cumulated = {}, 0, 0.0
    for zone, inhabitants in people.items():
        cumulated += ratio * inhabitants
        shares[zone] = round(cumulated) - before
        before = round(cumulated)
    return shares


def _small_associations(
    reference: Reference,
    inhabitants: Mapping[str, int],
    employers: Employers | None,
    associations: Associations | None,
) -> Iterator[FrameStratum]:
    """Associations of fewer than ten employees: an estimate whatever is known, as the register keeps sleeping ones.

    Low: those that employ, if Sirene was read. Central: those whose object meets the model's themes, if the register
    was read. High: all those registered. What was not read comes from the reference.
    """
    per_inhabitant = {
        stratum.zone: stratum
        for stratum in _per_inhabitant(
            *SMALL_ASSOCIATIONS, reference.actors[SMALL_ASSOCIATIONS], reference, inhabitants
        )
    }
    for zone, stand_in in per_inhabitant.items():
        count, low, high, sources = stand_in.count, stand_in.low, stand_in.high, [stand_in.source]
        larger = 0
        if employers is not None:
            low = employers.actors[*SMALL_ASSOCIATIONS, zone]
            larger = sum(employers.actors["association", size, zone] for size in SIZE_CLASSES[1:])
        if associations is not None:
            count, high = associations.able[zone] - larger, associations.active[zone] - larger
            sources = [
                text("building.source.associations", able=associations.able[zone], active=associations.active[zone])
            ]
        if employers is not None:
            sources.append(text("building.source.employing", low=low, larger=larger))
        count = max(count, low if employers is not None else 0)
        yield FrameStratum(
            *SMALL_ASSOCIATIONS, zone, count, min(low, count), max(high, count), "estimate", " ; ".join(sources)
        )


def _citizen_groups(associations: list[FrameStratum]) -> Iterator[FrameStratum]:
    for zone in ZONES:
        number = sum(stratum.count for stratum in associations if stratum.zone == zone)
        low, count, high = (round(portion * number) for portion in CITIZEN_SHARES)
        source = text("building.source.citizen_groups", associations=number)
        yield FrameStratum("citizen_group", SIZE_CLASSES[0], zone, count, low, high, "estimate", source)
