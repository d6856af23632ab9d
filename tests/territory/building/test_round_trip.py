"""The shipped territory, rebuilt from files in the official layouts made out of the study data beside the project."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from ectsim.territory.building.build import Sources, Wish, build_territory
from ectsim.territory.reading import load_territory

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "pays_ledonien"
ROUNDED_M = 60.0
"""The data's outlines are rounded to ten metres, which moves both ends and the many bends of a boundary."""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def rebuilt(tmp_path: Path, official: ModuleType) -> Callable[..., Path]:
    communes, epcis = rows(DATA / "communes.csv"), {e["siren"]: e for e in rows(DATA / "epci.csv")}
    columns = official.COG.split("\n")[0].split(",")
    cog = [["COM", c["code_insee"], "27", "39", "", "", "", "", "", c["nom"], "", ""] for c in communes]
    people = [[c["code_insee"], c["nom"], c["population_municipale_2023"]] for c in communes]
    members = [[c["code_insee"], c["nom"], c["epci_siren"], epcis[c["epci_siren"]]["nom"]] for c in communes]
    sources = Sources(
        official.table(tmp_path / "v_commune_2026.csv", columns, cog),
        official.table(tmp_path / "donnees_communes.csv", ("DEPCOM", "COM", "PMUN"), people, ";"),
        official.table(tmp_path / "composition.csv", ("CODGEO", "LIBGEO", "EPCI", "LIBEPCI"), members, ";"),
        [DATA / "communes.geojson"], [], [], [],
    )  # fmt: skip

    def build(*selected: str) -> Path:
        wish = Wish([f"epci:{','.join(selected)}"], "39300", "Pays Lédonien", year=2023)
        build_territory(tmp_path / "rebuilt", sources, wish, lambda *_: None)
        return tmp_path / "rebuilt"

    return build


@pytest.mark.shared
def test_the_shipped_territory_comes_back(rebuilt: Callable[..., Path]):
    shipped = load_territory("pays_ledonien")
    place = rebuilt(*(e["siren"] for e in rows(shipped.folder / "epci.csv")))
    built = load_territory(place)
    assert (built.codes, built.names, built.centre) == (shipped.codes, shipped.names, shipped.centre)
    assert built.population.tolist() == shipped.population.tolist()
    assert built.zone.tolist() == shipped.zone.tolist()
    assert sorted(built.epci_population) == sorted(shipped.epci_population)
    assert built.area_km2 == pytest.approx(shipped.area_km2, rel=0.007, abs=0.02)
    assert built.contiguity.tolist() == shipped.contiguity.tolist()
    lengths = [
        {frozenset((r["code_a"], r["code_b"])): int(r["shared_boundary_m"]) for r in rows(folder / "contiguity.csv")}
        for folder in (shipped.folder, place)
    ]
    differences = [lengths[1][pair] - length for pair, length in lengths[0].items()]
    assert max(map(abs, differences)) <= 2 * ROUNDED_M
    assert sum(map(abs, differences)) / len(differences) < ROUNDED_M / 2
    counted = {s.cell: s.count for s in shipped.frame if s.kind in ("commune", "epci")}
    assert {s.cell: s.count for s in built.frame if s.kind in ("commune", "epci")} == counted
    totals = [
        {kind: sum(s.count for s in territory.frame if s.kind == kind) for kind in ("company", "farm", "association")}
        for territory in (shipped, built)
    ]
    assert totals[0] == totals[1]


@pytest.mark.shared
def test_one_epci_of_it(rebuilt: Callable[..., Path]):
    place = rebuilt("200071116")
    assert len(rows(place / "communes.csv")) == 32
    assert sum(int(row["population"]) for row in rows(place / "communes.csv")) == 34043
    drawn = json.loads((place / "communes.geojson").read_text(encoding="utf-8"))
    assert {feature["properties"]["code"] for feature in drawn["features"]} == {
        row["code"] for row in rows(place / "communes.csv")
    }
