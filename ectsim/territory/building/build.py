"""The way from official files to a territory folder: read, select, zone, count, write. Each step has its own module."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.locale import text
from ectsim.territory.building import actors, folder, outlines, places, registers
from ectsim.territory.building.official import commune_code
from ectsim.territory.communes import Commune, Epci
from ectsim.territory.frame import count_located
from ectsim.territory.nomenclature import ZONES

CENTRE, RING, RURAL = ZONES
RING_RULES = ("epci", "contiguous")
TOLD_AT_MOST = 20
YEARS = range(1962, 2100)
"""Years that populations may be of: Insee publishes them by commune since 1962."""
LOCAL_LAW = ("57", "67", "68")
"""Départements whose associations are under local law, absent from the national register."""


@dataclass(frozen=True)
class Sources:
    """Official files, as downloaded; the three last may be empty, ``establishments`` and ``units`` only together."""

    communes: Path
    populations: Path
    epci: Path
    outlines: list[Path]
    establishments: list[Path]
    units: list[Path]
    associations: list[Path]


@dataclass(frozen=True)
class Wish:
    """What is to be built: communes, their centre, the title, the rule of the ring, the year of populations."""

    select: list[str]
    centre: str
    title: str
    ring: str = "epci"
    year: int | None = None


def build_territory(target: Path, sources: Sources, wish: Wish, told: registers.Told) -> list[Problem]:
    """Write the territory folder ``target`` and return what deserves to be known of it.

    Parameters
    ----------
    target : Path
        A folder that does not exist, or an empty one.
    sources, wish : Sources, Wish
        The files, and what is asked of them.
    told : callable
        Hears how far the reading of a large file is.

    Raises
    ------
    InputError
        With every problem found; nothing is written then.
    """
    outlines.require_geometry()
    problems = _check_beforehand(target, sources, wish)
    zeros: dict[str, int] = {}
    cog = places.read_cog(sources.communes, problems, zeros)
    populations, year = places.read_populations(sources.populations, cog, problems, zeros)
    epcis = places.read_composition(sources.epci, cog, problems, zeros)
    chosen = places.select(wish.select, cog, epcis, problems)
    centre = _find_centre(wish.centre, chosen, cog, problems)
    year = wish.year or year
    if year is None:
        problems.append(Problem("building.no_year", {}, sources.populations, None, "--year"))
    epci_of = {commune: epci.code for epci in epcis.values() for commune in epci.communes}
    _check_complete(chosen, cog, populations, epci_of, epcis, sources, problems)
    shapes = outlines.read_shapes(sources.outlines, cog, chosen, problems)
    if problems:
        raise InputError(problems)
    geography = outlines.measure(shapes, cog.names)
    zones = _zones(wish.ring, centre, chosen, epci_of, geography.boundaries, cog, problems)
    if problems:
        raise InputError(problems)
    employers, associations = _count(sources, zones, cog, problems, told)
    communes = {
        code: Commune(
            cog.names[code],
            epci_of[code],
            zones[code],
            populations.get(code, 0),
            geography.area_km2[code],
            *geography.points[code][:2],
        )
        for code in chosen
    }
    present = {code: epcis[code] for code in sorted({epci_of[commune] for commune in chosen})}
    whole = {code: Epci(e.name, sum(populations.get(c, 0) for c in e.communes)) for code, e in present.items()}
    located = count_located(communes.values(), whole)
    inhabitants = {zone: sum(c.population for c in communes.values() if c.zone == zone) for zone in ZONES}
    inhabitants = {zone: people for zone, people in inhabitants.items() if zone in zones.values()}
    made = folder.Made(
        title=wish.title,
        centre=centre,
        year=year or 0,
        select=wish.select,
        ring_rule=_ring_rule(wish.ring, epcis[epci_of[centre]].name),
        communes=communes,
        point_sources={code: geography.points[code][2] for code in chosen},
        epcis=whole,
        natures={code: epci.nature for code, epci in present.items()},
        boundaries=geography.boundaries,
        features=geography.features,
        frame=actors.frame(located, inhabitants, employers, associations),
        attribution=text("building.attribution_rna" if associations else "building.attribution"),
        origins=_origins(sources),
        notices=_notices(sources, zeros, shapes, geography, zones, chosen, cog, employers, associations),
    )
    folder.write(target, made)
    return made.notices


def _check_beforehand(target: Path, sources: Sources, wish: Wish) -> list[Problem]:
    problems = []
    if not wish.title.strip():
        problems.append(Problem("building.no_title", {}, None, None, "--title"))
    if wish.year is not None and wish.year not in YEARS:
        first, last = YEARS[0], YEARS[-1]
        problems.append(
            Problem("building.bad_year", {"given": wish.year, "low": first, "high": last}, None, None, "--year")
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        problems.append(Problem("building.in_use", {}, target))
    if bool(sources.establishments) != bool(sources.units):
        problems.append(Problem("building.sirene_in_two", {}, None, None, "--establishments, --units"))
    for path in (*sources.establishments, *sources.units, *sources.associations):
        if not path.exists():
            near = nearest_name(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else None
            problems.append(Problem("territory.missing_file", {"name": path.name}, path, nearest=near))
    return problems


def _find_centre(given: str, chosen: tuple[str, ...], cog: places.Cog, problems: list[Problem]) -> str:
    code = cog.commune_of(commune_code(given))
    if chosen and code not in chosen:
        by_name = {cog.names[c]: c for c in chosen}
        near = nearest_name(given, chosen) if given[:1].isdigit() else by_name.get(nearest_name(given, by_name) or "")
        told = near and f"{near} ({cog.names[near]})"
        problems.append(Problem("building.centre_outside", {"given": given}, None, None, "--centre", told))
    return code or ""


def _check_complete(
    chosen: tuple[str, ...],
    cog: places.Cog,
    populations: Mapping[str, int],
    epci_of: Mapping[str, str],
    epcis: Mapping[str, places.Epci],
    sources: Sources,
    problems: list[Problem],
) -> None:
    """Tell which communes have no EPCI, or no population in a file that could be read."""
    touched = {epci_of[code] for code in chosen if code in epci_of}
    needed = set(chosen) | {commune for epci in touched for commune in epcis[epci].communes}
    lacks = {
        "building.no_population": (
            sources.populations,
            [c for c in sorted(needed) if populations and c not in populations],
        ),
        "building.no_epci": (sources.epci, [c for c in chosen if epci_of and c not in epci_of]),
    }
    for message, (file, codes) in lacks.items():
        for code in codes[:TOLD_AT_MOST]:
            problems.append(Problem(message, {"code": code, "name": cog.names[code], "all": len(codes)}, file))


def _zones(
    rule: str,
    centre: str,
    chosen: tuple[str, ...],
    epci_of: Mapping[str, str],
    boundaries: Mapping[tuple[str, str], float],
    cog: places.Cog,
    problems: list[Problem],
) -> dict[str, str]:
    """Zone of each commune: the centre; the ring by the rule asked for; all others rural."""
    if rule == "epci":
        ring = {code for code in chosen if epci_of[code] == epci_of[centre]}
    elif rule == "contiguous":
        ring = {code for pair in boundaries if centre in pair for code in pair}
    elif rule.startswith("codes:"):
        ring = set(places.select([rule], cog, {}, problems))
    else:
        problems.append(Problem("building.ring", {"given": rule}, None, None, "--ring", nearest_name(rule, RING_RULES)))
        ring = set()
    return {code: CENTRE if code == centre else RING if code in ring else RURAL for code in chosen}


def _ring_rule(rule: str, epci: str) -> str:
    key = rule if rule in RING_RULES else "codes"
    return text(f"building.ring_rule.{key}", epci=epci)


def _count(
    sources: Sources, zones: Mapping[str, str], cog: places.Cog, problems: list[Problem], told: registers.Told
) -> tuple[registers.Employers | None, registers.Associations | None]:
    employers = associations = None
    if sources.establishments:
        employers = registers.count_employers(sources.establishments, sources.units, zones, cog, problems, told)
    if sources.associations:
        associations = registers.count_associations(sources.associations, zones, cog, problems, told)
        if any(code.startswith(LOCAL_LAW) for code in zones):
            associations = None
    for counted, files in ((employers, sources.establishments), (associations, sources.associations)):
        if counted is not None and not counted.rows and not problems:
            problems.append(Problem("territory.empty_file", {}, files[0]))
    if problems:
        raise InputError(problems)
    return employers, associations


def _origins(sources: Sources) -> dict[str, list[str]]:
    """Names of the files that each table comes from: names only, no path of a machine."""
    registered = [*sources.establishments, *sources.units, *sources.associations]
    drawn = [path.name for path in sources.outlines]
    return {
        "communes.csv": [sources.communes.name, sources.populations.name, sources.epci.name, *drawn],
        "epci.csv": [sources.epci.name, sources.populations.name],
        "contiguity.csv": drawn,
        "communes.geojson": drawn,
        "actors.csv": [path.name for path in registered] or [text("building.reference")],
    }


def _notices(
    sources: Sources,
    zeros: Mapping[str, int],
    shapes: outlines.Shapes,
    geography: outlines.Geography,
    zones: Mapping[str, str],
    chosen: tuple[str, ...],
    cog: places.Cog,
    employers: registers.Employers | None,
    associations: registers.Associations | None,
) -> list[Problem]:
    """Tell what is missing, was repaired or left out."""
    notices = [Problem("building.zeros", {"codes": codes}, Path(file).name) for file, codes in zeros.items()]
    joined = [code for code in chosen if shapes.pieces[code] > 1]
    if joined:
        notices.append(Problem("building.joined", {"communes": len(joined), "first": cog.names[joined[0]]}))
    for area, around in geography.holes:
        notices.append(
            Problem("building.hole", {"area": area, "around": ", ".join(around[:6])}, None, None, "--outlines")
        )
    for zone in (RING, RURAL):
        if zone not in zones.values():
            notices.append(Problem(f"building.no_{zone}", {}, None, None, "--ring"))
    if not shapes.halls:
        notices.append(Problem("building.no_halls", {}, None, None, "--outlines"))
    if employers is None:
        notices.append(Problem("building.no_sirene", {}, None, None, "--establishments, --units"))
    if associations is None:
        local_law = bool(sources.associations)
        message = "building.local_law" if local_law else "building.no_register"
        notices.append(Problem(message, {}, None, None, "--associations"))
    left_out = Counter[str]()
    for counted in (employers, associations):
        left_out += counted.left_out if counted is not None else Counter()
    notices += [Problem(f"building.left_out.{reason}", {"rows": rows}) for reason, rows in sorted(left_out.items())]
    return notices
