"""How often 90 % intervals hold the truth: fictive studies of known truth, coded by two coders and inferred."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import special

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.grid import DOUBLING, logit_normal_mean
from ectsim.calibration.inference import PER_TIE, infer
from ectsim.calibration.posteriors import Posteriors
from ectsim.calibration.questions import INITIATOR
from ectsim.calibration.reliability import Reliability, assess
from ectsim.calibration.tidy import Interviews, from_rows
from ectsim.parameters import PARAMETERS
from ectsim.territory.nomenclature import SECTORS

CODERS = ("K1", "K2")
KINDS_OF = {"public": ("commune", "agency"), "private": ("company", "farm"), "civil": ("association", "citizen_group")}
SLIP, FLIP, MISSING = 0.1, 0.05, 0.1
CHECKED = (Reliability("COOP_PROP", "", "ordinal", 12, 2, 0.9, 0.5, 0.9, 0.9, 0.9, 0.8, 1.0),)
"""What reliability says where coders agree."""
Truth = dict[str, float]
"""What an interval should hold, by name of the column of draws; for ratings the mean of u."""


def fictive_study(seed: int, by_sector: int = 8) -> tuple[Interviews, Truth]:
    """Codings of three sectors by two coders, half of them by both, with statuses missing; and the truth behind."""
    rng = np.random.default_rng(seed)
    people = _people(by_sector)
    codings: list[dict[str, str]] = []
    truth: Truth = {}
    for code in load_codebook().codes.values():
        if code.rule == "none":
            continue
        listed = {"theme": "theme", "kind": "actor_type"}.get(code.target)
        items = [value for value, c in categories(listed).items() if c.model_name] if listed else [""]
        for item in items:
            answers = _answers(code, item, by_sector, truth, rng)
            for person, answer in zip(people, answers, strict=True):
                codings += _coded(code, item or ("P1" if code.target else ""), person["interview_id"], answer, rng)
    return from_rows({"interviews": people, "codings": codings}), truth


def _people(by_sector: int) -> list[dict[str, str]]:
    names = {category.model_name: value for value, category in categories("sector").items()}
    kinds = {category.model_name: value for value, category in categories("actor_type").items()}
    people = []
    for rank, sector in enumerate(SECTORS):
        for i in range(by_sector):
            row = {"interview_id": f"E{rank}{i:02d}", "actor_id": f"A{rank}{i:02d}", "sector": names[sector]}
            row |= {"actor_type": kinds[KINDS_OF[sector][i % 2]], "size_class": "0-9", "zone": "rural"}
            people.append(row | {"synthetic": "true", "consent_analysis": "true", "consent_sharing": "true"})
    return people


def _answers(code: Code, item: str, by_sector: int, truth: Truth, rng: np.random.Generator) -> list[Any]:
    """True answers of every interviewee, in the order of sectors; adds the truth."""
    asked = categories(code.target if code.target == "theme" else "actor_type")[item].model_name if item else ""
    name = f"{code.name}[{asked}]" if asked else code.name
    if code.scale in ("O", "B"):
        spread = 1.2 * np.exp(0.3 * rng.standard_normal())
        location = _locations(rng)
        truth |= {
            f"{name}@{s}": float(m)
            for s, m in zip(SECTORS, logit_normal_mean(location, np.full(3, spread)), strict=True)
        }
        u = special.expit(np.repeat(location, by_sector) + spread * rng.standard_normal(3 * by_sector))
        return list(np.minimum(4, (5 * u).astype(int)) - (2 if code.scale == "B" else 0))
    if code.scale == "N":
        shares = rng.dirichlet(np.ones(len(code.categories)) * 2, 3)
        named = [c.model_name or c.value for c in code.categories.values()]
        for sector, own in zip(SECTORS, shares, strict=True):
            for category in dict.fromkeys(named):
                truth[f"{name}[{category}]@{sector}"] = float(
                    sum(s for s, n in zip(own, named, strict=True) if n == category)
                )
        return [list(code.categories)[k] for own in shares for k in rng.choice(len(named), by_sector, p=own)]
    if code.scale in ("P", "M"):
        return _presences(code, by_sector, truth, rng)
    return _amounts(code, by_sector, truth, rng)


def _locations(rng: np.random.Generator) -> Any:
    return 0.8 * rng.standard_normal() + 0.6 * rng.standard_normal(3)


def _presences(code: Code, by_sector: int, truth: Truth, rng: np.random.Generator) -> list[Any]:
    items = list(code.categories) if code.scale == "M" else [""]
    by_kind = "{kind}" in code.parameter
    chosen: list[set[str]] = [set() for _ in range(3 * by_sector)]
    for item in items:
        share = special.expit(_locations(rng))
        model = "" if not item else item if by_kind else code.categories[item].model_name or item
        for sector, own in zip(SECTORS, share, strict=True):
            truth[f"{code.name}[{model}]@{sector}" if item else f"{code.name}@{sector}"] = float(own)
        for person in np.flatnonzero(rng.random(3 * by_sector) < np.repeat(share, by_sector)):
            chosen[person].add(item)
    if code.scale == "P":
        return [int(bool(own)) for own in chosen]
    if by_kind:
        role = [v for v, c in code.categories.items() if c.model_name == INITIATOR]
        for sector in SECTORS:
            neither = np.prod([1 - truth[f"{code.name}[{value}]@{sector}"] for value in role])
            truth[f"{code.name}[{INITIATOR}]@{KINDS_OF[sector][0]}"] = float(1 - neither)
    return chosen


def _amounts(code: Code, by_sector: int, truth: Truth, rng: np.random.Generator) -> list[Any]:
    location = _locations(rng)
    answers = []
    for place, sector in enumerate(SECTORS):
        for i in range(by_sector):
            kind = KINDS_OF[sector][i % 2]
            default = PARAMETERS[code.parameter_name(kind=kind, sector=sector)].default
            default = PARAMETERS["ties_mean"].default / 4 if code.parameter == "past_cooperation" else default
            middle = default * np.exp(DOUBLING * location[place])
            if code.rule == "negbin":
                answers.append(int(rng.poisson(middle * rng.gamma(5.0) / 5.0)))
            else:
                drawn = middle * np.exp(DOUBLING * 0.8 * rng.standard_normal())
                answers.append(int(drawn + 0.5))
        group = KINDS_OF[sector][0] if "{kind}" in code.parameter else sector
        scale = PARAMETERS[code.parameter_name(kind=group, sector=sector)].default
        truth[f"{code.name}@{group}"] = float(scale * np.exp(DOUBLING * location[place]))
    return answers


def _coded(code: Code, target: str, interview: str, answer: Any, rng: np.random.Generator) -> list[dict[str, str]]:
    """What coders took down of an answer: one in two interviews is coded twice, some questions were not raised."""
    twice = int(interview[1:]) % 2 == 0
    raised = rng.random() >= MISSING
    rows = []
    for coder in CODERS[: 2 if twice else 1]:
        row = {"interview_id": interview, "coder_id": coder, "code": code.name, "target": target, "synthetic": "true"}
        value = _taken_down(code, answer, rng)
        rows.append(row | ({"status": "code", "value": value} if raised else {"status": "non_aborde", "value": ""}))
    return rows


def _taken_down(code: Code, answer: Any, rng: np.random.Generator) -> str:
    if code.scale in ("O", "B"):
        low = -2 if code.scale == "B" else 0
        slip = rng.choice((-1, 1)) if rng.random() < SLIP else 0
        return str(int(np.clip(answer + slip, low, low + 4)))
    if code.scale == "P":
        return str(answer ^ int(rng.random() < FLIP))
    if code.scale == "M":
        return "|".join(value for value in code.categories if (value in answer) != (rng.random() < FLIP))
    return str(answer)


def held(posteriors: Posteriors, truth: Truth) -> list[tuple[str, bool, float]]:
    """For each parameter of known truth: its rule, whether the 90 % interval holds the truth, and the width."""
    found = []
    for row in posteriors.table().to_dict("records"):
        true = truth.get(f"{row['question']}@{row['group']}")
        if true is None or row["parameter"] in PER_TIE:
            continue
        rated = row["rule"] in ("L", "E") and not np.isnan(row["level_mean"])
        low, high = (row["level_low"], row["level_high"]) if rated else (row["low"], row["high"])
        found.append((row["rule"], low <= true <= high, high - low))
    return found


def coverage(seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Coverage of 90 % intervals by rule over fictive studies."""
    found = []
    for seed in seeds:
        interviews, truth = fictive_study(seed)
        found += held(infer(interviews, assess(interviews), seed=seed, selection=0.0), truth)
    rules = dict.fromkeys(rule for rule, _, _ in found)
    rows = []
    for rule in ("all", *rules):
        own = [(hit, width) for name, hit, width in found if rule in ("all", name)]
        hits, widths = zip(*own, strict=True)
        share = float(np.mean(hits))
        error = float(np.sqrt(share * (1 - share) / len(own)))
        rows.append({"rule": rule, "parameter-seeds": len(own), "coverage": share, "standard error": error})
        rows[-1]["median width"] = float(np.median(widths))
    return rows


def selection(trials: int, by_sector: int = 8) -> list[dict[str, Any]]:
    """Coverage and bias of the mean propensity where interviewees cooperate more by ``shift``, by what is assumed."""
    rows = []
    for shift in (0.0, 0.5, 1.0):
        for assumed in (0.0, 0.5, 0.8):
            rng = np.random.default_rng(1)
            hits, bias = [], []
            for seed in range(trials):
                location, spread = _locations(rng), np.full(len(SECTORS), 1.2)
                truth = logit_normal_mean(location, spread)
                u = special.expit(np.repeat(location + shift, by_sector) + 1.2 * rng.standard_normal(3 * by_sector))
                posteriors = infer(
                    _rated(np.minimum(4, (5 * u).astype(int)), rng), CHECKED, seed=seed, selection=assumed
                )
                levels = [entry.level for entry in posteriors.entries if entry.level]
                hits += [one.low <= true <= one.high for one, true in zip(levels, truth, strict=True)]
                bias += [one.mean - true for one, true in zip(levels, truth, strict=True)]
            row = {"true shift": shift, "assumed scale": assumed, "coverage": float(np.mean(hits))}
            rows.append(row | {"bias": float(np.mean(bias)), "parameter-seeds": len(hits)})
    return rows


def _rated(answers: Any, rng: np.random.Generator) -> Interviews:
    """Interviews that were asked one question, propensity to cooperate."""
    people = _people(len(answers) // len(SECTORS))
    code = load_codebook().codes["COOP_PROP"]
    told = zip(people, answers, strict=True)
    codings = [row for person, answer in told for row in _coded(code, "", person["interview_id"], answer, rng)]
    return from_rows({"interviews": people, "codings": codings})
