"""Agreement of coders against published tables, by hand, and in the limits."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.example import example
from ectsim.calibration.reliability import (
    LEAST_UNITS,
    Reliability,
    assess,
    cohen_kappa,
    jackknife_interval,
    krippendorff_alpha,
)

# Krippendorff's canonical data, 4 observers and 12 units (Krippendorff 2011); "." is missing
FOUR_BY_TWELVE = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
THREE_BY_FIFTEEN = """
. . . . . 3 4 1 2 1 1 3 3 . 3
1 . 2 1 3 3 4 3 . . . . . . .
. . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""
METRICS = ("nominal", "ordinal", "interval")
UNITS = st.lists(st.lists(st.integers(0, 4).map(float), min_size=2, max_size=3), min_size=2, max_size=15)


def units_of(table: str) -> list[list[float]]:
    columns = zip(*(line.split() for line in table.strip().splitlines()), strict=True)
    return [[float(value) for value in column if value != "."] for column in columns]


@pytest.mark.parametrize(
    ("table", "published"),
    [(FOUR_BY_TWELVE, (0.743, 0.815, 0.849)), (THREE_BY_FIFTEEN, (0.691, 0.807, 0.811))],
)
def test_alpha_equals_the_published_tables(table: str, published: tuple[float, ...]):
    assert tuple(round(krippendorff_alpha(units_of(table), metric), 3) for metric in METRICS) == published


def test_kappa_of_a_table_by_hand():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = 0.7, p_e = 0.5
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    first, second = zip(*pairs, strict=True)
    assert cohen_kappa(first, second, "nominal") == pytest.approx(0.4)


def test_rare_presence_agrees_without_reliability():
    pairs = [(1, 0), (0, 1), *[(0, 0)] * 23]
    first, second = zip(*pairs, strict=True)
    assert cohen_kappa(first, second, "nominal") == pytest.approx(-0.0417, abs=1e-3)


def test_alpha_is_undefined_where_nothing_varies():
    assert math.isnan(krippendorff_alpha([[1, 1]] * 10, "nominal"))
    assert math.isnan(krippendorff_alpha([[1], [2]], "nominal"))
    assert math.isnan(krippendorff_alpha([], "ordinal"))
    assert all(map(math.isnan, jackknife_interval([[1, 1]] * 10, "nominal")))


@given(UNITS, st.sampled_from(METRICS))
def test_alpha_is_at_most_one_and_one_when_all_agree(units, metric):
    alpha = krippendorff_alpha(units, metric)
    assert math.isnan(alpha) or alpha <= 1 + 1e-12
    agreed = krippendorff_alpha([[unit[0]] * len(unit) for unit in units], metric)
    assert math.isnan(agreed) or agreed == pytest.approx(1)


@given(UNITS, st.sampled_from(METRICS), st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_the_order_of_units_or_coders(units, metric, luck):
    shuffled = [luck.sample(unit, len(unit)) for unit in luck.sample(units, len(units))]
    assert krippendorff_alpha(shuffled, metric) == pytest.approx(krippendorff_alpha(units, metric), nan_ok=True)


@given(UNITS)
def test_an_interval_distance_does_not_depend_on_unit_or_origin(units):
    moved = [[3 * value - 7 for value in unit] for unit in units]
    assert krippendorff_alpha(moved, "interval") == pytest.approx(krippendorff_alpha(units, "interval"), nan_ok=True)


@given(UNITS)
def test_an_ordinal_distance_depends_on_the_order_alone(units):
    stretched = [[2.0**value for value in unit] for unit in units]
    assert krippendorff_alpha(stretched, "ordinal") == pytest.approx(krippendorff_alpha(units, "ordinal"), nan_ok=True)


def test_the_interval_holds_alpha_and_narrows_with_units():
    units = units_of(FOUR_BY_TWELVE)
    low, high = jackknife_interval(units, "ordinal")
    few, many = high - low, jackknife_interval(units * 4, "ordinal")
    assert low < krippendorff_alpha(units, "ordinal") < high <= 1
    assert many[1] - many[0] < few


SURE = Reliability("COOP_PROP", "", "ordinal", 12, 2, 0.9, 0.4, 0.85, 0.8, 0.85, 0.7, 0.95)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "use"),
        ({"alpha": 0.80}, "use"),
        ({"alpha": 0.79}, "flag"),
        ({"alpha": 0.667}, "flag"),
        ({"alpha": 0.66}, "widen"),
        ({"units": LEAST_UNITS}, "use"),
        ({"units": LEAST_UNITS - 1}, "widen"),
        ({"alpha": math.nan, "agreement": 1.0}, "use"),
        ({"alpha": math.nan, "agreement": 0.8}, "widen"),
        ({"units": 0, "alpha": math.nan, "agreement": math.nan}, "widen"),
    ],
)
def test_the_gate(changed: dict, verdict: str):
    assert dataclasses.replace(SURE, **changed).verdict == verdict


def test_multiple_choices_are_judged_modality_by_modality():
    found = {one.name: one for one in assess(example())}
    assert "CONTREP" not in found
    assert {"CONTREP[financiere]", "CONTREP[lien]"} <= set(found)
    assert found["INT_THEME"].units > found["OPP"].units, "every theme of an interview is a unit"
    assert found["CONTREP[aucune]"].verdict == "use", "nobody ever said none: agreement judges"


def test_an_interview_without_consent_to_analysis_is_not_read():
    told = example()
    refusing = told.interviews.assign(consent_analysis=[name != "E01" for name in told.interviews["interview_id"]])
    with_it = {one.name: one.units for one in assess(told)}
    without = {one.name: one.units for one in assess(dataclasses.replace(told, interviews=refusing))}
    assert sum(without.values()) < sum(with_it.values())
