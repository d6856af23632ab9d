"""The folder of a sweep: a manifest that says what it holds, and one Parquet file a block and table.

A file appears whole or not at all, so that the files present are the progress made. What is in them lives in parts.py.
"""

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import ValidationError

from ectsim.errors import EctsimError, InputError, Problem, system_reason
from ectsim.experiments.parts import RUNS, read_part, run_columns, tables_of
from ectsim.experiments.plan import WHOLE, Block, Plan, Shard
from ectsim.experiments.provenance import now, surroundings
from ectsim.experiments.study_inputs import territory_hashes
from ectsim.experiments.study_settings import SweepStudy

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
LOCKS = ".locks"
ENDING = ".parquet"
LONGEST_SHOWN = 80


class StoreError(EctsimError):
    """A file of a sweep could not be written; nothing half-written is left."""

    def __init__(self, file: Path, reason: OSError):
        self.file, self.reason = file, reason
        super().__init__(file, reason)

    def __str__(self) -> str:
        values = {"file": self.file.name, "reason": system_reason(self.reason)}
        return str(Problem("sweeps.not_written", values, file=self.file.parent))


@contextlib.contextmanager
def writing_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which appears under its name only when all is on the disk.

    Raises
    ------
    StoreError
        If the disk is full or refuses.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync(path.parent)
    except OSError as reason:
        raise StoreError(path, reason) from reason
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have the names in a folder written to the disk, where the system can be asked to."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _write_json(path: Path, told: Any) -> None:
    with writing_whole(path) as file:
        file.write((json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())


def manifest_of(plan: Plan) -> dict[str, Any]:
    """What the folder of a sweep says of itself: the same at any time, on any machine, for any shard."""
    study = plan.study
    return {
        "made_by": "ectsim",
        "study": study.model_dump(mode="json"),
        "model": plan.model,
        "territories": territory_hashes(study),
        "posteriors": plan.drawn.digests,
        "notice": plan.drawn.notice,
        "points": {"count": len(plan.points), "hash": _hash_of_points(plan.points)},
        "blocks": {"groups": plan.groups, "points": plan.group, "rounds": len(plan.rounds)},
        "columns": {RUNS: run_columns(study)},
    }


def _hash_of_points(points: NDArray[np.float64]) -> str:
    """SHA-256 of points in the byte order of every machine; as text, a million of them would take half a gigabyte."""
    return hashlib.sha256(np.ascontiguousarray(points, "<f8")).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of the folder of a sweep.

    Raises
    ------
    InputError
        If there is none, or it was not written by ectsim.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem("sweeps.no_manifest", file=folder)]) from None
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("made_by") != "ectsim" or "study" not in told:
        raise InputError([Problem("sweeps.not_manifest", file=folder / MANIFEST)])
    return told


def kept_study(folder: Path) -> tuple[SweepStudy, dict[str, Any]]:
    """Study of the sweep in a folder, and the manifest it was read from.

    Raises
    ------
    InputError
        If there is none, or this version of ectsim cannot read it.
    """
    told = read_manifest(folder)
    with contextlib.suppress(ValidationError, InputError):
        if told.keys() >= {"notice", "points", "blocks"}:
            return SweepStudy.model_validate(told["study"]), told
    raise InputError([Problem("sweeps.not_manifest", file=folder / MANIFEST)])


def differences(before: Any, now: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every field that two manifests do not agree on: its place, its value before, its value now."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*before, *now)):
            yield from differences(before.get(name), now.get(name), f"{place}.{name}" if place else name)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for position, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differences(one, other, f"{place}[{position}]")
    elif before != now:
        yield place, before, now


def refuse_changes(folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with a sweep when the study, the model or a file it rests on is no longer what it was.

    Raises
    ------
    InputError
        With every field that differs, its value before and now.
    """
    found = list(differences(before, json.loads(json.dumps(now))))
    causes = [one for one in found if one[0].split(".")[0] in ("study", "model", "territories", "posteriors")] or found
    if causes:
        told = [
            Problem("sweeps.difference", {"before": _shown(old), "now": _shown(new)}, field=place)
            for place, old, new in causes
        ]
        raise InputError([Problem("sweeps.changed", file=folder), *told])


def _shown(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= LONGEST_SHOWN else told[: LONGEST_SHOWN - 1] + "…"


def table_files(folder: Path, table: str, group: str = "*") -> list[Path]:
    """Files of a table, of every group or of one."""
    return sorted((folder / table).glob(f"part-{group}-*{ENDING}"))


def group_of(file: Path) -> int:
    """Group of points that a file of a table, or one being written, belongs to."""
    return _numbers(file)[0]


def _numbers(file: Path) -> tuple[int, int]:
    _, group, number = file.name.partition(ENDING)[0].split("-")
    return int(group), int(number)


def group_runs(folder: Path, group: int, columns: list[str], rounds: range | None = None) -> "pa.Table":
    """Some columns of the runs of a group, in some rounds or in all that are there, in the order of rounds."""
    import pyarrow as pa

    files = table_files(folder, RUNS, f"{group:05d}")
    chosen = [file for file in files if rounds is None or _numbers(file)[1] in rounds]
    parts = [part for file in chosen if (part := read_part(file, columns)) is not None]
    return pa.concat_tables(parts) if parts else pa.table({name: [] for name in columns})


class Store:
    """Files of the blocks of a sweep; make one with :func:`open_store` to write, directly to read.

    Attributes
    ----------
    folder : Path
    plan : Plan
    damaged : list of str
        Files found damaged, to be made again.
    """

    def __init__(self, folder: Path, plan: Plan):
        self.folder, self.plan = folder, plan
        self.damaged: list[str] = []

    def path(self, table: str, block: Block) -> Path:
        """File of a table of a block."""
        return self.folder / table / f"{block.name}{ENDING}"

    def has(self, block: Block) -> bool:
        """Whether a block is there, whole; damaged files are noted."""
        return all([self._has(table, block) for table in tables_of(self.plan.study)])

    def _has(self, table: str, block: Block) -> bool:
        path = self.path(table, block)
        if not path.is_file():
            return False
        found = read_part(path)
        whole = found is not None and (table != RUNS or len(found) == self.plan.runs_of(block))
        if not whole:
            self.damaged.append(path.relative_to(self.folder).as_posix())
        return whole

    def keep(self, block: Block, parts: Mapping[str, bytes]) -> None:
        """Write the files of a block, that of its runs last: with it the block is done.

        Raises
        ------
        StoreError
            If the disk is full or refuses.
        """
        for table in tables_of(self.plan.study):
            with writing_whole(self.path(table, block)) as file:
                file.write(parts[table])

    def forget_unfinished(self, groups: Iterable[int]) -> None:
        """Remove what an earlier command was writing to these groups when it was killed."""
        own = set(groups)
        for table in tables_of(self.plan.study):
            for path in (self.folder / table).glob(f".part-*{ENDING}.*"):
                if group_of(path) in own:
                    path.unlink(missing_ok=True)


@contextlib.contextmanager
def open_store(folder: Path, plan: Plan, shard: Shard = WHOLE) -> Iterator[Store]:
    """The folder of a sweep, begun or gone on with, which no other command writes to meanwhile.

    Raises
    ------
    InputError
        If the folder holds something else or another study, cannot be written to, or is in use.
    StoreError
        If the disk is full.
    """
    refuse_others(folder, plan)
    store = Store(folder, plan)
    with contextlib.ExitStack() as held:
        try:
            (folder / LOCKS).mkdir(parents=True, exist_ok=True)
            held.enter_context(_locked(folder, shard))
            for table in tables_of(plan.study):
                (folder / table).mkdir(exist_ok=True)
        except OSError as reason:
            problem = Problem("sweeps.not_writable", {"reason": system_reason(reason)}, file=folder)
            raise InputError([problem]) from reason
        # the other command of two that begin at once may have written it meanwhile
        refuse_others(folder, plan)
        if not (folder / MANIFEST).exists():
            _write_json(folder / MANIFEST, manifest_of(plan))
        store.forget_unfinished(plan.of_shard(shard))
        started = now()
        yield store
        _write_json(folder / _provenance_name(shard), surroundings() | {"started": started, "finished": now()})


def _provenance_name(shard: Shard) -> str:
    return "provenance.json" if shard == WHOLE else f"provenance-{shard.number}-of-{shard.total}.json"


def refuse_others(folder: Path, plan: Plan) -> None:
    """Refuse a folder that holds anything else than this sweep.

    Raises
    ------
    InputError
        With what it holds, or with every field of the study that differs.
    """
    if (folder / MANIFEST).exists():
        refuse_changes(folder, read_manifest(folder), manifest_of(plan))
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem("sweeps.not_a_folder", file=folder)])
    if folder.is_dir() and not (folder / MANIFEST).exists():
        others = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        # a command killed before its manifest was there leaves empty folders
        others = [name for name in others if not (folder / name).is_dir() or any((folder / name).iterdir())]
        if others:
            raise InputError([Problem("sweeps.folder_in_use", {"first": others[0]}, file=folder)])


@contextlib.contextmanager
def _locked(folder: Path, shard: Shard) -> Iterator[None]:
    """Hold the lock of a shard; the system lets it go when the process ends, however it ends."""
    own = folder / LOCKS / f"{shard.number}-of-{shard.total}"
    with _held(own, folder):
        for path in sorted((folder / LOCKS).glob("*-of-*")):
            number, total = path.name.split("-of-")
            if path != own and shard.overlaps(Shard(int(number), int(total))):
                with _held(path, folder):
                    pass
        yield


@contextlib.contextmanager
def _held(path: Path, folder: Path) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise InputError([Problem("sweeps.in_use", file=folder)]) from None
    try:
        yield
    finally:
        lock.release()
