"""Every outcome once, by name. What each is lives in project_outcomes.py and territory_outcomes.py."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.model.outcome import Outcome
from ectsim.model.project_outcomes import counts, flows, portraits, rates, roles, survivals
from ectsim.model.territory_outcomes import ecosystem, stocks, values_and_money


def _all() -> Mapping[str, Outcome]:
    groups = (
        counts(),
        rates(),
        survivals(),
        portraits(),
        stocks(),
        flows(),
        values_and_money(),
        roles(),
        ecosystem("initial", " au mois 0", " at month 0"),
        ecosystem("final", " à la fin", " at the end"),
    )
    return {outcome.name: outcome for group in groups for outcome in group}


OUTCOMES: Mapping[str, Outcome] = _all()


def measure(tallies: Any, names: tuple[str, ...] | None = None) -> dict[str, NDArray[np.float64]]:
    """Outcomes of R runs from their tallies (record array of shape (R,)): name → array of shape (R,)."""
    return {name: OUTCOMES[name].formula(tallies) for name in (names or OUTCOMES)}
