"""From coded interviews to posteriors: each question is fitted as the codebook says, widened, shifted, converted.

The result and its files are in posteriors.py, the estimators in grid.py.
"""

import dataclasses
import math
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration import grid
from ectsim.calibration.conversions import conversion, per_tie
from ectsim.calibration.posteriors import EVERYBODY, INTERVAL, SPREAD, Entry, Level, Posteriors
from ectsim.calibration.questions import (
    Grouping,
    Question,
    amount,
    expected,
    grouping,
    integers,
    parameter_of,
    questions,
)
from ectsim.calibration.reliability import Reliability, Verdict
from ectsim.parameters import PARAMETERS

if TYPE_CHECKING:
    from ectsim.calibration.tidy import Interviews

Floats = NDArray[np.float64]
DRAWS = 1000
SELECTION = 0.5
"""Scale of the half-normal shift, on the logit scale, by which interviewees cooperate more than those not met."""
SHIFTED = "selection"
"""Caution of the codebook on codes that are shifted."""
TIES = "ties_mean"
PER_TIE = ("conflict_share", "past_cooperation")
SEVERITY: tuple[Verdict, ...] = ("use", "flag", "widen")


class Gate(NamedTuple):
    """The worst that reliability says of a question: least alpha (NaN: none), verdict."""

    alpha: float
    verdict: Verdict


class _Inferred(NamedTuple):
    """A question with what was inferred: locations, or shares of a modality, of shape (D, G + 1), and spread (D,)."""

    question: Question
    groups: Grouping
    location: Floats
    spread: Floats | None
    shifted: bool = False


def infer(
    interviews: "Interviews",
    assessed: Iterable[Reliability],
    *,
    seed: int = 1,
    draws: int = DRAWS,
    selection: float = SELECTION,
) -> Posteriors:
    """Posterior of everything the codebook has a rule for.

    Parameters
    ----------
    interviews
        Checked tidy tables; only interviews whose analysis was consented to are read.
    assessed
        Reliability of every code, as :func:`~ectsim.calibration.reliability.assess` gives it. What fails the gate or
        was never coded twice is widened: half of its draws are replaced by draws from the prior.
    seed, draws
        Seed and number D of joint draws; each question has its own stream, so that one more code changes no other.
    selection
        Scale of the half-normal selection shift of codes marked so in the codebook. An assumption, not an estimate.
    """
    assessed = tuple(assessed)
    inferred = [
        _shifted(found, selection, seed)
        for question in questions(interviews)
        for found in _inferred(question, _gate(question, assessed), seed, draws)
    ]
    told_ties = [found for found in inferred if found.question.code.parameter == TIES]
    ties = {group: _in_units(told_ties[0], group, seed) for group in told_ties[0].groups.reported} if told_ties else {}
    entries: list[Entry] = []
    columns: list[Floats] = []
    for found in inferred:
        gate = _gate(found.question, assessed)
        for group in found.groups.reported:
            entry = _entry(found, group, gate)
            values = _in_units(found, group, seed)
            if entry.parameter in PER_TIE:
                values = per_tie(entry.parameter, values, ties.get(group, np.array(PARAMETERS[TIES].default)))
            entries.append(entry)
            columns.append(values)
        if found.spread is not None and entries[-1].scale == "logit" and entries[-1].parameter:
            entries.append(_spread_entry(found, gate))
            columns.append(found.spread)
    matrix = np.column_stack(columns) if columns else np.empty((draws, 0))
    return Posteriors(tuple(entries), _weights_sum_to_one(entries, matrix), seed, selection, interviews.synthetic)


def _gate(question: Question, assessed: Iterable[Reliability]) -> Gate:
    told = [
        one for one in assessed if one.code == question.code.name and (not one.item or one.item in question.modalities)
    ]
    severity = max((SEVERITY.index(one.verdict) for one in told), default=SEVERITY.index("widen"))
    alphas = [float(one.alpha) for one in told if not math.isnan(one.alpha)]
    return Gate(min(alphas, default=math.nan), SEVERITY[severity])


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _inferred(question: Question, gate: Gate, seed: int, draws: int) -> list[_Inferred]:
    rng = _stream(seed, question.name)
    groups = grouping(question)
    widened = rng.random(draws) < 0.5 if gate.verdict == "widen" else np.zeros(draws, bool)
    if question.code.rule == "D":
        return _inferred_shares(question, groups, widened, rng)
    fit = _fit(question, groups, draws, rng)
    location = fit.location.copy()
    for column in location.T:
        column[widened] = grid.draw_prior(draws, rng)[widened]
    rated = question.code.rule in ("L", "E")
    return [_Inferred(question, groups, location, fit.spread if rated else None)]


def _fit(question: Question, groups: Grouping, draws: int, rng: np.random.Generator) -> grid.Fit:
    answers, rule = question.answers, question.code.rule
    plan = groups.index, len(groups.groups), draws, rng
    if rule in ("L", "E"):
        middle = 2 if question.code.scale == "B" else 0
        return grid.fit_ratings([[value + middle for value in integers(a)] for a in answers], *plan)
    if rule == "Bb":
        return grid.fit_presences([integers(a) for a in answers], *plan)
    centre = np.array([expected(question, answer) for answer in answers])
    amounts = np.array([amount(answer) for answer in answers])
    if rule == "negbin":
        return grid.fit_counts(np.floor(amounts + 0.5).astype(np.int64), centre, *plan)
    return grid.fit_amounts(amounts, centre, *plan)


def _inferred_shares(
    question: Question, groups: Grouping, widened: NDArray[np.bool_], rng: np.random.Generator
) -> list[_Inferred]:
    categories = question.code.categories
    counts = np.zeros((len(groups.groups), len(categories)))
    for place, answer in zip(groups.index, question.answers, strict=True):
        for value in answer.told:
            counts[place, list(categories).index(value)] += 1 / len(answer.told)
    shares = grid.draw_shares(counts, len(widened), rng)
    flat = rng.dirichlet(np.ones(len(categories)), shares.shape[:2])
    shares[widened] = flat[widened]
    named = [category.model_name or category.value for category in categories.values()]
    found = []
    for name in dict.fromkeys(named):
        share = shares[:, :, [place for place, own in enumerate(named) if own == name]].sum(axis=2)
        found.append(_Inferred(dataclasses.replace(question, item=name), groups, share, None))
    return found


def _shifted(found: _Inferred, scale: float, seed: int) -> _Inferred:
    """Population where interviewees were chosen for their cooperation: N(μ, s²) tilted by β is N(μ + βs², s²)."""
    if scale == 0 or SHIFTED not in found.question.code.cautions:
        return found
    shift = np.abs(_stream(seed, f"selection {found.question.name}").normal(0.0, scale, len(found.location)))
    return found._replace(location=found.location - shift[:, None], shifted=True)


def _in_units(found: _Inferred, group: str, seed: int) -> Floats:
    """Draws of a group in the units of the parameter, or of the code where it informs none."""
    column, _, _ = found.groups.reported[group]
    parameter = parameter_of(found.question, group)
    default = PARAMETERS[parameter].default if parameter else 1.0
    rng = _stream(seed, f"size {found.question.name}")
    return conversion(found.question.code, parameter).in_units(found.location[:, column], default, rng)


def _entry(found: _Inferred, group: str, gate: Gate) -> Entry:
    question, code = found.question, found.question.code
    column, n_interviews, pooled_with = found.groups.reported[group]
    parameter = parameter_of(question, group)
    turned = conversion(code, parameter)
    cautions = [caution for caution in code.cautions if caution != SHIFTED or found.shifted]
    assumptions = [turned.assumption, *cautions]
    level = None
    if found.spread is not None:
        means = grid.logit_normal_mean(found.location[:, column], found.spread)
        level = Level(float(means.mean()), *map(float, np.quantile(means, INTERVAL)))
    return Entry(
        question.name,
        group,
        "kind" if question.by_kind else "sector",
        parameter,
        "parameter" if parameter else code.parameter if not code.informs_model else "description",
        code.rule,
        turned.scale,
        n_interviews,
        question.coders,
        gate.alpha,
        gate.verdict,
        pooled_with,
        tuple(dict.fromkeys(filter(None, assumptions))),
        level,
    )


def _spread_entry(found: _Inferred, gate: Gate) -> Entry:
    question = found.question
    rests_on = len(question.answers), question.coders, gate.alpha, gate.verdict
    return Entry(question.name, EVERYBODY, EVERYBODY, SPREAD, "parameter", "L", "log", *rests_on, (), (), None)


def _weights_sum_to_one(entries: list[Entry], draws: Floats) -> Floats:
    """Value weights of a sector, each inferred alone, made to sum to 1."""
    for group in {entry.group for entry in entries}:
        places = [i for i, e in enumerate(entries) if e.parameter.startswith(f"value_weight[{group},")]
        if places:
            draws[:, places] /= draws[:, places].sum(axis=1, keepdims=True)
    return draws
