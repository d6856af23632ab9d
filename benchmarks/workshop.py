"""``python -m benchmarks.workshop``: how fast the workshop answers in a real browser.

Delays of a lever, frames a second, time until a page is ready. A full room is measured in workshop_load.py.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.measuring import machine, markdown_table
from benchmarks.workshop_room import CHROMIUM, SWITCHES, Doors, workshop

HEARD = """
window.heard = [];
const Plain = WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    window.link = this;
    this.addEventListener("message", (event) => {
      const { type } = JSON.parse(event.data);
      requestAnimationFrame(() => requestAnimationFrame(() => heard.push({ type, at: performance.now() })));
    });
  }
};
"""
PULL = """async (winners) => {
  heard.length = 0;
  const start = performance.now();
  link.send(JSON.stringify({ type: "pull", values: { "1.winners": winners } }));
  while (!heard.some((one) => one.type === "band")) await new Promise((done) => setTimeout(done, 5));
  const of = (type) => heard.find((one) => one.type === type).at - start;
  return { worlds: of("worlds"), draws: of("draws"), band: of("band") };
}"""
SETTLED = """async () => {
  while (!heard.some((one) => one.type === "band")) await new Promise((done) => setTimeout(done, 20));
}"""
FRAMES = """async (seconds) => {
  let count = 0;
  const start = performance.now();
  while (performance.now() - start < 1000 * seconds) {
    await new Promise(requestAnimationFrame);
    count += 1;
  }
  return count / seconds;
}"""


def in_a_browser(doors: Doors, changes: int) -> list[dict[str, Any]]:
    """Delays and frames of the facilitator's page at 1920×1080."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.add_init_script(HEARD)
        start = time.perf_counter()
        page.goto(doors.facilitator)
        page.wait_for_selector(".viewer h1:not(:empty)")
        ready = time.perf_counter() - start
        page.evaluate(SETTLED)
        pulled = [page.evaluate(PULL, 2 + number % 8) for number in range(changes)]
        page.click("button[data-screen=compare]")
        page.wait_for_timeout(1000)
        page.keyboard.press(" ")
        frames = page.evaluate(FRAMES, 8)
        browser.close()

    def median(kind: str) -> float:
        return statistics.median(one[kind] for one in pulled)

    return [
        {"what": "page ready, first visit", "value": round(1000 * ready), "unit": "ms", "budget": "≤ 1000"},
        {"what": "lever to both worlds shown", "value": round(median("worlds")), "unit": "ms", "budget": "≤ 150"},
        {"what": "then 30 draws", "value": round(median("draws") - median("worlds")), "unit": "ms", "budget": ""},
        {"what": "then 100 draws", "value": round(median("band") - median("worlds")), "unit": "ms", "budget": "≤ 500"},
        {"what": "frames a second, 1920×1080", "value": round(frames), "unit": "1/s", "budget": "≥ 50"},
    ]


def main() -> None:
    """Measure, print the table, write ``results/workshop.{json,md}``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workshop", description=__doc__)
    parser.add_argument("--changes", type=int, default=15, help="how often the lever moves")
    asked = parser.parse_args()
    with workshop() as doors:
        rows = in_a_browser(doors, asked.changes)
    table = markdown_table(rows)
    Path("results").mkdir(exist_ok=True)
    Path("results/workshop.json").write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1), "utf-8")
    Path("results/workshop.md").write_text(table + "\n", "utf-8")
    print(table)


if __name__ == "__main__":
    main()
