"""The state of a session: what every accepted event changes. A session is the fold of its log, nothing else.

What each role sees of it lives in views.py; worlds are played in simulator.py.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from ectsim.errors import InputError
from ectsim.locale import in_every_language
from ectsim.scenario import comparable
from ectsim.scenario.schema import Scenario
from ectsim.workshop import messages as m
from ectsim.workshop.levers import MOST_SHOWN, Lever, levers_of, preferred, pulled
from ectsim.workshop.protocol import PHASES, RefusedError

ROOM = 60
MOST_KNOWN = 200
"""People who may join over a day, gone or not: a bound on what a hostile phone can fill."""
MOST_NOTES = 500
ONE_GESTURE = 2.0
"""Seconds within which moves of one lever are one change: a slider sends every step it goes through."""


@dataclasses.dataclass
class Participant:
    """Somebody in the room, with what they gave."""

    name: str
    category: str
    bet: int | None = None
    proposals: dict[str, float] = dataclasses.field(default_factory=dict)
    actor: int | None = None
    decision: dict[str, Any] | None = None
    emotion: str | None = None
    votes: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Setting:
    """Which worlds are played."""

    a: str
    b: str
    years: int
    seed: int
    levers: tuple[str, ...]


class Library:
    """The scenarios a session may use, by name."""

    def __init__(self, scenarios: Mapping[str, Scenario]):
        self.scenarios = scenarios

    def lasting(self, name: str, years: int) -> Scenario:
        """A scenario observed for so many years.

        Raises
        ------
        RefusedError
            If there is no such scenario, or its instruments do not fit in.
        """
        scenario = self.scenarios.get(name)
        if scenario is None:
            raise RefusedError("scenario", name)
        if scenario.horizon.months == 12 * years:
            return scenario
        horizon = scenario.horizon.model_dump() | {"months": 12 * years}
        try:
            made = Scenario.model_validate(scenario.model_dump() | {"horizon": horizon})
        except (InputError, ValidationError) as error:
            raise RefusedError("scenario", in_every_language(error.__str__)) from error
        made._source = scenario.source
        return made

    @cached_property
    def partners(self) -> dict[str, list[str]]:
        """With which scenarios each may be compared."""
        known = self.scenarios
        return {a: [b for b in known if b != a and not comparable(known[a], known[b])] for a in known}


class Session:
    """What has been decided so far.

    Parameters
    ----------
    library
        Scenarios by name.
    a, b
        Names of the two scenarios compared until the facilitator prepares others.
    """

    def __init__(self, library: Library, a: str, b: str):
        self.library = library
        self.participants: dict[str, Participant] = {}
        self.screen = "prepare"
        self.layers = 0
        self.hand_bets: tuple[int, ...] = ()
        self.phase = 0
        self.notes: list[dict[str, Any]] = []
        self.hand_votes: dict[str, tuple[int, int]] = {}
        years = max(1, round(library.scenarios[b].horizon.months / 12))
        self._prepare(m.Prepare(type="prepare", a=a, b=b, years=years, levers=()))

    def _prepare(self, event: m.Prepare) -> None:
        a, b = (self.library.lasting(name, event.years) for name in (event.a, event.b))
        if comparable(a, b):
            raise RefusedError("incomparable", in_every_language(lambda: " · ".join(comparable(a, b))))
        self.scenario_a, self.scenario_b = a, b
        self.levers: dict[str, Lever] = levers_of(b)
        shown = tuple(name for name in event.levers if name in self.levers)[:MOST_SHOWN] or preferred(self.levers)
        self.setting = Setting(event.a, event.b, event.years, event.seed, shown)
        self.clock: dict[str, Any] = {"month": 0, "playing": False, "pace": 6.0}
        self.values: dict[str, float] = {}
        self.changes: list[dict[str, Any]] = []
        self.replays = 0
        self.draws, self.band = 0, False
        self.project: tuple[int, int] | None = None
        self.hand_bets = ()
        self._new_game()
        for participant in self.participants.values():
            participant.bet, participant.proposals = None, {}

    def _new_game(self) -> None:
        self.rounds: list[list[dict[str, Any]]] = []
        for participant in self.participants.values():
            participant.actor = participant.decision = None

    def apply(self, by: str, event: m.Message, at: str) -> None:
        """Change the state as an event that came at a moment (ISO 8601) says.

        Raises
        ------
        RefusedError
            If it cannot be; the state is then as it was.
        """
        if isinstance(event, m.FromParticipant):
            _OF_PARTICIPANT[type(event)](self, by, event)
        else:
            _OF_FACILITATOR[type(event)](self, event, at)

    def known(self, participant: str) -> Participant:
        """A participant who has joined."""
        found = self.participants.get(participant)
        if found is None:
            raise RefusedError("join_first")
        return found

    @property
    def before(self) -> dict[str, float] | None:
        """Levers before the last change; None where there is none."""
        if not self.changes:
            return None
        return self.changes[-2]["values"] if len(self.changes) > 1 else {}

    @property
    def worlds(self) -> str:
        """Digest of both scenarios."""
        both = (one.model_dump_json(exclude_defaults=True) for one in (self.scenario_a, self.scenario_b))
        return hashlib.sha256("\n".join(both).encode()).hexdigest()

    @property
    def adds_call(self) -> bool:
        """Whether a call is among what B adds to A."""
        a, b = ({one.kind for one in scenario.instruments} for scenario in (self.scenario_a, self.scenario_b))
        return "call" in b - a

    @property
    def year(self) -> int:
        """Years the room has played."""
        return len(self.rounds)

    def _show(self, event: m.Show, at: str) -> None:
        self.screen = event.screen
        self.clock = self.clock | {"playing": False}

    def _layers(self, event: m.Layers, at: str) -> None:
        self.layers = event.shown

    def _clock(self, event: m.Clock, at: str) -> None:
        month = min(event.month, 12 * self.setting.years)
        self.clock = {"month": month, "playing": event.playing, "pace": event.pace}

    def _hand_bets(self, event: m.HandBets, at: str) -> None:
        self.hand_bets = event.bets

    def _pull(self, event: m.Pull, at: str) -> None:
        given = {name: self.levers[name].clamped(value) for name, value in event.values.items() if name in self.levers}
        values = self.values | given
        values = {name: value for name, value in values.items() if value != self.levers[name].value}
        if values == self.values:
            return
        try:
            pulled(self.scenario_b, self.levers, values)
        except (InputError, ValidationError) as error:
            raise RefusedError("contradiction", in_every_language(error.__str__)) from error
        moved = sorted(name for name in self.values | values if self.values.get(name) != values.get(name))
        if self.changes and self.changes[-1]["moved"] == moved and _soon(self.changes[-1]["at"], at):
            self.changes.pop()
        self.values = values
        if values != (self.changes[-1]["values"] if self.changes else {}):
            self.changes.append({"at": at, "moved": moved, "values": values})

    def _replay(self, event: m.Replay, at: str) -> None:
        self.replays += 1

    def _round(self, event: m.Round, at: str) -> None:
        if self.year >= self.setting.years:
            raise RefusedError("game_over")
        players = [one for one in self.participants.values() if one.actor is not None]
        self.rounds.append([{"actor": one.actor} | (one.decision or {}) for one in players])
        for one in players:
            one.decision = None

    def _restart(self, event: m.NewGame, at: str) -> None:
        self._new_game()

    def _draws(self, event: m.Draws, at: str) -> None:
        self.draws, self.band = event.shown, event.band

    def _choose(self, event: m.Choose, at: str) -> None:
        self.project = event.project

    def _phase(self, event: m.Phase, at: str) -> None:
        self.phase = event.phase

    def _note(self, event: m.Note, at: str) -> None:
        if len(self.notes) >= MOST_NOTES:
            raise RefusedError("full")
        self.notes.append({"at": at, "phase": PHASES[self.phase], "text": event.text})

    def _hand_votes(self, event: m.HandVotes, at: str) -> None:
        self.hand_votes[event.item] = (event.like, event.unlike)

    def _remove(self, event: m.Remove, at: str) -> None:
        self.participants.pop(event.participant, None)

    def _join(self, by: str, event: m.Join) -> None:
        found = self.participants.get(by)
        if found is not None:
            found.name, found.category = event.name, event.category
        elif len(self.participants) >= MOST_KNOWN:
            raise RefusedError("full")
        else:
            self.participants[by] = Participant(event.name, event.category)

    def _bet(self, by: str, event: m.Bet) -> None:
        self.known(by).bet = event.number

    def _propose(self, by: str, event: m.Propose) -> None:
        lever = self.levers.get(event.lever)
        if lever is None or event.lever not in self.setting.levers:
            raise RefusedError("lever")
        self.known(by).proposals[event.lever] = lever.clamped(event.value)

    def _take(self, by: str, event: m.Take) -> None:
        player = self.known(by)
        taken = {one.actor for one in self.participants.values() if one is not player}
        if event.actor is not None and event.actor in taken:
            raise RefusedError("taken")
        if event.actor is not None and event.actor >= self.scenario_b.population.actors:
            raise RefusedError("actor")
        player.actor, player.decision = event.actor, None

    def _decide(self, by: str, event: m.Decide) -> None:
        player = self.known(by)
        if player.actor is None:
            raise RefusedError("take_first")
        if event.idea is not None and event.idea not in self.scenario_b.themes:
            raise RefusedError("theme")
        player.decision = event.model_dump(mode="json", exclude={"type"})

    def _feel(self, by: str, event: m.Feel) -> None:
        self.known(by).emotion = event.emotion

    def _vote(self, by: str, event: m.Vote) -> None:
        votes = self.known(by).votes
        votes.pop(event.item, None)
        if event.likeness is not None:
            votes[event.item] = event.likeness


def _soon(first: str, second: str) -> bool:
    """Whether two moments are those of one gesture."""
    gap = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    return 0 <= gap.total_seconds() < ONE_GESTURE


_OF_PARTICIPANT: dict[type, Callable[[Session, str, Any], None]] = {
    m.Join: Session._join,
    m.Bet: Session._bet,
    m.Propose: Session._propose,
    m.Take: Session._take,
    m.Decide: Session._decide,
    m.Feel: Session._feel,
    m.Vote: Session._vote,
}
_OF_FACILITATOR: dict[type, Callable[[Session, Any, str], None]] = {
    m.Prepare: lambda session, event, at: session._prepare(event),
    m.Show: Session._show,
    m.Layers: Session._layers,
    m.Clock: Session._clock,
    m.HandBets: Session._hand_bets,
    m.Pull: Session._pull,
    m.Replay: Session._replay,
    m.Round: Session._round,
    m.NewGame: Session._restart,
    m.Draws: Session._draws,
    m.Choose: Session._choose,
    m.Phase: Session._phase,
    m.Note: Session._note,
    m.HandVotes: Session._hand_votes,
    m.Remove: Session._remove,
}
LOGGED = (*_OF_PARTICIPANT, *_OF_FACILITATOR)
