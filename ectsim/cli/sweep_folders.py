"""What the folder of a sweep shows: how far it is, the precision reached, runs made again, a table as one file."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.cli.console import ABSENT, compile_first, print_json, print_table
from ectsim.locale import text

if TYPE_CHECKING:
    from ectsim.experiments.plan import Shard
    from ectsim.experiments.status import Status

MOST_LINES = 20
"""Precisions shown; ``--json`` gives all."""


def show_status(folder: Path, as_json: bool) -> None:
    """Show how far the sweep of a folder is."""
    from ectsim.experiments.status import status

    tell_status(status(folder), folder, as_json)


def show_verification(folder: Path, rows: int, seed: int, as_json: bool) -> bool:
    """Run some rows of a sweep again and show what differs; tell whether nothing does."""
    from ectsim.experiments.verification import verify

    compile_first()
    found = verify(folder, rows, seed)
    if as_json:
        differences = [difference._asdict() for difference in found.differences]
        print_json({"checked": found.checked, "differences": differences, "damaged": list(found.damaged)})
        return found.holds
    print(text("cli_sweeps.verified", rows=found.checked, differing=len({one.run_id for one in found.differences})))
    for one in found.differences:
        values = {"run": one.run_id, "table": one.table, "column": one.column or ABSENT}
        print(text("cli_sweeps.differs", **values, stored=one.stored, again=one.again))
    for file in found.damaged:
        print(text("cli_sweeps.damaged", file=file))
    return found.holds


def show_export(folder: Path, file: Path, kind: str | None, table: str) -> None:
    """Write a table of a sweep to one file, in the format its name tells unless another is asked for."""
    from ectsim.experiments.exports import export
    from ectsim.experiments.store import kept_study
    from ectsim.scenario.numbers import decimal

    rows = export(folder, file, kind or file.suffix.removeprefix(".") or "csv", table)
    if notice := kept_study(folder)[1]["notice"]:
        print(notice)
    print(text("cli_sweeps.exported", rows=decimal(rows), file=file))


def size(count: float) -> str:
    """A number of bytes as people say it: « 645 ko », « 33,2 Mo »."""
    from ectsim.report.wording import number

    for power, unit in ((3, "gigabytes"), (2, "megabytes")):
        if count >= 1000**power:
            return text(f"cli_sweeps.size.{unit}", size=number(count / 1000**power))
    return text("cli_sweeps.size.kilobytes", size=number(count / 1000))


def tell_status(found: "Status", folder: Path, as_json: bool, part: "Shard | None" = None) -> None:
    """Show how far a sweep is, or a part of it: which runs failed, the precision reached."""
    if as_json:
        print_json(_for_scripts(found, folder))
        return
    from ectsim.experiments.plan import WHOLE
    from ectsim.scenario.numbers import decimal

    values = {"done": decimal(found.done), "runs": decimal(found.runs), "folder": folder, "size": size(found.bytes)}
    if found.notice:
        print(found.notice)
    if part and part != WHOLE:
        print(text("cli_sweeps.part_complete", number=part.number, total=part.total, **values))
    else:
        print(text("cli_sweeps.complete" if found.complete else "cli_sweeps.partial", **values))
    for status, count in found.failed.items():
        print(text("cli_sweeps.failed", status=status, count=decimal(count)))
    for file in found.damaged:
        print(text("cli_sweeps.damaged", file=file))
    _tell_precision(found)


def _for_scripts(found: "Status", folder: Path) -> dict[str, Any]:
    return {
        "folder": folder.as_posix(),
        "complete": found.complete,
        "runs": found.runs,
        "done": found.done,
        "by_scenario": found.by_scenario,
        "failed": found.failed,
        "bytes": found.bytes,
        "notice": found.notice,
        "damaged": list(found.damaged),
        "precision": [
            {"point": point, "enough": reached.enough, "targets": [_finite(target) for target in reached.targets]}
            for point, reached in found.precision.items()
        ],
    }


def _finite(target: Any) -> dict[str, Any]:
    """Fields of a target for JSON, nothing (null) where an interval has no bound yet."""
    told = target._asdict()
    return {n: None if isinstance(v, float) and not math.isfinite(v) else v for n, v in told.items()}


def _tell_precision(found: "Status") -> None:
    """Show what automatic replicates reached, what was missed first."""
    from ectsim.report.wording import number

    targets = [(point, target) for point, reached in found.precision.items() for target in reached.targets]
    if not targets:
        return
    held = sum(target.held for _, target in targets)
    print(text("cli_sweeps.reached", held=held, all=len(targets)))
    titles = [text(f"cli_sweeps.precision.{name}") for name in ("point", "what", "value", "reached", "asked", "runs")]
    rows = [
        (
            str(point),
            _estimated(target),
            *(number(value, 3) for value in (target.value, target.half_width, target.asked)),
            str(target.runs),
        )
        for point, target in sorted(targets, key=lambda target: target[1].held)
    ]
    print_table(titles, rows[:MOST_LINES], [0, 2, 3, 4, 5], wide=1)
    if len(rows) > MOST_LINES:
        print(text("cli_sweeps.more", count=len(rows) - MOST_LINES))


def _estimated(target: Any) -> str:
    """What a precision is about: an outcome, or the share of runs that reach a threshold, and where."""
    from ectsim.model.outcomes import OUTCOMES
    from ectsim.scenario.numbers import decimal

    what = OUTCOMES[target.outcome].label
    if target.at_least is not None:
        what = text("cli_sweeps.share", outcome=what, least=decimal(target.at_least))
    if target.against is None:
        return text("cli_sweeps.of", what=what, scenario=target.scenario)
    return text("cli_sweeps.difference", what=what, scenario=target.scenario, against=target.against)
