"""Distances between communes, in km. What distance does to behaviour belongs to the model.

Tables of C × C suit a territory of hundreds of communes; for a whole country take ``Territory.unit_vectors``.
"""

import numpy as np
from numpy.typing import NDArray

from ectsim.territory.territory import Territory

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle_km(territory: Territory) -> NDArray[np.float64]:
    """Great-circle distance between the points of communes, of shape (C, C), in km.

    Taken from the chord, 2 R asin(|u − v| / 2), which stays exact for near points.
    """
    squared = np.zeros((len(territory.codes), len(territory.codes)))
    for axis in territory.unit_vectors().T:
        squared += (axis[:, None] - axis[None, :]) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(squared) / 2))


def road_km(territory: Territory, detour_factor: float, speed_kmh: float) -> NDArray[np.float64]:
    """Road distance from row to column, of shape (C, C), in km (model.md, Territory).

    Parameters
    ----------
    territory : Territory
        With a table of travel times, the distance is travel time × speed; without, great circle × detour.
    detour_factor : float
        Road over great-circle distance, 1 or more.
    speed_kmh : float
        Mean speed on the road, above 0.
    """
    if territory.travel_minutes is not None:
        return territory.travel_minutes * (speed_kmh / 60)
    return great_circle_km(territory) * detour_factor
