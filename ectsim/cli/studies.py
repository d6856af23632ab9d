"""Studies that leave a results folder: making one, showing it, making it again. What they compute lives elsewhere."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.cli.console import (
    compile_first,
    json_records,
    print_json,
    print_paragraphs,
    print_table,
    progress,
    say,
)
from ectsim.errors import InputError, Problem
from ectsim.experiments.provenance import Study, changes, file_name, now, read_provenance, read_study
from ectsim.experiments.results import Results, differing_tables, refuse_other_contents, write_results
from ectsim.locale import choose_language, current_language, text

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path("results")


@dataclass(frozen=True)
class Request:
    """How a study is asked for: what changes no result."""

    out: Path | None = None
    threads: int | None = None
    csv: bool = False
    as_json: bool = False


def conduct(study: Study, request: Request) -> None:
    """Make a study, show it and write its results folder."""
    folder = request.out or RESULTS / _default_name(study)
    refuse_other_contents(folder, study.verb)
    started, clock = now(), time.monotonic()
    results = carry_out(study, request.threads)
    write_results(folder, study, results, started=started, csv=request.csv)
    if request.as_json:
        print_json(_for_scripts(study, results, folder))
        return
    print_paragraphs(results.story)
    _show_outcomes(study, results.tables["outcomes"])
    say(text("cli.written", folder=folder, seconds=round(time.monotonic() - clock)))


def make_again(folder: Path, request: Request) -> bool:
    """Make the study of a results folder again, into a new folder; tell whether the tables are the same."""
    told = read_provenance(folder)
    if told.get("verb") not in _MAKERS and told.get("command"):
        raise InputError([Problem("cli.rerun.by_command", {"command": told["command"]}, file=folder)])
    study = read_study(folder)
    again = request.out or folder.resolve().with_name(f"{folder.resolve().name}-rerun")
    if again.resolve() == folder.resolve():
        raise InputError([Problem("cli.rerun.same_folder", file=again)])
    refuse_other_contents(again, study.verb)
    started, mine = now(), current_language()
    choose_language(told.get("language"))
    try:
        results = carry_out(study, request.threads)
        write_results(again, study, results, started=started, csv=bool(told.get("csv")))
    finally:
        choose_language(mine)
    differing = differing_tables(folder, again)
    moved = changes(told, read_provenance(again))
    shown = request.out or folder.with_name(again.name)
    if request.as_json:
        print_json({"same": not differing, "differing": differing, "changes": moved, "folder": shown.as_posix()})
    else:
        _tell_agreement(differing, moved, shown)
    return not differing


def _tell_agreement(differing: Sequence[str], moved: dict[str, Any], folder: Path) -> None:
    if not differing:
        print(text("cli.rerun.same", folder=folder))
        return
    print(text("cli.rerun.differs", tables=", ".join(differing), folder=folder))
    print(text("cli.rerun.changes") if moved else text("cli.rerun.no_change"))
    for name, (before, after) in moved.items():
        print(f"  {name}{text('cli.colon')} {before} → {after}")


def _default_name(study: Study) -> str:
    return "-".join([study.verb, *(Path(file_name(setup)).stem for setup in study.setups)])


def carry_out(study: Study, threads: int | None) -> Results:
    """Make the results of a study, on threads."""
    maker = _MAKERS.get(study.verb)
    if maker is None:
        raise InputError([Problem("experiments.not_provenance")])
    compile_first()
    return maker(study, threads)


def _make_run(study: Study, threads: int | None) -> Results:
    from ectsim.experiments.single import simulate
    from ectsim.report.figures import run_figure
    from ectsim.report.network import network_figure
    from ectsim.report.story import tell_run

    (setup,) = study.setups
    run = simulate(setup, seed=study.options["seed"] or 0, months=study.options["months"])
    tables = {
        "outcomes": run.outcomes(),
        "projects": run.projects(),
        "actors": run.actors(),
        "ties": run.ties(),
        "months": run.months(),
    }
    return Results(tables, {"run": run_figure(run), "network": network_figure(run)}, tell_run(run))


def _make_comparison(study: Study, threads: int | None) -> Results:
    from ectsim.analysis.comparison import compare
    from ectsim.analysis.twin_table import twin_table
    from ectsim.report.emergence_map import emergence_map
    from ectsim.report.figures import comparison_figure
    from ectsim.report.funnel import funnel_figure
    from ectsim.report.story import tell_comparison
    from ectsim.report.twin_flows import flows_figure

    a, b = study.setups
    seed, runs = study.options["seed"] or 0, study.options["runs"] or 1
    with progress() as show:
        found = compare(a, b, seed=seed, runs=runs, threads=threads, progress=show)
    twins = twin_table(found.worlds)
    tables = {
        "outcomes": found.table,
        "twins": twins,
        "fates": found.fates,
        "windfall": found.windfall,
        "money": found.money,
        "curves": found.curves,
        "runs": _outcomes_by_run(found.worlds),
    }
    figures = {
        "comparison": comparison_figure(found),
        "flows": flows_figure(twins, found),
        "map": emergence_map(twins, found),
        "funnel": funnel_figure(found),
    }
    return Results(tables, figures, tell_comparison(found))


def _make_patterns(study: Study, threads: int | None) -> Results:
    from ectsim.analysis.patterns import check_patterns
    from ectsim.report.patterns import patterns_figure, tell_patterns

    seed, runs = study.options["seed"] or 0, study.options["runs"] or 1
    with progress() as show:
        found = check_patterns(runs=runs, seed=seed, threads=threads, progress=show, setups=study.setups)
    return Results({"patterns": found}, {"patterns": patterns_figure(found, runs)}, tell_patterns(found, runs))


_MAKERS: dict[str, Callable[[Study, int | None], Results]] = {
    "run": _make_run,
    "compare": _make_comparison,
    "check-patterns": _make_patterns,
}


def _outcomes_by_run(worlds: Any) -> "pd.DataFrame":
    """Every outcome of every run: one row a scenario ("a", "b") and seed."""
    import pandas as pd

    from ectsim.model.outcomes import measure

    parts = [
        pd.DataFrame({"scenario": name, "seed": worlds.seeds, **measure(tallies)})
        for name, tallies in zip("ab", worlds.tallies, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _for_scripts(study: Study, results: Results, folder: Path) -> dict[str, Any]:
    tables = {
        name: json_records(results.tables[name])
        for name in ("outcomes", "fates", "windfall", "money")
        if name in results.tables
    }
    return {
        "command": study.command,
        "scenarios": [str(setup.scenario.name) for setup in study.setups],
        **study.options,
        **tables,
        "story": results.story,
        "folder": folder.as_posix(),
    }


def _show_outcomes(study: Study, table: "pd.DataFrame") -> None:
    from ectsim.report.outcome_tables import comparison_table, run_table

    a, *others = (str(setup.scenario.name) for setup in study.setups)
    shown = comparison_table(table, a, *others) if others else run_table(table)
    print_table(shown.columns, shown.rows, range(1, len(shown.columns)))
