"""The verb that opens the workshop."""

from pathlib import Path
from typing import Annotated

import typer

from ectsim.cli.spoken import SpokenCommand
from ectsim.errors import InputError, Problem


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("workshop", cls=SpokenCommand)(workshop)


def workshop(
    scenarios: Annotated[list[str] | None, typer.Argument(metavar="SCENARIOS")] = None,
    network: Annotated[bool, typer.Option("--network")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8765,
    rehearsal: Annotated[int, typer.Option(min=0, max=40)] = 0,
    session: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
) -> None:
    """Serve the workshop's pages."""
    from ectsim.cli.console import compile_first, say

    try:
        import segno  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ModuleNotFoundError as missing:
        raise InputError([Problem("cli.needs_workshop", {"package": missing.name})]) from None
    from ectsim.workshop.opening import Opening, open_workshop

    compile_first("from ectsim.workshop.opening import play_once; play_once()", "match_twins")
    open_workshop(Opening(tuple(scenarios or ()), session, port, network, rehearsal), say)
