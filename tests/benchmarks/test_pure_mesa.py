"""The pure Mesa version: its rules hold, and the test that compares it with the compiled one can fail."""

import warnings

import numpy as np
import pytest


@pytest.fixture(scope="module")
def model():
    """A pure Mesa run of 80 actors over 30 months."""
    from benchmarks.pure_mesa import PureModel
    from benchmarks.setups import scaled_setup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model = PureModel(scaled_setup(80, burn_in=6, months=24), 3)
        model.run_for(30)
    return model


def test_pure_model_keeps_commitments_and_ties_consistent(model):
    assert model.reached[0] > 0
    for actor in model.actors:
        assert len(actor.projects) <= actor.capacity
        assert all(actor in project.members for project in actor.projects)
        assert len(actor.ties) <= model.most_ties
        assert all(other.ties[actor] is tie for other, tie in actor.ties.items())
    for project in model.live_projects:
        assert project.alive
        assert all(project in actor.projects for actor in project.members)
        assert not (project.dormant and project.members)


def test_pure_model_is_deterministic_for_a_seed(model):
    from benchmarks.pure_mesa import PureModel
    from benchmarks.setups import scaled_setup

    again = PureModel(scaled_setup(80, burn_in=6, months=24), 3)
    again.run_for(30)
    assert again.outcomes() == model.outcomes()


def test_pure_model_refuses_what_it_does_not_know():
    import dataclasses

    from benchmarks.pure_mesa import PureModel
    from benchmarks.setups import scaled_setup

    setup = scaled_setup(80, burn_in=6, months=24)
    instruments = [
        i.model_copy(update={"rivalness": 0.5}) if i.kind == "call" else i for i in setup.scenario.instruments
    ]
    other = dataclasses.replace(setup, scenario=setup.scenario.model_copy(update={"instruments": tuple(instruments)}))
    with pytest.raises(NotImplementedError, match="rivalness"):
        PureModel(other, 1)


def _samples(shift):
    from benchmarks.agreement import OUTCOMES

    rng = np.random.default_rng(7)
    ours = {name: rng.normal(10.0, 2.0, 60) for name in OUTCOMES}
    theirs = {name: rng.normal(10.0 + (shift if name == "emerged" else 0.0), 2.0, 60) for name in OUTCOMES}
    return ours, theirs


def test_samples_of_one_distribution_pass():
    from benchmarks.agreement import same_distribution

    assert all(row["same"] for row in same_distribution(*_samples(0.0)))


def test_a_planted_difference_is_found_where_it_is():
    from benchmarks.agreement import same_distribution

    assert {row["outcome"] for row in same_distribution(*_samples(2.0)) if not row["same"]} == {"emerged"}


def test_holm_known_answer():
    from benchmarks.agreement import holm

    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
