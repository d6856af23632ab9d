"""The words of the protocol: screens, categories, phases, why a message is refused. Messages live in messages.py."""

from collections.abc import Mapping

SCREENS = (
    "prepare",
    "welcome",
    "territory",
    "bet",
    "compare",
    "levers",
    "play",
    "luck",
    "fates",
    "debrief",
    "takeaway",
)
CATEGORIES = ("public", "private", "civil", "officer", "other")
PHASES = ("emotions", "events", "explanations", "reality", "next")
EMOTIONS = ("surprised", "convinced", "doubtful", "curious", "worried", "hopeful")
STATEMENTS = ("few", "known", "officers", "money", "luck", "windfall", "time", "sectors")
STANCES = ("open", "model", "closed")
MESSAGE_BYTES = 4096


class RefusedError(Exception):
    """A message the session does not accept; ``reason`` is a word of the protocol, ``detail`` is for the sender.

    The detail is one text, or one in each language.
    """

    def __init__(self, reason: str, detail: str | Mapping[str, str] = ""):
        super().__init__(reason)
        self.reason, self.detail = reason, detail
