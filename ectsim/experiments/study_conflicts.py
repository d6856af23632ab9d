"""Checks across the settings of a study: what factors mean, whether the design suits them, which names exist."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ectsim.errors import Problem, nearest_name
from ectsim.experiments.design_settings import SAMPLED
from ectsim.experiments.factors import Factor, factor_problems, value_problem
from ectsim.scenario.comparison import comparable
from ectsim.scenario.schema import Scenario

if TYPE_CHECKING:
    from ectsim.experiments.design_settings import PointList
    from ectsim.experiments.study_settings import Automatic


def study_problems(parts: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between ``parts``, settings of a study by name, in the order of its fields.

    Parts that could not be read are left out, or None in the list of factors: what depends on them is not asked.
    """
    scenarios: Mapping[str, Scenario] | None = parts.get("scenarios")
    factors: Iterable[Factor | None] = parts.get("factors", ())
    for number, factor in enumerate(factors):
        if factor is not None:
            found = factor_problems(factor, scenarios)
            yield from (_inside(problem, f"factors[{number}]") for problem in found)
    yield from _repeated("factors", [factor and factor.name for factor in factors], ".name")
    if (design := parts.get("design")) is not None and "factors" in parts:
        yield from _design_problems(design, list(factors))
    if (replicates := parts.get("replicates")) is not None and not isinstance(replicates, int):
        yield from _automatic_problems(replicates, scenarios, parts.get("outcomes"))
    yield from _outcome_problems(parts.get("outcomes", ()))
    yield from _repeated("tables", parts.get("tables", ()))
    if parts.get("twins") and scenarios:
        yield from _twin_problems(scenarios)


def _inside(problem: Problem, place: str) -> Problem:
    return dataclasses.replace(problem, field=f"{place}.{problem.field}")


def _repeated(field: str, names: Iterable[str | None], inside: str = "") -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        if name is not None and seen[name]:
            yield Problem("scenario.repeated_name", {"name": name}, field=f"{field}[{number}]{inside}")
        seen[name or ""] += 1


def _design_problems(design: Any, factors: list[Factor | None]) -> Iterator[Problem]:
    own = _own_names(design)
    for number, factor in enumerate(factors):
        if factor is not None:
            place = f"factors[{number}]"
            yield from (_inside(problem, place) for problem in _suits(design.kind, factor, factor.name in own))
    if design.kind in SAMPLED and not factors:
        yield Problem("studies.no_factor", {"kind": design.kind}, field="design.kind")
    if design.kind == "list":
        yield from _list_problems(design)
    if design.kind == "posterior" and design.sha256 and not design.columns:
        yield Problem("studies.no_columns", field="design.file")


def _own_names(design: Any) -> tuple[str, ...]:
    if design.kind == "list":
        return tuple(dict.fromkeys(name for point in design.points for name in point))
    return design.columns if design.kind == "posterior" else ()


def _suits(kind: str, factor: Factor, is_own: bool) -> Iterator[Problem]:
    """Whether a factor says its values in the way the design wants."""
    if is_own:
        if factor.is_given:
            yield Problem("studies.given_twice", {"kind": kind}, field="name")
    elif kind == "list":
        yield Problem("studies.not_in_list", {"name": factor.name}, field="name")
    elif not factor.is_given:
        yield Problem("studies.no_values", {"name": factor.name}, field="name")
    elif kind in ("factorial", "posterior") and factor.levels is None:
        yield Problem("studies.levels_wanted", {"kind": kind}, field="levels")
    if factor.group is not None and kind not in ("saltelli", "morris"):
        yield Problem("studies.no_groups", {"kind": kind}, field="group")


def _list_problems(design: "PointList") -> Iterator[Problem]:
    names = _own_names(design)
    for number, point in enumerate(design.points):
        place = f"design.points[{number}]"
        if missing := [name for name in names if name not in point]:
            yield Problem("studies.point_lacks", {"missing": ", ".join(missing)}, field=place)
        for name, value in point.items():
            # An unknown name is told once, with the factor made of it.
            known = not any(problem.field == "name" for problem in factor_problems(Factor(name=name), None))
            if known and (problem := value_problem(name, value)):
                yield dataclasses.replace(problem, field=f"{place}.{name}")


def _automatic_problems(
    automatic: "Automatic", scenarios: Mapping[str, Scenario] | None, outcomes: tuple[str, ...] | None
) -> Iterator[Problem]:
    for number, target in enumerate(automatic.targets):
        place = f"replicates.targets[{number}]"
        if outcomes and target.outcome not in outcomes:
            values = {"given": target.outcome}
            nearest = nearest_name(target.outcome, outcomes)
            yield Problem("studies.outcome_not_kept", values, field=f"{place}.outcome", nearest=nearest)
        for field in ("scenario", "against"):
            name = getattr(target, field)
            if scenarios is not None and name is not None and name not in scenarios:
                values = {"given": name, "allowed": ", ".join(scenarios)}
                nearest = nearest_name(name, scenarios)
                yield Problem("studies.unknown_scenario", values, field=f"{place}.{field}", nearest=nearest)
        alone = scenarios is not None and list(scenarios) == [target.against]
        if target.against is not None and (alone or target.against == target.scenario):
            yield Problem("studies.against_itself", field=f"{place}.against")
    for field in ("minimum", "maximum"):
        if (given := getattr(automatic, field)) % automatic.block:
            values = {"block": automatic.block, "given": given}
            yield Problem("studies.not_in_blocks", values, field=f"replicates.{field}")
    if automatic.minimum > automatic.maximum:
        values = {"minimum": automatic.minimum, "maximum": automatic.maximum}
        yield Problem("studies.minimum_above", values, field="replicates.minimum")


def _outcome_problems(names: tuple[str, ...]) -> Iterator[Problem]:
    from ectsim.model.outcomes import OUTCOMES

    for number, name in enumerate(names):
        if name not in OUTCOMES:
            nearest = nearest_name(name, OUTCOMES)
            yield Problem("studies.unknown_outcome", {"given": name}, field=f"outcomes[{number}]", nearest=nearest)
    yield from _repeated("outcomes", names)


def _twin_problems(scenarios: Mapping[str, Scenario]) -> Iterator[Problem]:
    (_, first), *others = scenarios.items()
    if not others:
        yield Problem("studies.twins_of_one", field="twins")
    for name, scenario in others:
        for reason in comparable(first, scenario):
            yield Problem("experiments.incomparable", {"reason": reason}, field=f"scenarios.{name}")
