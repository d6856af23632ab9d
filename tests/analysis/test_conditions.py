"""Conditions of emergence: a design that moves what it says, planted effects found, runs that go on."""

import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.conditions import (
    AXES,
    BINS,
    OUTCOMES,
    SWEEP,
    WITH,
    WITHOUT,
    conditions_study,
    design,
    summarise_conditions,
)
from ectsim.errors import InputError
from ectsim.experiments.sweeping import sweep
from ectsim.model.simulation import prepare
from ectsim.parameters import PARAMETERS
from ectsim.scenario import Scenario


def small(**call):
    instruments = [{"kind": "call", "first_month": 2, "window": 4, "winners": 4}] if call else []
    return prepare(
        Scenario(
            name={"fr": "petit", "en": "small"},
            horizon={"burn_in": 6, "months": 12, "after": 0},
            population={"actors": 60},
            parameters="default",
            instruments=instruments,
        )
    )


def planted(effect: float = 0.0, interaction: float = 0.0, points: int = 256, replicates: int = 4) -> pd.DataFrame:
    """Runs in which emergence rises with the first axis, and what the scheme adds with the second."""
    generator = np.random.default_rng(5)
    level = generator.random((points, len(AXES)))
    rows = []
    for point in range(points):
        for replicate in range(replicates):
            luck = generator.normal()
            for scenario in (WITHOUT, WITH):
                value = 5 + 10 * level[point, 0] + luck + 0.1 * generator.normal()
                if scenario == WITH:
                    value += effect + interaction * level[point, 1]
                row = {"point": point, "scenario": scenario, "replicate": replicate}
                row |= dict.fromkeys(OUTCOMES, value)
                rows.append(row | {axis.outcome: level[point, place] for place, axis in enumerate(AXES)})
    return pd.DataFrame(rows)


def test_the_design_stays_within_the_bounds_of_parameters_and_varies_every_axis():
    table = design(64, 1)
    for name in table:
        assert table[name].between(PARAMETERS[name].low, PARAMETERS[name].high).all(), name
    for axis in AXES:
        low, high = axis.parameters(0.0), axis.parameters(1.0)
        assert set(low) <= set(table)
        assert low != high
    assert design(64, 1).equals(table)
    assert not design(64, 2).equals(table)


def test_planted_effects_are_found_and_the_other_axes_do_nothing():
    found = summarise_conditions(planted(effect=1.0, interaction=4.0))
    contrasts = found.contrasts[found.contrasts["outcome"] == "emerged"].set_index(["quantity", "axis"])
    first, second = AXES[0].name, AXES[1].name
    assert contrasts.loc[(WITHOUT, first), "contrast"] == pytest.approx(8, abs=0.5)
    row = contrasts.loc[("difference", second)]
    assert row["contrast"] == pytest.approx(3.2, abs=0.3)
    assert row["low"] > 0
    others = contrasts.loc["difference"].drop(second)
    assert (others["contrast"].abs() < 1).all()
    added = found.added.set_index("outcome").loc["emerged"]
    assert added["mean"] == pytest.approx(3.0, abs=0.2)
    assert added["low"] < 3.0 < added["high"]


def test_where_the_scheme_does_nothing_it_adds_nothing():
    runs = planted()
    runs.loc[runs["scenario"] == WITH, list(OUTCOMES)] = runs.loc[
        runs["scenario"] == WITHOUT, list(OUTCOMES)
    ].to_numpy()
    found = summarise_conditions(runs)
    added = found.contrasts[found.contrasts["quantity"] == "difference"]
    assert (added[["contrast", "low", "high"]] == 0).all(axis=None)
    assert (found.added[["mean", "low", "high"]] == 0).all(axis=None)


def test_the_share_of_luck_is_the_planted_one_and_pairing_takes_it_away():
    luck = summarise_conditions(planted(interaction=4.0)).luck.set_index(["outcome", "quantity"])
    # variances: axis 100/12, luck 1 (+ 0.01 of its own)
    assert luck.loc[("emerged", WITHOUT), "share"] == pytest.approx(1.01 / (1.01 + 100 / 12), abs=0.03)
    assert luck.loc[("emerged", "difference"), "share"] < 0.05
    assert luck.loc[("emerged", "difference"), "luck_factor"] == pytest.approx(2.02 / 0.02, rel=0.2)


def test_every_point_is_in_one_fifth_and_one_cell():
    found = summarise_conditions(planted(points=64))
    for _, rows in found.curves.groupby(["outcome", "axis", "quantity"]):
        assert len(rows) == BINS
        assert rows["points"].sum() == 64
        assert rows["level"].is_monotonic_increasing
    for _, rows in found.surfaces.groupby(["outcome", "x", "y", "quantity"]):
        assert rows["points"].sum() == 64
        assert rows.loc[rows["points"] < 5, "mean"].isna().all()


def test_the_month_0_that_is_read_moves_with_the_axis_and_the_runs_are_kept(tmp_path):
    setups = small(), small(call=True)
    study = conditions_study(*setups, tmp_path, points=32, replicates=2, seed=1)
    runs = sweep(study, tmp_path / SWEEP, workers=2).to_pandas()
    found = summarise_conditions(runs)
    for axis in AXES:
        levels = found.curves[(found.curves["axis"] == axis.name)]["level"]
        assert levels.max() > 1.2 * levels.min(), axis.name
    both = runs.pivot_table(index=["point", "replicate"], columns="scenario", values="initial_density")
    assert (both[WITHOUT] == both[WITH]).all()
    again = conditions_study(*setups, tmp_path, points=32, replicates=2, seed=1)
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / SWEEP / "runs").glob("*.parquet")}
    sweep(again, tmp_path / SWEEP, workers=1)
    assert kept == {file: file.stat().st_mtime_ns for file in (tmp_path / SWEEP / "runs").glob("*.parquet")}
    for other in ({"replicates": 3}, {"seed": 2}):
        with pytest.raises(InputError, match="other scenarios, points"):
            conditions_study(*setups, tmp_path, **{"points": 32, "replicates": 2, "seed": 1, **other})
