"""What is read of a project's life when origins are compared: one entry an outcome. The comparison is in origins.py."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.model.state import MARKS, REASONS
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS
from ectsim.world.layout import VALUES

Values = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Measure:
    """One outcome of a project: unit, from when it is followed, and how it is read from the table of lives."""

    name: str
    unit: str
    since: str
    read: Callable[[Any, int], Values]


def _within(stage: str) -> Callable[[Any, int], Values]:
    def read(rows: Any, age: int) -> Values:
        wait = rows[stage].to_numpy(float) - rows["entered"].to_numpy(float)
        # who was there already at the start (a year-old that is structured) is counted in
        return (wait < age).astype(float)

    return read


def _wait(stage: str, since: str) -> Callable[[Any, int], Values]:
    def read(rows: Any, age: int) -> Values:
        wait = rows[stage].to_numpy(float) - rows[since].to_numpy(float)
        return np.where(wait < age, wait, np.nan)

    return read


def _column(name: str) -> Callable[[Any, int], Values]:
    return lambda rows, age: rows[name].to_numpy(float)


def _alive(rows: Any, age: int) -> Values:
    return 1.0 - _within("stopped")(rows, age)


def _reason(name: str) -> Callable[[Any, int], Values]:
    return lambda rows, age: _within("stopped")(rows, age) * (rows["reason"] == name).to_numpy(float)


def _carried(column: str, sector: str) -> Callable[[Any, int], Values]:
    kinds = [kind for kind in KINDS if SECTOR_OF_KIND[kind] == sector]
    return lambda rows, age: rows[column].isin(kinds).to_numpy(float)


def _stages_reached() -> Iterator[Measure]:
    for stage in ("first_known", "collective", "structured", "emerged", "stopped"):
        yield Measure(stage, "share", "born", _within(stage))
    for stage in ("structured", "emerged", "stopped"):
        yield Measure(stage, "share", "year_old", _within(stage))
    for stage in ("emerged", "stopped"):
        yield Measure(stage, "share", "structured", _within(stage))
    yield Measure("anchored", "share", "emerged", _within("anchored"))
    yield Measure("alive", "share", "emerged", _alive)
    for before, stage, since in (
        ("birth", "collective", "born"),
        ("birth", "structured", "born"),
        ("birth", "emerged", "born"),
        ("structured", "emerged", "structured"),
        ("emerged", "anchored", "emerged"),
    ):
        yield Measure(f"months[{stage}]", "months", since, _wait(stage, before))
    for reason in REASONS[1:]:
        yield Measure(f"reason[{reason}]", "share", "born", _reason(reason))


def _at_stages() -> Iterator[Measure]:
    for moment in ("structured", "emerged"):
        yield Measure("size", "actors", moment, _column(f"{moment}_size"))
        for sector in SECTORS:
            yield Measure(f"carried[{sector}]", "share", moment, _carried(f"{moment}_kind", sector))
        for name in ("local", "repeat"):
            yield Measure(name, "share", moment, _column(f"{moment}_{name}"))


def _at_structuring() -> Iterator[Measure]:
    for name in ("co_carried", "facilitated"):
        yield Measure(name, "share", "structured", _column(name))
    for mark in MARKS:
        yield Measure(f"mark[{mark}]", "0-1", "structured", _column(f"mark[{mark}]"))


def _at_emergence() -> Iterator[Measure]:
    for name, unit in (("sectors", "sectors"), ("kinds", "kinds"), ("market", "share"), ("public", "share")):
        yield Measure(name, unit, "emerged", _column(f"emerged_{name}"))
    for field in ("value", "anchored_value"):
        for key in VALUES:
            yield Measure(f"{field}[{key}]", "index", "emerged", _column(f"{field}[{key}]"))
    yield Measure("paid", "k€", "emerged", _column("paid"))


MEASURES: tuple[Measure, ...] = (*_stages_reached(), *_at_stages(), *_at_structuring(), *_at_emergence())
