"""Levers: the settings of scenario B that the room may move, from the schema of its instruments.

What moving one does lives in simulator.py.
"""

import dataclasses
from collections.abc import Mapping

from ectsim.scenario.instruments import InstrumentBase
from ectsim.scenario.schema import Scenario

MOST_SHOWN = 6
STEPS = 20
WIDEST = 4
"""A slider goes to this many times the scenario's value where the schema's bound is further."""
PREFERRED = (
    "winners",
    "grant_rate",
    "budget",
    "officers",
    "enforcement",
    "participants",
    "strength",
    "autonomy",
    "application_cost",
)
NOT_OURS = ("first_month", "until")


@dataclasses.dataclass(frozen=True)
class Lever:
    """One field of one instrument, as a slider shows it.

    ``name`` is ``"<place of the instrument>.<field>"``; ``unit`` is that of the schema.
    """

    name: str
    place: int
    instrument: str
    field: str
    unit: str
    whole: bool
    low: float
    high: float
    step: float
    value: float
    label: dict[str, str]

    def clamped(self, value: float) -> float:
        """The nearest value the slider can take."""
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return round(min(self.low + steps * self.step, self.high), 6)

    def packed(self) -> dict[str, object]:
        """What a page needs to draw it."""
        return {
            "name": self.name,
            "instrument": self.instrument,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "value": self.value,
            "label": self.label,
        }


def levers_of(scenario: Scenario) -> dict[str, Lever]:
    """Every number that a scheme of ``scenario`` sets, by name.

    Permanent instruments have none: they are the ground that both worlds share.
    """
    found: dict[str, Lever] = {}
    for place, instrument in enumerate(scenario.instruments):
        if instrument.permanent:
            continue
        for field in type(instrument).model_fields:
            lever = _lever(instrument, place, field)
            if lever is not None:
                found[lever.name] = lever
    return found


def _lever(instrument: InstrumentBase, place: int, field: str) -> Lever | None:
    """The lever of a field; none where it holds no number between bounds, or one that says when the scheme acts."""
    value = getattr(instrument, field)
    declared = type(instrument).model_fields[field]
    lowest = next((limit.ge for limit in declared.metadata if hasattr(limit, "ge")), None)
    highest = next((limit.le for limit in declared.metadata if hasattr(limit, "le")), None)
    extra = declared.json_schema_extra
    if isinstance(value, bool) or not isinstance(value, int | float) or lowest is None or highest is None:
        return None
    if field in NOT_OURS or not isinstance(extra, dict):
        return None
    whole = isinstance(value, int)
    far = max(WIDEST * value, 10 if whole else 1)
    low, high = float(lowest), float(min(highest, far))
    step = max(1.0, (high - low) // STEPS) if whole else (high - low) / STEPS
    low = round(value - (value - low) // step * step, 6)  # the scenario's value lies on the slider's steps
    kind = str(type(instrument).model_fields["kind"].default)
    label = {language: str(extra[f"description_{language}"]) for language in ("fr", "en")}
    return Lever(f"{place}.{field}", place, kind, field, str(extra["unit"]), whole, low, high, step, value, label)


def preferred(levers: Mapping[str, Lever]) -> tuple[str, ...]:
    """The levers shown until the facilitator chooses: those that rooms talk about first."""
    ranked = [name for field in PREFERRED for name, lever in levers.items() if lever.field == field]
    return tuple(ranked[:4])


def pulled(scenario: Scenario, levers: Mapping[str, Lever], values: Mapping[str, float]) -> Scenario:
    """``scenario`` with levers set; unknown names are ignored, values brought within their slider.

    Raises
    ------
    InputError
        If the settings contradict each other.
    """
    instruments = [instrument.model_dump() for instrument in scenario.instruments]
    for name, value in values.items():
        lever = levers.get(name)
        if lever is not None:
            kept = lever.clamped(value)
            instruments[lever.place][lever.field] = int(kept) if lever.whole else kept
    made = Scenario.model_validate(scenario.model_dump() | {"instruments": tuple(instruments)})
    made._source = scenario.source
    return made
