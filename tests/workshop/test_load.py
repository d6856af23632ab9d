"""A full room, briefly: sixty phones act at once and nothing they give is lost; the long one is in benchmarks."""

import asyncio
import json

from benchmarks.workshop_load import PHONES, crowd
from benchmarks.workshop_room import opened

MOST_MEGABYTES = 400


def test_sixty_phones_act_at_once_and_nothing_is_lost(scenarios, tmp_path):
    doors = opened(tmp_path, "en", scenarios=[scenarios[name].source for name in ("small", "call")])
    try:
        found = asyncio.run(crowd(doors, PHONES, 0.05))
    finally:
        doors.close()
    log = [json.loads(line) for line in (doors.folder / "session.jsonl").read_text("utf-8").splitlines()]
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))
    events = [entry["event"]["type"] for entry in log if entry["by"] != "facilitator"]
    assert events.count("join") == PHONES
    assert len({entry["by"] for entry in log if entry["event"]["type"] == "bet"}) == PHONES
    assert len(events) >= 2 * PHONES + found["messages"]
    assert found["at most"] < MOST_MEGABYTES
    assert "Traceback" not in doors.said()
