"""Whether the rows of a sweep are what the model gives: some of them run again and compared to the bit."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ectsim.experiments.blocks import run_block
from ectsim.experiments.parts import RUNS, read_bytes, read_part, row_counts, tables_of
from ectsim.experiments.plan import Block, Job
from ectsim.experiments.provenance import model_hash
from ectsim.experiments.store import kept_study, refuse_changes, table_files
from ectsim.experiments.study_inputs import Drawn, posteriors_of_scenarios, territory_hashes
from ectsim.experiments.study_settings import SweepStudy

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, Any]


class Difference(NamedTuple):
    """A value that is not what the model gives; of a further table only the name is told."""

    run_id: str
    table: str
    column: str | None
    stored: Any
    again: Any


@dataclasses.dataclass(frozen=True)
class Verification:
    """What running some rows again told.

    Attributes
    ----------
    checked : int
        Rows run again.
    differences : tuple of Difference
    damaged : tuple of str
        Files that cannot be read.
    """

    checked: int
    differences: tuple[Difference, ...]
    damaged: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return not self.differences and not self.damaged


def verify(folder: Path, rows: int = 20, seed: int = 1) -> Verification:
    """Run some rows of the sweep in ``folder`` again, drawn at random, and compare every table to the bit.

    Parameters
    ----------
    folder
        Of the sweep.
    rows
        How many, at most.
    seed
        Of the draw of rows.

    Raises
    ------
    InputError
        If it is not the folder of a sweep, or the model, a territory or a posterior has changed since.
    """
    study, told = kept_study(folder)
    drawn = Drawn({name: one.digest for name, one in posteriors_of_scenarios(study).items()}, told["notice"])
    now = {"model": model_hash(), "territories": territory_hashes(study), "posteriors": drawn.digests}
    refuse_changes(folder, told, told | now)
    differences: list[Difference] = []
    checked, counts = 0, row_counts(table_files(folder, RUNS))
    for file, places in _drawn({file: count for file, count in counts.items() if count}, rows, seed):
        part = read_part(file)
        if part is None:
            continue
        for row in part.take(places).to_pylist():
            differences += _differences(row, _again(row, study, told["model"], drawn), file, tables_of(study))
            checked += 1
    damaged = [file for table in tables_of(study) for file in table_files(folder, table) if read_part(file) is None]
    return Verification(checked, tuple(differences), tuple(file.relative_to(folder).as_posix() for file in damaged))


def _drawn(counts: Mapping[Path, int], rows: int, seed: int) -> Iterator[tuple[Path, list[int]]]:
    """Files and the places in them of ``rows`` rows drawn without repetition."""
    ends = np.cumsum(list(counts.values()))
    total = int(ends[-1]) if counts else 0
    drawn = np.sort(np.random.default_rng(seed).choice(total, min(rows, total), replace=False)) if total else []
    for (file, count), end in zip(counts.items(), ends, strict=True):
        places = [int(place - end + count) for place in drawn if end - count <= place < end]
        if places:
            yield file, places


def _again(row: Row, study: SweepStudy, model: str, drawn: Drawn) -> "dict[str, pa.Table]":
    """Tables of the run of a row, made again."""
    block = Block(0, 0, (row["point"],), range(row["replicate"], row["replicate"] + 1))
    values = np.array([[row[factor.name] for factor in study.factors]], float)
    seeds = np.array([[row["seed"]]], np.int64)
    parts = run_block(Job(study.model_dump_json(), model, block, values, seeds, drawn))
    return {name: _of_run(read_bytes(part), row["run_id"]) for name, part in parts.items()}


def _of_run(table: "pa.Table", run_id: str) -> "pa.Table":
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["run_id"], run_id))  # pyright: ignore[reportAttributeAccessIssue]


def _differences(
    row: Row, again: "Mapping[str, pa.Table]", file: Path, tables: tuple[str, ...]
) -> Iterator[Difference]:
    run_id = row["run_id"]
    made = (again[RUNS].to_pylist() or [{}])[0]
    for name, value in row.items():
        # repr tells numbers apart to the bit, the sign of zero included
        if repr(value) != repr(made.get(name)):
            yield Difference(run_id, RUNS, name, value, made.get(name))
    for table in tables[:-1]:
        stored = read_part(file.parent.parent / table / file.name)
        if stored is not None and not _of_run(stored, run_id).equals(again[table]):
            yield Difference(run_id, table, None, None, None)
