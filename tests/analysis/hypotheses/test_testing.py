"""A small hypothesis from its file to its verdict, with real runs."""

import dataclasses

import numpy as np
import pytest

from ectsim.analysis.hypotheses.draws import Draws
from ectsim.analysis.hypotheses.files import load_hypothesis
from ectsim.analysis.hypotheses.measures import Measured
from ectsim.analysis.hypotheses.tables import box_table, draw_table, moving_table, verdict_table
from ectsim.analysis.hypotheses.testing import Evidence, HypothesesStudy, conclude, gather
from ectsim.analysis.hypotheses.verdicts import draws_needed
from ectsim.errors import InputError
from ectsim.experiments.ensembles import run_worlds
from ectsim.model.simulation import prepare


@pytest.fixture
def evidence(written):
    return gather(load_hypothesis(written()), threads=2)


def test_a_seed_lives_the_draw_that_its_rest_says(evidence):
    hypothesis, draws = evidence.hypothesis, evidence.draws
    asked = hypothesis.uncertainty
    setups = [
        dataclasses.replace(prepare(arm.scenario), parameters=draws.packed(arm)) for arm in hypothesis.arms.values()
    ]
    seeds = range(asked.first_seed, asked.first_seed + asked.draws * asked.seeds)
    worlds = run_worlds(setups, seeds, twins=True, threads=1)
    ideas = worlds.tallies["reached"][:, :, 0].sum(axis=(2, 3, 4)).astype(float)
    gain = ideas[1] - ideas[0]
    for draw in range(asked.draws):
        mine = gain[[seed % asked.draws == draw for seed in seeds]]
        assert evidence.effects[0].pseudo[draw] == pytest.approx(mine)


def test_the_numbers_do_not_depend_on_threads(evidence):
    again = gather(evidence.hypothesis, threads=1)
    for one, other in zip(evidence.effects, again.effects, strict=True):
        np.testing.assert_array_equal(one.pseudo, other.pseudo)


def test_findings_as_tables(evidence):
    (finding,) = conclude([evidence], ["exploratory"])
    table = verdict_table([finding])
    assert list(table["measure"]) == ["ideas", "net_additional"]
    assert set(table["verdict"]) == {finding.verdict}
    assert set(table["standing"]) == {"exploratory"}
    assert "parameter" in box_table([finding])
    assert HypothesesStudy.of([finding], ["--quick"]).command == "ectsim hypotheses test T1_ideas --quick"


def test_more_draws_than_a_posterior_holds_are_refused(written, folder):
    import pandas as pd

    pd.DataFrame({"beta_trust": [1.0, 2.0]}).to_parquet(folder / "two.parquet")
    hypothesis = load_hypothesis(written("posterior: priors", f"posterior: {folder / 'two.parquet'}"))
    with pytest.raises(InputError) as told:
        gather(hypothesis)
    assert told.value.problems[0].message == "hypotheses.few_draws"


def test_runs_needed_to_contradict_one_of_two_effects_are_those_after_which_it_is(written, effect_of, generator):
    """One effect always holds; the other falls short in nine draws of ten, so that runs decide: as many as told."""
    hypothesis = load_hypothesis(written())

    def found(draws: int):
        large = effect_of(generator(2), 9.0, 0.1, 0.5, draws)
        short = effect_of(generator(3), 1 - 1.2816, 1.0, 0.5, draws)
        values = generator(4).random((draws, 1))
        evidence = Evidence(hypothesis, Draws(("patience",), values), (large, short), None)
        return conclude([evidence], ["exploratory"])[0]

    few = found(40)
    assert few.verdict == "undecided"
    told = few.effects[1], 1.0, hypothesis.rule.share, hypothesis.rule.level / 4
    assert few.runs_needed == draws_needed(*told) * hypothesis.uncertainty.seeds
    assert found(4 * int(few.runs_needed / hypothesis.uncertainty.seeds)).verdict == "contradicted"


def test_where_a_verdict_flips_is_found(written, generator):
    """The effect is large wherever a planted parameter is above 0.7, and nil elsewhere."""
    chance = generator(1)
    values = chance.random((400, 3))
    effect = np.where(values[:, 1] > 0.7, 5.0, 0.0)
    runs = effect[:, None] + 0.5 * chance.standard_normal((400, 4))
    measured = Measured(runs.mean(axis=1), runs)
    draws = Draws(("beta_trust", "beta_values", "patience"), values)
    planted = Evidence(load_hypothesis(written()), draws, (measured, measured), None)
    (finding,) = conclude([planted], ["exploratory"])
    assert finding.verdict == "undecided"
    assert finding.runs_needed == np.inf or finding.runs_needed > 400
    assert finding.boxes_hold
    low, high = finding.boxes[0].limits["beta_values"]
    assert (low, high) == (pytest.approx(0.7, abs=0.02), None)
    assert finding.boxes[0].density > 0.95


def test_where_a_verdict_flips_is_sought_among_the_parameters_that_move_the_effect(written):
    hypothesis = load_hypothesis(written())
    chance = np.random.default_rng(1)
    values = chance.random((256, 60))
    effect = 6 * values[:, 7] - 3
    runs = effect[:, None] + chance.standard_normal((256, 4))
    large = Measured(runs.mean(axis=1) + 9, runs + 9)
    evidence = Evidence(
        hypothesis,
        Draws(tuple(f"p{place}" for place in range(60)), values),
        (Measured(runs.mean(axis=1), runs), large),
        None,
    )
    (finding,) = conclude([evidence], ["exploratory"], method="tree")
    assert finding.boxes_hold
    assert set(finding.boxes[0].limits) == {"p7"}
    low, high = finding.boxes[0].limits["p7"]
    assert low is not None
    assert low > 0.6
    assert high is None
    assert finding.boxes[0].density > 0.9
    assert finding.boxes[0].reproducibility["p7"] == 1
    assert list(finding.moved_by) == ["p7"]
    assert finding.moved_by["p7"] > 0.9
    assert moving_table([finding])["parameter"].tolist() == ["p7"]
    unmoved = Measured(np.zeros(256), np.zeros((256, 4)))
    (still,) = conclude([dataclasses.replace(evidence, effects=(unmoved, large))], ["exploratory"])
    assert still.boxes == ()
    assert still.moved_by == {}
    table = draw_table([finding])
    assert len(table) == 2 * 256
    assert table.groupby("contrast")["effect"].mean().to_dict() == pytest.approx({1: runs.mean(), 2: runs.mean() + 9})
