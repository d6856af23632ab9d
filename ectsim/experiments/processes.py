"""Worker processes on this machine: deaf to Ctrl-C, over with their parent, and whose deaths keep nobody waiting.

When they are opened and what they are given to do live in ``engines``.
"""

import multiprocessing
import os
import pickle
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any


class ProcessPool(ProcessPoolExecutor):
    """Processes that hand their results over in files.

    They share one pipe. Where one dies amid a long message, whoever reads the pipe is not told and waits for the rest
    without end; the short name of a file is sent whole or not at all.

    Parameters
    ----------
    size
        How many processes.
    folder
        Where they put such files; it is removed if the parent does not end as it should.
    """

    def __init__(self, size: int, folder: str):
        # a forked child would inherit locks held by the threads of compiled code and of Arrow
        context = multiprocessing.get_context("spawn")
        super().__init__(size, mp_context=context, initializer=_begin, initargs=(folder,))

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> Future:
        """Give a job to a process."""
        return super().submit(_do, fn, *args, **kwargs)


class _InFile:
    """A result that is written to a file when it is sent, and read from there, once, where it is received."""

    folder: str

    def __init__(self, result: Any):
        self.result = result

    def __reduce__(self) -> tuple[Callable, tuple[str]]:
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            pickle.dump(self.result, file, pickle.HIGHEST_PROTOCOL)
        return _receive, (file.name,)


def _do(fn: Callable, /, *args: Any, **kwargs: Any) -> _InFile:
    return _InFile(fn(*args, **kwargs))


def _receive(name: str) -> Any:
    path = Path(name)
    with path.open("rb") as file:
        result = pickle.load(file)
    path.unlink()
    return result


def _begin(folder: str) -> None:
    """In a worker process, before its first job."""
    _InFile.folder = folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        shutil.rmtree(_InFile.folder, ignore_errors=True)
        os._exit(1)
