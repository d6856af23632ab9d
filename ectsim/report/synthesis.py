"""The synthesis of several results folders: one document to hand over. What each folder says lives in kinds/.

Ecosystem, conditions, roles and interests, comparison of origins, what is not known; a part names the commands that
make what it lacks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ectsim.locale import text
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import report_of
from ectsim.report.kinds.general import command, scenario_names

UNKNOWN = "unknown"
Told = Sequence[tuple[ResultsFolder, Report]]
"""Folders with their reports."""


@dataclass(frozen=True)
class Chapter:
    """A chapter: the verbs whose folders fill it, in the order told, and commands for those it should not do without.

    ``commands`` name scenarios that ship and folders that the user chooses; a test runs their verbs through the help.
    """

    verbs: tuple[str, ...]
    commands: Mapping[str, str]


CHAPTERS: Mapping[str, Chapter] = {
    "ecosystem": Chapter(
        ("interviews", "run"),
        {
            "interviews": "ectsim interviews guide --out guides",
            "run": "ectsim run one_call_a_year --out results/run",
        },
    ),
    "conditions": Chapter(
        ("conditions", "hypotheses test", "choose", "sensitivity", "sweep", "explore"),
        {
            "conditions": "ectsim conditions spontaneous one_call_a_year --out results/conditions",
            "hypotheses test": "ectsim hypotheses test all --out results/hypotheses",
        },
    ),
    "roles": Chapter(
        ("roles", "interviews posteriors"),
        {"roles": "ectsim roles one_call_a_year --out results/roles"},
    ),
    "origins": Chapter(
        ("compare", "origins"),
        {
            "compare": "ectsim compare spontaneous one_call_a_year --out results/compare",
            "origins": "ectsim origins one_call_a_year --out results/origins",
        },
    ),
    UNKNOWN: Chapter(
        ("check-patterns", "calibrate", "case"),
        {"check-patterns": "ectsim check-patterns --out results/patterns"},
    ),
}
"""In order; a folder whose verb is in none goes with the last."""
ANSWERING = ("origins", "conditions", "roles")
"""Chapters that make the answer."""
ANSWERS = {"compare": 0, "origins": 1, "conditions": 0, "hypotheses test": 0, "roles": 0}
"""Which of its three sentences a folder gives to the answer, by verb; those of other verbs give none."""
LEFT_OPEN = {"hypotheses test": 2}
"""Which sentence of a folder says what it leaves open, by verb."""


def synthesis_of(folders: Sequence[ResultsFolder]) -> Report:
    """One report of several folders, in the current language."""
    reports = [(folder, report_of(folder)) for folder in folders]
    chapters = tuple(_chapter(name, reports) for name in CHAPTERS)
    return Report(
        kind=text("reports.synthesis.kind"),
        title=text("reports.synthesis.title"),
        question=text("reports.synthesis.question"),
        answer=tuple(_answer(_own(name, reports), name) for name in ANSWERING),
        chapters=chapters,
        tables=(_assembled(reports),),
        method=(text("reports.synthesis.method", count=len(folders)), *_mixed(folders)),
        limits=tuple(dict.fromkeys(limit for _, report in reports for limit in report.limits)),
        synthetic=any(report.synthetic for _, report in reports),
    )


def _chapter_of(folder: ResultsFolder) -> str:
    return next((name for name, chapter in CHAPTERS.items() if folder.verb in chapter.verbs), UNKNOWN)


def _own(name: str, reports: Told) -> Told:
    """The folders of a chapter, in the order of its verbs."""
    verbs = CHAPTERS[name].verbs
    own = [one for one in reports if _chapter_of(one[0]) == name]
    return sorted(own, key=lambda one: verbs.index(one[0].verb) if one[0].verb in verbs else len(verbs))


def _answer(own: Told, name: str) -> str:
    told = (report.answer[ANSWERS[folder.verb]] for folder, report in own if folder.verb in ANSWERS)
    return next(told, text(f"reports.synthesis.no_{name}"))


def _chapter(name: str, reports: Told) -> Part:
    """A chapter with a part a folder; the last one also gathers what all reports leave open."""
    own = _own(name, reports)
    present = {folder.verb for folder, _ in own}
    return Part(
        text(f"reports.synthesis.{name}"),
        (text(f"reports.synthesis.about_{name}"),),
        points=_open(reports) if name == UNKNOWN else (),
        parts=tuple(_part(report) for _, report in own),
        missing=tuple(command for verb, command in CHAPTERS[name].commands.items() if verb not in present),
    )


def _part(report: Report) -> Part:
    """A folder in a few words: its answer, its figures (those of its details where it has no other), one table."""
    pictures = report.pictures or tuple(picture for part in report.details for picture in part.pictures)
    title = f"{report.kind}{text('cli.colon')} {report.title}"
    return Part(title, (report.question,), report.answer, pictures, report.tables[:1])


def _open(reports: Told) -> tuple[str, ...]:
    """What field work says it does not know, and what tests leave undecided."""
    wanted = text("interviews.report.unknown")
    parts = [part for _, one in reports for whole in one.details if whole.title == wanted for part in whole.parts]
    left = [report.answer[LEFT_OPEN[folder.verb]] for folder, report in reports if folder.verb in LEFT_OPEN]
    return tuple(dict.fromkeys([*(point for part in parts for point in part.points), *left]))


def _mixed(folders: Sequence[ResultsFolder]) -> tuple[str, ...]:
    """A warning where folders were made by different states of the code."""
    codes = {str(folder.told["code_hash"]) for folder in folders if folder.told.get("code_hash")}
    return (text("reports.synthesis.mixed", count=len(codes)),) if len(codes) > 1 else ()


def _assembled(reports: Told) -> Table:
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
