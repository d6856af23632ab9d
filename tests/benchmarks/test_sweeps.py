"""The benchmark of sweeps runs at tiny sizes, and goes on where it was."""

import pytest


def test_overhead_compares_the_same_runs():
    from benchmarks.sweeps import overhead

    row = overhead(runs=40, blocks=1, points=2)
    assert row["runs"] == 4
    assert row["overhead, %"] == pytest.approx((row["in a sweep, ms a run"] / row["bare loop, ms a run"] - 1) * 100)


def test_a_sweep_is_measured_and_not_run_twice(tmp_path):
    from benchmarks.sweeps import whole_sweep

    first = whole_sweep(tmp_path, 8, 2)
    assert (first["runs"], first["made now"], first["failed"]) == (8, 8, 0)
    assert first["bytes a run"] == pytest.approx(first["file MB"] * 1e6 / 8)
    assert whole_sweep(tmp_path, 8, 2)["made now"] == 0


def test_batch_run_and_a_sweep_are_timed_on_the_same_runs():
    from benchmarks.sweeps import against_batch_run

    row = against_batch_run(1)
    assert row["ratio"] == pytest.approx(row["batch_run, ms a run"] / row["sweep, ms a run"])
