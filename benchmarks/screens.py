"""``python -m benchmarks.screens``: every screen of the workshop as an image, as a room would see it.

Images are written to ``results/screens``: ``<screen>-<width>x<height>.png`` for the projector, ``facilitator-…`` and
``phone-…`` for the other pages.
"""

import argparse
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.workshop_room import CHROMIUM, SWITCHES, Doors, workshop

SIZES = ((1920, 1080), (1280, 800), (1024, 768))
PHONE = (390, 844)
SCREENS = (
    "prepare",
    "welcome",
    "territory",
    "bet",
    "compare",
    "levers",
    "play",
    "luck",
    "fates",
    "debrief",
    "takeaway",
)
NOTE = {
    "fr": "La salle attendait davantage de projets dès la première année.",
    "en": "The room expected more projects from the first year on.",
}


class Day:
    """The pages of one workshop, and what is done on each screen before its image is made."""

    def __init__(self, facilitator: Page, phone: Page, language: str):
        self.facilitator, self.phone, self.language = facilitator, phone, language

    def act(self, screen: str) -> None:
        """Open a screen and do on it what a room does."""
        self.facilitator.click(f"button[data-screen={screen}]")
        self.facilitator.wait_for_timeout(700)
        getattr(self, f"_{screen}", lambda: None)()
        self.facilitator.wait_for_timeout(700)

    def _welcome(self) -> None:
        self.phone.fill("#name", "Camille")
        self.phone.check("input[value=civil]")
        self.phone.click("button.main")

    def _territory(self) -> None:
        for _ in range(3):
            self.facilitator.keyboard.press("ArrowRight")
            self.facilitator.wait_for_timeout(150)

    def _bet(self) -> None:
        self.phone.fill("input[type=number]", "12")
        self.phone.click("button.main")
        self.facilitator.wait_for_timeout(6000)

    def _compare(self) -> None:
        self.facilitator.focus(".panel input[type=range]")
        self.facilitator.keyboard.press("End")

    def _levers(self) -> None:
        self.facilitator.wait_for_timeout(6000)
        self.facilitator.focus(".panel input[type=range]")
        for _ in range(3):
            self.facilitator.keyboard.press("ArrowRight")
        self.facilitator.wait_for_timeout(9000)

    def _play(self) -> None:
        self.phone.click("button.actor >> nth=3")
        self.facilitator.wait_for_timeout(7000)
        self.phone.click("form button.main")
        for _ in range(3):
            self.facilitator.click(".panel button.main")
            self.facilitator.wait_for_timeout(2500)

    def _luck(self) -> None:
        self.facilitator.click(".panel button >> nth=3")
        self.facilitator.wait_for_timeout(1500)

    def _fates(self) -> None:
        self.facilitator.click("button.project >> nth=1")

    def _debrief(self) -> None:
        for _ in range(3):
            self.facilitator.click(".panel button.main")
        self.facilitator.fill("textarea", NOTE[self.language])
        self.facilitator.click(".panel form button")
        self.facilitator.wait_for_timeout(6000)


def photograph(doors: Doors, language: str, folder: Path) -> None:
    """Go through the whole workshop, one image a page and size on each screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)

        def page(size: tuple[int, int], address: str, **more: Any) -> Page:
            width, height = size
            made = browser.new_page(viewport={"width": width, "height": height}, **more)
            made.on("pageerror", lambda error: print(address.split("#")[0], error))
            made.goto(address)
            return made

        walls = {f"{width}x{height}": page((width, height), doors.screen) for width, height in SIZES}
        desks = {f"{width}x{height}": page((width, height), doors.facilitator) for width, height in SIZES}
        phone = page(PHONE, doors.phones, has_touch=True)
        day = Day(desks["1280x800"], phone, language)
        day.facilitator.wait_for_selector(".checks")
        for screen in SCREENS:
            day.act(screen)
            for size, wall in walls.items():
                wall.screenshot(path=folder / f"{screen}-{size}.png")
            for size, desk in desks.items():
                desk.screenshot(path=folder / f"facilitator-{screen}-{size}.png")
            phone.screenshot(path=folder / f"phone-{screen}.png", full_page=True)
        browser.close()


def main() -> None:
    """Make the images in the language asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens", description=__doc__)
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    parser.add_argument("--out", type=Path, default=Path("results") / "screens")
    parser.add_argument("--rehearsal", type=int, default=20)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with workshop(asked.lang, asked.rehearsal) as doors:
        photograph(doors, asked.lang, asked.out)
    print(asked.out)


if __name__ == "__main__":
    main()
