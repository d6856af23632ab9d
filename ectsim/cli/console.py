"""What the command line shows: tables, JSON, progress, notices; no result is computed here.

Results go to standard output, all the rest to standard error.
"""

import contextlib
import json
import math
import shutil
import subprocess
import sys
import textwrap
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.locale import current_language, text

if TYPE_CHECKING:
    import pandas as pd

SECONDS_BETWEEN_LINES, MOST_SECONDS_BETWEEN_LINES = 10.0, 600.0
SECONDS_OF_PACE = 60.0
WIDTH_OF_FILES = 120
ABSENT = "–"
ONE_MONTH = "from ectsim.experiments.single import simulate; simulate('spontaneous', months=1)"
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
    return max([*(len(word) for word in title.split(" ")), *(len(row[place]) for row in rows)])


def _cut(told: str, width: int) -> str:
    """Lines of at most ``width``, cut at plain spaces; Rich would cut at no-break spaces too."""
    return textwrap.fill(told, width, break_long_words=False, break_on_hyphens=False)


def print_paragraphs(told: str) -> None:
    """Print a text, its lines cut to what the terminal shows."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for line in told.splitlines():
        print(_cut(line, width))


def compile_first(use: str = ONE_MONTH, entry: str = "run_months") -> None:
    """Say that the first use takes a while, and compile in a process of its own: what it needs is given back with it.

    Where that fails the first run compiles as it goes.

    Parameters
    ----------
    use
        Python that uses the rules.
    entry
        Entry point that it compiles last.
    """
    from numba.core import config

    from ectsim.compiled import is_cached

    uncompiled = getattr(config, "DISABLE_JIT", 0)  # asked for by NUMBA_DISABLE_JIT=1: nothing will be compiled
    if not uncompiled and not is_cached(entry):
        say(text("cli.compiling"))
        subprocess.run([sys.executable, "-P", "-c", use], capture_output=True, check=False)


class Pace:
    """How fast runs are made lately, and when they will be over."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._total = 0

    def tell(self, now: float, done: int, total: int) -> str:
        """Rate and time left, nothing before they can be known; ``now`` in seconds."""
        if total != self._total or done < self._seen[-1][1]:  # another stage of the same command
            self._seen.clear()
            self._total = total
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - SECONDS_OF_PACE:
            self._seen.popleft()
        begun, before = self._seen[0]
        if now == begun or done == before:
            return ""
        rate = (done - before) / (now - begun)
        shown = f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
        if current_language() == "fr":
            shown = shown.replace(".", ",")
        return text("cli.progress.pace", rate=shown, left=duration((total - done) / rate))


def duration(seconds: float) -> str:
    """A duration as people say it: « 45 s », « 12 min », « 3 h 20 min », « 2 j 4 h »."""
    if seconds < 60:
        return text("cli.duration.seconds", seconds=math.ceil(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return text("cli.duration.minutes", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return text("cli.duration.hours", hours=hours, minutes=minutes)
    return text("cli.duration.days", days=hours // 24, hours=hours % 24)


@contextlib.contextmanager
def progress(title: str | None = None) -> Iterator[Callable[[int, int], None]]:
    """Show how many runs are done, how fast, how long is left: a bar on a terminal, elsewhere a line now and then."""
    pace = Pace()
    if not sys.stderr.isatty():
        yield _lines(pace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title or text("cli.progress.title"), total=None, pace="")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, pace=pace.tell(time.monotonic(), done, total))

        yield show


def _lines(pace: Pace) -> Callable[[int, int], None]:
    """Lines ever further apart, so that the log of a day stays short."""
    begun = last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        told = pace.tell(now, done, total)
        if now - last >= min(max(SECONDS_BETWEEN_LINES, (now - begun) / 10), MOST_SECONDS_BETWEEN_LINES):
            last = now
            line = text("cli.progress.line", done=done, total=total)
            say(f"{line}, {told}" if told else line)

    return show
