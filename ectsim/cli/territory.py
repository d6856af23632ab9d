"""Verbs about territories: territory check, territory build."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ectsim.cli.console import print_json, print_table, say
from ectsim.cli.spoken import SpokenCommand, SpokenGroup
from ectsim.locale import current_language, text

Json = Annotated[bool, typer.Option("--json")]
File = Annotated[Path, typer.Option(metavar="FILE")]
Files = Annotated[list[Path] | None, typer.Option(metavar="FILE")]
SECONDS_BETWEEN_LINES = 5.0


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    for name, verb in (("check", check), ("build", build)):
        group.command(name, cls=SpokenCommand)(verb)
    app.add_typer(group, name="territory", cls=SpokenGroup)


def check(
    territory: Annotated[str, typer.Argument()] = "pays_ledonien",
    as_json: Json = False,
) -> None:
    """Whether the files of a territory are right, and what they hold."""
    from ectsim.territory.checking import check_territory

    report = check_territory(territory)
    if as_json:
        print_json(_report_for_scripts(report))
        return
    _show(report)
    for warning in report.warnings:
        say(str(warning))
    print(text("cli.territory.right", warnings=len(report.warnings)))


def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    communes: File,
    populations: File,
    epci: File,
    outlines: Annotated[list[Path], typer.Option(metavar="FILE")],
    select: Annotated[list[str], typer.Option(metavar="WHAT")],
    centre: Annotated[str, typer.Option(metavar="CODE")],
    title: Annotated[str, typer.Option(metavar="TITLE")],
    establishments: Files = None,
    units: Files = None,
    associations: Files = None,
    ring: Annotated[str, typer.Option(metavar="RULE")] = "epci",
    year: int | None = None,
    as_json: Json = False,
) -> None:
    """A territory folder from official files."""
    from ectsim.territory.building.build import Sources, Wish, build_territory
    from ectsim.territory.checking import check_territory

    sources = Sources(communes, populations, epci, outlines, establishments or [], units or [], associations or [])
    notices = build_territory(folder, sources, Wish(select, centre, title, ring, year), _progress())
    report = check_territory(folder)
    if as_json:
        print_json(_report_for_scripts(report) | {"folder": str(folder), "notices": [str(n) for n in notices]})
        return
    _show(report)
    for notice in (*notices, *report.warnings):
        say(str(notice))
    print(text("building.done.written", folder=folder))


def _progress() -> Callable[[str, int, int], None]:
    """Tell now and then how far the reading of a large file is."""
    last = time.monotonic()

    def tell(file: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say(text("building.progress.line", file=file, percent=100 * done // max(total, 1)))

    return tell


def _show(report: Any) -> None:
    from ectsim.scenario.numbers import decimal
    from ectsim.territory.nomenclature import label

    times = text("cli.yes" if report.has_travel_times else "cli.no")
    numbers = ("communes", "inhabitants", "area_km2", "epcis", "contiguous_pairs", "outlines")
    values = {name: decimal(round(getattr(report, name))) for name in numbers}
    print(text("cli.territory.report", title=report.title[current_language()], times=times, **values))
    titles = [text(f"cli.territory.{name}") for name in ("kind", "actors", "low", "high", "counted")]
    rows = [(label(k.kind), *map(decimal, (k.count, k.low, k.high, k.counted))) for k in report.kinds]
    print_table(titles, rows, [1, 2, 3, 4])


def _report_for_scripts(report: Any) -> dict[str, Any]:
    import dataclasses

    told = dataclasses.asdict(report)
    return told | {"warnings": [str(warning) for warning in report.warnings]}
