"""A Sobol' study of the default comparison, start to finish: runs, minutes, how precise the indices are.

``results/sensitivity`` keeps its sweeps, so that a long one can be interrupted and gone on with.
"""

import time
from pathlib import Path
from typing import Any

from ectsim.analysis.sensitivity import stages
from ectsim.analysis.sensitivity.conducting import analyse, half_width
from ectsim.experiments.factors import DUMMY
from ectsim.experiments.study import load_study


def sobol_study(folder: Path, base_points: int = 1024, noise_points: int = 256) -> list[dict[str, Any]]:
    """Time the study that ships, directly on all its factors; a row for each quantity that has indices."""
    study = stages.ready(load_study("sensitivity"), "sobol")
    sizes = stages.Sizes(base_points=base_points, noise_points=noise_points)
    begun = time.monotonic()
    found = analyse(study, folder, stages.Asked("sobol", sizes))
    minutes = (time.monotonic() - begun) / 60
    factors = sum(factor.name != DUMMY for factor in study.factors)
    rows: list[dict[str, Any]] = []
    noise: Any = found.tables["noise"]
    for row in noise.to_dict("records"):
        label = row["scenario"] if not isinstance(row["against"], str) else f"{row['scenario']} − {row['against']}"
        told = {"quantity": f"{row['outcome']}, {label}", "factors": factors, "base rows": base_points}
        told |= {"runs": sum(found.runs.values()), "minutes": minutes, "luck ν": row["share"]}
        rows.append(told | _precision(found.tables.get("indices"), row))
    return rows


def _precision(indices: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Widest half-width of the total indices, the foremost factor and the dummy; nothing where luck is too much."""
    none = {"half-width": "–", "foremost": "–", "its total": "–", "dummy": "–"}
    if indices is None:
        return none
    own = indices[(indices["outcome"] == row["outcome"]) & (indices["scenario"] == row["scenario"])]
    same = own["against"].isna() if not isinstance(row["against"], str) else own["against"] == row["against"]
    own = own[same]
    if not len(own):
        return none
    totals = own[own["index"] == "ST"].set_index("factor")["value"]
    foremost = totals.drop(DUMMY).idxmax()
    return {
        "half-width": half_width(own),
        "foremost": foremost,
        "its total": float(totals[foremost]),
        "dummy": float(totals[DUMMY]),
    }
