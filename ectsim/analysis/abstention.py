"""Worlds in which some actors take no part, or are like the average actor; everything else stays, luck too.

An actor who abstains keeps its place, its ties and its luck: it never has an idea, is never asked and never joins. So
nothing changes for the others but its absence from projects. What is lost lives in roles.py.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.model.simulation import Setup
from ectsim.scenario.instruments import Facilitation
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS
from ectsim.world.layout import RESOURCES

KINDS_OF: Mapping[str, tuple[str, ...]] = {kind: (kind,) for kind in KINDS} | {
    sector: tuple(kind for kind in KINDS if SECTOR_OF_KIND[kind] == sector) for sector in SECTORS
}
"""Kinds behind the name of a kind or of a sector."""
ROLES = ("initiator", "broker", "facilitator", "funder")
HELD = ("initiator", "funder")
"""Roles that kinds of actor hold unequally. Ties between sectors are nobody's, and an average actor is no officer."""
MONEY = RESOURCES.index("money")
TRAITS = ("initiator_share", "capacity", "market_orientation", "endowment")
"""Parameters that differ between kinds: the average actor has their mean."""
NO_CALL_ACROSS = 1e3
"""Homophily at which no tie between sectors is ever made or called upon, log-odds."""
WITHOUT_CONDITIONS = {"minimum_sectors": 1.0, "hybrid_low": 0.0, "hybrid_high": 1.0}


def abstaining(setup: Setup, names: Iterable[str]) -> Setup:
    """The world in which actors of these kinds or sectors take part in nothing."""
    parameters = setup.parameters.copy()
    for kind in _kinds(names):
        parameters["initiator_share"][:, kind] = 0.0
        parameters["capacity"][:, kind] = 0.0
    return dataclasses.replace(setup, parameters=parameters)


def made_average(setup: Setup, names: Iterable[str]) -> Setup:
    """The world in which actors of these kinds or sectors have what the average actor has, their sector apart."""
    parameters = setup.parameters.copy()
    numbers = actors_by_kind(setup)
    for trait in TRAITS:
        given = setup.parameters[trait]
        mean = np.average(given, axis=1, weights=numbers)
        for kind in _kinds(names):
            parameters[trait][:, kind] = mean
    # a number of commitments: what is below one half would be none
    parameters["capacity"] = np.round(parameters["capacity"])
    return dataclasses.replace(setup, parameters=parameters)


def without_role(setup: Setup, role: str) -> Setup:
    """The world in which nobody plays a role of ``ROLES``.

    Nobody has ideas of their own; no tie is made between sectors; there are no officers; nobody has money of their own
    to put in.
    """
    if role == "facilitator":
        instruments = tuple(one for one in setup.scenario.instruments if not isinstance(one, Facilitation))
        return dataclasses.replace(setup, scenario=setup.scenario.model_copy(update={"instruments": instruments}))
    parameters = setup.parameters.copy()
    if role == "initiator":
        parameters["initiator_share"] = 0.0
    elif role == "broker":
        parameters["homophily"] = NO_CALL_ACROSS
    elif role == "funder":
        parameters["endowment_mask"][:, MONEY] = 0.0
    else:
        raise ValueError(f"role {role!r}: expected one of {', '.join(ROLES)}")
    return dataclasses.replace(setup, parameters=parameters)


def held_evenly(setup: Setup, role: str) -> Setup:
    """The world in which what a role of ``HELD`` takes is as plentiful, and held by average actors of every kind.

    As many initiators, but any kind as likely as another to be one; as much money of the members, but any kind as
    well off as another.
    """
    parameters = setup.parameters.copy()
    numbers = actors_by_kind(setup)
    held = parameters["initiator_share"] if role == "initiator" else parameters["endowment"][:, :, MONEY]
    held[:] = np.average(held, axis=1, weights=numbers)[:, None]
    return dataclasses.replace(setup, parameters=parameters)


def without_conditions(setup: Setup) -> Setup:
    """The world in which a project needs neither two sectors nor a mix of market and non-market to be one."""
    parameters = setup.parameters.copy()
    for name, value in WITHOUT_CONDITIONS.items():
        parameters[name] = value
    return dataclasses.replace(setup, parameters=parameters)


def actors_by_kind(setup: Setup) -> NDArray[np.float64]:
    """Actors of the model of each kind, shape (kinds,)."""
    strata: Any = setup.ground.strata
    return np.bincount(strata["kind"], weights=strata["count"], minlength=len(KINDS))


def _kinds(names: Iterable[str]) -> list[int]:
    return [KINDS.index(kind) for name in names for kind in KINDS_OF[name]]
