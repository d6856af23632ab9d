"""Whole sweeps on every engine: the same bytes on each, also when workers are killed while they run."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ectsim.experiments.sweeping import sweep

TINY = """
name: {fr: "Minuscule", en: "Tiny"}
extends: spontaneous
horizon: {burn_in: 2, months: 6, after: 2}
population: {actors: 20}
posterior: fit.parquet
parameters: posterior
"""
STUDY = """
name: {fr: "Moteurs", en: "Engines"}
scenarios: [tiny]
factors:
  - {name: idea_rate, low: 5, high: 40}
design: {kind: sobol, points: 512}
tables: [projects]
"""
MPIEXEC = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    draws = {"imitation": [0.0, 0.5, 1.0], "idea_rate": [10.0, 20.0, 30.0]}
    pq.write_table(pa.table(draws), folder / "fit.parquet")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def expected(study: Path) -> dict[str, bytes]:
    """Files that threads make."""
    sweep(study, study.with_name("threads"), workers=2)
    made = files(study.with_name("threads"))
    assert len([name for name in made if name.startswith("runs")]) == 8
    return made


def files(folder: Path) -> dict[str, bytes]:
    """All that a sweep leaves but when and where it was made."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".locks" not in path.parts)
    told = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return {name: content for name, content in told.items() if not name.startswith("provenance")}


def test_a_running_dask_scheduler_gives_the_bytes_of_threads(study: Path, expected: dict[str, bytes], tmp_path: Path):
    from distributed import LocalCluster

    options = {"host": "127.0.0.1", "protocol": "tcp", "dashboard_address": "127.0.0.1:0", "processes": False}
    with LocalCluster(n_workers=2, threads_per_worker=1, scheduler_kwargs={"dashboard": False}, **options) as cluster:
        sweep(study, tmp_path / "out", engine="dask", scheduler=cluster.scheduler_address)
    assert files(tmp_path / "out") == expected


@pytest.mark.skipif(sys.platform == "win32", reason="no MPI to install there")
def test_mpi_gives_the_bytes_of_threads(study: Path, expected: dict[str, bytes], tmp_path: Path):
    assert MPIEXEC, "mpiexec comes with the development packages (mpich)"
    program = [sys.executable, "-m", "mpi4py.futures", "-m", "ectsim", "sweep", "run", str(study)]
    command = [MPIEXEC, "-n", "3", *program, "--out", str(tmp_path / "out"), "--engine", "mpi"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == expected


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
@pytest.mark.parametrize(("name", "workers"), [("processes", 2), ("dask", 4)])
def test_processes_and_dask_give_the_bytes_of_threads_though_a_worker_is_killed(
    name: str, workers: int, study: Path, expected: dict[str, bytes], tmp_path: Path
):
    import psutil  # comes with distributed

    killed = []

    def kill_a_worker(done: int, total: int) -> None:
        if not killed:
            children = psutil.Process().children()
            working = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
            assert len(working) == workers
            working[-1].send_signal(signal.SIGKILL)
            killed.append(working[-1].pid)

    sweep(study, tmp_path / "out", engine=name, workers=workers, progress=kill_a_worker)
    assert killed
    assert files(tmp_path / "out") == expected
