"""Verbs about scenario files: scenario check, schema, explain, and new."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.console import print_json, print_paragraphs
from ectsim.cli.spoken import SpokenCommand, SpokenGroup
from ectsim.locale import text


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    for name, verb in (("check", check), ("explain", explain), ("schema", schema)):
        group.command(name, cls=SpokenCommand)(verb)
    app.add_typer(group, name="scenario", cls=SpokenGroup)
    app.command("new", cls=SpokenCommand)(new)


def check(scenario: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Whether a scenario file is right."""
    from ectsim.scenario import load_scenario

    loaded = load_scenario(scenario)
    if as_json:
        print_json({"name": str(loaded.name), "scenario": loaded.model_dump(mode="json"), "problems": []})
    else:
        print(text("cli.scenario_right", name=loaded.name))


def explain(scenario: str) -> None:
    """What a scenario says, in words."""
    from ectsim.scenario import explain, load_scenario

    print_paragraphs(explain(load_scenario(scenario)))


def schema() -> None:
    """The JSON schema of scenario files."""
    from ectsim.scenario import scenario_schema

    print_json(scenario_schema())


def new(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """A folder with scenarios to start from."""
    from ectsim.cli.starting import start_folder

    start_folder(folder)
    print(text("cli.new.made", folder=folder))
