"""The room: who is connected in which role, what they may send, what they are sent and how often.

HTTP lives in server.py, what events change in session.py.
"""

import asyncio
import contextlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from ectsim.errors import InputError, Problem
from ectsim.workshop import messages as m
from ectsim.workshop.addresses import qr_code, wifi_qr_code
from ectsim.workshop.connection import Connection, dismiss, dumps, receive
from ectsim.workshop.journal import Journal, room_keys, write_keys
from ectsim.workshop.protocol import RefusedError
from ectsim.workshop.session import LOGGED, ROOM, Library, Session
from ectsim.workshop.stage import Stage
from ectsim.workshop.views import facilitator_view, participant_view, shared_view

FACILITATOR, SCREEN, PARTICIPANT = "facilitator", "screen", "participant"
HELLO_SECONDS, WRONG_KEY_SECONDS = 5.0, 1.0
PER_SECOND, SLOWED_IN_A_ROW = 8, 200
MOST_WAITING, MOST_PHONES = 60, 2 * ROOM
"""Connections that have not shown their key yet, and those of participants; no key of another role is ever refused."""
GONE = (WebSocketDisconnect, TimeoutError, OSError, RuntimeError)
"""What a page that has left makes of the next message to it."""
WORLDS = ("cast", "worlds", "game", "draws", "costs", "band")


class Room:
    """A session, its log and the people connected to it.

    Parameters
    ----------
    folder
        Folder of the session; a session begun there goes on.
    library, a, b
        Scenarios, and the names of the two compared at first.

    Raises
    ------
    InputError
        If the log of the folder cannot be read.
    """

    def __init__(self, folder: Path, library: Library, a: str, b: str):
        self.folder = folder
        self.address = ""
        self.journal = Journal(folder)
        self.session = Session(library, a, b)
        try:
            self.keys = room_keys(folder)
            for entry in self.journal.past:
                self._again(entry)
        except InputError:
            self.journal.close()
            raise
        self.stage = Stage(self.session, self._publish)
        self.connections: list[Connection] = []
        self.rehearsal = asyncio.Queue[int]()
        self._waiting: list[asyncio.Timeout] = []
        self.goes_on = bool(self.journal.past)
        """Whether its people are waiting to come back."""
        if not self.goes_on:
            setting = self.session.setting
            self.take(FACILITATOR, m.Prepare(type="prepare", a=setting.a, b=setting.b, years=setting.years, levers=()))

    def _again(self, entry: dict[str, Any]) -> None:
        """Apply an event of the log; what was accepted once is refused only where a scenario is not the same."""
        try:
            self.session.apply(entry["by"], m.read_values(entry["event"]), entry["at"])
        except RefusedError as refusal:
            unknown = refusal.reason == "scenario" and isinstance(refusal.detail, str)
            message = "workshop.unknown_scenario" if unknown else "workshop.bad_log"
            problem = Problem(message, {"name": refusal.detail}, self.journal.path, entry["n"])
            raise InputError([problem]) from refusal
        except ValueError as error:
            raise InputError([Problem("workshop.bad_log", {}, self.journal.path, entry["n"])]) from error
        if entry["worlds"] not in (None, self.session.worlds):
            names = {"a": self.session.setting.a, "b": self.session.setting.b}
            raise InputError([Problem("workshop.changed_scenario", names, self.journal.path, entry["n"])])

    def may(self, token: str) -> bool:
        """Whether a token is the facilitator's."""
        return hmac.compare_digest(token.encode(), self.keys[FACILITATOR].encode())

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one connection from hello to goodbye."""
        try:
            async with self._patience():
                await websocket.accept()
                connection = await self._greet(websocket)
        except TimeoutError:
            await dismiss(websocket, RefusedError("late"))
            return
        except RefusedError as refusal:
            await dismiss(websocket, refusal)
            return
        except WebSocketDisconnect:
            return
        sender = asyncio.create_task(connection.send_posted())
        listener = asyncio.create_task(self._listen(connection))
        try:
            await asyncio.wait((sender, listener), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.connections.remove(connection)
            self.tell_all()
            sender.cancel()
            listener.cancel()
            outcome = await asyncio.gather(sender, listener, return_exceptions=True)
        for ending in outcome:
            if isinstance(ending, RefusedError):
                await dismiss(websocket, ending)
            elif isinstance(ending, Exception) and not isinstance(ending, GONE):
                raise ending

    @contextlib.asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        """A few seconds to say hello, fewer for whoever has waited longest where too many wait: newcomers get in."""
        async with asyncio.timeout(HELLO_SECONDS) as patience:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.pop(0).reschedule(asyncio.get_running_loop().time())
            self._waiting.append(patience)
            try:
                yield
            finally:
                if patience in self._waiting:
                    self._waiting.remove(patience)

    async def _greet(self, websocket: WebSocket) -> Connection:
        hello = m.read_message(await receive(websocket))
        if not isinstance(hello, m.Hello):
            raise RefusedError("message")
        identity = hello.role
        if hello.role == PARTICIPANT:
            await self._check(hello.code.upper(), self.keys["code"], "code")
            identity = self._identity(hello.id)
        else:
            await self._check(hello.token, self.keys[hello.role], "token")
        connection = Connection(websocket, hello.role, identity)
        self.connections.append(connection)
        welcome = {"type": "welcome", "role": hello.role, "id": identity}
        connection.post("welcome", dumps(welcome))
        self.tell_all()
        if self.stage.trouble:
            self._clear(connection)
        for kind in ("room", *WORLDS):
            self._publish_to(connection, kind)
        return connection

    async def _check(self, given: str, key: str, reason: str) -> None:
        if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
            await asyncio.sleep(WRONG_KEY_SECONDS)
            raise RefusedError(reason)

    def _identity(self, given: str) -> str:
        """Identity of a phone that comes, or comes back."""
        here = self.here()
        if (len(here) >= ROOM and given not in here) or here.total() >= MOST_PHONES:
            raise RefusedError("full")
        return given if given in self.session.participants else secrets.token_urlsafe(9)

    def here(self) -> Counter[str]:
        """Participants connected now, by identity."""
        return Counter(one.identity for one in self.connections if one.role == PARTICIPANT)

    async def _listen(self, connection: Connection) -> None:
        allowance, last, slowed = float(PER_SECOND), time.monotonic(), 0
        while True:
            raw = await receive(connection.websocket)
            now = time.monotonic()
            allowance, last = min(PER_SECOND, allowance + (now - last) * PER_SECOND), now
            allowance -= 1
            slowed = slowed + 1 if allowance < 0 else 0
            if slowed > SLOWED_IN_A_ROW:
                raise RefusedError("often")
            if allowance < 0:
                await asyncio.sleep(-allowance / PER_SECOND)
            self._take(connection, m.read_message(raw))

    def _take(self, connection: Connection, message: m.Message) -> None:
        """Do what a message asks, or tell its sender why not."""
        if connection.role == SCREEN:
            raise RefusedError("role")
        allowed = m.FromFacilitator if connection.role == FACILITATOR else m.FromParticipant
        try:
            if not isinstance(message, allowed):
                raise RefusedError("role")
            self.take(connection.identity, message)
        except RefusedError as refusal:
            told = {"type": "told", "reason": refusal.reason, "detail": refusal.detail}
            connection.post("told", dumps(told))

    def take(self, by: str, message: m.Message) -> None:
        """Apply an event, write it to the log, tell everybody.

        Raises
        ------
        RefusedError
            If the session does not accept it.
        """
        if isinstance(message, m.Wifi):
            self.keys |= {"wifi_name": message.name, "wifi_password": message.password}
            write_keys(self.folder, self.keys)
            self._publish("room")
        elif isinstance(message, m.Rehearse):
            self.rehearsal.put_nowait(message.count)
        elif isinstance(message, m.Round) and self.stage.trouble:
            raise RefusedError("not_played")
        elif isinstance(message, LOGGED):
            at = datetime.now().astimezone().isoformat(timespec="milliseconds")
            self.session.apply(by, message, at)
            worlds = self.session.worlds if isinstance(message, m.Prepare) else None
            self.journal.append(by, at, message.model_dump(mode="json"), worlds)
            self.stage.look(again=isinstance(message, m.Prepare))
        for connection in self.connections:
            if isinstance(message, m.Take) and connection.identity == by:
                self._post_hand(connection)
            if isinstance(message, m.Remove) and connection.identity == message.participant:
                connection.post("refused", "removed")
        self.tell_all()

    def tell_all(self) -> None:
        """Let every page have the present view: each is made when it is sent, once however much has changed."""
        for connection in self.connections:
            connection.post("state", partial(self._view, connection))

    def _view(self, connection: Connection) -> str:
        if connection.role == PARTICIPANT:
            view = participant_view(self.session, connection.identity)
        elif connection.role == FACILITATOR:
            own = {"screen_token": self.keys[SCREEN], "kept": self.journal.kept, "trouble": self.stage.trouble}
            view = facilitator_view(self.session, self.here()) | own
        else:
            view = shared_view(self.session) | {"trouble": self.stage.trouble}
        return dumps({"type": "state", "state": view})

    def _publish(self, kind: str) -> None:
        if kind == "trouble":
            self.tell_all()
        if kind == "cleared":
            for connection in self.connections:
                self._clear(connection)
        for connection in self.connections:
            self._publish_to(connection, kind)

    def _clear(self, connection: Connection) -> None:
        connection.forget((*WORLDS, "hand"))
        connection.post("cleared", dumps({"type": "cleared"}))

    def _publish_to(self, connection: Connection, kind: str) -> None:
        if connection.role == PARTICIPANT:
            if kind == "game":
                self._post_hand(connection)
            if kind != "cast":
                return
        if kind == "room":
            connection.post(kind, dumps(self._how_to_come()))
        elif kind in self.stage.messages:
            connection.post(kind, self.stage.messages[kind])

    def _how_to_come(self) -> dict[str, Any]:
        """Address, room code and QR codes, for the wall; the screen's address is the facilitator's to open."""
        wifi = self.keys.get("wifi_name", "")
        return {
            "type": "room",
            "address": self.address,
            "code": self.keys["code"],
            "qr": qr_code(f"{self.address}/#{self.keys['code']}"),
            "wifi": wifi,
            "wifi_password": self.keys.get("wifi_password", ""),
            "wifi_qr": wifi_qr_code(wifi, self.keys.get("wifi_password", "")) if wifi else "",
        }

    def _post_hand(self, connection: Connection) -> None:
        hand = self.stage.hand(connection.identity)
        if hand is not None:
            connection.post("hand", dumps(hand))
