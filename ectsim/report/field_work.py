"""The page a research officer takes to a supervision meeting: who was met, what can be said, how far coders agree.

Everything shown is by sector or by kind of actor; no row of an interview is. Estimates are drawn in field_estimates.py.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.calibration.census import doubts_of
from ectsim.calibration.codebook import categories, load_codebook
from ectsim.calibration.disclosure import warnings_of
from ectsim.calibration.guides import QUOTA_COLUMNS, quota, remarks
from ectsim.calibration.posteriors import Posteriors, tell_assumptions
from ectsim.calibration.reliability import Reliability
from ectsim.calibration.targets import Targets
from ectsim.errors import Problem
from ectsim.locale import text
from ectsim.pages import rendered
from ectsim.report.document import Part, Report, Table
from ectsim.report.field_estimates import ABSENT, MARGIN, WIDTH, named, parts_of, span
from ectsim.report.pages import TEMPLATES
from ectsim.report.wording import number, share

if TYPE_CHECKING:
    from ectsim.calibration.tidy import Interviews

LEFT, RIGHT, TOP, BOTTOM = 40, 550, 10, 110
VERDICTS = ("use", "flag", "widen")


def field_work_page(
    interviews: "Interviews", assessed: Sequence[Reliability], posteriors: Posteriors, targets: Targets | None
) -> str:
    """The page, self-contained, in the current language; ``targets`` are those of the census, if there is one."""
    known = code_novelty(interviews)
    values = {"interviews": len(interviews.interviews), "coders": interviews.codings["coder_id"].nunique()}
    return rendered(
        TEMPLATES / "field_work.html",
        synthetic=interviews.synthetic,
        lead=text("interviews.report.lead", **values),
        short=list(_in_short(interviews, assessed, known, targets)),
        sample=_sample(interviews),
        remarks=remarks(interviews),
        curve=_curve(known),
        novelty_note=_novelty(known),
        reliability=reliability_table(assessed),
        parts=list(parts_of(posteriors)),
        axis=[(MARGIN + (WIDTH - 2 * MARGIN) * at, number(at, 1 if at % 1 else 0)) for at in (0, 0.5, 1)],
        width=WIDTH,
        census=None if targets is None else _census(targets),
        power=None if targets is None else _power(targets),
        unknown=list(_unknown(interviews, assessed, posteriors, targets)),
    )


def field_work_report(
    interviews: "Interviews", assessed: Sequence[Reliability], posteriors: Posteriors, targets: Targets | None
) -> Report:
    """The same as a report like those of other results, for ``ectsim report`` and the synthesis."""
    short = list(_in_short(interviews, assessed, code_novelty(interviews), targets))
    values = {"interviews": len(interviews.interviews), "coders": interviews.codings["coder_id"].nunique()}
    census = () if targets is None else (_census(targets), _power(targets))
    unknown = tuple(
        Part(title, points=tuple(told)) for title, told in _unknown(interviews, assessed, posteriors, targets)
    )
    return Report(
        kind=text("reports.field_work.kind"),
        title=text("interviews.report.title"),
        question=text("reports.field_work.question"),
        answer=(text("interviews.report.lead", **values), *short[:2]),
        details=(
            Part(text("interviews.report.short"), points=tuple(short[2:])),
            Part(text("interviews.report.findings"), tables=estimates_tables(posteriors)),
            Part(text("interviews.report.unknown"), parts=unknown),
        ),
        tables=(_sample(interviews), *census, reliability_table(assessed)),
        method=(text("reports.field_work.method"), text("interviews.report.read")),
        limits=(text("reports.field_work.limit"), text("reports.field_work.privacy")),
        synthetic=interviews.synthetic,
    )


def estimates_tables(posteriors: Posteriors) -> tuple[Table, ...]:
    """Estimates by sector, or by kind of actor, in words: one table a subject."""
    return tuple(
        Table(part.title, part.note, ("", *part.groups), tuple((line.label, *line.cells) for line in part.lines))
        for part in parts_of(posteriors)
    )


def code_novelty(interviews: "Interviews") -> list[int]:
    """Codes (and modalities of one choice or several) met so far, after each interview in order of month and name."""
    order = interviews.interviews.sort_values(["month", "interview_id"])["interview_id"]
    told = interviews.codings[interviews.codings["status"] == "code"]
    said: dict[str, set[tuple[str, str, str]]] = {}
    for interview, name, target, value in zip(
        told["interview_id"], told["code"], told["target"], told["value"], strict=True
    ):
        choices = load_codebook().codes[name].scale in ("N", "M")
        values = value.split("|") if choices else [""]
        # partners are different people for each interviewee: naming one more is no new code
        about = "" if load_codebook().codes[name].target == "partner" else target
        said.setdefault(interview, set()).update((name, about, one) for one in values)
    met: set[tuple[str, str, str]] = set()
    counts = []
    for interview in order:
        met |= said.get(interview, set())
        counts.append(len(met))
    return counts


def _novelty(known: Sequence[int]) -> str:
    last = known[-1] if known else 0
    fresh = next((rank for rank, count in enumerate(known, 1) if count == last), 0)
    return text("interviews.report.novelty_note", codes=last, rank=fresh)


def _in_short(
    interviews: "Interviews", assessed: Sequence[Reliability], known: Sequence[int], targets: Targets | None
) -> Iterable[str]:
    """What the meeting should know first, and decide."""
    verdicts = Counter(one.verdict for one in assessed)
    yield text("interviews.report.short_coding", twice=_coded_twice(interviews), interviews=len(interviews.interviews))
    yield text("interviews.report.short_reliability", total=len(assessed), **{v: verdicts[v] for v in VERDICTS})
    if len(interviews.frame):
        missing = _by_sector(interviews, "missing")
        listed = ", ".join(
            f"{categories('sector')[sector].label} {count}" for sector, count in missing.items() if count
        )
        yield text("interviews.report.short_missing", listed=listed) if listed else text("interviews.report.short_met")
    yield _novelty(known)
    if targets is not None:
        yield text("interviews.report.short_census", projects=len(interviews.projects), targets=len(targets.table))


def _coded_twice(interviews: "Interviews") -> int:
    pairs = set(zip(interviews.codings["interview_id"], interviews.codings["coder_id"], strict=True))
    return sum(count > 1 for count in Counter(interview for interview, _ in pairs).values())


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


def reliability_table(assessed: Iterable[Reliability]) -> Table:
    """Reliability of every code as people read it."""
    columns = ("code", "units", "agreement", "prevalence", "kappa", "pabak", "alpha", "interval", "verdict")
    rows = tuple(
        (
            named(load_codebook().codes[one.code], one.item),
            str(one.units),
            _defined(one.agreement, share),
            _defined(one.prevalence, share),
            _defined(one.kappa),
            _defined(one.pabak),
            _defined(one.alpha),
            span(one.low, one.high),
            text(f"interviews.verdict.{one.verdict}"),
        )
        for one in assessed
    )
    titles = tuple(text(f"interviews.reliability.{column}") for column in columns)
    return Table(text("interviews.report.reliability"), text("interviews.report.reliability_note"), titles, rows)


def _by_sector(interviews: "Interviews", column: str) -> dict[str, int]:
    told: Any = quota(interviews.frame, interviews).groupby("sector", sort=False)[column].sum()
    return {str(sector): int(count) for sector, count in told.items()}


def _sample(interviews: "Interviews") -> Table:
    """Interviews by sector against the territory; by size class too, cells would hold one or two people."""
    if not len(interviews.frame):
        sectors = interviews.interviews["sector"].value_counts(sort=False)
        rows = tuple((categories("sector")[str(sector)].label, str(count)) for sector, count in sectors.items())
        titles = tuple(text(f"guides.column.{column}") for column in ("sector", "done"))
        return Table(text("interviews.report.sample"), text("interviews.report.no_frame"), titles, rows)
    counted = QUOTA_COLUMNS[2:]
    columns = [_by_sector(interviews, column) for column in counted]
    rows = tuple(
        (categories("sector")[sector].label, *(number(column[sector], 0) for column in columns))
        for sector in columns[0]
    )
    return Table(
        text("interviews.report.sample"),
        "",
        tuple(text(f"guides.column.{column}") for column in ("sector", *counted)),
        rows,
    )


def _census(targets: Targets) -> Table:
    """What the census gives to compare with the model, each with its standard error."""
    rows = []
    for row in targets.table.to_dict("records"):
        written = share if row["unit"] == "share" else number
        held = text("interviews.report.held_out") if row["held_out"] else ""
        rows.append((row["label"] + held, written(row["value"]), written(row["standard_error"]), str(row["n"])))
    titles = tuple(text(f"interviews.report.census_{column}") for column in ("what", "value", "error", "n"))
    return Table(text("interviews.report.census"), text("interviews.report.census_note"), titles, tuple(rows))


def _power(targets: Targets) -> Table:
    """What the census tells of origins, and the least difference it could have told."""
    rows = []
    for row in targets.power.to_dict("records"):
        told = (_difference(row[column], row["unit"]) for column in ("difference", "detectable"))
        rows.append((row["label"], str(row["n_spontaneous"]), str(row["n_incentive"]), *told))
    titles = ("census_what", "power_own", "power_scheme", "power_difference", "power_least")
    columns = tuple(text(f"interviews.report.{title}") for title in titles)
    return Table("", text("interviews.report.power"), columns, tuple(rows))


def _difference(value: float, unit: str) -> str:
    if unit != "share" or math.isnan(value):
        return number(value)
    return text("interviews.report.power_points", points=number(100 * value, 0))


def _spoken(problem: Problem) -> str:
    """A problem as people say it who never saw the columns of a file."""
    column = (problem.field or "").replace("n_public, n_prive, n_societe_civile", "partners")
    field = text(f"interviews.column.{column}") + text("cli.colon") if column else ""
    return f"{field} {text(problem.message, **problem.values)}".strip()


def _defined(value: float, written: Callable[[float], str] = lambda value: number(value, 2)) -> str:
    return ABSENT if math.isnan(value) else written(value)


def _unknown(
    interviews: "Interviews", assessed: Sequence[Reliability], posteriors: Posteriors, targets: Targets | None
) -> Iterable[tuple[str, list[str]]]:
    """What is not known, by subject: a title and its sentences."""
    coding = []
    again = dict.fromkeys(load_codebook().codes[one.code].label for one in assessed if one.verdict == "widen")
    if again:
        coding.append(text("interviews.report.recode", codes=", ".join(again)))
    coded = set(interviews.codings["code"][interviews.codings["status"] == "code"])
    absent = [code.label for code in load_codebook().codes.values() if code.required and code.name not in coded]
    if absent:
        coding.append(text("interviews.report.never_coded", codes=", ".join(absent)))
    census = [text("interviews.report.no_census")]
    if targets is not None:
        census = [_spoken(problem) for problem in (*targets.gaps, *doubts_of(interviews))]
    told = {
        "coding": coding,
        "assumed": tell_assumptions(posteriors),
        "census": census,
        "disclosed": [_spoken(warning) for warning in warnings_of(interviews)],
    }
    for name, sentences in told.items():
        if sentences:
            yield text(f"interviews.report.unknown_{name}"), sentences
