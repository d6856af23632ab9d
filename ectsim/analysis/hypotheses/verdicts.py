"""The statistics of a verdict: parts of variance, how probable a direction is, the rule, several hypotheses at once.

Pure functions of numbers; runs live in testing.py.
"""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.hypotheses.measures import Measured

Verdict = Literal["supported", "contradicted", "undecided"]
LEAST_DRAWS = 8
"""Draws in which an effect must be defined to be judged."""
CENTRAL = (0.025, 0.975)
POINTS = 2**10
MOST_DRAWS = 10**6
STEP = 1.2


@dataclasses.dataclass(frozen=True)
class Effect:
    """What the draws say of one effect, in the claimed direction (a claim of less turns the sign).

    The effects of the draws are taken as normal around their mean, and each draw's own as what is left once the part
    of luck is taken out (one-way random effects, moment estimates; empirical Bayes).

    Attributes
    ----------
    mean, error, low, high : float
        Mean effect, its standard error, and its 95 % interval for want of runs (Student over draws).
    parameters_low, parameters_high : float
        Between which 95 % of the effects of the draws lie, luck taken out.
    luck_low, luck_high : float
        Between which 95 % of single worlds lie at the mean effect.
    variance_parameters, variance_luck : float
        Parts of variance: between draws, and between the seeds of a draw.
    direction : float
        Probability that the effect has the claimed sign.
    negligible : float
        Share of effects inside the region of no practical effect.
    beyond : float
        Share of effects at least as large as the smallest that matters, in the claimed direction.
    chances : float array (D,)
        For each draw, the probability that its effect is; NaN where the effect is not defined.
    p_supported, p_contradicted : float
        Largest p-value of the two tests each verdict needs, see :func:`judge`.
    draws, seeds : int
        Draws in which the effect is defined, and seeds of each.
    """

    mean: float
    error: float
    low: float
    high: float
    parameters_low: float
    parameters_high: float
    luck_low: float
    luck_high: float
    variance_parameters: float
    variance_luck: float
    direction: float
    negligible: float
    beyond: float
    chances: NDArray[np.float64]
    p_supported: float
    p_contradicted: float
    draws: int
    seeds: int


UNDEFINED = dict.fromkeys((field.name for field in dataclasses.fields(Effect)), float("nan"))


def judge(effect: Measured, sign: float, smallest: float, share: float) -> Effect:
    """What the draws say of an effect.

    *Supported* needs two one-sided tests to succeed (intersection–union, Berger 1982), of a share of at most ``share``
    of the draws with an effect at least as large as the smallest that matters: one counts draws, the other takes
    effects and luck as normal, so that spread that luck hides is not taken for none. *Contradicted* needs the same of
    effects that are smaller.

    Parameters
    ----------
    effect
        Of D draws.
    sign
        1 where the claim is of more, -1 of less.
    smallest
        Smallest effect that matters, positive.
    share
        Share of the draws.
    """
    from scipy.special import ndtr, stdtrit

    defined = np.isfinite(effect.value) & np.isfinite(effect.pseudo).all(axis=1)
    draws, seeds = int(defined.sum()), effect.pseudo.shape[1]
    chances = np.full(len(defined), np.nan)
    if draws < LEAST_DRAWS:
        nothing = {"chances": chances, "p_supported": 1.0, "p_contradicted": 1.0, "draws": draws, "seeds": seeds}
        return Effect(**{**UNDEFINED, **nothing})
    values, pseudo = sign * effect.value[defined], sign * effect.pseudo[defined]
    luck = float(pseudo.var(axis=1, ddof=1).mean())
    between = float(values.var(ddof=1))
    parameters = max(0.0, between - luck / seeds)
    mean, error = float(values.mean()), float(np.sqrt(between / draws))
    kept = parameters / (parameters + luck / seeds) if parameters > 0 else 0.0
    centres = mean + kept * (values - mean)
    doubt = np.sqrt(kept * luck / seeds + (1 - kept) * error**2)
    own = mean + np.sqrt(kept) * (values - mean)
    inside = _above(centres, -smallest, doubt) - _above(centres, smallest, doubt)
    beyond = _above(centres, smallest, doubt)
    chances[defined] = beyond
    half = float(stdtrit(draws - 1, CENTRAL[1])) * error
    parameters_low, parameters_high = np.quantile(own, CENTRAL)
    world = float(-1.959964 * np.sqrt(luck))
    # a probability of 1/2 at an effect of exactly 0 in every draw
    direction = float((_above(centres, 0.0, doubt) + 1 - ndtr(_scaled(-centres, doubt))).mean() / 2)
    return Effect(
        mean,
        error,
        mean - half,
        mean + half,
        float(parameters_low),
        float(parameters_high),
        mean + world,
        mean - world,
        parameters,
        luck,
        direction,
        float(inside.mean()),
        float(beyond.mean()),
        chances,
        _p_value(mean - smallest, (between, luck), float(beyond.mean()), share, (draws, seeds)),
        _p_value(smallest - mean, (between, luck), 1 - float(beyond.mean()), share, (draws, seeds)),
        draws,
        seeds,
    )


def _scaled(values: NDArray[np.float64], doubt: float) -> NDArray[np.float64]:
    """Values over their doubt; infinite, with their sign, where there is none."""
    if doubt > 0:
        return values / doubt
    return np.where(values > 0, np.inf, np.where(values < 0, -np.inf, 0.0))


def _above(centres: NDArray[np.float64], bound: float, doubt: float) -> NDArray[np.float64]:
    """Probability that each effect is at least ``bound``."""
    from scipy.special import ndtr

    return ndtr(_scaled(centres - bound, doubt))


def _p_value(gap: float, variances: tuple[float, float], seen: float, share: float, size: tuple[int, int]) -> float:
    """The larger p-value of both tests, for a mean that lies ``gap`` beyond the bound.

    ``variances`` are those between draws and between the seeds of a draw, ``size`` the draws and the seeds.
    """
    return max(_p_share(seen, share, size[0]), _p_spread(gap, variances, share, size))


def _p_spread(gap: float, variances: tuple[float, float], share: float, size: tuple[int, int]) -> float:
    """Of at most ``share`` of the effects beyond the bound, effects and luck being normal.

    Generalised p-value (Tsui and Weerahandi 1989) of the quantile of a one-way random model: the variances take the
    values their chi-square distributions allow, the mean what is left.
    """
    from scipy.special import ndtr, ndtri

    (between, luck), (draws, seeds) = variances, size
    chances_between, chances_luck = _chi_squares(draws - 1, draws * (seeds - 1))
    possible = between * (draws - 1) / chances_between
    spread = np.sqrt(np.maximum(0.0, possible - luck * draws * (seeds - 1) / chances_luck / seeds))
    error = np.sqrt(possible / draws)
    short = ndtri(share) * spread - gap
    if between == 0:
        return float(gap <= 0)
    return float(ndtr(short / error).mean())


@functools.cache
def _chi_squares(first: int, second: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of two independent chi-squares, spread evenly over their distributions."""
    from scipy.special import chdtri
    from scipy.stats import qmc

    unit = qmc.Sobol(2, scramble=True, rng=np.random.default_rng(0)).random(POINTS)
    return chdtri(first, unit[:, 0]), chdtri(second, unit[:, 1])


def _p_share(seen: float, share: float, draws: int) -> float:
    """Of a share of at most ``share``, given ``seen`` of ``draws`` (binomial, continued between whole numbers)."""
    from scipy.special import betainc

    count = seen * draws
    return float(betainc(count, draws - count + 1, share)) if count > 0 else 1.0


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """P-values corrected for being looked at together (Holm 1979): valid however they depend on one another."""
    given = np.asarray(p_values, float)
    order = np.argsort(given, kind="stable")
    steps = given[order] * (len(given) - np.arange(len(given)))
    corrected = np.empty(len(given))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return corrected


def claim_p_values(effects: Sequence[Effect]) -> tuple[float, float]:
    """P-values of *supported* and *contradicted* for a claim that needs all of ``effects``.

    Supported needs each of them; one that fails is enough to contradict, so the least is multiplied by their number.
    """
    supported = max(effect.p_supported for effect in effects)
    return supported, min(1.0, len(effects) * min(effect.p_contradicted for effect in effects))


def decide(claims: Sequence[Sequence[Effect]], levels: Sequence[float]) -> list[tuple[Verdict, float, float]]:
    """Verdict of each claim of a family tested together, with its two corrected p-values (supported, contradicted)."""
    p_values = [claim_p_values(effects) for effects in claims]
    corrected = holm([p for pair in p_values for p in pair]).reshape(-1, 2)
    decided: list[tuple[Verdict, float, float]] = []
    for (supported, contradicted), level in zip(corrected.tolist(), levels, strict=True):
        verdict: Verdict = (
            "supported" if supported <= level else "contradicted" if contradicted <= level else "undecided"
        )
        decided.append((verdict, supported, contradicted))
    return decided


def draws_needed(effect: Effect, smallest: float, share: float, level: float) -> float:
    """Draws, within a fifth, after which an effect like this one would be decided at ``level``; infinite where none do.

    None do where the effect is large enough in some draws and not in others, and neither in more than ``share``:
    what is missing then is knowledge of the parameters, not runs.
    """
    if effect.draws < LEAST_DRAWS:
        return float("inf")
    gap = (effect.mean - smallest) * (1 if effect.beyond >= 0.5 else -1)
    seen = max(effect.beyond, 1 - effect.beyond)
    variances = (effect.error**2 * effect.draws, effect.variance_luck)
    draws = float(LEAST_DRAWS)
    while draws <= MOST_DRAWS:
        if _p_value(gap, variances, seen, share, (int(draws), effect.seeds)) <= level:
            return float(int(draws))
        draws *= STEP
    return float("inf")
