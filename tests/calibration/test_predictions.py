"""What a posterior predicts of every pattern, fitted or held out."""

import numpy as np
import pandas as pd
import pytest

from ectsim.calibration.predictions import pattern_values
from ectsim.experiments.patterns import PATTERNS


def test_every_pattern_is_predicted_with_and_without_crowding(calibrated):
    table = calibrated.predictions.table
    assert table.groupby("version")["name"].apply(tuple).to_dict() == {
        version: tuple(pattern.name for pattern in PATTERNS) for version in ("calibrated", "without crowding")
    }
    assert {"held out", "check only", "fitted"} == set(table["role"])


def test_rows_sum_their_values_up(calibrated):
    for row in calibrated.predictions.table.to_dict("records"):
        values = calibrated.predictions.by_draw[row["version"], row["name"]]
        assert len(values) == calibrated.plan.predictions
        known = values[~np.isnan(values)]
        assert row["defined"] == pytest.approx(len(known) / len(values))
        if len(known):
            assert row["low"] <= row["median"] <= row["high"]
            assert row["median"] == pytest.approx(np.median(known))
        if len(known) and not np.isnan(row["accept_low"]):
            inside = np.mean((row["accept_low"] <= known) & (known <= row["accept_high"]))
            assert row["probability"] == pytest.approx(inside)


def test_the_control_differs_by_crowding_alone(calibrated, tiny_worlds):
    files = {path.name.split("_")[0]: pd.read_parquet(path)
             for path in (tiny_worlds / "out" / "predictions").glob("*.parquet")}  # fmt: skip
    with_crowding, without = files["calibrated"], files["without"]
    assert (without["crowding_share"] == 0).all()
    assert (with_crowding["crowding_share"] > 0).all()
    pd.testing.assert_frame_equal(with_crowding.drop(columns="crowding_share"), without.drop(columns="crowding_share"))


def test_values_are_ratios_of_sums():
    pattern = next(pattern for pattern in PATTERNS if pattern.name == "size")
    rows = [(0, 10, 1), (0, 30, 3), (1, 0, 0)]
    runs = pd.DataFrame(rows, columns=["point", "size_count", "size_of"]).assign(scenario="spontaneous", status="done")
    assert pattern_values(runs, pattern, 2) == pytest.approx([10, np.nan], nan_ok=True)
