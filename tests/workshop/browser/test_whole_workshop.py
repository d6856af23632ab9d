"""The whole workshop from Préparer to Restitution: by mouse, and again by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

STATUS = ".place [role=status]"
FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body) return "";
    return one.innerText || one.getAttribute("aria-label") || one.closest("label")?.innerText || "";
}"""

KEEP_DATES = """() => {
    const when = document.querySelector(".when");
    window.dates = [];
    new MutationObserver(() => window.dates.push(when.textContent)).observe(when, { childList: true, subtree: true });
}"""
"""Keeps every date that the scene shows from now on."""


@pytest.fixture
def doors(open_workshop):
    return open_workshop("whole")


def number(page: Page, place: str) -> int:
    return int(re.sub(r"\D", "", page.inner_text(place)))


def test_by_mouse(doors, eye, join):
    desk = eye.open(doors.facilitator)
    wall = eye.open(doors.screen, (1920, 1080))
    phone = eye.phone(doors)
    button = desk.locator(".panel button").filter

    def show(screen: str) -> None:
        desk.click(f"nav button[data-screen={screen}]")
        for page in (desk, wall):
            expect(page.locator(f".viewer[data-screen={screen}]")).to_be_visible()

    # Préparer: other luck, six levers, and the self-check says that all is ready
    desk.get_by_label("Tirage").fill("3")
    desk.locator(".panel summary").first.click()
    for box in desk.locator(".panel .check input").all()[:3]:
        box.check()
    button(has_text="Préparer ces mondes").click()
    expect(desk.locator(".checks li[data-right=yes]")).to_have_count(2)
    expect(wall.locator(".place")).to_contain_text("Initiative spontanée")

    show("welcome")
    expect(wall.locator(".code img")).to_have_count(1)
    expect(wall.locator(".room-code")).to_have_text(doors.code)
    join(phone, "Camille")
    expect(wall.locator(STATUS)).to_have_text("1 personne dans la salle")
    expect(desk.locator(".people")).to_contain_text("Camille")

    show("territory")
    for words in ("communes", "acteurs", "liens"):
        button(has_text="Suivant").click()
        expect(wall.locator(STATUS)).to_contain_text(words)

    show("bet")
    desk.fill("#hand-bets", "8, 12 et 20")
    button(has_text="Garder ces paris").click()
    expect(wall.locator(".giant")).to_have_text("3")
    assert "20" not in wall.inner_text(".place")

    show("compare")
    button(has_text="Jouer").click()
    expect(button(has_text="Arrêter")).to_be_visible()
    expect(wall.locator(".when")).not_to_have_text("Au début")
    button(has_text="Arrêter").click()
    desk.get_by_label("Mois montré").fill("120")
    expect(wall.locator(".when")).to_have_text("Après 10 ans")
    expect(wall.locator(STATUS)).to_contain_text("pariait 12 au milieu")
    before = number(wall, ".counter.b")

    show("levers")
    expect(wall.locator(".when")).to_have_text("Après 10 ans")
    wall.evaluate(KEEP_DATES)
    slider = desk.locator(".panel input[type=range]").first
    slider.fill(slider.get_attribute("max") or "")
    highest = desk.locator(".panel output").first.inner_text()
    expect(wall.locator(STATUS)).to_contain_text("Ce changement")
    expect(wall.locator(".counter.ghost")).to_be_visible()
    expect(wall.locator(".lever").first).to_contain_text("€ publics")
    expect(wall.locator(".when")).to_have_text("Après 10 ans")
    assert number(wall, ".counter.ghost") == before
    assert wall.evaluate("window.dates") == [], "the new run is shown whole, at once"
    button(has_text="Rejouer").click()
    expect(wall.locator(".when")).not_to_have_text("Après 10 ans")
    desk.locator(".panel input[type=range]").nth(1).press("End")
    button(has_text="Comme au départ").click()
    expect(desk.locator(".panel output").first).not_to_have_text(highest)
    expect(wall.locator(STATUS)).to_contain_text("Ce changement")

    show("play")
    phone.locator("button.actor").first.click()
    phone.click("form button.main")
    expect(wall.locator(".lead")).to_contain_text(re.compile("1 décisions? prêtes?"))
    button(has_text="Jouer l’année").click()
    expect(wall.locator(".when")).to_have_text("Année 1 sur 10")
    expect(wall.locator(STATUS)).to_contain_text("Après 1 an de jeu")

    show("luck")
    button(has_text="Un de plus").click()
    expect(wall.locator(STATUS)).to_contain_text("Sur 1 tirage")
    button(has_text="Les trente").click()
    expect(wall.locator(STATUS)).to_contain_text("Sur 30 tirages")
    button(has_text="Montrer la bande").click()
    expect(wall.locator(STATUS)).to_contain_text("Sur 100 tirages")

    show("fates")
    desk.locator("button.project").first.click()
    expect(wall.locator(".project[data-current]")).to_have_count(1)
    expect(wall.locator(".lives h2")).to_be_visible()

    show("debrief")
    button(has_text="Suivant").click()
    desk.fill("textarea", "=1+1 : « c’est comme chez nous »")
    button(has_text="Garder la note").click()
    expect(wall.locator(".notes")).to_contain_text("c’est comme chez nous")

    show("takeaway")
    for place, file in enumerate(("replay.html", "results.csv", "log.json")):
        with desk.expect_download() as download:
            desk.locator(".panel button.wide").nth(place).click()
        assert download.value.suggested_filename == f"ectsim-{file}"
        assert download.value.path().stat().st_size > 1000
    desk.evaluate("() => { window.print = () => (window.printed = document.querySelector('.sheet').innerText) }")
    desk.locator(".panel button.wide").nth(3).click()
    desk.wait_for_function("() => window.printed")
    assert "c’est comme chez nous" in desk.evaluate("window.printed")


def test_by_keyboard_alone(doors, eye):
    desk = eye.open(doors.facilitator)
    wall = eye.open(doors.screen)
    press = desk.keyboard.press

    def reach(words: str, key: str = "Tab") -> None:
        """Press Tab until what has the focus says so, as someone who sees the focus would."""
        for _ in range(200):
            press(key)
            label = desk.evaluate(FOCUSED)
            if words in label:
                shape = desk.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert shape != "none", f"nothing shows that {words} has the focus"
                return
        raise AssertionError(f"Tab never reaches {words}")

    def seen(screen: str) -> None:
        expect(wall.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        expect(desk.locator(f".viewer[data-screen={screen}]")).to_be_visible()

    reach("Préparer")
    press("Enter")
    seen("prepare")
    reach("Tirage")
    press("Control+A")
    desk.keyboard.type("5")
    press("Enter")
    expect(desk.locator(".checks li[data-right=yes]")).to_have_count(2)

    press("PageDown")
    seen("welcome")
    press("PageDown")
    seen("territory")
    for words in ("communes", "acteurs", "liens"):
        press("ArrowRight")
        expect(wall.locator(STATUS)).to_contain_text(words)
    press("PageDown")
    seen("bet")
    reach("main levée")
    desk.keyboard.type("4 9 11")
    press("Enter")
    expect(wall.locator(".giant")).to_have_text("3")
    press("PageDown")
    seen("compare")
    expect(wall.locator(".when")).to_have_text("Au début")
    press(" ")
    expect(wall.locator(".when")).not_to_have_text("Au début")
    press(" ")
    expect(desk.locator(".panel button.main")).to_have_text("Jouer")
    for _ in range(10):
        press("Shift+ArrowRight")
    expect(wall.locator(".when")).to_have_text("Après 10 ans")
    press("ArrowLeft")
    expect(wall.locator(".when")).to_contain_text("11 mois")
    press("PageDown")
    seen("levers")
    reach("lauréats")
    for _ in range(3):
        press("ArrowRight")
    expect(wall.locator(STATUS)).to_contain_text("Ce changement")
    reach("Rejouer")
    press("Enter")
    press("PageDown")
    seen("play")
    press(" ")
    expect(wall.locator(".when")).to_have_text("Année 1 sur 10")
    press("PageDown")
    seen("luck")
    expect(wall.locator(STATUS)).not_to_contain_text("Calcul")
    for draws in ("1 tirage", "2 tirages", "3 tirages"):
        press(" ")
        expect(wall.locator(STATUS)).to_contain_text(f"Sur {draws}")
    reach("Montrer la bande")
    press("Enter")
    expect(wall.locator(STATUS)).to_contain_text("Sur 100 tirages")
    press("PageDown")
    seen("fates")
    expect(desk.locator("button.project").first).to_be_visible()
    first = desk.locator("button.project").first.inner_text().split("\n")[0]
    reach(first)
    press("Enter")
    expect(wall.locator(".project[data-current]")).to_contain_text(first)
    press("PageDown")
    seen("debrief")
    reach("Une note")
    desk.keyboard.type("Au clavier")
    press("Tab")
    press("Enter")
    expect(wall.locator(".notes")).to_contain_text("Au clavier")
    press("PageDown")
    seen("takeaway")
    reach("HTML")
    with desk.expect_download() as download:
        press("Enter")
    assert download.value.suggested_filename == "ectsim-replay.html"
    press("PageUp")
    seen("debrief")
