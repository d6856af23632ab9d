"""Regret: what is lost by holding to one scheme, draw by draw, against the best one for that draw (Savage 1951).

Several criteria at once live in front.py.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.intervals import LEVEL, mean_interval

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 1000
FAR = 0.9
"""Share of the draws in which regret stays below what ``regret_90`` says."""


def without_luck(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Expected value of each scheme in each draw, its luck taken off, and the share of luck.

    The best of several noisy means looks better than it is, and the worst regret of many draws is mostly that. Each
    mean over replicates is therefore drawn towards the mean of its scheme until the means of a scheme spread over the
    draws as its expected values do (Louis 1984, JASA 79: estimates whose quantiles are those wanted; the usual
    empirical Bayes ones spread too little).

    Parameters
    ----------
    values
        Shape (schemes, draws, replicates), two replicates or more, with luck of their own in each draw.

    Returns
    -------
    values
        Shape (schemes, draws).
    luck
        Shape (schemes,): share of luck in the variance of the means, 0 to 1.
    """
    means = values.mean(axis=2)
    noise = values.var(axis=2, ddof=1).mean(axis=1) / values.shape[2]
    spread = means.var(axis=1, ddof=1) if means.shape[1] > 1 else np.zeros(len(means))
    luck = np.divide(noise, spread, out=np.where(noise > 0, 1.0, 0.0), where=spread > 0).clip(0.0, 1.0)
    centre = means.mean(axis=1, keepdims=True)
    return centre + np.sqrt(1.0 - luck[:, None]) * (means - centre), luck


def regrets(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Best value of each draw less that of each scheme, shape (schemes, draws); more is better in ``values``."""
    return values.max(axis=0) - values


def regret_table(schemes: Sequence[str], values: NDArray[np.float64], sign: int, seed: int = 1) -> "pd.DataFrame":
    """One row a scheme: its effect and its regret on one criterion.

    Parameters
    ----------
    schemes
        Their names.
    values
        Shape (schemes, draws, replicates), see :func:`without_luck`.
    sign
        1 where more is better, else -1.
    seed
        Of the resamples of draws.

    Returns
    -------
    DataFrame
        ``scheme``; ``effect`` with 95 % interval ``low``, ``high`` (over draws and luck); ``regret_mean``,
        ``regret_90`` (not exceeded in nine draws of ten) with interval ``regret_90_low``, ``regret_90_high`` over
        resamples of draws; ``regret_worst`` of these draws; ``best_share`` of draws in which none does better; and
        ``luck``, the share of luck in the variance between draws, taken off.
    """
    import pandas as pd

    expected, luck = without_luck(sign * values)
    found = regrets(expected)
    generator = np.random.default_rng(seed)
    again = generator.integers(found.shape[1], size=(RESAMPLES, found.shape[1]))
    tails = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    rows = []
    for place, scheme in enumerate(schemes):
        effect = mean_interval(values[place].mean(axis=1))
        low, high = np.quantile(np.quantile(found[place][again], FAR, axis=1), tails)
        rows.append(
            {
                "scheme": scheme,
                "effect": effect.value,
                "low": effect.low,
                "high": effect.high,
                "regret_mean": found[place].mean(),
                "regret_90": np.quantile(found[place], FAR),
                "regret_90_low": low,
                "regret_90_high": high,
                "regret_worst": found[place].max(),
                "best_share": (found[place] == 0).mean(),
                "luck": luck[place],
            }
        )
    return pd.DataFrame(rows)


def wilson(count: int, total: int) -> tuple[float, float]:
    """Bounds of the 95 % interval of a share (Wilson 1927)."""
    from scipy.stats import binomtest

    found = binomtest(count, total).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)
