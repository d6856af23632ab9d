"""One page connected: what waits to be sent to it, what comes from it, how it is sent away.

What it may ask lives in room.py.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Collection
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ectsim.workshop.protocol import RefusedError

GAP_SECONDS, SEND_SECONDS = 0.06, 20.0
REPEATED = ("state", "hand")
"""Kinds of message that are not sent twice the same."""
CLOSE = {
    "role": 4400,
    "message": 4400,
    "token": 4401,
    "code": 4401,
    "full": 4403,
    "late": 4408,
    "removed": 4410,
    "often": 4429,
    "size": 1009,
}


class Connection:
    """One page: sends it the latest of everything, never faster than it can take."""

    def __init__(self, websocket: WebSocket, role: str, identity: str):
        self.websocket, self.role, self.identity = websocket, role, identity
        self._waiting: dict[str, str | Callable[[], str]] = {}
        self._wake, self._hurry = asyncio.Event(), asyncio.Event()
        self._sent: dict[str, str] = {}

    def post(self, kind: str, message: str | Callable[[], str]) -> None:
        """Send a message soon, or what it then gives; one of the same kind that still waits is forgotten.

        Of what follows each other as fast as a room acts, a page gets some a second; nothing else waits.
        """
        self._waiting[kind] = message
        self._wake.set()
        if kind not in REPEATED:
            self._hurry.set()

    def forget(self, kinds: Collection[str]) -> None:
        """Send nothing of these kinds that still waits; what comes next is sent though it be the same."""
        self._waiting = {kind: message for kind, message in self._waiting.items() if kind not in kinds}
        for kind in kinds:
            self._sent.pop(kind, None)

    async def send_posted(self) -> None:
        """Send what is posted, for ever; give up on a page that takes nothing."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._hurry.clear()
            while self._waiting:
                kind = next(iter(self._waiting))
                posted = self._waiting.pop(kind)
                message = posted if isinstance(posted, str) else posted()
                if kind == "refused":
                    raise RefusedError(message)
                if self._sent.get(kind) == message:
                    continue
                self._sent[kind] = message if kind in REPEATED else ""
                await asyncio.wait_for(self.websocket.send_text(message), SEND_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), GAP_SECONDS)


def dumps(message: dict[str, Any]) -> str:
    """A message as it travels."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


async def receive(websocket: WebSocket) -> str:
    """Next text message."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    if message.get("text") is None:
        raise RefusedError("message")
    return message["text"]


async def dismiss(websocket: WebSocket, refusal: RefusedError) -> None:
    """Say why, and close."""
    if websocket.application_state != WebSocketState.CONNECTED:
        return
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        await websocket.send_text(dumps({"type": "refused", "reason": refusal.reason}))
        await websocket.close(CLOSE[refusal.reason])
