"""Verbs about sweeps: run, status, verify, export, check, schema, slurm. What they show lives in the siblings."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import print_json
from ectsim.cli.spoken import SpokenCommand, SpokenGroup

Store = Annotated[Path, typer.Option("--out", metavar="DIR")]
Preset = Annotated[str | None, typer.Option(metavar="quick|standard|publication")]
Workers = Annotated[int | None, typer.Option(min=1)]
Folder = Annotated[Path, typer.Argument(metavar="DIR")]
Json = Annotated[bool, typer.Option("--json")]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    for verb in (run, status, verify, export, check, schema, slurm):
        group.command(verb.__name__, cls=SpokenCommand)(verb)
    app.add_typer(group, name="sweep", cls=SpokenGroup)


def run(
    study: str,
    store: Store,
    engine: Annotated[str, typer.Option(metavar="threads|processes|dask|mpi")] = "threads",
    workers: Workers = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N")] = None,
    preset: Preset = None,
    as_json: Json = False,
) -> None:
    """A study into a folder, from wherever an earlier command left it."""
    from ectsim.cli.sweeps import Request, conduct

    if not conduct(Request(study, store, engine, workers, scheduler, shard, preset), as_json):
        raise typer.Exit(1)


def status(folder: Folder, as_json: Json = False) -> None:
    """How far the sweep of a folder is."""
    from ectsim.cli.sweep_folders import show_status

    show_status(folder, as_json)


def verify(
    folder: Folder,
    rows: Annotated[int, typer.Option(min=1)] = 20,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    as_json: Json = False,
) -> None:
    """Some runs of a sweep again, drawn at random, against what the folder holds."""
    from ectsim.cli.sweep_folders import show_verification

    if not show_verification(folder, rows, seed, as_json):
        raise typer.Exit(1)


def export(
    folder: Folder,
    file: Path,
    kind: Annotated[str | None, typer.Option("--format", metavar="csv|csv-fr|parquet")] = None,
    table: Annotated[str, typer.Option(metavar="runs|projects|months")] = "runs",
) -> None:
    """A table of a sweep as one file."""
    from ectsim.cli.sweep_folders import show_export

    show_export(folder, file, kind, table)


def check(study: str, as_json: Json = False) -> None:
    """Whether a study file is right, and how much it asks."""
    from ectsim.cli.sweeps import show_study

    show_study(study, as_json)


def schema() -> None:
    """The JSON schema of study files."""
    from ectsim.experiments.study import study_schema

    print_json(study_schema())


def slurm(
    study: str,
    store: Store,
    tasks: Annotated[int, typer.Option(min=1)],
    workers: Annotated[int, typer.Option(min=1)] = 1,
    preset: Preset = None,
) -> None:
    """The submission script of a job array over the shards of a sweep."""
    from ectsim.cli.sweeps import Request, show_script

    show_script(Request(study, store, workers=workers, preset=preset), tasks)
