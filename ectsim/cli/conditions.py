"""The verb ``ectsim conditions``: what it asks for. What it computes lives in the analysis."""

import shlex
from typing import Annotated

import typer

from ectsim.cli.console import compile_first
from ectsim.cli.running import Csv, Json, Seed
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeping import Store, Workers
from ectsim.cli.sweeps import saying_how_to_go_on, tell_runs_ahead

VERB = "conditions"


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(conditions)


def conditions(
    a: str,
    b: str,
    store: Store,
    points: Annotated[int, typer.Option(min=32)] = 512,
    replicates: Annotated[int, typer.Option(min=2)] = 4,
    seed: Seed = 1,
    engine: Annotated[str, typer.Option(metavar="threads|processes|dask|mpi")] = "threads",
    workers: Workers = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Where projects emerge: the ecosystem at the start, with and without a scheme."""
    from ectsim.analysis.conditions import conditions_study
    from ectsim.cli.studies import Request, conduct_with_page
    from ectsim.errors import InputError, Problem
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.provenance import Study
    from ectsim.experiments.single import prepared

    if points & (points - 1):
        raise InputError([Problem("conditions.power", field="--points")])
    setups = prepared(a), prepared(b)
    sizes = {"points": points, "replicates": replicates, "seed": seed}
    compile_first()
    tell_runs_ahead(make_plan(conditions_study(*setups, store, **sizes)), engine, workers, scheduler)
    chosen = [str(part) for name, value in sizes.items() for part in (f"--{name}", value)]
    with saying_how_to_go_on(store, shlex.join(["ectsim", VERB, a, b, "--out", str(store), *chosen])):
        conduct_with_page(Study(VERB, setups, sizes), Request(store, workers, csv, as_json, engine, scheduler))
