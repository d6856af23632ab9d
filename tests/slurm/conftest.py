"""A Slurm cluster of one machine, started from Debian's packages without systemd and stopped after the tests."""

import contextlib
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
MessageTimeout=60
BatchStartTimeout=120
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
"""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")


@dataclass(frozen=True)
class Cluster:
    environment: dict[str, str]

    def call(self, *command: str, **options) -> str:
        """What a Slurm command prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def submit(self, script: Path) -> str:
        """Submit a script from its folder; return the number of its job."""
        return self.call("sbatch", "--parsable", str(script), cwd=script.parent)

    def is_queued(self, job: str) -> bool:
        return bool(self.call("squeue", "--noheader", "--jobs", job))

    def wait_for(self, holds: Callable[[], object]) -> None:
        until(holds)

    def run_to_the_end(self, script: Path) -> None:
        """Submit a script and wait until every task of it has left the queue."""
        job = self.submit(script)
        until(lambda: not self.is_queued(job))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    missing = [program for program in PROGRAMS if not shutil.which(program, path=path_of_daemons())]
    assert not missing, f"apt-get install slurm-wlm munge ({', '.join(missing)} missing)"
    with contextlib.ExitStack() as opened:
        # a socket's path is short, which pytest's folders are not
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="slurm")))
        controller_port, node_port = free_ports(2)
        for name in ("state", "spool"):
            (folder / name).mkdir()
        values = {"host": socket.gethostname().split(".")[0], "user": getpass.getuser(), "folder": folder}
        told = CONFIGURATION.format(controller_port=controller_port, node_port=node_port, **values)
        (folder / "slurm.conf").write_text(told, encoding="utf-8")
        (folder / "munge.key").write_bytes(secrets.token_bytes(128))
        (folder / "munge.key").chmod(0o400)
        environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path_of_daemons()}
        munge = [
            f"--{name}={folder}/munge.{name.removesuffix('-file')}" for name in ("socket", "pid-file", "seed-file")
        ]
        munge += [f"--key-file={folder}/munge.key", f"--log-file={folder}/munge.log"]
        for daemon in (["munged", "--foreground", "--force", *munge], ["slurmctld", "-D"], ["slurmd", "-D"]):
            output = opened.enter_context((folder / f"{daemon[0]}.out").open("wb"))
            process = subprocess.Popen(daemon, env=environment, stdout=output, stderr=output)
            opened.callback(stop, process)
            if daemon[0] == "munged":
                until((folder / "munge.socket").exists)
        made = Cluster(environment)
        until(lambda: "idle" in state_of_node(made))
        yield made


def path_of_daemons() -> str:
    return f"{os.environ['PATH']}{os.pathsep}/usr/sbin"


def state_of_node(cluster: Cluster) -> str:
    asked = ["sinfo", "--noheader", "--format=%T"]
    return subprocess.run(asked, env=cluster.environment, capture_output=True, text=True, timeout=300).stdout


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(holds: Callable[[], object], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
