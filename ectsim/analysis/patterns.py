"""The published patterns against runs of the model, luck and parameters drawn together."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.experiments.ensembles import Progress, run_worlds
from ectsim.experiments.patterns import PATTERNS, Pattern
from ectsim.model.simulation import Setup, prepare
from ectsim.scenario.reading import load_scenario

if TYPE_CHECKING:
    import pandas as pd

LUCK = (0.025, 0.975)
"""Share of runs below and above which a single run is left out of the interval of luck."""
SCENARIOS = tuple(dict.fromkeys(pattern.scenario for pattern in PATTERNS))
UNMEASURED = (math.nan, math.nan, math.nan, math.nan, 0)


def pattern_setups() -> tuple[Setup, ...]:
    """The scenarios of the patterns, ready to run."""
    return tuple(prepare(load_scenario(name)) for name in SCENARIOS)


def check_patterns(
    runs: int = 200,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    setups: Sequence[Setup] | None = None,
) -> "pd.DataFrame":
    """Each pattern in its own scenario, against its accepted range; ``setups`` are those of :func:`pattern_setups`.

    Returns
    -------
    DataFrame
        One row a pattern of ``PATTERNS``: ``id``, ``name``, ``what`` (label), ``scenario``, ``unit``, ``role``,
        ``target``, ``value`` (over all runs together), ``low`` and ``high`` (between which 95 % of single runs fall:
        a territory lives one), ``runs`` (in which it is defined), ``accept_low``, ``accept_high``, ``inside`` ("yes",
        "no", or "" where there is no range or no value), ``probability`` (share of single runs inside) and ``source``.
    """
    worlds = run_worlds(setups or pattern_setups(), range(seed, seed + runs), threads=threads, progress=progress)
    return pattern_table(dict(zip(SCENARIOS, worlds.tallies, strict=True)))


def pattern_table(tallies: Mapping[str, Any]) -> "pd.DataFrame":
    """The patterns in the tallies, of shape (R,), of each scenario by name; columns as :func:`check_patterns`."""
    import pandas as pd

    return pd.DataFrame([_row(pattern, tallies) for pattern in PATTERNS])


def _row(pattern: Pattern, tallies: Mapping[str, Any]) -> dict[str, object]:
    value, low, high, probability, runs = _measured(pattern, tallies[pattern.scenario])
    accept_low, accept_high = pattern.accept
    known = not (math.isnan(value) or math.isnan(accept_low))
    return {
        "id": pattern.id,
        "name": pattern.name,
        "what": pattern.label,
        "scenario": pattern.scenario,
        "unit": pattern.unit,
        "role": pattern.role,
        "target": pattern.target,
        "value": value,
        "low": low,
        "high": high,
        "runs": runs,
        "accept_low": accept_low,
        "accept_high": accept_high,
        "inside": ("yes" if accept_low <= value <= accept_high else "no") if known else "",
        "probability": probability,
        "source": pattern.source,
    }


def _measured(pattern: Pattern, tallies: Any) -> tuple[float, float, float, float, int]:
    """Ratio over all runs together; of single runs bounds, share inside the range, number in which it is defined."""
    top, bottom = (np.asarray(part, float) for part in pattern.parts(tallies))
    defined = bottom > 0
    if not defined.any():
        return UNMEASURED
    single = top[defined] / bottom[defined]
    low, high = np.quantile(single, LUCK)
    accept_low, accept_high = pattern.accept
    probability = (
        math.nan if math.isnan(accept_low) else float(((accept_low <= single) & (single <= accept_high)).mean())
    )
    return float(top.sum() / bottom.sum()), float(low), float(high), probability, int(defined.sum())


def patterns_inside(table: "pd.DataFrame") -> dict[str, bool]:
    """Whether every quantity of each pattern that counts (not "check only") lies inside its range, by id."""
    counting = table[table["role"] != "check only"]
    return {str(name): bool((rows["inside"] == "yes").all()) for name, rows in counting.groupby("id", sort=False)}
