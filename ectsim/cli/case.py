"""The verb ``ectsim case``: what it shows and leaves behind. What it computes lives in the analysis."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand

VERB = "case"
DEFAULT_SCENARIO = "one_call_a_year"
TOLD = ("events", "team")
"""Tables that programs are told."""


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(case)


def case(
    history: Annotated[Path, typer.Argument(metavar="CASE")],
    out: Annotated[Path, typer.Option(metavar="DIR")],
    lived_under: Annotated[str | None, typer.Option("--scenario", metavar="SCENARIO")] = None,
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """A real dated history of a project or two against simulated ones."""
    from ectsim.analysis.case_file import read_case, scenario_of
    from ectsim.analysis.case_tables import case_told
    from ectsim.calibration.privacy import require_private_place
    from ectsim.cli.studies import Request, conduct_with_page, records_of
    from ectsim.experiments.provenance import Study, file_name
    from ectsim.experiments.single import prepared

    setup = prepared(lived_under or scenario_of(history) or DEFAULT_SCENARIO)
    found = read_case(history, setup.territory)
    require_private_place(out, synthetic=found.synthetic)
    options = {"scenario": file_name(setup), "seed": seed, "runs": runs}
    study = Study(VERB, (setup,), options, {"file": history.name, "case": case_told(found)})
    conduct_with_page(
        study,
        Request(out, threads, csv, as_json),
        lambda tables: {"synthetic": found.synthetic, **records_of({name: tables[name] for name in TOLD})},
    )
