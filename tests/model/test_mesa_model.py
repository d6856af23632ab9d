"""The Mesa model: the same bits as compiled runs, agents that show the state, and Mesa's own tools on top."""

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys

import mesa
import numpy as np
import pandas as pd
import pytest

from ectsim.errors import CapacityError, InputError
from ectsim.model import state as s
from ectsim.model.mesa_agents import NAMES, Actor, Project
from ectsim.model.mesa_model import AGENT_REPORTERS, MODEL_REPORTERS, ECTModel
from ectsim.model.months import advance_one_month
from ectsim.scenario import load_scenario
from ectsim.world.layout import ACTOR_FIELDS

SHORT_LIVED = {"patience": 3.0, "dormant_limit": 12.0}


@pytest.fixture
def lively(small):
    """A scenario with every instrument and many ideas: 6 + 30 months, 12 after."""
    return small.scenario(small.ALL_INSTRUMENTS, after=12, parameters=small.LIVELY | SHORT_LIVED)


@pytest.fixture(scope="module")
def lived(small):
    """A lively model at the end of its horizon, its agents' data collected."""
    scenario = small.scenario(small.ALL_INSTRUMENTS, parameters=small.LIVELY | SHORT_LIVED)
    model = ECTModel(scenario, rng=3, agent_data=True)
    model.run_model()
    assert model.projects.select(lambda project: project.stopped)
    return model


def project_agents(model: ECTModel) -> list[int]:
    return [agent.row for agent in model.agents if isinstance(agent, Project)]


# Same bits


@pytest.mark.parametrize("name", ["spontaneous", "one_call_a_year", "national_call"])
@pytest.mark.parametrize("seed", [1, 2**40])
def test_stepping_gives_the_bits_of_the_compiled_run(small, name: str, seed: int):
    given = load_scenario(name)
    model = ECTModel(given, rng=seed, actors=60)
    scenario = model.setup.scenario
    assert scenario.population.actors == 60
    model.run_for(scenario.horizon.burn_in + scenario.horizon.months)
    assert small.differing(model.state, small.play(scenario, seed, model.setup.months - 36)) == []
    assert model.state.clock[0].projects > 20


def test_every_instrument_gives_the_bits_of_the_compiled_run_to_the_last_month(small, lively):
    model = ECTModel(lively, rng=5)
    model.run_for(48)
    assert small.differing(model.state, small.play(lively, 5)) == []
    assert model.state.months.money.sum() > 0


def test_another_seed_is_another_world(small, lively):
    one, other = ECTModel(lively, rng=5), ECTModel(lively, rng=6)
    assert {"actors", "neighbours", "trust"} <= set(small.differing(one.state, other.state))


def test_using_what_mesa_draws_with_changes_no_rule(small, lively):
    model = ECTModel(lively, rng=5)
    for _ in range(20):
        model.rng.random(7)
        model.agents.shuffle_do("step")
        model.step()
    assert small.differing(model.state, small.play(lively, 5, 20)) == []


def test_two_hash_seeds_give_the_same_data(small):
    program = (
        "import hashlib\nfrom ectsim.model.mesa_agents import Actor\nfrom ectsim.model.mesa_model import ECTModel\n"
        "model = ECTModel('one_call_a_year', rng=4, actors=60, agent_data=True)\nmodel.run_for(80)\n"
        "text = model.datacollector.get_model_vars_dataframe().to_csv()\n"
        "text += model.datacollector.get_agenttype_vars_dataframe(Actor).to_csv()\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = set()
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_models_share_no_memory(small, lively):
    one, other = ECTModel(lively, rng=5), ECTModel(lively, rng=5)
    shared = [
        name for name, a, b in zip(s.State._fields, one.state, other.state, strict=True) if np.shares_memory(a, b)
    ]
    assert shared == []
    one.run_for(10)
    assert other.month == -6
    other.run_for(10)
    assert small.differing(one.state, other.state) == []
    assert one.actor(0).model is one
    assert other.actor(0).model is other


# Seeds


def test_a_seed_is_drawn_and_told_where_none_is_given(small, lively):
    model = ECTModel(lively)
    assert small.differing(model.state, ECTModel(lively, rng=model.seed).state) == []
    assert ECTModel(lively).seed != model.seed


@pytest.mark.parametrize("make", [np.random.SeedSequence, np.random.default_rng, lambda seed: [seed, 1]])
def test_a_seed_is_drawn_from_what_numpy_takes_for_one(lively, make):
    assert ECTModel(lively, rng=make(3)).seed == ECTModel(lively, rng=make(3)).seed != 3


def test_a_seed_of_numpy_is_an_integer_too(lively):
    assert ECTModel(lively, rng=np.int64(7)).seed == 7


# Bad input


@pytest.mark.parametrize(
    ("given", "name", "nearest"),
    [
        ({"idea_rat": 3.0}, "idea_rat", "idea_rate"),
        ({"actor": 60}, "actor", "actors"),
        ({"seed": 3}, "seed", "rng"),
    ],
)
def test_a_misspelt_parameter_is_refused_with_the_nearest_name(given, name, nearest):
    with pytest.raises(InputError) as caught:
        ECTModel(**given)
    (problem,) = caught.value.problems
    assert (problem.field, problem.nearest) == (name, nearest)


def test_values_out_of_bounds_are_all_listed():
    with pytest.raises(InputError) as caught:
        ECTModel("spontaneous", actors=1, idea_rate=99.0)
    assert {problem.field for problem in caught.value.problems} == {"population.actors", "parameters.idea_rate"}


def test_an_unknown_scenario_is_refused_with_the_nearest_name():
    with pytest.raises(InputError) as caught:
        ECTModel("spontaneus")
    assert caught.value.problems[0].nearest == "spontaneous"


def test_values_given_change_the_scenario_and_leave_the_rest():
    given = load_scenario("one_call_a_year").model_copy(update={"parameters": {"event_rate": 0.05}})
    model = ECTModel(given, rng=1, actors=np.int64(60), idea_rate=np.float64(12))
    assert model.setup.scenario.overrides == {"event_rate": 0.05, "idea_rate": 12.0}
    assert model.setup.scenario.instruments == given.instruments
    assert model.setup.scenario.source == given.source
    assert len(model.actors) == 60


# Time


def test_it_runs_to_the_end_of_the_horizon_and_can_be_stepped_to_the_end_of_the_months_after(lively):
    model = ECTModel(lively, rng=5)
    assert (model.time, model.month, model.running, model.datacollector.model_vars["ideas"]) == (0, -6, True, [])
    model.run_for(model.burn_in)
    assert model.month == 0
    model.run_model()
    assert (model.time, model.month, model.running) == (36, 30, False)
    model.run_for(12)
    assert (model.month, model.running) == (42, False)
    with pytest.raises(ValueError, match="48 months are lived"):
        model.step()
    assert len(model.months) == 48


@pytest.mark.parametrize(
    ("sizes", "setting", "size"), [({"projects": 5}, "projects", 5), ({"members": 3}, "members", 3)]
)
def test_a_full_array_names_the_setting_to_raise(small, sizes, setting, size):
    parameters = small.LIVELY | {"beta_0": 0.0}
    model = ECTModel(small.scenario(parameters=parameters, sizes=sizes), rng=1)
    with pytest.raises(CapacityError) as caught:
        model.run_model()
    assert (caught.value.setting, caught.value.size, model.running) == (setting, size, False)


# Copies


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_goes_its_own_way_to_the_same_place(small, lively, duplicate):
    model = ECTModel(lively, rng=5, agent_data=True)
    model.run_for(12)
    twin = duplicate(model)
    model.run_for(10)
    assert twin.month == 6
    assert twin.actor(3).commitments == int(twin.state.actors[3].commitments)
    twin.run_for(10)
    assert small.differing(model.state, twin.state) == []
    pd.testing.assert_frame_equal(
        model.datacollector.get_agenttype_vars_dataframe(Actor), twin.datacollector.get_agenttype_vars_dataframe(Actor)
    )
    assert all(agent.model is twin for agent in twin.agents)
    assert len(advance_one_month.signatures) <= 1  # the copy's arrays are of the same type: nothing was compiled again


@pytest.mark.parametrize("month", [0, 1, 17, 36, 48])
def test_a_saved_model_goes_on_as_if_it_had_not_been(small, lively, tmp_path, month):
    model = ECTModel(lively, rng=5)
    for _ in range(month):
        model.step()
    model.save(tmp_path / "model.npz")
    read = ECTModel.load(tmp_path / "model.npz")
    assert small.differing(model.state, read.state) == []
    assert (read.time, read.month, read.running, read.seed) == (model.time, model.month, model.running, 5)
    assert project_agents(read) == project_agents(model)
    for _ in range(48 - month):
        read.step()
    assert small.differing(read.state, small.play(lively, 5)) == []
    assert len(read.datacollector.model_vars["ideas"]) == 48 - month
    assert len(advance_one_month.signatures) <= 1


def test_a_file_of_another_version_is_refused(lively, tmp_path):
    model = ECTModel(lively, rng=5)
    model.state = model.state._replace(alive=model.state.alive[:-1])
    model.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="alive"):
        ECTModel.load(tmp_path / "model.npz")


# Views


def test_every_documented_field_is_an_attribute_with_its_meaning():
    for row_class, fields in ((Actor, ACTOR_FIELDS), (Project, s.PROJECT_FIELDS)):
        for name, _, _, meaning in fields:
            if "(scratch)" in meaning:
                assert not hasattr(row_class, name)
            else:
                assert isinstance(getattr(row_class, name), property)
                assert getattr(row_class, name).__doc__
    assert Actor.propensity.__doc__ == "propensity to cooperate c, moves every month (0-1)"


def test_no_field_hides_what_mesa_gives_an_agent(lively):
    agent = mesa.Agent(ECTModel(lively, rng=1))
    names = {name for name, *_ in (*ACTOR_FIELDS, *s.PROJECT_FIELDS)} | {"row", "ties", "neighbors", "members"}
    assert not names & set(dir(agent))


def test_ranks_read_as_names():
    fields = (*ACTOR_FIELDS, *s.PROJECT_FIELDS)
    ranks = {name for name, kind, unit, _ in fields if kind == "i8" and unit in ("index", "kind")}
    assert ranks - set(NAMES) == {"commune", "theme", "edition", "phase"}


def test_actors_show_their_row(lived):
    state = lived.state
    actor = lived.actor(11)
    assert actor.propensity == state.actors[11].propensity
    assert actor.kind == NAMES["kind"][state.actors[11].kind]
    assert actor.sector in ("public", "private", "civil")
    assert isinstance(actor.initiator, bool)
    assert actor.commune == lived.territory.codes[state.actors[11].commune]
    assert 5 < actor.position[0] < 6.2
    assert 46 < actor.position[1] < 47.2
    assert np.array_equal(actor.values, state.actors[11].values)


def test_views_are_live_and_cannot_be_written_to(lively):
    model = ECTModel(lively, rng=1)
    actor, interest = model.actor(2), model.actor(2).interest
    model.state.actors[2].propensity = 0.125
    model.state.actors[2].interest[0] = 0.75
    assert actor.propensity == 0.125
    assert interest[0] == 0.75
    with pytest.raises(AttributeError):
        actor.propensity = 0.5
    with pytest.raises(ValueError, match="read-only"):
        interest[0] = 0.0
    model.run_for(12)
    project = next(project for project in model.projects if project.team)
    with pytest.raises(ValueError, match="read-only"):
        project.memberships["work"] = 0
    assert model.state.members.flags.writeable


def test_ties_are_the_same_from_both_ends(lived):
    for actor in lived.actors:
        assert len(actor.neighbors) == actor.degree == len(actor.ties)
        assert all(other.ties[actor] == trust for other, trust in actor.ties.items())


def test_members_and_projects_tell_the_same_story(lived):
    pairs = {(project, actor) for project in lived.projects for actor in project.members}
    assert pairs == {(project, actor) for actor in lived.actors for project in actor.projects}
    assert pairs
    for actor in lived.actors:
        assert len(actor.projects) == actor.commitments
    for project in lived.projects:
        assert len(project.members) == project.team == len(project.memberships)
        assert project.theme in lived.setup.scenario.themes
        if project.team:
            assert project.carrier in project.members


def test_projects_come_when_born_and_go_when_they_stop(lively):
    model = ECTModel(lively, rng=3)
    assert Project not in model.agents_by_type
    gone = set()
    for _ in range(36):
        model.step()
        assert len(model.projects) == model.state.clock[0].projects
        assert project_agents(model) == model.state.alive[: model.state.clock[0].alive].tolist()
        gone |= {project for project in model.projects if project not in model.agents}
        assert all(project.status in ("abandoned", "ended") and project.reason for project in gone)
    assert gone
    assert len(model.actors) == 60


# Mesa's tools


def test_agent_sets_select_group_and_aggregate(lived):
    state = lived.state
    public = lived.actors.select(lambda actor: actor.sector == "public")
    assert len(public) == (state.actors.sector == 0).sum()
    counts = lived.agents.select(agent_type=Actor).groupby("sector").count()
    assert counts["public"] == len(public)
    assert sum(counts.values()) == 60
    assert lived.actors.agg("propensity", [min, max]) == [state.actors.propensity.min(), state.actors.propensity.max()]
    assert lived.agents_by_type[Actor].get("key") == state.actors.key.tolist()


def test_the_data_collector_has_a_row_a_month(lived):
    frame = lived.datacollector.get_model_vars_dataframe()
    months = lived.state.months[:36]
    assert list(frame.columns) == list(MODEL_REPORTERS)
    assert frame["ideas"].tolist() == months.ideas.tolist()
    assert frame["live_collective"].tolist() == months.stages[:, 1].tolist()
    assert frame["propensity"].tolist() == months.propensity.tolist()
    assert frame["public_money"].iloc[-1] == pytest.approx(months.money[6:].sum())
    assert (frame["public_money"].iloc[:6] == 0).all()


def test_the_data_collector_has_a_row_an_agent_and_month(lived):
    actors = lived.datacollector.get_agenttype_vars_dataframe(Actor)
    projects = lived.datacollector.get_agenttype_vars_dataframe(Project)
    assert list(actors.columns) == list(AGENT_REPORTERS[Actor])
    assert len(actors) == 60 * 36
    assert actors.loc[36, "propensity"].tolist() == lived.state.actors.propensity.tolist()
    engaged = (actors["commitments"] > 0).groupby("Step").sum()
    assert engaged.tolist() == lived.state.months.engaged.tolist()
    monthly = lived.state.months
    assert projects.groupby("Step").size().sum() == monthly.stages.sum() + monthly.dormant.sum()


def test_another_data_collector_can_take_its_place(lively):
    model = ECTModel(lively, rng=1)
    model.datacollector = mesa.DataCollector(model_reporters={"live": lambda m: len(m.agents)})
    model.run_for(8)
    assert model.datacollector.model_vars["live"] == [
        60 + row.stages.sum() + row.dormant for row in model.state.months[:8]
    ]


@pytest.fixture
def start_method():
    """Put back how processes start: ``batch_run`` changes it for the whole program."""
    method = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(method, force=True)


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_the_same_numbers_on_one_and_two_processes():
    parameters = {"scenario": ["spontaneous", "one_call_a_year"], "actors": 60, "idea_rate": [9.0, 12.0]}
    runs = [
        sorted(
            mesa.batch_run(
                ECTModel,
                parameters,
                number_processes=processes,
                data_collection_period=-1,
                max_steps=90,
                display_progress=False,
                rng=[1, 2],
            ),
            key=lambda row: row["RunId"],
        )
        for processes in (1, 2)
    ]
    assert runs[0] == runs[1]
    frame = pd.DataFrame(runs[0])
    assert len(frame) == 8
    assert (frame["Step"] == 90).all()
    assert frame["propensity"].nunique() == 8
    alone = ECTModel("one_call_a_year", rng=2, actors=60, idea_rate=12.0)
    alone.run_for(90)
    row = frame.query("scenario == 'one_call_a_year' and rng == 2 and idea_rate == 12")
    assert row["propensity"].item() == alone.datacollector.model_vars["propensity"][-1]
