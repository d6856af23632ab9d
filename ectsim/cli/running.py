"""Verbs that run worlds: run, compare, rerun, check-patterns."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.spoken import SpokenCommand

LARGEST_SEED = 2**53
"""Whole numbers up to here are kept exactly by JSON, thus by a provenance."""

Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED)]
Runs = Annotated[int, typer.Option(min=2)]
Threads = Annotated[int | None, typer.Option(min=1)]
Out = Annotated[Path | None, typer.Option(metavar="DIR")]
Csv = Annotated[bool, typer.Option("--csv")]
Json = Annotated[bool, typer.Option("--json")]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    for name, verb in (("run", run), ("compare", compare), ("rerun", rerun), ("check-patterns", check_patterns)):
        app.command(name, cls=SpokenCommand)(verb)


def run(
    scenario: str,
    seed: Seed = 1,
    months: Annotated[int | None, typer.Option(min=1)] = None,
    out: Out = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """One world: its story, its outcomes, a figure."""
    from ectsim.cli.studies import Request, conduct
    from ectsim.experiments.provenance import Study
    from ectsim.experiments.single import prepared

    study = Study("run", (prepared(scenario),), {"seed": seed, "months": months})
    conduct(study, Request(out=out, csv=csv, as_json=as_json))


def compare(
    a: str,
    b: str,
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    out: Out = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Two scenarios under the same luck."""
    from ectsim.cli.studies import Request, conduct
    from ectsim.experiments.ensembles import refuse_incomparable
    from ectsim.experiments.provenance import Study
    from ectsim.experiments.single import prepared

    setups = prepared(a), prepared(b)
    refuse_incomparable(setups)
    study = Study("compare", setups, {"seed": seed, "runs": runs})
    conduct(study, Request(out, threads, csv, as_json))


def rerun(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    out: Out = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """The study of a results folder again, from its provenance."""
    from ectsim.cli.studies import Request, make_again

    if not make_again(folder, Request(out, threads, as_json=as_json)):
        raise typer.Exit(1)


def check_patterns(
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    out: Out = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """The patterns of the field, each in its scenario, against what is accepted."""
    from ectsim.cli.patterns import show_patterns
    from ectsim.cli.studies import Request

    if not show_patterns(runs, seed, Request(out, threads, csv, as_json)):
        raise typer.Exit(1)
