"""The benchmarks run at tiny sizes and measure what they say."""

import os
import shutil

import pytest


def test_scaled_setup_has_as_many_ideas_officers_and_winners_per_actor():
    from benchmarks.setups import scaled_setup

    small, large = scaled_setup(300), scaled_setup(3000)
    assert large.parameters["idea_rate"][0] == pytest.approx(10 * small.parameters["idea_rate"][0])
    scales = [float(setup.draw(1)[0].idea_rate / setup.idea_means) for setup in (small, large)]
    assert scales[1] == pytest.approx(scales[0], rel=0.1)
    for few, many in zip(small.scenario.instruments, large.scenario.instruments, strict=True):
        for name in ("officers", "winners"):
            if hasattr(few, name):
                assert getattr(many, name) == 10 * getattr(few, name)


def test_throughput_gives_a_row_for_each_number_of_threads():
    from benchmarks.throughput import throughput

    rows = throughput(2, (1, 2), actors=60, burn_in=2, months=4)
    assert [row["threads"] for row in rows] == [1, 2]
    assert all(row["runs/s"] > 0 for row in rows)


def test_measure_of_one_size():
    from benchmarks.scaling import measure

    row = measure(60, 2, 4, 2)
    assert row["months"] == 6
    assert row["ns per actor-month"] > 0
    assert row["peak MiB"] >= row["above imports, MiB"] >= 0


def test_markdown_table_shows_three_digits():
    from benchmarks.measuring import markdown_table

    table = markdown_table([{"name": "a", "value": 1234.5678, "small": 0.0123456, "met": True}])
    assert table.splitlines()[-1] == "| a | 1,235 | 0.0123 | yes |"


@pytest.mark.boundscheck
@pytest.mark.skipif("NUMBA_BOUNDSCHECK" not in os.environ, reason="compiles the month a second time: a minute")
def test_timed_months_are_those_of_the_product():
    from benchmarks.steps import STEPS, steps

    rows = steps(1, 1, actors=40, burn_in=2, months=14)
    assert [row["step"] for row in rows] == [*STEPS, "all"]
    assert sum(row["share"] for row in rows[:-1]) == pytest.approx(1.0)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_c_and_the_compiled_rule_weigh_alike():
    from benchmarks.against_c import against_c

    (row,) = against_c(2, 1, 1, actors=60, burn_in=2, months=14)
    assert row["ratio"] > 0


def test_time_to_start_is_told_beside_a_bare_python(monkeypatch: pytest.MonkeyPatch):
    from benchmarks import startup

    monkeypatch.setattr(startup, "COMMANDS", {"python -c pass": ["-c", "pass"], "work": ["-c", "sum(range(10**7))"]})
    bare, work = startup.startup(1)
    assert bare["times a bare python"] == 1
    assert work["times a bare python"] > 1
