"""The log: on disk at once, the same state again, torn and foreign lines."""

import errno
import json
import os
import stat

import pytest

from ectsim.errors import InputError
from ectsim.workshop.journal import CODE_LENGTH, LETTERS, room_keys
from ectsim.workshop.messages import read_values
from ectsim.workshop.room import Room
from ectsim.workshop.session import Library
from ectsim.workshop.views import facilitator_view

EVENTS = [
    ("anna", {"type": "join", "name": "Anna", "category": "public"}),
    ("anna", {"type": "bet", "number": 12}),
    ("facilitator", {"type": "show", "screen": "levers"}),
    ("facilitator", {"type": "pull", "values": {"1.winners": 2}}),
    ("facilitator", {"type": "pull", "values": {"1.winners": 6}}),
    ("anna", {"type": "propose", "lever": "1.winners", "value": 3}),
    ("facilitator", {"type": "note", "text": "« vu »"}),
    ("facilitator", {"type": "show", "screen": "play"}),
    ("anna", {"type": "take", "actor": 4}),
    ("anna", {"type": "decide", "stance": "open", "answers": [[1, -3, True]], "idea": None}),
    ("facilitator", {"type": "round"}),
    ("facilitator", {"type": "clock", "month": 9, "playing": True}),
]


@pytest.fixture
def played(tmp_path, open_room):
    room = open_room(tmp_path)
    for by, event in EVENTS:
        room.take(by, read_values(event))
    return room


def test_a_session_killed_comes_back_where_it_was(played, open_room):
    # nothing is closed: what a killed server leaves is what is on the disk now
    back = open_room(played.folder)
    assert facilitator_view(back.session, {}) == facilitator_view(played.session, {})
    assert back.session.rounds == played.session.rounds
    assert back.keys == played.keys


def test_a_line_cut_by_a_crash_is_dropped_and_the_log_goes_on(played, open_room):
    with played.journal.path.open("ab") as log:
        log.write(b'{"n":13,"at":"2026-')
    back = open_room(played.folder)
    back.take("anna", read_values({"type": "bet", "number": 3}))
    third = open_room(played.folder)
    assert third.session.participants["anna"].bet == 3
    assert len(third.journal.past) == len(EVENTS) + 2


@pytest.mark.parametrize("line", ["{}", "nothing", '{"n":1,"at":"","by":"x","event":{"type":"conquer"}}'])
def test_a_foreign_line_is_told_with_its_number(played, open_room, line: str):
    with played.journal.path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    with pytest.raises(InputError) as error:
        open_room(played.folder)
    assert error.value.problems[0].message == "workshop.bad_log"


def test_a_session_whose_scenario_has_gone_says_which(played, scenarios):
    with pytest.raises(InputError) as error:
        Room(played.folder, Library({name: scenarios[name] for name in ("small", "other")}), "small", "small")
    assert "call" in str(error.value)


def test_a_session_whose_scenario_has_changed_is_not_gone_on_with(played, scenarios):
    calls = tuple(one.model_copy(update={"winners": 5}) for one in scenarios["call"].instruments)
    changed = scenarios["call"].model_copy(update={"instruments": calls})
    with pytest.raises(InputError) as error:
        Room(played.folder, Library(scenarios | {"call": changed}), "small", "call")
    (problem,) = error.value.problems
    assert (problem.message, problem.line) == ("workshop.changed_scenario", 1)


def test_every_event_is_a_line_with_its_time_and_sender(played):
    lines = [json.loads(line) for line in played.journal.path.read_text("utf-8").splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(EVENTS) + 2))
    assert lines[0]["event"] | {"a": "small", "b": "call", "years": 3} == lines[0]["event"]
    assert [line["by"] for line in lines[1:]] == [by for by, _ in EVENTS]


def test_keys_are_for_their_owner_only_and_never_in_the_log(played):
    path = played.folder / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    log = played.journal.path.read_text("utf-8")
    assert not any(key in log for key in played.keys.values())


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"code": "ABCDE"}'])
def test_a_damaged_file_of_keys_is_told(played, open_room, content: str):
    (played.folder / "keys.json").write_text(content)
    with pytest.raises(InputError) as error:
        open_room(played.folder)
    assert error.value.problems[0].message == "workshop.bad_keys"
    assert "keys.json" in str(error.value)


def test_a_disk_that_is_full_is_told_and_what_it_missed_follows(played, open_room, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "fsync", full)
        played.take("facilitator", read_values({"type": "note", "text": "one"}))
        assert not played.journal.kept
    played.take("facilitator", read_values({"type": "note", "text": "two"}))
    assert played.journal.kept
    assert [note["text"] for note in open_room(played.folder).session.notes[-2:]] == ["one", "two"]


def test_a_line_that_waits_for_room_on_the_disk_is_not_cut_by_who_reads_the_log(played, open_room):
    before = played.journal.entries()
    entry = '{"n":%d,"at":"2026-01-01T00:00:00+01:00","by":"facilitator","event":{"type":"note","text":"whole"}}\n'
    line = entry % (len(before) + 1)
    with played.journal.path.open("a", encoding="utf-8") as log:
        log.write(line[:30])
    assert played.journal.entries() == before
    with played.journal.path.open("a", encoding="utf-8") as log:
        log.write(line[30:])
    assert open_room(played.folder).session.notes[-1]["text"] == "whole"


def test_wifi_is_kept_out_of_the_log_and_comes_back(played, open_room):
    played.take("facilitator", read_values({"type": "wifi", "name": "Salle", "password": "secret-1234"}))
    assert "secret-1234" not in played.journal.path.read_text("utf-8")
    assert open_room(played.folder).keys["wifi_password"] == "secret-1234"


def test_room_codes_hold_no_sign_that_looks_like_another(tmp_path):
    assert not set("01OIL") & set(LETTERS)
    codes = set()
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        codes.add(room_keys(tmp_path / str(number))["code"])
    assert all(len(code) == CODE_LENGTH and set(code) <= set(LETTERS) for code in codes)
    assert len(codes) > 15


def test_two_sessions_share_nothing(tmp_path, open_room):
    one, other = (open_room(tmp_path / name) for name in ("one", "other"))
    one.take("anna", read_values(EVENTS[0][1]))
    assert other.session.participants == {}
    assert not set(one.keys.values()) & set(other.keys.values())
    assert [entry["event"]["type"] for entry in other.journal.entries()] == ["prepare"]
