"""Verbs that tell what ectsim holds and stands on: parameters, territory check, doctor."""

import os
from typing import Annotated, Any

import typer

from ectsim.cli.console import print_json, print_table, say
from ectsim.cli.spoken import SpokenCommand, SpokenGroup
from ectsim.locale import current_language, text

Json = Annotated[bool, typer.Option("--json")]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    group.command("check", cls=SpokenCommand)(check)
    app.add_typer(group, name="territory", cls=SpokenGroup)
    for name, verb in (("parameters", parameters), ("doctor", doctor)):
        app.command(name, cls=SpokenCommand)(verb)


def parameters(as_json: Json = False) -> None:
    """Every parameter of the model."""
    import dataclasses

    from ectsim.parameters import PARAMETERS

    if as_json:
        print_json([dataclasses.asdict(parameter) for parameter in PARAMETERS.values()])
        return
    from ectsim.scenario.numbers import decimal

    titles = [text(f"cli.table.{name}") for name in ("parameter", "meaning", "default", "range", "unit", "source")]
    rows = [
        (
            p.name,
            p.label,
            decimal(p.default),
            f"{decimal(p.low)} – {decimal(p.high)}",
            p.unit,
            text(f"cli.source.{p.source}"),
        )
        for p in PARAMETERS.values()
    ]
    print_table(titles, rows, [2, 3], wide=1)


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
    from ectsim.scenario.numbers import decimal
    from ectsim.territory.nomenclature import label

    times = text("cli.yes" if report.has_travel_times else "cli.no")
    numbers = ("communes", "inhabitants", "area_km2", "epcis", "contiguous_pairs", "outlines")
    values = {name: decimal(round(getattr(report, name))) for name in numbers}
    print(text("cli.territory.report", title=report.title[current_language()], times=times, **values))
    titles = [text(f"cli.territory.{name}") for name in ("kind", "actors", "low", "high", "counted")]
    rows = [(label(k.kind), *map(decimal, (k.count, k.low, k.high, k.counted))) for k in report.kinds]
    print_table(titles, rows, [1, 2, 3, 4])
    for warning in report.warnings:
        say(str(warning))
    print(text("cli.territory.right", warnings=len(report.warnings)))


def _report_for_scripts(report: Any) -> dict[str, Any]:
    import dataclasses

    told = dataclasses.asdict(report)
    return told | {"warnings": [str(warning) for warning in report.warnings]}


def doctor(as_json: Json = False) -> None:
    """Versions, compiled rules, cores, language."""
    import platform

    from ectsim import __version__
    from ectsim.compiled import CACHE_FOLDER, is_cached
    from ectsim.experiments.provenance import package_versions, revision
    from ectsim.shipped import shipped_folder

    told = {
        "ectsim": __version__,
        "revision": revision(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "language": current_language(),
        "scenarios": str(shipped_folder("scenarios")),
        "cache": str(CACHE_FOLDER),
        "compiled": is_cached(),
        "packages": package_versions(),
    }
    if as_json:
        print_json(told)
        return
    packages = told.pop("packages")
    told["compiled"] = text("cli.yes" if told["compiled"] else "cli.no")
    rows = [(text(f"cli.doctor.{name}"), str(value or "–")) for name, value in told.items()]
    print_table((text("cli.doctor.title"), ""), [*rows, *packages.items()])
