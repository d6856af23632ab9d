"""The fictive example from its files to one run of the model, and everything on the way says that it is fictive."""

import json

import pandas as pd
import pytest

from ectsim.calibration.census import read_census
from ectsim.calibration.donors import profiles, synthetic_actors
from ectsim.calibration.inference import infer
from ectsim.calibration.population import (
    cells_of_interviews,
    effective_size,
    members_of,
    populate,
    rake,
    write_population,
)
from ectsim.calibration.posteriors import read_posteriors, tell_assumptions, write_posteriors
from ectsim.calibration.reliability import assess
from ectsim.calibration.targets import census_targets, write_targets
from ectsim.calibration.tidy import FICTIVE, read_tidy
from ectsim.experiments.designs import design_points
from ectsim.experiments.single import simulate
from ectsim.experiments.study import load_study
from ectsim.parameters import parameter_problems
from ectsim.scenario import load_scenario
from ectsim.shipped import shipped_folder


@pytest.fixture(scope="module")
def example():
    return read_tidy(shipped_folder("calibration") / "example")


@pytest.fixture(scope="module")
def posteriors(example):
    return infer(example, assess(example), draws=60)


def test_from_files_to_one_run(example, posteriors, tmp_path):
    write_posteriors(posteriors, tmp_path)
    population = populate(read_posteriors(tmp_path), cells_of_interviews(example))
    write_population(population, tmp_path)
    row = pd.read_parquet(tmp_path / "population.parquet").iloc[7].to_dict()
    assert not parameter_problems(row)
    scenario = load_scenario("one_call_a_year").model_copy(update={"parameters": row})
    first = simulate(scenario, seed=1, months=24)
    assert not first.projects().equals(simulate("one_call_a_year", seed=1, months=24).projects())
    for name in ("posteriors", "population"):
        assert json.loads((tmp_path / f"{name}.json").read_text("utf-8"))["notice"] == FICTIVE


def test_a_sweep_reads_the_rows_as_its_design(example, posteriors, tmp_path):
    population = populate(posteriors, cells_of_interviews(example))
    write_population(population, tmp_path)
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: {fr: essai, en: trial}\nscenarios: [spontaneous]\nreplicates: 1\n"
        "design: {kind: posterior, file: population.parquet}\n",
        encoding="utf-8",
    )
    assert (design_points(load_study(study)) == population.rows.to_numpy()).all()


def test_support_officers_of_the_example_weigh_nothing(example, posteriors):
    members = members_of(example)
    assert len(members) < len(example.interviews)
    weights = rake(cells_of_interviews(example), members).actors
    assert 1 < effective_size(weights) <= len(members)
    table = synthetic_actors(profiles(example), posteriors, cells_of_interviews(example), draw=0, size=100, seed=1)
    assert set(table["sector"]) <= {"public", "private", "civil"}


def test_small_groups_of_the_example_are_flagged(posteriors):
    flagged = [entry for entry in posteriors.entries if entry.group != "all" and entry.n_interviews < 5]
    assert flagged
    assert all(entry.pooled_with for entry in flagged)
    assert len(tell_assumptions(posteriors)) > 5


def test_the_census_of_the_example_gives_targets_and_names_gaps(example, tmp_path):
    targets = census_targets(read_census(example), resamples=50)
    assert len(targets.table) >= 10
    assert targets.gaps
    assert targets.synthetic
    write_targets(targets, tmp_path)
    assert FICTIVE in (tmp_path / "targets.csv").read_text("utf-8")
