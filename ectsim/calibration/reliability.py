"""How far two coders agree: Krippendorff's alpha and its companions, for every code, and the gate they open or close.

Sources: Hayes and Krippendorff (2007) for alpha; Cohen (1960, 1968) for kappa; Byrt, Bishop and Carlin (1993) for
PABAK; Hughes (arXiv 2210.13265) for the jackknife.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.codebook import Code, load_codebook
from ectsim.calibration.values import several

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews

Metric = Literal["nominal", "ordinal", "interval"]
Verdict = Literal["use", "flag", "widen"]
METRIC: Mapping[str, Metric] = {
    "O": "ordinal",
    "B": "ordinal",
    "P": "nominal",
    "N": "nominal",
    "M": "nominal",
    "C": "interval",
    "Q": "interval",
}
RELIABLE, TENTATIVE = 0.80, 0.667
LEAST_UNITS = 8
AGREED = 0.9
LEVEL = 0.95


@dataclass(frozen=True)
class Reliability:
    """Agreement of coders on one code, or on one modality (``item``) of a multiple choice.

    ``units`` counts what two coders or more coded: interviews, or themes, kinds and partners in them. ``agreement`` is
    the share of pairs of coders who gave the same value, ``prevalence`` that of the most frequent value (of "yes" for
    presences), ``kappa`` Cohen's, quadratically weighted on ordinal scales, averaged over pairs of coders. ``low`` and
    ``high`` bound ``alpha`` at 95 % by the jackknife over units. What is undefined is NaN.
    """

    code: str
    item: str
    metric: Metric
    units: int
    coders: int
    agreement: float
    prevalence: float
    kappa: float
    pabak: float
    alpha: float
    low: float
    high: float

    @property
    def name(self) -> str:
        """``CODE``, or ``CODE[modality]``."""
        return f"{self.code}[{self.item}]" if self.item else self.code

    @property
    def verdict(self) -> Verdict:
        """The gate: use, use and flag, or widen (the posterior is mixed with its prior) and recode.

        Where everybody gave one same value alpha is undefined, and agreement judges.
        """
        if self.units < LEAST_UNITS:
            return "widen"
        if math.isnan(self.alpha):
            return "use" if self.agreement >= AGREED else "widen"
        return "use" if self.alpha >= RELIABLE else "flag" if self.alpha >= TENTATIVE else "widen"


def assess(interviews: "Interviews") -> tuple[Reliability, ...]:
    """Reliability of every code that anybody coded, multiple choices modality by modality."""
    return tuple(
        _assess(code, item, units)
        for code in load_codebook().codes.values()
        if code.scale in METRIC
        for item, units in _ratings(code, interviews)
    )


def krippendorff_alpha(units: Sequence[Sequence[float]], metric: Metric) -> float:
    """Krippendorff's alpha = 1 - D_o / D_e; NaN when nothing varies or nothing was coded twice.

    Parameters
    ----------
    units
        For each unit, the values that coders gave it, one each, in any order. Units with one value count for nothing.
    """
    paired = [np.asarray(unit, float) for unit in units if len(unit) > 1]
    if not paired:
        return math.nan
    coincidences, values = _coincidences(paired)
    totals = coincidences.sum(axis=0)
    n = totals.sum()
    distances = _squared_distances(values, totals, metric)
    expected = (np.outer(totals, totals) * distances).sum() / (n - 1) if n > 1 else 0.0
    return 1.0 - (coincidences * distances).sum() / expected if expected > 0 else math.nan


def _coincidences(paired: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix of coincidences o_ck = sum over units of pairs (c, k) / (m_u - 1), and the values it is about, sorted."""
    values = np.unique(np.concatenate(paired))
    counts = np.array([(unit[:, None] == values).sum(axis=0) for unit in paired], float)
    sizes = counts.sum(axis=1, keepdims=True)
    weighted = counts / np.maximum(sizes - 1, 1)
    return weighted.T @ counts - np.diag(weighted.sum(axis=0)), values


def _squared_distances(values: NDArray[np.float64], totals: NDArray[np.float64], metric: Metric) -> NDArray[np.float64]:
    """Squared distance between each two values."""
    if metric == "nominal":
        return 1.0 - np.eye(len(values))
    # an ordinal distance is the number of values given between two, half of each end counted
    places = np.cumsum(totals) - totals / 2 if metric == "ordinal" else values
    return np.subtract.outer(places, places) ** 2


def jackknife_interval(units: Sequence[Sequence[float]], metric: Metric) -> tuple[float, float]:
    """Bounds of alpha at 95 %: Student's interval on the jackknife over units; NaN where alpha is undefined."""
    from scipy import stats

    paired = [unit for unit in units if len(unit) > 1]
    whole = krippendorff_alpha(paired, metric)
    without = np.array([krippendorff_alpha([*paired[:i], *paired[i + 1 :]], metric) for i in range(len(paired))])
    without = without[~np.isnan(without)]
    n = len(without)
    if n < 2 or math.isnan(whole):
        return math.nan, math.nan
    error = math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    reach = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return max(whole - reach, -1.0), min(whole + reach, 1.0)


def cohen_kappa(first: Sequence[float], second: Sequence[float], metric: Metric) -> float:
    """Cohen's kappa of two coders on the same units, in order; quadratic weights unless the metric is nominal.

    NaN when each gave one same value throughout.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if metric == "nominal":
        observed, expected = (a != b).mean(), (a[:, None] != b).mean()
    else:
        observed, expected = ((a - b) ** 2).mean(), (np.subtract.outer(a, b) ** 2).mean()
    return float(1 - observed / expected) if expected > 0 else math.nan


def _assess(code: Code, item: str, units: Sequence[Mapping[str, float]]) -> Reliability:
    metric, paired = METRIC[code.scale], [unit for unit in units if len(unit) > 1]
    values = [tuple(unit.values()) for unit in paired]
    agreement = float(np.mean([_pairs_equal(unit) for unit in values])) if values else math.nan
    low, high = jackknife_interval(values, metric)
    return Reliability(
        code=code.name,
        item=item,
        metric=metric,
        units=len(paired),
        coders=len({coder for unit in units for coder in unit}),
        agreement=agreement,
        prevalence=_prevalence(code, values),
        kappa=_mean_kappa(paired, metric),
        pabak=_pabak(agreement, 2 if code.scale == "M" else len(code.categories)),
        alpha=krippendorff_alpha(values, metric),
        low=low,
        high=high,
    )


def _pairs_equal(unit: Sequence[float]) -> float:
    return float(np.mean([a == b for a, b in itertools.combinations(unit, 2)]))


def _prevalence(code: Code, values: Sequence[Sequence[float]]) -> float:
    every = [value for unit in values for value in unit]
    if not every:
        return math.nan
    return float(np.mean(every)) if code.scale in ("P", "M") else max(map(every.count, every)) / len(every)


def _pabak(agreement: float, choices: int) -> float:
    """Kappa if every value were as frequent as any other: 2 p_o - 1 for two; NaN for counts and quantities."""
    return (choices * agreement - 1) / (choices - 1) if choices > 1 else math.nan


def _mean_kappa(units: Sequence[Mapping[str, float]], metric: Metric) -> float:
    coders = sorted({coder for unit in units for coder in unit})
    found = []
    for a, b in itertools.combinations(coders, 2):
        both = [(unit[a], unit[b]) for unit in units if a in unit and b in unit]
        if both:
            found.append(cohen_kappa(*zip(*both, strict=True), metric=metric))
    defined = [kappa for kappa in found if not math.isnan(kappa)]
    return float(np.mean(defined)) if defined else math.nan


def _ratings(code: Code, interviews: "Interviews") -> Iterator[tuple[str, list[dict[str, float]]]]:
    """Units of a code (and modality): for each, the values by coder."""
    rows = _consented(interviews, code)
    if not len(rows):
        return
    if code.scale != "M":
        names = list(code.categories)
        numbers = [names.index(value) if code.scale == "N" else float(value) for value in rows["value"]]
        yield "", _units(rows, numbers)
        return
    for modality in code.categories:
        yield modality, _units(rows, [float(modality in several(value)) for value in rows["value"]])


def _consented(interviews: "Interviews", code: Code) -> "pd.DataFrame":
    who = interviews.interviews
    allowed = list(who["interview_id"][who["consent_analysis"]])
    told = interviews.codings
    chosen = (told["code"] == code.name) & (told["status"] == "code") & told["interview_id"].isin(allowed)
    return told.loc[chosen]


def _units(rows: "pd.DataFrame", values: Sequence[float]) -> list[dict[str, float]]:
    units: dict[tuple[str, str], dict[str, float]] = {}
    for interview, target, coder, value in zip(
        rows["interview_id"], rows["target"], rows["coder_id"], values, strict=True
    ):
        units.setdefault((interview, target), {})[coder] = float(value)
    return list(units.values())
