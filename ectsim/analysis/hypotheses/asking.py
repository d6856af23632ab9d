"""Sealing and testing hypotheses by name or file. What a seal is lives in sealing.py, the runs in testing.py."""

# ruff: noqa: PT028  (a name of the public API that begins like a test)

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ectsim.analysis.discovery import Method
from ectsim.analysis.hypotheses.draws import PRIORS
from ectsim.analysis.hypotheses.files import load_hypotheses
from ectsim.analysis.hypotheses.sealing import Standing, model_changed, read_sidecar, standing
from ectsim.analysis.hypotheses.sealing import seal as seal_one
from ectsim.analysis.hypotheses.settings import Hypothesis
from ectsim.analysis.hypotheses.testing import EQUAL_MONEY, Finding, conclude, gather, runs_of
from ectsim.errors import InputError, Problem
from ectsim.experiments.ensembles import Progress

QUICK = {"draws": 32, "seeds": 2}
"""Size of a first look: too small for a verdict, and noted as a look."""
MONEY_DRAWS, MONEY_SEEDS = 64, 2
"""Runs that tell, before a seal, whether two worlds cost the same."""

Claims = str | Path | Iterable[str | Path] | Iterable[Hypothesis]


def test_hypotheses(
    claims: Claims = "all",
    *,
    posterior: str | Path | None = None,
    quick: bool = False,
    boxes: Method = "tree",
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Verdicts of hypotheses tested together, in the order named.

    A test of what is not sealed, or not run as promised, is exploratory, and noted beside the file as a look.

    Parameters
    ----------
    claims
        Files of hypotheses, names or numbers of those that ship, or "all" of these.
    posterior
        Draws other than those promised: a posterior by its name or file, or "priors".
    quick
        Whether few draws and seeds are run: to see that it works, not to conclude.
    boxes
        How to look for where a verdict flips: "tree", or "prim" (extra ``discovery``).
    threads
        Threads, the machine's cores by default; changes no result.
    progress
        Called with worlds run and worlds in all.

    Raises
    ------
    InputError
        If a file is not as expected or changed since it was sealed, or there is no such posterior.
    """
    hypotheses = as_hypotheses(claims)
    changes = _changes(posterior, quick)
    asked = [_with(hypothesis, changes) for hypothesis in hypotheses]
    standings: list[Standing] = [standing(hypothesis, as_promised=not changes) for hypothesis in hypotheses]
    total, done, gathered = sum(runs_of(hypothesis) for hypothesis in asked), 0, []
    for hypothesis in asked:
        shown = _shifted(progress, done, total) if progress else None
        gathered.append(gather(hypothesis, threads=threads, progress=shown))
        done += runs_of(hypothesis)
    found = conclude(gathered, standings, method=boxes)
    return [dataclasses.replace(one, model_changed=model_changed(one.hypothesis)) for one in found]


def as_hypotheses(claims: Claims) -> list[Hypothesis]:
    """Hypotheses from their names or files, or as they were read.

    Raises
    ------
    InputError
        With everything that is not as expected.
    """
    given = [claims] if isinstance(claims, str | Path) else list(claims)
    read = [one for one in given if isinstance(one, Hypothesis)]
    return read or load_hypotheses([one for one in given if not isinstance(one, Hypothesis)])


def seal_hypotheses(claims: Claims) -> dict[str, dict[str, Any]]:
    """Seal hypotheses before their runs: hash and time by name.

    Where two worlds must cost the same, a few runs of other seeds first tell whether they do; only the money is read.

    Raises
    ------
    InputError
        If a file is not as expected, was sealed with another content, or its worlds do not cost the same; nothing is
        sealed then.
    """
    hypotheses = as_hypotheses(claims)
    problems = [problem for hypothesis in hypotheses for problem in _unequal_money(hypothesis)]
    if problems:
        raise InputError(problems)
    return {hypothesis.name: seal_one(hypothesis) for hypothesis in hypotheses}


def _unequal_money(hypothesis: Hypothesis) -> Iterable[Problem]:
    """Money that differs by more than 2 % beyond doubt, of a hypothesis that is not sealed yet."""
    if hypothesis.equal_money is None or read_sidecar(hypothesis)["sealed"] is not None:
        return
    promised = hypothesis.uncertainty
    after = promised.first_seed + promised.draws * promised.seeds
    few = {"draws": min(MONEY_DRAWS, promised.draws), "seeds": MONEY_SEEDS, "first_seed": after}
    ratio = gather(_with(hypothesis, few)).money_ratio
    if ratio is not None and (ratio.low > 1 + EQUAL_MONEY or ratio.high < 1 - EQUAL_MONEY):
        one, other = hypothesis.equal_money
        shown = {name: f"{getattr(ratio, name):.3f}" for name in ("value", "low", "high")}
        values = {"one": one, "other": other, **shown}
        yield Problem("hypotheses.unequal_money", values, file=hypothesis.source_file, field="equal_money")


def _changes(posterior: str | Path | None, quick: bool) -> dict[str, Any]:
    changes: dict[str, Any] = dict(QUICK) if quick else {}
    if posterior is not None:
        # a file is named from the current folder, not from that of each hypothesis
        file = Path(posterior)
        named = str(file.resolve()) if str(posterior) != PRIORS and file.is_file() else str(posterior)
        changes["posterior"] = named
    return changes


def _with(hypothesis: Hypothesis, changes: Mapping[str, Any]) -> Hypothesis:
    """The hypothesis with other draws or seeds than it promises."""
    if not changes:
        return hypothesis
    uncertainty = hypothesis.uncertainty.model_copy(update=dict(changes))
    made = hypothesis.model_copy(update={"uncertainty": uncertainty})
    made._source = hypothesis.source_file
    return made


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)
