"""Draws on disk: a Parquet table with a JSON file beside it that says what it is. What is drawn lives elsewhere."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.calibration.tidy import FICTIVE
from ectsim.errors import InputError, Problem
from ectsim.experiments.store import writing_whole
from ectsim.posterior import label_of

if TYPE_CHECKING:
    import pandas as pd


def write_draws(folder: Path, name: str, draws: "pd.DataFrame", told: Mapping[str, Any], *, synthetic: bool) -> None:
    """Write ``<name>.parquet`` and ``<name>.json`` into ``folder``; both say whether they rest on fictive interviews.

    The table takes its place first: a sidecar never speaks of draws that are not there.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    notice = FICTIVE if synthetic else ""
    table = pa.Table.from_pandas(draws, preserve_index=False)
    metadata = {**(table.schema.metadata or {}), "synthetic": "false", **label_of(notice)}
    label = {"synthetic": synthetic, "notice": notice}
    sidecar = json.dumps(label | dict(told), ensure_ascii=False, indent=1) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    with writing_whole(folder / f"{name}.parquet") as file:
        pq.write_table(table.replace_schema_metadata(metadata), file, compression="zstd")
    with writing_whole(folder / f"{name}.json") as file:
        file.write(sidecar.encode())


def read_draws(folder: Path, name: str) -> tuple["pd.DataFrame", dict[str, Any]]:
    """Table and sidecar that :func:`write_draws` wrote.

    Raises
    ------
    InputError
        If one is missing or cannot be read; both are named.
    """
    import pandas as pd
    import pyarrow as pa

    problems = []
    draws, told = pd.DataFrame(), {}
    table, sidecar = folder / f"{name}.parquet", folder / f"{name}.json"
    try:
        draws = pd.read_parquet(table)
    except (OSError, pa.ArrowInvalid) as error:
        problems.append(Problem("posteriors.unreadable", {"detail": type(error).__name__}, table))
    try:
        told = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problems.append(Problem("posteriors.unreadable", {"detail": type(error).__name__}, sidecar))
    if problems:
        raise InputError(problems)
    return draws, told
