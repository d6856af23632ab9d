"""One run: its tables, and decisions forced on its actors."""

import numpy as np
import pytest

from ectsim.errors import InputError
from ectsim.experiments.ensembles import run_worlds
from ectsim.experiments.single import Decision, Run, simulate
from ectsim.model.outcomes import OUTCOMES, measure
from ectsim.model.state import MEMBER_FIELDS, ORIGINS, STAGES
from ectsim.territory.nomenclature import KINDS

SEED = 5


@pytest.fixture(scope="module")
def run(setup) -> Run:
    return simulate(setup, SEED)


def test_a_run_is_the_world_an_ensemble_makes_of_its_seed(run, setup):
    worlds = run_worlds([setup], [SEED])
    assert run.tally[0] == worlds.tallies[0, 0]
    values = run.outcomes().set_index("name")["value"]
    assert list(values.index) == list(OUTCOMES)
    for name, value in measure(worlds.tallies[0]).items():
        np.testing.assert_equal(values[name], value[0])


def test_the_same_seed_gives_the_same_tables_and_another_does_not(run, setup):
    again, other = simulate(setup, SEED), simulate(setup, SEED + 1)
    for name in ("projects", "actors", "months", "outcomes"):
        table = getattr(run, name)()
        assert table.equals(getattr(again, name)())
        assert not table.equals(getattr(other, name)())


def test_projects_read_in_words_and_months_from_month_0(run, setup):
    projects = run.projects()
    horizon = setup.scenario.horizon
    assert len(projects) == run.state.clock[0].projects
    assert projects["birth"].min() == -horizon.burn_in
    assert projects["birth"].between(-horizon.burn_in, horizon.months - 1).all()
    assert set(projects["origin"]) <= set(ORIGINS)
    assert "call" in set(projects["origin"])
    assert set(projects["stage"]) <= set(STAGES)
    assert set(projects["theme"]) <= set(setup.scenario.themes)
    assert projects["commune"].isin(setup.territory.codes).all()
    assert projects["initiator"].isin(run.actors()["actor"]).all()
    # reached stages, and only those, have a month, no earlier than birth
    ranks = projects["stage"].map(STAGES.index)
    for rank, stage in enumerate(STAGES[1:], 1):
        assert (projects[stage].notna() == (ranks >= rank)).all()
        reached = projects[projects[stage].notna()]
        assert (reached[stage] >= reached["birth"]).all()
    stopped = projects["status"].isin(["abandoned", "ended"])
    assert (projects["stopped"].notna() == stopped).all()


def test_emerged_projects_of_the_table_are_those_of_the_outcome(run):
    emerged = run.projects()["emerged"]
    outcome = run.outcomes().set_index("name").loc["emerged", "value"]
    assert (emerged >= 0).sum() == outcome


def test_actors_read_in_words(run, setup):
    actors = run.actors()
    assert sorted(actors["actor"]) == list(range(setup.scenario.population.actors))
    assert set(actors["kind"]) <= set(KINDS)
    assert actors["initiator"].dtype == bool
    np.testing.assert_allclose(actors.filter(regex="^values_").sum(axis=1), 1.0)
    assert [name for name in actors if name.startswith("interest_")] == [
        f"interest_{theme}" for theme in setup.scenario.themes
    ]


def test_months_cover_burn_in_and_horizon(run, setup):
    months = run.months()
    assert months["month"].tolist() == list(range(-setup.scenario.horizon.burn_in, setup.scenario.horizon.months))
    assert months["ideas"].sum() == len(run.projects())
    money = months.loc[months["month"] >= 0].filter(regex="^money_").to_numpy().sum()
    assert money == pytest.approx(run.outcomes().set_index("name").loc["money", "value"])


def test_fewer_months_are_the_start_of_the_same_life(run, setup):
    short = simulate(setup, SEED, months=8).months()
    assert len(short) == setup.scenario.horizon.burn_in + 8
    assert short.equals(run.months().iloc[: len(short)])


def test_a_name_or_a_scenario_will_do(run, make):
    assert simulate(make(), SEED).outcomes().equals(run.outcomes())
    assert simulate("spontaneous", months=1).setup.scenario.population.actors == 300


def idle_actor(run: Run, month: int) -> int:
    """An actor without commitment in ``month`` and ever before."""
    actors = run.actors()
    idle = actors[(actors["first_engaged"].isna() | (actors["first_engaged"] > month))]
    return int(idle["actor"].iloc[0])


def test_an_idea_forced_on_an_actor_is_born(run, setup):
    actor = idle_actor(run, 3)
    forced = [Decision(3, actor, "initiate", theme="mobility")]
    projects = simulate(setup, SEED, forced=forced).projects()
    born = projects[(projects["initiator"] == actor) & (projects["birth"] == 3)]
    assert born[["theme", "origin"]].to_numpy().tolist() == [["mobility", "spontaneous"]]
    before = run.projects()
    assert not ((before["initiator"] == actor) & (before["birth"] == 3)).any()


def joined(run: Run) -> set[tuple[int, int, int]]:
    """(actor, initiator, birth) of all members who did not start the project themselves."""
    assert MEMBER_FIELDS[0][0] == "actor"
    keys, found = run.state.actors["key"], set()
    for row in range(int(run.state.clock[0].projects)):
        project = run.state.projects[row]
        for member in run.state.members[row, : int(project["team"])]:
            if member["actor"] != project["initiator"]:
                found.add((int(keys[member["actor"]]), int(project["initiator_key"]), int(project["birth"])))
    return found


def test_an_actor_made_to_decline_joins_nothing(run, setup):
    horizon = setup.scenario.horizon
    months = range(-horizon.burn_in, horizon.months)
    actor = next(iter(sorted(joined(run))))[0]
    refusing = simulate(setup, SEED, forced=[Decision(month, actor, "decline") for month in months])
    assert actor in {key for key, *_ in joined(run)}
    assert actor not in {key for key, *_ in joined(refusing)}


def test_actors_made_to_accept_join_more(run, setup):
    horizon = setup.scenario.horizon
    months, actors = range(-horizon.burn_in, horizon.months), range(setup.scenario.population.actors)
    willing = simulate(setup, SEED, forced=[Decision(m, a, "accept") for m in months for a in actors])
    value = {
        name: r.outcomes().set_index("name").loc["acceptance[peer]", "value"]
        for name, r in (("as drawn", run), ("willing", willing))
    }
    assert value["willing"] == 1.0
    assert value["as drawn"] < 0.9


def test_declining_one_project_leaves_the_others(run, setup):
    actor, initiator, birth = sorted(joined(run))[0]
    horizon = setup.scenario.horizon
    project = (initiator, birth - horizon.burn_in)
    forced = [Decision(m, actor, "decline", project=project) for m in range(-horizon.burn_in, horizon.months)]
    assert (actor, initiator, birth) not in joined(simulate(setup, SEED, forced=forced))
    # a project that never was has nobody to decline it
    absent = [Decision(m, actor, "decline", project=(initiator, -horizon.burn_in - 1)) for m in range(horizon.months)]
    assert simulate(setup, SEED, forced=absent).projects().equals(run.projects())


def test_wrong_decisions_are_all_told(setup):
    wrong = [
        Decision(99, 0, "accept"),
        Decision(0, 40, "decline"),
        Decision(0, 0, "initiate", theme="mobilty"),
        Decision(0, 0, "acept"),  # pyright: ignore[reportArgumentType]
        Decision(0, 0, "initiate"),
    ]
    with pytest.raises(InputError) as caught:
        simulate(setup, SEED, forced=wrong)
    told = [(problem.field, problem.nearest) for problem in caught.value.problems]
    assert told == [
        ("forced[0].month", None),
        ("forced[1].actor", None),
        ("forced[2].theme", "mobility"),
        ("forced[3].decision", "accept"),
        ("forced[4].theme", None),
    ]


@pytest.mark.parametrize("asked", [{"seed": -1}, {"seed": 2**63}, {"months": 0}, {"months": 1201}])
def test_a_seed_or_months_out_of_bounds_are_refused(setup, asked):
    with pytest.raises(InputError) as caught:
        simulate(setup, **asked)
    assert [problem.field for problem in caught.value.problems] == list(asked)
