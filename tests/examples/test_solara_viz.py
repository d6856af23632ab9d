"""The SolaraViz page in its own environment and a real browser: it draws, steps and starts again.

Needs Chromium (Debian: ``apt-get install chromium``) and the package index: the environment is made from the header of
the script. Run it with ``python -m pytest -m browser tests/examples``.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "solara_viz.py"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Chromium without the services it calls on the internet by itself
QUIET = ["headless", "no-sandbox", "disable-gpu", "disable-quic", "disable-background-networking"]
QUIET += ["disable-component-update", "disable-sync", "window-size=1500,1000"]
DRIVER = """
import asyncio, base64, json, sys, websockets

async def drive(address, picture):
    async with websockets.connect(address, max_size=None) as page:
        async def call(method, **params):
            await page.send(json.dumps({"id": 1, "method": method, "params": params}))
            while "id" not in (answer := json.loads(await page.recv())):
                pass
            return answer["result"]

        async def read(expression):
            return (await call("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

        async def until(expression):
            for _ in range(240):
                if await read(expression):
                    return
                await asyncio.sleep(0.5)
            raise SystemExit(f"never true: {expression}; the page says: {await read('document.body.innerText')}")

        def says(words):
            return f"document.body && document.body.innerText.includes('{words}')"

        def press(button):
            return (
                "[...document.querySelectorAll('button')]"
                f".find(b => b.innerText.trim().toLowerCase() == '{button}').click() || true"
            )

        drawn = "[...document.images].filter(i => i.naturalWidth > 300 && i.getBoundingClientRect().width > 300).length"
        await until(says("Time: 60.0"))
        await until(f"{drawn} == 2")
        await read(press("step"))
        await until(says("Time: 63.0"))
        await until(f"{drawn} == 2")
        with open(picture, "wb") as file:
            file.write(base64.b64decode((await call("Page.captureScreenshot", format="png"))["data"]))
        await read(press("reset"))
        await until(says("Time: 60.0"))
        print(await read("document.body.innerText"))

asyncio.run(drive(*sys.argv[1:]))
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answer(address: str, attempts: int = 1200) -> bytes:
    """What an address answers, once it does: the first page of a new environment compiles the model."""
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(address, timeout=60) as page:
                return page.read()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{address} never answers")


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Path:
    """Folder of the programs of an environment made of what the example's header asks for."""
    header = re.search(r"(?ms)^# /// script$\n(.*?)^# ///$", EXAMPLE.read_text(encoding="utf-8"))
    assert header
    wanted = tomllib.loads(re.sub(r"(?m)^# ?", "", header[1]))["dependencies"]
    assert "ectsim" in wanted
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    packages = [str(ROOT) if name == "ectsim" else name for name in wanted]
    subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--no-compile", "--quiet", *packages], check=True
    )
    return folder / "bin"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "title"),
    [("fr", "Entrepreneuriat coopératif de territoire"), ("en", "Territorial cooperative entrepreneurship")],
)
def test_the_page_draws_steps_and_starts_again(environment: Path, tmp_path: Path, language: str, title: str):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser, f"install one of {', '.join(BROWSERS)}"
    page, debug = free_port(), free_port()
    serve = [environment / "solara", "run", EXAMPLE, "--port", str(page), "--no-open", "--production"]
    look = [browser, *(f"--{option}" for option in QUIET), f"--remote-debugging-port={debug}"]
    look += [f"--user-data-dir={tmp_path / 'profile'}", f"http://localhost:{page}/"]
    started = []
    try:
        with (tmp_path / "log").open("w") as log:
            spoken = os.environ | {"ECTSIM_LANG": language}
            started.append(subprocess.Popen(serve, env=spoken, stdout=log, stderr=log))
            answer(f"http://localhost:{page}/")
            started.append(subprocess.Popen(look, stdout=log, stderr=log))
            tabs = json.loads(answer(f"http://127.0.0.1:{debug}/json"))
            (socket_of_tab,) = (tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            drive = [environment / "python", "-c", DRIVER, socket_of_tab, tmp_path / "page.png"]
            done = subprocess.run(drive, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text(encoding="utf-8")
        assert title in done.stdout
        assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
    finally:
        for program in started:
            program.kill()
            program.wait()
