"""Which worlds the session needs now, played in threads: whatever moves while they are played is played next.

How worlds are played lives in simulator.py.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from ectsim.errors import EctsimError, file_failure
from ectsim.experiments.engines import open_engine, retrying
from ectsim.locale import in_every_language, text
from ectsim.model.simulation import prepare, vary
from ectsim.posterior import Posterior, load_posterior
from ectsim.scenario.schema import Scenario
from ectsim.workshop.acting import YEAR, decisions_of, hand
from ectsim.workshop.recording import Recording, lone_ideas, packed
from ectsim.workshop.session import Session
from ectsim.workshop.simulator import BAND, DRAWS, Simulator

Ground = tuple[Any, ...]
OF_WORLDS = ("draws", "costs", "band")
"""Kinds of message that new worlds make stale."""


class Task(NamedTuple):
    """Something to be played: the kind of its message, what it depends on, and how."""

    kind: str
    key: tuple[Any, ...]
    play: Callable[[], dict[str, Any] | None]


class Stage:
    """Keeps the messages about worlds up to date with the session.

    Parameters
    ----------
    session
        Read only here.
    publish
        Called in the event loop with the kind of each message that has changed.
    """

    def __init__(self, session: Session, publish: Callable[[str], None]):
        self.session, self.publish = session, publish
        self.messages: dict[str, str] = {}
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._changed = asyncio.Event()
        self._simulator: tuple[Ground, Simulator] | None = None
        self._coming: Recording | None = None
        self._shown: Ground | None = None
        self._tried: tuple[Any, ...] | None = None
        self._failed: tuple[Any, ...] | None = None
        self.trouble: dict[str, str] = {}
        """Why the worlds of the session cannot be played, in words of each language; empty where they can."""
        # one thread, always the same: each that plays keeps arrays of its own
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="stage")

    def look(self, again: bool = False) -> None:
        """The session has changed: see whether worlds must be played; those of other scenarios are shown no more.

        What could not be played is not tried again unless it has changed, or is asked for ``again``.
        """
        if again:
            self._failed = None
        if self._ground() != self._shown:
            self._shown = self._ground()
            if self.messages:
                self._clear()
        self._changed.set()

    async def run(self) -> None:
        """Play what is needed, for ever; what cannot be played is told, and not tried again until something changes."""
        self.look()
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.catch_up()
            except EctsimError as error:
                self._give_up(error.__str__)
            except OSError as error:
                self._give_up(partial(file_failure, error))
            except Exception as defect:
                logging.getLogger(__name__).exception("a defect of ectsim")
                self._give_up(partial(text, "cli.failed.defect", kind=type(defect).__name__, reason=defect))
            else:
                if self._game_key() != self._failed:
                    self._tell_trouble({})

    def _give_up(self, why: Callable[[], str]) -> None:
        """Show no worlds rather than those of another setting, and say why."""
        self._failed = self._tried
        self._leave()
        self._clear()
        self._tell_trouble(in_every_language(why))

    def _clear(self) -> None:
        self.messages, self._keys, self._coming = {}, {}, None
        self.publish("cleared")

    def _tell_trouble(self, trouble: dict[str, str]) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.publish("trouble")

    async def catch_up(self) -> None:
        """Play until nothing more is needed.

        Raises
        ------
        InputError
            If a scenario does not go with its territory or its posterior.
        CapacityError
            If it has fewer places for projects than its worlds need.
        """
        while (task := next(self._needed(), None)) is not None:
            self._tried, ground = self._game_key(), self._ground()
            made = await asyncio.get_running_loop().run_in_executor(self._thread, task.play)
            if made is None or ground != self._ground():
                continue
            if task.kind == "worlds":
                # pages drop these with the former worlds, even where levers have come back to what they were
                self._keys = {kind: key for kind, key in self._keys.items() if kind not in OF_WORLDS}
                self.messages = {kind: sent for kind, sent in self.messages.items() if kind not in OF_WORLDS}
            self._keys[task.kind] = task.key
            self.messages[task.kind] = json.dumps({"type": task.kind} | made, separators=(",", ":"))
            self.publish(task.kind)
            self._failed = None
            self._tell_trouble({})

    def close(self) -> None:
        """Let go of the threads."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._leave()

    def _leave(self) -> None:
        if self._simulator:
            self._simulator[1].close()
            self._simulator = None

    def hand(self, identity: str) -> dict[str, Any] | None:
        """What the player of a participant is told; None while its world is not played."""
        player = self.session.participants.get(identity)
        if player is None or player.actor is None or self._keys.get("game") != self._game_key():
            return None
        return {"type": "hand"} | hand(self._coming, player.actor, self.session.year) if self._coming else None

    def _needed(self) -> Iterator[Task]:
        """What is to be played, the most urgent first."""
        if self._game_key() == self._failed:
            return iter(())
        session = self.session
        values, before = dict(session.values), session.before
        ground = self._ground()
        worlds = (*ground, *sorted(values.items()))

        def unwanted() -> bool:
            return (*self._ground(), *sorted(session.values.items())) != worlds

        simulator = partial(self._of_setting, ground, session.scenario_a, session.scenario_b)
        game = Task("game", self._game_key(), lambda: self._game(simulator()))
        playing = session.screen == "play"
        tasks = [
            Task("cast", ground, lambda: simulator().cast()),
            Task("worlds", worlds, lambda: simulator().pair(values, before)),
            *([game] if playing else []),
            Task("draws", worlds, lambda: simulator().band(values, DRAWS, unwanted, before, BAND)),
            Task("band", worlds, lambda: simulator().band(values, BAND, unwanted)),
            Task("costs", worlds, lambda: simulator().costs(values, unwanted)),
            *([] if playing else [game]),
        ]
        return (task for task in tasks if self._keys.get(task.kind) != task.key)

    def _game(self, simulator: Simulator) -> dict[str, Any]:
        """The game so far; the coming year, played as if nobody decided anything more, tells who is invited."""
        session = self.session
        months = YEAR * session.year
        ahead = min(months + YEAR, YEAR * session.setting.years)
        self._coming = simulator.game(session.values, decisions_of(session.rounds), ahead)
        played = simulator.game(session.values, decisions_of(session.rounds), months)
        return {"year": session.year} | packed(played) | {"ideas": lone_ideas(played, months - YEAR)}

    def _ground(self) -> Ground:
        setting = self.session.setting
        return setting.a, setting.b, setting.years, setting.seed

    def _game_key(self) -> tuple[Any, ...]:
        session = self.session
        return (*self._ground(), *sorted(session.values.items()), json.dumps(session.rounds))

    def _of_setting(self, ground: Ground, scenario_a: Scenario, scenario_b: Scenario) -> Simulator:
        """Made in the thread that plays: reading a posterior takes long enough to keep pages waiting."""
        if self._simulator is None or self._simulator[0] != ground:
            self._leave()
            a = prepare(scenario_a, posterior=read_apart(scenario_a))
            *_, seed = ground
            self._simulator = ground, Simulator(a, vary(a, scenario_b), seed)
        return self._simulator[1]


def read_apart(scenario: Scenario) -> Posterior | None:
    """Posterior of a scenario, read in a process that then ends: the reader of Parquet would take 50 MB of this one.

    Raises
    ------
    InputError
        As :func:`ectsim.posterior.load_posterior` does.
    WorkersLostError
        If that process is killed whenever it tries.
    """
    if scenario.drawn_from is None:
        return None
    load = partial(load_posterior, beside=scenario.source)
    with open_engine("processes", 1) as apart:
        [(_, posterior)] = retrying(apart, load, [scenario.drawn_from])
    return posterior
