"""The report of a check of the published patterns, drawn again from its table."""

from typing import Any

from ectsim.analysis.patterns import patterns_inside
from ectsim.locale import text
from ectsim.report.document import Report, Table
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.patterns import pattern_label, patterns_figure, tell_patterns
from ectsim.report.wording import number, share

COLUMNS = ("what", "id", "value", "accepted", "probability", "role", "source")


def report(folder: ResultsFolder) -> Report:
    """All in the current language, whatever that of the folder."""
    table: Any = folder.table("patterns")
    runs = folder.study.options["runs"] or 1
    told = tell_patterns(table, runs).split("\n\n")
    titles = tuple(text(f"reports.patterns.column.{name}") for name in COLUMNS)
    return Report(
        kind=text("reports.patterns.kind"),
        title=text("reports.patterns.title"),
        question=text("reports.patterns.question", count=len(patterns_inside(table))),
        answer=tuple(told[:3]),
        pictures=(picture(patterns_figure(table, runs)),),
        tables=(Table(text("reports.patterns.all"), "", titles, tuple(map(_row, table.to_dict("records"))), words=2),),
        method=(text("reports.patterns.method", runs=runs),),
        limits=general.limits(folder, text("reports.patterns.limit"), *general.parameters_of(folder.study.setups)),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )


def _row(row: Any) -> tuple[str, ...]:
    accepted = f"{number(row['accept_low'], 2)} – {number(row['accept_high'], 2)}"
    role = text(f"cli.role.{row['role'].replace(' ', '_')}")
    return (
        pattern_label(row),
        str(row["id"]),
        number(row["value"], 2),
        accepted,
        share(row["probability"]),
        role,
        str(row["source"]),
    )
