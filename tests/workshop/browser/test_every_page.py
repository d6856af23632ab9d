"""Every page on every screen, in French and in English: no key missing, no A or AA violation, nothing cut off."""

import re
from importlib import resources

import pytest
from playwright.sync_api import Page, expect

from ectsim.workshop.protocol import SCREENS

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CUT_OFF = """() => [...document.querySelectorAll(".scene p, .scene h2, .scene li, .viewer h1, .viewer footer p")]
    .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .map((one) => one.outerHTML.slice(0, 120))"""
TOO_SMALL = """() => [...document.querySelectorAll(".place *")]
    .filter((one) => one.offsetParent && [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim()))
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < innerHeight / 50 - 0.5)
    .map((one) => `${getComputedStyle(one).fontSize} ${one.outerHTML.slice(0, 100)}`)"""

HIDDEN = """() => [...document.querySelectorAll(".viewer, .viewer *")]
    .filter((one) => one.offsetParent && getComputedStyle(one).overflowY !== "visible")
    .filter((one) => one.scrollHeight > one.clientHeight + 1)
    .map((one) => `${one.scrollHeight} > ${one.clientHeight} ${one.outerHTML.slice(0, 80)}`)"""
OVER = """() => {
    const { bottom } = document.querySelector(".place").getBoundingClientRect();
    return [...document.querySelectorAll(".place *")]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().bottom > bottom + 1)
        .map((one) => one.outerHTML.slice(0, 120));
}"""

LISTEN = """() => {
    const when = document.querySelector(".when");
    window.told = [];
    new MutationObserver(() => told.push(when.textContent)).observe(when, { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def doors(open_workshop, small_files):
    return open_workshop("pages", scenarios=small_files)


@pytest.fixture(scope="module")
def axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong; its script is evaluated by the debugger, which the page's policy does not bind."""
    page.evaluate(axe)
    found = page.evaluate("async (rules) => (await axe.run(document, rules)).violations", RULES)
    return [
        f"{page.url} {rule['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_screen_speaks_and_is_accessible(doors, eye, axe, join, show, assert_said, language: str):
    def spoken(address: str) -> str:
        return address.replace("#", f"?lang={language}#")

    desk = eye.open(spoken(doors.facilitator))
    wall = eye.open(spoken(doors.screen), (1920, 1080))
    phone = eye.open(spoken(doors.phones), (390, 844), has_touch=True, is_mobile=True)
    pages, acts = (desk, wall, phone), Acts(desk, wall, phone)
    found = []

    def check(*those: Page) -> None:
        for page in those or pages:
            assert page.evaluate("document.documentElement.lang") == language
            assert_said(page)
            found.extend(violations(page, axe))

    check(phone)
    join(phone, "Anna")
    for screen in SCREENS:
        show(desk, screen)
        expect(wall.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        getattr(acts, screen, lambda: None)()
        check()
        for width, height in ((1280, 800), (1024, 768), (1920, 1080)):
            wall.set_viewport_size({"width": width, "height": height})
            for fault in (CUT_OFF, TOO_SMALL, HIDDEN, OVER):
                assert wall.evaluate(fault) == [], (screen, width)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert sorted(set(found)) == []


class Acts:
    """What brings each screen to its fullest state."""

    def __init__(self, desk: Page, wall: Page, phone: Page):
        self.desk, self.wall, self.phone = desk, wall, phone
        self.main = desk.locator(".panel button.main")

    def prepare(self) -> None:
        for summary in self.desk.locator(".panel summary").all():
            summary.click()
        expect(self.desk.locator(".checks li[data-right=yes]")).to_have_count(2)

    def territory(self) -> None:
        done = self.wall.locator(".steps [data-done]")
        while (already := done.count()) < 3:
            self.main.click()
            expect(done).to_have_count(already + 1)

    def bet(self) -> None:
        self.phone.fill("input[type=number]", "4")
        self.phone.click("form button.main")
        expect(self.wall.locator(".giant")).not_to_have_text("0")

    def compare(self) -> None:
        self.desk.locator(".panel input[type=range]").fill("36")
        expect(self.wall.locator(".thirds .when")).to_contain_text("3")

    def levers(self) -> None:
        slider = self.desk.locator(".panel input[type=range]").first
        slider.fill(slider.get_attribute("max") or "")
        expect(self.wall.locator(".counter.ghost")).to_be_visible()
        expect(self.wall.locator(".lever").first).to_contain_text("€")

    def play(self) -> None:
        self.phone.locator("button.actor").first.click()
        expect(self.phone.locator("form")).to_be_visible()
        self.main.click()
        expect(self.wall.locator(".when")).to_contain_text(re.compile("[123]"))

    def luck(self) -> None:
        self.desk.locator(".panel button").nth(3).click()
        expect(self.wall.locator("[role=status]")).to_contain_text("100")

    def fates(self) -> None:
        self.desk.locator("button.project[aria-pressed=false]").first.click()
        expect(self.wall.locator(".lives .lanes").first).to_be_visible()

    def debrief(self) -> None:
        self.desk.fill("textarea", "A note")
        self.desk.locator(".panel form button").click()
        expect(self.wall.locator(".notes")).to_contain_text("A note")
        self.phone.locator("button.toggle").first.click()
        expect(self.phone.locator("button.toggle[aria-pressed=true]")).to_have_count(1)


@pytest.mark.parametrize("phase", range(1, 5))
def test_every_phase_of_the_debriefing(doors, eye, axe, show, assert_said, phase: int):
    desk = eye.open(doors.facilitator)
    phone = eye.phone(doors)
    phone.check("input[value=civil]")
    phone.click("button.main")
    show(desk, "debrief")
    desk.locator(".panel button.main").click()
    expect(desk.locator(".phases [aria-current]")).to_have_text(desk.locator(".phases li").nth(phase).inner_text())
    expect(phone.locator("h2")).to_have_text(desk.locator(".phases li").nth(phase).inner_text())
    for page in (desk, phone):
        assert_said(page)
        assert violations(page, axe) == []


@pytest.mark.parametrize("size", [(1280, 720), (1280, 800), (1024, 768), (1920, 1080)], ids=str)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_statement_is_on_the_wall_with_its_votes(doors, eye, show, size: tuple[int, int], language: str):
    desk = eye.open(doors.facilitator)
    wall = eye.open(doors.screen.replace("#", f"?lang={language}#"), size)
    show(desk, "debrief")
    phases = desk.locator(".phases li")
    while (now := phases.evaluate_all("(all) => all.findIndex((one) => one.ariaCurrent)")) != 3:
        desk.get_by_role("button", name="Suivant" if now < 3 else "Précédent").click()
        expect(phases.nth(now + 1 if now < 3 else now - 1)).to_have_attribute("aria-current", "step")
    expect(wall.locator(".bars li")).to_have_count(8)
    body = wall.locator(".debrief-body")
    assert body.evaluate("(body) => body.scrollHeight <= body.clientHeight + 1")
    assert wall.evaluate(OVER) == []


@pytest.mark.parametrize("page", ["facilitator#x", "screen#x", "#AAAAA", ""])
def test_a_page_that_cannot_open_says_so(doors, eye, axe, assert_said, page: str):
    shown = eye.open(f"http://{doors.host}/{page}")
    expect(shown.locator("[role=alert], form").last).to_be_visible()
    assert_said(shown)
    assert violations(shown, axe) == []


def test_two_quick_presses_count_twice(doors, eye, show):
    desk = eye.open(doors.facilitator)
    pressed = desk.locator(".panel button")
    twice = "(button) => { button.click(); button.click(); }"
    show(desk, "territory")
    for _ in range(2):
        pressed.first.evaluate(twice)
    expect(desk.locator(".steps [data-done]")).to_have_count(0)
    pressed.nth(1).evaluate(twice)
    expect(desk.locator(".steps [data-done]")).to_have_count(2)
    show(desk, "luck")
    pressed.last.evaluate("(button) => { button.click(); }")
    pressed.nth(1).evaluate(twice)
    expect(desk.locator(".place [role=status]")).to_contain_text("Sur 2 tirages")
    pages = "() => { for (let n = 0; n < 2; n++) dispatch(); }"
    press = 'document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown", bubbles: true }))'
    desk.evaluate(pages.replace("dispatch()", press))
    expect(desk.locator(".viewer[data-screen=debrief]")).to_be_visible()


def test_every_step_of_the_day_says_its_name(doors, eye):
    desk = eye.open(doors.facilitator, (1024, 768))
    expect(desk.locator("nav button")).to_have_count(len(SCREENS))
    assert desk.locator("nav button").all_text_contents() == [
        f"{place} {button.get_attribute('title')}"
        for place, button in enumerate(desk.locator("nav button").all(), start=1)
    ]


def test_text_of_the_canvas_is_told_beside_it(doors, eye, show):
    desk = eye.open(doors.facilitator)
    for screen in ("compare", "levers", "play", "luck", "territory"):
        show(desk, screen)
        assert desk.locator(".place canvas[role=img][aria-label]").count() == desk.locator(".place canvas").count() > 0
        expect(desk.locator(".place [role=status]")).not_to_be_empty()


def test_reduced_motion_steps_by_years(doors, eye, show):
    desk = eye.open(doors.facilitator, reduced_motion="reduce")
    show(desk, "compare")
    desk.get_by_label("Mois montré").fill("0")
    expect(desk.locator(".when")).to_have_text("Au début")
    desk.evaluate(LISTEN)
    desk.get_by_label("Vitesse").select_option("12")
    desk.get_by_role("button", name="Jouer").click()
    expect(desk.locator(".when")).to_have_text("Après 3 ans")
    told = desk.evaluate("told")
    assert "Après 1 an" in told
    assert not any("mois" in words for words in told)


def test_where_b_adds_no_call_the_fates_say_the_scheme(open_workshop, doors, eye, join, show):
    without = open_workshop("without", scenarios=["regulation"])
    for opened, added in ((doors, "l’appel"), (without, "le dispositif")):
        desk, phone = eye.open(opened.facilitator), eye.phone(opened)
        join(phone, "Anna")
        show(desk, "fates")
        title = f"Ce qui serait né sans {added}"
        for place in (desk.locator(".viewer h1"), desk.locator("nav [aria-current] span"), phone.locator("h2")):
            expect(place).to_have_text(title)
