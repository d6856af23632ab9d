"""What a sweep tells before, during and after; how it ends when it is interrupted. What it computes lives elsewhere."""

import contextlib
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.cli.console import compile_first, duration, print_json, progress, say
from ectsim.cli.interruption import INTERRUPTED, announcing
from ectsim.cli.sweep_folders import size, tell_status
from ectsim.errors import EctsimError, InputError, Problem
from ectsim.locale import text

if TYPE_CHECKING:
    from ectsim.experiments.estimate import Cost
    from ectsim.experiments.plan import Plan, Shard


class SweepInterruptedError(EctsimError):
    """Ctrl-C, or a cluster's time limit: what is finished is kept."""

    exit_code = INTERRUPTED

    def __init__(self, folder: Path, command: str):
        self.folder, self.command = folder, command
        super().__init__(folder, command)

    def __str__(self) -> str:
        return text("cli_sweeps.interrupted", folder=self.folder, command=self.command)


@dataclass(frozen=True)
class Request:
    """A sweep as asked for on the command line."""

    study: str
    folder: Path
    engine: str = "threads"
    workers: int | None = None
    scheduler: str | None = None
    shard: str | None = None
    preset: Any = None

    @property
    def command(self) -> str:
        """The command that asks for it."""
        start = "mpiexec -n N python -m mpi4py.futures -m ectsim" if self.engine == "mpi" else "ectsim"
        options = {"workers": self.workers, "scheduler": self.scheduler, "shard": self.shard, "preset": self.preset}
        if self.engine != "threads":
            options = {"engine": self.engine, **options}
        given = [part for name, value in options.items() if value is not None for part in (f"--{name}", str(value))]
        return f"{start} {shlex.join(['sweep', 'run', self.study, '--out', str(self.folder), *given])}"

    def plan(self) -> "Plan":
        """The blocks of its study."""
        from ectsim.experiments.plan import make_plan
        from ectsim.experiments.study import load_study, preset

        study = load_study(self.study)
        return make_plan(preset(study, self.preset) if self.preset else study)

    def part(self) -> "Shard":
        """Its shard."""
        from ectsim.experiments.plan import WHOLE, read_shard

        return read_shard(self.shard) if self.shard else WHOLE


def conduct(request: Request, as_json: bool) -> bool:
    """Run a sweep and show what came of it; tell whether every run reached its horizon."""
    from ectsim.experiments.engines import count_workers
    from ectsim.experiments.estimate import measure_cost
    from ectsim.experiments.status import status
    from ectsim.experiments.store import MANIFEST, refuse_others
    from ectsim.experiments.sweeping import sweep
    from ectsim.scenario.numbers import decimal

    plan, part, clock = request.plan(), request.part(), time.monotonic()
    refuse_others(request.folder, plan)
    workers = count_workers(request.engine, request.workers, request.scheduler)
    compile_first()
    _tell_beforehand(plan, measure_cost(plan), workers, part)
    if (request.folder / MANIFEST).exists() and (done := status(request.folder, part).done):
        say(text("cli_sweeps.resumed", done=decimal(done)))
    with saying_how_to_go_on(request.folder, request.command), progress(text("cli_sweeps.progress")) as show:
        results = sweep(
            plan.study,
            request.folder,
            engine=request.engine,
            workers=request.workers,
            scheduler=request.scheduler,
            shard=request.shard,
            progress=show,
        )
    for file in results.remade:
        say(text("cli_sweeps.remade", file=file))
    found = results.status
    tell_status(found, request.folder, as_json, part)
    if not as_json:
        say(text("cli_sweeps.took", duration=duration(time.monotonic() - clock)))
    return not found.failed


@contextlib.contextmanager
def saying_how_to_go_on(folder: Path, command: str) -> Iterator[None]:
    """Once they are interrupted, by Ctrl-C or a cluster's time limit, runs end with the command that goes on."""
    try:
        with announcing(text("cli_sweeps.stopping")):
            yield
    except KeyboardInterrupt:
        raise SweepInterruptedError(folder, command) from None


def tell_runs_ahead(
    plan: "Plan", engine: str, workers: int | None, scheduler: str | None = None, times: int = 1
) -> None:
    """Say how many runs a plan, made so many times, asks and how long they may take, measured on a few of them."""
    from ectsim.experiments.engines import count_workers
    from ectsim.experiments.estimate import measure_cost
    from ectsim.scenario.numbers import decimal

    hands, runs = count_workers(engine, workers, scheduler), plan.runs() * times
    seconds = runs * measure_cost(plan).seconds / hands
    say(text("cli_sweeps.runs_ahead", runs=decimal(runs), duration=duration(seconds), workers=hands))


def show_study(study: str, as_json: bool) -> None:
    """Show that a study is right, and what it asks of this machine."""
    from ectsim.experiments.engines import count_workers
    from ectsim.experiments.estimate import estimate, measure_cost

    plan, workers = Request(study, Path()).plan(), count_workers("threads")
    compile_first()
    cost = measure_cost(plan)
    if as_json:
        ahead = estimate(plan, cost, workers)
        told = {"fewest_runs": ahead.fewest, "runs": ahead.runs, "seconds": ahead.seconds, "bytes": ahead.bytes}
        print_json({"name": str(plan.study.name), "workers": workers, **told, "problems": []})
        return
    print(text("cli_sweeps.right"))
    _tell_beforehand(plan, cost, workers)


def show_script(request: Request, tasks: int) -> None:
    """Print the script of a job array, and say what each task will be."""
    from ectsim.cli.submission import submission_script
    from ectsim.experiments.estimate import measure_cost

    plan, workers = request.plan(), request.workers or 1
    if tasks > plan.groups:
        raise InputError([Problem("cli_sweeps.slurm.tasks", {"groups": plan.groups}, field="--tasks")])
    study = plan.study.source.resolve() if plan.study.source else request.study
    preset = ["--preset", request.preset] if request.preset else []
    compile_first()
    _tell_beforehand(plan, measure_cost(plan), tasks * workers)
    print(submission_script([str(study), "--out", str(request.folder.resolve()), *preset], tasks, workers), end="")


def _tell_beforehand(plan: "Plan", cost: "Cost", workers: int, part: "Shard | None" = None) -> None:
    """Say how many runs there are, how long they take and how large their tables will be."""
    from ectsim.experiments.estimate import estimate
    from ectsim.experiments.plan import WHOLE
    from ectsim.scenario.numbers import decimal

    whole, ahead = estimate(plan, cost, workers), estimate(plan, cost, workers, part or WHOLE)
    values = {
        "name": plan.study.name,
        "runs": decimal(whole.runs),
        "fewest": decimal(whole.fewest),
        "points": decimal(len(plan.points)),
        "scenarios": decimal(len(plan.study.scenarios)),
        "replicates": decimal(plan.replicates),
    }
    say(text("cli_sweeps.runs" if whole.fewest == whole.runs else "cli_sweeps.runs_at_most", **values))
    if plan.drawn.notice:
        say(plan.drawn.notice)
    if part and part != WHOLE:
        say(text("cli_sweeps.part", number=part.number, total=part.total, runs=decimal(ahead.runs)))
    say(text("cli_sweeps.ahead", duration=duration(ahead.seconds), workers=workers, size=size(ahead.bytes)))
