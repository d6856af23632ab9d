"""The report of where projects emerge, told and drawn again from the tables."""

from ectsim.analysis.conditions import WITH, WITHOUT, Conditions
from ectsim.locale import text
from ectsim.report.conditions import (
    answers,
    conditions_figures,
    conditions_table,
    effect_answer,
    level_answer,
    rests_on,
)
from ectsim.report.document import Report
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general

TABLES = ("curves", "contrasts", "surfaces", "luck", "added")


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    a, b = folder.study.setups
    found = Conditions(**{name: folder.table(name) for name in TABLES})
    rests = rests_on(a, b, found, folder.study.options["seed"])
    told = answers(found)
    words = {
        "curves": level_answer(found, WITHOUT),
        "effect": effect_answer(found),
        "map": level_answer(found, WITH),
    }
    return Report(
        kind=text("reports.conditions.kind"),
        title=text("reports.conditions.title", a=a.scenario.name, b=b.scenario.name),
        question=text("reports.conditions.question"),
        answer=tuple(told[: general.ANSWERED]),
        pictures=tuple(
            picture(figure, words=general.described(figure, words[name]))
            for name, figure in conditions_figures(found, rests).items()
        ),
        details=general.remaining(told),
        tables=(conditions_table(found),),
        method=(text("conditions.page.method"), rests),
        limits=general.limits(folder, text("reports.conditions.limit")),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )
