"""Hypothesis files: those that ship, and everything that may be wrong in one."""

import pytest

from ectsim.analysis.hypotheses.draws import PRIORS, draw_parameters
from ectsim.analysis.hypotheses.files import load_hypotheses, load_hypothesis, shipped_hypotheses
from ectsim.analysis.hypotheses.settings import Arm
from ectsim.errors import InputError
from ectsim.locale import choose_language
from ectsim.parameters import PARAMETERS


@pytest.fixture(autouse=True)
def english():
    choose_language("en")
    yield
    choose_language(None)


def test_twelve_hypotheses_ship_each_with_its_contrary_and_source():
    found = load_hypotheses(["all"])
    assert [one.number for one in found] == [f"H{number:02}" for number in range(1, 13)]
    for one in found:
        assert len(one.contrary.source) > 10
        assert str(one.contrary.claim) != str(one.claim)
        assert one.rule == found[0].rule
        assert one.uncertainty == found[0].uncertainty


def test_a_hypothesis_is_found_by_its_number():
    assert load_hypothesis("H04").name == "H04_facilitation_beats_subsidy"
    assert "H04_facilitation_beats_subsidy" in shipped_hypotheses()


@pytest.mark.parametrize(
    ("old", "new", "field", "line"),
    [
        ("measure: ideas", "measure: idea", "contrasts[0].measure", 9),
        ("of: call, less: none", "of: cal, less: none", "contrasts[0].of", 9),
        ("less: none, direction", "less: nobody, direction", "contrasts[0].less", 9),
        ("call, twin_of: none", "call, twin_of: nobody", "arms.call.twin_of", 7),
        ("scenario: call,", "scenario: cull,", "arms.call.scenario", 7),
        ("scenario: small}", "scenario: small, multiply: {idea_rat: 2}}", "arms.none.multiply.idea_rat", 6),
        ("scenario: small}", "scenario: small, multiply: {idea_rate: -2}}", "arms.none.multiply.idea_rate", 6),
        ("scenario: call, twin_of: none", "scenario: call", "contrasts[1].of", 10),
        ("direction: more, smallest: 1}", "direction: up, smallest: 1}", "contrasts[0].direction", 9),
        ("smallest: 1}", "smallest: 0}", "contrasts[0].smallest", 9),
        ('source: "planted"\ncontrary', 'sauce: "planted"\ncontrary', "sauce", 3),
        ("draws: 8", "draws: 2", "uncertainty.draws", 11),
        ("scenario: small}", "scenario: spontaneous}", "arms.call", 7),
    ],
)
def test_what_is_wrong_is_told_with_its_line(written, old, new, field, line):
    with pytest.raises(InputError) as told:
        load_hypothesis(written(old, new))
    assert (field, line) in [(problem.field, problem.line) for problem in told.value.problems]
    assert str(told.value)


def test_all_problems_are_told_at_once(written):
    file = written("measure: ideas, of: call", "measure: idea, of: cal")
    with pytest.raises(InputError) as told:
        load_hypotheses([file, "H99"])
    assert len(told.value.problems) == 3
    assert "ideas" in [problem.nearest for problem in told.value.problems]


def test_a_hypothesis_named_twice_is_refused(written):
    file = written()
    with pytest.raises(InputError, match="twice"):
        load_hypotheses([file, file])


def test_priors_spread_over_their_bounds_and_leave_fixed_parameters_alone(written):
    asked = load_hypothesis(written()).uncertainty
    draws = draw_parameters(asked)
    assert (asked.posterior, len(draws.values)) == (PRIORS, 8)
    assert set(draws.names) == {name for name, one in PARAMETERS.items() if one.prior != "fixed"}
    for name, column in zip(draws.names, draws.values.T, strict=True):
        assert (PARAMETERS[name].low <= column).all()
        assert (column <= PARAMETERS[name].high).all()
        assert len(set(column)) == 8


def test_what_a_scenario_says_and_a_factor_come_over_the_draws(written):
    file = written("scenario: small}", "scenario: small, multiply: {trust_gain: 100, idea_rate: 0.5}}")
    hypothesis = load_hypothesis(file)
    draws = draw_parameters(hypothesis.uncertainty)
    arm = hypothesis.arms["none"]
    packed = draws.packed(arm)
    rate = draws.values[:, draws.names.index("idea_rate")]
    assert packed["idea_rate"] == pytest.approx(rate.clip(10) / 2, rel=1)
    assert (packed["idea_rate"] >= PARAMETERS["idea_rate"].low).all()
    assert packed["trust_gain"] == pytest.approx([PARAMETERS["trust_gain"].high] * 8)
    told = arm.scenario.model_copy(update={"parameters": {"beta_trust": 1.25}})
    assert draws.packed(Arm(scenario=told))["beta_trust"] == pytest.approx([1.25] * 8)


def test_a_scenario_that_ships_is_not_replaced_by_one_of_the_current_folder(tmp_path, monkeypatch):
    other = "name: {fr: a, en: a}\nextends: one_call_a_year\npopulation: {actors: 20}\n"
    (tmp_path / "spontaneous.yaml").write_text(other, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert {arm.scenario.population.actors for arm in load_hypothesis("H04").arms.values()} == {300}
