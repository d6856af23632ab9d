"""Messages that may come in: their fields and bounds, who may send them. docs/workshop_protocol.md says what they do.

Nothing here knows a session. Unknown keys are ignored, numbers clamped, texts cut; anything else wrong is refused.
"""

import json
import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from ectsim.workshop.protocol import (
    CATEGORIES,
    EMOTIONS,
    MESSAGE_BYTES,
    PHASES,
    SCREENS,
    STANCES,
    STATEMENTS,
    RefusedError,
)

BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that show nothing, which no category tells apart."""
MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
HEAP = re.compile(f"({MARKS}{{2}}){MARKS}+")
"""More marks over one letter than any language writes, which would cover the lines around."""


def cut(limit: int) -> BeforeValidator:
    """Text without control, invisible or heaped characters, of at most ``limit`` characters."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        plain = " ".join(unicodedata.normalize("NFC", value[: 8 * limit]).split())
        seen = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C" and sign not in BLANK)
        return HEAP.sub(r"\1", seen)[:limit].strip()

    return BeforeValidator(read)


def clamped(low: float, high: float) -> BeforeValidator:
    """A number brought between two bounds."""

    def read(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return min(max(value, low), high)

    return BeforeValidator(read)


Title = Annotated[str, cut(80)]
Name = Annotated[str, cut(24)]
Words = Annotated[str, cut(400), Field(min_length=1)]
Years = Annotated[int, clamped(1, 20)]
Seed = Annotated[int, clamped(0, 2**53)]
Layer = Annotated[int, clamped(0, 3)]
Month = Annotated[int, clamped(0, 240)]
Pace = Annotated[float, clamped(0.5, 24)]
Guess = Annotated[int, clamped(0, 999)]
Shown = Annotated[int, clamped(0, 30)]
PhaseNumber = Annotated[int, clamped(0, len(PHASES) - 1)]
Simulated = Annotated[int, clamped(0, 40)]
Value = Annotated[float, clamped(-1e9, 1e9)]
Key = Annotated[int, clamped(0, 10**7)]
Birth = Annotated[int, clamped(-(10**4), 10**4)]


class Message(BaseModel):
    """What every message is."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False, allow_inf_nan=False)


class FromFacilitator(Message):
    """What only the facilitator may send."""


class FromParticipant(Message):
    """What only a participant may send."""


class Hello(Message):
    """First message of a connection."""

    type: Literal["hello"]
    role: Literal["facilitator", "screen", "participant"]
    token: str = Field("", max_length=100)
    code: str = Field("", max_length=20)
    id: str = Field("", max_length=40)


class Prepare(FromFacilitator):
    """New worlds."""

    type: Literal["prepare"]
    a: Title
    b: Title
    years: Years = 10
    seed: Seed = 1
    levers: tuple[Title, ...] = Field((), max_length=6)


class Wifi(FromFacilitator):
    """The network whose QR code is shown; not logged."""

    type: Literal["wifi"]
    name: Annotated[str, cut(32)]
    password: str = Field("", max_length=63)


class Show(FromFacilitator):
    """The screen that everybody sees."""

    type: Literal["show"]
    screen: Literal[SCREENS]  # pyright: ignore[reportInvalidTypeForm]


class Layers(FromFacilitator):
    """Outlines, actors, ties: how many of them are shown."""

    type: Literal["layers"]
    shown: Layer


class Clock(FromFacilitator):
    """Month shown, and whether it runs."""

    type: Literal["clock"]
    month: Month
    playing: bool = False
    pace: Pace = 6.0


class HandBets(FromFacilitator):
    """Guesses taken by show of hands."""

    type: Literal["hand_bets"]
    bets: tuple[Guess, ...] = Field((), max_length=200)


class Pull(FromFacilitator):
    """Levers of B."""

    type: Literal["pull"]
    values: dict[Title, float] = Field(max_length=6)


class Replay(FromFacilitator):
    """The last change again."""

    type: Literal["replay"]


class Round(FromFacilitator):
    """Twelve months with the room's decisions."""

    type: Literal["round"]


class NewGame(FromFacilitator):
    """Back to month 0."""

    type: Literal["new_game"]


class Draws(FromFacilitator):
    """How many of the thirty draws are shown, and the band."""

    type: Literal["draws"]
    shown: Shown
    band: bool = False


class Choose(FromFacilitator):
    """Project whose two lives are shown."""

    type: Literal["choose"]
    project: tuple[Key, Birth] | None = None


class Phase(FromFacilitator):
    """Phase of the debriefing."""

    type: Literal["phase"]
    phase: PhaseNumber


class Note(FromFacilitator):
    """A note of the debriefing."""

    type: Literal["note"]
    text: Words


class HandVotes(FromFacilitator):
    """Votes by show of hands."""

    type: Literal["hand_votes"]
    item: Literal[STATEMENTS]  # pyright: ignore[reportInvalidTypeForm]
    like: Guess
    unlike: Guess


class Remove(FromFacilitator):
    """Someone is sent out of the room."""

    type: Literal["remove"]
    participant: Title


class Rehearse(FromFacilitator):
    """Simulated participants; not logged."""

    type: Literal["rehearse"]
    count: Simulated


class Join(FromParticipant):
    """Who a participant is."""

    type: Literal["join"]
    name: Name = ""
    category: Literal[CATEGORIES]  # pyright: ignore[reportInvalidTypeForm]


class Bet(FromParticipant):
    """A guess."""

    type: Literal["bet"]
    number: Guess


class Propose(FromParticipant):
    """Where a participant would set a lever."""

    type: Literal["propose"]
    lever: Title
    value: Value


class Take(FromParticipant):
    """The actor a participant plays."""

    type: Literal["take"]
    actor: Key | None = None


class Decide(FromParticipant):
    """What a participant decides for the coming twelve months."""

    type: Literal["decide"]
    stance: Literal[STANCES]  # pyright: ignore[reportInvalidTypeForm]
    answers: tuple[tuple[Key, Birth, bool], ...] = Field((), max_length=20)
    idea: Title | None = None


class Feel(FromParticipant):
    """An emotion, in the debriefing."""

    type: Literal["feel"]
    emotion: Literal[EMOTIONS] | None = None  # pyright: ignore[reportInvalidTypeForm]


class Vote(FromParticipant):
    """Whether a statement looks like the territory."""

    type: Literal["vote"]
    item: Literal[STATEMENTS]  # pyright: ignore[reportInvalidTypeForm]
    likeness: Literal["like", "unlike"] | None = None


_KNOWN: dict[str, TypeAdapter[Any]] = {
    variant.model_fields["type"].annotation.__args__[0]: TypeAdapter(variant)  # pyright: ignore
    for variant in (Hello, *FromFacilitator.__subclasses__(), *FromParticipant.__subclasses__())
}


def read_message(raw: str) -> Message:
    """Read one message.

    Raises
    ------
    RefusedError
        If it is too long, no JSON object, of no known type, or a value is none it may have.
    """
    if len(raw.encode("utf-8", "surrogatepass")) > MESSAGE_BYTES:
        raise RefusedError("size")
    try:
        given = json.loads(raw)
        return read_values(given)
    except (ValueError, RecursionError) as error:
        raise RefusedError("message") from error


def read_values(given: Any) -> Message:
    """A message from plain values; ValueError where they are none."""
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in _KNOWN:
        raise ValueError("no known message")
    try:
        return _KNOWN[kind].validate_python(given)
    except (ValidationError, OverflowError) as error:
        raise ValueError(str(error)) from error
