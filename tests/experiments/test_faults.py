"""Kills, full disks, read-only folders: no finished block is lost or made twice, and the bytes are those of one go."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from ectsim.errors import InputError
from ectsim.experiments import store as stores
from ectsim.experiments import sweeping
from ectsim.experiments.store import StoreError
from ectsim.experiments.sweeping import sweep

KILLS = 20
PAGE = 4096
FOREVER, NEVER = 600.0, 0

# Imports and compiled code are loaded once and each sweep is a fork: twenty cold starts would take minutes.
# For a line "FOLDER SECONDS WRITES" a sweep runs in FOLDER, killed after SECONDS or at its WRITES-th sync to the disk.
SERVER = """
import os, signal, sys, time
from pathlib import Path
import pyarrow.parquet
from ectsim.experiments import blocks, plan, store, sweeping
from ectsim.experiments.study_settings import SweepStudy

plan.SMALLEST_BLOCK = 16
study = SweepStudy.model_validate_json(Path(sys.argv[1]).read_text())
plan.make_plan(study)
for setup in blocks._bench(study.model_dump_json()).setups:
    blocks.run_to_horizon(blocks.allocate_state(setup), setup, 1, blocks.records(1, blocks.TALLY_FIELDS))
sync = os.fsync
# what every sweep works out anew of the code and of the territory
around, territories = store.surroundings(), store.territory_hashes(study)
store.surroundings = lambda: around
store.territory_hashes = lambda _: territories


def sweep(folder, writes):
    left = iter(range(writes - 1, -1, -1))

    def sync_or_die(number):
        if next(left, None) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(number)

    os.fsync = sync_or_die
    sweeping.sweep(study, folder, workers=2)
    os._exit(0)


print("ready", flush=True)
for line in sys.stdin:
    folder, seconds, writes = line.split()
    child = os.fork()
    if child == 0:
        sweep(folder, int(writes))
    if float(seconds) < 600:
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""


def contents(folder):
    """Bytes of the manifest and of every file of runs, hidden ones included."""
    files = [folder / "manifest.json", *(folder / "runs").iterdir()]
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture
def run_and_kill(tmp_path, tiny):
    """Function that sweeps in a process of its own and returns the signal that ended it, 0 if none did."""
    study = tmp_path / "study.json"
    study.write_text(tiny(replicates=1).model_dump_json(), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", SERVER, str(study)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

        def run(folder, seconds=FOREVER, writes=NEVER):
            server.stdin.write(f"{folder} {seconds} {writes}\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield run
        server.stdin.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_it_completes_to_the_same_bytes(tmp_path, run_and_kill):
    begun = time.monotonic()
    assert run_and_kill(tmp_path / "whole") == 0
    lasted = time.monotonic() - begun
    expected = contents(tmp_path / "whole")
    assert len(expected) == 11
    moments = random.Random(1)
    finished = []
    for kill in range(KILLS):
        folder = tmp_path / f"kill{kill}"
        if kill % 2:
            # manifest, ten files and the provenance: two syncs each
            ended = run_and_kill(folder, writes=moments.randint(1, 23))
        else:
            ended = run_and_kill(folder, seconds=moments.uniform(0.0, lasted))
        parts = {path.name: path for path in folder.glob("runs/part-*")}
        finished.append(len(parts))
        assert all(path.read_bytes() == expected[name] for name, path in parts.items())
        made = {name: path.stat().st_mtime_ns for name, path in parts.items()}
        assert ended in (0, signal.SIGKILL)
        assert run_and_kill(folder) == 0
        assert contents(folder) == expected
        assert made == {name: parts[name].stat().st_mtime_ns for name in parts}
        shutil.rmtree(folder)
    # the kills fell in the middle, not all before or after
    assert len(set(finished)) >= 5


def test_a_read_only_folder_is_refused(tmp_path, tiny, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        # the superuser writes anywhere: have the system answer as it answers others

        def refuse(*_, **__):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(stores.Path, "mkdir", refuse)
    with pytest.raises(InputError, match="access is refused|accès refusé"):
        sweep(tiny(), folder)
    assert list(folder.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_loses_nothing(small_disk, tiny, swept):
    expected, folder = contents(swept), small_disk / "sweep"
    # room for the manifest and the half of the parts
    room = sum(-(-len(content) // PAGE) * PAGE for content in list(expected.values())[:6])
    system = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(b"x" * (system.f_bavail * system.f_frsize - room))
    with pytest.raises(StoreError, match="disk is full|disque est plein"):
        sweep(tiny(), folder)
    kept = {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}
    assert 0 < len(kept) < 10
    assert kept == {name: expected[name] for name in kept}
    (small_disk / "ballast").unlink()
    sweep(tiny(), folder)
    assert contents(folder) == expected


def test_a_disk_full_at_any_write_leaves_nothing_half_written(tmp_path, tiny, swept, monkeypatch):
    expected, real = contents(swept), os.fsync
    for at in (0, 2, 3, 9):
        folder = tmp_path / str(at)
        left = iter(range(at, -1, -1))

        def full(number, left=left):
            if next(left, 0) == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(number)

        monkeypatch.setattr(stores.os, "fsync", full)
        with pytest.raises(StoreError, match="disk is full|disque est plein"):
            sweep(tiny(), folder)
        kept = {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}
        assert kept == {name: expected[name] for name in kept}
    monkeypatch.setattr(stores.os, "fsync", real)
    sweep(tiny(), folder)
    assert contents(folder) == expected


def test_an_error_of_the_model_stops_the_sweep_and_keeps_what_is_finished(tmp_path, tiny, swept, monkeypatch):
    run_block = sweeping.run_block

    def fail_at_five(job):
        if job.block.group == 5:
            raise ZeroDivisionError
        return run_block(job)

    monkeypatch.setattr(sweeping, "run_block", fail_at_five)
    with pytest.raises(ZeroDivisionError):
        sweep(tiny(), tmp_path, workers=1)
    assert len(list((tmp_path / "runs").glob("part-*"))) >= 4
    monkeypatch.setattr(sweeping, "run_block", run_block)
    sweep(tiny(), tmp_path)
    assert contents(tmp_path) == contents(swept)


def test_two_sweeps_of_one_folder_are_not_run_together(tmp_path, tiny):
    told = []

    def begin_another(done, total):
        if not told:
            with pytest.raises(InputError) as caught:
                sweep(tiny(), tmp_path)
            told.append(caught.value.problems[0].message)

    sweep(tiny(), tmp_path, progress=begin_another)
    assert told == ["sweeps.in_use"]
