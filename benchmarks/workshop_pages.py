"""What a page of the workshop takes: until it can be used, frames a second, from a lever to both worlds shown."""

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
SHOWN = """(value) => new Promise((done) => {
    const input = document.querySelector(".panel input[type=range]"), start = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    }).observe(document.querySelector(".place [role=status]"), { childList: true, characterData: true, subtree: true });
    input.value = String(value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
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
        for width, height in ((1920, 1080), (1280, 800), (1024, 768)):
            desk = browser.new_page(viewport={"width": width, "height": height})
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
            delays = []
            slider = desk.locator(".panel input[type=range]").first
            low, high, step = (float(slider.get_attribute(name) or 0) for name in ("min", "max", "step"))
            for place in range(8):
                value = low + step * (1 + place * 3 % max(1, round((high - low) / step) - 1))
                delays.append(desk.evaluate(SHOWN, value))
                desk.wait_for_timeout(4000)
            measured.append(
                {
                    "window": f"{width} × {height}",
                    "page ready, ms": ready,
                    "frames a second": frames["rate"],
                    "longest frame, ms": frames["longest"],
                    "lever to both worlds shown, median ms": statistics.median(delays),
                }
            )
            desk.close()
        browser.close()
    return measured
