"""A block gives the rows that its runs give one by one."""

import dataclasses

import numpy as np
import pytest

from ectsim.errors import InputError
from ectsim.experiments.blocks import BY_PROJECT, _Bench, run_block
from ectsim.experiments.ensembles import run, run_worlds
from ectsim.experiments.factors import apply_factors
from ectsim.experiments.parts import RUNS, read_bytes, run_columns
from ectsim.experiments.patterns import pattern_columns
from ectsim.experiments.plan import Block, make_plan
from ectsim.experiments.single import simulate
from ectsim.model.outcomes import measure
from ectsim.model.simulation import begin, prepare

LONG = {"horizon": {"burn_in": 12, "months": 60, "after": 6}, "population": {"actors": 40}}

GENEROUS = {
    "kind": "call",
    "first_month": 2,
    "window": 4,
    "period": 12,
    "minimum_partners": 2,
    "minimum_sectors": 1,
    "winners": 6,
    "months_paid": 12,
    "grant_rate": 0.9,
}


@pytest.fixture
def longer(tiny, make):
    """A study whose projects emerge."""

    def study(**changes):
        scenarios = {
            "without": make(instruments=[], **LONG).model_dump(mode="json"),
            "with": make(instruments=[GENEROUS], **LONG).model_dump(mode="json"),
        }
        factors = [{"name": "idea_rate", "levels": [8.0, 40.0]}, {"name": "call.winners", "levels": [1, 6]}]
        return tiny(
            **{"scenarios": scenarios, "factors": factors, "replicates": 3, "outcomes": ("ideas", "collectives")}
            | changes
        )

    return study


def made(study, table=RUNS, points=(0, 1, 2, 3), replicates=range(3)):
    plan = make_plan(study)
    return read_bytes(run_block(plan.job(Block(0, 0, points, replicates)))[table]).to_pandas()


def test_rows_are_those_of_single_runs(longer):
    study = longer()
    frame, plan = made(study), make_plan(study)
    assert list(frame.columns) == list(run_columns(study))
    assert len(frame) == 4 * 2 * 3
    assert frame["run_id"].is_unique
    for row in frame.itertuples():
        varied = apply_factors(study.scenarios[row.scenario], study.factors, plan.points[row.point])
        alone = simulate(varied, seed=row.seed)
        assert row.ideas == measure(alone.tally, ("ideas",))["ideas"][0]
        assert row.collectives == measure(alone.tally, ("collectives",))["collectives"][0]
    assert frame["collectives"].sum() > 0
    assert frame.groupby(["point", "replicate"])["seed"].nunique().eq(1).all()


def test_a_run_does_not_depend_on_the_runs_before_it(longer):
    study = longer()
    together = made(study)
    for point in (3, 0):
        alone = made(study, points=(point,), replicates=range(2, 3))
        same = together[(together["point"] == point) & (together["replicate"] == 2)]
        assert alone.equals(same.reset_index(drop=True))


def test_a_run_has_the_room_of_its_own_setup_whatever_ran_before(longer):
    bench = _Bench(longer())
    first, large, small = (bench.variant(0, np.array([rate, 1.0])) for rate in (20.0, 40.0, 6.0))
    assert small.places < first.places < large.places
    for setup in (first, large, small, large):
        state = bench.fitted(0, setup)
        assert {len(getattr(state, name)) for name in BY_PROJECT} == {setup.places}
        assert not state.projects.view(np.uint8).any()
        begin(setup, state, 1)
        run(state, setup, 18)
        assert state.clock[0].projects > 0


def test_identity_changes_with_anything_that_changes_a_run(longer):
    ids = set(made(longer())["run_id"])
    assert not ids & set(made(longer(seeds={"first": 1000}))["run_id"])
    assert not ids & set(made(longer(factors=[{"name": "idea_rate", "levels": [9.0, 39.0]}]), points=(0, 1))["run_id"])
    assert ids == set(made(longer(outcomes=("ideas",)))["run_id"])


def test_what_is_not_defined_is_null(tiny):
    frame = made(tiny(), points=(0,), replicates=range(2))
    assert frame["survival_2"].isna().all()
    plan = make_plan(tiny())
    table = read_bytes(run_block(plan.job(Block(0, 0, (0,), range(2))))[RUNS])
    assert table["survival_2"].null_count == len(table)


def test_a_run_that_is_too_large_has_a_row_that_says_so(longer):
    study = longer(tables=("projects", "months"))
    cramped = {name: s.model_dump(mode="json") | {"sizes": {"projects": 80}} for name, s in study.scenarios.items()}
    study = longer(scenarios=cramped, tables=("projects", "months"))
    frame = made(study)
    full = frame["status"] == "full: projects"
    assert set(frame["status"]) == {"done", "full: projects"}
    assert frame.loc[full, "ideas"].isna().all()
    assert frame.loc[~full, "ideas"].notna().all()
    assert set(made(study, "projects")["run_id"]) <= set(frame.loc[~full, "run_id"])
    assert set(made(study, "months")["run_id"]) == set(frame.loc[~full, "run_id"])


def test_tables_of_a_block_without_any_finished_run_have_their_columns(longer):
    study = longer(tables=("projects", "months"))
    cramped = {name: s.model_dump(mode="json") | {"sizes": {"projects": 1}} for name, s in study.scenarios.items()}
    for table in study.tables:
        whole = run_block(make_plan(study).job(Block(0, 0, (1,), range(1))))[table]
        empty = run_block(make_plan(longer(scenarios=cramped, tables=study.tables)).job(Block(0, 0, (3,), range(3))))
        assert read_bytes(empty[table]).num_rows == 0
        schema, expected = read_bytes(empty[table]).schema, read_bytes(whole).schema
        assert [str(field) for field in schema] == [str(field) for field in expected]


def test_tables_are_those_of_single_runs(longer):
    study = longer(tables=("projects", "months"), replicates=1, factors=[])
    projects, months = (made(study, name, (0,), range(1)) for name in ("projects", "months"))
    alone = simulate(study.scenarios["with"], seed=1)
    own = projects[projects["scenario"] == "with"].reset_index(drop=True)
    assert own["initiator"].tolist() == alone.projects()["initiator"].tolist()
    assert own["trust"].tolist() == alone.projects()["trust"].tolist()
    assert own["emerged"].isna().tolist() == alone.projects()["emerged"].isna().tolist()
    monthly = months[months["scenario"] == "with"]
    assert monthly["ideas"].tolist() == alone.months()["ideas"].tolist()
    assert (
        list(projects.columns[:5]) == list(months.columns[:5]) == ["run_id", "point", "scenario", "replicate", "seed"]
    )


def test_twins_are_those_of_an_ensemble(longer):
    study = longer(twins=True, factors=[], replicates=12)
    frame = made(study, points=(0,), replicates=range(12))
    worlds = run_worlds([prepare(s) for s in study.scenarios.values()], range(1, 13), twins=True, threads=1)
    fates = [name for name in frame.columns if name.startswith("fates[horizon,")]
    for place, name in enumerate(study.scenarios):
        own = frame[frame["scenario"] == name]
        np.testing.assert_array_equal(own[fates].to_numpy(), worlds.twins[place]["fates"][:, 0].reshape(12, -1))
    assert (frame["fates[horizon,neither,spontaneous]"] > 0).all()
    assert "fates[after,additional,call]" in frame
    assert "fates_by_tolerance[24,displaced]" in frame


def test_patterns_are_kept_as_what_is_counted_and_over_what(longer):
    study = longer(patterns=True)
    frame = made(study)
    assert list(frame.columns) == list(run_columns(study))
    plan = make_plan(study)
    for row in frame[frame["point"] == 3].itertuples():
        varied = apply_factors(study.scenarios[row.scenario], study.factors, plan.points[row.point])
        tally = simulate(varied, seed=row.seed).tally
        for name, value in pattern_columns(tally).items():
            assert getattr(row, name) == value[0]
    assert (frame["structured_per_idea_of"] > 0).any()
    assert (frame["structured_per_idea_count"] <= frame["structured_per_idea_of"]).all()
    assert not set(made(longer()).columns) & set(pattern_columns(tally))


def test_a_worker_with_another_model_refuses(tiny):
    plan = make_plan(tiny())
    job = dataclasses.replace(plan.job(Block(0, 0, (0,), range(1))), model="other")
    with pytest.raises(InputError, match="version"):
        run_block(job)
