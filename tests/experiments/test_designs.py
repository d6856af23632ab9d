"""Designs: counts, ranges, levels, evenness and determinism of their points; what contradicts a scenario."""

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ectsim.errors import InputError
from ectsim.experiments.designs import design_points, salib_problem, unit_points
from ectsim.experiments.study import SweepStudy, dump_study, load_study
from ectsim.scenario import Scenario, load_scenario

RANGES = (
    {"name": "idea_rate", "low": 5.0, "high": 40.0, "scale": "log"},
    {"name": "imitation", "low": 0.0, "high": 2.0},
    {"name": "call.winners", "low": 1.0, "high": 8.0},
    {"name": "dummy", "low": 0.0, "high": 1.0},
)
SAMPLED = (
    {"kind": "latin_hypercube", "points": 60},
    {"kind": "sobol", "points": 64},
    {"kind": "saltelli", "base_points": 16},
    {"kind": "saltelli", "base_points": 16, "second_order": True},
    {"kind": "morris", "trajectories": 10},
)


def study(design, factors=RANGES, scenario="one_call_a_year", **more) -> SweepStudy:
    given = {"design": design, "factors": list(factors), "scenarios": {"call": load_scenario(scenario)}}
    return SweepStudy.model_validate({"name": {"fr": "Essai", "en": "Trial"}, **given, **more})


@pytest.mark.parametrize(("design", "count"), list(zip(SAMPLED, [60, 64, 96, 160, 50], strict=True)))
def test_a_sampled_design_has_its_count_and_stays_in_its_ranges(design, count):
    points = design_points(study(design))
    assert points.shape == (count, 4)
    assert points.dtype == np.float64
    low, high = (np.array([factor[bound] for factor in RANGES]) for bound in ("low", "high"))
    assert (points >= low).all()
    assert (points <= high).all()
    assert (points[:, 2] == points[:, 2].round()).all()
    assert len(np.unique(points[:, 0])) > 3


@pytest.mark.parametrize("design", SAMPLED)
def test_the_seed_of_a_design_decides_its_points_whatever_else_is_drawn(design):
    np.random.seed(1)  # noqa: NPY002
    first = design_points(study({**design, "seed": 0}))
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    assert np.array_equal(first, design_points(study({**design, "seed": 0})))
    assert not np.array_equal(first, design_points(study({**design, "seed": 1})))
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_a_latin_hypercube_takes_every_part_once():
    points = unit_points(study({"kind": "latin_hypercube", "points": 60}))
    assert (np.sort((points * 60).astype(int), axis=0) == np.arange(60)[:, None]).all()


def test_a_sobol_sequence_fills_every_cell_of_the_square():
    points = unit_points(study({"kind": "sobol", "points": 256}))
    for one, other in itertools.combinations(range(2), 2):
        cells = np.histogram2d(points[:, one], points[:, other], bins=16, range=[[0, 1], [0, 1]])[0]
        assert (cells == 1).all()
    assert (np.histogram(points[:, 3], bins=256, range=(0, 1))[0] == 1).all()


def test_saltelli_changes_one_column_at_a_time():
    points = unit_points(study({"kind": "saltelli", "base_points": 8})).reshape(8, 6, 4)
    base, mixed, other = points[:, :1], points[:, 1:5], points[:, 5:]
    assert (mixed == np.where(np.eye(4, dtype=bool), other, base)).all()


def test_each_step_of_morris_changes_one_factor_or_group():
    points = unit_points(study({"kind": "morris", "trajectories": 20})).reshape(20, 5, 4)
    changed = points[:, 1:] != points[:, :-1]
    assert (changed.sum(axis=2) == 1).all()
    assert (changed.sum(axis=1) == 1).all()
    assert np.allclose(np.unique(points), [0, 1 / 3, 2 / 3, 1])
    grouped = [{**factor, "group": group} for factor, group in zip(RANGES, "aabb", strict=True)]
    points = unit_points(study({"kind": "morris", "trajectories": 20}, grouped)).reshape(20, 3, 4)
    steps = (points[:, 1:] != points[:, :-1]).reshape(-1, 4).tolist()
    assert {tuple(step) for step in steps} == {(True, True, False, False), (False, False, True, True)}


def test_groups_and_names_are_told_to_salib():
    grouped = [RANGES[0] | {"group": "ideas"}, RANGES[1] | {"group": "ideas"}, *RANGES[2:]]
    problem = salib_problem(study({"kind": "saltelli", "base_points": 8}, grouped))
    assert problem["groups"] == ["ideas", "ideas", "call.winners", "dummy"]
    assert problem["names"] == [factor["name"] for factor in RANGES]
    assert design_points(study({"kind": "saltelli", "base_points": 8}, grouped)).shape == (8 * 5, 4)
    assert "groups" not in salib_problem(study({"kind": "saltelli", "base_points": 8}))


def test_indices_of_the_ishigami_function_come_out_of_our_saltelli_points():
    from SALib.analyze import sobol

    ranges = [{"name": name, "low": 0.0, "high": 1.0} for name in ("crowding_share", "conditional_strength", "dummy")]
    made = study({"kind": "saltelli", "base_points": 1024}, ranges)
    x = 2 * np.pi * design_points(made) - np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    indices = sobol.analyze(salib_problem(made), y, calc_second_order=False, seed=1, num_resamples=10)
    assert indices["S1"] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert indices["ST"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_a_factorial_takes_every_combination_the_last_factor_fastest():
    levels = [{"name": "call.winners", "levels": [2, 4]}, {"name": "imitation", "levels": [0, 0.5, 2]}]
    points = design_points(study({"kind": "factorial"}, levels))
    assert points.tolist() == [[2, 0], [2, 0.5], [2, 2], [4, 0], [4, 0.5], [4, 2]]


def test_without_factors_there_is_one_point():
    assert design_points(study({"kind": "factorial"}, ())).shape == (1, 0)


def test_a_list_keeps_its_order_whatever_the_order_of_its_names():
    points = [{"idea_rate": 10, "call.winners": 2}, {"call.winners": 3, "idea_rate": 20}]
    made = study({"kind": "list", "points": points}, ())
    assert design_points(made).tolist() == [[10, 2], [20, 3]]
    turned = study({"kind": "list", "points": points}, [{"name": "call.winners"}])
    assert [factor.name for factor in turned.factors] == ["idea_rate", "call.winners"]
    declared = study({"kind": "list", "points": points}, [{"name": "call.winners"}, {"name": "idea_rate"}])
    assert design_points(declared).tolist() == [[2, 10], [3, 20]]


def test_a_point_that_contradicts_a_scenario_is_refused_before_anything_runs():
    periods = [{"name": "call.period", "levels": [2, 12]}, {"name": "imitation", "levels": [0, 1]}]
    with pytest.raises(InputError) as caught:
        design_points(study({"kind": "factorial"}, periods))
    (problem,) = caught.value.problems
    assert problem.values["scenario"] == "call"
    assert problem.values["point"] == "call.period = 2, imitation = 0"
    assert "overlap" in str(problem) or "chevauchent" in str(problem)


def test_a_contradiction_inside_a_range_is_found_too():
    # The first edition must close before the end of the call; only long windows do not.
    scenario = load_scenario("one_call_a_year").model_dump(mode="json")
    scenario["instruments"][-1] |= {"until": 16, "first_month": 12}
    window = [{"name": "call.first_month", "low": 10.0, "high": 14.0}, RANGES[1]]
    given = {"scenarios": {"short": Scenario.model_validate(scenario)}}
    with pytest.raises(InputError, match=r"first_month = 1[34]"):
        design_points(study({"kind": "sobol", "points": 64}, window, **given))


@pytest.fixture
def posterior(tmp_path):
    """A study on ten draws of two parameters."""
    table = pa.table({"imitation": np.linspace(0, 1, 10), "idea_rate": np.linspace(10, 20, 10)})
    pq.write_table(table, tmp_path / "draws.parquet")

    def posterior(design="", factors="[]"):
        path = tmp_path / "study.yaml"
        path.write_text(
            "name: {fr: Essai, en: Trial}\nscenarios: [one_call_a_year]\n"
            f"design: {{kind: posterior, file: draws.parquet{design}}}\nfactors: {factors}\n",
            encoding="utf-8",
        )
        return path

    return posterior


def test_draws_of_a_posterior_become_points(posterior, tmp_path):
    study = load_study(posterior())
    points = design_points(study)
    assert [factor.name for factor in study.factors] == ["imitation", "idea_rate"]
    assert np.array_equal(points, np.column_stack([np.linspace(0, 1, 10), np.linspace(10, 20, 10)]))
    (tmp_path / "again.yaml").write_text(dump_study(study), encoding="utf-8")
    assert load_study(tmp_path / "again.yaml") == study


def test_draws_are_taken_without_repetition_and_crossed_with_levels(posterior):
    path = posterior(", draws: 9, seed: 3", "[{name: call.winners, levels: [2, 4, 8]}]")
    points = design_points(load_study(path))
    assert points.shape == (27, 3)
    assert len(np.unique(points[:, 0])) == 9
    assert points[:, 2].tolist() == [2, 4, 8] * 9
    assert np.array_equal(np.repeat(points[::3, :2], 3, axis=0), points[:, :2])
    assert np.allclose(points[:, 1], 10 + 10 * points[:, 0])
    assert np.array_equal(points, design_points(load_study(path)))


def test_a_posterior_that_changed_is_refused(posterior, tmp_path):
    study = load_study(posterior())
    pq.write_table(pa.table({"imitation": [0.5], "idea_rate": [11.0]}), tmp_path / "draws.parquet")
    with pytest.raises(InputError) as caught:
        design_points(study)
    assert caught.value.problems[0].message == "studies.posterior_changed"
    (tmp_path / "again.yaml").write_text(dump_study(study), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(tmp_path / "again.yaml")
    assert [(p.message, p.field) for p in caught.value.problems] == [("studies.posterior_changed", "design.file")]
    assert caught.value.problems[0].line


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"imitation": [0.5, 9.0]}, "parameters.bounds"),
        ({"imitation": [0.5, float("nan")]}, "parameters.bounds"),
        ({"imitation": [0.5, None]}, "parameters.bounds"),
        ({"imitation": ["a", "b"]}, "parameters.not_numbers"),
        ({"imitatoin": [0.5, 0.6]}, "parameters.unknown"),
        ({}, "parameters.no_draws"),
        ({"imitation": [0.5]}, "studies.too_few_draws"),
    ],
)
def test_draws_that_cannot_be_used_are_refused(posterior, tmp_path, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "draws.parquet")
    with pytest.raises(InputError) as caught:
        design_points(load_study(posterior(", draws: 2")))
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_posterior_that_is_no_parquet_file_or_absent_is_refused(posterior, tmp_path):
    path = posterior()
    (tmp_path / "draws.parquet").write_text("a,b\n")
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert [(p.message, p.file) for p in caught.value.problems] == [
        ("parameters.not_parquet", tmp_path / "draws.parquet")
    ]
    (tmp_path / "draws.parquet").unlink()
    with pytest.raises(InputError) as caught:
        load_study(path)
    told = [(p.message, p.file, p.line, p.field) for p in caught.value.problems]
    assert told == [("parameters.no_posterior", path, 3, "design.file")]


def test_a_posterior_wants_levels_of_the_other_factors(posterior):
    with pytest.raises(InputError) as caught:
        load_study(posterior("", "[{name: call.winners, low: 2, high: 4}, {name: imitation, levels: [1]}]"))
    assert {p.message for p in caught.value.problems} == {"studies.levels_wanted", "studies.given_twice"}
