"""The tidy files: their columns, what each cell may hold, which columns make a row unique. Reading lives in tidy.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CellKind = Literal["name", "pseudonym", "choice", "flag", "count", "number", "month", "value", "names"]


@dataclass(frozen=True)
class Column:
    """One column.

    ``kind`` says what a cell holds: name, pseudonym (of a person, an organisation or a project), choice (a value of the
    category list ``choices``), flag (true or false), count, number, month (YYYY-MM), value (of a coding, as its code is
    scaled), names (pseudonyms joined by ``|``). An ``optional`` cell may be empty; ``low`` and ``high`` bound counts
    and numbers.
    """

    name: str
    kind: CellKind = "name"
    optional: bool = False
    choices: str = ""
    low: float = 0
    high: float = 1e6


@dataclass(frozen=True)
class Table:
    """Columns of one tidy file, and those whose values together occur once."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]


def _table(key: tuple[str, ...], *columns: Column) -> Table:
    return Table({column.name: column for column in columns}, key)


def _choice(name: str, choices: str = "", *, optional: bool = False) -> Column:
    return Column(name, "choice", optional, choices or name)


SYNTHETIC = Column("synthetic", "flag")

TABLES: Mapping[str, Table] = {
    "interviews": _table(
        ("interview_id",),
        Column("interview_id", "pseudonym"),
        Column("actor_id", "pseudonym"),
        SYNTHETIC,
        _choice("sector"),
        _choice("actor_type"),
        _choice("size_class"),
        _choice("zone"),
        Column("month", "month", optional=True),
        Column("duration_min", "number", optional=True, high=600),
        Column("consent_analysis", "flag"),
        Column("consent_sharing", "flag"),
        _choice("recruited_by", optional=True),
    ),
    "codings": _table(
        ("interview_id", "coder_id", "code", "target"),
        Column("interview_id", "pseudonym"),
        Column("coder_id", "pseudonym"),
        Column("code"),
        Column("target", optional=True),
        _choice("status"),
        Column("value", "value", optional=True),
        Column("n_segments", "count", optional=True),
        Column("confidence", "count", optional=True, high=2),
        SYNTHETIC,
    ),
    "ties": _table(
        ("source", "target", "coder_id"),
        Column("source", "pseudonym"),
        Column("target", "pseudonym"),
        Column("trust", "count", optional=True, high=4),
        Column("past_coop", "count", optional=True),
        Column("conflict", "flag", optional=True),
        Column("coder_id", "pseudonym"),
        SYNTHETIC,
    ),
    "frame": _table(
        ("sector", "size_class"),
        _choice("sector"),
        _choice("size_class"),
        Column("n_population", "count"),
        SYNTHETIC,
    ),
    "projects": _table(
        ("project_id",),
        Column("project_id", "pseudonym"),
        SYNTHETIC,
        _choice("theme", optional=True),
        _choice("theme_2", "theme", optional=True),
        _choice("origin", "ORIG", optional=True),
        _choice("origin_source", optional=True),
        Column("origin_confidence", "count", optional=True, high=2),
        Column("call_id", "pseudonym", optional=True),
        Column("start_month", "month", optional=True),
        Column("first_known_month", "month", optional=True),
        Column("emergence_month", "month", optional=True),
        Column("end_month", "month", optional=True),
        Column("observed_until", "month", optional=True),
        _choice("stage", optional=True),
        Column("alive", "flag", optional=True),
        Column("n_public", "count", optional=True),
        Column("n_prive", "count", optional=True),
        Column("n_societe_civile", "count", optional=True),
        Column("n_soutien", "count", optional=True),
        _choice("lead_sector", "sector", optional=True),
        Column("co_led", "flag", optional=True),
        Column("legal_form", optional=True),
        _choice("public_funding_band", optional=True),
        Column("public_funding_share", "number", optional=True, high=1),
        Column("market_share", "number", optional=True, high=1),
        Column("facilitated", "flag", optional=True),
        _choice("zone", optional=True),
        Column("interview_ids", "names", optional=True),
    ),
}
"""Tables by name; each is the file ``<name>.csv`` of a folder."""
