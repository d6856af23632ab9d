"""The report of one world: what happened, where, and what one run cannot say."""

from ectsim.locale import text
from ectsim.report.document import Report
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import general
from ectsim.report.outcome_tables import run_table
from ectsim.report.story import definition, run_sentences


def report(folder: ResultsFolder) -> Report:
    """Figures as drawn, outcomes, and the three sentences of the story that hold numbers."""
    (setup,) = folder.study.setups
    seed = folder.study.options["seed"] or 0
    outcomes = folder.table("outcomes")
    values = {"name": setup.scenario.name, "seed": seed}
    return Report(
        kind=text("reports.run.kind"),
        title=text("reports.run.title", **values),
        question=text("reports.run.question", **values),
        answer=run_sentences(setup, outcomes.set_index("name")["value"].to_dict(), seed),
        pictures=folder.pictures(),
        tables=(run_table(outcomes),),
        method=(text("reports.run.method", **values), definition(setup)),
        limits=general.limits(folder, *general.parameters_of([setup])),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )
