"""Where the blocks of a sweep are computed: threads, processes, Dask, MPI, all behind one ``Executor``.

What a block computes, and where its results go, live elsewhere. Which engine is used changes no number.
"""

import contextlib
import logging
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from typing import Any

from ectsim.errors import EctsimError, InputError, Problem, nearest_name
from ectsim.experiments.processes import ProcessPool
from ectsim.locale import text

ATTEMPTS = 3
SECONDS_BETWEEN_LOOKS = 0.5
"""How long Ctrl-C can go unheard on Windows, where a wait is not interrupted."""

SECONDS_TO_REACH_SCHEDULER = 20


class WorkersLostError(EctsimError):
    """A job lost its worker at every attempt."""

    def __init__(self, attempts: int):
        self.attempts = attempts
        super().__init__(attempts)

    def __str__(self) -> str:
        return text("engines.lost", attempts=self.attempts)


class Engine(Executor):
    """Workers that are replaced when they die.

    Parameters
    ----------
    open_pool
        Makes the executor that does the work; called again when it broke.
    count
        How many jobs the workers do at the same time, now.
    lost
        What a job raises when its worker died, not the job itself.
    """

    def __init__(
        self,
        open_pool: Callable[[], Executor],
        count: Callable[[], int],
        lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError),
    ):
        self._open_pool, self._count, self.lost = open_pool, count, lost
        self._pool = open_pool()

    @property
    def workers(self) -> int:
        """How many jobs are done at the same time, at least 1."""
        return max(1, self._count())

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> Future:
        """Give a job to a worker, to a new pool if the last one broke."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._pool = self._open_pool()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers go."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


@contextlib.contextmanager
def open_engine(name: str, workers: int | None = None, scheduler: str | None = None) -> Iterator[Engine]:
    """Workers of the engine ``name``, let go at the end with the jobs not yet begun.

    Parameters
    ----------
    name
        One of ``ENGINES``.
    workers
        How many; the machine's cores by default. MPI takes those that mpiexec started. With ``scheduler``, those to
        count on although they may not have come yet.
    scheduler
        Address of a running Dask scheduler; without it Dask starts its own on this machine.

    Raises
    ------
    InputError
        If there is no such engine, what it needs is not installed, or its scheduler does not answer.
    """
    if name not in ENGINES:
        values = {"given": name, "allowed": ", ".join(ENGINES)}
        raise InputError([Problem("engines.unknown", values, nearest=nearest_name(name, ENGINES))])
    if scheduler and name != "dask":
        raise InputError([Problem("engines.scheduler_is_for_dask", {"engine": name})])
    with ENGINES[name](workers, scheduler) as engine:
        yield engine


def count_workers(name: str, workers: int | None = None, scheduler: str | None = None) -> int:
    """How many workers :func:`open_engine` would give; none is started on this machine to know it.

    Raises
    ------
    InputError
        As :func:`open_engine` does.
    """
    if name in ("threads", "processes", "dask") and not scheduler:
        return workers or _cores()
    with open_engine(name, workers, scheduler) as engine:
        return engine.workers


@contextlib.contextmanager
def _threads(workers: int | None, _scheduler: str | None) -> Iterator[Engine]:
    size = workers or _cores()
    yield from _until_shut(Engine(lambda: ThreadPoolExecutor(size), lambda: size))


@contextlib.contextmanager
def _processes(workers: int | None, _scheduler: str | None) -> Iterator[Engine]:
    size = workers or _cores()
    with tempfile.TemporaryDirectory(prefix="ectsim-", ignore_cleanup_errors=True) as folder:
        yield from _until_shut(Engine(lambda: ProcessPool(size, folder), lambda: size))


@contextlib.contextmanager
def _dask(workers: int | None, scheduler: str | None) -> Iterator[Engine]:
    try:
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError:
        raise InputError([Problem("engines.missing", {"engine": "dask"})]) from None
    with contextlib.ExitStack() as opened:
        if scheduler is None:
            cluster = LocalCluster(
                n_workers=workers or _cores(),
                threads_per_worker=1,
                memory_limit=0,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
                preload=[_DEAF_TO_CTRL_C],
            )
            client: Any = opened.enter_context(Client(opened.enter_context(cluster)))
        else:
            client = opened.enter_context(_reached(Client, scheduler))

        def count() -> int:
            return max(workers or 1, sum(client.nthreads().values()))

        yield Engine(lambda: client.get_executor(pure=False), count, (BrokenExecutor, CancelledError, KilledWorker))


@contextlib.contextmanager
def _mpi(workers: int | None, _scheduler: str | None) -> Iterator[Engine]:
    try:
        import mpi4py
    except ImportError:
        raise InputError([Problem("engines.missing", {"engine": "mpi"})]) from None
    if f"{mpi4py.__name__}.futures" not in sys.orig_argv:
        raise InputError([Problem("engines.outside_mpi")])
    try:
        from mpi4py import MPI
        from mpi4py.futures import MPIPoolExecutor
    except RuntimeError:
        raise InputError([Problem("engines.no_mpi")]) from None
    if MPI.COMM_WORLD.Get_size() == 1:
        raise InputError([Problem("engines.outside_mpi")])
    if workers is not None:
        raise InputError([Problem("engines.workers_of_mpi")])
    pool = MPIPoolExecutor(main=False)
    yield from _until_shut(Engine(lambda: pool, lambda: pool.num_workers))


ENGINES = {"threads": _threads, "processes": _processes, "dask": _dask, "mpi": _mpi}

# what Ctrl-C means is decided by the parent, which lets its workers finish
_DEAF_TO_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


def _until_shut(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.shutdown(cancel_futures=True)


def _cores() -> int:
    """Cores this process may use: on a cluster, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _reached(client: Callable[..., Any], scheduler: str) -> Any:
    """A Dask client of the scheduler at that address."""
    try:
        return client(scheduler, timeout=SECONDS_TO_REACH_SCHEDULER)
    except (OSError, ValueError):
        raise InputError([Problem("engines.no_scheduler", {"address": scheduler})]) from None


def retrying[Job, Result](
    engine: Engine,
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    *,
    in_flight: int | None = None,
    attempts: int = ATTEMPTS,
) -> Iterator[tuple[Job, Result]]:
    """Results of ``function`` for every job, as they come; a job whose worker died is given to another.

    Parameters
    ----------
    engine
        Workers.
    function
        Pure and importable.
    jobs
        One more is taken only when a worker will soon be free.
    in_flight
        Jobs handed out and not yet done, at most; twice the workers by default. It bounds memory.
    attempts
        How often a job is tried before its workers' deaths are blamed on it.

    Raises
    ------
    WorkersLostError
        If a job lost its worker that many times. What the job itself raises is raised as it is, at once.
    KeyboardInterrupt
        If it comes while waiting for workers: at once the second time, the first time after the results of the jobs
        that cannot be called back.
    """
    source: Iterator[tuple[Job, int]] = ((job, 1) for job in jobs)
    again: deque[tuple[Job, int]] = deque()
    running: dict[Future, tuple[Job, int]] = {}
    interrupted: KeyboardInterrupt | None = None
    try:
        while True:
            limit = 0 if interrupted else in_flight or 2 * engine.workers
            while len(running) < limit and (following := again.popleft() if again else next(source, None)):
                running[engine.submit(function, following[0])] = following
            if not running:
                break
            try:
                done = wait(running, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED).done
            except KeyboardInterrupt as asked:
                if interrupted:
                    raise
                interrupted = asked
                running = _begun(running)
                continue
            for future in done:
                job, tried = running.pop(future)
                try:
                    result = future.result()
                except engine.lost as loss:
                    again.append(_once_more(job, tried, attempts, loss))
                else:
                    yield job, result
    finally:
        _begun(running)
    if interrupted:
        raise interrupted


def _begun[What](running: dict[Future, What]) -> dict[Future, What]:
    """What cannot be called back any more, all the rest being so."""
    return {future: what for future, what in running.items() if not future.cancel()}


def _once_more[Job](job: Job, tried: int, attempts: int, loss: BaseException) -> tuple[Job, int]:
    """A job that lost its worker, at its next attempt."""
    if tried == attempts:
        raise WorkersLostError(attempts) from loss
    return job, tried + 1
