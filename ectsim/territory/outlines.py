"""Reading the outlines of communes (GeoJSON). They are for maps: areas and contiguity come from their own tables."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem
from ectsim.territory.tables import read_utf8

Ring = NDArray[np.float64]


def read_outlines(folder: Path, codes: tuple[str, ...]) -> tuple[list[Ring], ...]:
    """Read communes.geojson of ``folder`` and of its ``neighbours``, where they exist.

    Returns
    -------
    tuple of lists of ndarray of shape (points, 2)
        For each commune of ``codes`` its outer rings and holes, in degrees, longitude first.

    Raises
    ------
    InputError
        If a file is not GeoJSON whose features have a ``code`` and a polygon.
    """
    rings: dict[str, list[Ring]] = {}
    problems: list[Problem] = []
    for file in (folder / "communes.geojson", folder / "neighbours" / "communes.geojson"):
        if file.is_file():
            rings.update(_read_features(file, problems))
    if problems:
        raise InputError(problems)
    return tuple(rings.get(code, []) for code in codes)


def _read_features(file: Path, problems: list[Problem]) -> dict[str, list[Ring]]:
    content = read_utf8(file, problems)
    if content is None:
        return {}
    try:
        features = json.loads(content)["features"]
    except json.JSONDecodeError as error:
        problems.append(Problem("territory.not_json", {"reason": error.msg}, file, error.lineno))
        return {}
    except (KeyError, TypeError):
        problems.append(Problem("territory.not_geojson", {}, file, 1, "features"))
        return {}
    rings: dict[str, list[Ring]] = {}
    for rank, feature in enumerate(features):
        try:
            rings[feature["properties"]["code"]] = _rings(feature["geometry"])
        except (KeyError, TypeError, ValueError, IndexError):
            problems.append(Problem("territory.bad_feature", {}, file, None, f"features[{rank}]"))
    return rings


def _rings(geometry: dict) -> list[Ring]:
    polygons = {"Polygon": lambda parts: [parts], "MultiPolygon": lambda parts: parts}[geometry["type"]](
        geometry["coordinates"]
    )
    return [np.asarray(ring, dtype=np.float64)[:, :2] for polygon in polygons for ring in polygon]
