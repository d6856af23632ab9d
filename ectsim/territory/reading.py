"""Finding a territory by name or path and reading it whole. Its files are read one by one in the sibling modules."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.shipped import shipped_folder
from ectsim.territory.communes import Commune, Places, read_perimeter, read_places, read_travel_minutes
from ectsim.territory.description import Description, read_description
from ectsim.territory.frame import FrameStratum, check_located, count_located, read_frame, restrict_frame
from ectsim.territory.nomenclature import ZONES
from ectsim.territory.territory import Territory


def load_territory(name_or_path: str | Path, beside: Path | None = None) -> Territory:
    """Read a territory, or one of its named perimeters.

    Parameters
    ----------
    name_or_path : str or Path
        A folder, or a name such as ``pays_ledonien``; ``pays_ledonien/bassin_de_vie`` is its perimeter of that name.
        A name is looked for as a path, then in ``territories/`` beside the scenario, then among those that ship.
    beside : Path, optional
        The scenario file (or its folder).

    Raises
    ------
    InputError
        With every problem found, if the territory is unknown or its files are not right.
    """
    folder, perimeter = _find(name_or_path, beside)
    problems: list[Problem] = []
    description = read_description(folder / "territory.yaml", problems)
    places = read_places(folder, problems)
    lines = read_frame(folder / "actors.csv", problems)
    if description and places.codes and description.centre and description.centre not in places.codes:
        near = nearest_name(description.centre, places.codes)
        values: dict[str, object] = {"given": description.centre}
        line = description.lines["centre"]
        problems.append(Problem("territory.unknown_commune", values, folder / "territory.yaml", line, "centre", near))
    if description is None or problems:
        raise InputError(problems)
    located = count_located((places.communes[code] for code in places.codes), places.epcis)
    check_located(folder / "actors.csv", lines, located, problems)
    frame, codes, title = tuple(lines), places.codes, description.title
    if perimeter:
        codes, title = _perimeter(folder, perimeter, places, description, problems)
        frame = _frame_within(frame, places, codes, perimeter)
    minutes = None
    if (folder / "travel_times.csv").is_file():
        minutes = read_travel_minutes(folder / "travel_times.csv", codes, places.communes, problems)
    if problems:
        raise InputError(problems)
    name = f"{folder.name}/{perimeter}" if perimeter else folder.name
    return _assemble(name, title, codes, places, frame, minutes, description, folder)


def _is_territory(folder: Path) -> bool:
    return (folder / "territory.yaml").is_file() or (folder / "communes.csv").is_file()


def _find(name_or_path: str | Path, beside: Path | None) -> tuple[Path, str]:
    """Folder of a territory, and the name of its perimeter ("" for the main one)."""
    shelves = [shipped_folder("scenarios") / "territories"]
    if beside is not None:
        shelves.insert(0, (beside if beside.is_dir() else beside.parent) / "territories")
    given = Path(name_or_path)
    for root in (Path(), *shelves):
        if _is_territory(root / given):
            return (root / given).resolve(), ""
        if len(given.parts) > 1 and _is_territory(root / given.parent):
            return (root / given.parent).resolve(), given.name
    known = sorted({name for shelf in shelves for name in _names(shelf)})
    values: dict[str, object] = {"given": str(name_or_path), "allowed": ", ".join(known)}
    raise InputError([Problem("territory.unknown", values, nearest=nearest_name(str(name_or_path), known))])


def _names(shelf: Path) -> Iterator[str]:
    for file in shelf.glob("*/territory.yaml"):
        yield file.parent.name
        for perimeter in (file.parent / "perimeters").glob("*.csv"):
            yield f"{file.parent.name}/{perimeter.stem}"


def _perimeter(
    folder: Path, perimeter: str, places: Places, description: Description, problems: list[Problem]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Codes and title of a named perimeter."""
    if perimeter not in description.perimeters:
        values: dict[str, object] = {"given": perimeter, "allowed": ", ".join(description.perimeters)}
        near = nearest_name(perimeter, description.perimeters)
        line = description.lines.get("perimeters")
        problems.append(
            Problem("territory.unknown_perimeter", values, folder / "territory.yaml", line, "perimeters", near)
        )
        raise InputError(problems)
    file = folder / "perimeters" / f"{perimeter}.csv"
    codes = read_perimeter(file, places.communes, problems)
    if codes and description.centre not in codes:
        problems.append(Problem("territory.centre_outside", {"given": description.centre}, file, field="code"))
    if problems:
        raise InputError(problems)
    return codes, description.perimeters[perimeter]


def _frame_within(
    frame: tuple[FrameStratum, ...], places: Places, codes: tuple[str, ...], perimeter: str
) -> tuple[FrameStratum, ...]:
    def inhabitants(chosen: tuple[str, ...], zone: str) -> int:
        communes = (places.communes[code] for code in chosen)
        return sum(commune.population for commune in communes if commune.zone == zone)

    kept = {zone: inhabitants(codes, zone) / max(1, inhabitants(places.codes, zone)) for zone in ZONES}
    located = count_located((places.communes[code] for code in codes), places.epcis)
    return restrict_frame(frame, kept, located, perimeter)


def _assemble(
    name: str,
    title: dict[str, str],
    codes: tuple[str, ...],
    places: Places,
    frame: tuple[FrameStratum, ...],
    minutes: np.ndarray | None,
    description: Description,
    folder: Path,
) -> Territory:
    communes: list[Commune] = [places.communes[code] for code in codes]
    rank = {code: position for position, code in enumerate(codes)}
    present = {commune.epci for commune in communes}
    epci_codes = tuple(code for code in places.epcis if code in present)
    epci_rank = {code: position for position, code in enumerate(epci_codes)}
    pairs = sorted((rank[a], rank[b]) for a, b in places.pairs if a in rank and b in rank)
    return Territory(
        name=name,
        title=title,
        codes=codes,
        names=tuple(commune.name for commune in communes),
        centre=rank[description.centre],
        epci_of=np.array([epci_rank[commune.epci] for commune in communes], dtype=np.int32),
        epci_codes=epci_codes,
        epci_names=tuple(places.epcis[code].name for code in epci_codes),
        epci_population=np.array([places.epcis[code].population for code in epci_codes], dtype=np.int64),
        population=np.array([commune.population for commune in communes], dtype=np.int64),
        area_km2=np.array([commune.area_km2 for commune in communes]),
        latitude=np.array([commune.latitude for commune in communes]),
        longitude=np.array([commune.longitude for commune in communes]),
        zone=np.array([ZONES.index(commune.zone) for commune in communes], dtype=np.int8),
        contiguity=np.array(pairs, dtype=np.int32).reshape(-1, 2),
        frame=frame,
        travel_minutes=minutes,
        attribution=description.attribution,
        folder=folder,
    )
