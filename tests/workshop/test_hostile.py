"""Against the real server: false keys, foreign origins, malformed, oversized, too frequent messages, hostile names."""

import asyncio
import http.client
import json
import re
import socket
import time
from contextlib import ExitStack, suppress

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from benchmarks.workshop_room import opened
from ectsim.workshop import room as room_module
from ectsim.workshop.connection import CLOSE

WAIT = 600  # the first worlds wait for a compilation
HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "\u202egnp.exe\u200b\u0000\u0007",
    "'; DROP TABLE bets; --",
    "é" * 500,
    "👩‍👩‍👧‍👦" * 20,
    "\ud800",
    "a\r\nSet-Cookie: x",
)


@pytest.fixture(scope="module")
def doors(scenarios, tmp_path_factory):
    files = [scenarios[name].source for name in ("small", "call")]
    served = opened(tmp_path_factory.mktemp("hostile"), "en", scenarios=files)
    yield served
    served.close()
    assert "Traceback" not in served.said()


class Caller:
    """A websocket that speaks the protocol, or anything else."""

    def __init__(self, socket, hello: dict | None):
        self.socket, self.identity = socket, ""
        self.seen: list[dict] = []
        if hello is not None:
            self.send("hello", **hello)

    def send(self, kind: str, **values) -> None:
        self.socket.send(json.dumps({"type": kind, **values}))

    def until(self, kind: str, true=lambda message: True) -> dict:
        """Next message of a kind of which something is true."""
        late = time.monotonic() + WAIT
        while time.monotonic() < late:
            message = json.loads(self.socket.recv(timeout=WAIT))
            self.seen.append(message)
            if message["type"] == kind and true(message):
                return message
        raise AssertionError(f"no such {kind}")

    def state(self, true=lambda state: True) -> dict:
        return self.until("state", lambda message: true(message["state"]))["state"]

    def ending(self) -> tuple[str | None, int | None]:
        """Why the server closes, and with which code."""
        reason = None
        try:
            while True:
                message = json.loads(self.socket.recv(timeout=WAIT))
                reason = message["reason"] if message["type"] == "refused" else reason
        except ConnectionClosed as closed:
            return reason, closed.rcvd.code if closed.rcvd else None


@pytest.fixture
def call(doors):
    """Connect: as nobody, or with a hello; to the server of this module or to another one."""
    with ExitStack() as sockets:

        def called(hello: dict | None = None, to=doors, **options) -> Caller:
            return Caller(sockets.enter_context(connect(f"ws://{to.host}/ws", max_size=None, **options)), hello)

        yield called


@pytest.fixture
def phone(call, doors):
    def joined(name: str = "", **hello) -> Caller:
        caller = call({"role": "participant", "code": doors.code, **hello})
        caller.identity = caller.until("welcome")["id"]
        caller.send("join", name=name, category="civil")
        return caller

    return joined


@pytest.fixture
def facilitator(call, doors) -> Caller:
    return call({"role": "facilitator", "token": doors.token})


def events(doors) -> list[dict]:
    lines = (doors.folder / "session.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ask(doors, method: str, path: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(doors.host, timeout=WAIT)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.body = answer.read()
        return answer
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        ({"role": "facilitator", "token": ""}, "token"),
        ({"role": "facilitator", "token": "x" * 32}, "token"),
        ({"role": "facilitator", "token": "é\u0000"}, "token"),
        ({"role": "screen"}, "token"),
        ({"role": "participant", "code": "00000"}, "code"),
        ({"role": "participant"}, "code"),
        ({"role": "participant", "code": "x" * 21}, "message"),
        ({"role": "facilitator", "token": "x" * 101}, "message"),
        ({"role": "king", "token": "x"}, "message"),
        ({"role": ["facilitator"], "token": {}}, "message"),
    ],
    ids=str,
)
def test_who_has_no_key_is_sent_away(call, hello: dict, reason: str):
    assert call(hello).ending() == (reason, CLOSE[reason])


def test_the_key_of_one_role_opens_no_other(call, doors):
    assert call({"role": "facilitator", "token": doors.screen_token}).ending() == ("token", 4401)
    assert call({"role": "facilitator", "token": doors.code}).ending() == ("token", 4401)
    assert call({"role": "screen", "token": doors.token}).ending() == ("token", 4401)


def test_a_screen_that_speaks_is_closed(call, doors):
    before = len(events(doors))
    screen = call({"role": "screen", "token": doors.screen_token})
    screen.until("welcome")
    screen.send("show", screen="takeaway")
    assert screen.ending() == ("role", 4400)
    assert len(events(doors)) == before


@pytest.mark.parametrize(
    "message",
    [
        {"type": "show", "screen": "takeaway"},
        {"type": "pull", "values": {"0.winners": 9}},
        {"type": "remove", "participant": "facilitator"},
        {"type": "wifi", "name": "evil", "password": "evil"},
        {"type": "rehearse", "count": 40},
        {"type": "hello", "role": "facilitator", "token": "x"},
    ],
    ids=lambda message: message["type"],
)
def test_a_phone_gives_no_orders(phone, doors, message: dict):
    caller = phone()
    caller.state(lambda state: state["me"])
    before, keys = len(events(doors)), (doors.folder / "keys.json").read_text()
    caller.send(**{"kind": message["type"]} | {key: value for key, value in message.items() if key != "type"})
    assert caller.until("told")["reason"] == "role"
    assert len(events(doors)) == before
    assert (doors.folder / "keys.json").read_text() == keys


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:1", "http://localhost"])
def test_pages_of_other_origins_do_not_connect(call, doors, origin: str):
    with pytest.raises(InvalidStatus) as refused:
        call(origin=origin)
    assert refused.value.response.status_code == 403
    assert ask(doors, "GET", "/", Origin=origin).status == 421


def test_a_page_of_this_origin_connects(call, doors):
    hello = {"role": "participant", "code": doors.code}
    assert call(hello, origin=f"http://{doors.host}").until("welcome")["role"] == "participant"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:80"])
def test_other_names_of_this_machine_are_refused(doors, host: str):
    assert ask(doors, "GET", "/facilitator", Host=host).status == 421


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "nothing",
        "[]",
        "null",
        '"hello"',
        '{"type": null}',
        '{"type": "conquer"}',
        '{"type": "bet"}',
        '{"type": "bet", "number": "<b>"}',
        '{"type": "bet", "number": NaN}',
        '{"type": "join", "category": "king"}',
        '{"type": "decide", "stance": "open", "answers": [[1]]}',
        '{"type": "decide", "stance": "open", "answers": [' + ",".join(["[1,1,true]"] * 21) + "]}",
        "[" * 2000,
        b"\x00\xff",
    ],
    ids=lambda raw: f"{repr(raw)[:40]} {len(raw)}",
)
def test_what_is_no_message_closes(phone, doors, raw: str | bytes):
    caller = phone()
    caller.state(lambda state: state["me"])
    before = len(events(doors))
    caller.socket.send(raw)
    assert caller.ending() == ("message", 4400)
    assert len(events(doors)) == before


@pytest.mark.parametrize("length", [4097, 8000])
def test_oversized_messages_close(phone, length: int):
    caller = phone()
    caller.socket.send(json.dumps({"type": "join", "category": "civil", "name": "x" * length}))
    assert caller.ending() == ("size", 1009)


def test_a_frame_of_megabytes_closes_before_it_is_read(phone, doors):
    caller = phone()
    with suppress(ConnectionClosed):
        caller.socket.send("x" * 2_000_000)
    assert caller.ending()[1] in (1009, None)
    assert ask(doors, "GET", "/").status == 200


def test_numbers_are_clamped_and_unknown_keys_ignored(phone, facilitator):
    caller = phone()
    for given, kept in ((10**30, 999), (-5, 0), (float("inf"), 999), (7, 7)):
        caller.send("bet", number=given, admin=True, __proto__={"role": "facilitator"})
        assert caller.state(lambda state, kept=kept: state["bet"] == kept)["bet"] == kept
    facilitator.send("clock", month=10**12, playing=False, pace=10**9)
    clock = facilitator.state(lambda state: state["clock"]["month"] > 0)["clock"]
    assert clock == {"month": 36, "playing": False, "pace": 24}
    facilitator.send("layers", shown=99)
    assert facilitator.state(lambda state: state["layers"])["layers"] == 3


def test_levers_are_clamped_on_the_server(facilitator, phone):
    shown = facilitator.state()["setting"]["levers"]
    lever = shown[0]
    facilitator.send("pull", values={lever["name"]: 1e300, "9.evil": 1, "__class__": 3})
    values = facilitator.state(lambda state: state["values"])["values"]
    assert values == {lever["name"]: pytest.approx(lever["high"])}
    caller = phone()
    caller.send("propose", lever=lever["name"], value=-1e300)
    proposals = caller.state(lambda state: state["proposals"])["proposals"]
    assert proposals == {lever["name"]: pytest.approx(lever["low"])}
    caller.send("propose", lever="__init__", value=1)
    assert caller.until("told")["reason"] == "lever"
    facilitator.send("pull", values={lever["name"]: lever["value"]})
    assert facilitator.state(lambda state: not state["values"])["values"] == {}


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: repr(name)[:24])
def test_names_are_short_printable_text(phone, facilitator, name: str):
    caller = phone(name)
    identity = caller.identity
    state = facilitator.state(lambda state: any(one["id"] == identity for one in state["participants"]))
    (kept,) = (one["name"] for one in state["participants"] if one["id"] == identity)
    assert len(kept) <= 24
    assert kept.isprintable()
    assert not re.search(r"[\u0000-\u001f\u200b-\u200f\u202a-\u202e]", kept)


def test_nobody_comes_back_as_somebody_else(phone, call, doors):
    known = phone("Anna").identity
    for guess in ("facilitator", "", known + "x", known[:-1], "../../keys"):
        stranger = call({"role": "participant", "code": doors.code, "id": guess})
        assert stranger.until("welcome")["id"] not in (known, guess)
        assert stranger.state()["me"] is None


def test_a_phone_hears_of_nobody_else(phone, doors):
    phone("Secretive Sam").send("bet", number=321)
    curious = phone("Curious")
    curious.send("take", actor=3)
    curious.state(lambda state: state["game"]["actor"] == 3)
    curious.until("hand")
    heard = json.dumps(curious.seen)
    assert "Secretive" not in heard
    assert "321" not in heard
    keys = json.loads((doors.folder / "keys.json").read_text())
    assert not any(key in heard for key in keys.values())
    assert {message["type"] for message in curious.seen} <= {"welcome", "state", "cast", "hand"}


def test_the_wall_names_nobody_and_holds_no_key_of_the_facilitator(call, phone, doors):
    somebody = phone("Named Nora")
    somebody.state(lambda state: state["me"])
    screen = call({"role": "screen", "token": doors.screen_token})
    screen.until("worlds")
    heard = json.dumps(screen.seen)
    assert doors.token not in heard
    assert somebody.identity not in heard
    assert "Named Nora" not in heard


def test_who_is_removed_is_sent_away_and_forgotten(phone, facilitator, doors, call):
    caller = phone("Rude")
    facilitator.state(lambda state: any(one["name"] == "Rude" for one in state["participants"]))
    facilitator.send("remove", participant=caller.identity)
    assert caller.ending() == ("removed", 4410)
    assert not any(one["name"] == "Rude" for one in facilitator.state()["participants"])
    back = call({"role": "participant", "code": doors.code, "id": caller.identity})
    assert back.until("welcome")["id"] != caller.identity


def test_too_frequent_messages_are_slowed_down_and_none_is_lost(phone, doors):
    caller = phone()
    caller.state(lambda state: state["me"])
    start = time.monotonic()
    for number in range(1, 25):
        caller.send("bet", number=number)
    caller.state(lambda state: state["bet"] == 24)
    assert time.monotonic() - start >= (24 - room_module.PER_SECOND) / room_module.PER_SECOND
    given = [
        entry["event"]["number"]
        for entry in events(doors)
        if entry["by"] == caller.identity
        if "number" in entry["event"]
    ]
    assert given == list(range(1, 25))


class EndlessPhone:
    """A websocket that sends its messages as fast as they are taken, and keeps what it hears."""

    def __init__(self, messages):
        self.messages, self.heard, self.closed = iter(messages), [], None
        self.application_state = WebSocketState.CONNECTED

    async def accept(self) -> None:
        pass

    async def receive(self) -> dict:
        message = next(self.messages, None)
        if message is None:
            await asyncio.Event().wait()
        return {"type": "websocket.receive", "text": json.dumps(message)}

    async def send_text(self, text: str) -> None:
        self.heard.append(json.loads(text))

    async def close(self, code: int) -> None:
        self.closed = code


def served(room, phone: EndlessPhone) -> EndlessPhone:
    asyncio.run(asyncio.wait_for(room.serve(phone), WAIT))
    return phone


def test_who_goes_on_too_fast_is_closed(tmp_path, open_room, monkeypatch):
    monkeypatch.setattr(room_module, "SLOWED_IN_A_ROW", 4)
    room = open_room(tmp_path)
    flood = [{"type": "bet", "number": 1}] * 100
    phone = served(room, EndlessPhone([{"type": "hello", "role": "participant", "code": room.keys["code"]}, *flood]))
    assert phone.closed == CLOSE["often"]
    assert {"type": "refused", "reason": "often"} in phone.heard
    assert room.connections == []


def test_who_never_says_hello_is_closed(tmp_path, open_room, monkeypatch):
    monkeypatch.setattr(room_module, "HELLO_SECONDS", 0.05)
    phone = served(open_room(tmp_path), EndlessPhone([]))
    assert (phone.closed, phone.heard) == (CLOSE["late"], [{"type": "refused", "reason": "late"}])


def test_idle_connections_keep_nobody_out(tmp_path, open_room):
    """Hundreds that never say hello leave a seat to who does, and are closed themselves."""
    room = open_room(tmp_path)
    hello = {"type": "hello", "role": "facilitator", "token": room.keys["facilitator"]}

    async def crowded() -> tuple[list[EndlessPhone], EndlessPhone]:
        idle, facilitator = [EndlessPhone([]) for _ in range(300)], EndlessPhone([hello])
        async with asyncio.timeout(WAIT), asyncio.TaskGroup() as group:
            waiting = [group.create_task(room.serve(phone)) for phone in idle]
            await asyncio.sleep(0)
            entered = group.create_task(room.serve(facilitator))
            while not any(message["type"] == "state" for message in facilitator.heard):
                await asyncio.sleep(0.01)
            assert len(room._waiting) <= room_module.MOST_WAITING
            for task in (*waiting, entered):
                task.cancel()
        return idle, facilitator

    idle, facilitator = asyncio.run(crowded())
    assert facilitator.heard[0]["role"] == "facilitator"
    closed = [phone.closed for phone in idle if phone.closed]
    assert set(closed) == {CLOSE["late"]}
    assert len(closed) >= len(idle) - room_module.MOST_WAITING
    assert room._waiting == []


def test_pages_opened_by_one_phone_leave_seats_to_other_roles(tmp_path, open_room, monkeypatch):
    monkeypatch.setattr(room_module, "MOST_PHONES", 3)
    room = open_room(tmp_path)
    phone = {"type": "hello", "role": "participant", "code": room.keys["code"]}
    screen = {"type": "hello", "role": "screen", "token": room.keys["screen"]}

    async def crowded() -> list[EndlessPhone]:
        pages = [EndlessPhone([hello]) for hello in (*[phone] * 4, screen)]
        async with asyncio.timeout(WAIT), asyncio.TaskGroup() as group:
            serving = [group.create_task(room.serve(page)) for page in pages]
            while not all(page.heard for page in pages):
                await asyncio.sleep(0.01)
            for task in serving:
                task.cancel()
        return pages

    heard = [page.heard[0] for page in asyncio.run(crowded())]
    assert [one["type"] for one in heard] == ["welcome"] * 3 + ["refused", "welcome"]


def test_the_room_is_full_at_sixty_and_those_known_come_back(call, tmp_path, scenarios):
    full = opened(tmp_path, "en", scenarios=[scenarios[name].source for name in ("small", "call")])
    hello = {"role": "participant", "code": full.code}
    try:
        callers = [call(hello, full) for _ in range(60)]
        identity = callers[0].until("welcome")["id"]
        callers[0].send("join", category="civil")
        callers[0].state(lambda state: state["me"])
        for caller in callers[1:]:
            caller.until("welcome")
        assert call(hello, full).ending() == ("full", 4403)
        assert call({"role": "screen", "token": full.screen_token}, full).until("welcome")["role"] == "screen"
        # the same person from a page opened twice takes no second place
        assert call(hello | {"id": identity}, full).until("welcome")["id"] == identity
    finally:
        full.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "key", "status"),
    [
        ("POST", "/export/log.json", "{}", None, 401),
        ("POST", "/export/log.json", "{}", "wrong", 401),
        ("POST", "/export/log.json", "{}", "screen", 401),
        ("POST", "/export/keys.json", "{}", "right", 404),
        ("POST", "/export/..%2f..%2fkeys.json", "{}", "right", 404),
        ("POST", "/export/log.json", "x" * 5000, "right", 413),
        ("POST", "/export/log.json", "{", "right", 400),
        ("POST", "/export/log.json", "[]", "right", 400),
        ("POST", "/export/log.json", '"names"', "right", 400),
        ("GET", "/export/log.json", None, "right", 405),
        ("GET", "/pages/..%2fserver.py", None, None, 404),
        ("GET", "/pages/%2e%2e/%2e%2e/locale/fr/workshop.toml", None, None, 404),
        ("GET", "/session.jsonl", None, None, 404),
        ("GET", "/keys.json", None, None, 404),
        ("GET", "/texts/..%2fkeys.json", None, None, 404),
        ("GET", "/texts/de.json", None, None, 404),
    ],
)
def test_addresses_give_what_they_should_only(doors, method, path, body, key, status):
    token = {"right": doors.token, "screen": doors.screen_token, "wrong": "é".encode("latin-1").decode("latin-1")}
    headers = {"Authorization": f"Bearer {token[key]}"} if key else {}
    assert ask(doors, method, path, body, **headers).status == status


@pytest.mark.parametrize(
    "path", ["/", "/facilitator", "/screen", "/texts/fr.json", "/ground.json", "/nowhere", "/ws", "/pages/viewer.js"]
)
def test_every_answer_carries_its_guards(doors, path: str):
    answer = ask(doors, "GET", path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["server"] is None
    assert answer.headers["access-control-allow-origin"] is None


def test_a_language_asked_for_is_one_of_ours_or_none(doors):
    hostile = ask(doors, "GET", "/?lang=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").body.decode()
    assert "alert(1)" not in hostile
    assert '<html lang="en"' in hostile


def test_a_dropped_connection_breaks_nothing(phone, doors):
    for _ in range(5):
        caller = phone("Gone")
        caller.socket.socket.shutdown(socket.SHUT_RDWR)
    assert ask(doors, "GET", "/").status == 200
    staying = phone("Staying")
    assert staying.state(lambda state: state["me"])["me"]["name"] == "Staying"


def test_hello_from_a_closed_socket_is_no_error(tmp_path, open_room):
    class Gone(EndlessPhone):
        async def receive(self) -> dict:
            raise WebSocketDisconnect(1001)

    phone = served(open_room(tmp_path), Gone([]))
    assert (phone.closed, phone.heard) == (None, [])
