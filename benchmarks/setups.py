"""The model that is measured: the same per actor, whatever their number. Nothing is timed here."""

import dataclasses
from typing import Any

from ectsim.model.simulation import Setup, prepare
from ectsim.scenario import Scenario, load_scenario
from ectsim.shipped import shipped_folder

COMPARED = "one_call_a_year"
DEFAULT_ACTORS = 300
PROJECTS_PER_ACTOR_MONTH = 0.02
"""Room for projects: at default parameters about half of it is used."""


def compared_scenario(actors: int = DEFAULT_ACTORS, *, burn_in: int = 60, months: int = 120) -> Scenario:
    """The scenario with permanent facilitation and a call a year; officers and winners in proportion to the actors."""
    shipped = load_scenario(shipped_folder("scenarios") / f"{COMPARED}.yaml")
    scale = actors / DEFAULT_ACTORS
    instruments = []
    for instrument in shipped.instruments:
        settings = {}
        if instrument.kind == "facilitation":
            settings["officers"] = instrument.officers * scale
        elif instrument.kind == "call" and instrument.winners is not None:
            settings["winners"] = max(1, round(instrument.winners * scale))
        instruments.append(instrument.model_copy(update=settings))
    room = 500 + int(PROJECTS_PER_ACTOR_MONTH * actors * (burn_in + months))
    changes: dict[str, Any] = {
        "population": shipped.population.model_copy(update={"actors": actors}),
        "horizon": shipped.horizon.model_copy(update={"burn_in": burn_in, "months": months, "after": 0}),
        "sizes": shipped.sizes.model_copy(update={"projects": room}),
        "instruments": tuple(instruments),
    }
    return shipped.model_copy(update=changes)


def scaled_setup(actors: int = DEFAULT_ACTORS, *, burn_in: int = 60, months: int = 120) -> Setup:
    """The compared scenario with as many ideas per actor at any size.

    ``idea_rate`` is a number of ideas of the whole territory: it grows with the actors, beyond the bounds a scenario
    file accepts, hence in the packed record.
    """
    setup = prepare(compared_scenario(actors, burn_in=burn_in, months=months))
    scale = actors / DEFAULT_ACTORS
    parameters = setup.parameters.copy()
    parameters["idea_rate"] *= scale
    return dataclasses.replace(setup, parameters=parameters)
