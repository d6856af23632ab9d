"""The interview guides and the quota sheet: complete, fit to print, fair to sectors."""

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.example import example
from ectsim.calibration.guides import (
    GUIDES,
    LEAST_BY_SECTOR,
    frame_of_territory,
    guide,
    guide_html,
    quota,
    quota_html,
    write_guides,
)
from ectsim.locale import choose_language
from ectsim.territory.nomenclature import SIZE_CLASSES

CODES = load_codebook().codes


@pytest.fixture(autouse=True)
def french():
    choose_language("fr")
    yield
    choose_language(None)


def test_each_guide_asks_its_codes_once():
    asked = {name: [item.code for _, items in guide(name).groups for item in items] for name in GUIDES}
    assert asked["carriers"] == list(CODES)
    assert set(asked["carriers"]) - set(asked["others"]) == {"ORIG", "SUB_DEP", "DELAI"}
    assert len(asked["others"]) == len(set(asked["others"]))


@pytest.mark.parametrize("name", GUIDES)
def test_a_page_stands_alone_prints_on_a4_and_asks_for_no_name(name: str):
    page = guide_html(name)
    assert "size: A4" in page
    assert not re.search(r"https?://|<script|<link|<img", page)
    assert 'lang="fr"' in page
    assert "Ne notez ici ni nom" in page
    assert "accepte l’analyse" in page
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_a_page_speaks_english_when_asked():
    choose_language("en")
    assert "Interview guide" in guide_html("carriers")
    assert "Grille" not in guide_html("carriers")


def test_a_docx_opens_and_holds_every_question(tmp_path: Path):
    from docx import Document

    write_guides(tmp_path / "g", quota(example().frame))
    for name in GUIDES:
        document = Document(str(tmp_path / "g" / f"{name}.docx"))
        told = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
        assert all(item.question in told for _, items in guide(name).groups for item in items)
        assert zipfile.ZipFile(tmp_path / "g" / f"{name}.docx").testzip() is None
        assert not document.core_properties.author


def test_the_quota_sheet_of_fictive_interviews_says_so():
    found = example()
    page = quota_html(quota(found.frame, found), found)
    assert page.count("DONNÉES FICTIVES") == 2
    assert "Rencontrés par la structure d’appui" in page
    assert "DONNÉES FICTIVES" not in quota_html(quota(found.frame))


def test_the_quota_sheet_has_a_box_for_each_interview_wanted():
    table = quota(frame_of_territory("pays_ledonien"))
    assert quota_html(table).count("☐") == table["missing"].sum()


def test_quotas_count_what_was_done():
    found = example()
    table = quota(found.frame, found)
    assert table["done"].sum() == len(found.interviews)
    assert (table["missing"] == (table["wanted"] - table["done"]).clip(lower=0)).all()


@given(st.lists(st.integers(0, 800), min_size=3, max_size=3), st.integers(1, 120))
def test_sectors_get_equal_shares_and_no_cell_more_than_it_holds(sizes, wanted):
    rows = [(sector, size, n) for sector in ("public", "prive") for size, n in zip(SIZE_CLASSES, sizes, strict=True)]
    table = quota(pd.DataFrame(rows, columns=["sector", "size_class", "n_population"]), wanted=wanted)
    by_sector = table.groupby("sector")["wanted"].sum()
    assert set(by_sector) == {min(sum(sizes), max(LEAST_BY_SECTOR, -(-wanted // 2)))}
    assert (table["wanted"] <= table["n_population"]).all()
    held = table[table["n_population"] > 0]
    assert (held["wanted"] > 0).all() or by_sector.iloc[0] < 3


def test_within_a_sector_more_numerous_sizes_get_more():
    table = quota(example().frame, wanted=60)
    for _, own in table.groupby("sector"):
        ordered = own.sort_values("n_population")["wanted"]
        assert ordered.is_monotonic_increasing


def test_the_default_territory_gives_a_frame():
    frame = frame_of_territory("pays_ledonien")
    assert set(frame["sector"]) == {"public", "prive", "societe_civile"}
    assert frame["n_population"].sum() > 1000


def test_each_question_of_a_document_stays_on_a_page_with_all_its_boxes(tmp_path: Path):
    from docx import Document

    write_guides(tmp_path, quota(frame_of_territory("pays_ledonien")))
    document = Document(str(tmp_path / "carriers.docx"))
    rows = [row for table in document.tables for row in table.rows]
    items = [item for _, group in guide("carriers").groups for item in group]
    heads = [row for row in rows if row._tr.trPr is not None and row._tr.trPr.xpath("w:tblHeader")]
    assert len(rows) == len(items) + len(heads) + 1, "and the frame of what is read to the person"
    asked = [row for row in rows if row._tr.trPr is not None and row._tr.trPr.xpath("w:cantSplit")]
    for row, item in zip(asked, items, strict=True):
        told = row.cells[1].text
        assert told.count("☐\u00a0non\u00a0abordé") == told.count("☐\u00a0sans\u00a0objet") == 1
        assert told.count("☐") == 3 + len(item.boxes) * len(item.lines)
