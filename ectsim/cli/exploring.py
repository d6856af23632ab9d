"""``ectsim explore`` and ``ectsim choose``: what the model can produce, and which scheme to choose.

The searches and the judgements live in the analysis.
"""

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ectsim.cli.running import Json
from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeps import saying_how_to_go_on, tell_runs_ahead
from ectsim.locale import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ectsim.experiments.study_settings import SweepStudy

RESULTS, RUNS = "results", "runs"
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
    from ectsim.analysis.exploration.exploring import explore as explored
    from ectsim.analysis.exploration.exploring import first_generation, refuse_unfit
    from ectsim.cli.console import compile_first, progress
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.study import load_study
    from ectsim.report.exploration import exploration_figure, exploration_page, tell_patterns

    given = load_study(study)
    refuse_unfit(given)
    clock = time.monotonic()
    compile_first()
    tell_runs_ahead(make_plan(first_generation(given)), "threads", workers, times=generations + 1)
    command = f"ectsim explore {Path(study).name} --generations {generations} --bins {bins}"
    again = ["ectsim", "explore", study, "--out", str(store), "--generations", str(generations), "--bins", str(bins)]
    with saying_how_to_go_on(store, shlex.join(again)), progress(text("exploration.progress")) as show:
        found = explored(given, store, generations, bins=bins, workers=workers, progress=show)
    figures = {"patterns": exploration_figure(found)}
    told = {"runs": found.runs, "patterns": len(found.tables["patterns"]), "widths": found.widths.tolist()}
    page = exploration_page(found, figures, command)
    _write(store / RESULTS, found.tables, figures, tell_patterns(found), page, _resting_on(given, command, told))
    _show("exploration.finished", tell_patterns(found), told, store / RESULTS, clock, as_json)


def choose(
    study: str,
    store: Store,
    enough: Annotated[list[str] | None, typer.Option(metavar="CRITERION=VALUE")] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Which scheme to choose when parameters are uncertain."""
    from ectsim.analysis.choice.choosing import choose as chosen
    from ectsim.analysis.choice.choosing import read_enough, ready
    from ectsim.cli.console import compile_first, json_records, progress
    from ectsim.experiments.plan import make_plan
    from ectsim.experiments.study import load_study
    from ectsim.report.choice import choice_page, tell_choice
    from ectsim.report.choice_figures import choice_figures

    given, limits = ready(load_study(study)), read_enough(enough or [])
    clock = time.monotonic()
    compile_first()
    tell_runs_ahead(make_plan(given), "threads", workers)
    thresholds = [part for one in enough or [] for part in ("--enough", one)]
    again = shlex.join(["ectsim", "choose", study, "--out", str(store), *thresholds])
    with saying_how_to_go_on(store, again), progress(text("choice.progress")) as show:
        found = chosen(given, store / RUNS, limits, workers=workers, progress=show)
    figures = choice_figures(found)
    command = " ".join([f"ectsim choose {Path(study).name}", *thresholds])
    tables = {name: json_records(table) for name, table in found.tables.items() if name != "values"}
    told = {"enough": dict(limits), "draws": found.draws, "replicates": found.replicates, **tables}
    page = choice_page(found, figures, command)
    _write(store / RESULTS, found.tables, figures, tell_choice(found), page, _resting_on(given, command, told))
    _show("choice.finished", tell_choice(found), told, store / RESULTS, clock, as_json)


def _resting_on(study: "SweepStudy", command: str, told: Mapping[str, Any]) -> dict[str, Any]:
    from ectsim.experiments.provenance import surroundings
    from ectsim.experiments.study_inputs import sources

    return {"command": command, **told, "rests_on": surroundings() | sources(study)}


def _write(
    folder: Path,
    tables: Mapping[str, Any],
    figures: "Mapping[str, Figure]",
    story: str,
    page: str,
    told: dict[str, Any],
) -> None:
    """Write tables (Parquet, CSV), figures (PNG, SVG), text, page and all of it as JSON, each whole or not at all."""
    import json

    from ectsim.experiments.store import writing_whole

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        with writing_whole(folder / f"{name}.parquet") as file:
            table.to_parquet(file, index=False)
        with writing_whole(folder / f"{name}.csv") as file:
            table.to_csv(file, index=False, lineterminator="\n")
    for name, figure in figures.items():
        with writing_whole(folder / f"{name}.png") as file:
            figure.savefig(file, format="png", dpi=200)
        with writing_whole(folder / f"{name}.svg") as file:
            figure.savefig(file, format="svg", metadata={"Date": None})
    texts = {"story.txt": story.rstrip() + "\n", "index.html": page}
    texts["results.json"] = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    for name, content in texts.items():
        with writing_whole(folder / name) as file:
            file.write(content.encode())


def _show(key: str, story: str, told: dict[str, Any], folder: Path, clock: float, as_json: bool) -> None:
    from ectsim.cli.console import duration, print_json, print_paragraphs, say

    if as_json:
        print_json({**told, "story": story, "folder": folder.as_posix()})
        return
    print_paragraphs(story)
    say(text(key, duration=duration(time.monotonic() - clock), folder=folder))
