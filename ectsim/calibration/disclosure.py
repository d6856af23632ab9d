"""What interviews would disclose and to whom they consented: rare profiles, small cells, consent.

What identifies a person in a text or a header is in privacy.py; withdrawal in withdrawal.py.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ectsim.calibration.tidy import Interviews
from ectsim.calibration.values import several
from ectsim.errors import Problem
from ectsim.locale import text

if TYPE_CHECKING:
    import pandas as pd

QUASI_IDENTIFIERS = ("sector", "actor_type", "size_class", "zone")
"""Columns that together may single an interviewee out for whoever knows the territory."""
LEAST_ALIKE = 5
LEAST_IN_CELL = 3
LEAST_IN_SECTOR = 5


def alike(interviews: "pd.DataFrame", columns: Sequence[str] = QUASI_IDENTIFIERS) -> list[int]:
    """How many interviewees share the values of each one in ``columns``, itself included (k of k-anonymity)."""
    profiles = list(zip(*(interviews[column] for column in columns), strict=True))
    sizes = Counter(profiles)
    return [sizes[profile] for profile in profiles]


def warnings_of(interviews: Interviews, columns: Sequence[str] = QUASI_IDENTIFIERS) -> Iterator[Problem]:
    """Yield what should be known before anything by row, or by small group, is shown to somebody."""
    table = interviews.interviews
    if table.empty:
        return
    sizes = alike(table, columns)
    if rare := sum(size < LEAST_ALIKE for size in sizes):
        values: dict[str, object] = {"count": rare, "least": LEAST_ALIKE, "alone": sizes.count(1)}
        yield Problem(
            "imports.disclosure.rare",
            values | {"columns": ", ".join(text(f"interviews.column.{name}") for name in columns)},
        )
    for column in columns:
        counts = table[column].value_counts()
        if small := sum(count < LEAST_IN_CELL for count in counts):
            yield Problem("imports.disclosure.small_cells", {"count": small, "least": LEAST_IN_CELL}, field=column)
    if withheld := sum(not shared for shared in table["consent_sharing"]):
        yield Problem("imports.disclosure.not_to_share", {"count": withheld})
    for sector, count in table["sector"].value_counts().items():
        if count < LEAST_IN_SECTOR:
            yield Problem("imports.disclosure.small_sector", {"count": count, "sector": sector}, field="sector")


def with_consent(interviews: Interviews) -> tuple[Interviews, int]:
    """Interviews whose consent to analysis holds, and how many were dropped."""
    table = interviews.interviews
    refused = table.loc[~table["consent_analysis"].astype(bool), "interview_id"]
    return without(interviews, list(refused)), len(refused)


def without(interviews: Interviews, identifiers: Sequence[str]) -> Interviews:
    """All but some interviews: their rows, their codings, the ties they told or that lead to them, their mention."""
    table = interviews.interviews
    gone = table["interview_id"].isin(list(identifiers))
    # somebody interviewed twice remains known by the other interview
    actors = list(set(table.loc[gone, "actor_id"]) - set(table.loc[~gone, "actor_id"]))
    ties, codings, projects = interviews.ties, interviews.codings, interviews.projects.copy()
    projects["interview_ids"] = [
        "|".join(name for name in several(names) if name not in identifiers) for names in projects["interview_ids"]
    ]
    return dataclasses.replace(
        interviews,
        interviews=table[~gone].reset_index(drop=True),
        codings=codings[~codings["interview_id"].isin(list(identifiers))].reset_index(drop=True),
        ties=ties[~(ties["source"].isin(actors) | ties["target"].isin(actors))].reset_index(drop=True),
        projects=projects.astype(interviews.projects.dtypes.to_dict()),
    )
