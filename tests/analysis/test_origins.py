"""Origins compared: none where all is neutral, a planted gap found, parts that add up, the census."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from ectsim.analysis.lives import TRAITS, Lives, live, without_scheme
from ectsim.analysis.origins import (
    compare_origins,
    entry,
    followed,
    incentive_born,
    require_scheme,
)
from ectsim.analysis.origins_census import beside_census, observe
from ectsim.analysis.origins_measures import MEASURES
from ectsim.calibration.census import read_census
from ectsim.calibration.tidy import read_tidy
from ectsim.errors import InputError
from ectsim.experiments.single import simulate
from ectsim.model.simulation import prepare
from ectsim.scenario import Scenario
from ectsim.scenario.reading import load_scenario
from tests.model.test_origins import ALWAYS_OPEN, NEUTRAL

EXAMPLE = Path(__file__).parents[2] / "calibration" / "example"


@pytest.fixture(scope="module")
def setup():
    return prepare(load_scenario("one_call_a_year"))


@pytest.fixture(scope="module")
def lives(setup) -> Lives:
    return live(setup, range(1, 7), 36, threads=2)


@pytest.fixture(scope="module")
def found(lives):
    return compare_origins(lives)


def test_lives_are_those_of_the_same_run_played_alone(setup, lives):
    run = simulate(setup, seed=2)
    alone = run.projects().query("birth >= 0").reset_index(drop=True)
    table = lives.projects[lives.projects["run"] == 1].reset_index(drop=True)
    assert len(table) == len(alone)
    for name in ("initiator", "birth", "origin", "theme", "collective", "structured", "emerged", "anchored", "stopped"):
        given = alone[name].astype(table[name].dtype)
        assert (table[name].eq(given) | (table[name].isna() & given.isna())).all(), name
    assert table["award"].count() == alone["awarded"].count()


def test_traits_are_seen_at_birth(lives):
    table = lives.projects
    assert table[["propensity", "trust", "interest"]].melt()["value"].dropna().between(0, 1).all()
    assert (table["need_scale"] > 0).all()
    assert table[list(TRAITS)].notna().mean().min() > 0.98


def test_what_is_noted_at_a_stage_is_noted_of_all_that_reach_it_and_of_no_other(lives):
    table = lives.projects
    for stage, names in {"structured": ("structured_size", "facilitated"), "emerged": ("emerged_size",)}.items():
        for name in names:
            assert (table[name].notna() == table[stage].notna()).all(), name
    seen = table["emerged"] + lives.age < lives.months
    assert (table["paid"].notna() == seen).all()


def test_without_a_scheme_every_twin_lives_the_same():
    scenario = load_scenario("spontaneous").model_copy(update={"instruments": (call(permanent=True),)})
    lives = live(prepare(scenario), range(1, 3), 36, threads=2)
    assert lives.projects["has_twin"].all()
    found = compare_origins(lives)
    assert found.parts.empty
    assert set(found.fates["fate"]) <= {"unchanged", "neither"}


def call(**given):
    scenario = Scenario(name={"fr": "a", "en": "a"}, instruments=[{**ALWAYS_OPEN, **given}])
    return scenario.instruments[0]


def test_the_world_without_keeps_its_permanent_instruments_only(setup):
    assert [one.kind for one in without_scheme(setup).scenario.instruments] == ["facilitation"]


def test_projects_are_followed_for_the_whole_age_within_the_horizon(lives):
    for since in ("born", "year_old", "structured", "emerged"):
        rows = followed(lives, since)
        assert (rows["entered"] + lives.age <= lives.months).all()
        funded, not_yet = followed(lives, since, "funded"), followed(lives, since, "unfunded")
        assert len(funded) + len(not_yet) == len(rows)
        assert (funded["award"] <= funded["entered"]).all()
        assert not (not_yet["award"] <= not_yet["entered"]).any()
    table = lives.projects
    gone = table["stopped"] <= table["birth"] + 12
    assert np.isnan(entry(table, "year_old")[gone]).all()


def test_the_gap_is_selection_treatment_and_spillover_exactly(found):
    parts = found.parts
    assert len(parts) == 8
    total = parts["selection"] + parts["treatment"] + parts["spillover"]
    assert total.to_numpy() == pytest.approx(parts["difference"].to_numpy(), abs=1e-12)


def test_fates_count_every_project(lives, found):
    for cut_off in ("horizon", "after"):
        counted = found.fates[found.fates["cut_off"] == cut_off]["projects"].sum()
        assert counted * len(lives.seeds) == pytest.approx(len(lives.projects))


def test_every_outcome_has_its_row_and_funding_is_told_apart(found):
    rows = found.differences
    born = [measure for measure in MEASURES if measure.since == "born"]
    assert len(rows) == len(born) + 3 * (len(MEASURES) - len(born))
    shares = rows[(rows["unit"] == "share") & rows["enough"]]
    assert len(shares) > 10
    assert shares[["incentive", "own"]].melt()["value"].between(0, 1).all()


def planted(lives: Lives, effect: float) -> Lives:
    """Origins given by chance to the projects of own initiative, then some of one origin made to emerge."""
    generator = np.random.default_rng(3)
    table = lives.projects[~incentive_born(lives.projects)].copy()
    chosen = generator.random(len(table)) < 0.4
    table["origin"] = np.where(chosen, "call", "spontaneous")
    helped = chosen & (np.cumsum(chosen) % 5 < 5 * effect)
    table["emerged"] = np.where(helped, table["birth"] + 20, table["emerged"])
    return dataclasses.replace(lives, projects=table)


@pytest.mark.parametrize("effect", [0.0, 0.2])
def test_a_planted_gap_is_found_and_none_is_not(lives, effect):
    rows = compare_origins(planted(lives, effect)).differences.set_index(["since", "outcome", "status"])
    row = rows.loc[("born", "emerged", "all")]
    assert row["enough"]
    assert row["difference"] == pytest.approx(effect, abs=0.05)
    assert (row["low"] > 0) == (effect > 0)


def test_where_every_mechanism_is_neutral_alike_projects_live_alike():
    scenario = Scenario(
        name={"fr": "neutre", "en": "neutral"},
        horizon={"burn_in": 0, "months": 72, "after": 0},
        parameters={**NEUTRAL, "idea_rate": 5.0},
        instruments=[{"kind": "facilitation", "permanent": True}, ALWAYS_OPEN],
    )
    rows = compare_origins(live(prepare(scenario), range(12), 30, threads=2)).differences
    rows = rows.set_index(["since", "outcome", "status"]).loc[("born", ["collective", "structured"], "all"), :]
    assert rows["enough"].all()
    assert (rows[["n_incentive", "n_own"]] > 200).all(axis=None)
    errors = (rows["high"] - rows["low"]) / (2 * 2.201)
    assert (rows["difference"].abs() < 3 * errors).all()
    assert (3 * errors < 0.75 * rows["own"]).all()


def test_the_census_stands_beside_what_one_would_list_of_the_worlds(lives):
    observed = read_census(read_tidy(EXAMPLE))
    beside = beside_census(observe(observed), lives)
    assert set(beside["group"]) == {"spontaneous", "incentive"}
    assert beside["synthetic"].all()
    shown = beside[beside["n"] > 0]
    assert len(shown) > 10
    assert (shown["n"] >= 3).all()
    known = beside[beside["worlds"] > 1]
    assert (known["band_low"] <= known["band_high"]).all()
    row = beside.set_index(["name", "group"]).loc[("emerged_share", "spontaneous")]
    own = observed.of_group("spontaneous").emerged
    assert row["observed"] == pytest.approx(np.nanmean(own))


def test_a_scenario_without_scheme_and_an_age_too_long_are_refused(setup):
    with pytest.raises(InputError, match="no project can be born") as refused:
        require_scheme(prepare(load_scenario("spontaneous")), 110)
    assert len(refused.value.problems) == 2
    require_scheme(setup, 36)
