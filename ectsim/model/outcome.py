"""One measure of a run, and what the formulas of many share. The measures themselves live in outcomes.py."""

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import current_language

Direction = Literal["more", "less", "neither"]
Formula = Callable[[Any], NDArray[np.float64]]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One measure of a run.

    ``formula`` takes a record array of tallies of shape (R,) and returns R numbers, NaN where the measure is not
    defined (a mean over no project); ``direction`` says whether more is better, where anybody would say so.
    """

    name: str
    unit: str
    direction: Direction
    label_fr: str
    label_en: str
    formula: Formula

    @property
    def label(self) -> str:
        """Label in the current language."""
        return self.label_fr if current_language() == "fr" else self.label_en


def ratio(top: Any, bottom: Any) -> NDArray[np.float64]:
    """Top over bottom, NaN where the bottom is 0."""
    top, bottom = np.asarray(top, float), np.asarray(bottom, float)
    return np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom != 0)


def reached(tallies: Any, stage: int, origin: int | None = None) -> NDArray[np.float64]:
    """Projects that reached a stage in the horizon, of one origin or all; shape (R,)."""
    counts = tallies["reached"][:, stage]
    counts = counts if origin is None else counts[:, [origin]]
    return counts.sum(axis=(1, 2, 3)).astype(float)


def survival(tallies: Any, group: int | None, months: int) -> NDArray[np.float64]:
    """Kaplan–Meier share of emerged projects alive after ``months``, of one group of origin or all; shape (R,)."""
    pick = slice(None) if group is None else slice(group, group + 1)
    at_risk = tallies["at_risk"][:, pick, :months].sum(axis=1)
    lost = tallies["lost"][:, pick, :months].sum(axis=1)
    alive = 1.0 - np.divide(lost, at_risk, out=np.zeros(lost.shape), where=at_risk > 0)
    return np.where(at_risk.all(axis=1), alive.prod(axis=1), np.nan)
