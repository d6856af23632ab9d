"""A real server and a real browser; pages that err, ask another host or show a bare key fail the test that opened them.

Needs Chromium (Debian: ``apt-get install chromium``). Run with ``python -m pytest -m browser tests/workshop``.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.workshop_room import SWITCHES, Doors, opened

PATIENCE = 240_000
"""Milliseconds: all that is waited for comes, however busy the machine is."""
BARE_KEY = re.compile(r"(?<![\w.])[a-z_]+\.[a-z_]+(?:\.[a-z_]+)*(?![\w./:])")
"""What a sentence that is missing, or a field that is not filled, would look like."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "install chromium"
    launched = playwright.chromium.launch(executable_path=program, args=SWITCHES)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def open_workshop(tmp_path_factory) -> Iterator[Callable[..., Doors]]:
    """Open servers, or open one again in the folder it had; none may have raised an error."""
    running: list[Doors] = []

    def opening(name: str, **options) -> Doors:
        folder = options.pop("folder", None) or tmp_path_factory.mktemp(name)
        running.append(opened(folder, options.pop("language", "fr"), **options))
        return running[-1]

    yield opening
    for doors in running:
        doors.close()
        assert "Traceback" not in doors.said()


@pytest.fixture(scope="module")
def small_files(scenarios) -> list[Path]:
    """Files of two small scenarios."""
    return [scenarios[name].source for name in ("small", "call")]


class Eye:
    """Opens pages and keeps what they do wrong."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self.forgiven = "\0"

    def open(self, address: str, size: tuple[int, int] = (1280, 800), script: str = "", **options) -> Page:
        """A page of its own, as on a machine of its own; ``script`` runs before those of the page."""
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(script)
        page = context.new_page()
        own = address.split("/")[2]
        page.on("pageerror", lambda error: self.fault(f"{page.url}: {error}"))
        page.on("console", lambda said: self.fault(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("request", lambda request: self.look(request.url, own))
        page.on("websocket", lambda socket: self.look(socket.url, own))
        page.goto(address)
        return page

    def look(self, url: str, own: str) -> None:
        if not url.startswith(("data:", "blob:")) and url.split("/")[2] != own:
            self.fault(f"request to {url}")

    def fault(self, words: str) -> None:
        if self.forgiven not in words:
            self.faults.append(words)

    def phone(self, doors: Doors, **options) -> Page:
        return self.open(doors.phones, (390, 844), has_touch=True, is_mobile=True, **options)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def eye(browser: Browser) -> Iterator[Eye]:
    watching = Eye(browser)
    yield watching
    watching.close()
    assert watching.faults == []


@pytest.fixture
def join() -> Callable[..., None]:
    """Fill in a phone's first page."""

    def joined(phone: Page, name: str, category: str = "civil") -> None:
        phone.fill("#name", name)
        phone.check(f"input[value={category}]")
        phone.click("button.main")

    return joined


@pytest.fixture
def show() -> Callable[[Page, str], None]:
    """Click a step of the day on the facilitator's page, and wait until it is shown."""

    def shown(facilitator: Page, screen: str) -> None:
        facilitator.click(f"nav button[data-screen={screen}]")
        expect(facilitator.locator(f".viewer[data-screen={screen}]")).to_be_visible()

    return shown


@pytest.fixture
def assert_said() -> Callable[[Page], None]:
    """No text of a page is a bare key, an unfilled field or a value that is none."""

    def asserted(page: Page) -> None:
        words = page.evaluate(
            """() => [document.title, document.body.innerText, ...[...document.querySelectorAll("[aria-label], [alt]")]
            .map((one) => one.getAttribute("aria-label") ?? one.alt)].join("\\n")"""
        )
        assert not BARE_KEY.search(words), BARE_KEY.findall(words)
        assert not re.search(r"\{\w*\}|undefined|\bnull\b|\bNaN\b|\[object", words), words

    return asserted
