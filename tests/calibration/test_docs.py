"""The page on interviews says what the tables are, and its commands exist."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from ectsim.calibration.columns import TABLES
from ectsim.cli.main import app

PAGE = (Path(__file__).parents[2] / "docs" / "interviews.md").read_text(encoding="utf-8")
COMMANDS = dict.fromkeys(re.findall(r"^(ectsim .*)$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_tables(name: str):
    (line,) = re.findall(rf"^\| `{name}\.csv` \| (.*) \|$", PAGE, re.MULTILINE)
    told = {column: bool(star) for star, column in re.findall(r"(\*?)`(\w+)`", line)}
    assert told == {column.name: column.optional for column in TABLES[name].columns.values()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one(command: str):
    # parsed, not run: an option or an argument that does not exist is an error
    context = None
    # the language is taken from the line before any verb is known
    command_object, words = typer.main.get_command(app), shlex.split(re.sub(r" --lang \w+", "", command))[1:]
    while hasattr(command_object, "commands"):
        context = typer.Context(command_object, parent=context)
        command_object = command_object.commands[words.pop(0)]  # pyright: ignore[reportAttributeAccessIssue]
    command_object.make_context(command, words, parent=context)
