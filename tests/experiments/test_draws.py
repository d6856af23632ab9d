"""Sweeps of scenarios that draw their parameters, and of rows that are fictive; engines are compared elsewhere."""

import json
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ectsim.errors import InputError
from ectsim.experiments import blocks
from ectsim.experiments.blocks import run_block
from ectsim.experiments.exports import export
from ectsim.experiments.plan import Block, make_plan
from ectsim.experiments.provenance import PROVENANCE, Study, keep_inputs, now, provenance, read_study
from ectsim.experiments.status import status
from ectsim.experiments.store import read_manifest
from ectsim.experiments.study import load_study
from ectsim.experiments.sweeping import sweep
from ectsim.experiments.verification import verify
from ectsim.model.simulation import prepare
from ectsim.posterior import label_of, notice_in
from ectsim.scenario import load_scenario

FICTIVE = "DONNÉES FICTIVES"
RATES = [5.0, 10.0, 20.0, 30.0, 40.0]
SCENARIO = """
name: {fr: "Tiré", en: "Drawn"}
horizon: {burn_in: 1, months: 6, after: 1}
population: {actors: 20}
posterior: fit.parquet
parameters: posterior
"""
BY_HAND = SCENARIO.replace("parameters: posterior", "parameters: default")
STUDY = """
name: {fr: "Tirages", en: "Draws"}
scenarios: [drawn, by_hand]
factors: [{name: imitation, levels: [0, 0.5, 1]}]
replicates: 32
outcomes: [ideas]
"""


def write_draws(path, rates=RATES, notice=""):
    table = pa.table({"idea_rate": rates, "imitation": [0.2] * len(rates)})
    pq.write_table(table.replace_schema_metadata(label_of(notice) or None), path)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A study whose scenarios lie beside it, seen from elsewhere."""
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for name, content in {"drawn": SCENARIO, "by_hand": BY_HAND, "study": STUDY}.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    write_draws(folder / "fit.parquet")
    return folder


def contents(folder):
    """Bytes of what a sweep keeps."""
    found = [folder / "manifest.json", *folder.glob("*/part-*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_seed_takes_its_draw_and_factors_replace_it(folder):
    plan = make_plan(load_study(folder / "study.yaml"))
    setups = variants(plan)
    for point, level in enumerate((0.0, 0.5, 1.0)):
        drawn, by_hand = setups(point)
        for seed in range(12):
            assert float(drawn.draw(seed).idea_rate[0]) == RATES[seed % 5]
            assert float(drawn.draw(seed).imitation[0]) == level
        assert len(by_hand.parameters) == 1
        assert float(by_hand.parameters.imitation[0]) == level
    assert plan.seeds((1,), range(5)).tolist() == [[33, 34, 35, 36, 37]]


def variants(plan):
    bench = blocks._bench(plan.text, *plan.drawn.digests.items())
    return lambda point: [bench.variant(place, plan.points[point]) for place in range(2)]


def test_ideas_follow_the_rate_drawn(folder):
    frame = sweep(folder / "study.yaml").to_pandas()
    drawn = frame[frame["scenario"] == "drawn"]
    means = drawn.groupby(drawn["seed"] % 5)["ideas"].mean()
    assert means.is_monotonic_increasing
    assert means[4] > 4 * means[0]
    by_hand = frame[frame["scenario"] == "by_hand"]
    assert by_hand.groupby(by_hand["seed"] % 5)["ideas"].mean().pipe(lambda found: found.max() < 2 * found.min())


def test_a_resumed_sweep_draws_the_same(folder):
    study = folder / "study.yaml"
    sweep(study, folder / "whole")
    expected = contents(folder / "whole")
    shutil.copytree(folder / "whole", folder / "out")
    for part in list((folder / "out" / "runs").iterdir())[::2]:
        part.unlink()
    sweep(study, folder / "out")
    assert contents(folder / "out") == expected


def test_the_manifest_holds_what_was_drawn_from_and_other_draws_are_refused(folder):
    study, out = folder / "study.yaml", folder / "out"
    sweep(study, out)
    told = read_manifest(out)["posteriors"]
    assert list(told) == ["drawn"]
    assert verify(out, rows=4).holds
    write_draws(folder / "fit.parquet", [11.0])
    for again in (lambda: sweep(study, out), lambda: verify(out)):
        with pytest.raises(InputError) as caught:
            again()
        assert [problem.field for problem in caught.value.problems] == [None, "posteriors.drawn"]
        assert told["drawn"] in str(caught.value)


def test_runs_are_told_by_their_draws_not_by_where_these_lie(folder, tmp_path):
    ids = set(sweep(folder / "study.yaml").to_pandas()["run_id"])
    moved = shutil.copytree(folder, tmp_path / "moved")
    shutil.rmtree(folder)
    assert set(sweep(moved / "study.yaml").to_pandas()["run_id"]) == ids
    write_draws(moved / "fit.parquet", RATES[::-1])
    again = sweep(moved / "study.yaml").to_pandas()
    assert not set(again.loc[again["scenario"] == "drawn", "run_id"]) & ids
    assert set(again.loc[again["scenario"] == "by_hand", "run_id"]) <= ids


def test_results_keep_the_draws_of_every_scenario(folder, tmp_path):
    """Two scenarios that draw from two files, one file for two of them, one by hand: each is read back as it was."""
    write_draws(folder / "other.parquet", [11.0, 12.0])
    (folder / "other.yaml").write_text(SCENARIO.replace("fit.", "other."), encoding="utf-8")
    names = ("by_hand", "drawn", "other", "drawn")
    setups = tuple(prepare(load_scenario(folder / f"{name}.yaml")) for name in names)
    study = Study("explore", setups, {})
    made = tmp_path / "made"
    made.mkdir()
    keep_inputs(study, made)
    (made / PROVENANCE).write_text(json.dumps(provenance(study, now())), encoding="utf-8")
    shutil.rmtree(folder)
    for setup, read in zip(setups, read_study(made).setups, strict=True):
        assert read.parameters.tobytes() == setup.parameters.tobytes()
    assert len(list(made.glob("*.parquet"))) == 2


def test_a_worker_with_other_draws_refuses(folder):
    plan = make_plan(load_study(folder / "study.yaml"))
    write_draws(folder / "fit.parquet", [11.0])
    blocks._bench.cache_clear()  # a worker has read nothing yet
    with pytest.raises(InputError) as caught:
        run_block(plan.job(Block(0, 0, (0,), range(1))))
    assert [problem.message for problem in caught.value.problems] == ["sweeps.other_draws"]


def test_a_study_built_in_python_finds_its_draws(folder, tiny):
    from ectsim.scenario import load_scenario

    study = tiny(scenarios={"drawn": load_scenario(folder / "drawn.yaml")}, factors=[])
    told = json.loads(make_plan(study).job(Block(0, 0, (0,), range(1))).study)
    assert told["scenarios"]["drawn"]["posterior"] == str(folder / "fit.parquet")


@pytest.mark.parametrize("of", ["scenario", "design"])
def test_rows_that_rest_on_fictive_ones_say_so_everywhere(folder, of):
    write_draws(folder / "fit.parquet", notice=FICTIVE)
    with (folder / "study.yaml").open("a", encoding="utf-8") as study:
        study.write("tables: [months]\n")
    if of == "design":
        (folder / "study.yaml").write_text(
            "name: {fr: Essai, en: Trial}\nscenarios: [by_hand]\noutcomes: [ideas]\ntables: [months]\n"
            "design: {kind: posterior, file: fit.parquet}\n",
            encoding="utf-8",
        )
    out = folder / "out"
    results = sweep(folder / "study.yaml", out)
    assert read_manifest(out)["notice"] == status(out).notice == results.status.notice == FICTIVE
    for part in out.glob("*/part-*"):
        assert notice_in(pq.read_schema(part).metadata) == FICTIVE
    assert verify(out, rows=3).holds
    export(out, folder / "runs.parquet", "parquet")
    export(out, folder / "runs.csv", "csv")
    assert notice_in(pq.read_schema(folder / "runs.parquet").metadata) == FICTIVE
    assert set(pd.read_csv(folder / "runs.csv")["notice"]) == {FICTIVE}


def test_rows_that_rest_on_none_say_nothing(folder):
    out = folder / "out"
    sweep(folder / "study.yaml", out)
    assert read_manifest(out)["notice"] == ""
    assert all(not pq.read_schema(part).metadata for part in out.glob("*/part-*"))
    export(out, folder / "runs.csv", "csv")
    assert "notice" not in pd.read_csv(folder / "runs.csv").columns
