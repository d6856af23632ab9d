"""The verb ``ectsim origins``: what it shows and leaves behind. What it computes lives in the analysis."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ectsim.cli.console import compile_first, json_records, print_json, print_paragraphs, progress, say
from ectsim.cli.running import Csv, Json, Runs, Seed, Threads
from ectsim.cli.spoken import SpokenCommand
from ectsim.locale import text

if TYPE_CHECKING:
    from ectsim.calibration.census import Census

VERB = "origins"
Age = Annotated[int, typer.Option(min=6)]


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command(VERB, cls=SpokenCommand)(origins)


def origins(
    scenario: str,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    census: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    age: Age = 36,
    runs: Runs = 200,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Projects born of a scheme against own initiative, like with like."""
    from ectsim.analysis.lives import live
    from ectsim.analysis.origins import compare_origins, require_scheme
    from ectsim.analysis.origins_census import beside_census
    from ectsim.experiments.provenance import Study, now
    from ectsim.experiments.results import Results, refuse_other_contents, write_results
    from ectsim.experiments.single import prepared
    from ectsim.report.origins import origins_report, tell_origins
    from ectsim.report.origins_figures import origins_figures
    from ectsim.report.writing import PAGE, write_report

    setup = prepared(scenario)
    require_scheme(setup, age)
    observed = _census(census) if census else None
    study = Study(VERB, (setup,), {"age": age, "seed": seed, "runs": runs})
    refuse_other_contents(out, VERB)
    started, clock = now(), time.monotonic()
    compile_first()
    with progress() as show:
        lives = live(setup, range(seed, seed + runs), age, threads=threads, progress=show)
    found = compare_origins(lives)
    beside = beside_census(observed, lives) if observed is not None else None
    tables: dict[str, Any] = {
        "differences": found.differences,
        "selection": found.selection,
        "parts": found.parts,
        "fates": found.fates,
        **({"census": beside} if beside is not None else {}),
    }
    story = tell_origins(setup, found, lives, beside)
    figures = origins_figures(setup, found, lives, beside)
    write_results(out, study, Results(tables, figures, story), started=started, csv=csv)
    write_report(origins_report(setup, found, lives, beside, figures, study.command), [out / PAGE])
    if as_json:
        print_json({name: json_records(table) for name, table in tables.items()} | {"story": story})
    else:
        print_paragraphs(story)
        say(text("origins.written", folder=out, seconds=round(time.monotonic() - clock)))


def _census(folder: Path) -> "Census":
    """The census of projects in a folder of interviews."""
    from ectsim.calibration.census import read_census
    from ectsim.calibration.tidy import read_tidy

    return read_census(read_tidy(folder))
