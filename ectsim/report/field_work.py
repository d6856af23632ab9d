"""The page a research officer takes to a supervision meeting: who was met, how far coders agree, what can be said.

Everything shown is by sector or by kind of actor; no row of an interview is.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.disclosure import warnings_of
from ectsim.calibration.guides import QUOTA_COLUMNS, quota
from ectsim.calibration.pages import rendered
from ectsim.calibration.posteriors import Posteriors, group_label, tell_assumptions
from ectsim.calibration.questions import SUPPORT
from ectsim.calibration.reliability import Reliability
from ectsim.calibration.targets import Targets, tell_power
from ectsim.locale import text
from ectsim.report.wording import number, share
from ectsim.territory.nomenclature import KINDS, SECTORS

if TYPE_CHECKING:
    from ectsim.calibration.tidy import Interviews

ABSENT = "–"
LEFT, RIGHT, TOP, BOTTOM = 40, 550, 10, 150


@dataclass(frozen=True)
class Shown:
    """A table of the page: its first ``words`` columns hold words, the others numbers."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def field_work_page(
    interviews: "Interviews", assessed: Sequence[Reliability], posteriors: Posteriors, targets: Targets | None
) -> str:
    """The page, self-contained, in the current language; ``targets`` are those of the census, if there is one."""
    known = code_novelty(interviews)
    last = known[-1] if known else 0
    fresh = next((rank for rank, count in enumerate(known, 1) if count == last), 0)
    values = {"interviews": len(interviews.interviews), "coders": interviews.codings["coder_id"].nunique()}
    return rendered(
        "report.html",
        synthetic=interviews.synthetic,
        lead=text("interviews.report.lead", **values),
        sample=_sample(interviews),
        curve=_curve(known),
        novelty_note=text("interviews.report.novelty_note", codes=last, rank=fresh),
        reliability=reliability_table(assessed),
        findings=[found for found in _findings(posteriors) if found.rows],
        unknown=list(_unknown(interviews, assessed, posteriors, targets)),
    )


def code_novelty(interviews: "Interviews") -> list[int]:
    """Codes (and modalities of one choice or several) met so far, after each interview in order of month and name."""
    order = interviews.interviews.sort_values(["month", "interview_id"])["interview_id"]
    told = interviews.codings[interviews.codings["status"] == "code"]
    said: dict[str, set[tuple[str, str, str]]] = {}
    for interview, name, target, value in zip(
        told["interview_id"], told["code"], told["target"], told["value"], strict=True
    ):
        named = load_codebook().codes[name].scale in ("N", "M")
        values = value.split("|") if named else [""]
        # partners are different people for each interviewee: naming one more is no new code
        about = "" if load_codebook().codes[name].target == "partner" else target
        said.setdefault(interview, set()).update((name, about, one) for one in values)
    met: set[tuple[str, str, str]] = set()
    counts = []
    for interview in order:
        met |= said.get(interview, set())
        counts.append(len(met))
    return counts


def _curve(known: Sequence[int]) -> list[tuple[float, float, str, int]]:
    """Points of the curve in the units of its drawing, with the rank of the interview and the codes known."""
    steps = max(len(known) - 1, 1)
    return [
        (
            round(LEFT + 10 + (RIGHT - LEFT - 20) * rank / steps, 1),
            round(BOTTOM - (BOTTOM - TOP) * count / max(known[-1], 1), 1),
            str(rank + 1),
            count,
        )
        for rank, count in enumerate(known)
    ]


def reliability_table(assessed: Iterable[Reliability]) -> Shown:
    """Reliability of every code as people read it."""
    columns = ("code", "units", "agreement", "prevalence", "kappa", "pabak", "alpha", "interval", "verdict")
    rows = tuple(
        (
            _named(load_codebook().codes[one.code], one.item),
            str(one.units),
            _defined(one.agreement, share),
            _defined(one.prevalence, share),
            _defined(one.kappa),
            _defined(one.pabak),
            _defined(one.alpha),
            _span(one.low, one.high),
            text(f"interviews.verdict.{one.verdict}"),
        )
        for one in assessed
    )
    titles = tuple(text(f"interviews.reliability.{column}") for column in columns)
    return Shown("", text("interviews.report.reliability_note"), titles, rows)


def _sample(interviews: "Interviews") -> Shown:
    """Interviews by sector against the territory; by size class too, cells would hold one or two people."""
    if not len(interviews.frame):
        sectors = interviews.interviews["sector"].value_counts(sort=False)
        rows = tuple((categories("sector")[str(sector)].label, str(count)) for sector, count in sectors.items())
        titles = tuple(text(f"guides.column.{column}") for column in ("sector", "done"))
        return Shown("", text("interviews.report.no_frame"), titles, rows)
    counts: dict[str, list[int]] = {}
    for sector, _, *numbers in quota(interviews.frame, interviews).itertuples(index=False, name=None):
        counts[sector] = [sum(pair) for pair in zip(counts.get(sector, [0] * len(numbers)), numbers, strict=True)]
    rows = tuple((categories("sector")[sector].label, *map(str, told)) for sector, told in counts.items())
    titles = tuple(text(f"guides.column.{column}") for column in QUOTA_COLUMNS if column != "size_class")
    return Shown("", "", titles, rows)


def _findings(posteriors: Posteriors) -> Iterable[Shown]:
    entries = [row for row in posteriors.table().to_dict("records") if row["group"] in (*SECTORS, SUPPORT, *KINDS)]
    by_sector = [row for row in entries if row["grouped_by"] == "sector"]
    by_kind = [row for row in entries if row["grouped_by"] == "kind" and row["parameter"]]
    parts = {
        "interests": [row for row in by_sector if row["question"].startswith("INT_THEME[")],
        "roles": [row for row in by_sector if row["question"].startswith("ROLE_ACT[")],
        "necessary": [row for row in by_sector if row["question"].startswith("ACT_NEC[")],
    }
    told = {row["question"] for part in parts.values() for row in part}
    rest = [row for row in by_sector if row["question"] not in told]
    for name, rows in parts.items():
        yield _by_group(f"interviews.report.{name}", rows)
    yield _by_group("interviews.report.kinds", by_kind)
    yield _by_group("interviews.report.parameters", [row for row in rest if row["parameter"]])
    yield _by_group("interviews.report.others", [row for row in rest if not row["parameter"]])


def _by_group(key: str, rows: Sequence[dict[str, Any]]) -> Shown:
    """Questions by group: mean and 5-95 % of the posterior; a group that was pooled is starred."""
    present = {row["group"] for row in rows}
    groups = [group for group in (*SECTORS, SUPPORT, *KINDS) if group in present]
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        star = "*" if row["pooled_with"] else ""
        cells.setdefault(row["question"], {})[row["group"]] = f"{_estimate(row)}{star}"
    # many kinds would not fit across a page
    if len(groups) > len(SECTORS) + 1:
        questions = list(cells)
        lines = [(group_label(group), *(cells[name].get(group, ABSENT) for name in questions)) for group in groups]
        return Shown(text(key), text("interviews.report.read"), ("", *map(_question_label, questions)), tuple(lines))
    lines = [(_question_label(name), *(own.get(group, ABSENT) for group in groups)) for name, own in cells.items()]
    return Shown(text(key), text("interviews.report.read"), ("", *map(group_label, groups)), tuple(lines))


def _estimate(row: dict[str, Any]) -> str:
    level = not math.isnan(row["level_mean"])
    mean, low, high = (row[f"level_{name}"] if level else row[name] for name in ("mean", "low", "high"))
    return f"{number(mean, 2)} ({_span(low, high)})"


def _span(low: float, high: float) -> str:
    return ABSENT if math.isnan(low) else text("interviews.report.span", low=number(low, 2), high=number(high, 2))


def _defined(value: float, written: Callable[[float], str] = lambda value: number(value, 2)) -> str:
    return ABSENT if math.isnan(value) else written(value)


def _question_label(name: str) -> str:
    code, _, item = name.rstrip("]").partition("[")
    return _named(load_codebook().codes[code], item)


def _named(code: Code, item: str) -> str:
    if not item:
        return code.label
    lists = {"theme": "theme", "kind": "actor_type"}
    values = categories(lists[code.target]).values() if code.target in lists else code.categories.values()
    labels = [category.label for category in values if item in (category.value, category.model_name)]
    return f"{code.label}{text('cli.colon')} {text('interviews.report.or').join(labels) or item}"


def _unknown(
    interviews: "Interviews", assessed: Sequence[Reliability], posteriors: Posteriors, targets: Targets | None
) -> Iterable[str]:
    again = dict.fromkeys(load_codebook().codes[one.code].label for one in assessed if one.verdict == "widen")
    if again:
        yield text("interviews.report.recode", codes=", ".join(again))
    coded = set(interviews.codings["code"][interviews.codings["status"] == "code"])
    absent = [code.label for code in load_codebook().codes.values() if code.required and code.name not in coded]
    if absent:
        yield text("interviews.report.never_coded", codes=", ".join(absent))
    yield from tell_assumptions(posteriors)
    yield from map(str, warnings_of(interviews))
    if targets is None:
        yield text("interviews.report.no_census")
        return
    yield from map(str, targets.gaps)
    yield from tell_power(targets)
