"""The verb ``ectsim origins``: what it shows and leaves behind. What it computes lives in the analysis."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand

VERB = "origins"
Age = Annotated[int, typer.Option(min=6)]


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(origins)


def origins(
    scenario: str,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    census: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    age: Age = 36,
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Projects born of a scheme against own initiative, like with like."""
    from ectsim.analysis.origins import require_scheme
    from ectsim.analysis.origins_census import observe
    from ectsim.calibration.census import read_census
    from ectsim.calibration.tidy import read_tidy
    from ectsim.cli.studies import Request, conduct_with_page
    from ectsim.experiments.provenance import Study
    from ectsim.experiments.single import prepared

    setup = prepared(scenario)
    require_scheme(setup, age)
    options: dict[str, Any] = {"age": age, "seed": seed, "runs": runs}
    given = {}
    if census:
        given["census"] = dataclasses.asdict(observe(read_census(read_tidy(census))))
        options["census"] = census.resolve().name
    conduct_with_page(Study(VERB, (setup,), options, given), Request(out, threads, csv, as_json))
