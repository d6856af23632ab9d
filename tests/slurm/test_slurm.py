"""The submission script, run as an array of two tasks by a real Slurm, gives the tables that one machine gives."""

from pathlib import Path

import pytest

from ectsim.cli.main import run
from ectsim.experiments.sweeping import sweep

pytestmark = pytest.mark.slurm

TINY = """
name: {fr: "Minuscule", en: "Tiny"}
extends: spontaneous
horizon: {burn_in: 2, months: 6, after: 2}
population: {actors: 20}
parameters: {idea_rate: 30}
"""
STUDY = """
name: {fr: "Grappe", en: "Cluster"}
scenarios: [tiny]
factors:
  - {name: idea_rate, low: 5, high: 40}
design: {kind: sobol, points: 256}
"""


def runs_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}


def test_a_job_array_gives_the_bytes_of_one_machine(cluster, tmp_path: Path, capsys):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    sweep(tmp_path / "study.yaml", tmp_path / "threads")
    out = tmp_path / "by the cluster"
    assert run(["sweep", "slurm", str(tmp_path / "study.yaml"), "--out", str(out), "--tasks", "2"]) == 0
    script = tmp_path / "study.sh"
    script.write_text(capsys.readouterr().out, encoding="utf-8")

    cluster.run_to_the_end(script)
    logs = sorted(tmp_path.glob("slurm-*.out"))
    assert len(logs) == 2, logs
    told = "\n".join(log.read_text(encoding="utf-8") for log in logs)
    assert runs_of(out) == runs_of(tmp_path / "threads"), told
    assert (out / "manifest.json").read_bytes() == (tmp_path / "threads" / "manifest.json").read_bytes()
    assert {path.name for path in out.glob("provenance*")} == {"provenance-1-of-2.json", "provenance-2-of-2.json"}

    # submitted again after the loss of a part, as after an interruption, it makes that part and no other
    before = {path.name: path.stat().st_mtime_ns for path in (out / "runs").iterdir()}
    lost = sorted(before)[1]
    (out / "runs" / lost).unlink()
    cluster.run_to_the_end(script)
    assert runs_of(out) == runs_of(tmp_path / "threads")
    after = {path.name: path.stat().st_mtime_ns for path in (out / "runs").iterdir()}
    assert [name for name in before if after[name] != before[name]] == [lost]


def test_the_time_limit_ends_a_task_cleanly(cluster, tmp_path: Path, capsys):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(f"{STUDY}replicates: 256\n", encoding="utf-8")
    out = tmp_path / "out"
    assert run(["sweep", "slurm", str(tmp_path / "study.yaml"), "--out", str(out), "--tasks", "1"]) == 0
    script = tmp_path / "study.sh"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    job = cluster.submit(script)
    cluster.wait_for(lambda: len(list(out.glob("runs/*.parquet"))) >= 2)
    # the signal that Slurm sends to the script itself before the limit
    cluster.call("scancel", "--batch", "--signal=TERM", job)
    cluster.wait_for(lambda: not cluster.is_queued(job))
    (log,) = tmp_path.glob("slurm-*.out")
    assert "ectsim sweep run" in log.read_text(encoding="utf-8")
    assert len(list(out.glob("runs/*.parquet"))) >= 2
    assert not list(out.glob("runs/.*"))
