"""Whether two scenarios may be compared: they must share all that lies before month 0. Outcomes are compared later."""

from typing import Any

from pydantic import BaseModel

from ectsim.locale import current_language, text
from ectsim.scenario.expectations import node_at
from ectsim.scenario.instruments import InstrumentBase
from ectsim.scenario.numbers import decimal
from ectsim.scenario.schema import Scenario

SHARED = ("territory", "population", "posterior", "parameters", "horizon", "themes")


def comparable(a: Scenario, b: Scenario) -> list[str]:
    """Reasons, in the current language, why ``a`` and ``b`` differ before month 0; empty when they may be compared.

    They must share territory, population, posterior, parameters, horizon, themes and permanent instruments, so that
    with one seed their states at month 0 are equal to the bit (model.md, "Time"). Labels of instruments do not count.
    """
    reasons = []
    for name in SHARED:
        reasons += _differences((name,), getattr(a, name), getattr(b, name))
    return reasons + _permanent_differences(_permanent(a), _permanent(b))


def _permanent(scenario: Scenario) -> list[Any]:
    return [instrument for instrument in scenario.instruments if instrument.permanent]


def _permanent_differences(a: list[Any], b: list[Any]) -> list[str]:
    if [one.kind for one in a] != [other.kind for other in b]:
        kinds = {"a": _kinds(a), "b": _kinds(b)}
        return [text("scenario.comparable.permanent", **kinds)]
    reasons = []
    for one, other in zip(a, b, strict=True):
        for name in type(one).model_fields:
            if name != "label":
                location = ("instruments", 0, one.kind, name)
                reasons += _differences(location, getattr(one, name), getattr(other, name))
    return reasons


def _kinds(instruments: list[InstrumentBase]) -> str:
    names = [str(type(instrument).model_fields["kind"].default) for instrument in instruments]
    return ", ".join(names) or text("scenario.comparable.nothing")


def _differences(location: tuple[str | int, ...], a: Any, b: Any) -> list[str]:
    if a == b:
        return []
    if isinstance(a, BaseModel):
        names = type(a).model_fields
        return [
            reason for name in names for reason in _differences((*location, name), getattr(a, name), getattr(b, name))
        ]
    description = node_at(location)[f"description_{current_language()}"]
    place = ".".join(str(step) for step in location if not isinstance(step, int)).removeprefix("instruments.")
    return [text("scenario.comparable.differs", field=place, description=description, a=_shown(a), b=_shown(b))]


def _shown(value: Any) -> str:
    if value is None:
        return text("scenario.comparable.nothing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return decimal(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {decimal(number)}" for name, number in value.items())
    return str(value)
