"""The table of a calibration: draws from the priors, scales of parameters, counts pooled, sources never mixed."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ectsim.calibration.census import read_census
from ectsim.calibration.draws_files import write_draws
from ectsim.calibration.fit_settings import CalibrationPlan
from ectsim.calibration.reference_table import (
    PUBLISHED,
    from_real,
    from_unit,
    is_synthetic,
    pooled_counts,
    prior_draws,
    to_real,
)
from ectsim.calibration.tidy import read_tidy
from ectsim.errors import InputError
from ectsim.parameters import PARAMETERS, parameter_problems
from ectsim.shipped import shipped_folder

NAME = {"fr": "Essai", "en": "Trial"}
FREE = tuple(name for name, parameter in PARAMETERS.items() if parameter.prior != "fixed")


def plan(**given) -> CalibrationPlan:
    return CalibrationPlan.model_validate({"name": NAME, "points": 256, "effective": 50, **given})


def test_draws_fill_the_priors_evenly():
    draws = prior_draws(plan())
    assert tuple(draws) == FREE
    for name in FREE:
        parameter = PARAMETERS[name]
        assert draws[name].between(parameter.low, parameter.high).all()
        low, middle, high = from_unit(name, np.array([0.25, 0.5, 0.75]))
        assert ((draws[name] < middle).sum(), (draws[name] < low).sum(), (draws[name] > high).sum()) == (128, 64, 64)
    assert not parameter_problems(draws.iloc[7].to_dict())


def test_another_seed_gives_other_draws():
    assert prior_draws(plan()).equals(prior_draws(plan()))
    assert not prior_draws(plan(seed=2)).equals(prior_draws(plan()))


def test_kept_parameters_are_not_drawn():
    kept = ("propensity_0", "initiator_share", "beta_0")
    gone = {name for name in FREE if PARAMETERS[name].field in kept}
    assert set(FREE) - set(prior_draws(plan(kept=kept))) == gone


@given(some.lists(some.floats(0.001, 0.999), min_size=3, max_size=3))
def test_parameters_come_back_from_their_unbounded_scale(places):
    names = ("idea_rate", "beta_0", "ending_hazard")
    values = np.array([[from_unit(name, np.array([place]))[0] for name, place in zip(names, places, strict=True)]])
    assert from_real(names, to_real(names, values)) == pytest.approx(values, rel=1e-9)


def test_nothing_leaves_the_bounds():
    values = from_real(FREE, np.random.default_rng(1).normal(scale=30, size=(50, len(FREE))))
    assert all(not list(parameter_problems(dict(zip(FREE, row, strict=True)))) for row in values.tolist())
    assert np.isfinite(to_real(FREE, values)).all()


def test_replicates_are_pooled_and_failed_runs_left_out():
    count, of = "structured_per_idea_count", "structured_per_idea_of"
    rows = [(0, "done", 2, 10), (0, "done", 3, 20), (1, "full: projects", 9, 9), (3, "done", 0, 0)]
    runs = pd.DataFrame(rows, columns=["point", "status", count, of]).assign(scenario="spontaneous")
    found = pooled_counts(pd.concat([runs, runs.assign(scenario="other")]), PUBLISHED["structured_per_idea"], 4)
    assert [values.tolist() for values in found] == [[5, 0, 0, 0], [30, 0, 0, 0]]


@pytest.fixture
def told(tmp_path):
    def written(name: str, synthetic: bool) -> str:
        draws = pd.DataFrame({"idea_rate": [10.0, 12.0, 14.0], "propensity_0": [0.2, 0.3, 0.4]})
        write_draws(tmp_path, name, draws, {}, synthetic=synthetic)
        return str(tmp_path / f"{name}.parquet")

    return written


def test_interviews_take_the_place_of_priors_but_not_of_what_is_kept(told):
    draws = prior_draws(plan(interviews=told("population", False), kept=("propensity_0",)))
    assert set(draws["idea_rate"]) == {10.0, 12.0, 14.0}
    assert draws["idea_rate"].value_counts().between(85, 86).all()
    assert "propensity_0" not in draws


def test_fictive_field_work_is_told_and_never_mixed_with_real(told):
    census = read_census(read_tidy(shipped_folder("calibration") / "example"))
    fictive, real = plan(interviews=told("fictive", True)), plan(interviews=told("real", False))
    assert not is_synthetic(plan(), None)
    assert is_synthetic(fictive, None)
    assert is_synthetic(plan(), census)
    assert is_synthetic(fictive, census)
    assert not is_synthetic(real, dataclasses.replace(census, synthetic=False))
    with pytest.raises(InputError):
        is_synthetic(real, census)
