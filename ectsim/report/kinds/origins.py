"""The report of projects born of a scheme against own initiative, told and drawn again from the tables."""

from ectsim.analysis.origins import Origins
from ectsim.locale import text
from ectsim.report.document import Report
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.origins import answers, main_answer, origins_tables, rests_on, traits_answer
from ectsim.report.origins_figures import origins_figures


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    (setup,) = folder.study.setups
    found = read_origins(folder)
    census = folder.table("census") if folder.has("census") else None
    words = {
        "differences": main_answer(found),
        "selection": traits_answer(found),
        "census": text("origins.page.census"),
    }
    figures = origins_figures(setup, found, census)
    told = answers(found)
    return Report(
        kind=text("reports.origins.kind"),
        title=text("reports.origins.title", name=setup.scenario.name),
        question=text("reports.origins.question"),
        answer=tuple(told[: general.ANSWERED]),
        pictures=tuple(
            picture(figure, words=general.described(figure, words[name])) for name, figure in figures.items()
        ),
        details=general.remaining(told),
        tables=origins_tables(found, census),
        method=(
            text("origins.page.like", age=found.age),
            text("origins.page.choice"),
            text("origins.page.parts"),
            rests_on(setup, found.seeds),
        ),
        limits=general.limits(folder, text("reports.origins.limit")),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )


def read_origins(folder: ResultsFolder) -> Origins:
    """The comparison that a folder holds."""
    names = ("differences", "selection", "parts", "fates", "counts")
    tables = {name: folder.table(name) for name in names}
    return Origins(**tables, seeds=folder.study.seeds, age=folder.study.options["age"])
