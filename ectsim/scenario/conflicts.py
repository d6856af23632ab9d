"""Checks across the settings of a scenario: months, themes, winners. Bounds of single settings live with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.scenario.instruments import Call, Eligible, Funding, InstrumentBase, Recognition, Regulation

if TYPE_CHECKING:
    from ectsim.scenario.schema import Scenario


@dataclass(frozen=True)
class Conflict:
    """A problem between settings; ``needs`` are the fields it was deduced from."""

    problem: Problem
    needs: tuple[str, ...]


class ConflictError(InputError):
    """Settings that are each right and contradict each other."""

    def __init__(self, conflicts: Iterable[Conflict]):
        self.conflicts = tuple(conflicts)
        super().__init__(conflict.problem for conflict in self.conflicts)


def conflicts(scenario: "Scenario") -> list[Conflict]:
    """Every contradiction between the settings of ``scenario``, in the order of its fields."""
    found = list(_in_parameters(scenario))
    for position, instrument in enumerate(scenario.instruments):
        place = f"instruments[{position}]"
        found += _in_months(instrument, place, scenario.horizon.months)
        found += _in_themes(instrument, place, scenario.themes)
        if isinstance(instrument, Eligible):
            found += _in_requirements(instrument, place, scenario)
        if isinstance(instrument, Call):
            found += _in_selection(instrument, place)
            found += _in_editions(instrument, place, scenario.horizon.months)
    return found


def _conflict(place: str, field: str, message: str, others: Iterable[str] = (), **values: object) -> Conflict:
    problem = Problem(f"scenario.{message}", values, field=f"{place}.{field}")
    return Conflict(problem, (f"{place}.{field}", *others))


def _in_parameters(scenario: "Scenario") -> Iterator[Conflict]:
    if not scenario.overrides:
        return
    # Reading the table of parameters imports numpy: only a scenario that overrides one pays for it.
    from ectsim.parameters import parameter_problems

    for problem in parameter_problems(scenario.overrides):
        place = f"parameters.{problem.field}"
        yield Conflict(replace(problem, field=place), (place,))


def _in_months(instrument: InstrumentBase, place: str, months: int) -> Iterator[Conflict]:
    first, until = instrument.first_month, instrument.until
    start, horizon = f"{place}.first_month", "horizon.months"
    if instrument.permanent and first:
        yield _conflict(place, "first_month", "permanent_starts", [f"{place}.permanent"], given=first)
    if first >= months:
        yield _conflict(place, "first_month", "starts_late", [horizon], given=first, months=months)
    if until is not None and until <= first:
        yield _conflict(place, "until", "ends_first", [start], given=until, first=first)
    if until is not None and until > months:
        yield _conflict(place, "until", "ends_late", [horizon], given=until, months=months)


def _in_themes(instrument: InstrumentBase, place: str, known: tuple[str, ...]) -> Iterator[Conflict]:
    themes = instrument.themes if isinstance(instrument, Eligible | Regulation) else None
    for position, theme in enumerate(themes or ()):
        if theme not in known:
            values = {"given": theme, "allowed": ", ".join(known)}
            found = _conflict(place, f"themes[{position}]", "unknown_theme", ["themes"], **values)
            yield replace(found, problem=replace(found.problem, nearest=nearest_name(theme, known)))


def _in_requirements(instrument: Eligible, place: str, scenario: "Scenario") -> Iterator[Conflict]:
    members = scenario.sizes.members
    if instrument.minimum_partners > members:
        given = {"given": instrument.minimum_partners, "members": members}
        yield _conflict(place, "minimum_partners", "no_room", ["sizes.members"], **given)
    if isinstance(instrument, Funding) and instrument.requires_label:
        labels = [other for other in scenario.instruments if isinstance(other, Recognition)]
        if not labels:
            yield _conflict(place, "requires_label", "no_label", ["instruments"])


def _in_selection(call: Call, place: str) -> Iterator[Conflict]:
    fields = [f"{place}.{name}" for name in ("winners", "quota", "budget")]
    if call.winners is not None and call.quota is not None:
        yield _conflict(place, "quota", "winners_and_quota", fields)
    if call.winners is None and call.quota is None and call.budget is None:
        yield _conflict(place, "winners", "no_limit", fields)
    if call.phases == 1:
        for name in ("phase_one_share", "phase_one_months", "phase_one_officer_days"):
            if getattr(call, name) != Call.model_fields[name].default:
                yield _conflict(place, name, "one_phase", [f"{place}.phases"])


def _in_editions(call: Call, place: str, months: int) -> Iterator[Conflict]:
    length = call.window + (call.phase_one_months if call.phases == 2 else 0)
    fields = [f"{place}.{name}" for name in ("first_month", "window", "phases", "phase_one_months", "until", "period")]
    end = months if call.until is None else min(call.until, months)
    if call.first_month < end < call.first_month + length:
        values = {"closes": call.first_month + length, "end": end}
        yield _conflict(place, "window", "closes_late", [*fields, "horizon.months"], **values)
    if call.period is not None and call.period < length:
        yield _conflict(place, "period", "editions_overlap", fields, given=call.period, length=length)
