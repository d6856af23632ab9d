"""Several criteria at once: which schemes no other one dominates, how surely, and which are good enough on all.

One criterion alone lives in regret.py.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.choice.regret import RESAMPLES, wilson

if TYPE_CHECKING:
    import pandas as pd


def dominates(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each scheme is as good as each other one on every criterion, and better on one.

    Parameters
    ----------
    values
        Shape (…, schemes, criteria); more is better.

    Returns
    -------
    bool array (…, schemes, schemes)
        ``[…, i, j]``: scheme i dominates scheme j.
    """
    one, other = values[..., :, None, :], values[..., None, :, :]
    return (one >= other).all(axis=-1) & (one > other).any(axis=-1)


def front_table(schemes: Sequence[str], values: NDArray[np.float64], seed: int = 1) -> "pd.DataFrame":
    """One row a scheme: whether another one is better on every criterion.

    Parameters
    ----------
    schemes
        Their names.
    values
        Shape (schemes, draws, criteria), luck taken off; more is better.
    seed
        Of the resamples of draws.

    Returns
    -------
    DataFrame
        ``scheme``, ``front`` (none dominates it, on the means over draws), ``front_probability`` (share of resamples
        of draws in which that holds), ``front_share`` (share of draws in which none dominates it) with 95 % interval
        ``low``, ``high``.
    """
    import pandas as pd

    draws = values.shape[1]
    on_means = ~dominates(values.mean(axis=1)).any(axis=0)
    again = np.random.default_rng(seed).integers(draws, size=(RESAMPLES, draws))
    resampled = np.array([values[:, one].mean(axis=1) for one in again])
    surely = (~dominates(resampled).any(axis=1)).mean(axis=0)
    by_draw = ~dominates(values.transpose(1, 0, 2)).any(axis=1)
    rows = []
    for place, scheme in enumerate(schemes):
        low, high = wilson(int(by_draw[:, place].sum()), draws)
        row = {"scheme": scheme, "front": bool(on_means[place]), "front_probability": surely[place]}
        rows.append(row | {"front_share": by_draw[:, place].mean(), "low": low, "high": high})
    return pd.DataFrame(rows)


def dominance_table(schemes: Sequence[str], values: NDArray[np.float64]) -> "pd.DataFrame":
    """One row an ordered pair: ``scheme``, ``by``, and the ``share`` of draws in which the second dominates the first.

    ``on_means`` says whether it does on the means over draws. ``values`` as in :func:`front_table`.
    """
    import pandas as pd

    shares = dominates(values.transpose(1, 0, 2)).mean(axis=0)
    on_means = dominates(values.mean(axis=1))
    rows = [
        {"scheme": scheme, "by": by, "share": shares[j, i], "on_means": bool(on_means[j, i])}
        for i, scheme in enumerate(schemes)
        for j, by in enumerate(schemes)
        if i != j
    ]
    return pd.DataFrame(rows)


def enough_table(schemes: Sequence[str], values: NDArray[np.float64], least: NDArray[np.float64]) -> "pd.DataFrame":
    """One row a scheme: ``share`` of draws in which it is good enough on every criterion, interval ``low``, ``high``.

    Parameters
    ----------
    schemes, values
        As in :func:`front_table`.
    least
        What is good enough, shape (criteria,), in the sense of ``values``; minus infinity where anything is.
    """
    import pandas as pd

    rows = []
    for scheme, own in zip(schemes, values, strict=True):
        count = int((own >= least).all(axis=1).sum())
        low, high = wilson(count, len(own))
        rows.append({"scheme": scheme, "share": count / len(own), "low": low, "high": high})
    return pd.DataFrame(rows)
