"""Simulated participants: they join, bet, propose, play and vote as phones do, over the same websocket."""

import asyncio
import contextlib
import json
import random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ectsim.locale import text
from ectsim.workshop.protocol import CATEGORIES, EMOTIONS, STANCES, STATEMENTS

SHORTEST, LONGEST = 0.3, 6.0
"""Seconds before somebody answers."""


class SimulatedParticipant:
    """One of them; its choices are drawn from its number."""

    def __init__(self, number: int):
        self._draw = random.Random(number)
        self._name = text("workshop.rehearsal.name", number=number)
        self._done: set[str] = set()
        self._actors: list[int] = []

    async def take_part(self, address: str, code: str) -> None:
        """Stay in the room until it closes."""
        with contextlib.suppress(ConnectionClosed, OSError):
            async with connect(address, max_size=None) as socket:
                await _send(socket, {"type": "hello", "role": "participant", "code": code})
                await _send(socket, {"type": "join", "name": self._name, "category": self._draw.choice(CATEGORIES)})
                async for raw in socket:
                    message = json.loads(raw)
                    if message["type"] == "cast":
                        self._actors = [actor["key"] for actor in message["actors"]]
                    for answer in self._answers(message):
                        await asyncio.sleep(self._draw.uniform(SHORTEST, LONGEST))
                        await _send(socket, answer)

    def _answers(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """What it answers to a message."""
        if message["type"] == "hand":
            invited = [[*project["id"], self._draw.random() < 0.6] for project in message["invitations"]]
            return [{"type": "decide", "stance": self._draw.choice(STANCES), "answers": invited[:20], "idea": None}]
        if message["type"] != "state":
            return []
        state = message["state"]
        made = {
            "bet": lambda: [{"type": "bet", "number": round(self._draw.lognormvariate(2.3, 0.5))}],
            "levers": lambda: [
                {"type": "propose", "lever": lever["name"], "value": self._draw.uniform(lever["low"], lever["high"])}
                for lever in state["levers"]
            ],
            "play": lambda: [{"type": "take", "actor": self._free(state)}],
            "debrief": lambda: [
                {"type": "feel", "emotion": self._draw.choice(EMOTIONS)},
                *({"type": "vote", "item": item, "likeness": self._likeness()} for item in STATEMENTS),
            ],
        }.get(state["screen"])
        if made is None or state["screen"] in self._done:
            return []
        self._done.add(state["screen"])
        return made()

    def _free(self, state: dict[str, Any]) -> int | None:
        taken = set(state["game"]["taken"])
        free = [actor for actor in self._actors if actor not in taken]
        return self._draw.choice(free) if free else None

    def _likeness(self) -> str:
        return self._draw.choice(("like", "like", "unlike"))


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))
