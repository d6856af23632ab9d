"""The territory that ships: its known numbers, and its agreement with the study data it was made from."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ectsim.shipped import shipped_folder
from ectsim.territory.checking import check_territory
from ectsim.territory.frame import FrameStratum
from ectsim.territory.nomenclature import KINDS, ZONES
from ectsim.territory.reading import load_territory
from ectsim.territory.territory import Territory

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def whole() -> Territory:
    return load_territory("pays_ledonien")


@pytest.fixture(scope="module")
def bassin() -> Territory:
    return load_territory("pays_ledonien/bassin_de_vie")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def total(frame: tuple[FrameStratum, ...], kind: str, **where: str) -> int:
    chosen = (s for s in frame if s.kind == kind and all(getattr(s, name) == value for name, value in where.items()))
    return sum(stratum.count for stratum in chosen)


def test_its_known_numbers(whole: Territory):
    assert len(whole.codes) == 199
    assert whole.population.sum() == 87_885
    assert whole.area_km2.sum() == pytest.approx(1852.7, abs=0.05)
    assert len(whole.contiguity) == 530
    assert whole.epci_codes == ("ECLA", "BHS", "PDJ", "TEC")
    assert np.bincount(whole.epci_of).tolist() == [32, 54, 21, 92]
    assert whole.epci_population.sum() == 87_885
    assert (np.median(whole.population), (whole.population >= 1000).sum()) == (216, 16)
    assert whole.names[whole.centre] == "Lons-le-Saunier"


def test_zones_follow_their_rule(whole: Territory):
    ecla = whole.epci_of == whole.epci_codes.index("ECLA")
    assert np.flatnonzero(whole.zone == ZONES.index("centre")).tolist() == [whole.centre]
    assert ((whole.zone != ZONES.index("rural")) == ecla).all()


@pytest.mark.parametrize("name", ["pays_ledonien", "pays_ledonien/bassin_de_vie"])
def test_nothing_to_warn_of(name: str):
    assert check_territory(name).warnings == ()


def test_every_point_lies_in_its_outline(bassin: Territory, whole: Territory):
    for territory in (whole, bassin):
        for longitude, latitude, rings in zip(territory.longitude, territory.latitude, territory.outlines, strict=True):
            crossings = 0
            for ring in rings:
                (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
                spans = (y0 > latitude) != (y1 > latitude)
                crossings += np.count_nonzero(
                    longitude < x0[spans] + (latitude - y0[spans]) * (x1 - x0)[spans] / (y1 - y0)[spans]
                )
            assert crossings % 2 == 1


def test_every_kind_has_actors_and_only_located_bodies_are_counts(whole: Territory):
    assert {stratum.kind for stratum in whole.frame} == set(KINDS)
    counted = Counter({kind: total(whole.frame, kind, status="count") for kind in KINDS})
    assert +counted == {"commune": 199, "epci": 4, "public_body": 1}


def test_the_bassin_de_vie_has_its_62_communes(bassin: Territory, whole: Territory):
    assert len(bassin.codes) == 62
    assert bassin.population.sum() == 48_534
    assert set(bassin.codes) - set(whole.codes) == {"71027", "71198", "71380", "71506"}
    assert bassin.epci_codes == ("ECLA", "BHS", "PDJ", "TEC", "BR71", "BLI")
    assert total(bassin.frame, "commune") == 62
    assert total(bassin.frame, "epci") == 6
    assert total(bassin.frame, "public_body", status="count") == 1
    assert total(bassin.frame, "company", zone="centre") == total(whole.frame, "company", zone="centre")
    share = bassin.population[bassin.zone == 2].sum() / whole.population[whole.zone == 2].sum()
    for kind in ("company", "farm", "association"):
        expected = share * total(whole.frame, kind, zone="rural")
        # each stratum is rounded: at most half an actor for each of the three size classes
        assert total(bassin.frame, kind, zone="rural") == pytest.approx(expected, abs=1.5)


def test_sound_attribution(whole: Territory):
    assert all(name in whole.attribution for name in ("Insee", "IGN", "Licence Ouverte"))
    assert (whole.folder / "README.md").is_file()


@pytest.mark.shared
def test_it_is_the_study_data(whole: Territory):
    source = SHARED / "pays_ledonien"
    communes = sorted(rows(source / "communes.csv"), key=lambda row: row["code_insee"])
    assert whole.codes == tuple(row["code_insee"] for row in communes)
    assert whole.names == tuple(row["nom"] for row in communes)
    assert whole.population.tolist() == [int(row["population_municipale_2023"]) for row in communes]
    assert whole.area_km2.tolist() == [float(row["surface_km2"]) for row in communes]
    assert whole.latitude.tolist() == [float(row["latitude"]) for row in communes]
    assert whole.longitude.tolist() == [float(row["longitude"]) for row in communes]
    assert [whole.epci_codes[rank] for rank in whole.epci_of] == [row["epci"] for row in communes]
    pairs = {tuple(sorted((row["code_a"], row["code_b"]))) for row in rows(source / "contiguite.csv")}
    assert {(whole.codes[a], whole.codes[b]) for a, b in whole.contiguity} == pairs
    features = json.loads((source / "communes.geojson").read_text(encoding="utf-8"))["features"]
    outlines = dict(zip(whole.codes, whole.outlines, strict=True))
    for feature in features:
        parts = feature["geometry"]["coordinates"]
        polygons = parts if feature["geometry"]["type"] == "MultiPolygon" else [parts]
        expected = [ring for polygon in polygons for ring in polygon]
        assert [ring.tolist() for ring in outlines[feature["properties"]["code_insee"]]] == expected


@pytest.mark.shared
def test_the_bassin_is_that_of_insee(bassin: Territory):
    listed = {row["code_insee"]: row for row in rows(SHARED / "zonages" / "communes_bassin_de_vie_2022_lons.csv")}
    assert set(bassin.codes) == set(listed)
    assert bassin.population.tolist() == [int(listed[code]["population_municipale_2023"]) for code in bassin.codes]


@pytest.mark.shared
def test_the_frame_follows_from_the_study_data_by_the_methods_it_names(whole: Territory):
    clap = {row["secteur"].split()[0]: row for row in rows(SHARED / "actors" / "etablissements_jura_clap2015.csv")}
    found = {row["type_acteur"]: row for row in rows(SHARED / "actors" / "acteurs_pays_ledonien_estimation.csv")}

    def jura(size_class: str, *sectors: str) -> int:
        columns = {"0-9": ("1_9",), "10-49": ("10_19", "20_49"), "50+": ("50_plus",)}[size_class]
        return sum(int(clap[sector][f"taille_{column}"]) for sector in sectors for column in columns)

    market = ("Industrie", "Construction", "Commerce")
    expected = {("farm", size): round(0.3407 * jura(size, "Agriculture")) for size in ("0-9", "10-49", "50+")}
    for size in ("10-49", "50+"):
        expected["company", size] = round(0.3407 * jura(size, *market))
        for kind, share in (("public_body", 0.1), ("agency", 0.1), ("education", 0.2)):
            expected[kind, size] = round(0.3407 * share * jura(size, "Administration"))
    given = {cell: total(whole.frame, cell[0], size_class=cell[1], status="estimate") for cell in expected}
    assert given == expected
    central = {name: int(row["effectif_central"]) for name, row in found.items()}
    employing = central["associations employeuses"]
    assert total(whole.frame, "farm") == central["établissements employeurs agriculture"]
    assert total(whole.frame, "social_enterprise") == central["établissements employeurs de l'ESS"] - employing
    assert total(whole.frame, "association") == int(found["associations actives (toutes)"]["effectif_bas"])
    assert total(whole.frame, "citizen_group") == round(0.05 * total(whole.frame, "association"))


def test_every_named_perimeter_ships_with_its_file(whole: Territory):
    shelf = shipped_folder("scenarios") / "territories"
    assert whole.folder.parent == shelf.resolve()
    assert {file.stem for file in (whole.folder / "perimeters").glob("*.csv")} == {"bassin_de_vie"}
