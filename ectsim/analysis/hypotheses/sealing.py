"""Seals: what a hypothesis said, and when, before anybody looked at its runs; kept in a sidecar beside its file.

A seal proves nothing against somebody who rewrites it: kept under version control, its history does.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal

from ectsim import __version__
from ectsim.analysis.hypotheses.draws import described
from ectsim.analysis.hypotheses.settings import Hypothesis
from ectsim.errors import InputError, Problem
from ectsim.experiments.provenance import hash_of, model_hash, now
from ectsim.parameters import pack, unpack

Standing = Literal["confirmatory", "exploratory"]
SUFFIX = ".seal.json"


def sidecar(hypothesis: Hypothesis) -> Path:
    """File that keeps the seal and the looks.

    Raises
    ------
    ValueError
        If the hypothesis comes from no file.
    """
    if hypothesis.source_file is None:
        raise ValueError("only a hypothesis read from a file can be sealed")
    return hypothesis.source_file.with_suffix(SUFFIX)


def content_hash(hypothesis: Hypothesis) -> str:
    """SHA-256 of all that is promised: every setting, the scenarios in full, the draws, the defaults of parameters."""
    promised = hypothesis.model_dump(mode="json") | dict(described(hypothesis.uncertainty, hypothesis.source_file))
    return hash_of(promised | {"defaults": unpack(pack())})


def seal(hypothesis: Hypothesis) -> dict[str, Any]:
    """Seal a hypothesis; sealing it again, unchanged, keeps the first moment.

    Raises
    ------
    InputError
        If it was sealed with another content: the seal must first be taken away by hand.
    """
    kept = read_sidecar(hypothesis)
    digest = content_hash(hypothesis)
    if kept["sealed"] is not None:
        if kept["sealed"]["hash"] != digest:
            raise InputError([_changed(hypothesis, kept)])
        return kept["sealed"]
    kept["sealed"] = {"hash": digest, "time": now(), "version": __version__, "model_hash": model_hash()}
    _write(hypothesis, kept)
    return kept["sealed"]


def read_sidecar(hypothesis: Hypothesis) -> dict[str, Any]:
    """Seal (None where there is none) and looks, each with hash and time.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    file = sidecar(hypothesis)
    if not file.exists():
        return {"sealed": None, "looks": []}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        moments = [look["time"] for look in kept["looks"]]
        if kept["sealed"] is not None:
            moments += [kept["sealed"]["time"], kept["sealed"]["hash"]]
    except (ValueError, KeyError, TypeError):
        raise InputError([Problem("hypotheses.damaged_seal", file=file)]) from None
    if not all(isinstance(moment, str) for moment in moments):
        raise InputError([Problem("hypotheses.damaged_seal", file=file)])
    return kept


def standing(hypothesis: Hypothesis, *, as_promised: bool) -> Standing:
    """Whether a test about to start is confirmatory: sealed, unchanged, as promised, nothing seen before the seal.

    Any other test is a look: it is noted, and what is sealed after it stays exploratory.

    Parameters
    ----------
    hypothesis
        As it is to be tested.
    as_promised
        Whether draws and seeds are those of the file.

    Raises
    ------
    InputError
        If the file was changed since it was sealed.
    """
    kept = read_sidecar(hypothesis)
    digest = content_hash(hypothesis) if as_promised else ""
    sealed = kept["sealed"]
    if sealed is not None and as_promised:
        if sealed["hash"] != digest:
            raise InputError([_changed(hypothesis, kept)])
        return "exploratory" if any(look["time"] <= sealed["time"] for look in kept["looks"]) else "confirmatory"
    kept["looks"].append({"hash": digest, "time": now()})
    _write(hypothesis, kept)
    return "exploratory"


def model_changed(hypothesis: Hypothesis) -> bool:
    """Whether the code of the model is another than when the hypothesis was sealed; a seal binds the file only."""
    sealed = read_sidecar(hypothesis)["sealed"]
    return sealed is not None and sealed.get("model_hash") != model_hash()


def _changed(hypothesis: Hypothesis, kept: dict[str, Any]) -> Problem:
    values = {"time": kept["sealed"]["time"], "sidecar": sidecar(hypothesis).name}
    return Problem("hypotheses.changed", values, file=hypothesis.source_file)


def _write(hypothesis: Hypothesis, kept: dict[str, Any]) -> None:
    """Write beside, then rename."""
    file = sidecar(hypothesis)
    made = file.with_name(f".{file.name}.{os.getpid()}")
    made.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    made.replace(file)
