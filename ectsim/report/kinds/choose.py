"""The report of a choice between schemes under uncertainty, told and drawn again from the tables."""

from ectsim.analysis.choice.choosing import read_choice, read_enough
from ectsim.experiments.planned import plan_of
from ectsim.locale import text
from ectsim.report.choice import answer_front, answer_regret, answers, choice_tables, rests_on, scheme_name
from ectsim.report.choice_figures import choice_figures
from ectsim.report.document import Report
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general

TABLES = ("regret", "front", "dominance", "enough", "values", "draws")


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    plan = plan_of(folder.study)
    enough = read_enough(folder.study.options["enough"])
    choice = read_choice(plan, {name: folder.table(name) for name in TABLES}, enough)
    words = {"regret": answer_regret(choice), "front": answer_front(choice)}
    told = answers(choice)
    reference = scheme_name(choice, next(iter(plan.scenarios)))
    return Report(
        kind=text("reports.choose.kind"),
        title=str(plan.name),
        question=text("reports.choose.question"),
        answer=tuple(told[: general.ANSWERED]),
        pictures=tuple(
            picture(figure, words=general.described(figure, words[name]))
            for name, figure in choice_figures(choice).items()
        ),
        details=general.remaining(told),
        tables=choice_tables(choice),
        method=(text("choice.page.method", reference=reference), rests_on(choice)),
        limits=general.limits(folder, text("reports.choose.limit")),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )
