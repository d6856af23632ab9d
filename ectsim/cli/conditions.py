"""The verb ``ectsim conditions``: its sweep, what it shows and leaves behind. Computing lives in the analysis."""

import shlex
import time
from typing import Annotated

import typer

from ectsim.cli.console import compile_first, json_records, print_json, print_paragraphs, progress, say
from ectsim.cli.running import Csv, Json, Seed
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeping import Store, Workers
from ectsim.cli.sweeps import saying_how_to_go_on, tell_runs_ahead
from ectsim.locale import text

VERB = "conditions"
RESULTS = "results"


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
    from ectsim.analysis.conditions import SWEEP, conditions_study, summarise_conditions
    from ectsim.errors import InputError, Problem
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.provenance import Study, now
    from ectsim.experiments.results import Results, write_results
    from ectsim.experiments.single import prepared
    from ectsim.experiments.sweeping import sweep
    from ectsim.report.conditions import conditions_figures, conditions_report, rests_on, tell_conditions
    from ectsim.report.writing import PAGE, write_report

    if points & (points - 1):
        raise InputError([Problem("conditions.power", field="--points")])
    setups = prepared(a), prepared(b)
    study = conditions_study(*setups, store, points=points, replicates=replicates, seed=seed)
    asked = Study(VERB, setups, {"points": points, "replicates": replicates, "seed": seed})
    started, clock = now(), time.monotonic()
    compile_first()
    tell_runs_ahead(make_plan(study), engine, workers, scheduler)
    sizes = ["--points", str(points), "--replicates", str(replicates), "--seed", str(seed)]
    again = shlex.join(["ectsim", VERB, a, b, "--out", str(store), *sizes])
    with saying_how_to_go_on(store, again), progress(text("conditions.progress")) as show:
        swept = sweep(study, store / SWEEP, engine=engine, workers=workers, scheduler=scheduler, progress=show)
    found = summarise_conditions(swept.to_pandas())
    tables = {name: getattr(found, name) for name in ("curves", "contrasts", "surfaces", "luck")}
    rests = rests_on(*setups, found, seed)
    figures, story = conditions_figures(found, rests), tell_conditions(found, rests)
    write_results(store / RESULTS, asked, Results(tables, figures, story), started=started, csv=csv)
    write_report(conditions_report(found, figures, rests, asked.command), [store / RESULTS / PAGE])
    if as_json:
        print_json({name: json_records(table) for name, table in tables.items()} | {"story": story})
    else:
        print_paragraphs(story)
        say(text("conditions.written", folder=store / RESULTS, seconds=round(time.monotonic() - clock)))
