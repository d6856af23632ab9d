"""Opening the workshop: scenarios, folder, socket, addresses to tell, rehearsal; then serving until Ctrl-C."""

import asyncio
import contextlib
import dataclasses
import gc
import shlex
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ectsim.errors import InputError, Problem
from ectsim.locale import current_language, text
from ectsim.model.simulation import prepare, vary
from ectsim.scenario import comparable, load_scenario, shipped_scenarios
from ectsim.territory.reading import load_territory
from ectsim.workshop.addresses import EVERYWHERE, LOOPBACK, local_address
from ectsim.workshop.ground import packed_ground
from ectsim.workshop.rehearsal import SimulatedParticipant
from ectsim.workshop.room import Room
from ectsim.workshop.server import make_app
from ectsim.workshop.session import Library
from ectsim.workshop.simulator import Simulator

DEFAULT = ("spontaneous", "one_call_a_year")
LARGEST_FRAME = 8192


@dataclasses.dataclass(frozen=True)
class Opening:
    """How a workshop is opened.

    Parameters
    ----------
    scenarios
        Files, or names of scenarios that ship; the first two are compared at first.
    folder
        Folder of the session; one begun there goes on. A new one under ``results`` by default.
    port
        Port, 0 for a free one.
    network
        Whether other machines may connect.
    rehearsal
        Simulated participants.
    """

    scenarios: Sequence[str] = ()
    folder: Path | None = None
    port: int = 8765
    network: bool = False
    rehearsal: int = 0


def library_of(given: Sequence[str]) -> tuple[Library, str, str]:
    """The scenarios given and those that ship, and the names of the two compared at first.

    One alone is compared with initiative without a scheme: it is B, whose levers move.

    Raises
    ------
    InputError
        If one cannot be read, two have the same name, or the first two cannot be compared.
    """
    known: dict[str, str] = {}
    for file in given:
        if (name := Path(file).stem) in known:
            raise InputError([Problem("workshop.same_name", {"name": name, "first": known[name], "second": file})])
        known[name] = file
    alone = len(given) == 1 and Path(given[0]).stem != DEFAULT[0]
    names = (DEFAULT[0], given[0]) if alone else (*given, *DEFAULT[len(given) :])
    scenarios = {Path(name).stem: load_scenario(name) for name in [*given, *shipped_scenarios()][::-1]}
    first, second = (Path(name).stem for name in names[:2])
    if reasons := comparable(scenarios[first], scenarios[second]):
        raise InputError([Problem("experiments.incomparable", {"reason": reason}, file=second) for reason in reasons])
    here = scenarios[first].territory
    return Library({name: one for name, one in sorted(scenarios.items()) if one.territory == here}), first, second


def play_once() -> None:
    """Play both worlds of the ready scenarios, for what that compiles."""
    library, first, second = library_of(())
    a = prepare(library.scenarios[first])
    simulator = Simulator(a, vary(a, library.scenarios[second]), seed=1, threads=1)
    simulator.pair({}, None)
    simulator.close()


def open_workshop(opening: Opening, tell: Callable[[str], None]) -> None:
    """Serve a workshop until it is interrupted.

    Raises
    ------
    InputError
        If a scenario or the log of the folder cannot be read, or the port is taken.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(opening, tell))
    tell(text("workshop.closed"))


async def _serve(opening: Opening, tell: Callable[[str], None]) -> None:
    import uvicorn

    library, first, second = library_of(opening.scenarios)
    folder = opening.folder or Path("results") / f"workshop-{datetime.now():%Y-%m-%d-%H%M%S}"
    with _bound(EVERYWHERE if opening.network else LOOPBACK, opening.port) as listening:
        room = Room(folder, library, first, second)
        port = listening.getsockname()[1]
        room.address = f"http://{local_address() if opening.network else LOOPBACK}:{port}"
        ground = packed_ground(load_territory(room.session.scenario_a.territory, room.session.scenario_a.source))
        config = uvicorn.Config(
            make_app(room, current_language(), ground),
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        if not room.goes_on:
            tell(text("workshop.open.playing"))
            await room.stage.catch_up()  # whoever comes in first then shares the processor with nothing
        gc.freeze()  # code, scenarios and posterior stay: going over them again would keep a room waiting
        _tell_addresses(room, port, opening, tell)
        room.rehearsal.put_nowait(opening.rehearsal)
        server = uvicorn.Server(config)
        rehearsing = asyncio.create_task(_rehearse(room, port, server))
        try:
            await server.serve(sockets=[listening])
        finally:
            rehearsing.cancel()


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # the addresses told next answer from now on
    except OSError as error:
        listening.close()
        raise InputError([Problem("workshop.port", {"port": port}, field="--port")]) from error
    return listening


def _tell_addresses(room: Room, port: int, opening: Opening, tell: Callable[[str], None]) -> None:
    own = f"http://{LOOPBACK}:{port}"
    tell(text("workshop.open.facilitator", address=f"{own}/facilitator#{room.keys['facilitator']}"))
    tell(text("workshop.open.screen", address=f"{own}/screen#{room.keys['screen']}"))
    tell(text("workshop.open.phones", address=f"{room.address}/#{room.keys['code']}", code=room.keys["code"]))
    if not opening.network:
        tell(text("workshop.open.alone"))
    again = [*opening.scenarios, "--session", str(room.folder), "--port", str(port), "--lang", current_language()]
    again += ["--network"] if opening.network else []
    tell(text("workshop.open.folder", folder=room.folder, options=shlex.join(again)))


async def _rehearse(room: Room, port: int, server: Any) -> None:
    """Bring in as many simulated participants as are asked for, and send the others home."""
    present: list[asyncio.Task[None]] = []
    while not server.started:
        await asyncio.sleep(0.05)
    while True:
        wanted = await room.rehearsal.get()
        for leaving in present[wanted:]:
            leaving.cancel()
        present = present[:wanted]
        while len(present) < wanted:
            simulated = SimulatedParticipant(len(present) + 1)
            address = f"ws://{LOOPBACK}:{port}/ws"
            present.append(asyncio.create_task(simulated.take_part(address, room.keys["code"])))
