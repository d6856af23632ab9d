"""Ctrl-C and polite kills: the first stops a command cleanly, a second one at once, both with exit code 130.

What a command keeps when it is stopped is its own affair.
"""

import atexit
import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)

_announced: list[str] = []


def listen() -> None:
    """Have this process, in its main thread, stop so from now to its end."""
    asked = False

    def stop(number: int, frame: Any) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        # printing is not safe within a signal: it may have come while something was being printed
        for message in _announced:
            os.write(2, f"\n{message}\n".encode())
        raise KeyboardInterrupt

    for number in SIGNALS:
        signal.signal(number, stop)
    # Python hands signals back to the system before it takes its modules down, which lasts; the last of the functions
    # called at exit is the first registered
    atexit.register(_end_undisturbed)


def _end_undisturbed() -> None:
    """Keep the exit code, decided by now, from being lost to a death by signal."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def announcing(message: str) -> Iterator[None]:
    """What the user reads at once when a signal asks to stop meanwhile."""
    _announced.append(message)
    try:
        yield
    finally:
        _announced.remove(message)
