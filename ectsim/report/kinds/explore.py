"""The report of what the model can produce, told and drawn again from the tables."""

from ectsim.analysis.exploration.exploring import read_patterns
from ectsim.experiments.planned import plan_of
from ectsim.locale import text
from ectsim.report.document import Report
from ectsim.report.exploration import answers, exploration_figure, exploration_table, rests_on
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.sensitivity import factor_label

TABLES = ("patterns", "unseen", "points", "axes")


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    plan = plan_of(folder.study)
    found = read_patterns(plan, {name: folder.table(name) for name in TABLES})
    factors = ", ".join(factor_label(factor.name) for factor in plan.factors)
    told = answers(found)
    return Report(
        kind=text("reports.explore.kind"),
        title=str(plan.name),
        question=text("reports.explore.question"),
        answer=tuple(told[: general.ANSWERED]),
        pictures=(picture(exploration_figure(found)),),
        details=general.remaining(told),
        tables=(exploration_table(found),),
        method=(
            text("exploration.page.method"),
            text("exploration.page.factors", factors=factors),
            rests_on(found),
        ),
        limits=general.limits(folder, text("reports.explore.limit")),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )
