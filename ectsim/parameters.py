"""Every parameter of the model, once: read from ``parameters.csv``, checked, packed for the compiled rules."""

import csv
import dataclasses
import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any, Literal

import numpy as np

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.locale import current_language

Prior = Literal["uniform", "log-uniform", "fixed"]
Source = Literal["interview", "census", "literature", "assumption", "definition"]


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One scalar parameter.

    ``name`` may carry an index, ``initiator_share[commune]``; ``low`` and ``high`` bound what is accepted and the
    prior; ``source`` says what the default rests on, ``reference`` where it was read or how it will be measured.
    """

    name: str
    symbol: str
    unit: str
    group: str
    default: float
    low: float
    high: float
    prior: Prior
    source: Source
    reference: str
    label_fr: str
    label_en: str

    @property
    def label(self) -> str:
        """Label in the current language."""
        return self.label_fr if current_language() == "fr" else self.label_en

    @property
    def field(self) -> str:
        """Name of the field of :func:`pack` that holds the parameter: its name without index."""
        return self.name.partition("[")[0]


def _read() -> dict[str, Parameter]:
    with resources.files("ectsim").joinpath("parameters.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    numbers = ("default", "low", "high")
    entries: list[dict[str, Any]] = [{k: float(v) if k in numbers else v for k, v in row.items()} for row in rows]
    return {entry["name"]: Parameter(**entry) for entry in entries}


PARAMETERS: Mapping[str, Parameter] = _read()


@functools.cache
def _layout() -> tuple[np.dtype, dict[str, tuple[str, tuple[int, ...]]]]:
    """Record type of the packed parameters and, by name, the field and index of each."""
    axes: dict[str, list[list[str]]] = {}
    for name in PARAMETERS:
        field, _, inside = name.partition("[")
        labels = inside.rstrip("]").split(",") if inside else []
        known = axes.setdefault(field, [[] for _ in labels])
        for position, label in enumerate(labels):
            if label not in known[position]:
                known[position].append(label)
    places = {}
    for name in PARAMETERS:
        field, _, inside = name.partition("[")
        labels = inside.rstrip("]").split(",") if inside else []
        places[name] = field, tuple(axes[field][i].index(label) for i, label in enumerate(labels))
    fields = [(field, "f8", tuple(len(axis) for axis in known)) for field, known in axes.items()]
    return np.dtype(fields, align=True), places


def place_of(name: str) -> tuple[str, tuple[int, ...]]:
    """Field of :func:`pack`'s record that holds the parameter ``name``, and its index there."""
    return _layout()[1][name]


def index_labels(field: str) -> tuple[tuple[str, ...], ...]:
    """Labels of each index of ``field``, in the order of its packed array: ``(("time", "money", …),)``."""
    inside = [re.findall(r"[^\[\],]+", name)[1:] for name, p in PARAMETERS.items() if p.field == field]
    return tuple(tuple(dict.fromkeys(axis)) for axis in zip(*inside, strict=True))


def pack(overrides: Mapping[str, float] | None = None) -> Any:
    """Parameter values as one record array of shape (1,), the form the compiled rules read.

    Parameters
    ----------
    overrides
        Values by parameter name; every other parameter keeps its default.

    Raises
    ------
    InputError
        If a name is unknown or a value outside its bounds; all of them are listed.
    """
    values = {name: p.default for name, p in PARAMETERS.items()}
    problems = list(parameter_problems(overrides or {}))
    if problems:
        raise InputError(problems)
    values.update(overrides or {})
    dtype, places = _layout()
    packed = np.zeros(1, dtype).view(np.recarray)
    for name, value in values.items():
        field, index = places[name]
        packed[field][(0, *index)] = value
    return packed


def unpack(packed: Any) -> dict[str, float]:
    """Parameter values by name, from the record that :func:`pack` made."""
    _, places = _layout()
    return {name: float(packed[field][(0, *index)]) for name, (field, index) in places.items()}


def parameter_problems(overrides: Mapping[str, float]) -> list[Problem]:
    """What is wrong with a set of values: unknown names, values outside their bounds (without file or line)."""
    problems = []
    for name, value in overrides.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            unknown = Problem("parameters.unknown", {"name": name}, field=name, nearest=nearest_name(name, PARAMETERS))
            problems.append(unknown)
        elif not parameter.low <= value <= parameter.high:
            bounds = {"value": value, "low": parameter.low, "high": parameter.high, "unit": parameter.unit}
            problems.append(Problem("parameters.bounds", bounds, field=name))
    return problems
