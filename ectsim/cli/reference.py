"""Verbs that tell what ectsim holds and stands on: parameters, doctor."""

import os
from typing import Annotated

import typer

from ectsim.cli.console import print_json, print_table
from ectsim.cli.spoken import SpokenCommand
from ectsim.locale import current_language, text

Json = Annotated[bool, typer.Option("--json")]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
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
