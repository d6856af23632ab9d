"""The verb ``ectsim report``: pages of results folders, and the synthesis of several. What they say lives in report."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.spoken import SpokenCommand
from ectsim.locale import text

Folders = Annotated[list[Path], typer.Argument(metavar="DIR")]
SYNTHESIS = "synthesis.html"
File = Annotated[Path | None, typer.Option("--out", metavar="FILE")]


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("report", cls=SpokenCommand)(report)


def report(
    folders: Folders,
    page: File = None,
    pdf: Annotated[bool, typer.Option("--pdf")] = False,
    synthesis: Annotated[bool, typer.Option("--synthesis")] = False,
) -> None:
    """One page from a results folder, or the synthesis of several."""
    from ectsim.cli.console import say
    from ectsim.report.kinds import report_of, results_of
    from ectsim.report.synthesis import synthesis_of
    from ectsim.report.writing import PAGE, page_files, write_report

    found = [results_of(folder) for folder in folders]
    whole = synthesis or len(found) > 1
    files = page_files(page or (Path(SYNTHESIS) if whole else found[0].path / PAGE), pdf)
    write_report(synthesis_of(found) if whole else report_of(found[0]), files)
    for file in files:
        say(text("reports.written", file=file))
