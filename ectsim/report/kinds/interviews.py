"""Reports of field work: of a folder of tidy interviews, and of the estimates made from one. Never of one person."""

from typing import Any

from ectsim.calibration.disclosure import with_consent
from ectsim.calibration.estimates import targets_of
from ectsim.calibration.inference import infer
from ectsim.calibration.posteriors import read_posteriors, tell_assumptions
from ectsim.calibration.reliability import assess
from ectsim.calibration.tidy import read_tidy
from ectsim.locale import text
from ectsim.report.document import Part, Report, Table
from ectsim.report.field_work import estimates_tables, field_work_report
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import general
from ectsim.report.wording import number


def report(folder: ResultsFolder) -> Report:
    """The report of tidy tables, without interviews whose analysis was not consented to."""
    interviews = with_consent(read_tidy(folder.path))[0]
    assessed = assess(interviews)
    return field_work_report(interviews, assessed, infer(interviews, assessed), targets_of(interviews))


def report_of_estimates(folder: ResultsFolder) -> Report:
    """The report of what ``ectsim interviews posteriors`` left: estimates by sector and kind, targets of the census."""
    found = read_posteriors(folder.path)
    assumed = tell_assumptions(found)
    targets = (_targets(folder),) if folder.has("targets") else ()
    return Report(
        kind=text("reports.posteriors.kind"),
        title=text("reports.posteriors.title"),
        question=text("reports.posteriors.question"),
        answer=(
            text("reports.posteriors.count", count=len(found.entries), draws=len(found.draws)),
            text("reports.posteriors.assumed", count=len(assumed)),
            text("reports.posteriors.targets" if targets else "reports.posteriors.no_targets"),
        ),
        details=(Part(text("reports.posteriors.assumptions"), points=tuple(assumed)),),
        tables=(*targets, *estimates_tables(found)),
        method=(text("reports.field_work.method"), text("interviews.report.read")),
        limits=(text("reports.field_work.limit"), text("reports.field_work.privacy")),
        provenance=((text("reports.provenance.command"), general.command(folder)),),
        synthetic=found.synthetic,
    )


def _targets(folder: ResultsFolder) -> Table:
    table: Any = folder.table("targets")
    rows = tuple(
        (str(row["label"]), str(row["unit"]), number(row["value"], 2), number(row["standard_error"], 2), str(row["n"]))
        for row in table.to_dict("records")
    )
    titles = tuple(text(f"reports.posteriors.column.{name}") for name in ("target", "unit", "value", "error", "count"))
    return Table(text("reports.posteriors.census"), "", titles, rows, words=2)
