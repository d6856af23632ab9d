"""What every report has, and the report of a results folder that no other module of this folder knows."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ectsim.locale import text
from ectsim.model.simulation import Setup
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.making import MAKERS
from ectsim.report.wording import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS = 40
"""Rows of a table that a page shows; the folder holds all."""
MOST_COLUMNS = 9
HASH_SHOWN = 16
ANSWERED = 3
"""Sentences of a story told first."""


def report(folder: ResultsFolder) -> Report:
    """Story, figures and tables as they lie in the folder."""
    names = ", ".join(scenario_names(folder))
    told = [one for one in sentences(folder.story) if one not in text("report.not_a_forecast")]
    values = {"verb": folder.verb or folder.path.name, "names": names or "–"}
    return Report(
        kind=text("reports.general.kind", **values),
        title=text("reports.general.title", **values),
        question=text("reports.general.question", **values),
        answer=tuple(told[:ANSWERED]) or (text("reports.general.no_story"),),
        pictures=folder.pictures(),
        details=remaining(told),
        tables=tuple(plain_table(folder, file.stem) for file in sorted(folder.path.glob("*.parquet"))),
        method=(text("reports.general.method", command=command(folder)),),
        limits=limits(folder, *(() if folder.speaks else (text("reports.other_language"),))),
        provenance=provenance(folder),
        synthetic=synthetic(folder),
    )


def points(name: str, told: Sequence[str]) -> Part:
    """Sentences as points under a heading."""
    return Part(text(f"reports.points.{name}"), points=tuple(told))


def remaining(told: Sequence[str]) -> tuple[Part, ...]:
    """Sentences of an answer after those told first."""
    return (points("details", told[ANSWERED:]),) if told[ANSWERED:] else ()


def described(figure: "Figure", finding: str) -> str:
    """What a figure shows and how to read it, then what it tells."""
    return f"{figure.get_label()} {finding}"


def command(folder: ResultsFolder) -> str:
    """The command that made a folder."""
    return str(folder.told.get("command") or f"ectsim {folder.verb}")


def scenario_names(folder: ResultsFolder) -> list[str]:
    """Scenarios of a folder, by the names of their files."""
    scenarios: Any = folder.told.get("scenarios", ())
    return [str(one.get("file", "")).removesuffix(".yaml") for one in scenarios if isinstance(one, dict)]


def sentences(paragraphs: Iterable[str]) -> list[str]:
    """The sentences of a text, cut where a line or a sentence ends."""
    found: list[str] = []
    for paragraph in paragraphs:
        for line in paragraph.splitlines():
            whole = line.strip().replace(". ", ".\n").splitlines()
            found += [sentence.strip() for sentence in whole if sentence.strip()]
    return found


def synthetic(folder: ResultsFolder) -> bool:
    """Whether anything of the folder, or the posterior it drew from, rests on fictive interviews."""
    from ectsim.pages import FICTIVE

    return FICTIVE in json.dumps(folder.told, ensure_ascii=False) or any(FICTIVE in told for told in folder.story)


def limits(folder: ResultsFolder, *more: str) -> tuple[str, ...]:
    """What no result of the model says, what a kind adds, and what its parameters rest on."""
    return (text("report.not_a_forecast"), *more)


def parameters_of(setups: Sequence[Setup]) -> tuple[str, ...]:
    """Whether parameters are set by hand or drawn, and from what."""
    from ectsim.report.story import tell_parameters

    told = dict.fromkeys(tell_parameters(setup) for setup in setups)
    return (*told, *(setup.posterior.notice for setup in setups[:1] if setup.posterior and setup.posterior.notice))


def provenance(folder: ResultsFolder) -> tuple[tuple[str, str], ...]:
    """Command, version, machine, dates and hashes; the folder's own file says the rest."""
    told = folder.told
    machine: Any = told.get("machine") or {}
    options: Any = told.get("options") or {}
    scenarios: Any = [one for one in told.get("scenarios", ()) if isinstance(one, dict)]
    rows = {
        "command": command(folder),
        "options": ", ".join(f"{name} {value}" for name, value in options.items() if value is not None),
        "scenarios": ", ".join(str(one.get("file", "")) for one in scenarios),
        "version": told.get("version"),
        "revision": told.get("revision"),
        "machine": ", ".join(str(machine[name]) for name in ("system", "processor", "python") if name in machine),
        "started": told.get("started"),
        "finished": told.get("finished"),
        "inputs_hash": _short(told.get("inputs_hash")),
        "code_hash": _short(told.get("code_hash")),
        "again": text("reports.provenance.rerun") if folder.verb in MAKERS else "",
    }
    return tuple((text(f"reports.provenance.{name}"), str(value)) for name, value in rows.items() if value)


def _short(digest: Any) -> str:
    return f"{str(digest)[:HASH_SHOWN]}…" if digest else ""


def plain_table(folder: ResultsFolder, name: str) -> Table:
    """A table as it lies in the folder, cut to what a page can hold."""
    found: Any = folder.table(name)
    shown = found.iloc[:MOST_ROWS, :MOST_COLUMNS]
    rows = tuple(tuple(map(_cell, row)) for row in shown.itertuples(index=False, name=None))
    words = next((place for place, kind in enumerate(shown.dtypes) if kind.kind in "iufb"), len(shown.columns))
    values = {"rows": len(found), "columns": len(found.columns), "file": f"{name}.parquet"}
    cut = len(found) > MOST_ROWS or len(found.columns) > MOST_COLUMNS
    note = text("reports.cut", **values) if cut else ""
    return Table(name.replace("_", " "), note, tuple(map(str, shown.columns)), rows, max(words, 1))


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number(value, 3 if abs(value) < 1 else 2)
    return "–" if value is None else str(value)
