"""What each role sees of a session: the facilitator all, the projector no identity, a phone its own part."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from ectsim.workshop.protocol import CATEGORIES, EMOTIONS, PHASES, STATEMENTS
from ectsim.workshop.session import Participant, Session

BET_SCREENS = ("prepare", "welcome", "territory", "bet")
"""Until the room has seen both worlds, nobody sees a bet."""


def shared_view(session: Session) -> dict[str, Any]:
    """What facilitator and projector see."""
    people = session.participants.values()
    setting = session.setting
    bets = [one.bet for one in people if one.bet is not None] + list(session.hand_bets)
    return {
        "screen": session.screen,
        "setting": {
            "a": setting.a,
            "b": setting.b,
            "years": setting.years,
            "seed": setting.seed,
            "name_a": session.scenario_a.name.model_dump(),
            "name_b": session.scenario_b.name.model_dump(),
            "levers": [session.levers[name].packed() for name in setting.levers],
            "themes": list(session.scenario_b.themes),
        },
        "adds_call": session.adds_call,
        "layers": session.layers,
        "clock": session.clock,
        "here": Counter(one.category for one in people) | {},
        "bets_count": len(bets),
        "bets": sorted(bets) if session.screen not in BET_SCREENS else [],
        "values": session.values,
        "before": session.before,
        "replays": session.replays,
        "changes": session.changes,
        "proposals": {
            name: sorted(one.proposals[name] for one in people if name in one.proposals) for name in setting.levers
        },
        "game": {
            "year": session.year,
            "players": [{"actor": one.actor, "name": one.name} for one in people if one.actor is not None],
            "decided": sum(one.decision is not None for one in people),
        },
        "draws": {"shown": session.draws, "band": session.band},
        "project": session.project,
        "phase": PHASES[session.phase],
        "notes": session.notes,
        "emotions": _emotions(people),
        "votes": _votes(session),
    }


def _emotions(people: Collection[Participant]) -> dict[str, int]:
    felt = Counter(one.emotion for one in people)
    return {emotion: felt[emotion] for emotion in EMOTIONS}


def _votes(session: Session) -> dict[str, list[int]]:
    """Hands and phones together, by statement: like us, unlike us."""
    people = session.participants.values()
    given = {item: Counter(one.votes.get(item) for one in people) for item in STATEMENTS}
    hands = {item: session.hand_votes.get(item, (0, 0)) for item in STATEMENTS}
    return {item: [given[item]["like"] + hands[item][0], given[item]["unlike"] + hands[item][1]] for item in STATEMENTS}


def facilitator_view(session: Session, connected: Mapping[str, int]) -> dict[str, Any]:
    """All, with the people in the room and what may be prepared."""
    library = session.library
    return shared_view(session) | {
        "library": [
            {
                "name": name,
                "title": scenario.name.model_dump(),
                "description": scenario.description.model_dump() if scenario.description else None,
                "partners": library.partners[name],
            }
            for name, scenario in library.scenarios.items()
        ],
        "levers": [lever.packed() for lever in session.levers.values()],
        "hand_bets": list(session.hand_bets),
        "hand_votes": session.hand_votes,
        "participants": [
            {
                "id": identity,
                "name": one.name,
                "category": one.category,
                "actor": one.actor,
                "here": identity in connected,
            }
            for identity, one in session.participants.items()
        ],
    }


def participant_view(session: Session, identity: str) -> dict[str, Any]:
    """A phone's own part."""
    me = session.participants.get(identity)
    setting = session.setting
    return {
        "screen": session.screen,
        "adds_call": session.adds_call,
        "me": None if me is None else {"name": me.name, "category": me.category},
        "categories": list(CATEGORIES),
        "bet": me.bet if me else None,
        "years": setting.years,
        "levers": [
            session.levers[name].packed() | {"now": session.values.get(name, session.levers[name].value)}
            for name in setting.levers
        ],
        "proposals": me.proposals if me else {},
        "themes": list(session.scenario_b.themes),
        "game": {
            "year": session.year,
            "actor": me.actor if me else None,
            "taken": sorted(one.actor for one in session.participants.values() if one.actor is not None),
            "decision": me.decision if me else None,
        },
        "phase": PHASES[session.phase],
        "emotion": me.emotion if me else None,
        "votes": me.votes if me else {},
    }
