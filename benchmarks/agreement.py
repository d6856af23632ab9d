"""Ours against pure Mesa: the ratio of speeds in one run, and whether outcomes have one distribution.

The rules of the pure version live in pure_mesa.py.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.setups import scaled_setup
from ectsim.experiments.ensembles import run
from ectsim.model.simulation import Setup, allocate_state, begin

SIGNIFICANCE = 0.05
OUTCOMES = ("ideas", "collectives", "structured", "emerged", "engaged", "live", "propensity")


def compiled_outcomes(setup: Setup, state: Any) -> dict[str, float]:
    """Outcomes of the horizon of a state that has been run, named as in ``PureModel.outcomes``."""
    horizon = setup.scenario.horizon
    start, end = horizon.burn_in, horizon.burn_in + horizon.months
    month = state.projects["stage_month"][: int(state.clock[0].projects)]
    reached = ((month >= start) & (month < end)).sum(axis=0)
    outcomes = {name: float(reached[stage]) for stage, name in enumerate(OUTCOMES[:4])}
    outcomes["engaged"] = float(state.months["engaged"][start:end].mean())
    outcomes["live"] = float(state.months["stages"][start:end].sum(axis=1).mean())
    outcomes["propensity"] = float(state.actors["propensity"].mean())
    return outcomes


def both(seeds: Sequence[int], **sizes: int) -> tuple[dict[str, Any], dict[str, NDArray], dict[str, NDArray]]:
    """Run both versions from the same drawn populations; the ratio of speeds, and the outcomes of each by name.

    Only months are timed: the population of the pure version is read from ours.
    """
    from benchmarks.pure_mesa import PureModel

    setup = scaled_setup(**sizes)
    state = allocate_state(setup)
    begin(setup, state, 1)
    run(state, setup, 1)
    ours, theirs = [], []
    fast = slow = 0.0
    for seed in seeds:
        begin(setup, state, seed)
        start = time.thread_time()
        run(state, setup, setup.months)
        fast += time.thread_time() - start
        ours.append(compiled_outcomes(setup, state))
        model = PureModel(setup, seed)
        start = time.thread_time()
        model.run_for(setup.months)
        slow += time.thread_time() - start
        theirs.append(model.outcomes())
    actor_months = setup.scenario.population.actors * setup.months * len(seeds)
    speed = {
        "runs": len(seeds),
        "months": setup.months,
        "compiled, ns per actor-month": fast / actor_months * 1e9,
        "pure Mesa, ns per actor-month": slow / actor_months * 1e9,
        "ratio": slow / fast,
    }
    return speed, *({name: np.array([o[name] for o in runs]) for name in OUTCOMES} for runs in (ours, theirs))


def holm(chances: Sequence[float]) -> NDArray:
    """Chances adjusted for many tests (Holm 1979), in the order given."""
    order = np.argsort(chances)
    adjusted = np.empty(len(chances))
    adjusted[order] = np.minimum(
        1.0, np.maximum.accumulate(np.asarray(chances)[order] * np.arange(len(chances), 0, -1))
    )
    return adjusted


def same_distribution(ours: Mapping[str, NDArray], theirs: Mapping[str, NDArray]) -> list[dict[str, Any]]:
    """Test each outcome twice, Kolmogorov–Smirnov and Mann–Whitney, Holm's correction over all tests.

    The populations are the same in both samples, which makes the samples alike in part and the tests cautious; hence a
    Wilcoxon test of the paired differences too, which only sees what the months add.
    """
    from scipy import stats

    tests: list[float] = []
    for name in ours:
        a, b = ours[name], theirs[name]
        tests += [stats.ks_2samp(a, b).pvalue, stats.mannwhitneyu(a, b).pvalue]
        tests.append(stats.wilcoxon(a, b).pvalue if np.any(a != b) else 1.0)
    adjusted = holm(tests)
    rows = []
    for place, name in enumerate(ours):
        a, b = ours[name], theirs[name]
        error = float(np.std(a - b, ddof=1) / np.sqrt(len(a)))
        rows.append(
            {
                "outcome": name,
                "compiled": float(a.mean()),
                "pure Mesa": float(b.mean()),
                "difference": float(a.mean() - b.mean()),
                "standard error": error,
                "KS p": tests[3 * place],
                "Mann–Whitney p": tests[3 * place + 1],
                "Wilcoxon p": tests[3 * place + 2],
                "least p after Holm": float(adjusted[3 * place : 3 * place + 3].min()),
                "same": bool(adjusted[3 * place : 3 * place + 3].min() >= SIGNIFICANCE),
            }
        )
    return rows
