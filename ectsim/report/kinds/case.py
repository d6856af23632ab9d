"""The report of a real history beside simulated ones, a part a project, told and drawn again from the tables."""

from typing import Any

from ectsim.analysis.case import Verdict
from ectsim.analysis.case_tables import TABLES, read_verdicts, told_case
from ectsim.locale import text
from ectsim.report.case import answers, case_figures, case_table, summary, surprise_answer
from ectsim.report.document import Part, Report
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.origins import rests_on


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    (setup,) = folder.study.setups
    case = told_case(folder.study.given["case"])
    verdicts = read_verdicts(case, {name: folder.table(name) for name in ("verdicts", *TABLES)})
    figures = case_figures(setup, verdicts, folder.study.seeds, case.synthetic)
    return Report(
        kind=text("reports.case.kind"),
        title=text("reports.case.title", names=", ".join(project.name for project in case.projects)),
        question=text("reports.case.question"),
        answer=(summary(verdicts), surprise_answer(verdicts), text("case.answer.chosen")),
        details=tuple(_part(place, verdict, figures) for place, verdict in enumerate(verdicts, 1)),
        method=(text("case.page.method"), rests_on(setup, folder.study.seeds)),
        limits=general.limits(folder),
        provenance=general.provenance(folder),
        synthetic=case.synthetic or general.synthetic(folder),
    )


def _part(place: int, verdict: Verdict, figures: Any) -> Part:
    told, figure = answers(verdict), figures.get(f"case_{place}")
    pictures = (picture(figure, words=general.described(figure, " ".join(told[:3]))),) if figure else ()
    tables = (case_table(verdict),) if verdict.enough else ()
    return Part(verdict.project.name, points=tuple(told), pictures=pictures, tables=tables)
