"""The report of hypotheses tested together: verdict after verdict, as the test told them."""

from typing import Any

from ectsim.analysis.hypotheses.measures import MEASURES
from ectsim.locale import text
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.hypotheses import DIGITS, VERDICT_COLOUR, counted_verdicts
from ectsim.report.kinds import general
from ectsim.report.wording import between, share, signed

OPENING, CLOSING = 3, 2
"""Paragraphs of the story before the first hypothesis (count, warning, what it rests on) and after the last."""
MOST_NAMED = 6


def report(folder: ResultsFolder) -> Report:
    """Verdicts from the table in the current language; sentences about each as they were written."""
    table: Any = folder.table("verdicts")
    verdicts: dict[str, str] = table.groupby("hypothesis", sort=False)["verdict"].first().to_dict()
    standings: dict[str, str] = table.groupby("hypothesis", sort=False)["standing"].first().to_dict()
    told = folder.story[OPENING:-CLOSING]
    details = tuple(
        _finding(paragraph, verdict) for paragraph, verdict in zip(told, verdicts.values(), strict=False) if paragraph
    )
    explored = sum(standing == "exploratory" for standing in standings.values())
    return Report(
        kind=text("reports.hypotheses.kind"),
        title=counted_verdicts(list(verdicts.values())),
        question=text("reports.hypotheses.question", count=len(verdicts)),
        answer=(
            _named("supported", verdicts),
            _named("contradicted", verdicts),
            text("reports.hypotheses.standing", explored=explored, count=len(verdicts)),
        ),
        pictures=folder.pictures(),
        details=(Part(text("reports.hypotheses.each"), parts=details),),
        tables=(_effects(table),),
        method=(*folder.story[OPENING - 1 : OPENING], *folder.story[-CLOSING : 1 - CLOSING]),
        limits=general.limits(folder, text("hypotheses.model_only")),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )


def _named(verdict: str, verdicts: dict[str, str]) -> str:
    """The hypotheses with a verdict, by their numbers."""
    names = [name.partition("_")[0] for name, given in verdicts.items() if given == verdict]
    if not names:
        return text(f"reports.hypotheses.no_{verdict}")
    return text(f"reports.hypotheses.{verdict}", count=len(names), names=", ".join(names))


def _finding(paragraph: str, verdict: str) -> Part:
    claim, *lines = paragraph.splitlines()
    return Part(claim, tuple(lines), look=verdict if verdict in VERDICT_COLOUR else "")


def _effects(table: Any) -> Table:
    rows = []
    for one in table.to_dict("records"):
        digits = DIGITS.get(one["unit"], 2)
        label = MEASURES[one["measure"]].label if one["measure"] in MEASURES else one["measure"]
        worlds = one["of"] if one["less"] in ("", one["of"]) else f"{one['of']} − {one['less']}"
        effect = f"{signed(one['mean'], digits)} ({between(one['low'], one['high'])})"
        verdict = text(f"hypotheses.verdict.{one['verdict']}")
        rows.append((one["hypothesis"].partition("_")[0], f"{label}, {worlds}", verdict, effect, share(one["beyond"])))
    columns = ("hypothesis", "measure", "verdict", "effect", "beyond")
    titles = tuple(text(f"reports.hypotheses.column.{name}") for name in columns)
    return Table(text("reports.hypotheses.effects"), text("reports.hypotheses.reading"), titles, tuple(rows), words=3)
