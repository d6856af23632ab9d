"""The grid to fill: whatever it offers, the importer reads back as what it means."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from ectsim.calibration.blank_grid import CODERS, GRID, columns_of_codes, columns_of_interviews, write_blank_grid
from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.gathering import Sources, gather
from ectsim.locale import LANGUAGES, choose_language


@pytest.fixture(params=LANGUAGES)
def grid(request: pytest.FixtureRequest, tmp_path: Path):
    choose_language(request.param)
    write_blank_grid(tmp_path)
    yield tmp_path / GRID
    choose_language(None)


def fill(grid: Path, sheet: str, rows: list[dict[str, object]]) -> None:
    workbook = load_workbook(grid)
    places = {cell.value: cell.column for cell in workbook[sheet][1]}
    for line, row in enumerate(rows, 2):
        for header, value in row.items():
            workbook[sheet].cell(line, places[header], value)
    workbook.save(grid)


def test_every_choice_is_read_back(grid: Path):
    identifier, actor, *described = columns_of_interviews()
    codes = list(columns_of_codes())
    most = max(len(column.choices) for column in codes)
    typed = {"month": "2026-03", "mois": "2026-03", "duration_min": 50, "durée": 50}
    rows = []
    for rank in range(most):
        chosen = {c.header: c.choices[rank % len(c.choices)] if c.choices else 5 for c in codes}
        # "none" goes with nothing else; a kind of actor belongs to one sector, so all are municipalities
        chosen.pop("CONTREP[aucune]")
        told = {c.header: typed.get(c.header) or c.choices[0] for c in described}
        rows.append({identifier.header: f"E{rank:02}", actor.header: f"A{rank:02}", **told, **chosen})
    fill(grid, CODERS[0], rows)
    fill(grid, CODERS[1], [{identifier.header: "E00", "COOP_PROP": 3}])
    found = gather(Sources([grid])).interviews
    assert len(found.interviews) == most
    assert set(found.codings["coder_id"]) == set(CODERS)
    assert set(found.codings["code"]) == {name for name, code in load_codebook().codes.items() if code.scale != "F"}
    assert set(found.codings["status"]) == {"code", "non_aborde", "refus", "sans_objet"}
    for name, code in load_codebook().codes.items():
        own = found.codings[(found.codings["code"] == name) & (found.codings["status"] == "code")]
        if code.scale in ("O", "B", "P", "N"):
            assert set(own["value"]) == set(code.categories)


def test_an_empty_grid_offers_choices_and_holds_nothing(grid: Path):
    workbook = load_workbook(grid)
    assert workbook.sheetnames[:2] == list(CODERS)
    for name in CODERS:
        assert workbook[name].max_row == 1
        offered = [one for one in workbook[name].data_validations.dataValidation if one.type == "list"]
        assert len(offered) > 60
