"""The verb ``ectsim calibrate``: what it shows and leaves behind. What it computes lives in the calibration."""

import shlex
import time
from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import compile_first, duration, print_json, print_paragraphs, progress, say
from ectsim.cli.interruption import INTERRUPTED
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeping import Json, Workers
from ectsim.errors import EctsimError
from ectsim.locale import text

QUICK = {"points": 2048, "replicates": 1, "effective": 80, "draws": 1000, "predictions": 50, "trials": 20}
"""What a first look in a minute or two has at most of each: too small to be published."""


class CalibrationInterruptedError(EctsimError):
    """Ctrl-C: finished simulations are kept."""

    exit_code = INTERRUPTED

    def __init__(self, folder: Path, command: str):
        self.folder, self.command = folder, command
        super().__init__(folder, command)

    def __str__(self) -> str:
        return text("calibration.interrupted", folder=self.folder, command=self.command)


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("calibrate", cls=SpokenCommand)(calibrate)


def calibrate(
    plan: Annotated[Path, typer.Argument(metavar="FILE")],
    posterior: Annotated[Path, typer.Option("--out", metavar="DIR")],
    engine: Annotated[str, typer.Option(metavar="threads|processes|dask|mpi")] = "threads",
    workers: Workers = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    neural: Annotated[bool, typer.Option("--neural")] = False,
    as_json: Json = False,
) -> None:
    """A posterior of the model's parameters, with the checks it must not be read without."""
    from ectsim.calibration.calibrating import calibrate as fitted
    from ectsim.calibration.fit_settings import load_plan
    from ectsim.calibration.record import judged, write_calibration
    from ectsim.experiments.provenance import now
    from ectsim.report.calibration import tell_calibration, write_report

    asked = load_plan(plan)
    if quick:
        asked = asked.model_copy(update={name: min(most, getattr(asked, name)) for name, most in QUICK.items()})
    started, clock = now(), time.monotonic()
    compile_first()
    try:
        with progress(text("calibration.progress")) as show:
            found = fitted(
                asked, posterior, progress=show, neural=neural, engine=engine, workers=workers, scheduler=scheduler
            )
    except KeyboardInterrupt:
        again = [
            "calibrate",
            str(plan),
            "--out",
            str(posterior),
            *(["--quick"] if quick else []),
            *(["--neural"] if neural else []),
        ]
        raise CalibrationInterruptedError(posterior, f"ectsim {shlex.join(again)}") from None
    write_calibration(found, posterior, started)
    write_report(found, posterior)
    if as_json:
        print_json(judged(found))
    else:
        print_paragraphs(tell_calibration(found))
        say(text("calibration.written", folder=posterior, duration=duration(time.monotonic() - clock)))
    if not found.truths.sound():
        raise typer.Exit(1)
