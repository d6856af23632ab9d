"""The verbs of sweep: what they say before and after, their exit codes, that they can be interrupted."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

TINY = """
name: {fr: "Minuscule", en: "Tiny"}
extends: spontaneous
horizon: {burn_in: 2, months: 6, after: 2}
population: {actors: 20}
posterior: none
parameters: {idea_rate: 30}
"""
STUDY = """
name: {fr: "Petite étude", en: "Small study"}
scenarios: [tiny]
factors:
  - {name: idea_rate, low: 5, high: 40}
design: {kind: sobol, points: %d}
"""
AUTOMATIC = """
name: {fr: "Précision", en: "Precision"}
scenarios: [tiny]
replicates:
  targets: [{outcome: ideas, half_width: %s}]
  minimum: 32
  maximum: 256
  block: 32
"""


@pytest.fixture
def folder(folder: Path) -> Path:
    """The folder of all command line tests, with studies of tiny worlds."""
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY % 128, encoding="utf-8")
    (folder / "automatic.yaml").write_text(AUTOMATIC % 3, encoding="utf-8")
    return folder


def runs_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").iterdir())}


@pytest.mark.parametrize(
    ("language", "before", "after"), [("fr", "128 parties", "Terminé"), ("en", "128 runs", "Complete: 128 runs in out")]
)
def test_run_says_what_is_ahead_and_what_was_done(ask, folder: Path, language: str, before: str, after: str):
    answer = ask(f"sweep run study --out out --lang {language}")
    assert answer.code == 0
    assert before in answer.err.splitlines()[-3]
    assert after in answer.out
    assert len(pd.read_parquet(folder / "out" / "runs")) == 128


def test_run_for_scripts_and_status_say_the_same(ask, folder: Path):
    made = json.loads(ask("sweep run study --out out --json").out)
    assert (made["complete"], made["done"], made["runs"], made["failed"]) == (True, 128, 128, {})
    assert json.loads(ask("sweep status out --json").out) == made
    assert "128" in ask("sweep status out").out


def test_shards_and_presets(ask, folder: Path):
    (folder / "study.yaml").write_text(STUDY % 2048, encoding="utf-8")
    answer = ask("sweep run study --preset quick --shard 1/2 --out out")
    assert answer.code == 0
    assert "256 runs (256 point(s)" in answer.err
    assert "Part 1 of 2: at most 128 runs." in answer.err
    assert "Part 1 of 2 complete: 128 runs in out" in answer.out
    assert "128 of at most 256" in ask("sweep status out").out
    assert ask("sweep run study --preset quick --shard 2/2 --out out").code == 0
    assert ask("sweep run study --preset quick --out whole").code == 0
    assert runs_of(folder / "out") == runs_of(folder / "whole")


def test_a_command_that_goes_on_says_what_is_there(ask, folder: Path):
    assert ask("sweep run study --shard 1/2 --out out").code == 0
    answer = ask("sweep run study --out out")
    assert answer.code == 0
    assert "64 runs are there already" in answer.err
    assert "Complete" in answer.out


def test_a_folder_of_another_study_is_refused_before_anything_is_said_of_it(ask, folder: Path):
    assert ask("sweep run study --out out").code == 0
    (folder / "study.yaml").write_text(STUDY % 64, encoding="utf-8")
    answer = ask("sweep run study --out out")
    assert answer.code == 2
    assert "study.design.points · was 128, now 64" in answer.err
    assert "there already" not in answer.err
    assert "At most about" not in answer.err


def test_failed_runs_are_counted_and_give_code_1(ask, folder: Path):
    crowded = f"{TINY}sizes: {{projects: 10}}\n"
    (folder / "tiny.yaml").write_text(crowded, encoding="utf-8")
    answer = ask("sweep run study --out out")
    assert answer.code == 1
    assert "without outcomes: full" in answer.out


def test_a_part_answers_for_its_own_runs_only(ask, folder: Path):
    (folder / "tiny.yaml").write_text(f"{TINY}sizes: {{projects: 20}}\n", encoding="utf-8")
    # few ideas at the first points, many at the others: only these need more places than there are
    points = [5] * 64 + [40] * 64
    levels = "".join(f"  - {{idea_rate: {rate}}}\n" for rate in points)
    start = 'name: {fr: "Parts", en: "Parts"}\nscenarios: [tiny]\ndesign:\n  kind: list\n  points:\n'
    (folder / "study.yaml").write_text(start + levels, encoding="utf-8")
    assert ask("sweep run study --shard 2/2 --out out").code == 1
    answer = ask("sweep run study --shard 1/2 --out out --json")
    told = json.loads(answer.out)
    assert (answer.code, told["failed"]) == (0, {})
    assert (told["done"], told["runs"], told["complete"]) == (64, 64, True)
    assert ask("sweep run study --out out").code == 1


def test_fictive_rows_are_told_before_and_after(ask, folder: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ectsim.posterior import label_of

    fictive = "DONNÉES FICTIVES"
    draws = pa.table({"idea_rate": [10.0, 20.0]}).replace_schema_metadata(label_of(fictive))
    pq.write_table(draws, folder / "fit.parquet")
    by_hand = "posterior: none\nparameters: {idea_rate: 30}"
    drawn = TINY.replace(by_hand, "posterior: fit.parquet\nparameters: posterior")
    (folder / "tiny.yaml").write_text(drawn, encoding="utf-8")
    (folder / "study.yaml").write_text('name: {fr: "F", en: "F"}\nscenarios: [tiny]\n', encoding="utf-8")
    answer = ask("sweep run study --out out")
    assert fictive in answer.err.splitlines()
    for answered in (answer, ask("sweep status out"), ask("sweep export out runs.csv")):
        assert answered.out.splitlines()[0] == fictive
    assert json.loads(ask("sweep status out --json").out)["notice"] == fictive


def test_automatic_replicates_tell_the_precision_reached(ask, folder: Path):
    answer = ask("sweep run automatic --out out")
    assert answer.code == 0
    assert "from 32 to 256 runs" in answer.err
    assert "Precision asked: 1 of 1 reached" in answer.out
    (target,) = json.loads(ask("sweep status out --json").out)["precision"][0]["targets"]
    assert target["half_width"] <= target["asked"] == 3
    (folder / "automatic.yaml").write_text(AUTOMATIC % 0.001, encoding="utf-8")
    assert "Precision asked: 0 of 1 reached" in ask("sweep run automatic --out other").out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sweep run studi --out out", "study.yaml"),
        ("sweep run study --out out --engine dsk", "dask"),
        ("sweep run study --out out --engine mpi", "mpiexec"),
        ("sweep run study --out out --shard 3/2", "1/8"),
        ("sweep run study --out out --preset big", "quick"),
        ("sweep run study", "--out"),
        ("sweep status nowhere", "manifest.json"),
        ("sweep verify nowhere", "manifest.json"),
        ("sweep export nowhere here.csv", "manifest.json"),
        ("sweep slurm study --out out --tasks 3", "2"),
    ],
)
def test_bad_input_gives_code_2(ask, folder: Path, line: str, words: str):
    answer = ask(line)
    assert answer.code == 2
    assert words in answer.err.splitlines()[-1]
    assert not (folder / "out").exists()


def test_verify_finds_an_altered_run(ask, folder: Path):
    assert ask("sweep run study --out out").code == 0
    answer = ask("sweep verify out --rows 4")
    assert (answer.code, answer.out.strip()) == (0, "4 run(s) made again: 0 different.")
    for file in (folder / "out" / "runs").iterdir():
        table = pd.read_parquet(file)
        table.assign(ideas=table["ideas"] + 1).to_parquet(file, index=False)
    answer = ask("sweep verify out --rows 2")
    assert answer.code == 1
    assert answer.out.startswith("2 run(s) made again: 2 different.")
    assert answer.out.count("table runs, column ideas: ") == 2
    told = json.loads(ask("sweep verify out --rows 2 --json").out)
    assert [difference["column"] for difference in told["differences"]] == ["ideas", "ideas"]


def test_export_takes_its_format_from_the_name(ask, folder: Path):
    assert ask("sweep run study --out out").code == 0
    runs = pd.read_parquet(folder / "out" / "runs")
    assert "128" in ask("sweep export out runs.csv").out
    assert ask("sweep export out runs.parquet").code == 0
    assert ask("sweep export out new/francais.csv --format csv-fr").code == 0
    pd.testing.assert_frame_equal(pd.read_parquet("runs.parquet"), runs)
    assert pd.read_csv("runs.csv")["ideas"].tolist() == runs["ideas"].tolist()
    assert pd.read_csv("new/francais.csv", sep=";", decimal=",")["idea_rate"].tolist() == runs["idea_rate"].tolist()
    assert ask("sweep export out runs.csv").code == 2
    assert ask("sweep export out runs.xls").code == 2


def test_check_and_schema(ask, folder: Path):
    answer = ask("sweep check study")
    assert (answer.code, answer.out.strip()) == (0, "Nothing wrong in this study.")
    told = json.loads(ask("sweep check study --json").out)
    assert (told["runs"], told["fewest_runs"], told["name"]) == (128, 128, "Small study")
    assert told["seconds"] > 0
    assert told["bytes"] > 0
    assert json.loads(ask("sweep schema").out)["properties"]["factors"]


@contextlib.contextmanager
def begin(options: str) -> Iterator[subprocess.Popen[str]]:
    """A sweep of the study in a process of its own, as from a terminal; over with the block, however that ends."""
    command = [sys.executable, "-m", "ectsim", "sweep", "run", "study.yaml", "--out", "out", "--workers", "1"]
    environment = os.environ | {"ECTSIM_LANG": "en"}
    whole = [*command, *options.split()]
    with subprocess.Popen(whole, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True) as sweep:
        try:
            yield sweep
        finally:
            sweep.kill()


def until(holds, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="stops as Unix does")
@pytest.mark.parametrize(("number", "engine"), [(signal.SIGINT, "processes"), (signal.SIGTERM, "threads")])
def test_an_interrupted_sweep_keeps_what_is_finished_and_says_how_to_go_on(ask, folder: Path, number: int, engine: str):
    (folder / "study.yaml").write_text(f"{STUDY % 64}replicates: 512\n", encoding="utf-8")
    with begin(f"--engine {engine}") as sweep:
        until(lambda: len(list(folder.glob("out/runs/*.parquet"))) >= 2 or sweep.poll() is not None)
        # a terminal sends Ctrl-C to the workers too
        if number == signal.SIGINT:
            os.killpg(sweep.pid, number)
        else:
            sweep.send_signal(number)
        told = ""
        while "To go on" not in told:
            line = sweep.stderr.readline()
            assert line
            told += line
        # Python takes a while to end: an impatient Ctrl-C then changes nothing any more
        while sweep.poll() is None:
            sweep.send_signal(signal.SIGINT)
            time.sleep(0.005)
        told += sweep.stderr.read()
    assert sweep.returncode == 130
    assert "Stopping" in told
    resume = "" if engine == "threads" else f" --engine {engine}"
    assert told.endswith(f"To go on: ectsim sweep run study.yaml --out out{resume} --workers 1\n")
    assert "Traceback" not in told
    status = json.loads(ask("sweep status out --json").out)
    assert not status["complete"]
    assert status["done"] >= 128
    assert not status["damaged"]
    assert not list(folder.glob("out/runs/.*"))


@pytest.mark.skipif(sys.platform == "win32", reason="stops as Unix does")
def test_a_second_ctrl_c_cuts_short_and_loses_nothing_finished(ask, folder: Path):
    import psutil  # comes with distributed

    # blocks of 512 worlds of about a tenth of a second each
    (folder / "tiny.yaml").write_text(TINY.replace("actors: 20", "actors: 8000"), encoding="utf-8")
    (folder / "study.yaml").write_text(f"{STUDY % 64}replicates: 4096\n", encoding="utf-8")
    with begin("") as sweep:
        process = psutil.Process(sweep.pid)

        def has_begun_a_block() -> bool:
            beside = [thread for thread in process.threads() if thread.id != sweep.pid]
            return (folder / "out" / "manifest.json").exists() and max(one.user_time for one in beside) > 0.2

        until(lambda: sweep.poll() is not None or has_begun_a_block())
        sweep.send_signal(signal.SIGINT)
        told = iter(sweep.stderr.readline, "")
        assert any("Stopping" in line for line in told)
        sweep.send_signal(signal.SIGINT)
        assert sweep.wait(300) == 130
    # a block that was begun is kept unless it was cut short
    assert not list((folder / "out" / "runs").iterdir())
    status = json.loads(ask("sweep status out --json").out)
    assert (status["done"], status["damaged"]) == (0, [])


def test_the_submission_script_is_right_for_bash_and_holds_the_whole_command(ask, folder: Path):
    answer = ask("sweep slurm study --out out --tasks 2 --workers 3 --preset standard --lang fr")
    assert answer.code == 0
    assert subprocess.run(["bash", "-n"], input=answer.out, text=True).returncode == 0
    last = answer.out.splitlines()[-1]
    assert f"sweep run {folder / 'study.yaml'} --out {folder / 'out'} --preset standard --workers 3 --shard" in last
    assert {"#SBATCH --array=1-2", "#SBATCH --cpus-per-task=3"} <= set(answer.out.splitlines())
    assert "128 parties" in answer.err
    assert not (folder / "out").exists()
