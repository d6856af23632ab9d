"""Twins project by project: made pairs with known fates, real pairs against the compiled counts."""

import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.twin_table import flows, paired_projects, pairing, twin_table
from ectsim.experiments.ensembles import run_worlds
from ectsim.model.simulation import allocate_state, prepare
from ectsim.model.state import EMERGED
from ectsim.model.twins import CUT_OFFS, FATES
from ectsim.scenario.reading import load_scenario

BURN_IN, MONTHS = 60, 120
NEVER = -1


@pytest.fixture(scope="module")
def setup():
    return prepare(load_scenario("spontaneous"))


@pytest.fixture(scope="module")
def pairs(setup):
    """Make both states from projects told as (initiator, birth, emerged, awarded), month from month 0."""

    def made(*worlds):
        states = []
        for projects in worlds:
            state = allocate_state(setup)
            state.clock[0].projects = len(projects)
            for row, (initiator, birth, emerged, awarded) in enumerate(projects):
                project = state.projects[row]
                project.initiator_key, project.birth = initiator, birth + BURN_IN
                project.stage_month[:] = NEVER
                project.emerged_carrier = NEVER
                project.stage_month[EMERGED] = NEVER if emerged is None else emerged + BURN_IN
                project.award_month = NEVER if awarded is None else awarded + BURN_IN
            states.append(state)
        return paired_projects(*states, setup, 1).set_index("initiator")

    return made


def test_each_made_pair_has_its_fate(pairs):
    without = [(1, 5, 40, None), (2, 5, 40, None), (3, 5, 40, None), (4, 5, 40, None), (5, 5, None, None)]
    with_scheme = [(1, 5, 40, None), (2, 5, 30, 20), (3, 5, 55, None), (4, 5, None, None), (5, 5, 60, 50)]
    found = pairs([*without, (6, 9, 50, None)], [*with_scheme, (7, 9, 50, 45)])
    assert found["fate_horizon"].to_dict() == {
        1: "unchanged",
        2: "accelerated",
        3: "delayed",
        4: "displaced",
        5: "additional",
        6: "displaced",
        7: "additional",
    }
    assert found.loc[2, "months_gained_horizon"] == 10
    assert found["months_gained_horizon"].sum() == 10
    assert found[found["windfall_horizon"] != ""]["windfall_horizon"].to_dict() == {2: "accelerated"}
    assert not found.loc[6, "born_with"]
    assert not found.loc[7, "born_without"]


def test_a_project_funded_that_emerges_as_late_anyway_is_a_pure_windfall(pairs):
    found = pairs([(1, 5, 40, None)], [(1, 5, 40, 20)])
    assert found.loc[1, "windfall_horizon"] == "pure"


def test_retimed_past_the_horizon_is_additional_there_and_accelerated_after(pairs):
    found = pairs([(1, 5, MONTHS + 10, None)], [(1, 5, MONTHS - 10, None)])
    assert (found.loc[1, "fate_horizon"], found.loc[1, "fate_after"]) == ("additional", "accelerated")
    assert found.loc[1, "months_gained_after"] == 20


def test_an_award_after_the_cut_off_is_no_windfall_there(pairs):
    found = pairs([(1, 5, 40, None)], [(1, 5, 40, MONTHS + 5)])
    assert (found.loc[1, "windfall_horizon"], found.loc[1, "windfall_after"]) == ("", "pure")


def test_flows_count_what_was_and_what_is(pairs):
    found = pairs(
        [(1, 5, 40, None), (2, 5, 40, None), (3, 5, None, None), (4, -20, -5, None)],
        [(1, 5, 30, 20), (2, 5, None, None), (3, 5, 60, 50), (4, -20, -5, None), (5, 9, 70, None)],
    ).reset_index()
    told = {(one["without"], one["with"], one["fate"]): one["projects"] for one in flows(found).to_dict("records")}
    assert told == {
        ("emerges", "funded", "accelerated"): 1,
        ("emerges", "does_not", "displaced"): 1,
        ("does_not", "funded", "additional"): 1,
        ("unborn", "unfunded", "additional"): 1,
    }


def test_real_pairs_are_those_the_model_counts():
    setups = [prepare(load_scenario(name)) for name in ("spontaneous", "one_call_a_year")]
    seeds = range(1, 7)
    worlds = run_worlds(setups, seeds, twins=True, look=pairing(setups[0]), threads=2)
    table, told = twin_table(worlds), worlds.twins[1]
    for place, cut_off in enumerate(CUT_OFFS):
        counts = pd.crosstab(table["seed"], table[f"fate_{cut_off}"]).reindex(columns=list(FATES), fill_value=0)
        assert np.array_equal(counts.to_numpy(), told["fates"][:, place].sum(axis=2))
        assert (table[f"windfall_{cut_off}"] == "pure").sum() == told["windfall"][:, place, 0].sum()
        assert table[f"months_gained_{cut_off}"].sum() == told["months_gained"][:, place].sum()
