"""Distances between communes for the compiled rules: a table where there is one, the great circle elsewhere."""

import math

from ectsim.compiled import rule
from ectsim.world.layout import Ground

EARTH_DIAMETER_KM = 2 * 6371.0088


@rule
def road_factor(ground: Ground, p):
    """Kilometres of road for one unit of ``ground.table`` (a kilometre as the crow flies, or a minute)."""
    return p.road_speed / 60.0 if ground.timed else p.detour_factor


@rule
def road_km(ground: Ground, factor, a, b):
    """Kilometres of road between communes ``a`` and ``b``."""
    if ground.table.shape[0] > 0:
        return factor * ground.table[a, b]
    x = ground.points[a, 0] - ground.points[b, 0]
    y = ground.points[a, 1] - ground.points[b, 1]
    z = ground.points[a, 2] - ground.points[b, 2]
    half_chord = 0.5 * math.sqrt(x * x + y * y + z * z)
    return factor * EARTH_DIAMETER_KM * math.asin(min(1.0, half_chord))
