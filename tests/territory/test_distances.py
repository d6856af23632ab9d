import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.territory.distances import EARTH_RADIUS_KM, great_circle_km, road_km
from ectsim.territory.reading import load_territory
from ectsim.territory.territory import Territory


@pytest.fixture(scope="module")
def pays_ledonien() -> Territory:
    return load_territory("pays_ledonien")


def test_distances_of_the_pays_ledonien_are_those_of_its_data_sheet(pays_ledonien: Territory):
    distance = great_circle_km(pays_ledonien)
    count = len(pays_ledonien.codes)
    assert distance.sum() / (count * (count - 1)) == pytest.approx(23.6, abs=0.05)
    to_centre = np.average(distance[pays_ledonien.centre], weights=pays_ledonien.population)
    assert to_centre == pytest.approx(13.1, abs=0.05)


def test_distance_is_a_metric(pays_ledonien: Territory):
    distance = great_circle_km(pays_ledonien)
    assert np.array_equal(distance, distance.T)
    assert not distance.diagonal().any()
    assert (distance + np.eye(len(distance)) > 0).all()
    for middle in range(len(distance)):
        assert (distance <= distance[:, [middle]] + distance[middle] + 1e-9).all()


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=2, max_size=2),
)
def test_distance_agrees_with_the_haversine(pays_ledonien: Territory, points: list[tuple[float, float]]):
    latitude, longitude = np.array(points).T
    pair = replace(pays_ledonien, codes=pays_ledonien.codes[:2], latitude=latitude, longitude=longitude)
    (a, b), (c, d) = np.radians(latitude), np.radians(longitude)
    haversine = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((d - c) / 2) ** 2
    expected = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))
    # near the antipodes the arcsine loses half its digits in both formulas
    assert great_circle_km(pair)[0, 1] == pytest.approx(expected, abs=1e-3)


def test_unit_vectors_lie_on_the_sphere(pays_ledonien: Territory):
    vectors = pays_ledonien.unit_vectors()
    assert vectors.shape == (199, 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert np.degrees(np.arcsin(vectors[:, 2])) == pytest.approx(pays_ledonien.latitude)
    assert np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0])) == pytest.approx(pays_ledonien.longitude)


def test_road_is_great_circle_times_detour_without_travel_times(pays_ledonien: Territory):
    assert road_km(pays_ledonien, 1.3, 50) == pytest.approx(1.3 * great_circle_km(pays_ledonien))


def test_road_is_travel_time_times_speed_with_a_table(folder: Path):
    text = "code,01001,01002,01003\n01001,0,6,30\n01002,12,0,30\n01003,30,30,0\n"
    (folder / "travel_times.csv").write_text(text, encoding="utf-8")
    assert road_km(load_territory(folder), 1.3, 50).tolist() == [[0, 5, 25], [10, 0, 25], [25, 25, 0]]
