"""``ectsim explore`` and ``ectsim choose``: what the model can produce, and which scheme to choose.

The searches and the judgements live in the analysis.
"""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.running import Json
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeps import saying_how_to_go_on, tell_runs_ahead

Store = Annotated[Path, typer.Option("--out", metavar="DIR")]
Workers = Annotated[int | None, typer.Option(min=1)]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command("explore", cls=SpokenCommand)(explore)
    app.command("choose", cls=SpokenCommand)(choose)


def explore(
    study: str,
    store: Store,
    generations: Annotated[int, typer.Option(min=0, max=999)] = 19,
    bins: Annotated[int, typer.Option(min=2, max=200)] = 20,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Which combinations of outcomes the model can produce at all."""
    from ectsim.analysis.exploration.exploring import first_generation, refuse_unfit
    from ectsim.cli.console import compile_first
    from ectsim.cli.studies import Request, conduct_with_page, records_of
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.planned import PlannedStudy

    asked = PlannedStudy.of("explore", study, {"generations": generations, "bins": bins})
    refuse_unfit(asked.plan)
    compile_first()
    tell_runs_ahead(make_plan(first_generation(asked.plan)), "threads", workers, times=generations + 1)
    again = ["ectsim", "explore", study, "--out", str(store), "--generations", str(generations), "--bins", str(bins)]
    with saying_how_to_go_on(store, shlex.join(again)):
        conduct_with_page(
            asked,
            Request(store, workers, csv=True, as_json=as_json),
            lambda tables: (
                records_of({"axes": tables["axes"]}) | {name: len(tables[name]) for name in ("points", "patterns")}
            ),
        )


def choose(
    study: str,
    store: Store,
    enough: Annotated[list[str] | None, typer.Option(metavar="CRITERION=VALUE")] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Which scheme to choose when parameters are uncertain."""
    from ectsim.analysis.choice.choosing import read_enough, ready
    from ectsim.cli.console import compile_first
    from ectsim.cli.studies import Request, conduct_with_page, records_of
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.planned import PlannedStudy

    read_enough(enough or [])
    asked = PlannedStudy.of("choose", study, {"enough": enough or []})
    compile_first()
    tell_runs_ahead(make_plan(ready(asked.plan)), "threads", workers)
    thresholds = [part for one in enough or [] for part in ("--enough", one)]
    with saying_how_to_go_on(store, shlex.join(["ectsim", "choose", study, "--out", str(store), *thresholds])):
        conduct_with_page(
            asked,
            Request(store, workers, csv=True, as_json=as_json),
            lambda tables: records_of({name: table for name, table in tables.items() if name != "values"}),
        )
