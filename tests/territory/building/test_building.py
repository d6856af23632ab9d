"""A whole territory out of made files: known numbers, the same whatever the form of the files."""

import csv
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType

import pyarrow.csv
import pyarrow.parquet
import pytest
import shapely
from pyproj import Transformer

from ectsim.territory.building import folder as writing
from ectsim.territory.building import registers
from ectsim.territory.building.build import Sources
from ectsim.territory.checking import check_territory
from ectsim.territory.description import read_description
from ectsim.territory.reading import load_territory


def frame(place: Path) -> dict[tuple[str, str, str], tuple[int, int, int, str]]:
    return {s.cell: (s.count, s.low, s.high, s.status) for s in load_territory(place).frame}


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def messages(notices: list) -> set[str]:
    return {notice.message.removeprefix("building.") for notice in notices}


def values(notices: list, message: str) -> dict[str, object]:
    (found,) = [notice.values for notice in notices if notice.message == f"building.{message}"]
    return dict(found)


def test_the_actors_are_those_of_the_registers(build, official: ModuleType):
    place, notices = build()
    found = frame(place)
    groups = {cell: found.pop(cell) for cell in [*found] if cell[0] == "citizen_group"}
    assert found == official.EXPECTED
    assert all(status == "estimate" for *_, status in groups.values())
    left_out = {n.message.rpartition(".")[2]: n.values["rows"] for n in notices if ".left_out." in n.message}
    assert left_out == {
        "no_employee": 1, "too_small": 1, "counted_elsewhere": 1, "unit_unknown": 1, "unlocated": 2, "dissolved": 1,
    }  # fmt: skip


def test_every_row_of_actors_tells_its_status_and_source(build):
    place, _ = build()
    written = rows(place / "actors.csv")
    assert all(row["source"] and row["status"] in ("count", "estimate") for row in written)
    (firm,) = [row for row in written if row["kind"] == "company" and row["zone"] == "centre"]
    assert "2 establishments; 1 have their seat here" in firm["source"]


def test_communes_epci_and_zones(build):
    place, _ = build()
    communes = {row["code"]: row for row in rows(place / "communes.csv")}
    assert {code: row["zone"] for code, row in communes.items()} == {
        "01001": "centre", "01002": "ring", "01003": "rural", "01004": "rural",
    }  # fmt: skip
    assert communes["01004"]["name"] == "L'Étang"
    assert {code: row["population"] for code, row in communes.items()}["01004"] == "700"
    assert [(e["code"], e["name"], e["nature"], e["population"]) for e in rows(place / "epci.csv")] == [
        ("200000111", "CA Alpha", "CA", "13500"),
        ("200000222", "CC Bêta", "CC", "1000"),
    ]


def test_points_are_town_halls_or_inside(build):
    place, _ = build()
    communes = {row["code"]: row for row in rows(place / "communes.csv")}
    ville, champ = communes["01001"], communes["01003"]
    assert (ville["longitude"], ville["latitude"], ville["point_source"]) == ("5.02", "46.02", "town_hall")
    assert champ["point_source"] == "interior_point"
    assert 5.0 < float(champ["longitude"]) < 5.1
    assert 46.1 < float(champ["latitude"]) < 46.2


def test_areas_and_boundaries_are_those_of_the_ellipsoid(build):
    from pyproj import Geod

    place, _ = build()
    ellipsoid = Geod(ellps="GRS80")
    area, _ = ellipsoid.geometry_area_perimeter(shapely.box(5, 46, 5.1, 46.1))
    (ville,) = [row for row in rows(place / "communes.csv") if row["code"] == "01001"]
    assert float(ville["area_km2"]) == pytest.approx(area / 1e6, rel=1e-4, abs=0.01)
    lengths = {(r["code_a"], r["code_b"]): int(r["shared_boundary_m"]) for r in rows(place / "contiguity.csv")}
    meridian = ellipsoid.line_length([5.1, 5.1], [46, 46.1])
    parallel = ellipsoid.line_length([5, 5.1], [46.1, 46.1])
    # the corner where 01001 meets 01004 is no boundary
    assert set(lengths) == {("01001", "01002"), ("01001", "01003"), ("01002", "01004"), ("01003", "01004")}
    # boundaries that turn at a right angle stay within 20 m of the neighbour for 20 m more, at both ends
    assert lengths["01001", "01002"] == pytest.approx(meridian + 40, abs=10)
    assert lengths["01001", "01003"] == pytest.approx(parallel + 40, abs=10)


def test_what_is_built_reads_well(build):
    place, notices = build()
    report = check_territory(place)
    assert (report.communes, report.inhabitants, report.epcis, report.outlines) == (4, 14500, 2, 4)
    # so few associations make no citizen group
    assert [(w.message, w.values) for w in report.warnings] == [("territory.kind_absent", {"kind": "citizen_group"})]
    assert messages(notices) >= {"left_out.dissolved"}
    described = read_description(place / "territory.yaml", [])
    assert described
    assert described.title == {"fr": "Pays d'essai", "en": "Pays d'essai"}
    assert "IGN" in described.attribution
    assert "RNA" in described.attribution
    readme = (place / "README.md").read_text(encoding="utf-8")
    for words in ("Licence Ouverte", "CA Alpha", "StockEtablissement_utf8.csv", "estimate"):
        assert words in readme


def test_nobody_is_named_anywhere(build, official: ModuleType, sources: Sources):
    place, notices = build()
    assert official.SECRET in sources.establishments[0].read_text(encoding="utf-8")
    told = "\n".join(map(str, notices))
    for file in place.iterdir():
        told += file.read_text(encoding="utf-8")
    identifiers = [siren for siren, *_ in official.SIRENE] + ["W0110000"]
    assert not [word for word in ("Zébulon", "Confidentiel", "amis", *identifiers) if word in told]
    assert str(place.parent) not in told


def test_without_registers_all_is_estimated_and_said(build, sources: Sources):
    place, notices = build(establishments=[], units=[], associations=[])
    assert {"no_sirene", "no_register"} <= messages(notices)
    strata = load_territory(place).frame
    assert {s.kind for s in strata if s.status == "count"} == {"commune", "epci"}
    whole = {s.kind: sum(t.count for t in strata if t.kind == s.kind) for s in strata}
    # 353 firms and 140 farms for 87,885 inhabitants, here 14,500
    assert whole["company"] == pytest.approx(353 * 14500 / 87885, abs=1)
    assert whole["farm"] == pytest.approx(140 * 14500 / 87885, abs=1)
    assert whole["association"] == pytest.approx(880 * 14500 / 87885, abs=1.5)
    firms = [s for s in strata if s.kind == "company"]
    assert sum(s.low for s in firms) == pytest.approx(300 / 2 * 14500 / 87885, abs=2)
    assert sum(s.high for s in firms) == pytest.approx(424 * 2 * 14500 / 87885, abs=2)


def test_one_register_alone(build):
    place, _ = build("sirene", associations=[])
    associations = {cell: row for cell, row in frame(place).items() if cell[0] == "association"}
    assert associations["association", "0-9", "rural"][1] == 1
    assert frame(place)["company", "10-49", "centre"] == (1, 1, 1, "count")
    place, _ = build("register", establishments=[], units=[])
    assert frame(place)["association", "0-9", "centre"][::2] == (2, 3)
    assert frame(place)["company", "10-49", "ring"][3] == "estimate"


def test_the_register_says_nothing_of_alsace_and_moselle(build, sources: Sources, official: ModuleType):
    for file in (sources.communes, sources.populations):
        content = file.read_text(encoding="utf-8")
        file.write_text(content.replace("01002", "67002").replace("01,01D,012,0,ANN", "67,67A,012,0,ANN"))
    places = {("67002" if code == "01002" else code): place for code, place in official.PLACES.items()}
    official.write_geojson(sources.outlines[0], official.features(places=places))
    composition = official.table(
        sources.epci.with_suffix(".csv"),
        ("CODGEO", "EPCI", "LIBEPCI"),
        [("67002" if c == "01002" else c, e, official.EPCIS[e][0]) for c, e in official.COMPOSITION.items()],
        ";",
    )
    place, notices = build(epci=composition)
    assert "local_law" in messages(notices)
    assert "RNA" not in (place / "territory.yaml").read_text(encoding="utf-8")


def parquet(file: Path) -> Path:
    text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(file.read_text().split("\n")[0].split(","), "string"))
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(file, convert_options=text), file.with_suffix(".parquet"))
    return file.with_suffix(".parquet")


def archive(file: Path) -> Path:
    with zipfile.ZipFile(file.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(file, file.name)
    return file.with_suffix(".zip")


def in_windows_1252_with_semicolons(file: Path) -> Path:
    content = file.read_text(encoding="utf-8").replace(",", ";")
    other = file.with_stem(f"{file.stem}-1252")
    other.write_bytes(content.encode("cp1252"))
    return other


def with_byte_order_mark(file: Path) -> Path:
    other = file.with_stem(f"{file.stem}-bom")
    other.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    return other


def zeros_lost(file: Path) -> Path:
    content = re.sub(r"(?m)(^|,)0+(\d+)(?=,)", r"\1\2", file.read_text(encoding="utf-8"))
    other = file.with_stem(f"{file.stem}-zeros")
    other.write_text(content, encoding="utf-8")
    return other


@pytest.mark.parametrize("form", [parquet, archive, in_windows_1252_with_semicolons, with_byte_order_mark, zeros_lost])
def test_the_form_of_sirene_changes_nothing(build, official: ModuleType, sources: Sources, form):
    files = {"establishments": [form(sources.establishments[0])], "units": [form(sources.units[0])]}
    place, _ = build(**files)
    assert {c: row for c, row in frame(place).items() if c[0] != "citizen_group"} == official.EXPECTED


def test_the_register_may_be_a_folder_of_départements(build, official: ModuleType, sources: Sources, tmp_path: Path):
    lines = sources.associations[0].read_text(encoding="utf-8")
    head, _, rest = lines.partition("\n")
    place = tmp_path / "rna"
    place.mkdir()
    cut = rest.index("W01100004")
    for rank, part in enumerate((rest[:cut], rest[cut:])):
        (place / f"rna_{rank}.csv").write_text(f"{head}\n{part}", encoding="utf-8", newline="")
    built, _ = build(associations=[place])
    assert {c: row for c, row in frame(built).items() if c[0] != "citizen_group"} == official.EXPECTED


@pytest.mark.parametrize("size", [400, 1000])
def test_batches_of_any_size_count_the_same(build, official: ModuleType, monkeypatch: pytest.MonkeyPatch, size: int):
    monkeypatch.setattr(registers, "BATCH_BYTES", size)
    place, _ = build()
    assert {c: row for c, row in frame(place).items() if c[0] != "citizen_group"} == official.EXPECTED


def test_a_large_register_is_never_held_whole(official: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registers, "BATCH_BYTES", 50_000)
    file = official.table(tmp_path / "large.csv", official.SIRENE_COLUMNS, official.sirene_rows() * 200)
    seen = []
    batches = list(
        registers._batches(
            [file], registers.ESTABLISHMENTS, [], registers.Counter(), lambda *told: seen.append(told[1:])
        )
    )
    assert sum(batch.num_rows for batch in batches) == 200 * len(official.SIRENE)
    assert max(batch.num_rows for batch in batches) < 1000
    assert len(batches) > 5
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == file.stat().st_size


def to_lambert(shape):
    there = Transformer.from_crs("OGC:CRS84", "EPSG:2154", always_xy=True)
    return shapely.transform(shape, there.transform, interleaved=False)


@pytest.mark.parametrize("form", ["geojson", "geopackage"])
def test_outlines_in_lambert_93_give_the_same_places(build, official: ModuleType, sources: Sources, form: str):
    shapes = {code: shapely.Polygon(official.square(*place)[0]) for code, place in official.PLACES.items()}
    # a straight line in degrees is none in the plane: boundaries would part by metres without points on the way
    shapes = {code: to_lambert(shapely.segmentize(shape, 0.01)) for code, shape in shapes.items()}
    halls = [to_lambert(shapely.Point(*point)) for point in official.HALLS.values()]
    file = sources.outlines[0].with_suffix(".gpkg" if form == "geopackage" else ".json")
    if form == "geopackage":
        wkb = {code: shape.wkb for code, shape in shapes.items()}
        official.write_geopackage(file, wkb, [hall.wkb for hall in halls], 2154)
    else:
        drawn = {code: json.loads(shapely.to_geojson(shape)) for code, shape in shapes.items()}
        listed = [{"type": "Feature", "properties": {"code_insee": c}, "geometry": g} for c, g in drawn.items()]
        listed += [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(h))} for h in halls]
        official.write_geojson(file, listed, "urn:ogc:def:crs:EPSG::2154")
    first, _ = build("degrees")
    second, _ = build("metres", outlines=[file])
    assert (first / "communes.csv").read_text() == (second / "communes.csv").read_text()
    here, there = (rows(place / "contiguity.csv") for place in (first, second))
    assert [(r["code_a"], r["code_b"]) for r in here] == [(r["code_a"], r["code_b"]) for r in there]
    assert [int(r["shared_boundary_m"]) for r in here] == pytest.approx(
        [int(r["shared_boundary_m"]) for r in there], abs=20
    )


def test_outlines_of_an_earlier_year_are_joined(build, official: ModuleType, sources: Sources):
    """01009 was merged into 01004 after the outlines were drawn: its square belongs to 01004 now."""
    places = official.PLACES | {"01009": (2, 1)}
    official.write_geojson(sources.outlines[0], official.features(places=places))
    place, notices = build()
    areas = {row["code"]: float(row["area_km2"]) for row in rows(place / "communes.csv")}
    assert areas["01004"] == pytest.approx(2 * areas["01003"], rel=1e-3)
    assert values(notices, "joined") == {"communes": 1, "first": "L'Étang"}


def test_a_hole_in_the_outlines_is_told(build, official: ModuleType, sources: Sources):
    """A part of a commune that no file has leaves a hole, or an area too small that only the hole betrays."""
    ring = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    codes = ["01001", "01002", "01003", "01004"]
    listed = official.features(places={})
    for rank, place in enumerate(ring):
        geometry = {"type": "Polygon", "coordinates": official.square(*place)}
        listed.append({"type": "Feature", "properties": {"code": codes[rank % 4]}, "geometry": geometry})
    official.write_geojson(sources.outlines[0], listed)
    _, notices = build()
    told = values(notices, "hole")
    assert told["area"] == pytest.approx(85.7, abs=0.5)
    assert "Ville" in str(told["around"])


def test_the_ring_by_contiguity_or_by_a_list(build, tmp_path: Path):
    place, _ = build("touching", ring="contiguous")
    zones = {row["code"]: row["zone"] for row in rows(place / "communes.csv")}
    assert zones == {"01001": "centre", "01002": "ring", "01003": "ring", "01004": "rural"}
    (tmp_path / "ring.csv").write_text("code\n01009\n", encoding="utf-8")
    place, _ = build("listed", ring=f"codes:{tmp_path / 'ring.csv'}")
    zones = {row["code"]: row["zone"] for row in rows(place / "communes.csv")}
    assert zones == {"01001": "centre", "01002": "rural", "01003": "rural", "01004": "ring"}


def test_one_epci_alone_has_no_rural_commune_and_says_so(build):
    place, notices = build(select=["epci:200000111"])
    assert "no_rural" in messages(notices)
    assert "rural" not in {s.zone for s in load_territory(place).frame}


def test_a_part_of_an_epci_counts_the_whole_of_it(build, tmp_path: Path):
    (tmp_path / "codes.csv").write_text("code\n01001\n1003\n", encoding="utf-8")
    place, _ = build(select=[f"codes:{tmp_path / 'codes.csv'}"])
    populations = {row["code"]: (row["population"], row["communes"]) for row in rows(place / "epci.csv")}
    assert populations == {"200000111": ("13500", "1"), "200000222": ("1000", "1")}
    assert [w.message for w in check_territory(place).warnings].count("territory.epci_total") == 2


def test_an_interrupted_writing_leaves_nothing(build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(made: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_readme", stop)
    before = set(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        build()
    assert set(tmp_path.iterdir()) == before


def test_the_same_files_give_the_same_bytes(build):
    first, _ = build("first")
    second, _ = build("second")
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
