"""What is played when: the most urgent first, again where a lever moved, for ever on its feet."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from ectsim.workshop.stage import Stage

WAIT = 600  # the first worlds wait for a compilation
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

    def run(*changes: Callable[[], None], then: Callable[[Stage], None] = lambda stage: None) -> list[list[str]]:
        return asyncio.run(_played(session, changes, then))

    return run


async def _played(session, changes, then) -> list[list[str]]:
    told: list[list[str]] = []
    stage = Stage(session, lambda kind: told[-1].append(kind))
    running = asyncio.create_task(stage.run())
    try:
        for change in (lambda: None, *changes):
            told.append([])
            change()
            stage.look()
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


def test_worlds_that_cannot_be_played_are_told_until_others_are_chosen(do, played):
    troubles = []

    def prepare(b: str, years: int) -> Callable[[], None]:
        return partial(do, "facilitator", type="prepare", a="small", b=b, years=years)

    def look_again(stage: Stage) -> None:
        troubles.append(stage.trouble)

    told = played(
        prepare("tight", 3), partial(do, "facilitator", type="show", screen="bet"), prepare("call", 2), then=look_again
    )
    assert ["“projects” is full" in trouble for trouble in troubles] == [False, True, True, False]
    assert told[1:3] == [["cast", "trouble"], []]  # not tried again until something is chosen otherwise
    assert told[3][:3] == ["cast", "trouble", "worlds"]


def test_reading_draws_leaves_their_reader_in_the_process_that_ends():
    read = subprocess.run([sys.executable, "-c", READ_APART], capture_output=True, text=True, check=True)
    assert read.stdout.split() == ["False", "True"]
