"""The verb ``ectsim case``: what it shows and leaves behind. What it computes lives in the analysis."""

import time
from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import compile_first, json_records, print_json, print_paragraphs, progress, say
from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand
from ectsim.locale import text

VERB = "case"
DEFAULT_SCENARIO = "one_call_a_year"
AGE = 36


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(case)


def case(
    history: Annotated[Path, typer.Argument(metavar="CASE")],
    out: Annotated[Path, typer.Option(metavar="DIR")],
    lived_under: Annotated[str | None, typer.Option("--scenario", metavar="SCENARIO")] = None,
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """A real dated history of a project or two against simulated ones."""
    import pandas as pd

    from ectsim.analysis.case import judge
    from ectsim.analysis.case_file import read_case, scenario_of
    from ectsim.analysis.lives import live
    from ectsim.calibration.privacy import require_private_place
    from ectsim.experiments.provenance import Study, now
    from ectsim.experiments.results import Results, refuse_other_contents, write_results
    from ectsim.experiments.single import prepared
    from ectsim.report.case import case_figures, case_report, tell_case
    from ectsim.report.writing import PAGE, write_report

    setup = prepared(lived_under or scenario_of(history) or DEFAULT_SCENARIO)
    found = read_case(history, setup.territory)
    require_private_place(out, synthetic=found.synthetic)
    study = Study(VERB, (setup,), {"seed": seed, "runs": runs})
    refuse_other_contents(out, VERB)
    started, clock = now(), time.monotonic()
    compile_first()
    with progress() as show:
        lives = live(setup, range(seed, seed + runs), AGE, threads=threads, progress=show)
    verdicts = [judge(project, lives) for project in found.projects]
    tables = {
        name: pd.concat(
            [
                getattr(verdict, name).assign(
                    project=verdict.project.name, alike=verdict.alike, synthetic=found.synthetic
                )
                for verdict in verdicts
            ],
            ignore_index=True,
        )
        for name in ("events", "team", "curves")
    }
    story = tell_case(setup, verdicts, lives, found.synthetic)
    figures = case_figures(setup, verdicts, lives, found.synthetic)
    write_results(out, study, Results(tables, figures, story), started=started, csv=csv)
    write_report(case_report(setup, verdicts, lives, found.synthetic, figures, study.command), [out / PAGE])
    if as_json:
        told = {name: json_records(tables[name]) for name in ("events", "team")}
        print_json({"synthetic": found.synthetic, **told, "story": story})
    else:
        print_paragraphs(story)
        say(text("case.written", folder=out, seconds=round(time.monotonic() - clock)))
