"""The verb ``ectsim roles``: what it shows and leaves behind. What it computes lives in the analysis."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand

VERB = "roles"


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(roles)


def roles(
    scenario: str,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Which actors must co-carry a project, and with what interests."""
    from ectsim.cli.studies import Request, conduct_with_page
    from ectsim.experiments.provenance import Study
    from ectsim.experiments.single import prepared

    study = Study(VERB, (prepared(scenario),), {"seed": seed, "runs": runs})
    conduct_with_page(study, Request(out, threads, csv, as_json))
