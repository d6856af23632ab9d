"""Files of calibrations: the one that ships, and everything that can be wrong with one."""

import pytest

from ectsim.calibration.fit_settings import FITTED, load_plan
from ectsim.errors import InputError
from ectsim.parameters import PARAMETERS
from ectsim.shipped import shipped_folder

NAME = 'name: {fr: "Essai", en: "Trial"}\n'


@pytest.fixture
def refusal(tmp_path):
    def refused(content: str):
        file = tmp_path / "plan.yaml"
        file.write_text(NAME + content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_plan(file)
        assert all(problem.file == file for problem in caught.value.problems)
        return caught.value.problems

    return refused


def test_the_plan_that_ships_fits_every_published_pattern_that_may_be():
    plan = load_plan(shipped_folder("calibration") / "pays_ledonien.yaml")
    assert plan.patterns == FITTED
    assert not {"abandoned", "on_time", "label_surge", "national_calls", "co_funding"} & set(plan.patterns)
    assert plan.draws >= 1000
    assert (plan.interviews, plan.census) == (None, None)


def test_one_of_each_confounded_product_is_kept():
    plan = load_plan(shipped_folder("calibration") / "pays_ledonien.yaml")
    fitted = set(plan.fitted_parameters())
    for name in ("propensity_0", "initiator_share[commune]", "reward_sensitivity", "joining_noise", "need[time]"):
        assert name not in fitted
    assert {"beta_propensity", "idea_rate", "beta_reward", "endowment_scale"} <= fitted
    assert all(PARAMETERS[name].prior != "fixed" for name in fitted)


@pytest.mark.parametrize(
    ("content", "field", "line", "nearest"),
    [
        ("pionts: 1024\n", "pionts", 2, "points"),
        ("points: 1000\n", "points", 2, None),
        ("points: many\n", "points", 2, None),
        ("seed: 1\nreplicates: 0\n", "replicates", 3, None),
        ("kept: [propensity]\n", "kept", 2, "propensity_0"),
        ("patterns: [hasard]\n", "patterns", 2, "hazard"),
        ("patterns: [on_time]\n", "patterns", 2, None),
        ("patterns: [ideas, size, ideas]\n", "patterns", 2, None),
        ("interviews: nowhere.parquet\n", "interviews", 2, None),
        ("interviews: pays_ledonien\n", "interviews", 2, None),
        ("seed: 1\npredictions: 500\ndraws: 400\n", "predictions", 3, None),
        ("census: {folder: nowhere, scenario: spontaneous}\n", "census.folder", 2, None),
        ("census:\n  folder: .\n  scenario: spontaneus\n", "census.scenario", 4, "spontaneous"),
        ("patterns: []\n", "patterns", 2, None),
        ("census:\n  folder: here\n  scenary: spontaneous\n", "census.scenary", 4, "scenario"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_field(refusal, content, field, line, nearest):
    found = {(one.field, one.line, one.nearest) for one in refusal(content)}
    assert (field, line, nearest) in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("patterns: [on_time]\n", "calibration.never_fitted"),
        ("patterns: [ideas, ideas]\n", "calibration.twice"),
        ("interviews: nowhere.parquet\n", "calibration.no_draws"),
        ("census: {folder: nowhere, scenario: spontaneous}\n", "calibration.no_folder"),
    ],
)
def test_it_says_what_is_wrong_and_not_only_where(refusal, content, message):
    assert [one.message for one in refusal(content)] == [message]


def test_the_outcome_of_a_calibration_is_no_prior(refusal):
    fitted = shipped_folder("calibration") / "pays_ledonien" / "posterior.parquet"
    (problem,) = refusal(f"interviews: {fitted}\n")
    assert (problem.message, problem.field, problem.line) == ("calibration.counted_twice", "interviews", 2)


def test_a_census_scenario_that_is_wrong_inside_is_told_by_its_own_lines(tmp_path):
    (tmp_path / "wrong.yaml").write_text(f"extends: spontaneous\n{NAME}horizn: 12\n", encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(f"{NAME}census: {{folder: ., scenario: wrong.yaml}}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert [(one.file, one.line) for one in caught.value.problems] == [(tmp_path / "wrong.yaml", 3)]


def test_bounds_are_whole_numbers_where_they_are(refusal):
    assert "64–1048576" in str(refusal("points: 3\n")[0])


def test_every_problem_is_told_at_once(refusal):
    assert [one.field for one in refusal("points: 3\ncorrelation: 2\nkept: [nobody]\n")] == [
        "points",
        "correlation",
        "kept",
    ]


def test_a_missing_setting_is_named(refusal):
    (found,) = refusal("census:\n  folder: here\n")
    assert (found.field, found.message) == ("census.scenario", "scenario.missing")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError) as caught:
        load_plan(tmp_path / "nowhere.yaml")
    assert caught.value.problems[0].file == tmp_path / "nowhere.yaml"
