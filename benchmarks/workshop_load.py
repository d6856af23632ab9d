"""A full room: sixty phones for ten minutes, levers moved, worlds played; delays, the server's memory.

The server is a process of its own, phones are websockets; pages are opened in workshop_pages.py. Limits are in
docs/workshop_protocol.md.
"""

import asyncio
import contextlib
import itertools
import json
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.workshop_pages import pages
from benchmarks.workshop_room import Doors, workshop

PHONES = 60
MINUTES = 10.0
WAIT = 120.0
SCREENS = ("compare", "levers", "play", "debrief", "bet")
SCREEN_SECONDS = 8.0

Message = dict[str, Any]


class Caller:
    """One websocket of the workshop that keeps the latest of each kind of message."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket
        self.latest: dict[str, Message] = {}
        self._heard = asyncio.Condition()

    async def send(self, kind: str, **values: Any) -> None:
        """Send one message."""
        await self.socket.send(json.dumps({"type": kind, **values}))

    async def listen(self) -> None:
        """Keep what comes, until the connection ends."""
        async for raw in self.socket:
            message = json.loads(raw)
            async with self._heard:
                self.latest[message["type"]] = message
                self._heard.notify_all()

    async def until(self, kind: str, true: Callable[[Message], bool] = lambda message: True) -> Message:
        """Latest message of a kind, once something is true of it."""
        async with asyncio.timeout(WAIT), self._heard:
            await self._heard.wait_for(lambda: kind in self.latest and true(self.latest[kind]))
            return self.latest[kind]

    async def state(self, true: Callable[[Message], bool] = lambda state: True) -> Message:
        """Latest view of the session, once something is true of it."""
        return (await self.until("state", lambda message: true(message["state"])))["state"]


@contextlib.asynccontextmanager
async def caller(doors: Doors, **hello: str) -> AsyncIterator[Caller]:
    """One connection that has said hello, and listens."""
    async with connect(f"ws://{doors.host}/ws", max_size=None) as socket:
        made = Caller(socket)
        await made.send("hello", **hello)
        listening = asyncio.create_task(made.listen())
        try:
            await made.until("welcome")
            yield made
        finally:
            listening.cancel()


def memory(process: int) -> tuple[float, float]:
    """Resident memory of a process, now and at most, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
    now, most = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


async def crowd(doors: Doors, phones: int = PHONES, minutes: float = MINUTES) -> dict[str, Any]:
    """Fill the room; everybody acts every few seconds as screens change; delays from a phone to the projector.

    Returns
    -------
    dict
        Delays in milliseconds from a bet sent to the projector's websocket that shows it, one by one and for a whole
        room betting at once; messages sent; memory of the server in MB.
    """
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        desk = await enter(caller(doors, role="facilitator", token=doors.token))
        wall = await enter(caller(doors, role="screen", token=doors.screen_token))
        people = [await enter(caller(doors, role="participant", code=doors.code)) for _ in range(phones)]
        for place, person in enumerate(people):
            await person.send("join", name=f"Person {place}", category="civil")
        await wall.state(lambda state: sum(state["here"].values()) == phones)
        await desk.until("band")
        before = memory(doors.server.pid)[0]

        burst = await _all_at_once(desk, wall, people)
        room = FullRoom(desk, wall, people, minutes)
        await room.live()
        now, most = memory(doors.server.pid)
    ordered = sorted(room.delays)
    return {
        "phones": phones,
        "minutes": minutes,
        "messages": room.sent,
        "bet to screen, median ms": statistics.median(ordered),
        "95 % ms": ordered[int(0.95 * (len(ordered) - 1))],
        "worst ms": ordered[-1],
        "all bet at once, ms": burst,
        "server MB, room full": before,
        "at the end": now,
        "at most": most,
    }


async def _all_at_once(desk: Caller, wall: Caller, people: list[Caller]) -> float:
    """Milliseconds from the first of all bets sent at once to the projector that has counted them all."""
    await desk.send("show", screen="bet")
    await wall.state(lambda state: state["screen"] == "bet")
    start = time.perf_counter()
    await asyncio.gather(*(person.send("bet", number=7) for person in people))
    await wall.state(lambda state: state["bets_count"] == len(people))
    return 1000 * (time.perf_counter() - start)


class FullRoom:
    """A room at work: a facilitator who goes on, people who act every few seconds, one whose bets are timed."""

    def __init__(self, desk: Caller, wall: Caller, people: list[Caller], minutes: float):
        self.desk, self.wall, self.people = desk, wall, people
        self.over = time.perf_counter() + 60 * minutes
        self.delays: list[float] = []
        self.sent = 0

    async def live(self) -> None:
        """Do all that at once, until it is over."""
        prober, *others = self.people
        await asyncio.gather(self.lead(), self.time(prober), *(self.act(*one) for one in enumerate(others)))

    @property
    def going(self) -> bool:
        """Whether there is time left."""
        return time.perf_counter() < self.over

    async def act(self, place: int, person: Caller) -> None:
        """One person, every few seconds."""
        own = random.Random(place)
        while self.going:
            await asyncio.sleep(own.uniform(1, 9))
            for message in _actions(person.latest["state"]["state"], own):
                await person.send(**message)
                self.sent += 1

    async def lead(self) -> None:
        """The facilitator: screen after screen, a lever or a round on each tour."""
        draw = random.Random(1)
        for screen in itertools.cycle(SCREENS):
            await self.desk.send("show", screen=screen)
            state = self.desk.latest["state"]["state"]
            if screen == "levers":
                lever = state["setting"]["levers"][0]
                await self.desk.send("pull", values={lever["name"]: draw.uniform(lever["low"], lever["high"])})
            elif screen == "debrief":
                await self.desk.send("round" if state["game"]["year"] < state["setting"]["years"] - 1 else "new_game")
            await asyncio.sleep(min(SCREEN_SECONDS, max(0.1, self.over - time.perf_counter())))
            if not self.going:
                return

    async def time(self, prober: Caller) -> None:
        """Bets told apart by their number, from the phone to the projector that shows them."""
        draw = random.Random(2)
        while self.going:
            await asyncio.sleep(0.5)
            shown = self.wall.latest["state"]["state"]["bets"]
            number = next(number for number in iter(lambda: draw.randrange(100, 1000), None) if number not in shown)
            start = time.perf_counter()
            await prober.send("bet", number=number)
            # while people bet, the projector shows none
            state = await self.wall.state(lambda state, own=number: own in state["bets"] or state["screen"] == "bet")
            if state["screen"] != "bet":
                self.delays.append(1000 * (time.perf_counter() - start))


def _actions(state: Message, own: random.Random) -> Iterator[Message]:
    """What somebody does on a screen."""
    screen, game = state["screen"], state["game"]
    if screen == "bet":
        yield {"kind": "bet", "number": own.randrange(40)}
    elif screen == "levers":
        for lever in state["levers"][:2]:
            yield {"kind": "propose", "lever": lever["name"], "value": own.uniform(lever["low"], lever["high"])}
    elif screen == "play" and game["actor"] is None:
        yield {"kind": "take", "actor": own.choice([key for key in range(60) if key not in game["taken"]] or [None])}
    elif screen == "play":
        yield {"kind": "decide", "stance": own.choice(("open", "model", "closed")), "answers": [], "idea": None}
    elif screen == "debrief":
        yield {"kind": "vote", "item": own.choice(("few", "luck", "time")), "likeness": own.choice(("like", "unlike"))}


async def levers(doors: Doors, times: int = 20) -> dict[str, Any]:
    """Milliseconds from a lever pulled to both worlds, and from there to the band of a hundred paired draws."""
    async with caller(doors, role="facilitator", token=doors.token) as desk:
        await desk.until("band")
        shown = (await desk.state())["setting"]["levers"]
        worlds, bands = [], []
        for place in range(times):
            lever = shown[place % len(shown)]
            share = (place * 7 % 19 + 1) / 20
            for kind in ("worlds", "band"):
                desk.latest.pop(kind, None)
            start = time.perf_counter()
            await desk.send("pull", values={lever["name"]: lever["low"] + share * (lever["high"] - lever["low"])})
            await desk.until("worlds")
            played = time.perf_counter()
            await desk.until("band")
            worlds.append(1000 * (played - start))
            bands.append(1000 * (time.perf_counter() - played))
            await asyncio.sleep(0.2)
    return {
        "lever to both worlds, median ms": statistics.median(worlds),
        "worst ms": max(worlds),
        "band of 100 pairs after, median ms": statistics.median(bands),
        "worst band ms": max(bands),
    }


def workshop_load(phones: int = PHONES, minutes: float = MINUTES) -> dict[str, list[dict[str, Any]]]:
    """Every figure, each on a server of its own."""
    found: dict[str, list[dict[str, Any]]] = {}
    with workshop() as doors:
        found["Workshop: pages"] = pages(doors)
    with workshop() as doors:
        found["Workshop: a lever moved"] = [asyncio.run(levers(doors))]
    with workshop() as doors:
        found["Workshop: a full room"] = [asyncio.run(crowd(doors, phones, minutes))]
    return found
