"""What the command line shows: tables, JSON, progress, notices; no result is computed here.

Results go to standard output, all the rest to standard error.
"""

import contextlib
import json
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.locale import text

if TYPE_CHECKING:
    import pandas as pd

SECONDS_BETWEEN_LINES = 10.0
WIDTH_OF_FILES = 120
ABSENT = "–"
BETWEEN_COLUMNS, NARROWEST, READABLE = 3, 24, 40


def say(message: str) -> None:
    """Tell the user something that is no result."""
    print(message, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print a value for scripts."""
    print(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def json_records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows of a table for JSON, nothing (null) where there is no number."""
    return json.loads(table.to_json(orient="records") or "[]")


def print_table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = (), *, wide: int = 0
) -> None:
    """Print a table on the terminal, or as plain lines into a file.

    Columns ``numbers`` are set to the right; column ``wide`` takes the room that the others leave, on several lines.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    rows = list(rows)
    widths = {place: _width(titles[place], rows, place) for place in range(len(titles)) if place != wide}
    others = sum(width + BETWEEN_COLUMNS for width in widths.values()) + BETWEEN_COLUMNS + 1
    if not console.is_terminal:
        console.width = max(WIDTH_OF_FILES, others + READABLE)
    room = max(console.width - others, NARROWEST)
    table = Table(box=box.SIMPLE_HEAD, header_style="")
    for place, title in enumerate(titles):
        shown = _cut(title, widths.get(place, room))
        table.add_column(shown, justify="right" if place in numbers else "left", vertical="bottom")
    for row in rows:
        table.add_row(*(_cut(cell, room) if place == wide else cell for place, cell in enumerate(row)))
    console.print(table)


def _width(title: str, rows: Sequence[Sequence[str]], place: int) -> int:
    """Width of a column: its widest cell, or the longest word of its title."""
    return max(*(len(word) for word in title.split(" ")), *(len(row[place]) for row in rows))


def _cut(told: str, width: int) -> str:
    """Lines of at most ``width``, cut at plain spaces; Rich would cut at no-break spaces too."""
    return textwrap.fill(told, width, break_long_words=False, break_on_hyphens=False)


def print_paragraphs(told: str) -> None:
    """Print a text, its lines cut to what the terminal shows."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for line in told.splitlines():
        print(_cut(line, width))


def compile_first() -> None:
    """Say that the first use takes a while, and compile here: a worker thread would not hear Ctrl-C meanwhile."""
    from ectsim.compiled import is_cached
    from ectsim.experiments.single import simulate

    if not is_cached():
        say(text("cli.compiling"))
        simulate("spontaneous", months=1)


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
