"""The synthesis of several results folders: one document to hand over. What each folder says lives in kinds/.

Ecosystem, conditions, roles and interests, comparison of origins, what is not known; a part that no folder fills names
the command that would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ectsim.locale import text
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import report_of
from ectsim.report.kinds.general import command, scenario_names

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chapter:
    """A chapter: the verbs whose folders fill it, and commands that would where none does.

    ``commands`` name scenarios that ship and folders that the user chooses; a test runs their verbs through the help.
    """

    verbs: tuple[str, ...]
    commands: tuple[str, ...]


CHAPTERS: Mapping[str, Chapter] = {
    "ecosystem": Chapter(
        ("interviews", "run"),
        ("ectsim run one_call_a_year --out results/run", "ectsim interviews guide --out guides"),
    ),
    "conditions": Chapter(
        ("conditions", "choose", "hypotheses test", "sensitivity", "sweep", "explore"),
        ("ectsim hypotheses test all --out results/hypotheses", "ectsim sweep run calls --out results/calls"),
    ),
    "roles": Chapter(
        ("roles", "interviews posteriors"),
        ("ectsim roles one_call_a_year --out results/roles",),
    ),
    "origins": Chapter(
        ("origins", "compare"),
        ("ectsim compare spontaneous one_call_a_year --out results/compare",),
    ),
    UNKNOWN: Chapter(
        ("check-patterns", "calibrate", "case"),
        ("ectsim check-patterns --out results/patterns",),
    ),
}
"""In order; a folder whose verb is in none goes with the last."""
ANSWERING = ("origins", "conditions", "roles")
"""Chapters whose first sentences make the answer."""


def synthesis_of(folders: Sequence[ResultsFolder]) -> Report:
    """One report of several folders, in the current language."""
    reports = [(folder, report_of(folder)) for folder in folders]
    filled: dict[str, list[Report]] = {name: [] for name in CHAPTERS}
    for folder, report in reports:
        filled[_chapter_of(folder)].append(report)
    chapters = tuple(_chapter(name, filled[name], [report for _, report in reports]) for name in CHAPTERS)
    return Report(
        kind=text("reports.synthesis.kind"),
        title=text("reports.synthesis.title"),
        question=text("reports.synthesis.question"),
        answer=tuple(_answer(name, filled[name]) for name in ANSWERING),
        chapters=chapters,
        tables=(_assembled(reports),),
        method=(text("reports.synthesis.method", count=len(folders)), *_mixed(folders)),
        limits=tuple(dict.fromkeys(limit for _, report in reports for limit in report.limits)),
        synthetic=any(report.synthetic for _, report in reports),
    )


def _chapter_of(folder: ResultsFolder) -> str:
    return next((name for name, chapter in CHAPTERS.items() if folder.verb in chapter.verbs), UNKNOWN)


def _answer(name: str, reports: Sequence[Report]) -> str:
    return reports[0].answer[0] if reports else text(f"reports.synthesis.no_{name}")


def _chapter(name: str, own: Sequence[Report], every: Sequence[Report]) -> Part:
    """A chapter with a part a folder; the last one also gathers what all reports leave open."""
    parts = tuple(
        Part(f"{one.kind}{text('cli.colon')} {one.title}", (one.question,), one.answer, one.pictures, one.tables[:1])
        for one in own
    )
    open_points = _open(every) if name == UNKNOWN else ()
    return Part(
        text(f"reports.synthesis.{name}"),
        (text(f"reports.synthesis.about_{name}"),),
        points=open_points,
        parts=parts,
        missing=() if own else CHAPTERS[name].commands,
    )


def _open(reports: Sequence[Report]) -> tuple[str, ...]:
    """What field work says it does not know."""
    wanted = text("interviews.report.unknown")
    parts = [part for one in reports for whole in one.details if whole.title == wanted for part in whole.parts]
    return tuple(dict.fromkeys(point for part in parts for point in part.points))


def _mixed(folders: Sequence[ResultsFolder]) -> tuple[str, ...]:
    """A warning where folders were made by different states of the code."""
    codes = {str(folder.told["code_hash"]) for folder in folders if folder.told.get("code_hash")}
    return (text("reports.synthesis.mixed", count=len(codes)),) if len(codes) > 1 else ()


def _assembled(reports: Sequence[tuple[ResultsFolder, Report]]) -> Table:
    """What the synthesis is made of."""
    titles = tuple(text(f"reports.synthesis.column.{name}") for name in ("kind", "command", "scenarios", "made"))
    rows = tuple(
        (
            report.kind,
            command(folder),
            ", ".join(scenario_names(folder)) or "–",
            str(folder.told.get("finished", "–"))[:10],
        )
        for folder, report in reports
    )
    return Table(text("reports.synthesis.assembled"), "", titles, rows, words=4)
