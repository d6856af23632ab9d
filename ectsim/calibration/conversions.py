"""From the scales of interviews to the units of parameters: what an answer of a typical actor means to the model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ectsim.calibration.codebook import Code
from ectsim.calibration.grid import DOUBLING
from ectsim.parameters import PARAMETERS
from ectsim.world.population import DURATION_SPREAD

Floats = NDArray[np.float64]
Scale = Literal["logit", "log", "linear"]


@dataclass(frozen=True)
class Conversion:
    """How locations of a fit become values of a parameter.

    ``in_units(location, default, rng)`` gives the values; groups are averaged on ``scale``; ``assumption`` names what
    is assumed on the way, a text of the locale, or is empty.
    """

    in_units: Callable[[Floats, float, np.random.Generator], Floats]
    scale: Scale
    assumption: str = ""


def _share(location: Floats, default: float, rng: np.random.Generator) -> Floats:
    return special.expit(location)


def _multiple(location: Floats, default: float, rng: np.random.Generator) -> Floats:
    return default * np.exp(DOUBLING * location)


def _relative(spread: float) -> Callable[[Floats, float, np.random.Generator], Floats]:
    """A rating says how an actor stands among its like: the middle of the scale stands for the default."""

    def in_units(location: Floats, default: float, rng: np.random.Generator) -> Floats:
        return default * np.exp(spread * location)

    return in_units


def _effect(largest: float) -> Callable[[Floats, float, np.random.Generator], Floats]:
    """An opinion gives sign and rank of an effect, its size b is not known: default + b(2u - 1), b ~ U(0, largest)."""

    def in_units(location: Floats, default: float, rng: np.random.Generator) -> Floats:
        size = rng.uniform(0.0, largest, (len(location), *[1] * (location.ndim - 1)))
        return default + size * (2 * special.expit(location) - 1)

    return in_units


_BY_RULE: Mapping[str, Conversion] = {
    "L": Conversion(_share, "logit"),
    "Bb": Conversion(_share, "linear"),
    "D": Conversion(lambda shares, default, rng: shares, "linear"),
    "lognormal": Conversion(_multiple, "log", "declared"),
    "empirical": Conversion(_multiple, "log", "declared"),
    "negbin": Conversion(_multiple, "linear", "declared"),
}
_STANDING = {"endowment": PARAMETERS["endowment_spread"].default, "application_cost_factor": DURATION_SPREAD}


def conversion(code: Code, parameter: str) -> Conversion:
    """The conversion of a code to ``parameter``, or to its own scale (shares, effects of at most 1) where empty."""
    field = parameter.partition("[")[0]
    if code.rule == "E":
        known = PARAMETERS.get(parameter)
        largest = min(known.high - known.default, known.default - known.low) if known else 1.0
        return Conversion(_effect(largest), "linear", "effect")
    if code.rule == "L" and field in _STANDING:
        return Conversion(_relative(_STANDING[field]), "log", "standing")
    return _BY_RULE[code.rule]


def per_tie(parameter: str, told: Floats, ties: Floats) -> Floats:
    """Share of ties, from what actors tell of themselves and their number of ties.

    ``conflict_share``: a share p of actors lived through a conflict at least once in T ties, p = 1 - (1 - q)^T.
    ``past_cooperation``: past cooperations over ties, at most 1.
    """
    ties = np.maximum(ties, 1.0)
    if parameter == "conflict_share":
        return 1.0 - (1.0 - told) ** (1.0 / ties)
    return np.minimum(1.0, told / ties)
