"""Sobol' indices of a quantity from a Saltelli design: freed of luck, with bootstrap intervals and how they settled."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.sensitivity.noise import Luck, Noise, corrected
from ectsim.analysis.sensitivity.salib import SobolOutputs, first_and_total, second

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 1_000
AT_ONCE = 100
"""Resamples held in memory at a time."""
STEPS = (1 / 8, 1 / 4, 1 / 2, 1)
"""Shares of the base rows at which indices are computed, to see them settle."""
FEWEST_ROWS = 16
BOUNDS = (0.025, 0.975)


def defined_rows(outputs: SobolOutputs) -> SobolOutputs:
    """The base rows all of whose outputs are defined."""
    parts = [part.reshape(len(part), -1) for part in outputs if part is not None]
    return outputs.rows(~np.isnan(np.hstack(parts)).any(axis=1))


def varies(outputs: SobolOutputs) -> bool:
    """Whether there is anything to explain, and rows enough to do so."""
    return len(outputs.a) >= FEWEST_ROWS and bool(np.ptp(np.r_[outputs.a, outputs.b]) > 0)


def index_table(
    names: Sequence[str],
    outputs: SobolOutputs,
    noise: Noise,
    luck: Luck,
    generator: np.random.Generator,
    *,
    pairs: bool = True,
) -> "pd.DataFrame":
    """First and total indices of each factor or group, and those of pairs where the design has them.

    Returns
    -------
    DataFrame
        ``index`` (S1, ST, S2), ``factor``, ``other`` (the second of a pair), ``raw`` (as estimated, luck included),
        ``value`` (freed of luck), ``low``, ``high`` (95 %, over resamples of the base rows and of ν together).
    """
    import pandas as pd

    scaled = _scaled(outputs)
    resampled = list(_resampled(scaled, len(noise.draws), generator))
    first, total = first_and_total(scaled)
    drawn = [first_and_total(part) for part in resampled]
    firsts, totals = (np.concatenate([one[place] for one in drawn], axis=1) for place in (0, 1))
    value = corrected(first, total, noise.share, luck)
    draws = corrected(firsts, totals, noise.draws, luck)
    rows = []
    for name, raw, point, resamples in (("S1", first, value[0], draws[0]), ("ST", total, value[1], draws[1])):
        for place, factor in enumerate(names):
            rows.append((name, factor, None, raw[place], point[place], *np.quantile(resamples[place], BOUNDS)))
    if pairs and scaled.ba is not None:
        rows += _pairs(names, scaled, resampled, noise, luck)
    return pd.DataFrame(rows, columns=["index", "factor", "other", "raw", "value", "low", "high"])


def _scaled(outputs: SobolOutputs) -> SobolOutputs:
    """Outputs with mean 0 and variance 1: far from 0 the estimators lose precision."""
    known = np.concatenate([part.ravel() for part in outputs if part is not None])
    mean, spread = known.mean(), known.std()
    return outputs.each(lambda part: (part - mean) / spread)


def _resampled(outputs: SobolOutputs, resamples: int, generator: np.random.Generator) -> Iterator[SobolOutputs]:
    """Base rows drawn again, some resamples at a time: arrays (N, B) and (N, F, B)."""
    count = len(outputs.a)
    for start in range(0, resamples, AT_ONCE):
        chosen = generator.integers(count, size=(count, min(AT_ONCE, resamples - start)))
        # rows, resamples, factors → rows, factors, resamples
        yield outputs.rows(chosen).each(lambda part: np.moveaxis(part, -1, 1) if part.ndim == 3 else part)


def _pairs(
    names: Sequence[str], outputs: SobolOutputs, resampled: Sequence[SobolOutputs], noise: Noise, luck: Luck
) -> Iterator[tuple[Any, ...]]:
    for one in range(len(names)):
        for other in range(one + 1, len(names)):
            raw = second(outputs, one, other)
            draws = np.concatenate([second(part, one, other) for part in resampled])
            value, _ = corrected(raw, 0.0, noise.share, luck)
            drawn, _ = corrected(draws, 0.0, noise.draws, luck)
            yield "S2", names[one], names[other], float(raw), float(value), *np.quantile(drawn, BOUNDS)


def convergence(
    names: Sequence[str], outputs: SobolOutputs, noise: Noise, luck: Luck, generator: np.random.Generator
) -> "pd.DataFrame":
    """First and total indices from the first base rows alone, more and more of them; ``rows`` says how many."""
    import pandas as pd

    sizes = sorted({round(len(outputs.a) * step) for step in STEPS})
    tables = []
    for size in sizes:
        part = outputs.rows(slice(size))
        if varies(part):
            found = index_table(names, part, noise, luck, generator, pairs=False)
            tables.append(found.drop(columns="other").assign(rows=size))
    return pd.concat(tables, ignore_index=True)
