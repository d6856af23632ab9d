"""What a page of the workshop takes: until it can be used, frames a second, a lever to both worlds and their band."""

import statistics
from typing import Any

from benchmarks.workshop_room import CHROMIUM, SWITCHES, Doors

FRAMES = """() => new Promise((done) => {
    let count = 0, start = null, before = null; const gaps = [];
    const step = (now) => {
        start ??= now;
        if (before !== null) gaps.push(now - before);
        before = now; count += 1;
        if (now - start < 5000) requestAnimationFrame(step);
        else done({ rate: (1000 * (count - 1)) / (now - start), longest: Math.max(...gaps) });
    };
    requestAnimationFrame(step);
})"""
SHOWN = """([place, value]) => new Promise((done) => {
    const input = document.querySelectorAll(".panel input[type=range]")[place], start = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done([start, performance.now()])));
    }).observe(document.querySelector(".place [role=status]"), { childList: true, characterData: true, subtree: true });
    input.value = String(value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
})"""
HEAR = """
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", (event) => {
                if (event.data.startsWith('{"type":"band"')) window.bandHeard = performance.now();
            });
        }
    };
"""
"""Notes when the band of a hundred pairs reaches the page."""
BAND = """(start) => new Promise((done) => {
    const look = () => (window.bandHeard > start ? done(window.bandHeard) : setTimeout(look, 20));
    look();
})"""
READY = """() => new Promise((done) => {
    const look = () => {
        if (document.querySelector(".viewer[data-screen] .scene")) done(performance.now());
        else requestAnimationFrame(look);
    };
    look();
})"""


def pages(doors: Doors) -> list[dict[str, Any]]:
    """Page ready, frames a second while both worlds play, lever to both worlds shown; by size of window."""
    from playwright.sync_api import expect, sync_playwright

    measured = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for number, (width, height) in enumerate(((1920, 1080), (1280, 800), (1024, 768))):
            desk = browser.new_page(viewport={"width": width, "height": height})
            desk.add_init_script(HEAR)
            desk.goto(doors.facilitator)
            ready = desk.evaluate(READY)
            desk.click("nav button[data-screen=compare]")
            desk.get_by_role("button", name="Revenir au début").click()
            expect(desk.locator(".when")).to_have_text("Au début", timeout=60_000)
            desk.keyboard.press("Escape")
            desk.get_by_role("button", name="Jouer").click()
            expect(desk.locator(".when")).not_to_have_text("Au début")
            frames = desk.evaluate(FRAMES)
            desk.click("nav button[data-screen=levers]")
            desk.locator(".panel input[type=range]").first.wait_for()
            desk.wait_for_timeout(1500)
            delays, bands = [], []
            # another lever for every window: settings of lately would come from memory
            slider = desk.locator(".panel input[type=range]").nth(number)
            low, high, step = (float(slider.get_attribute(name) or 0) for name in ("min", "max", "step"))
            for place in range(8):
                value = low + step * (1 + place * 3 % max(1, round((high - low) / step) - 1))
                moved, shown = desk.evaluate(SHOWN, [number, value])
                delays.append(shown - moved)
                bands.append(desk.evaluate(BAND, moved) - shown)
                desk.wait_for_timeout(2000)
            measured.append(
                {
                    "window": f"{width} × {height}",
                    "page ready, ms": ready,
                    "frames a second": frames["rate"],
                    "longest frame, ms": frames["longest"],
                    "lever to both worlds shown, median ms": statistics.median(delays),
                    "then the band of 100 pairs, median ms": statistics.median(bands),
                    "lever to that band, median ms": statistics.median(map(sum, zip(delays, bands, strict=True))),
                }
            )
            desk.close()
        browser.close()
    return measured
