"""A workshop for measuring and for tests: the server in a process of its own, and the addresses it tells.

Pages are opened in screens.py, phones in workshop_load.py.
"""

import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAID = "said.txt"
OPENING_SECONDS = 300.0
"""A first start compiles the model."""


@dataclass(frozen=True)
class Doors:
    """Addresses of the three pages, the session's folder and the server."""

    facilitator: str
    screen: str
    phones: str
    folder: Path
    server: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        """Host and port."""
        return self.phones.split("/")[2]

    @property
    def code(self) -> str:
        """Code of the room."""
        return self.phones.rpartition("#")[2]

    @property
    def token(self) -> str:
        """The facilitator's."""
        return self.facilitator.rpartition("#")[2]

    @property
    def screen_token(self) -> str:
        """The projector's."""
        return self.screen.rpartition("#")[2]

    def said(self) -> str:
        """What the server has said so far."""
        return (self.folder / SAID).read_text(encoding="utf-8")

    def kill(self) -> None:
        """End the server as a power cut does."""
        self.server.kill()
        self.server.wait()

    def close(self) -> None:
        """End the server as Ctrl-C does."""
        self.server.terminate()
        try:
            self.server.wait(20)
        finally:
            self.server.kill()


def opened(
    folder: Path, language: str = "fr", *, rehearsal: int = 0, port: int = 0, scenarios: Sequence[str | Path] = ()
) -> Doors:
    """Open a workshop on a port (a free one by default), or go on with the session of ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ectsim", "workshop", *map(str, scenarios), "--port", str(port)]
    command += ["--session", str(folder), "--lang", language, "--rehearsal", str(rehearsal)]
    said = folder / SAID
    with said.open("wb") as heard:
        server = subprocess.Popen(command, stdout=heard, stderr=heard)
    late = time.monotonic() + OPENING_SECONDS
    while "--session" not in (told := said.read_text(encoding="utf-8")):
        if server.poll() is not None or time.monotonic() > late:
            server.kill()
            raise RuntimeError(told)
        time.sleep(0.05)
    found = [re.search(rf"http://\S+/{page}#[\w-]+", told) for page in ("facilitator", "screen", "")]
    facilitator, screen, phones = (match[0] for match in found if match)
    return Doors(facilitator, screen, phones, folder, server)


@contextlib.contextmanager
def workshop(language: str = "fr", rehearsal: int = 0) -> Iterator[Doors]:
    """Open a workshop in a folder that goes away with it."""
    with tempfile.TemporaryDirectory() as folder:
        doors = opened(Path(folder), language, rehearsal=rehearsal)
        try:
            yield doors
        finally:
            doors.close()
