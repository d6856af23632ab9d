"""One world from a scenario and a seed: preparing what seeds share, the state at month 0 of the burn-in, running it.

Outcomes live elsewhere.
"""

import dataclasses
import functools
from typing import Any

import numpy as np

from ectsim.compiled import allocating_rule, compiled, rule
from ectsim.model import state as s
from ectsim.model.instruments import default_idea_means, draw_instruments, planned_records
from ectsim.parameters import pack
from ectsim.posterior import Posterior, load_posterior
from ectsim.scenario.schema import Scenario
from ectsim.territory.nomenclature import KINDS
from ectsim.territory.reading import load_territory
from ectsim.territory.territory import Territory
from ectsim.world.distances import road_factor
from ectsim.world.layout import MAX_THEMES, Ground, World, empty_world, lumps, records
from ectsim.world.network import draw_network
from ectsim.world.population import draw_actors
from ectsim.world.sampling import prepare_ground

SAFETY = 6.0
FULL = {1: "projects", 2: "members"}


@dataclasses.dataclass(frozen=True)
class Setup:
    """What every seed of a scenario shares; make one with :func:`prepare`.

    ``parameters`` is a record array (D,), of one row where they are not drawn: a seed takes row seed mod D, the same
    in every scenario.
    """

    scenario: Scenario
    territory: Territory
    ground: Ground
    parameters: Any
    idea_means: float
    posterior: Posterior | None = None

    def draw(self, seed: int) -> Any:
        """Parameters of ``seed``, record array (1,)."""
        row = seed % len(self.parameters)
        return self.parameters[row : row + 1]

    @functools.cached_property
    def instruments(self) -> Any:
        """Records of the instruments, (S,), before a seed draws what parameters decide of them."""
        return planned_records(self.scenario)

    @property
    def months(self) -> int:
        """Months of a whole run: burn-in, horizon, and the months after."""
        horizon = self.scenario.horizon
        return horizon.burn_in + horizon.months + horizon.after

    @functools.cached_property
    def places(self) -> int:
        """Places for projects: as the scenario says, else several times what the idea rates lead to expect."""
        if self.scenario.sizes.projects is not None:
            return self.scenario.sizes.projects
        p = self.parameters
        yearly = p.idea_rate * (1.0 + p.facilitation_ideas) * (1.0 + p.imitation) * SAFETY
        pulled = self.scenario.population.actors * (p.call_rate + p.subsidy_rate + p.regulation_rate)
        return 200 + int(np.max(yearly * self.months / 12 + pulled * self.months))


def prepare(scenario: Scenario, territory: Territory | None = None, posterior: Posterior | None = None) -> Setup:
    """Read the territory and the posterior where they are not given, plan the sample, pack or draw the parameters.

    Raises
    ------
    InputError
        If the territory or a parameter is not as expected.
    """
    if territory is None:
        territory = load_territory(scenario.territory, scenario.source)
    actors = scenario.population.actors
    ground = prepare_ground(territory, actors)
    if posterior is None and scenario.drawn_from:
        posterior = load_posterior(scenario.drawn_from, scenario.source)
    parameters = _parameters(scenario, posterior)
    return Setup(scenario, territory, ground, parameters, default_idea_means(ground, actors), posterior)


def _parameters(scenario: Scenario, posterior: Posterior | None) -> Any:
    return posterior.packed(scenario.overrides) if posterior else pack(scenario.overrides)


def vary(setup: Setup, scenario: Scenario) -> Setup:
    """``scenario``, a variant of that of ``setup`` with the same territory, actors and posterior, ready in less time.

    Raises
    ------
    InputError
        If a parameter is not as expected.
    ValueError
        If one of these differs.
    """
    if _kept(scenario) != _kept(setup.scenario):
        raise ValueError("a variant keeps the territory, the actors and the posterior")
    same = scenario.overrides == setup.scenario.overrides
    parameters = setup.parameters if same else _parameters(scenario, setup.posterior)
    return dataclasses.replace(setup, scenario=scenario, parameters=parameters)


def _kept(scenario: Scenario) -> tuple[Any, ...]:
    return scenario.territory, scenario.population, scenario.drawn_from


def allocate_state(setup: Setup, forced: Any = None) -> s.State:
    """Arrays for a run of ``setup``, to be filled by :func:`begin`, again and again."""
    sizes = setup.scenario.sizes
    actors = setup.scenario.population.actors
    places = setup.places
    world = empty_world(actors, sizes.ties)
    return s.State(
        *world,
        projects=records(places, s.PROJECT_FIELDS),
        members=records((places, sizes.members), s.MEMBER_FIELDS),
        decided=np.zeros((places, len(setup.instruments)), np.int64),
        alive=np.zeros(places, np.int64),
        live=np.zeros(places, np.int64),
        rows=np.zeros(actors, np.int64),
        free=np.zeros(actors, np.int64),
        open=np.zeros(actors),
        inside=np.zeros(actors),
        before=np.zeros(actors),
        room=np.zeros(actors, np.int64),
        files=np.zeros(places, np.int64),
        scores=np.zeros(places),
        candidates=np.zeros(sizes.members * sizes.ties, np.int64),
        cumulated=np.zeros(sizes.members * sizes.ties + s.LOT),
        first_tie=np.zeros(sizes.members, np.int64),
        thought_of=np.zeros(-(-s.OFFICER_THINKS_OF // 4) * 4, np.int64),
        instruments=setup.instruments.copy(),
        obligation=np.zeros((len(KINDS), MAX_THEMES)),
        pull=np.zeros((3, len(KINDS))),
        pull_themes=np.zeros((3, len(KINDS)), np.int64),
        pull_appeal=np.zeros((3, len(KINDS))),
        pull_cost=np.zeros((3, len(KINDS))),
        roles=np.zeros((2, len(s.ROLES), len(KINDS), len(s.ORIGINS)), np.int64),
        months=records(setup.months, s.MONTH_FIELDS),
        forced=records(0, s.FORCED_FIELDS) if forced is None else forced,
        clock=records(1, s.CLOCK_FIELDS),
        parameters=setup.parameters[:1].copy(),
        points=setup.ground.points,
        table=setup.ground.table,
        epci=setup.territory.epci_of.astype(np.int64),
    )


def places_of(state: s.State, setting: str) -> int:
    """Size of the array that ``setting`` of a scenario's ``sizes`` sets."""
    return state.members.shape[1] if setting == "members" else state.projects.shape[0]


@allocating_rule
def _draw(ground: Ground, state: s.State, seed, themes):
    world = World(state.actors, state.neighbours, state.trust, state.reach, state.cooperated)
    p = state.parameters[0]
    draw_actors(ground, p, seed, world, themes)
    draw_network(ground, p, seed, world)


@rule
def value_spread(actors):
    """Mean distance of actors' values to the mean values: D of a large random group [8]."""
    mean_0 = 0.0
    mean_1 = 0.0
    mean_2 = 0.0
    count = actors.shape[0]
    for i in range(count):
        mean_0 += actors[i].values[0] / count
        mean_1 += actors[i].values[1] / count
        mean_2 += actors[i].values[2] / count
    total = 0.0
    for i in range(count):
        values = actors[i].values
        total += 0.5 * (abs(values[0] - mean_0) + abs(values[1] - mean_1) + abs(values[2] - mean_2))
    return total / count


@compiled
def _begin(ground: Ground, state: s.State, seed, burn_in, themes, idea_scale):
    clock = state.clock[0]
    clock.month = 0
    clock.projects = 0
    clock.alive = 0
    clock.live = 0
    clock.overflow = 0
    clock.burn_in = burn_in
    clock.themes = themes
    clock.seed = seed
    clock.idea_scale = idea_scale
    clock.road = road_factor(ground, state.parameters[0])
    _draw(ground, state, seed, themes)
    clock.value_spread = value_spread(state.actors)
    for row in range(state.actors.shape[0]):
        state.rows[state.actors[row].key] = row


def clear(state: s.State, born: int = 0, lived: int = 0) -> None:
    """Take out what a former run left and no new one overwrites, from a number of projects and of months on."""
    state.projects[born : int(state.clock[0].projects)].view(np.uint8).fill(0)
    state.months[lived:].view(np.uint8).fill(0)
    state.roles[:] = 0


def begin(setup: Setup, state: s.State, seed: int) -> None:
    """Draw the world of ``seed`` into ``state`` and set the clock to the start of the burn-in."""
    scenario = setup.scenario
    clear(state)
    parameters = setup.draw(seed)
    lumps(state.parameters)[:] = lumps(parameters)
    draw_instruments(setup.instruments, state.parameters, 0, state.instruments)
    scale = float(parameters[0].idea_rate) / (12.0 * setup.idea_means)
    _begin(setup.ground, state, np.uint64(seed), scenario.horizon.burn_in, len(scenario.themes), scale)
