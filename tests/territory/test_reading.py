"""A territory that is sound is read whole; perimeters, neighbours and travel times change what they should."""

import csv
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.errors import InputError
from ectsim.territory.frame import FrameStratum
from ectsim.territory.nomenclature import ZONES
from ectsim.territory.reading import load_territory
from ectsim.territory.tables import read_table


def test_the_small_territory_is_read_whole(folder: Path):
    territory = load_territory(folder)
    assert (territory.name, territory.title) == ("trial", {"fr": "Essai", "en": "Trial"})
    assert territory.codes == ("01001", "01002", "01003")
    assert territory.names == ("Bourg", "Couronne", "Combe")
    assert territory.centre == 0
    assert territory.epci_codes == ("A", "B")
    assert territory.epci_names == ("Alpha", "Bêta")
    assert territory.epci_of.tolist() == [0, 0, 1]
    assert territory.epci_population.tolist() == [13500, 300]
    assert territory.population.tolist() == [12000, 1500, 300]
    assert territory.area_km2.tolist() == [10.5, 8, 20]
    assert territory.latitude.tolist() == [46.5, 46.51, 46.7]
    assert territory.longitude.tolist() == [5.5, 5.52, 5.8]
    assert [ZONES[zone] for zone in territory.zone] == ["centre", "ring", "rural"]
    assert territory.contiguity.tolist() == [[0, 1], [1, 2]]
    assert territory.frame[-1] == FrameStratum("company", "10-49", "rural", 10, 8, 12, "estimate", "by hand")
    assert territory.travel_minutes is None
    assert territory.outlines == ([], [], [])
    assert (territory.attribution, territory.folder) == ("nobody", folder)
    types = {name: getattr(territory, name).dtype for name in ("epci_of", "population", "zone", "contiguity")}
    assert types == {"epci_of": np.int32, "population": np.int64, "zone": np.int8, "contiguity": np.int32}


def test_communes_are_ordered_by_code_whatever_the_order_of_rows(folder: Path):
    lines = (folder / "communes.csv").read_text(encoding="utf-8").splitlines()
    (folder / "communes.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    territory = load_territory(folder)
    assert territory.codes == ("01001", "01002", "01003")
    assert territory.population.tolist() == [12000, 1500, 300]
    assert territory.contiguity.tolist() == [[0, 1], [1, 2]]


def test_a_byte_order_mark_windows_line_ends_and_extra_columns_do_no_harm(folder: Path):
    lines = (folder / "communes.csv").read_text(encoding="utf-8").splitlines()
    text = "\r\n".join(f"{line},{'note' if rank == 0 else ' x '}" for rank, line in enumerate(lines))
    (folder / "communes.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_territory(folder).codes == ("01001", "01002", "01003")


def test_a_perimeter_chooses_communes_and_scales_the_frame(folder: Path):
    west = load_territory(folder / "west")
    assert (west.name, west.title["en"]) == ("trial/west", "West")
    assert west.codes == ("01001", "01002", "01004")
    assert west.epci_codes == ("A", "C")
    assert west.contiguity.tolist() == [[0, 1], [0, 2]]
    cells = {(stratum.kind, stratum.size_class, stratum.zone): stratum for stratum in west.frame}
    assert {cell: stratum.count for cell, stratum in cells.items()} == {
        ("commune", "50+", "centre"): 1,
        ("commune", "10-49", "ring"): 1,
        ("commune", "0-9", "rural"): 1,
        ("epci", "50+", "centre"): 1,
        ("epci", "10-49", "rural"): 1,
        ("company", "10-49", "centre"): 10,
        ("company", "10-49", "rural"): 2,  # 75 of 300 inhabitants: a quarter of 10, rounded to even
    }
    scaled = cells["company", "10-49", "rural"]
    assert (scaled.low, scaled.high, scaled.status) == (2, 3, "estimate")
    assert "0.250" in scaled.source


def test_a_name_is_sought_beside_the_scenario_then_among_those_that_ship(folder: Path):
    scenario = folder.parents[1] / "scenario.yaml"
    assert load_territory("trial", beside=scenario).folder == folder
    assert load_territory("trial/west", beside=folder.parents[1]).name == "trial/west"
    assert load_territory("pays_ledonien", beside=scenario).name == "pays_ledonien"


def test_a_path_comes_before_a_name(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder.parent)
    assert load_territory("trial").folder == folder
    monkeypatch.chdir(folder)
    assert load_territory(".").folder == folder
    assert load_territory("pays_ledonien").name == "pays_ledonien"


def test_an_unknown_name_is_told_with_the_nearest(folder: Path):
    with pytest.raises(InputError) as caught:
        load_territory("trail", beside=folder.parents[1] / "scenario.yaml")
    (problem,) = caught.value.problems
    assert problem.message == "territory.unknown"
    assert problem.nearest == "trial"
    assert "pays_ledonien/bassin_de_vie" in str(problem.values["allowed"])


def test_travel_times_are_read_in_the_order_of_codes(folder: Path):
    text = "code,01003,01001,01002,01004\n01001,30,0,5,9\n01002,25,6,0,9\n01003,0,31,26,9\n01004,9,9,9,0\n"
    (folder / "travel_times.csv").write_text(text, encoding="utf-8")
    minutes = load_territory(folder).travel_minutes
    assert minutes is not None
    assert minutes.tolist() == [[0, 5, 30], [6, 0, 25], [31, 26, 0]]
    west = load_territory(folder / "west").travel_minutes
    assert west is not None
    assert west.tolist() == [[0, 5, 9], [6, 0, 9], [9, 9, 0]]


def test_outlines_are_rings_in_the_order_of_codes(folder: Path):
    square = "[[[5.4,46.4],[5.6,46.4],[5.6,46.6],[5.4,46.4]],[[5.5,46.5],[5.52,46.5],[5.5,46.52],[5.5,46.5]]]"
    feature = '{{"type":"Feature","properties":{{"code":"{}"}},"geometry":{{"type":"{}","coordinates":{}}}}}'
    parts = ",".join(
        [feature.format("01003", "MultiPolygon", f"[{square}]"), feature.format("01001", "Polygon", square)]
    )
    (folder / "communes.geojson").write_text(f'{{"type":"FeatureCollection","features":[{parts}]}}', encoding="utf-8")
    outlines = load_territory(folder).outlines
    assert [len(rings) for rings in outlines] == [2, 0, 2]
    assert outlines[0][0].tolist() == [[5.4, 46.4], [5.6, 46.4], [5.6, 46.6], [5.4, 46.4]]


@pytest.mark.parametrize(
    ("text", "message", "line", "field"),
    [
        ("{", "territory.not_json", 1, None),
        ('{"type": "Point"}', "territory.not_geojson", 1, "features"),
        ('{"features": [{"properties": {"code": "01001"}}]}', "territory.bad_feature", None, "features[0]"),
        (
            '{"features": [{"properties": {"code": "01001"}, "geometry": {"type": "Point", "coordinates": [5, 46]}}]}',
            "territory.bad_feature",
            None,
            "features[0]",
        ),
    ],
)
def test_bad_outlines_are_told_when_asked_for(folder: Path, text: str, message: str, line: int | None, field: str):
    (folder / "communes.geojson").write_text(text, encoding="utf-8")
    territory = load_territory(folder)
    with pytest.raises(InputError) as caught:
        _ = territory.outlines
    (problem,) = caught.value.problems
    assert (problem.message, problem.line, problem.field) == (message, line, field)


CELLS = st.text(alphabet=string.ascii_letters + "éÈœ ',\"-\n", min_size=1).map(str.strip).filter(bool)


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_what_is_written_as_csv_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]):
    file = tmp_path_factory.mktemp("table") / "table.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("a", "b"), *rows])
    problems = []
    assert [(row.cells["a"], row.cells["b"]) for row in read_table(file, ("a", "b"), problems)] == rows
    assert problems == []
