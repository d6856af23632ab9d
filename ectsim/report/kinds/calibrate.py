"""The report of a calibration: what was fitted to what, what is met and missed, whether the fit may be believed."""

from typing import Any

from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import text
from ectsim.report.calibration import MET
from ectsim.report.document import Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import general
from ectsim.report.wording import number, share

FITTED, MET_TOLD, IDENTIFIED, SOUND = 0, 1, 4, 5
"""Places of the paragraphs of the story."""
FIGURES = ("predictions", "parameters", "ranks")


def report(folder: ResultsFolder) -> Report:
    """Figures and story as written, patterns against what is accepted, parameters before and after."""
    told = [paragraph for paragraph in folder.story if paragraph != FICTIVE]
    answered = (MET_TOLD, IDENTIFIED, SOUND)
    shown = [paragraph for place, paragraph in enumerate(told[:-1]) if place not in (*answered, FITTED)]
    return Report(
        kind=text("reports.calibrate.kind"),
        title=text("reports.calibrate.title"),
        question=text("reports.calibrate.question"),
        answer=tuple(told[place] for place in answered if place < len(told)),
        pictures=folder.pictures(*FIGURES),
        details=(general.points("details", shown),),
        tables=(_patterns(folder), _parameters(folder)),
        method=tuple(told[FITTED : FITTED + 1]),
        limits=general.limits(folder, text("reports.calibrate.limit")),
        provenance=general.provenance(folder),
        synthetic=bool(folder.told.get("synthetic")) or general.synthetic(folder),
    )


def _patterns(folder: ResultsFolder) -> Table:
    """What the posterior predicts of each pattern, beside what is accepted."""
    table: Any = folder.table("predictions")
    rows = [row for row in table.to_dict("records") if row["version"] == "calibrated"]
    titles = tuple(text(f"reports.calibrate.column.{name}") for name in ("pattern", "accepted", "predicted", "inside"))
    return Table(
        text("reports.calibrate.patterns"),
        text("reports.calibrate.patterns_note", share=share(MET)),
        titles,
        tuple(
            (
                f"{row['label']} ({row['id']})",
                f"{number(row['accept_low'], 2)} – {number(row['accept_high'], 2)}",
                f"{number(row['median'], 2)} ({number(row['low'], 2)} – {number(row['high'], 2)})",
                share(row["probability"]),
            )
            for row in rows
        ),
    )


def _parameters(folder: ResultsFolder) -> Table:
    """Each parameter before and after, and whether the data say anything of it."""
    table: Any = folder.table("parameters")
    titles = tuple(text(f"reports.calibrate.column.{name}") for name in ("parameter", "prior", "posterior", "verdict"))
    rows = tuple(
        (
            str(row["label"]),
            f"{number(row['prior_low'], 2)} – {number(row['prior_high'], 2)}",
            f"{number(row['median'], 2)} ({number(row['low'], 2)} – {number(row['high'], 2)})",
            text(f"calibration.verdict.{row['verdict'].replace(' ', '_')}"),
        )
        for row in table.to_dict("records")
    )
    return Table(text("reports.calibrate.parameters"), "", titles, rows)
