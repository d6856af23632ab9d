"""The model as Mesa shows it: it steps the compiled state. Its agents live in mesa_agents.py, no rule lives here."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Self, cast

import mesa
import numpy as np
from mesa.agentset import AgentSet
from mesa.experimental.scenarios import Scenario as MesaScenario

from ectsim.errors import CapacityError, InputError, Problem, nearest_name
from ectsim.model import state as s
from ectsim.model.mesa_agents import Actor, Project
from ectsim.model.months import advance_one_month
from ectsim.model.simulation import FULL, Setup, allocate_state, begin, places_of, prepare
from ectsim.parameters import PARAMETERS
from ectsim.scenario.checking import checked
from ectsim.scenario.reading import load_scenario
from ectsim.scenario.schema import Scenario
from ectsim.scenario.yaml_source import Source
from ectsim.territory.reading import load_territory
from ectsim.territory.territory import Territory

type Seedlike = int | np.integer | Sequence[int] | np.random.SeedSequence | np.random.Generator


def _last_month(model: "ECTModel", field: str, place: int | None = None) -> float:
    value = model.months[field][-1]
    return (value if place is None else value[place]).item()


def _public_money(model: "ECTModel") -> float:
    return model.months["money"][model.burn_in :].sum().item()


MODEL_REPORTERS: Mapping[str, Callable[["ECTModel"], float]] = {
    "ideas": partial(_last_month, field="ideas"),
    **{f"live_{stage}": partial(_last_month, field="stages", place=i) for i, stage in enumerate(s.STAGES)},
    "dormant": partial(_last_month, field="dormant"),
    "engaged": partial(_last_month, field="engaged"),
    "propensity": partial(_last_month, field="propensity"),
    "public_money": _public_money,
}
"""Collected after every month: ideas born in it, live projects by stage, dormant ones, actors with a commitment, mean
propensity, k€ of public money since month 0."""

AGENT_REPORTERS: Mapping[type[mesa.Agent], Mapping[str, Callable[[mesa.Agent], Any]]] = {
    Actor: {name: attrgetter(name) for name in ("kind", "sector", "propensity", "commitments")},
    Project: {name: attrgetter(name) for name in ("origin", "status", "stage", "team", "effort")},
}
"""Collected after every month where ``agent_data`` is asked for."""


class ECTModel(mesa.Model[Actor | Project, MesaScenario]):
    """One world of a scenario and a seed, stepped a month at a time: the same state and rules as a compiled run.

    ``model.time`` counts months from the start of the burn-in; ``model.run_for(model.burn_in)`` leads to month 0.
    ``model.running`` is False from the end of the horizon; the months after, with the scheme off, can still be
    stepped. Copy it with ``copy.deepcopy``.

    Parameters
    ----------
    scenario
        Name of a scenario that ships, file, or a scenario made otherwise.
    rng
        An integer is the seed of every draw. Of anything else NumPy makes a generator from, one is drawn; see ``seed``.
        ``model.rng`` and ``model.random`` are seeded with it too, and serve only the user: no rule draws from them.
    actors
        Number of actors, where it is not to be that of the scenario.
    agent_data
        Whether the data collector also records ``AGENT_REPORTERS`` each month, one row an agent.
    **parameters
        Values of parameters, by the names ``ectsim parameters`` lists; the scenario's other values stay.

    Attributes
    ----------
    setup : Setup
        Scenario (``setup.scenario``), territory and packed parameters.
    state : State
        The arrays that agents show.
    seed : int
        Seed of every draw.
    datacollector : mesa.DataCollector
        Collects after every month; another may be put in its place.

    Raises
    ------
    InputError
        If a name or a value is not as expected; all of them are listed, with the nearest name.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "spontaneous",
        rng: Seedlike | None = None,
        actors: int | None = None,
        agent_data: bool = False,
        **parameters: float,
    ):
        self._start(prepare(_changed(scenario, actors, parameters)), _seed(rng), agent_data)

    def _start(self, setup: Setup, seed: int, agent_data: bool) -> None:
        super().__init__(rng=seed)
        self.seed = seed
        self.setup = setup
        self.state = allocate_state(setup)
        begin(setup, self.state, seed)
        self._actors = [Actor(self, row) for row in range(len(self.state.actors))]
        self._projects: list[Project] = []
        by_type = cast("Any", AGENT_REPORTERS if agent_data else None)
        self.datacollector = mesa.DataCollector(model_reporters=MODEL_REPORTERS, agenttype_reporters=by_type)

    @property
    def scenario(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """None, see ``setup.scenario``: where it holds Mesa's own Scenario, SolaraViz passes that on at each reset."""

    @scenario.setter
    def scenario(self, scenario: MesaScenario) -> None:
        """Leave aside the empty scenario that ``mesa.Model`` makes when it is given none."""

    @property
    def territory(self) -> Territory:
        """The territory, see :class:`ectsim.territory.territory.Territory`."""
        return self.setup.territory

    @property
    def burn_in(self) -> int:
        """Months of the burn-in."""
        return self.setup.scenario.horizon.burn_in

    @property
    def month(self) -> int:
        """Next month to be lived, as scenarios count them: negative during the burn-in."""
        return int(self.state.clock[0].month) - self.burn_in

    @property
    def months(self) -> np.ndarray:
        """Records of the months lived, from the start of the burn-in, with the fields of ``MONTH_FIELDS``."""
        return self.state.months[: self.state.clock[0].month]

    @property
    def actors(self) -> AgentSet[Actor]:
        """All actors."""
        return AgentSet(self._actors, random=self.random)

    @property
    def projects(self) -> AgentSet[Project]:
        """All projects born so far, in order of birth, those abandoned and ended included."""
        return AgentSet(self._projects, random=self.random)

    def actor(self, row: int) -> Actor:
        """Actor of a row of ``state.actors``."""
        return self._actors[row]

    def project(self, row: int) -> Project:
        """Project of a row of ``state.projects``."""
        return self._projects[row]

    def position(self, commune: int) -> tuple[float, float]:
        """Longitude and latitude of a commune of the territory, degrees."""
        return float(self.territory.longitude[commune]), float(self.territory.latitude[commune])

    def step(self) -> None:
        """Live one month, then collect data.

        Raises
        ------
        CapacityError
            If an array is full; names the setting to raise.
        ValueError
            If all months of the scenario are lived.
        """
        if self.time <= self.state.clock[0].month:
            return  # Mesa's clock catches up with a state that was loaded
        if self.state.clock[0].month == self.setup.months:
            raise ValueError(f"all {self.setup.months} months are lived: raise horizon.months or horizon.after")
        overflow = advance_one_month(self.state)
        if overflow:
            self.running = False
            raise CapacityError(FULL[overflow], places_of(self.state, FULL[overflow]))
        self._follow()
        self.datacollector.collect(self)

    def _follow(self) -> None:
        """Bring agents in line with the state: a new one for each project born, none for those that stopped."""
        for row in range(len(self._projects), int(self.state.clock[0].projects)):
            self._projects.append(Project(self, row))
        for project in list(self.agents_by_type.get(Project, ())):
            if cast("Project", project).stopped:
                project.remove()
        horizon = self.setup.scenario.horizon
        self.running = self.month < horizon.months

    def save(self, path: str | Path) -> None:
        """Write scenario, seed and state to a ``.npz`` file; what the data collector holds is not kept."""
        scenario = self.setup.scenario
        told = {"scenario": scenario.model_dump(mode="json"), "seed": self.seed, "source": str(scenario.source or "")}
        with Path(path).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, told=np.array(json.dumps(told)), **self.state._asdict())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that :meth:`save` wrote: stepping it on gives, to the bit, what the saved one would.

        Raises
        ------
        ValueError
            If its arrays are not those of this version of ectsim.
        """
        with np.load(path) as saved:
            told = json.loads(saved["told"].item())
            scenario = Scenario.model_validate_json(json.dumps(told["scenario"]))
            territory = load_territory(scenario.territory, Path(told["source"]) if told["source"] else None)
            model = cls.__new__(cls)
            model._start(prepare(scenario, territory), told["seed"], agent_data=False)
            for name, array in model.state._asdict().items():
                kept = saved.get(name)
                if kept is None or kept.dtype != array.dtype or kept.shape != array.shape:
                    raise ValueError(f"{path}: “{name}” is not as this version of ectsim keeps it; run it again")
                array[...] = kept
        for _ in range(model.state.clock[0].month):
            model.step()
        model._follow()
        return model


def _seed(rng: Seedlike | None) -> int:
    return int(rng) if isinstance(rng, int | np.integer) else int(np.random.default_rng(rng).integers(1 << 32))


def _changed(given: str | Path | Scenario, actors: int | None, parameters: Mapping[str, float]) -> Scenario:
    """The scenario, with another number of actors and other values of parameters."""
    known = ("scenario", "rng", "actors", "agent_data", *PARAMETERS)
    unknown = [name for name in parameters if name not in PARAMETERS]
    if unknown:
        nearest = ["rng" if name == "seed" else nearest_name(name, known) for name in unknown]
        raise InputError(
            Problem("parameters.unknown", {"name": name}, field=name, nearest=near)
            for name, near in zip(unknown, nearest, strict=True)
        )
    scenario = given if isinstance(given, Scenario) else load_scenario(given)
    values = scenario.model_dump()
    if actors is not None:
        values["population"]["actors"] = _plain(actors)
    values["parameters"] = {**scenario.overrides, **{name: _plain(value) for name, value in parameters.items()}}
    wanted = checked(Source(values), scenario.source or Path("ECTModel"))
    return scenario.model_copy(update={"population": wanted.population, "parameters": wanted.parameters})


def _plain(value: Any) -> Any:
    """Python's own number where NumPy's is given, as sweeps do."""
    return value.item() if isinstance(value, np.generic) else value
