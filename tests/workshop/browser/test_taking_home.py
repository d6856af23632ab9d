"""What is taken home: the page that opens from its file and plays, the table for French Excel, the sheet to print."""

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

HOSTILE = '=HYPERLINK("http://x";"y")'
NOTES = (
    "</script><script>evil = 1</script>",
    "@SUM(1+1)",
    "-2+3",
    "\u00a0=1+1",
    "+33 1",
    "« guillemets » ; point-virgule",
)


@pytest.fixture(scope="module")
def doors(open_workshop, small_files):
    return open_workshop("home", scenarios=small_files)


@pytest.fixture
def taken(eye, doors, join, show, tmp_path):
    """Files of a session in which people of hostile names said hostile things, without and with names."""
    desk, phone = eye.open(doors.facilitator), eye.phone(doors)
    join(phone, HOSTILE)
    show(desk, "bet")
    phone.fill("input[type=number]", "5")
    phone.click("form button.main")
    show(desk, "play")
    phone.locator("button.actor").first.click()
    expect(phone.locator("form")).to_be_visible()
    desk.locator(".panel button.main").click()
    show(desk, "luck")
    desk.get_by_role("button", name="Montrer la bande").click()
    expect(desk.locator(".place [role=status]")).to_contain_text("100 tirages")
    show(desk, "debrief")
    for note in NOTES:
        desk.fill("textarea", note)
        desk.get_by_role("button", name="Garder la note").click()
        expect(desk.locator(".notes li").last).to_contain_text(note.strip())
    show(desk, "takeaway")

    def take(folder: str, names: bool) -> Path:
        desk.locator(".panel input[type=checkbox]").set_checked(names)
        for button in desk.locator(".panel button.wide").all()[:3]:
            with desk.expect_download() as download:
                button.click()
            download.value.save_as(tmp_path / folder / download.value.suggested_filename)
        return tmp_path / folder

    return take("without", False), take("with", True)


def test_what_is_taken_home(taken, eye, doors, assert_said, tmp_path):
    without, with_names = taken
    assert_names_are_kept_only_if_asked(without, with_names, doors)
    assert_table_is_for_french_excel(without / "ectsim-results.csv")
    assert_page_replays(eye, without / "ectsim-replay.html", assert_said)
    assert_page_replays(eye, with_names / "ectsim-replay.html", assert_said)


def assert_names_are_kept_only_if_asked(without: Path, with_names: Path, doors) -> None:
    keys = json.loads((doors.folder / "keys.json").read_text("utf-8"))
    for file in ("ectsim-replay.html", "ectsim-results.csv", "ectsim-log.json"):
        plain, named = ((folder / file).read_text("utf-8") for folder in (without, with_names))
        assert "HYPERLINK" not in plain
        assert "HYPERLINK" in named
        assert not any(key in plain + named for key in keys.values())
        log = [json.loads(line) for line in (doors.folder / "session.jsonl").read_text("utf-8").splitlines()]
        assert not any(entry["by"] in plain + named for entry in log if entry["by"] != "facilitator")


def assert_table_is_for_french_excel(file: Path) -> None:
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert {len(row) for row in rows} == {5}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"\s*[=+@\t]|\s*-(?!\d+(,\d+)?$)", cell)]
    assert all(any(note.strip() in cell for cell in cells) for note in NOTES)
    assert any(re.fullmatch(r"\d+,\d+", cell) for cell in cells)
    assert not any(re.fullmatch(r"\d+\.\d+", cell) for cell in cells)
    assert sum(row[0] == "Pari" for row in rows) == 1


def assert_page_replays(eye, file: Path, assert_said) -> None:
    page = eye.open(file.as_uri())
    expect(page.locator(".viewer[data-screen=compare]")).to_be_visible()
    expect(page.locator(".when")).to_have_text("Au début")
    page.keyboard.press(" ")
    expect(page.locator(".when")).not_to_have_text("Au début")
    page.keyboard.press(" ")
    month = page.get_by_label("Mois montré")
    month.fill("36")
    expect(page.locator(".when")).to_have_text("Après 3 ans")
    assert painted(page) > 5
    for step in page.locator("nav button").all():
        step.click()
        screen = step.get_attribute("data-screen")
        expect(page.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        assert_said(page)
        expect(page.locator(".place [role=status]").first).not_to_be_empty()
        expect(page.locator(".place [role=status]").first).not_to_contain_text("Calcul en cours")
    for _ in range(4):
        page.get_by_role("button", name="Suivant").click()
    page.get_by_text(NOTES[0]).wait_for()
    assert page.evaluate("window.evil") is None
    page.close()


def painted(page: Page) -> int:
    """Colours met on the canvases of a page."""
    return page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("canvas")].map((one) => {
            const bytes = one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
            return new Set(new Uint32Array(bytes.buffer)).size;
        }))"""
    )


def test_the_sheet_and_the_cards_are_printed_in_black_on_a4(doors, eye, show, tmp_path):
    desk = eye.open(doors.facilitator, script="window.print = () => { window.asked = true; };")
    show(desk, "prepare")
    expect(desk.locator(".checks li[data-right=yes]")).to_have_count(2)
    for screen, button, pages in (("prepare", "Imprimer des cartes", 3), ("takeaway", "Imprimer la feuille A4", 2)):
        show(desk, screen)
        desk.get_by_role("button", name=button).click()
        desk.wait_for_function("() => window.asked")
        printed = desk.pdf(prefer_css_page_size=True)
        assert b"/MediaBox [0 0 841" in printed
        assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= pages
        desk.evaluate("() => { window.asked = false; dispatchEvent(new Event('afterprint')); }")
        expect(desk.locator(".sheet")).to_have_count(0)
