"""The ground of the maps: outlines and places of communes, projected once for every page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.territory.territory import Territory

SIZE = 10_000
"""Height of the map in the whole numbers in which places are sent."""


def packed_ground(territory: Territory) -> dict[str, Any]:
    """Outlines, names and points of communes in map units, north up; what a map of it must print."""
    west, north, scale = _frame(territory)
    stretch = float(np.cos(np.radians(territory.latitude.mean())))

    def placed(points: NDArray[np.float64]) -> NDArray[np.int64]:
        across, down = (points[:, 0] - west) * stretch * scale, (north - points[:, 1]) * scale
        return np.rint(np.stack([across, down], axis=1)).astype(np.int64)

    points = placed(np.stack([territory.longitude, territory.latitude], axis=1))
    outlines = [[placed(ring).ravel().tolist() for ring in outline] for outline in territory.outlines]
    widest = max((max(ring[::2]) for outline in outlines for ring in outline), default=int(points[:, 0].max()))
    return {
        "title": territory.title,
        "attribution": territory.attribution,
        "width": int(widest),
        "height": SIZE,
        "towns": _towns(territory),
        "names": [name.replace("'", "’") for name in territory.names],
        "epci": territory.epci_of.tolist(),
        "epci_names": list(territory.epci_names),
        "points": points.tolist(),
        "outlines": outlines,
    }


def _towns(territory: Territory) -> list[int]:
    """Ranks of the communes a map names: the centre, and the most peopled of every other EPCI."""
    most = [
        max(np.flatnonzero(territory.epci_of == epci).tolist(), key=lambda rank: territory.population[rank])
        for epci in sorted(set(territory.epci_of.tolist()) - {int(territory.epci_of[territory.centre])})
    ]
    return [territory.centre, *most]


def _frame(territory: Territory) -> tuple[float, float, float]:
    """West and north of the map, and map units for one degree of latitude."""
    points = np.stack([territory.longitude, territory.latitude], axis=1)
    every = np.concatenate([points, *(ring for outline in territory.outlines for ring in outline)])
    (west, south), (_, north) = every.min(axis=0), every.max(axis=0)
    return float(west), float(north), SIZE / float(north - south)
