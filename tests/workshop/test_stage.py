"""What is played when: the most urgent first, again where a lever moved, for ever on its feet."""

import asyncio
import json
from collections.abc import Callable

import pytest

from ectsim.workshop.stage import Stage

WAIT = 600  # the first worlds wait for a compilation


@pytest.fixture
def played(session):
    """Run the stage of the session until it has nothing to play, after each of some changes; what it published."""

    def run(*changes: Callable[[], None]) -> list[list[str]]:
        return asyncio.run(_played(session, changes))

    return run


async def _played(session, changes) -> list[list[str]]:
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
