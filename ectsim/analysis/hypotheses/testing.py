"""Testing hypotheses: the runs of every world, what they say of each effect, the verdicts, where they flip."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.discovery import Box, Method, find_boxes
from ectsim.analysis.hypotheses.draws import Draws, draw_parameters
from ectsim.analysis.hypotheses.measures import MEASURES, Measured, measured
from ectsim.analysis.hypotheses.sealing import Standing
from ectsim.analysis.hypotheses.settings import Contrast, Hypothesis
from ectsim.analysis.hypotheses.verdicts import Effect, Verdict, decide, draws_needed, holm, judge
from ectsim.analysis.intervals import Interval, ratio_interval
from ectsim.errors import InputError, Problem
from ectsim.experiments.ensembles import Progress, run_worlds
from ectsim.experiments.provenance import Study
from ectsim.model.simulation import Setup, prepare

EQUAL_MONEY = 0.02
LIKELY = 0.5
MOVING = 0.05
"""Level at which a parameter is said to move an effect."""


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Runs of one hypothesis: what each effect was in each draw.

    Attributes
    ----------
    hypothesis : Hypothesis
    draws : Draws
    effects : tuple of Measured
        One for each contrast, (D,) and (D, R).
    money_ratio : Interval or None
        Public money of the first world of ``equal_money`` over that of the second, over draws.
    """

    hypothesis: Hypothesis
    draws: Draws
    effects: tuple[Measured, ...]
    money_ratio: Interval | None


@dataclasses.dataclass(frozen=True)
class Finding:
    """A hypothesis and its verdict, corrected for all those tested together.

    Attributes
    ----------
    evidence : Evidence
    effects : tuple of Effect
        One for each contrast, in the claimed direction.
    verdict : str
        supported, contradicted or undecided.
    standing : str
        confirmatory or exploratory.
    p_supported, p_contradicted : float
        Corrected (Holm) over the family.
    runs_needed : float
        Runs of each world to decide, infinite where no number would.
    boxes : tuple of Box
        Parts of the space of the parameters where the rarer case happens.
    boxes_hold : bool
        Whether that case is that the claim holds.
    moved_by : mapping of str to float
        Rank correlation with the effect of each parameter of which it is beyond chance, the largest first.
    model_changed : bool
        Whether the code of the model is another than when the hypothesis was sealed.
    """

    evidence: Evidence
    effects: tuple[Effect, ...]
    verdict: Verdict
    standing: Standing
    p_supported: float
    p_contradicted: float
    runs_needed: float
    boxes: tuple[Box, ...]
    boxes_hold: bool
    moved_by: Mapping[str, float]
    model_changed: bool = False

    @property
    def hypothesis(self) -> Hypothesis:
        """What was tested."""
        return self.evidence.hypothesis

    @property
    def unequal_money(self) -> bool:
        """Whether worlds that should cost the same do not, within 2 %."""
        ratio = self.evidence.money_ratio
        return ratio is not None and not abs(ratio.value - 1) <= EQUAL_MONEY


@dataclasses.dataclass(frozen=True)
class HypothesesStudy(Study):
    """A test of hypotheses as a results folder tells it.

    ``names`` are those of the hypotheses, ``flags`` the options that change the verdicts.
    """

    VERB: ClassVar[str] = "hypotheses test"

    names: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, findings: Sequence[Finding], flags: Sequence[str] = ()) -> "HypothesesStudy":
        """The study behind findings; it keeps the scenarios of their worlds in full."""
        hypotheses = [finding.hypothesis for finding in findings]
        setups = tuple(prepare(arm.scenario) for hypothesis in hypotheses for arm in hypothesis.arms.values())
        return cls(cls.VERB, setups, {}, names=tuple(one.name for one in hypotheses), flags=tuple(flags))

    @property
    def command(self) -> str:
        """The command that makes it, without any path."""
        return " ".join(["ectsim", self.verb, *self.names, *self.flags])


def gather(hypothesis: Hypothesis, *, threads: int | None = None, progress: Progress | None = None) -> Evidence:
    """Run every world of a hypothesis: seed k lives draw k mod D in each of them.

    ``progress`` is called with worlds run and worlds in all.

    Raises
    ------
    InputError
        If there is no such posterior, or not enough draws in it.
    CapacityError
        If a run needs more room than its scenario reserves.
    """
    asked = hypothesis.uncertainty
    draws = draw_parameters(asked, hypothesis.source_file)
    if len(draws.values) < asked.draws:
        values = {"given": asked.draws, "held": len(draws.values)}
        raise InputError([Problem("hypotheses.few_draws", values, hypothesis.source_file, field="uncertainty.draws")])
    tallies, twins = _run(hypothesis, draws, threads, progress)
    effects = tuple(_effect(contrast, tallies, twins) for contrast in hypothesis.contrasts)
    return Evidence(hypothesis, draws, effects, _money_ratio(hypothesis, tallies))


def _run(
    hypothesis: Hypothesis, draws: Draws, threads: int | None, progress: Progress | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tallies and twins by world, record arrays (D, R)."""
    asked = hypothesis.uncertainty
    seeds = np.arange(asked.first_seed, asked.first_seed + asked.draws * asked.seeds)
    order = np.argsort(seeds % asked.draws, kind="stable").reshape(asked.draws, asked.seeds)
    setups = _setups(hypothesis, draws)
    total = runs_of(hypothesis)
    tallies: dict[str, Any] = {}
    twins: dict[str, Any] = {}
    for keys, matched in _groups(hypothesis):
        show = _part(progress, len(tallies) * len(seeds), len(keys), total)
        group = [setups[key] for key in keys]
        worlds = run_worlds(group, seeds.tolist(), twins=matched, threads=threads, progress=show)
        for place, key in enumerate(keys):
            tallies[key] = worlds.tallies[place][order]
            twins[key] = worlds.twins[place][order] if matched else None
    return tallies, twins


def runs_of(hypothesis: Hypothesis) -> int:
    """Worlds run to test a hypothesis."""
    return hypothesis.uncertainty.draws * hypothesis.uncertainty.seeds * len(hypothesis.arms)


def _part(progress: Progress | None, before: int, worlds: int, total: int) -> Progress | None:
    """Progress in seeds of so many worlds at a time as that of the whole, in worlds."""
    if progress is None:
        return None
    return lambda done, _: progress(before + worlds * done, total)


def _setups(hypothesis: Hypothesis, draws: Draws) -> dict[str, Setup]:
    """A setup a world, with all draws; they share territory and actors, which a hypothesis requires."""
    setups: dict[str, Setup] = {}
    first: Setup | None = None
    for key, arm in hypothesis.arms.items():
        first = first or prepare(arm.scenario)
        setups[key] = dataclasses.replace(first, scenario=arm.scenario, parameters=draws.packed(arm), posterior=None)
    return setups


def _groups(hypothesis: Hypothesis) -> list[tuple[list[str], bool]]:
    """Worlds run together: each with its twins after it, then those that have none."""
    arms = hypothesis.arms
    bases = list(dict.fromkeys(arm.twin_of for arm in arms.values() if arm.twin_of is not None))
    groups = [([base, *(key for key, arm in arms.items() if arm.twin_of == base)], True) for base in bases]
    alone = [key for key, arm in arms.items() if arm.twin_of is None and key not in bases]
    return [*groups, (alone, False)] if alone else groups


def _effect(contrast: Contrast, tallies: dict[str, Any], twins: dict[str, Any]) -> Measured:
    effect = measured(MEASURES[contrast.measure], tallies[contrast.of], twins[contrast.of])
    if contrast.less is None:
        return effect
    measure = MEASURES[contrast.less_measure or contrast.measure]
    return effect - measured(measure, tallies[contrast.less], twins[contrast.less])


def _money_ratio(hypothesis: Hypothesis, tallies: dict[str, Any]) -> Interval | None:
    if hypothesis.equal_money is None:
        return None
    one, other = (tallies[key]["money"].sum(axis=2).mean(axis=1) for key in hypothesis.equal_money)
    return ratio_interval(one, other)


def conclude(
    gathered: Sequence[Evidence], standings: Sequence[Standing], *, method: Method = "tree", boxes: int = 2
) -> list[Finding]:
    """Verdicts of hypotheses tested together: the more there are, the more each must show (Holm)."""
    claims = [_judged(evidence) for evidence in gathered]
    levels = [evidence.hypothesis.rule.level for evidence in gathered]
    findings = []
    for evidence, effects, decided, kept in zip(gathered, claims, decide(claims, levels), standings, strict=True):
        verdict, p_supported, p_contradicted = decided
        needed = _runs_needed(evidence, effects, len(gathered))
        moved_by = _moving(evidence)
        found, hold = _flips(evidence, effects, tuple(moved_by), method, boxes)
        findings.append(
            Finding(evidence, effects, verdict, kept, p_supported, p_contradicted, needed, found, hold, moved_by)
        )
    return findings


def _judged(evidence: Evidence) -> tuple[Effect, ...]:
    hypothesis = evidence.hypothesis
    return tuple(
        judge(effect, contrast.sign, contrast.smallest, hypothesis.rule.share)
        for effect, contrast in zip(evidence.effects, hypothesis.contrasts, strict=True)
    )


def _runs_needed(evidence: Evidence, effects: Sequence[Effect], family: int) -> float:
    """Runs of each world after which the claim would be supported or contradicted, if the effects are as they seem.

    All effects must be large enough to support; one that is too small is enough to contradict, each then being tested
    at its part of the level.
    """
    hypothesis = evidence.hypothesis
    level = hypothesis.rule.level / (2 * family)
    needed = []
    for effect, contrast in zip(effects, hypothesis.contrasts, strict=True):
        holds = effect.beyond >= LIKELY
        asked = level if holds else level / len(effects)
        needed.append((holds, draws_needed(effect, contrast.smallest, hypothesis.rule.share, asked)))
    supporting = max(draws for _, draws in needed) if all(holds for holds, _ in needed) else float("inf")
    contradicting = min((draws for holds, draws in needed if not holds), default=float("inf"))
    return min(supporting, contradicting) * hypothesis.uncertainty.seeds


def _flips(
    evidence: Evidence, effects: Sequence[Effect], moving: Sequence[str], method: Method, boxes: int
) -> tuple[tuple[Box, ...], bool]:
    """Boxes of the rarer of two cases, the claim holds in a draw or not, and whether it is that it holds.

    They are sought among the parameters that move the effect beyond chance: with dozens that do not, and a few hundred
    draws, peeling ends in boxes that are not found again.
    """
    chances = np.min([effect.chances for effect in effects], axis=0)
    defined = np.isfinite(chances)
    holds = chances[defined] > LIKELY
    rarer = bool(holds.mean() <= LIKELY) if len(holds) else False
    if not moving:
        return (), rarer
    names, values = evidence.draws.varying()
    event: NDArray[np.bool_] = holds if rarer else ~holds
    columns = [names.index(name) for name in moving]
    return find_boxes(values[defined][:, columns], moving, event, method=method, most=boxes), rarer


def weakest(evidence: Evidence) -> NDArray[np.float64]:
    """The effect that carries a claim least in each draw (D,), as claimed, in smallest effects that matter."""
    effects = zip(evidence.hypothesis.contrasts, evidence.effects, strict=True)
    return np.min([contrast.sign * effect.value / contrast.smallest for contrast, effect in effects], axis=0)


def _moving(evidence: Evidence) -> dict[str, float]:
    """Parameters whose rank correlation with the effect is beyond chance, all of them looked at together (Holm)."""
    from scipy.stats import spearmanr

    names, values = evidence.draws.varying()
    effect = weakest(evidence)
    defined = np.isfinite(effect)
    if not names or not defined.any() or np.ptp(effect[defined]) == 0:
        return {}
    correlated: list[Any] = [spearmanr(column, effect[defined]) for column in values[defined].T]
    beyond = np.flatnonzero(holm([float(one.pvalue) for one in correlated]) <= MOVING)
    found = {names[place]: float(correlated[place].statistic) for place in beyond}
    return dict(sorted(found.items(), key=lambda one: -abs(one[1])))
