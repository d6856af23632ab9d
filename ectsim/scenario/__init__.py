"""Scenario files: reading and checking them, saying them in words, and whether two may be compared."""

from ectsim.scenario.comparison import comparable
from ectsim.scenario.explain import explain
from ectsim.scenario.reading import dump_scenario, load_scenario, shipped_scenarios
from ectsim.scenario.schema import Scenario, scenario_schema

__all__ = [
    "Scenario",
    "comparable",
    "dump_scenario",
    "explain",
    "load_scenario",
    "scenario_schema",
    "shipped_scenarios",
]
