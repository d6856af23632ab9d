"""Sweeps from beginning to end: the same bytes whatever the workers, the order and the interruptions."""

import contextlib
import gc
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import ectsim
from ectsim.errors import InputError
from ectsim.experiments import engines, sweeping
from ectsim.experiments.engines import Engine
from ectsim.experiments.plan import make_plan
from ectsim.experiments.status import status
from ectsim.experiments.study import dump_study, load_study
from ectsim.experiments.sweeping import Results, sweep

AUTOMATIC = {
    "targets": [{"outcome": "ideas", "half_width": 1.0}],
    "block": 8,
    "minimum": 16,
    "maximum": 160,
    "look_ahead": 1,
}
TABLES = ("projects", "months")


def contents(folder):
    """Bytes of every file that must always be the same."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".locks" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != "provenance.json"}


class AnyOrder(Engine):
    """Does jobs when it is asked to wait, in an order of its own; counts those it holds."""

    def __init__(self, seed):
        self.random, self.waiting, self.most = random.Random(seed), [], 0
        super().__init__(lambda: ThreadPoolExecutor(1), lambda: 3)

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.waiting.append((future, fn, args, kwargs))
        self.most = max(self.most, len(self.waiting))
        return future

    def finish_one(self):
        future, fn, args, kwargs = self.waiting.pop(self.random.randrange(len(self.waiting)))
        future.set_result(fn(*args, **kwargs))


@pytest.fixture
def any_order(monkeypatch):
    """Have sweeps use an engine whose jobs end in the order of a seed; return its maker's record."""

    wait = engines.wait

    def use(seed):
        engine = AnyOrder(seed)

        def wait_for_one(futures, *args):
            engine.finish_one()
            return wait(futures, *args)

        monkeypatch.setattr(engines, "wait", wait_for_one)
        monkeypatch.setattr(sweeping, "open_engine", lambda *_, **__: contextlib.nullcontext(engine))
        return engine

    return use


def test_results_are_one_row_a_run(tiny, swept):
    results = Results(swept, tiny())
    frame, status = results.to_pandas(), results.status
    assert len(frame) == 640 == status.done == status.runs
    assert status.complete
    assert status.failed == {}
    assert status.by_scenario == {"without": 320, "with": 320}
    assert status.bytes == sum(path.stat().st_size for path in (results.folder / "runs").iterdir())
    assert not frame.duplicated(["point", "scenario", "replicate"]).any()
    assert frame["run_id"].is_unique
    assert frame["idea_rate"].nunique() == 80


def test_a_temporary_folder_lasts_as_long_as_its_results(tiny):
    results = ectsim.sweep(tiny(factors=[], replicates=1))
    folder = results.folder
    assert (folder / "runs").is_dir()
    del results
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize("replicates", [40, AUTOMATIC], ids=["fixed", "automatic"])
def test_the_bytes_depend_neither_on_workers_nor_on_the_order_of_completion(tmp_path, tiny, any_order, replicates):
    study = tiny(replicates=replicates, factors=[{"name": "idea_rate", "levels": [10.0, 20.0, 40.0]}])
    sweep(study, tmp_path / "one", workers=1)
    sweep(study, tmp_path / "three", workers=3)
    expected = contents(tmp_path / "one")
    assert contents(tmp_path / "three") == expected
    for seed in (1, 2):
        any_order(seed)
        sweep(study, tmp_path / str(seed))
        assert contents(tmp_path / str(seed)) == expected


def test_jobs_held_are_bounded_whatever_the_number_of_runs(tiny, any_order, monkeypatch):
    most = []
    monkeypatch.setattr(sweeping, "run_block", lambda job: {"runs": b""})
    for replicates in (4, 40):
        engine = any_order(1)
        sweep(tiny(replicates=replicates))
        most.append(engine.most)
    assert most == [6, 6]


def test_automatic_replicates_stop_where_the_rule_says(tiny):
    from ectsim.experiments.replication import reached

    study = tiny(replicates=AUTOMATIC, factors=[{"name": "idea_rate", "levels": [10.0, 40.0]}], seeds={"first": 5})
    results = sweep(study)
    frame, found, plan = results.to_pandas(), results.status, make_plan(study)
    looks = [plan.rounds[wave.stop - 1].stop for wave in plan.waves]
    assert found.complete
    numbers = set()
    for point, own in frame.groupby("point"):
        count = own["replicate"].max() + 1
        numbers.add(count)
        assert len(own) == 2 * count
        assert count in looks
        samples = {
            name: {"ideas": rows.sort_values("replicate")["ideas"].to_numpy()}
            for name, rows in own.groupby("scenario", sort=False)
        }
        assert found.precision[point] == reached(samples, study.replicates)
        assert found.precision[point].enough or count == 160
        for earlier in looks[: looks.index(count)]:
            assert not reached(
                {n: {"ideas": s["ideas"][:earlier]} for n, s in samples.items()}, study.replicates
            ).enough
    assert len(numbers) == 2


def test_points_of_one_group_stop_one_by_one(tiny):
    study = tiny(replicates=AUTOMATIC, factors=[{"name": "idea_rate", "levels": [6.0, 40.0, 39.0, 38.0]}])
    plan = make_plan(study)
    assert plan.groups == 1
    frame = sweep(study).to_pandas()
    assert len(set(frame.groupby("point")["replicate"].max())) > 1


def test_progress_counts_runs_and_ends_at_the_total(tiny):
    seen = []
    sweep(tiny(), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(64, 641, 64))
    assert {total for _, total in seen} == {640}


def test_what_is_there_is_not_run_again(tmp_path, tiny, swept, monkeypatch):
    shutil.copytree(swept, tmp_path, dirs_exist_ok=True)
    expected = contents(swept)
    (tmp_path / "runs" / "part-00003-0000.parquet").unlink()
    damaged = tmp_path / "runs" / "part-00007-0000.parquet"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 255  # in some column, not in all
    damaged.write_bytes(content)
    told = status(tmp_path)
    assert (told.done, told.complete, told.damaged) == (512, False, ("runs/part-00007-0000.parquet",))
    again = []

    def run_block(job):
        again.append(job.block.group)
        return sweeping_run_block(job)

    sweeping_run_block = sweeping.run_block
    monkeypatch.setattr(sweeping, "run_block", run_block)
    results = sweep(tiny(), tmp_path)
    assert sorted(again) == [3, 7]
    assert results.remade == ("runs/part-00007-0000.parquet",)
    assert contents(tmp_path) == expected


def test_a_damaged_further_table_is_made_again(tmp_path, tiny):
    study = tiny(tables=TABLES, factors=[{"name": "idea_rate", "levels": [10.0, 20.0]}], replicates=32)
    sweep(study, tmp_path)
    expected = contents(tmp_path)
    (tmp_path / "projects" / "part-00001-0000.parquet").write_bytes(b"PAR1")
    (tmp_path / "months" / "part-00000-0000.parquet").unlink()
    assert status(tmp_path).damaged == ("projects/part-00001-0000.parquet",)
    assert sweep(study, tmp_path).remade == ("projects/part-00001-0000.parquet",)
    assert contents(tmp_path) == expected


def test_shards_make_together_what_one_command_makes(tmp_path, tiny, swept):
    seen = [sweep(tiny(), tmp_path, shard=shard).status for shard in ("3/3", "1/3", "2/3")]
    assert [(one.done, one.runs, one.complete) for one in seen] == [
        (192, 192, True),
        (256, 256, True),
        (192, 192, True),
    ]
    assert (status(tmp_path).done, status(tmp_path).complete) == (640, True)
    shards = contents(tmp_path)
    provenance = {name for name in shards if name.startswith("provenance")}
    assert provenance == {f"provenance-{number}-of-3.json" for number in (1, 2, 3)}
    assert {name: content for name, content in shards.items() if name not in provenance} == contents(swept)


def test_more_shards_than_groups_leave_some_with_nothing_to_do(tmp_path, tiny):
    results = sweep(tiny(factors=[], replicates=1), tmp_path, shard="2/2")
    assert (results.status.done, results.status.runs) == (0, 0)
    assert not status(tmp_path).complete


def test_a_study_may_be_a_file_and_a_preset_changes_its_size(tmp_path, tiny):
    (tmp_path / "study.yaml").write_text(dump_study(tiny(replicates=16, factors=[])), encoding="utf-8")
    assert sweep(tmp_path / "study.yaml").status.done == 32
    assert sweep(str(tmp_path / "study.yaml"), preset="quick").status.done == 4


def test_other_programs_read_the_tables(tiny, swept):
    import duckdb

    frame = pd.read_parquet(swept / "runs")
    pd.testing.assert_frame_equal(frame, Results(swept, tiny()).to_pandas())
    query = f"select scenario, avg(ideas), avg(survival_2), count(*) from '{swept}/runs/*.parquet' group by 1"
    found = {row[0]: row[1:] for row in duckdb.sql(query).fetchall()}
    for name, own in frame.groupby("scenario"):
        assert found[name] == (pytest.approx(own["ideas"].mean()), None, 320)


def test_interrupted_by_hand_it_keeps_what_is_finished(tmp_path, tiny, swept):
    def stop(done, total):
        if done >= total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(tiny(), tmp_path, progress=stop)
    assert len(list((tmp_path / "runs").glob("part-*"))) >= 5
    sweep(tiny(), tmp_path)
    assert contents(tmp_path) == contents(swept)


def test_an_unknown_engine_leaves_no_half_made_folder_in_the_way(tmp_path, tiny):
    study = tiny(factors=[])
    with pytest.raises(InputError):
        sweep(study, tmp_path, engine="steam")
    assert sweep(study, tmp_path).status.complete


def test_it_works_in_a_script_without_a_main_guard(tmp_path, tiny):
    (tmp_path / "study.yaml").write_text(dump_study(tiny(factors=[], replicates=2)), encoding="utf-8")
    (tmp_path / "script.py").write_text("import ectsim\nprint(len(ectsim.sweep('study.yaml').to_pandas()))\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("4\n", "")


def test_the_study_of_the_migration_note_is_what_it_says(tmp_path):
    note = (Path(__file__).parents[2] / "docs" / "from_batch_run.md").read_text(encoding="utf-8")
    study = tmp_path / "calls.yaml"
    study.write_text(re.search(r"```yaml[^\n]*\n(.*?)```", note, re.DOTALL)[1], encoding="utf-8")
    plan = make_plan(load_study(study))
    assert plan.runs() == 2 * 3 * 50
    assert plan.seeds((2,), range(50)).tolist() == [list(range(1, 51))]
