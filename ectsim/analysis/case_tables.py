"""A judged case as tables, and back: what a results folder keeps of it. Judging lives in case.py."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.analysis.case import Verdict
from ectsim.analysis.case_file import Case, CaseProject
from ectsim.analysis.intervals import Interval

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("events", "team", "curves")


def case_told(case: Case) -> dict[str, Any]:
    """A case as JSON can tell it; what is unknown is null."""
    return {"synthetic": case.synthetic, "projects": [_nulls(dataclasses.asdict(one)) for one in case.projects]}


def _nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _nulls(one) if isinstance(one, dict) else None if one != one else one for name, one in values.items()}


def told_case(told: Mapping[str, Any]) -> Case:
    """The case that :func:`case_told` told."""
    projects = [{**one, "events": _numbers(one["events"])} for one in told["projects"]]
    return Case(
        tuple(CaseProject(**{**one, **_numbers({name: one[name] for name in ("members", "sectors")})})
              for one in projects),
        told["synthetic"],
    )  # fmt: skip


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: math.nan if one is None else one for name, one in values.items()}


def case_tables(verdicts: Sequence[Verdict], synthetic: bool) -> "dict[str, pd.DataFrame]":
    """What is said of each project (``verdicts``), then :data:`TABLES`, where ``place`` is its rank, from 1."""
    import pandas as pd

    rows = [
        {
            "place": place,
            "project": verdict.project.name,
            "alike": verdict.alike,
            "kept": " ".join(verdict.kept),
            "given_up": " ".join(verdict.given_up),
            "followed": verdict.followed,
            "fate": verdict.fate.value if verdict.fate else math.nan,
            "fate_low": verdict.fate.low if verdict.fate else math.nan,
            "fate_high": verdict.fate.high if verdict.fate else math.nan,
            "runs": verdict.fate.runs if verdict.fate else 0,
            "synthetic": synthetic,
        }
        for place, verdict in enumerate(verdicts, 1)
    ]
    tables = {"verdicts": pd.DataFrame(rows)}
    for name in TABLES:
        parts = [
            getattr(verdict, name).assign(
                place=place, project=verdict.project.name, alike=verdict.alike, synthetic=synthetic
            )
            for place, verdict in enumerate(verdicts, 1)
        ]
        tables[name] = pd.concat(parts, ignore_index=True)
    return tables


def read_verdicts(case: Case, tables: "Mapping[str, pd.DataFrame]") -> tuple[Verdict, ...]:
    """The verdicts behind the tables of a case."""
    found = []
    for row, project in zip(tables["verdicts"].to_dict("records"), case.projects, strict=True):
        own: Any = {name: table[table["place"] == row["place"]] for name, table in tables.items()}
        fate = Interval(row["fate"], row["fate_low"], row["fate_high"], int(row["runs"]))
        found.append(
            Verdict(
                project,
                int(row["alike"]),
                tuple(row["kept"].split()),
                tuple(row["given_up"].split()),
                int(row["followed"]),
                own["events"],
                own["team"],
                None if math.isnan(row["fate"]) else fate,
                own["curves"],
            )
        )
    return tuple(found)
