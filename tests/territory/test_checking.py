from collections.abc import Callable
from pathlib import Path

from ectsim.territory.checking import check_territory
from ectsim.territory.nomenclature import KINDS

Change = Callable[[str, str, str], None]


def warned(path: Path | str) -> dict[str, dict[str, object]]:
    return {problem.message.removeprefix("territory."): problem.values for problem in check_territory(path).warnings}


def test_the_small_territory_is_counted(folder: Path):
    report = check_territory(folder)
    assert (report.communes, report.inhabitants, report.area_km2, report.epcis) == (3, 13800, 38.5, 2)
    assert (report.contiguous_pairs, report.outlines, report.has_travel_times) == (2, 0, False)
    companies = report.kinds[KINDS.index("company")]
    assert (companies.count, companies.low, companies.high, companies.counted) == (20, 16, 24, 0)
    assert report.kinds[KINDS.index("commune")].counted == 3


def test_missing_outlines_and_absent_kinds_are_warned_of(folder: Path):
    found = warned(folder)
    assert set(found) == {"no_outline", "kind_absent"}
    assert found["no_outline"] == {"communes": 3, "first": "Bourg"}


def test_a_disconnected_contiguity_is_warned_of(folder: Path, change: Change):
    change("contiguity.csv", "01002,01003\n", "")
    assert warned(folder)["disconnected"] == {"groups": 2}


def test_an_epci_that_does_not_add_up_is_warned_of(folder: Path, change: Change):
    change("epci.csv", "13500", "13600")
    assert warned(folder)["epci_total"] == {"epci": "A", "given": 13600, "sum": 13500}


def test_a_part_of_an_epci_may_be_smaller_but_not_larger(folder: Path, change: Change):
    assert "epci_total" not in warned(folder / "west")
    change("neighbours/epci.csv", "9000", "74")
    assert warned(folder / "west")["epci_total"] == {"epci": "C", "given": 74, "sum": 75}


def test_a_point_outside_its_outline_is_warned_of(folder: Path):
    ring = "[[5.4,46.4],[5.45,46.4],[5.45,46.45],[5.4,46.4]]"
    text = '{"features":[{"properties":{"code":"01001"},"geometry":{"type":"Polygon","coordinates":[' + ring + "]}}]}"
    (folder / "communes.geojson").write_text(text, encoding="utf-8")
    assert warned(folder)["point_outside"] == {"name": "Bourg"}
