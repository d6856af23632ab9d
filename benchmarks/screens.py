"""``python -m benchmarks.screens``: every screen of the workshop as an image, as a room would see it.

Images are written to ``results/screens``: ``<page>-<screen>-<width>x<height>.png``, where the page is ``screen`` (the
projector), ``facilitator``, ``phone`` or ``home`` (the page taken home). ``--docs`` renews those of ``docs/images``.
"""

import argparse
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.workshop_room import CHROMIUM, SWITCHES, Doors, workshop
from ectsim.workshop.protocol import SCREENS

SIZES = ((1920, 1080), (1280, 800), (1024, 768), (390, 844))
PHONE = (390, 844)
PATIENCE = 180_000
DOCS = Path("docs") / "images"
SHOWN_IN_DOCS = {
    "screen-welcome-1280x800": "workshop-welcome",
    "screen-compare-1280x800": "workshop-compare",
    "screen-levers-1280x800": "workshop-levers",
    "facilitator-play-1280x800": "workshop-facilitator",
    "screen-luck-1280x800": "workshop-luck",
    "screen-fates-1280x800": "workshop-fates",
    "screen-debrief-1280x800": "workshop-debrief",
    "phone-play-390x844": "workshop-phone",
}
NOTE = {
    "fr": "La salle attendait davantage de projets dès la première année.",
    "en": "The room expected more projects from the first year on.",
}
STATUS = ".place [role=status]"
VOTED = """(people) => [...document.querySelectorAll(".bars .values")].every(
    (one) => [...one.children].reduce((sum, bar) => sum + Number(bar.textContent), 0) >= people)"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Day:
    """One workshop: its pages, and what is done on each screen before its images are made."""

    def __init__(self, facilitator: Page, wall: Page, phone: Page, language: str, simulated: int):
        self.facilitator, self.wall, self.phone, self.language = facilitator, wall, phone, language
        self.people = simulated + 1

    def act(self, screen: str) -> None:
        """Open a screen and do on it what a room does."""
        self.facilitator.click(f"nav button[data-screen={screen}]")
        for page in (self.facilitator, self.wall):
            expect(page.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        getattr(self, f"_{screen}", lambda: None)()

    def _prepare(self) -> None:
        expect(self.facilitator.locator(".checks li").last).to_have_attribute("data-right", "yes")

    def _welcome(self) -> None:
        self.phone.fill("#name", "Camille")
        self.phone.check("input[value=civil]")
        self.phone.click("button.main")
        expect(self.wall.locator(STATUS)).to_contain_text(str(self.people))

    def _territory(self) -> None:
        for layers in range(1, 4):
            self.facilitator.keyboard.press("ArrowRight")
            expect(self.wall.locator(".steps [data-done]")).to_have_count(layers)

    def _bet(self) -> None:
        self.phone.fill("input[type=number]", "12")
        self.phone.click("form button.main")
        expect(self.wall.locator(".giant")).to_have_text(str(self.people))

    def _compare(self) -> None:
        self.facilitator.focus(".panel input[type=range]")
        self.facilitator.keyboard.press("End")
        expect(self.wall.locator(".when")).to_contain_text("10")

    def _levers(self) -> None:
        levers = self.facilitator.locator(".panel input[type=range]")
        expect(self.wall.locator(".dot")).to_have_count((self.people - 1) * levers.count())
        levers.first.focus()
        for _ in range(3):
            self.facilitator.keyboard.press("ArrowRight")
        expect(self.wall.locator(".lever").first).to_contain_text("€")
        expect(self.wall.locator(".when")).to_contain_text("10")
        expect(self.wall.locator(STATUS)).to_contain_text("30")

    def _play(self) -> None:
        self.phone.locator("button.actor").nth(3).click()
        expect(self.phone.locator("form")).to_be_visible()
        expect(self.wall.locator(".players li")).to_have_count(self.people)
        for year in range(1, 4):
            self.phone.locator("form button.main").click()
            expect(self.wall.locator(".lead")).to_contain_text(re.compile(rf"\b{self.people} "))
            self.facilitator.locator(".panel button.main").click()
            expect(self.wall.locator(".when")).to_contain_text(re.compile(rf"\b{year}\b"))
            expect(self.phone.locator(".note")).to_contain_text(str(year + 1))
        expect(self.phone.locator("form")).to_be_visible()

    def _luck(self) -> None:
        self.facilitator.locator(".panel button").nth(3).click()
        expect(self.wall.locator(STATUS)).to_contain_text("100")

    def _fates(self) -> None:
        self.facilitator.locator("button.project").nth(1).click()
        expect(self.wall.locator(".lives .lanes").first).to_be_visible()

    def _debrief(self) -> None:
        for phase in range(1, 4):
            self.facilitator.locator(".panel button.main").click()
            current = self.wall.locator(".phases [aria-current]")
            expect(current).to_have_text(self.wall.locator(".phases li").nth(phase).inner_text())
        self.facilitator.fill("textarea", NOTE[self.language])
        self.facilitator.click(".panel form button")
        expect(self.wall.locator(".notes")).to_contain_text(NOTE[self.language])
        self.wall.wait_for_function(VOTED, arg=self.people - 1)


def photograph(doors: Doors, language: str, folder: Path, simulated: int) -> None:
    """Go through the whole workshop, one image a page and size on each screen."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)

        def page(address: str, size: tuple[int, int], **more: Any) -> Page:
            width, height = size
            made = browser.new_page(viewport={"width": width, "height": height}, **more)
            made.set_default_timeout(PATIENCE)
            made.on("pageerror", lambda error: print(address.split("#")[0], error))
            made.goto(address)
            return made

        walls = [page(doors.screen, size) for size in SIZES]
        desks = [page(doors.facilitator, size) for size in SIZES]
        phone = page(doors.phones, PHONE, has_touch=True, is_mobile=True)
        day = Day(desks[1], walls[1], phone, language, simulated)
        for screen in SCREENS:
            day.act(screen)
            _shoot(folder, "screen", screen, walls)
            _shoot(folder, "facilitator", screen, desks)
            _shoot(folder, "phone", screen, [phone], full_page=True)
        with desks[1].expect_download() as download:
            desks[1].locator(".panel button.wide").first.click()
        file = folder / "replay.html"
        download.value.save_as(file)
        _taken_home([page(file.absolute().as_uri(), size) for size in SIZES], folder)
        browser.close()


def _shoot(folder: Path, name: str, screen: str, pages: Iterable[Page], **options: Any) -> None:
    for page in pages:
        size = page.viewport_size or {}
        if name != "phone":
            expect(page.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        page.evaluate(SETTLED)
        page.screenshot(path=folder / f"{name}-{screen}-{size['width']}x{size['height']}.png", **options)


def _taken_home(pages: list[Page], folder: Path) -> None:
    """The page that replays, screen by screen, at the end of its time."""
    for page in pages:
        for step in page.locator("nav button").all():
            step.click()
            screen = step.get_attribute("data-screen") or ""
            if page.locator(".replay input:visible").count():
                page.locator(".replay input").fill("120")
            _shoot(folder, "home", screen, [page], full_page=True)


def main() -> None:
    """Make the images in the language asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens", description=__doc__)
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    parser.add_argument("--out", type=Path, default=Path("results") / "screens")
    parser.add_argument("--rehearsal", type=int, default=20)
    parser.add_argument("--docs", action="store_true", help="renew the images of docs/")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with workshop(asked.lang, asked.rehearsal) as doors:
        photograph(doors, asked.lang, asked.out, asked.rehearsal)
    if asked.docs:
        for made, name in SHOWN_IN_DOCS.items():
            shutil.copyfile(asked.out / f"{made}.png", DOCS / f"{name}.png")
    print(asked.out)


if __name__ == "__main__":
    main()
