"""What the command line shows: tables, JSON, progress, notices; no result is computed here.

Results go to standard output, all the rest to standard error.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.locale import text

if TYPE_CHECKING:
    import pandas as pd

SECONDS_BETWEEN_LINES = 10.0
WIDTH_OF_FILES = 120
ABSENT = "–"


def say(message: str) -> None:
    """Tell the user something that is no result."""
    print(message, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print a value for scripts."""
    print(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def json_records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows of a table for JSON, nothing (null) where there is no number."""
    return json.loads(table.to_json(orient="records") or "[]")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """Print a table on the terminal, or as plain lines into a file; columns ``numbers`` are set to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place in numbers else "left", vertical="bottom")
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_FILES
    console.print(table)


def print_paragraphs(told: str) -> None:
    """Print a text, its lines cut to what the terminal shows."""
    import shutil
    import textwrap

    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for line in told.splitlines():
        print(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if line.strip() else "")


def announce_compilation() -> None:
    """Say that the first use takes a while, when it will."""
    from ectsim.compiled import is_cached

    if not is_cached():
        say(text("cli.compiling"))


@contextlib.contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Show how many runs are done: a bar on a terminal, elsewhere a line now and then."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("cli.progress.title"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines() -> Callable[[int, int], None]:
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say(text("cli.progress.line", done=done, total=total))

    return show
