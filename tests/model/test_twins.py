"""Twins: who is whose twin, fates, and the accounting identity, on made tables and on real pairs of worlds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.experiments.ensembles import run_worlds
from ectsim.model.outcome import reached
from ectsim.model.simulation import prepare
from ectsim.model.state import ANCHORED, EMERGED, NEVER, PROJECT_FIELDS
from ectsim.model.twins import (
    ACCELERATED,
    ADDITIONAL,
    DELAYED,
    DISPLACED,
    FATES,
    NEITHER,
    TWIN_FIELDS,
    UNCHANGED,
    match_twins,
    tally_twins,
)
from ectsim.scenario import load_scenario
from ectsim.world.layout import records

HORIZON, AFTER = 100, 136


def projects(*rows):
    """Table of projects from (initiator key, birth, theme, month of emergence, month of award)."""
    table = records(len(rows), PROJECT_FIELDS)
    table.stage_month[:] = NEVER
    for record, (key, birth, theme, emerged, award) in zip(table, rows, strict=True):
        record.initiator_key, record.birth, record.theme, record.award_month = key, birth, theme, award
        record.stage_month[EMERGED] = emerged
    return table


def twins_of(without, with_scheme, tolerance=12):
    return list(match_twins(without, len(without), with_scheme, len(with_scheme), tolerance))


def fates_of(without, with_scheme):
    record = records(1, TWIN_FIELDS)
    tally_twins(without, len(without), with_scheme, len(with_scheme), HORIZON, AFTER, record)
    return record[0]


def test_same_identity_is_the_twin_whatever_the_theme():
    assert twins_of(projects((1, 10, 0, -1, -1)), projects((1, 10, 3, -1, -1))) == [0]


def test_nearest_birth_of_same_initiator_and_theme_is_the_twin():
    without = projects((1, 10, 0, -1, -1), (1, 18, 0, -1, -1))
    assert twins_of(without, projects((1, 15, 0, -1, -1))) == [1]
    assert twins_of(without, projects((1, 14, 0, -1, -1))) == [0]  # as near: the earlier
    assert twins_of(without, projects((1, 15, 1, -1, -1))) == [NEVER]
    assert twins_of(without, projects((2, 15, 0, -1, -1))) == [NEVER]


def test_a_project_has_one_twin_and_identity_goes_first():
    without = projects((1, 10, 0, -1, -1))
    assert twins_of(without, projects((1, 9, 0, -1, -1), (1, 10, 0, -1, -1))) == [NEVER, 0]
    assert twins_of(without, projects((1, 8, 0, -1, -1), (1, 11, 0, -1, -1))) == [NEVER, 0]


@pytest.mark.parametrize(("gap", "tolerance", "found"), [(12, 12, 0), (13, 12, NEVER), (1, 0, NEVER), (24, 24, 0)])
def test_tolerance_is_inclusive(gap, tolerance, found):
    assert twins_of(projects((1, 40, 0, -1, -1)), projects((1, 40 - gap, 0, -1, -1)), tolerance) == [found]


@pytest.mark.parametrize(
    ("without", "with_scheme", "fate"),
    [
        (50, 50, UNCHANGED),
        (50, 40, ACCELERATED),
        (50, 60, DELAYED),
        (-1, 60, ADDITIONAL),
        (50, -1, DISPLACED),
        (-1, -1, NEITHER),
        (HORIZON, 60, ADDITIONAL),
        (50, HORIZON, DISPLACED),
    ],
)
def test_fate_of_a_pair_at_the_horizon(without, with_scheme, fate):
    record = fates_of(projects((1, 10, 0, without, -1)), projects((1, 10, 0, with_scheme, -1)))
    assert np.flatnonzero(record.fates[0].sum(axis=1)).tolist() == [fate]


def test_later_cut_off_tells_re_timing_from_addition():
    record = fates_of(projects((1, 10, 0, HORIZON + 5, -1)), projects((1, 10, 0, HORIZON - 5, -1)))
    assert record.fates[0, ADDITIONAL].sum() == 1
    assert record.fates[1, ACCELERATED].sum() == 1
    assert record.months_gained[1] == 10


def test_ideas_brought_forward_by_two_months_are_accelerated_never_additional():
    rng = np.random.default_rng(4)
    rows = [(key, int(rng.integers(20, 60)), key % 6, int(rng.integers(62, 99)), -1) for key in range(40)]
    record = fates_of(projects(*rows), projects(*[(k, b - 2, theme, e - 2, b) for k, b, theme, e, _ in rows]))
    assert record.fates[0, ACCELERATED].sum() == 40
    assert record.months_gained[0] == 80
    assert record.fates[0].sum() == 40
    assert record.windfall[0].tolist() == [0, 40]


def test_anchored_projects_are_counted_in_both_worlds_at_both_cut_offs():
    without, with_scheme = (
        projects((1, 10, 0, 20, -1)),
        projects((1, 10, 0, 20, 5), (2, 10, 0, 60, 50), (3, 1, 0, 9, -1)),
    )
    without.stage_month[:, ANCHORED] = 44
    with_scheme.stage_month[:, ANCHORED] = (HORIZON - 1, HORIZON, AFTER)
    assert fates_of(without, with_scheme).anchored.tolist() == [[1, 1], [1, 2]]


def test_windfall_is_a_flag_on_funded_projects_that_emerge_in_both_worlds():
    without = projects((1, 10, 0, 50, -1), (2, 10, 0, 50, -1), (3, 10, 0, -1, -1))
    with_scheme = projects((1, 10, 0, 50, 20), (2, 10, 0, 40, 20), (3, 10, 0, 45, 20))
    record = fates_of(without, with_scheme)
    assert record.windfall[0].tolist() == [1, 1]
    assert record.funded_emerged[0] == 3


MONTH = st.integers(-1, AFTER + 3)
ROW = st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(0, 2), MONTH, MONTH)
WORLD = st.lists(ROW, max_size=25, unique_by=lambda row: row[:2])


@given(WORLD, WORLD)
def test_additional_minus_displaced_is_the_difference_of_counts_at_every_cut_off(without, with_scheme):
    record = fates_of(projects(*without), projects(*with_scheme))
    for place, cut_off in enumerate((HORIZON, AFTER)):
        counts = [sum(0 <= row[3] < cut_off for row in world) for world in (without, with_scheme)]
        fates = record.fates[place].sum(axis=1)
        assert fates[ADDITIONAL] - fates[DISPLACED] == counts[1] - counts[0]
        assert fates[: len(FATES) - 1].sum() <= sum(counts)
    assert (record.fates_by_tolerance[0] == record.fates[0].sum(axis=1)).all()


@pytest.fixture(scope="module")
def worlds():
    setups = [prepare(load_scenario(name)) for name in ("spontaneous", "spontaneous", "one_call_a_year")]
    return run_worlds(setups, range(1, 9), twins=True)


def test_accounting_holds_in_real_worlds(worlds):
    emerged = worlds.emerged[:, :, -1]
    fates = worlds.twins.fates[:, :, 0].sum(axis=-1)
    burnt_in = fates[0, :, UNCHANGED] - emerged[0]  # emerged before month 0, the same in every world
    assert (burnt_in >= 0).all()
    assert (fates[2, :, ADDITIONAL] - fates[2, :, DISPLACED] == emerged[2] - emerged[0]).all()
    anchored = reached(worlds.tallies[2], ANCHORED) - reached(worlds.tallies[0], ANCHORED)
    counted = worlds.twins[2].anchored
    assert (counted[:, 0, 1] - counted[:, 0, 0] == anchored).all()
    assert (counted[:, 1] >= counted[:, 0]).all()


def test_without_a_scheme_every_difference_is_exactly_zero(worlds):
    assert (worlds.tallies[0] == worlds.tallies[1]).all()
    assert worlds.twins.fates[1][:, :, [ACCELERATED, DELAYED, ADDITIONAL, DISPLACED]].sum() == 0
    assert (worlds.tallies[0] != worlds.tallies[2]).any()
