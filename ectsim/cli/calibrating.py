"""The verb ``ectsim calibrate``: what it shows and leaves behind. What it computes lives in the calibration."""

import time
from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import compile_first, duration, print_json, print_paragraphs, progress, say
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeping import Json, Workers
from ectsim.locale import text

QUICK = {"points": 1024, "replicates": 1, "effective": 100, "draws": 1000, "predictions": 50, "trials": 20}
"""Settings of a calibration made in a minute or two, for a first look: too small to be published."""


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("calibrate", cls=SpokenCommand)(calibrate)


def calibrate(
    plan: Path,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR")],
    engine: Annotated[str, typer.Option(metavar="threads|processes|dask|mpi")] = "threads",
    workers: Workers = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    as_json: Json = False,
) -> None:
    """A posterior of the model's parameters, with the checks it must not be read without."""
    from ectsim.calibration.calibrating import calibrate as fitted
    from ectsim.calibration.fit_settings import load_plan
    from ectsim.calibration.record import judged, write_calibration
    from ectsim.experiments.provenance import now
    from ectsim.report.calibration import calibration_figures, tell_calibration

    asked = load_plan(plan)
    if quick:
        source = asked.source
        asked = asked.model_copy(update=QUICK)
        asked._source = source
    started, clock = now(), time.monotonic()
    compile_first()
    try:
        with progress(text("calibration.progress")) as show:
            found = fitted(asked, folder, progress=show, engine=engine, workers=workers, scheduler=scheduler)
    except KeyboardInterrupt:
        say(text("calibration.interrupted", folder=folder))
        raise
    write_calibration(found, folder, started)
    for name, figure in calibration_figures(found).items():
        figure.savefig(folder / f"{name}.png", dpi=150)
    story = tell_calibration(found)
    (folder / "story.txt").write_text(story + "\n", encoding="utf-8", newline="\n")
    if as_json:
        print_json(judged(found))
    else:
        print_paragraphs(story)
        say(text("calibration.written", folder=folder, duration=duration(time.monotonic() - clock)))
    if not found.truths.sound():
        raise typer.Exit(1)
