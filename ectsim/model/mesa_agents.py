"""Actors and projects as Mesa's agents, which view the rows of the compiled state. The model lives in mesa_model.py."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from mesa.agentset import AgentSet

from ectsim.model import state as s
from ectsim.territory.nomenclature import KINDS, SECTORS, SIZE_CLASSES, ZONES
from ectsim.world.layout import ACTOR_FIELDS, RESOURCES, TYPES

if TYPE_CHECKING:
    from ectsim.model.mesa_model import ECTModel

NAMES: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS,
    "sector": SECTORS,
    "size_class": SIZE_CLASSES,
    "zone": ZONES,
    "type": TYPES,
    "status": s.STATUSES,
    "stage": s.STAGES,
    "origin": s.ORIGINS,
    "call_path": s.CALL_PATHS,
    "funding": s.FUNDINGS,
    "reason": s.REASONS,
    "least_resource": RESOURCES,
    "structured_carrier": KINDS,
    "emerged_carrier": KINDS,
    "award_carrier": KINDS,
}
"""Names of the values of the fields that hold a rank; a negative rank reads as None."""


def _field(table: str, name: str, unit: str, meaning: str) -> property:
    """Property that reads field ``name`` of the agent's row of ``State.<table>``, now."""
    names = NAMES.get(name)

    def read(agent: "Actor | Project") -> Any:
        value = getattr(agent.model.state, table)[name][agent.row]
        if isinstance(value, np.ndarray):
            value = value.view()
            value.flags.writeable = False
            return value
        value = value.item()
        if names is not None:
            return names[value] if value >= 0 else None
        return bool(value) if unit == "0/1" else value

    return property(read, doc=f"{meaning} ({unit})")


def _views[Row: type](table: str, fields: Sequence[tuple[str, Any, str, str]]) -> Callable[[Row], Row]:
    """Give a class one property for each documented field of ``State.<table>`` that it does not define itself."""

    def add_fields(row_class: Row) -> Row:
        for name, _, unit, meaning in fields:
            if name not in vars(row_class) and "(scratch)" not in meaning:
                setattr(row_class, name, _field(table, name, unit, meaning))
        return row_class

    return add_fields


@_views("actors", ACTOR_FIELDS)
class Actor(mesa.Agent["ECTModel"]):
    """An actor: every field of ``ACTOR_FIELDS`` reads as an attribute, always that of the current month."""

    def __init__(self, model: "ECTModel", row: int):
        super().__init__(model)
        self.row = row

    @property
    def commune(self) -> str:
        """Insee code of its commune."""
        return self.model.territory.codes[self.model.state.actors["commune"][self.row]]

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude of its commune, degrees."""
        return self.model.position(self.model.state.actors["commune"][self.row])

    @property
    def ties(self) -> dict["Actor", float]:
        """Trust τ, 0-1, by neighbour."""
        state = self.model.state
        used = slice(0, state.actors["degree"][self.row])
        others, trust = state.neighbours[self.row, used], state.trust[self.row, used]
        return {self.model.actor(row): level for row, level in zip(others.tolist(), trust.tolist(), strict=True)}

    @property
    def neighbors(self) -> AgentSet["Actor"]:
        """Actors it is tied to."""
        return AgentSet(self.ties, random=self.model.random)

    @property
    def projects(self) -> AgentSet["Project"]:
        """Projects it is a member of this month."""
        state = self.model.state
        alive = state.alive[: state.clock[0].alive]
        used = np.arange(state.members.shape[1]) < state.projects["team"][alive, np.newaxis]
        rows = alive[(used & (state.members["actor"][alive] == self.row)).any(axis=1)]
        return AgentSet([self.model.project(row) for row in rows.tolist()], random=self.model.random)


@_views("projects", s.PROJECT_FIELDS)
class Project(mesa.Agent["ECTModel"]):
    """A project: every field of ``PROJECT_FIELDS`` reads as an attribute, always that of the current month.

    It is in ``model.agents`` from its birth until it is abandoned or ends, and in ``model.projects`` ever after.
    """

    def __init__(self, model: "ECTModel", row: int):
        super().__init__(model)
        self.row = row

    @property
    def stopped(self) -> bool:
        """Whether it was abandoned or has ended."""
        return self.model.state.projects["status"][self.row] >= s.ABANDONED

    @property
    def theme(self) -> str:
        """Theme, by its name in the scenario."""
        return self.model.setup.scenario.themes[self.model.state.projects["theme"][self.row]]

    @property
    def commune(self) -> str:
        """Insee code of the commune of its carrier, or of its last one."""
        return self.model.territory.codes[self.model.state.projects["commune"][self.row]]

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude of that commune, degrees."""
        return self.model.position(self.model.state.projects["commune"][self.row])

    @property
    def carrier(self) -> Actor | None:
        """Actor that carries it."""
        row = int(self.model.state.projects["carrier"][self.row])
        return None if row < 0 else self.model.actor(row)

    @property
    def initiator(self) -> Actor:
        """Actor that had the idea."""
        return self.model.actor(int(self.model.state.projects["initiator"][self.row]))

    @property
    def memberships(self) -> np.ndarray:
        """Records of its members, with the fields of ``MEMBER_FIELDS``: a view that cannot be written to."""
        state = self.model.state
        records = state.members[self.row, : state.projects["team"][self.row]]
        records.flags.writeable = False
        return records

    @property
    def members(self) -> AgentSet[Actor]:
        """Its members this month, by time of joining; none while it sleeps."""
        rows = self.memberships["actor"].tolist()
        return AgentSet([self.model.actor(row) for row in rows], random=self.model.random)
