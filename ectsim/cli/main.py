"""Entry point of the command line: the tree of verbs, and what becomes of errors. Verbs live in the sibling modules."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from ectsim import __version__
from ectsim.cli import (
    calibrating,
    case,
    conditions,
    exploring,
    hypotheses,
    interviews,
    origins,
    reference,
    reporting,
    roles,
    running,
    scenarios,
    sensitivity,
    sweeping,
    territory,
    workshop,
)
from ectsim.cli.console import print_json, say
from ectsim.cli.interruption import INTERRUPTED, listen
from ectsim.cli.spoken import SpokenGroup, take_language, usage_problem
from ectsim.errors import EctsimError, InputError, ListedError, file_failure
from ectsim.locale import text

FAILED = 1

app = typer.Typer(cls=SpokenGroup, rich_markup_mode=None, add_completion=False)
running.add_verbs(app)
sweeping.add_verbs(app)
scenarios.add_verbs(app)
territory.add_verbs(app)
reference.add_verbs(app)
interviews.add_verbs(app)
calibrating.add_verbs(app)
sensitivity.add_verbs(app)
hypotheses.add_verbs(app)
exploring.add_verbs(app)
roles.add_verbs(app)
origins.add_verbs(app)
case.add_verbs(app)
conditions.add_verbs(app)
reporting.add_verbs(app)
workshop.add_verbs(app)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ectsim {__version__}")
        raise typer.Exit


@app.callback()
def _root(version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False) -> None:
    """Options of ectsim itself."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    listen()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    0 done, 1 the study says no or failed, 2 bad input, 3 refused for privacy, 130 interrupted.
    """
    try:
        rest = take_language(arguments)
        code = typer.main.get_command(app).main(rest, prog_name="ectsim", standalone_mode=False) or 0
    except EctsimError as error:
        return _refuse(error, arguments)
    except typer.TyperException as error:
        return _refuse(InputError([usage_problem(error)]), arguments)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except OSError as error:
        say(file_failure(error))
        return FAILED
    except MemoryError:
        say(text("cli.failed.memory"))
        return FAILED
    except Exception as error:
        _tell_defect(error)
        return FAILED
    if code == INTERRUPTED:
        say(text("cli.interrupted"))
    return code


def _refuse(error: EctsimError, arguments: Sequence[str]) -> int:
    """Say what is wrong, for people or, with ``--json``, for scripts."""
    if "--json" in arguments:
        problems = error.problems if isinstance(error, ListedError) else ()
        told = [
            {
                "message": text(problem.message, **problem.values),
                "file": str(problem.file) if problem.file else None,
                "line": problem.line,
                "field": problem.field,
                "nearest": problem.nearest,
            }
            for problem in problems
        ]
        print_json({"error": str(error), "problems": told, "exit_code": error.exit_code})
    else:
        say(str(error))
    return error.exit_code


def _tell_defect(error: Exception) -> None:
    """Own up to a defect; its traceback is shown to whoever sets ECTSIM_DEBUG."""
    if os.environ.get("ECTSIM_DEBUG"):
        traceback.print_exception(error)
    say(text("cli.failed.defect", kind=type(error).__name__, reason=error))
