"""Draws of the parameters, from a posterior or from the priors, packed for every world of a hypothesis."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.hypotheses.settings import Arm, Uncertainty
from ectsim.experiments.factors import Factor, in_full, scaled
from ectsim.parameters import PARAMETERS, pack, place_of
from ectsim.posterior import load_posterior

PRIORS = "priors"
DESIGN_SEED = 1


@dataclasses.dataclass(frozen=True)
class Draws:
    """D sets of values of the F parameters that are uncertain.

    ``digest`` is the SHA-256 of the posterior's file, None for priors; ``notice`` is what it says where it rests on
    fictive rows, else "".
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    digest: str | None = None
    notice: str = ""

    def packed(self, arm: Arm) -> Any:
        """Parameters of a world, record array (D,): drawn, then as its scenario says, then multiplied.

        Raises
        ------
        InputError
            If a value the scenario gives is not as expected.
        """
        packed = np.repeat(pack(arm.scenario.overrides), len(self.values)).view(np.recarray)
        for name, column in zip(self.names, self.values.T, strict=True):
            if name not in arm.scenario.overrides:
                _column(packed, name)[:] = column
        for name, factor in arm.multiply.items():
            parameter = PARAMETERS[name]
            column = _column(packed, name)
            column[:] = np.clip(column * factor, parameter.low, parameter.high)
        return packed

    def varying(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Names and values of the parameters that differ between draws."""
        differ = np.ptp(self.values, axis=0) > 0
        return tuple(np.array(self.names)[differ].tolist()), self.values[:, differ]


def _column(packed: Any, name: str) -> NDArray[np.float64]:
    field, index = place_of(name)
    return packed[field][(slice(None), *index)]


def draw_parameters(uncertainty: Uncertainty, source: Path | None = None) -> Draws:
    """Draws a hypothesis asks for; a file of draws is named from the folder of ``source``, that of the hypothesis.

    Of a posterior, its first rows (their order means nothing); of the priors, a Latin hypercube over every parameter
    that has one.

    Raises
    ------
    InputError
        If there is no such posterior, or it is not as expected.
    """
    if uncertainty.posterior == PRIORS:
        return _from_priors(uncertainty.draws)
    posterior = load_posterior(uncertainty.posterior, source)
    return Draws(posterior.names, posterior.draws[: uncertainty.draws], posterior.digest, posterior.notice)


def _from_priors(draws: int) -> Draws:
    from scipy.stats import qmc

    names = tuple(name for name, parameter in PARAMETERS.items() if parameter.prior != "fixed")
    unit = qmc.LatinHypercube(len(names), rng=np.random.default_rng(DESIGN_SEED)).random(draws)
    factors = [Factor.model_validate(in_full({"name": name})) for name in names]
    return Draws(names, scaled(factors, unit))


def described(uncertainty: Uncertainty, source: Path | None = None) -> Mapping[str, Any]:
    """What the draws of ``uncertainty`` come from, for a seal: the digest of the posterior, None for priors."""
    name = uncertainty.posterior
    return {"posterior": None if name == PRIORS else load_posterior(name, source).digest}
