"""Outlines of communes and town halls out of GeoJSON or GeoPackage; areas, shared boundaries, outlines for maps.

Needs shapely and pyproj (extra ``territory``). Lengths and areas are taken in an equal-area projection centred on the
territory, where a length is right to one part in ten thousand within 100 km of its middle.
"""

import json
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.territory.building.official import commune_code
from ectsim.territory.building.places import Cog

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CODE_FIELDS = ("insee_com", "code_insee", "code_insee_de_la_commune", "codgeo", "depcom", "code", "insee", "com")
DEGREES = "OGC:CRS84"
TOUCHING_M = 20.0
"""Boundaries within this distance are shared: outlines made lighter for maps part by a few metres."""
SHORTEST_BOUNDARY_M = 4 * TOUCHING_M
"""Communes that share less meet at a corner, where each outline is near the other on both sides of it."""
SMALLEST_HOLE_M2 = 100_000.0
MAP_TOLERANCE_M = 40.0
MAP_DECIMALS = 5


class Shapes(NamedTuple):
    """Outline of each commune in degrees, in how many pieces it came; town halls: the code they bear, and a point."""

    outlines: "dict[str, BaseGeometry]"
    pieces: dict[str, int]
    halls: "list[tuple[str, BaseGeometry]]"


@dataclass(frozen=True)
class Geography:
    """What outlines tell: areas in km², points, lengths of shared boundaries in metres, GeoJSON features.

    ``holes`` are the areas, in km², that no outline covers though outlines surround them, each with the names around.
    """

    area_km2: dict[str, float]
    points: dict[str, tuple[float, float, str]]
    boundaries: dict[tuple[str, str], float]
    features: dict[str, dict[str, Any]]
    holes: list[tuple[float, list[str]]]


def require_geometry() -> None:
    """Refuse to go on without shapely and pyproj.

    Raises
    ------
    InputError
        That says what to install.
    """
    try:
        import pyproj  # noqa: F401
        import shapely  # noqa: F401
    except ImportError as error:
        raise InputError([Problem("building.needs_extra", {"package": error.name})]) from None


def read_shapes(files: list[Path], cog: Cog, chosen: tuple[str, ...], problems: list[Problem]) -> Shapes:
    """Read polygons and points of ``files``, keeping what belongs to the communes ``chosen``.

    Polygons of former communes and of arrondissements are joined to the commune they belong to.
    """
    import shapely

    found: dict[str, list[Any]] = {}
    halls: list[tuple[str, Any]] = []
    wanted = set(chosen)
    for file in files:
        unknown = 0
        for code, shape in _read(file, wanted, cog, problems):
            if shape.geom_type in ("Point", "MultiPoint"):
                halls.append((code, shapely.centroid(shape)))
            elif (commune := cog.commune_of(code)) in wanted:
                if shape.geom_type in ("Polygon", "MultiPolygon"):
                    found.setdefault(commune or "", []).append(shapely.make_valid(shape))
                else:
                    problems.append(Problem("building.not_a_polygon", {"given": shape.geom_type, "code": code}, file))
            elif commune is None:
                unknown += 1
        if unknown and not found and not halls:
            problems.append(Problem("building.codes_unknown", {"outlines": unknown}, file))
    outlines = {code: shapely.union_all(pieces) for code, pieces in found.items()}
    if not problems:
        missing = [code for code in chosen if code not in outlines]
        for code in missing[:20]:
            values: dict[str, object] = {"code": code, "name": cog.names[code]}
            problems.append(Problem("building.no_outline", values, files[0] if files else None))
    return Shapes(outlines, {code: len(pieces) for code, pieces in found.items()}, halls)


def _read(file: Path, wanted: set[str], cog: Cog, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    if not file.is_file():
        near = nearest_name(file.name, [p.name for p in file.parent.iterdir()]) if file.parent.is_dir() else None
        problems.append(Problem("territory.missing_file", {"name": file.name}, file, nearest=near))
        return
    with file.open("rb") as stream:
        is_package = stream.read(16) == b"SQLite format 3\0"
    try:
        if file.suffix.lower() == ".gpkg" and not is_package:
            problems.append(Problem("building.not_a_package", {}, file))
        elif is_package:
            yield from _read_package(file, wanted, cog, problems)
        else:
            yield from _read_geojson(file, problems)
    except _UnknownSystemError as error:
        problems.append(Problem("building.unknown_system", {"given": str(error)}, file))


class _UnknownSystemError(Exception):
    """A coordinate system that pyproj does not know."""


def _to_degrees(system: str) -> Callable[[Any], Any] | None:
    """Function that brings a geometry to degrees, longitude first; None when it is there already."""
    import pyproj
    import shapely
    from pyproj.exceptions import CRSError

    try:
        given = pyproj.CRS.from_user_input(system)
    except CRSError:
        raise _UnknownSystemError(system) from None
    if given.is_geographic:
        return None
    transformer = pyproj.Transformer.from_crs(given, DEGREES, always_xy=True)
    return lambda shape: shapely.transform(shape, _columns(transformer))


def _columns(transformer: Any) -> Callable[[Any], Any]:
    return lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


def _read_geojson(file: Path, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        whole = json.loads(file.read_text(encoding="utf-8-sig"))
        features = whole["features"]
    except json.JSONDecodeError as error:
        problems.append(Problem("territory.not_json", {"reason": error.msg}, file, error.lineno))
        return
    except UnicodeDecodeError:
        problems.append(Problem("building.not_outlines", {}, file))
        return
    except (KeyError, TypeError):
        problems.append(Problem("territory.not_geojson", {}, file, None, "features"))
        return
    system = (whole.get("crs") or {}).get("properties", {}).get("name", DEGREES)
    convert = _to_degrees(system)
    for rank, feature in enumerate(features):
        try:
            geometry = shape(feature["geometry"])
            code = _code_in(feature["properties"])
        except (KeyError, TypeError, ValueError, AttributeError, ShapelyError):
            problems.append(Problem("territory.bad_feature", {}, file, None, f"features[{rank}]"))
            continue
        if convert is None and max(map(abs, geometry.bounds), default=0) > 180:
            problems.append(Problem("building.not_in_degrees", {}, file, None, "crs"))
            return
        if code is None and geometry.geom_type not in ("Point", "MultiPoint"):
            values: dict[str, object] = {"allowed": ", ".join(CODE_FIELDS)}
            near = nearest_name("code_insee", list(feature["properties"] or ()))
            problems.append(Problem("building.no_code", values, file, None, f"features[{rank}].properties", near))
            return
        yield code or "", convert(geometry) if convert else geometry


def _code_in(properties: dict[str, Any]) -> str | None:
    lower = {name.lower(): value for name, value in properties.items()}
    return next((commune_code(str(lower[name])) for name in CODE_FIELDS if name in lower), None)


def _read_package(file: Path, wanted: set[str], cog: Cog, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    """Read the layers of communes and of their chefs-lieux in a GeoPackage, only the rows that are wanted."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as base:
        try:
            layers = base.execute(
                "SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id FROM gpkg_contents c"
                " JOIN gpkg_geometry_columns g USING (table_name) JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
            ).fetchall()
            chosen = [layer for layer in layers if _is_communes(layer[0])] or (layers if len(layers) == 1 else [])
            if not chosen:
                values: dict[str, object] = {"layers": ", ".join(layer[0] for layer in layers) or "–"}
                problems.append(Problem("building.no_layer", values, file))
            for table, column, organization, number in chosen:
                yield from _read_layer(base, table, column, f"{organization}:{number}", wanted, cog, file, problems)
        except sqlite3.DatabaseError:
            problems.append(Problem("building.not_a_package", {}, file))


def _is_communes(table: str) -> bool:
    """Tell the layers of communes and of chefs-lieux from those of départements, EPCI or delegated communes."""
    name = table.lower()
    return "commune" in name and not any(other in name for other in ("associee", "deleguee", "collectivite"))


def _read_layer(
    base: sqlite3.Connection,
    table: str,
    column: str,
    system: str,
    wanted: set[str],
    cog: Cog,
    file: Path,
    problems: list[Problem],
) -> Iterator[tuple[str, Any]]:
    import shapely
    from shapely.errors import ShapelyError

    quoted = '"' + table.replace('"', '""') + '"'
    fields = {row[1].lower(): row[1] for row in base.execute(f"PRAGMA table_info({quoted})")}
    code_field = next((fields[name] for name in CODE_FIELDS if name in fields), None)
    if code_field is None and "chef" not in table.lower() and "chf" not in table.lower():
        values: dict[str, object] = {"allowed": ", ".join(CODE_FIELDS)}
        problems.append(Problem("building.no_code", values, file, None, table, nearest_name("code_insee", fields)))
        return
    convert = _to_degrees(system)
    code_column = f'"{code_field}"' if code_field else "NULL"
    # codes first: the outlines of all France weigh too much to be read for a few communes
    for row_id, cell in base.execute(f"SELECT rowid, {code_column} FROM {quoted}").fetchall():
        code = commune_code(str(cell)) if cell is not None else None
        if code is not None and cog.commune_of(code) not in wanted:
            continue
        (blob,) = base.execute(f'SELECT "{column}" FROM {quoted} WHERE rowid = ?', (row_id,)).fetchone()
        try:
            geometry = shapely.from_wkb(_without_header(blob))
        except (ShapelyError, TypeError, struct.error, IndexError):
            problems.append(Problem("building.bad_geometry", {"code": code or "–"}, file, None, table))
            continue
        yield code or "", convert(geometry) if convert else geometry


def _without_header(blob: bytes) -> bytes:
    """WKB inside a GeoPackage geometry, whose header holds an envelope of a size told by its flags."""
    if blob[:2] != b"GP":
        raise struct.error
    sizes = (0, 32, 48, 48, 64)
    return blob[8 + sizes[blob[3] >> 1 & 7] :]


def measure(shapes: Shapes, names: dict[str, str]) -> Geography:
    """Areas, points, shared boundaries and light outlines of the communes."""
    import pyproj
    import shapely

    codes = sorted(shapes.outlines)
    outlines = [shapes.outlines[code] for code in codes]
    middle = shapely.union_all([shapely.box(*outline.bounds) for outline in outlines]).centroid
    plane = f"+proj=laea +lat_0={middle.y:.4f} +lon_0={middle.x:.4f} +ellps=GRS80"
    there = _columns(pyproj.Transformer.from_crs(DEGREES, plane, always_xy=True))
    back = _columns(pyproj.Transformer.from_crs(plane, DEGREES, always_xy=True))
    flat = [shapely.transform(outline, there) for outline in outlines]
    light = shapely.coverage_simplify(flat, MAP_TOLERANCE_M)
    degrees = [shapely.transform(shape, lambda points: np.round(back(points), MAP_DECIMALS)) for shape in light]
    return Geography(
        area_km2={code: round(shape.area / 1e6, 2) for code, shape in zip(codes, flat, strict=True)},
        points=_points(codes, outlines, degrees, shapes.halls),
        boundaries=_boundaries(codes, flat),
        features={
            code: {"type": "Feature", "properties": {"code": code, "name": names[code]}, "geometry": _plain(shape)}
            for code, shape in zip(codes, degrees, strict=True)
        },
        holes=_holes([names[code] for code in codes], flat),
    )


def _holes(names: list[str], flat: list[Any]) -> list[tuple[float, list[str]]]:
    """Find what outlines surround and none covers, as when a merged commune came without one of its parts."""
    import shapely

    closed = shapely.union_all([shape.buffer(TOUCHING_M) for shape in flat])
    tree = shapely.STRtree(flat)
    holes = []
    for part in shapely.get_parts(closed):
        for ring in part.interiors:
            hole = shapely.Polygon(ring).buffer(TOUCHING_M)
            around = sorted(tree.query(hole.buffer(1), predicate="intersects"))
            if hole.area >= SMALLEST_HOLE_M2:
                holes.append((round(hole.area / 1e6, 1), [names[i] for i in around]))
    return holes


def _plain(shape: Any) -> dict[str, Any]:
    from shapely.geometry import mapping

    return dict(mapping(shape))


def _points(
    codes: list[str], outlines: list[Any], light: list[Any], halls: list[tuple[str, Any]]
) -> dict[str, tuple[float, float, str]]:
    """Latitude, longitude and origin of each commune's point: its town hall, else a point inside.

    A town hall belongs to the outline it lies in; among several (a delegated commune keeps its own) the one that bears
    the commune's code.
    """
    import shapely

    within: dict[str, list[Any]] = {}
    if halls:
        tree = shapely.STRtree([point for _, point in halls])
        for code, outline in zip(codes, outlines, strict=True):
            inside = [halls[i] for i in sorted(tree.query(outline, predicate="intersects"))]
            own = [point for bearer, point in inside if bearer == code]
            within[code] = own or [point for _, point in inside]
    points = {}
    for code, shape in zip(codes, light, strict=True):
        inside = within.get(code, [])
        point = inside[0] if len(inside) == 1 else shapely.point_on_surface(shape)
        origin = "town_hall" if len(inside) == 1 else "interior_point"
        points[code] = (round(point.y, 5), round(point.x, 5), origin)
    return points


def _boundaries(codes: list[str], flat: list[Any]) -> dict[tuple[str, str], float]:
    """Length in metres of the boundary of each pair of neighbours, to the nearest ten."""
    import shapely

    wide = [shape.buffer(TOUCHING_M) for shape in flat]
    tree = shapely.STRtree(flat)
    lengths = {}
    for first, shape in enumerate(flat):
        for second in sorted(tree.query(wide[first], predicate="intersects")):
            if second <= first:
                continue
            one = shapely.intersection(shape.boundary, wide[second]).length
            other = shapely.intersection(flat[second].boundary, wide[first]).length
            if (one + other) / 2 >= SHORTEST_BOUNDARY_M:
                lengths[codes[first], codes[second]] = round((one + other) / 2, -1)
    return lengths
