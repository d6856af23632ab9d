"""Studies that leave a results folder: made, shown, made again. What each computes: report/making.py."""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
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
from ectsim.experiments.provenance import PROVENANCE, Study, changes, file_name, now, read_provenance, read_study
from ectsim.experiments.results import Results, differing_tables, refuse_other_contents, write_results
from ectsim.locale import choose_language, current_language, text
from ectsim.report.making import MAKERS, SWEPT, Work

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path("results")
INSIDE = "results"
"""Results of a verb that keeps its runs in a folder, inside that folder."""


@dataclasses.dataclass(frozen=True)
class Request:
    """How a study is asked for: what changes no result."""

    out: Path | None = None
    threads: int | None = None
    csv: bool = False
    as_json: bool = False
    engine: str = "threads"
    scheduler: str | None = None


def conduct(study: Study, request: Request) -> None:
    """Make a study, show it and write its results folder."""
    asked = dataclasses.replace(request, out=request.out or RESULTS / _default_name(study))
    clock = time.monotonic()
    results, folder = leave(study, asked)
    if request.as_json:
        print_json(_for_scripts(study, results, folder))
        return
    print_paragraphs(results.story)
    _show_outcomes(study, results.tables["outcomes"])
    say(text("cli.written", folder=folder, seconds=round(time.monotonic() - clock)))


def conduct_with_page(
    study: Study, request: Request, told: Callable[[Mapping[str, "pd.DataFrame"]], dict[str, Any]] | None = None
) -> None:
    """Make a study, write its results folder with its page, tell its story.

    Parameters
    ----------
    told
        What programs are told of the tables beside the story; all of them by default.
    """
    from ectsim.report.writing import write_own_page

    clock = time.monotonic()
    results, folder = leave(study, request)
    write_own_page(folder)
    if request.as_json:
        print_json((told or records_of)(results.tables) | {"story": results.story})
        return
    print_paragraphs(results.story)
    say(text("cli.written", folder=folder, seconds=round(time.monotonic() - clock)))


def records_of(tables: Mapping[str, "pd.DataFrame"]) -> dict[str, Any]:
    """Tables as programs read them."""
    return {name: json_records(table) for name, table in tables.items()}


def leave(study: Study, request: Request) -> tuple[Results, Path]:
    """Make a study and write its results; return them and their folder."""
    assert request.out is not None
    folder = request.out / INSIDE if study.verb in SWEPT else request.out
    refuse_other_contents(folder, study.verb)
    started = now()
    results = carry_out(study, request)
    write_results(folder, study, results, started=started, csv=request.csv)
    return results, folder


def carry_out(study: Study, request: Request) -> Results:
    """Make the results of a study."""
    compile_first()
    work = Work(None, request.threads, request.out or Path(), request.engine, request.scheduler)
    with progress() as show:
        return MAKERS[study.verb](study, dataclasses.replace(work, progress=show))


def make_again(given: Path, request: Request) -> bool:
    """Make the study of a results folder again, into a new folder; tell whether the tables are the same."""
    inside = not (given / PROVENANCE).is_file() and (given / INSIDE / PROVENANCE).is_file()
    folder = given / INSIDE if inside else given
    told = read_provenance(folder)
    if told.get("verb") not in MAKERS and told.get("command"):
        raise InputError([Problem("cli.rerun.by_command", {"command": told["command"]}, file=folder)])
    study = read_study(folder)
    if study.verb not in MAKERS:
        raise InputError([Problem("experiments.not_provenance", file=folder)])
    swept = study.verb in SWEPT
    first = folder.parent if swept and folder.resolve().name == INSIDE else folder
    again = request.out or first.resolve().with_name(f"{first.resolve().name}-rerun")
    if again.resolve() in (first.resolve(), folder.resolve()):
        raise InputError([Problem("cli.rerun.same_folder", file=again)])
    mine = current_language()
    choose_language(told.get("language"))
    try:
        _, made = leave(study, dataclasses.replace(request, out=again, csv=bool(told.get("csv"))))
    finally:
        choose_language(mine)
    differing = differing_tables(folder, made)
    moved = changes(told, read_provenance(made))
    shown = request.out or first.with_name(again.name)
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
