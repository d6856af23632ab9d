"""Engines: every job once, workers that die, what is refused; whole sweeps on each are in test_engines_agree.py."""

import importlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ectsim.errors import InputError
from ectsim.experiments import engines
from ectsim.experiments.engines import WorkersLostError, open_engine, retrying

JOBS = """
import os, signal, sys, threading, time
from pathlib import Path

def square(number):
    return number * number

def fail(number):
    raise ValueError(number)

def die_once(mark):
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return mark.name

def die_once_while_answering(mark):
    if not mark.exists():
        mark.touch()
        threading.Thread(target=kill_when_sending, args=(threading.get_ident(),), daemon=True).start()
    return bytes(LONG)

def kill_when_sending(thread):
    deepest = ""
    while deepest not in ("_send", "_write", "__reduce__", "write"):
        deepest = sys._current_frames()[thread].f_code.co_name
    os.kill(os.getpid(), signal.SIGKILL)

def die(number):
    os.kill(os.getpid(), signal.SIGKILL)

LONG = 200_000_000

def is_deaf_to_ctrl_c():
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN

def tell_process_and_wait(folder):
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)
"""
LOCAL = ("threads", "processes", "dask")


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module that workers, which inherit the path, can import too."""
    (tmp_path / "jobs_of_engines.py").write_text(JOBS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delitem(sys.modules, "jobs_of_engines", raising=False)
    return importlib.import_module("jobs_of_engines")


@pytest.mark.parametrize("name", LOCAL)
def test_every_engine_does_every_job_once(name: str, jobs):
    with open_engine(name, 2) as engine:
        assert engine.workers == 2
        done = list(retrying(engine, jobs.square, range(20)))
    assert sorted(done) == [(number, number * number) for number in range(20)]


@pytest.mark.parametrize("name", LOCAL)
def test_an_error_of_a_job_is_raised_at_once(name: str, jobs):
    asked = iter(range(100))
    with open_engine(name, 1) as engine, pytest.raises(ValueError, match="[01]"):
        list(retrying(engine, jobs.fail, asked))
    assert next(asked) <= 3


@pytest.mark.parametrize("name", ["processes", "dask"])
def test_a_job_whose_worker_is_killed_is_done_by_another(name: str, jobs, tmp_path: Path):
    marks = [tmp_path / f"mark{number}" for number in range(6)]
    for mark in marks[::2]:
        mark.touch()
    with open_engine(name, 2) as engine:
        done = list(retrying(engine, jobs.die_once, marks, in_flight=2))
    assert sorted(done) == [(mark, mark.name) for mark in marks]


def test_a_worker_killed_while_it_answers_at_length_keeps_nobody_waiting(jobs, tmp_path: Path):
    marks = [tmp_path / "first", tmp_path / "second"]
    with open_engine("processes", 2) as engine:
        done = dict(retrying(engine, jobs.die_once_while_answering, marks))
    assert {job: len(answer) for job, answer in done.items()} == dict.fromkeys(marks, jobs.LONG)
    assert all(mark.exists() for mark in marks)


def test_a_job_that_always_loses_its_worker_is_given_up(jobs):
    with open_engine("processes", 1) as engine, pytest.raises(WorkersLostError, match="2"):
        list(retrying(engine, jobs.die, [1], attempts=2))


def test_jobs_are_asked_for_one_by_one_as_workers_come_free(jobs):
    taken = []

    def source():
        for number in range(50):
            taken.append(number)
            yield number

    with open_engine("threads", 2) as engine:
        for count, _ in enumerate(retrying(engine, jobs.square, source()), 1):
            assert len(taken) <= count + 2 * engine.workers
    assert len(taken) == 50


def test_what_is_not_begun_is_dropped_when_interrupted():
    done = []

    def work(number):
        time.sleep(0.01)
        done.append(number)

    def interrupted():
        with open_engine("threads", 1) as engine:
            for _ in retrying(engine, work, range(1000), in_flight=1000):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert 1 <= len(done) < 1000


def test_interrupted_it_gives_what_is_begun_and_no_more(monkeypatch: pytest.MonkeyPatch):
    begun, go_on, done = threading.Event(), threading.Event(), []
    wait = engines.wait

    def work(number):
        begun.set()
        assert go_on.wait(300)
        return number

    def interrupt(*_):
        assert begun.wait(300)
        monkeypatch.setattr(engines, "wait", wait_on)
        raise KeyboardInterrupt

    def wait_on(*given):
        go_on.set()
        return wait(*given)

    def interrupted():
        with open_engine("threads", 1) as engine:
            for job, _ in retrying(engine, work, range(1000)):
                done.append(job)

    monkeypatch.setattr(engines, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [0]


@pytest.mark.parametrize("name", ["processes", "dask"])
def test_ctrl_c_in_a_terminal_is_the_parents_alone(name: str, jobs):
    with open_engine(name, 1) as engine:
        assert engine.submit(jobs.is_deaf_to_ctrl_c).result()


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_worker_processes_end_with_a_parent_that_is_killed_and_leave_no_file(jobs, tmp_path: Path, monkeypatch):
    folder, temporary = tmp_path / "processes", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    program = (
        "from ectsim.experiments.engines import open_engine, retrying; import jobs_of_engines\n"
        "if __name__ == '__main__':\n"
        "    with open_engine('processes', 2) as engine:\n"
        f"        list(retrying(engine, jobs_of_engines.tell_process_and_wait, [{str(folder)!r}] * 2))\n"
    )
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    with subprocess.Popen([sys.executable, tmp_path / "program.py"]) as parent:
        try:
            until(lambda: len(list(folder.iterdir())) == 2)
            assert list(temporary.iterdir())
        finally:
            parent.kill()
    until(lambda: not any(is_running(int(path.name)) for path in folder.iterdir()))
    assert not list(temporary.iterdir())


def until(holds, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # the dead that nobody has asked about yet
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("thread", {}, "threads"),
        ("threads", {"scheduler": "tcp://127.0.0.1:1"}, "dask"),
        ("dask", {"scheduler": "nonsense://here"}, "nonsense"),
        ("mpi", {}, "mpiexec"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(name: str, options: dict, words: str):
    with pytest.raises(InputError, match=words), open_engine(name, **options):
        pass


@pytest.mark.parametrize(("name", "package"), [("dask", "distributed"), ("mpi", "mpi4py")])
def test_a_missing_package_names_the_extra(name: str, package: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"ectsim\[cluster\]"), open_engine(name):
        pass


def test_a_dask_cluster_of_ones_own_listens_to_this_machine_only():
    import psutil  # comes with distributed

    with open_engine("dask", 2) as engine:
        assert engine.submit(pow, 2, 3).result() == 8
        mine = psutil.Process()
        heard = {
            connection.laddr
            for process in (mine, *mine.children(recursive=True))
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
    assert len(heard) >= 3
    assert {address.ip for address in heard} == {"127.0.0.1"}
    assert 8787 not in {address.port for address in heard}
