"""Results folders: written whole or not at all, never over something else. What is said of a study: provenance.py."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.errors import InputError, Problem
from ectsim.experiments.provenance import (
    PROVENANCE,
    TERRITORIES,
    Study,
    file_digest,
    keep_inputs,
    provenance,
    read_provenance,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

STORY = "story.txt"
TABLES = (".parquet", ".csv")
FORMS = ("png", "svg")
"""Forms of a figure in a results folder."""


@dataclass(frozen=True)
class Results:
    """What a study found: tables and figures by name, and its story in the current language."""

    tables: Mapping[str, "pd.DataFrame"]
    figures: Mapping[str, "Figure"]
    story: str


def refuse_other_contents(folder: Path, verb: str) -> None:
    """Refuse to write results of ``verb`` over anything but earlier results of the same verb.

    Raises
    ------
    InputError
        If the folder is a file, the current folder, cannot be made, or holds something else; it names what.
    """
    if folder.resolve() == Path.cwd():
        raise InputError([Problem("experiments.current_folder", file=folder)])
    if folder.is_dir():
        present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        others = sorted(present - _own_files(folder, verb))
        if others:
            values = {"count": len(others), "first": others[0]}
            raise InputError([Problem("experiments.folder_in_use", values, file=folder)])
    elif folder.exists():
        raise InputError([Problem("experiments.not_a_folder", file=folder)])
    above = next(parent for parent in folder.resolve().parents if parent.exists())
    if not os.access(above, os.W_OK):
        raise InputError([Problem("experiments.not_writable", {"above": above.name}, file=folder)])


def _own_files(folder: Path, verb: str) -> set[str]:
    """Files that an earlier study of this verb wrote into ``folder``."""
    try:
        told = read_provenance(folder)
    except InputError:
        return set()
    return {PROVENANCE, *told.get("files", ())} if told.get("verb") == verb else set()


def write_results(folder: Path, study: Study, results: Results, *, started: str, csv: bool = False) -> None:
    """Write a study and its results: provenance, tables (Parquet, and CSV if asked), figures (PNG, SVG), story.

    All appears at once, and replaces earlier results of the same verb; a failure or an interruption leaves what was
    there.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    refuse_other_contents(folder, study.verb)
    with replacing_folder(folder) as made:
        _write_tables(made, results.tables, csv)
        for name, figure in results.figures.items():
            for form in FORMS:
                (made / f"{name}.{form}").write_bytes(drawn(figure, form))
        (made / STORY).write_text(results.story.rstrip() + "\n", encoding="utf-8", newline="\n")
        keep_inputs(study, made)
        told = provenance(study, started) | {"csv": csv, "files": _digests(made)}
        written = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        (made / PROVENANCE).write_text(written, encoding="utf-8", newline="\n")


def drawn(figure: "Figure", form: str) -> bytes:
    """A figure as a file of one of the ``FORMS``, with what it shows in words: the same bytes each time."""
    import matplotlib as mpl

    undated = {"Date": None} if form == "svg" else {}
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "ectsim"}):
        figure.savefig(file, format=form, dpi=200, metadata={"Description": str(figure.get_label())} | undated)
    return file.getvalue()


def _write_tables(folder: Path, tables: Mapping[str, "pd.DataFrame"], csv: bool) -> None:
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
        if csv:
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


@contextlib.contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` that takes its place when all went well, and vanishes otherwise."""
    target = folder.resolve()
    made = target.with_name(f".{target.name}.{os.getpid()}.new")
    old = made.with_suffix(".old")
    made.mkdir(parents=True)
    try:
        yield made
        if target.exists():
            target.rename(old)
        made.rename(target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def differing_tables(first: Path, second: Path) -> list[str]:
    """Names of the tables whose bytes are not the same in two results folders, or that only one has."""
    told: list[dict[str, Any]] = [read_provenance(folder)["files"] for folder in (first, second)]
    names = sorted({name for files in told for name in files if _is_table(name)})
    return [name for name in names if not _same(first / name, second / name)]


def _is_table(name: str) -> bool:
    return name.endswith(TABLES) and not name.startswith(f"{TERRITORIES}/")


def _same(first: Path, second: Path) -> bool:
    return first.is_file() and second.is_file() and first.read_bytes() == second.read_bytes()
