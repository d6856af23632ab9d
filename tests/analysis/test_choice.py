"""Choosing a scheme: planted regret tables, a planted front, luck taken off, refusals."""

import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.choice.choosing import choose, judge, read_enough, ready
from ectsim.analysis.choice.criteria import CRITERIA
from ectsim.analysis.choice.front import dominance_table, dominates, enough_table, front_table
from ectsim.analysis.choice.regret import regret_table, regrets, without_luck
from ectsim.errors import InputError
from ectsim.experiments.study_settings import SweepStudy

TINY = {"horizon": {"burn_in": 1, "months": 36, "after": 6}, "population": {"actors": 20}}
CALL = {"kind": "call", "first_month": 2, "window": 2, "minimum_partners": 2, "minimum_sectors": 1, "winners": 2}


def study(**changes) -> SweepStudy:
    base = {"name": {"fr": "Sans", "en": "Without"}, **TINY}
    values = {
        "name": {"fr": "Choix", "en": "Choice"},
        "scenarios": {"none": base, "call": {**base, "name": {"fr": "Appel", "en": "Call"}, "instruments": [CALL]}},
        "factors": [{"name": "idea_rate", "levels": [20.0, 30.0, 40.0]}],
        "replicates": 3,
    }
    return SweepStudy.model_validate(values | changes)


def planted(values) -> np.ndarray:
    """Replicates that all say the same: there is no luck."""
    return np.repeat(np.asarray(values, float)[:, :, None], 2, axis=2)


def test_a_planted_table_has_its_regret():
    # Savage's table: the second scheme is never best and risks least
    payoffs = [[10, 0, 0, 0], [7, 7, 7, 7], [0, 9, 9, 10]]
    found = regret_table(["bold", "safe", "other"], planted(payoffs), 1).set_index("scheme")
    assert found["regret_worst"].to_dict() == {"bold": 10, "safe": 3, "other": 10}
    assert found["regret_mean"].to_dict() == {"bold": 28 / 4, "safe": 10 / 4, "other": 10 / 4}
    assert found["best_share"].to_dict() == {"bold": 0.25, "safe": 0.0, "other": 0.75}
    assert found.loc["safe", "regret_90"] == pytest.approx(np.quantile([3, 2, 2, 3], 0.9))
    assert found["effect"].to_dict() == {"bold": 2.5, "safe": 7.0, "other": 7.0}
    assert (found["luck"] == 0).all()


def test_where_less_is_better_regret_is_what_is_paid_too_much():
    found = regret_table(["dear", "cheap"], planted([[5, 8], [2, 3]]), -1).set_index("scheme")
    assert found["regret_worst"].to_dict() == {"dear": 5, "cheap": 0}
    assert found.loc["dear", "effect"] == 6.5


def test_a_constant_added_to_every_scheme_changes_no_regret():
    values = np.random.default_rng(1).normal(size=(4, 30))
    assert regrets(values + np.arange(30.0)) == pytest.approx(regrets(values))
    assert (regrets(values).min(axis=0) == 0).all()


def test_regret_of_schemes_alike_is_mostly_luck_and_luck_is_taken_off():
    generator = np.random.default_rng(2)
    alike = generator.normal(size=(5, 400, 8))
    raw = regrets(alike.mean(axis=2)).max()
    expected, luck = without_luck(alike)
    assert (luck > 0.8).all()
    assert regrets(expected).max() < raw / 2


def test_with_luck_taken_off_the_worst_regret_is_nearer_the_truth():
    generator = np.random.default_rng(3)
    truth = generator.normal(size=(4, 500)) + np.array([[0.0], [0.5], [1.0], [1.5]])
    noisy = truth[:, :, None] + generator.normal(scale=3.0, size=(4, 500, 9))
    right = np.quantile(regrets(truth), 0.9, axis=1)
    raw = np.quantile(regrets(noisy.mean(axis=2)), 0.9, axis=1)
    taken_off = np.quantile(regrets(without_luck(noisy)[0]), 0.9, axis=1)
    assert np.abs(taken_off - right).mean() < np.abs(raw - right).mean() / 4


def test_dominance_is_weak_and_strict_once():
    values = np.array([[1.0, 1.0], [1.0, 2.0], [0.0, 3.0], [1.0, 1.0]])
    assert np.argwhere(dominates(values)).tolist() == [[1, 0], [1, 3]]


def test_the_planted_front_is_found():
    # a and b trade one criterion for the other; c is below a everywhere; d is on the front in one draw of four
    a, b, c = [[4, 2]] * 4, [[2, 4]] * 4, [[3, 0]] * 4
    d = [[0, 0], [0, 0], [0, 0], [5, 5]]
    values = np.array([a, b, c, d], float)
    found = front_table("abcd", values).set_index("scheme")
    assert found["front"].to_dict() == {"a": True, "b": True, "c": False, "d": False}
    assert found["front_share"].to_dict() == {"a": 0.75, "b": 0.75, "c": 0.0, "d": 0.25}
    assert found.loc["c", "front_probability"] == 0
    assert 0.2 < found.loc["a", "front_probability"] <= 1
    pairs = dominance_table("abcd", values).set_index(["scheme", "by"])
    assert pairs.loc[("c", "a"), "share"] == 1
    assert pairs.loc[("c", "a"), "on_means"]
    assert pairs.loc[("a", "d"), "share"] == 0.25
    assert not pairs.loc[("b", "a"), "share"]


def test_good_enough_means_on_every_criterion():
    values = np.array([[[2, -1], [2, -5], [0, -1]], [[1, -3], [1, -3], [1, -3]]], float)
    found = enough_table("ab", values, np.array([1.0, -3.0])).set_index("scheme")
    assert found["share"].to_dict() == pytest.approx({"a": 1 / 3, "b": 1.0})
    assert (found["low"] < found["share"]).all()
    whatever = enough_table("ab", values, np.array([-np.inf, -np.inf]))
    assert (whatever["share"] == 1).all()


def runs_table(made: SweepStudy, draws: int) -> pd.DataFrame:
    """Runs in which the call anchors one project more in each draw after the first, and costs 100."""
    rows = []
    for point in range(draws):
        for scenario in made.scenarios:
            for replicate in range(3):
                called = scenario == "call"
                row = {"point": point, "scenario": scenario, "replicate": replicate, "seed": replicate}
                row |= {"anchored[after,with]": 2.0 + (called and point > 0), "money": 50.0 + 100 * called}
                row |= {"final_communes_reached": 0.25, "windfall[after,pure]": 0.0}
                rows.append(row | {"windfall[after,accelerated]": 2.0 * called})
    return pd.DataFrame(rows)


def test_schemes_are_judged_by_their_difference_from_the_first():
    made = ready(study())
    found = judge(made, runs_table(made, 4).sample(frac=1, random_state=1), read_enough(["windfall=2"]))
    effects = found.tables["regret"].set_index(["criterion", "scheme"])["effect"]
    assert effects.to_dict() == {
        ("anchored", "none"): 0.0, ("anchored", "call"): 0.75, ("money", "none"): 0.0, ("money", "call"): 100.0,
        ("windfall", "none"): 0.0, ("windfall", "call"): 2.0, ("communes", "none"): 0.0, ("communes", "call"): 0.0,
    }  # fmt: skip
    enough = found.tables["enough"].set_index("scheme")["share"]
    assert enough.to_dict() == {"none": 0.0, "call": 0.75}
    front = found.tables["front"].set_index("scheme")["front"]
    assert front.to_dict() == {"none": True, "call": True}


def test_a_draw_whose_runs_were_not_all_made_is_left_out_and_counted():
    made = ready(study())
    runs = runs_table(made, 4)
    runs.loc[0, "anchored[after,with]"] = np.nan
    found = judge(made, runs, read_enough([]))
    assert found.draws == 3
    assert found.notes[0].startswith("1 ")
    runs["anchored[after,with]"] = np.nan
    with pytest.raises(InputError):
        judge(made, runs, read_enough([]))


def test_a_choice_end_to_end_goes_on_where_it_stopped(tmp_path):
    made = ready(study())
    found = choose(made, tmp_path / "runs", read_enough([]), workers=1)
    (part,) = (tmp_path / "runs" / "runs").iterdir()
    before = part.stat().st_mtime_ns
    again = choose(made, tmp_path / "runs", read_enough([]), workers=1)
    assert part.stat().st_mtime_ns == before
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])
    assert set(found.tables["regret"]["criterion"]) == set(CRITERIA)
    nothing = found.tables["regret"].query("scheme == 'none'")
    assert (nothing["effect"] == 0).all()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"replicates": 1}, "replicates"),
        ({"seeds": {"luck": "same"}}, "seeds.luck"),
        ({"scenarios": {"none": {"name": {"fr": "Sans", "en": "Without"}, **TINY}}}, "scenarios"),
    ],
)
def test_a_study_that_lets_nothing_be_chosen_is_refused(changes, field):
    with pytest.raises(InputError) as refused:
        ready(study(**changes))
    assert field in [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize("given", ["monney=3", "money=much", "money"])
def test_what_is_enough_must_be_a_criterion_and_a_number(given):
    with pytest.raises(InputError):
        read_enough([given])
    assert read_enough(["money=3000"])["money"] == 3000
