"""What is played when: the most urgent first, again where a lever moved, for ever on its feet."""

import asyncio
import errno
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

import ectsim.workshop.stage as stages
from ectsim.workshop.stage import Stage

WAIT = 600  # the first worlds wait for a compilation
AGAIN = "again"
READ_APART = """
import sys
from ectsim.scenario import load_scenario
from ectsim.workshop.stage import read_apart

scenario = load_scenario("one_call_a_year")
read = read_apart(scenario)
print("pyarrow" in sys.modules)
from ectsim.posterior import load_posterior

given = load_posterior(scenario.drawn_from, scenario.source)
print(read.digest == given.digest and (read.draws == given.draws).all() and read.names == given.names)
"""


@pytest.fixture
def played(session):
    """What the stage of the session publishes until it has nothing to play, after each of some changes; then a look."""

    def run(*changes: Callable[[], str | None], then: Callable[[Stage], None] = lambda stage: None) -> list[list[str]]:
        return asyncio.run(_played(session, changes, then))

    return run


async def _played(session, changes, then) -> list[list[str]]:
    told: list[list[str]] = []
    stage = Stage(session, lambda kind: told[-1].append(kind))
    running = asyncio.create_task(stage.run())
    try:
        for change in (lambda: None, *changes):
            told.append([])
            stage.look(again=change() is AGAIN)
            async with asyncio.timeout(WAIT):
                while stage._changed.is_set() or next(stage._needed(), None) is not None:
                    await asyncio.sleep(0.02)
                    assert not running.done()
            then(stage)
        assert all(json.loads(message)["type"] == kind for kind, message in stage.messages.items())
    finally:
        running.cancel()
        stage.close()
    return told


def test_the_game_waits_for_the_band_unless_it_is_shown(do, played):
    def to_the_game() -> None:
        do("facilitator", type="show", screen="play")
        do("facilitator", type="pull", values={"1.grant_rate": 0.9})

    assert played(to_the_game) == [
        ["cast", "worlds", "draws", "band", "costs", "game"],
        ["worlds", "game", "draws", "band", "costs"],
    ]


def test_levers_put_back_bring_draws_and_band_back(do, played):
    told = played(
        lambda: do("facilitator", type="pull", values={"1.grant_rate": 0.9}),
        lambda: do("facilitator", type="pull", values={"1.grant_rate": 0.5}),
    )
    assert [kinds[:4] for kinds in told[1:]] == [["worlds", "draws", "band", "costs"]] * 2


@pytest.fixture
def prepare(do) -> Callable[..., Callable[[], None]]:
    return lambda b, years=3: partial(do, "facilitator", type="prepare", a="small", b=b, years=years)


def test_worlds_that_cannot_be_played_are_not_shown_but_told_until_others_are_chosen(do, prepare, played):
    seen = []
    bet = partial(do, "facilitator", type="show", screen="bet")
    lever = partial(do, "facilitator", type="pull", values={"1.grant_rate": 0.9})
    changes = (prepare("tight"), bet, prepare("call"), lever)
    told = played(*changes, then=lambda stage: seen.append((stage.trouble, set(stage.messages))))
    everything = {"cast", "worlds", "draws", "band", "costs", "game"}
    assert [shown for _, shown in seen] == [everything, set(), set(), everything, everything]
    assert [sorted(trouble) for trouble, _ in seen] == [[], ["en", "fr"], ["en", "fr"], [], []]
    assert "“projects” is full" in seen[1][0]["en"]
    assert "« projects »" in seen[1][0]["fr"].replace("\N{NO-BREAK SPACE}", " ")
    assert told[1] == ["cleared", "cast", "cleared", "trouble"]
    assert told[2] == []  # not tried again until something is chosen otherwise
    assert told[3][:3] == ["cast", "trouble", "worlds"]


@pytest.mark.parametrize(
    ("failure", "words"), [(OSError(errno.ENOSPC, "No space left"), "disk is full"), (KeyError("x"), "KeyError")]
)
def test_a_disk_that_is_full_or_a_defect_does_not_end_the_session(prepare, played, monkeypatch, failure, words):
    seen = []

    def fail(*_):
        raise failure

    def break_reading() -> None:
        monkeypatch.setattr(stages, "read_apart", fail)
        prepare("call", 2)()

    def mend_reading() -> str:
        monkeypatch.undo()
        prepare("call", 2)()
        return AGAIN

    def look(stage: Stage) -> None:
        seen.append((stage.trouble.get("en", ""), "band" in stage.messages))

    played(break_reading, mend_reading, then=look)
    assert words in seen[1][0]
    assert seen[::2] == [("", True)] * 2


def test_other_scenarios_take_the_worlds_away_at_once(do, session, prepare):
    told: list[str] = []
    stage = Stage(session, told.append)
    stage.look()
    stage.messages = {"worlds": "{}"}
    do("facilitator", type="show", screen="bet")
    stage.look()
    assert stage.messages
    prepare("call", 2)()
    stage.look()
    assert (stage.messages, told) == ({}, ["cleared"])
    stage.close()


def test_reading_draws_leaves_their_reader_in_the_process_that_ends():
    read = subprocess.run([sys.executable, "-c", READ_APART], capture_output=True, text=True, check=True)
    assert read.stdout.split() == ["False", "True"]
