"""What a study varies: a parameter of the model or a field of an instrument, and how a scenario takes its values.

Where the values come from lives in the designs.
"""

import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, Strict, field_validator

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.parameters import PARAMETERS, parameter_problems
from ectsim.scenario.conflicts import ConflictError, conflicts
from ectsim.scenario.expectations import expectation, names_at, node_at
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.schema import NO_POSTERIOR, Scenario
from ectsim.scenario.settings import Settings, setting

DUMMY = "dummy"
"""Name of a factor that touches nothing: what an analysis attributes to it is noise."""


class Factor(Settings):
    """One thing a study varies: between two bounds, over levels, or as its design says (a list, a posterior).

    In a sampled design a parameter without bounds or levels takes those of its prior, see :func:`in_full`.
    """

    name: str = setting(
        ...,
        "text",
        "parameter of the model, field of an instrument (call.winners, call[1].grant_rate) or dummy, which acts on "
        "nothing",
        "paramètre du modèle, champ d’un instrument (call.winners, call[1].grant_rate) ou dummy, qui n’agit sur rien",
        min_length=1,
    )
    low: float | None = setting(None, "number", "lower bound", "borne basse")
    high: float | None = setting(None, "number", "upper bound", "borne haute")
    levels: Annotated[tuple[float, ...], Strict(False), Field(min_length=1)] | None = setting(
        None, "number", "values taken, instead of bounds", "valeurs prises, au lieu de bornes"
    )
    scale: Literal["linear", "log"] = setting(
        "linear",
        "choice",
        "scale on which values between the bounds are spread evenly: linear or log",
        "échelle sur laquelle les valeurs se répartissent également entre les bornes : linear ou log",
    )
    group: str | None = setting(
        None,
        "text",
        "group of factors analysed as one (Saltelli, Morris)",
        "groupe de facteurs analysés ensemble (Saltelli, Morris)",
        min_length=1,
    )

    @field_validator("levels", mode="before")
    @classmethod
    def _yes_and_no_as_numbers(cls, given: Any) -> Any:
        if isinstance(given, list | tuple):
            return tuple(float(level) if isinstance(level, bool) else level for level in given)
        return given

    @property
    def is_given(self) -> bool:
        """Whether the factor says its values itself, by bounds or levels."""
        return (self.low, self.high, self.levels) != (None, None, None)

    @property
    def is_whole(self) -> bool:
        """Whether the factor takes whole numbers only (yes and no are 1 and 0)."""
        place = place_of(self.name)
        return place is not None and place.node.get("type") in ("integer", "boolean")


def in_full(factor: dict[str, Any]) -> dict[str, Any]:
    """Raw settings of a factor, those of a bare parameter completed with the bounds and scale of its prior."""
    parameter = PARAMETERS.get(str(factor.get("name")))
    if any(factor.get(field) is not None for field in ("low", "high", "levels", "scale")):
        return factor
    if parameter is not None:
        scale = "log" if parameter.prior == "log-uniform" else "linear"
        return {**factor, "low": parameter.low, "high": parameter.high, "scale": scale}
    return {**factor, "low": 0.0, "high": 1.0} if factor.get("name") == DUMMY else factor


@dataclass(frozen=True)
class Place:
    """A field of an instrument: its kind, its position among the instruments of that kind (None: the only one)."""

    kind: str
    position: int | None
    field: str

    @property
    def location(self) -> tuple[str | int, ...]:
        """Where the field stands in the schema of a scenario."""
        return ("instruments", 0, self.kind, self.field)

    @property
    def node(self) -> dict[str, Any]:
        """What the schema of a scenario says of the field."""
        return node_at(self.location)

    def within(self, scenario: Scenario) -> int | None:
        """Position of the instrument in ``scenario``, None if it has none such."""
        same = [i for i, instrument in enumerate(scenario.instruments) if _kind(instrument) == self.kind]
        wanted = self.position or 0
        return same[wanted] if wanted < len(same) else None


def _kind(instrument: Any) -> str:
    return type(instrument).model_fields["kind"].default


@functools.cache
def place_of(name: str) -> Place | None:
    """Field of an instrument behind the name of a factor; None for a parameter and for what is no such name."""
    found = re.fullmatch(r"([a-z_]+)(?:\[(\d+)\])?\.([a-z_]+)", name)
    if found is None or found[1] not in INSTRUMENTS or found[3] not in names_at(("instruments", 0, found[1])):
        return None
    return Place(found[1], None if found[2] is None else int(found[2]), found[3])


def apply_factors(scenario: Scenario, factors: Sequence[Factor], values: Iterable[float]) -> Scenario:
    """``scenario`` with one value for each factor; a factor of an instrument it lacks changes nothing.

    Raises
    ------
    ConflictError
        If a value is out of bounds or contradicts another setting.
    """
    parameters = dict(scenario.overrides)
    instruments = list(scenario.instruments)
    for factor, value in zip(factors, values, strict=True):
        place = place_of(factor.name)
        if place is None:
            if factor.name != DUMMY:
                parameters[factor.name] = float(value)
        elif (position := place.within(scenario)) is not None:
            # The bounds were checked with the factor: only contradictions between settings remain to be found.
            instruments[position] = instruments[position].model_copy(update={place.field: _read(place, float(value))})
    changes: dict[str, Any] = {"parameters": parameters or scenario.parameters, "instruments": tuple(instruments)}
    if scenario.drawn_from is None:
        # one whose parameters are all set by hand may name a posterior all the same: values must not make it draw
        changes["posterior"] = NO_POSTERIOR
    made = scenario.model_copy(update=changes)
    if found := conflicts(made):
        raise ConflictError(found)
    return made


def _read(place: Place, value: float) -> float | int | bool:
    match place.node.get("type"):
        case "boolean":
            return bool(value)
        case "integer":
            return round(value)
    return value


def scaled(factors: Sequence[Factor], unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers of the unit cube, of shape (P, F), in the units of the factors.

    Whole numbers between two bounds get equal parts of [0, 1], and so do levels; everything else lies evenly between
    its bounds, on its scale.
    """
    points = np.empty_like(unit)
    for column, factor in enumerate(factors):
        points[:, column] = _scaled(factor, unit[:, column])
    return points


def _scaled(factor: Factor, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    if factor.levels is not None:
        return np.array(factor.levels)[_parts(unit, len(factor.levels))]
    if factor.low is None or factor.high is None:
        raise ValueError(f"factor {factor.name} has neither bounds nor levels")
    low, high = factor.low, factor.high
    if factor.scale == "linear":
        if factor.is_whole:
            return (low + _parts(unit, round(high - low) + 1)).astype(np.float64)
        return (low + (high - low) * unit).clip(low, high)
    if not factor.is_whole:
        return (low * (high / low) ** unit).clip(low, high)
    return np.round((low - 0.5) * ((high + 0.5) / (low - 0.5)) ** unit).clip(low, high)


def _parts(unit: NDArray[np.float64], number: int) -> NDArray[np.int64]:
    return np.minimum((unit * number).astype(np.int64), number - 1)


def factor_problems(factor: Factor, scenarios: Mapping[str, Scenario] | None) -> Iterator[Problem]:
    """What is wrong with one factor; ``field`` is relative to it. Without scenarios, their instruments are not asked.

    Whether its values come from the design is not asked here.
    """
    known = factor.name == DUMMY or factor.name in PARAMETERS
    place = None if known else place_of(factor.name)
    if not known and place is None:
        yield _unknown(factor.name)
        return
    if place and scenarios is not None:
        yield from _place_problems(factor.name, place, scenarios)
    if place and place.node.get("type") not in ("integer", "number", "boolean"):
        yield Problem("studies.not_a_number", {"expected": expectation(place.location)}, field="name")
        return
    yield from _value_problems(factor)


def _unknown(name: str) -> Problem:
    fields = [f"{kind}.{field}" for kind in INSTRUMENTS for field in names_at(("instruments", 0, kind))]
    without_position = re.sub(r"\[\d+\]\.", ".", name)
    nearest = nearest_name(without_position, [*fields, *PARAMETERS, DUMMY])
    return Problem("studies.unknown_factor", {"given": name}, field="name", nearest=nearest)


def _place_problems(name: str, place: Place, scenarios: Mapping[str, Scenario]) -> Iterator[Problem]:
    counts = {key: sum(_kind(i) == place.kind for i in scenario.instruments) for key, scenario in scenarios.items()}
    several = [key for key, count in counts.items() if count > 1]
    if not any(place.within(scenario) is not None for scenario in scenarios.values()):
        yield Problem("studies.no_such_instrument", {"given": name, "scenarios": ", ".join(scenarios)}, field="name")
    elif place.position is None and several:
        values = {"kind": place.kind, "scenario": several[0], "count": counts[several[0]], "field": place.field}
        yield Problem("studies.several_instruments", values, field="name")


def _value_problems(factor: Factor) -> Iterator[Problem]:
    bounds = (factor.low, factor.high)
    if factor.levels is not None and bounds != (None, None):
        yield Problem("studies.bounds_and_levels", field="levels")
    elif factor.levels is None and None in bounds and bounds != (None, None):
        missing = "low" if factor.low is None else "high"
        yield Problem("studies.one_bound", {"missing": missing}, field=missing)
    elif factor.low is not None and factor.high is not None and factor.low >= factor.high:
        yield Problem("studies.bounds_order", {"low": factor.low, "high": factor.high}, field="high")
    if factor.levels is not None and len(set(factor.levels)) < len(factor.levels):
        yield Problem("studies.repeated_level", field="levels")
    if factor.scale == "log" and (factor.low is None or factor.low <= 0):
        yield Problem("studies.log_scale", field="scale")
    for field, value in _written(factor):
        if problem := value_problem(factor.name, value):
            yield Problem(problem.message, problem.values, field=field)


def _written(factor: Factor) -> Iterator[tuple[str, float]]:
    yield from ((name, value) for name in ("low", "high") if (value := getattr(factor, name)) is not None)
    yield from ((f"levels[{i}]", level) for i, level in enumerate(factor.levels or ()))


def value_problem(name: str, value: float) -> Problem | None:
    """What is wrong with one value of the factor ``name``, a known one; its bounds and kind are those of the model."""
    if name == DUMMY:
        return None
    place = place_of(name)
    if place is None:
        return next(iter(parameter_problems({name: value})), None)
    node = place.node
    choices = node.get("enum") or ([0, 1] if node["type"] == "boolean" else None)
    whole = node["type"] != "number"
    inside = node.get("minimum", -math.inf) <= value <= node.get("maximum", math.inf)
    if (choices and value not in choices) or (whole and not float(value).is_integer()) or not inside:
        values = {"expected": expectation(place.location), "given": f"{value:g}"}
        return Problem("scenario.value", values, field=name)
    return None


def refuse(problems: Iterable[Problem]) -> None:
    """Raise :class:`~ectsim.errors.InputError` with the problems, if there are any."""
    if found := list(problems):
        raise InputError(found)
