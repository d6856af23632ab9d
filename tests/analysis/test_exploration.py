"""Exploration of patterns: cells known by hand, a toy whose reachable cells are known, the same bytes after a cut."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from ectsim.analysis.exploration.breeding import breed, reflected, search
from ectsim.analysis.exploration.cells import cell_widths, cells_of, discovery, pattern_table, unseen_table
from ectsim.analysis.exploration.exploring import explore, refuse_unfit
from ectsim.errors import InputError
from ectsim.experiments.study_settings import SweepStudy

SIDE = 20
RUNS = 1024


def rare(_generation: int, points: np.ndarray) -> np.ndarray:
    """Two outcomes over 20 × 20 cells, all reachable; nearly all of the cube falls into a few of them."""
    return np.minimum(points[:, :2] ** 8 * SIDE, SIDE - 1e-6)


def narrow(_generation: int, points: np.ndarray) -> np.ndarray:
    """Outcomes that take three factors each to move."""
    pairs = [points[:, :3].prod(axis=1), points[:, 3:6].prod(axis=1)]
    return np.minimum(np.column_stack(pairs) * SIDE, SIDE - 1e-6)


def count(values: np.ndarray) -> int:
    return len(np.unique(cells_of(values, np.ones(2)), axis=0))


@pytest.mark.parametrize("toy", [rare, narrow])
def test_rare_patterns_are_found_that_as_many_even_points_miss(toy):
    first = qmc.Sobol(6, rng=1).random(RUNS // 8)
    points, values, widths = search(toy, first, 7)
    even = toy(0, qmc.Sobol(6, rng=1).random(RUNS))
    assert len(points) == RUNS
    assert widths.tolist() == [1.0, 1.0]
    assert count(even) * 1.5 < count(values) <= SIDE * SIDE
    assert values == pytest.approx(toy(0, points))
    assert ((points >= 0) & (points <= 1)).all()


def test_all_reachable_patterns_are_found_in_the_end_and_no_other():
    # outcomes a < b only: the cells above the diagonal are reachable, the others are not
    def triangle(_generation, points):
        small = points[:, 0] ** 6 * SIDE
        return np.minimum(np.column_stack([small, small + (SIDE - small) * points[:, 1] ** 6]), SIDE - 1e-6)

    _, values, widths = search(triangle, qmc.Sobol(2, rng=1).random(128), 31)
    found = np.unique(cells_of(values, widths), axis=0)
    reachable = {(a, b) for a in range(SIDE) for b in range(a, SIDE)}
    assert {*map(tuple, found.tolist())} == reachable
    unseen = unseen_table(["a", "b"], values, widths)
    assert len(unseen) == SIDE * SIDE - len(reachable)
    assert (unseen["x_low"] >= unseen["y_high"]).all()


def test_the_same_seed_gives_the_same_search_and_another_one_another():
    first = qmc.Sobol(3, rng=1).random(32)
    searches = [search(rare, first, 3, seed=seed)[0] for seed in (1, 1, 2)]
    assert np.array_equal(searches[0], searches[1])
    assert not np.array_equal(searches[0], searches[2])


def test_children_come_from_the_rarer_half():
    # one point alone in its cell against a hundred in another: most children lie near the one
    points = np.vstack([np.full((1, 2), 0.9), np.full((100, 2), 0.1)])
    children = breed(points, np.array([[1]] + [[0]] * 100), 400, np.random.default_rng(1))
    near_the_one = (np.abs(children - 0.9).max(axis=1) < np.abs(children - 0.1).max(axis=1)).mean()
    assert near_the_one > 0.7


def test_points_are_thrown_back_into_the_cube():
    assert reflected(np.array([[-0.2, 1.3, 0.5, 2.4]])) == pytest.approx(np.array([[0.2, 0.7, 0.5, 0.4]]))


def test_what_is_undefined_is_in_no_cell_and_has_no_children():
    def undefined_above(_generation, points):
        return np.where(points[:, :1] > 0.5, np.nan, points[:, :2])

    points, values, widths = search(undefined_above, qmc.Sobol(2, rng=1).random(64), 4)
    known = ~np.isnan(values).any(axis=1)
    table = pattern_table(["a", "b"], values, widths, np.arange(len(points)) // 64)
    assert table["points"].sum() == known.sum() < len(points)
    nowhere, _, _ = search(lambda _, given: given[:, :2] * np.nan, qmc.Sobol(2, rng=1).random(8), 4)
    assert len(nowhere) == 8


@pytest.mark.parametrize(
    ("values", "width"),
    [
        ([0, 20], 1.0),
        ([0, 21], 2.0),
        ([0, 7], 1.0),
        ([0.0, 0.9], 0.05),
        ([3.0, 3.0], 1.0),
        ([np.nan, np.nan], 1.0),
        ([0.5, 4000.0], 200.0),
    ],
)
def test_cells_are_as_wide_as_people_would_make_them(values, width):
    assert cell_widths(np.array(values, float)[:, None]).tolist() == pytest.approx([width])


def test_a_value_on_an_edge_is_in_the_cell_above():
    assert cells_of(np.array([[0.3], [0.1 * 3], [-0.05], [0.0]]), np.array([0.1])).tolist() == [[3], [3], [-1], [0]]


def test_patterns_and_gaps_are_told():
    values = np.array([[0.5, 0.5], [2.5, 0.5], [0.2, 0.9], [2.5, 2.5]])
    table = pattern_table(["a", "b"], values, np.ones(2), np.array([0, 0, 1, 1]))
    assert table[["a_low", "b_high", "points", "first", "generation"]].to_numpy().tolist() == [
        [0, 1, 2, 0, 0],
        [2, 1, 1, 1, 0],
        [2, 3, 1, 3, 1],
    ]
    assert discovery(values, np.ones(2)).tolist() == [1, 2, 2, 3]
    gaps = unseen_table(["a", "b"], values, np.ones(2))
    assert len(gaps) == 9 - 3
    corner = gaps[(gaps["x_low"] == 0) & (gaps["y_low"] == 2)]
    assert not corner["beside"].any()
    assert gaps[(gaps["x_low"] == 1) & (gaps["y_low"] == 1)]["beside"].all()


def study(**changes) -> SweepStudy:
    tiny = {"name": {"fr": "Petit", "en": "Small"}, "horizon": {"burn_in": 1, "months": 12, "after": 1}}
    values = {
        "name": {"fr": "Explorer", "en": "Explore"},
        "scenarios": {"none": {**tiny, "population": {"actors": 20}}},
        "factors": [{"name": "idea_rate"}, {"name": "beta_0"}, {"name": "dummy"}],
        "design": {"kind": "sobol", "points": 16},
        "outcomes": ["ideas", "mobilised"],
    }
    return SweepStudy.model_validate(values | changes)


def bytes_of(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("part-*.parquet"))}


def test_a_search_cut_short_goes_on_to_the_same_bytes(tmp_path):
    whole = explore(study(), tmp_path / "whole", 2, workers=2)
    explore(study(), tmp_path / "cut", 1, workers=1)
    last = tmp_path / "cut" / "generation-001"
    (part,) = (last / "runs").iterdir()
    part.unlink()
    again = explore(study(), tmp_path / "cut", 2, workers=1)
    assert bytes_of(tmp_path / "cut") == bytes_of(tmp_path / "whole")
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])
    assert whole.runs == 48


def test_a_pattern_can_be_made_again_from_its_row(tmp_path):
    from ectsim.experiments.factors import apply_factors
    from ectsim.experiments.single import simulate

    made = study()
    found = explore(made, tmp_path / "found", 1, workers=1)
    row = found.tables["patterns"].iloc[-1]
    values = [row[factor.name] for factor in made.factors]
    run = simulate(apply_factors(made.scenarios["none"], made.factors, values), seed=int(row["seed"]))
    outcomes = run.outcomes().set_index("name")["value"]
    for name in made.outcomes:
        assert row[f"{name}_low"] <= outcomes[name] < row[f"{name}_high"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcomes": ["ideas"]}, "outcomes"),
        ({"outcomes": ["ideas", "mobilised", "emerged", "money"]}, "outcomes"),
        ({"factors": [{"name": "idea_rate", "levels": [20.0, 40.0]}], "design": {"kind": "factorial"}}, "design.kind"),
    ],
)
def test_a_study_that_spans_no_space_is_refused(changes, field):
    with pytest.raises(InputError) as refused:
        refuse_unfit(study(**changes))
    assert [problem.field for problem in refused.value.problems] == [field]
