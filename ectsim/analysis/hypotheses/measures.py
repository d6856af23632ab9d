"""What a hypothesis may measure: every outcome, and some more; of the runs of one draw together, with luck's part.

What the measures are compared to lives in verdicts.py.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import text
from ectsim.model.outcome import ratio
from ectsim.model.outcomes import OUTCOMES
from ectsim.model.state import CALL_PATHS
from ectsim.model.tally import GROUPS
from ectsim.model.twins import ACCELERATED, ADDITIONAL, CUT_OFFS, DISPLACED
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND

HORIZON, AFTER = (CUT_OFFS.index(name) for name in ("horizon", "after"))
PUBLIC = [kind for kind, name in enumerate(KINDS) if SECTOR_OF_KIND[name] == "public"]
LATE = slice(24, 60)
"""Ages in months of emerged projects whose grant, paid over 24 months, is over."""
Formula = Callable[[Any, Any], NDArray[np.float64]]
"""From tallies and twins, both of shape (K,), to K numbers, NaN where undefined."""


@dataclasses.dataclass(frozen=True)
class Measure:
    """Something to measure in a world; ``twins`` tells whether it needs the world without the scheme."""

    name: str
    unit: str
    formula: Formula
    twins: bool = False

    @property
    def label(self) -> str:
        """Label in the current language."""
        outcome = OUTCOMES.get(self.name)
        return outcome.label if outcome else text(f"hypotheses.measure.{self.name}")


def _late_hazard(group: int) -> Formula:
    return lambda t, _: 12.0 * ratio(t["lost"][:, group, LATE].sum(axis=1), t["at_risk"][:, group, LATE].sum(axis=1))


def _net(cut_off: int) -> Formula:
    def net(_: Any, twins: Any) -> NDArray[np.float64]:
        fates = twins["fates"][:, cut_off].sum(axis=2)
        return (fates[:, ADDITIONAL] - fates[:, DISPLACED]).astype(float)

    return net


def _accelerated_windfall(_: Any, twins: Any) -> NDArray[np.float64]:
    return ratio(twins["windfall"][:, HORIZON, 1], twins["funded_emerged"][:, HORIZON])


def _windfall(_: Any, twins: Any) -> NDArray[np.float64]:
    return ratio(twins["windfall"][:, HORIZON].sum(axis=1), twins["funded_emerged"][:, HORIZON])


def _months_gained(_: Any, twins: Any) -> NDArray[np.float64]:
    return ratio(twins["months_gained"][:, HORIZON], twins["fates"][:, HORIZON, ACCELERATED].sum(axis=1))


def _awarded_public(tallies: Any, _: Any) -> NDArray[np.float64]:
    return ratio(tallies["awarded_carriers"][:, PUBLIC].sum(axis=1), tallies["awarded_carriers"].sum(axis=1))


def _awarded_existing(tallies: Any, _: Any) -> NDArray[np.float64]:
    born = tallies["awarded"][:, CALL_PATHS.index("call_born")]
    everything = tallies["awarded"].sum(axis=1)
    return ratio(everything - born, everything)


def _of_outcome(name: str) -> Measure:
    outcome = OUTCOMES[name]
    return Measure(name, outcome.unit, lambda t, _: np.asarray(outcome.formula(t), float))


MEASURES: dict[str, Measure] = {name: _of_outcome(name) for name in OUTCOMES} | {
    measure.name: measure
    for measure in (
        *(Measure(f"late_hazard_{name}", "1/year", _late_hazard(group)) for group, name in enumerate(GROUPS)),
        Measure("awarded_public", "share", _awarded_public),
        Measure("awarded_existing", "share", _awarded_existing),
        Measure("net_additional", "projects", _net(HORIZON), twins=True),
        Measure("net_additional_after", "projects", _net(AFTER), twins=True),
        Measure("windfall_share", "share", _windfall, twins=True),
        Measure("accelerated_windfall_share", "share", _accelerated_windfall, twins=True),
        Measure("months_gained", "months", _months_gained, twins=True),
    )
}
TWIN_MEASURES = tuple(name for name, measure in MEASURES.items() if measure.twins)


@dataclasses.dataclass(frozen=True)
class Measured:
    """A measure of D draws with R seeds each.

    Attributes
    ----------
    value : float array (D,)
        Of the runs of each draw together: ratios are of sums, not means of ratios.
    pseudo : float array (D, R)
        Jackknife pseudo-values, one a run: their mean is nearly ``value`` and their spread is luck's. For a count
        they are the counts themselves. (Quenouille 1956; Tukey 1958.)
    """

    value: NDArray[np.float64]
    pseudo: NDArray[np.float64]

    def __sub__(self, other: "Measured") -> "Measured":
        return Measured(self.value - other.value, self.pseudo - other.pseudo)


def measured(measure: Measure, tallies: Any, twins: Any) -> Measured:
    """``measure`` of record arrays (D, R); ``twins`` is empty where there is no twin world."""
    together, without_one = _pooled(tallies)
    twins_together, twins_without_one = _pooled(twins) if measure.twins else (None, None)
    seeds = tallies.shape[1]
    value = measure.formula(together, twins_together)
    left = measure.formula(without_one, twins_without_one).reshape(tallies.shape)
    return Measured(value, seeds * value[:, None] - (seeds - 1) * left)


def _pooled(records: Any) -> tuple[Any, Any]:
    """Means over the R runs of each draw, (D,); and the means without each run in turn, (D·R,)."""
    draws, seeds = records.shape
    floats = np.dtype([(name, "f8", records.dtype[name].shape) for name in records.dtype.names])
    together, without_one = np.zeros(draws, floats), np.zeros((draws, seeds), floats)
    for name in records.dtype.names:
        values = records[name].astype(float)
        total = values.sum(axis=1)
        together[name] = total / seeds
        without_one[name] = (total[:, None] - values) / (seeds - 1)
    return together.view(np.recarray), without_one.reshape(-1).view(np.recarray)
