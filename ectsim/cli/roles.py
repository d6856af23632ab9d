"""The verb ``ectsim roles``: what it shows and leaves behind. What it computes lives in the analysis."""

import time
from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import compile_first, json_records, print_json, print_paragraphs, progress, say
from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand
from ectsim.locale import text

VERB = "roles"


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(roles)


def roles(
    scenario: str,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Which actors must co-carry a project, and with what interests."""
    from ectsim.analysis.portraits import draw_portraits
    from ectsim.analysis.roles import who_mattered
    from ectsim.experiments.provenance import Study, now
    from ectsim.experiments.results import Results, refuse_other_contents, write_results
    from ectsim.experiments.single import prepared
    from ectsim.report.roles import tell_roles
    from ectsim.report.roles_figures import roles_figures
    from ectsim.report.writing import write_own_page

    setup = prepared(scenario)
    study = Study(VERB, (setup,), {"seed": seed, "runs": runs})
    refuse_other_contents(out, VERB)
    started, clock = now(), time.monotonic()
    compile_first()
    with progress() as show:
        found = who_mattered(setup, runs=runs, seed=seed, threads=threads, progress=show)
    portraits = draw_portraits(setup, runs=runs, seed=seed, threads=threads)
    tables = {
        "necessity": found.necessity,
        "shapley": found.shapley,
        "played": found.played,
        "interests": portraits.interests,
        "company": portraits.company,
    }
    story = tell_roles(setup, found, portraits)
    results = Results(tables, roles_figures(setup, found, portraits), story)
    write_results(out, study, results, started=started, csv=csv)
    write_own_page(out)
    if as_json:
        print_json({name: json_records(table) for name, table in tables.items()} | {"story": story})
    else:
        print_paragraphs(story)
        say(text("roles.written", folder=out, seconds=round(time.monotonic() - clock)))
