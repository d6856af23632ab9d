"""A calibration as its file gives it: what is fitted, to what, how hard. The fit itself lives beside."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, Strict, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.patterns import PATTERNS
from ectsim.parameters import PARAMETERS
from ectsim.scenario.reading import load_scenario
from ectsim.scenario.schema import Bilingual
from ectsim.scenario.settings import Settings, setting
from ectsim.scenario.yaml_source import Source, read_yaml

FITTED = tuple(pattern.name for pattern in PATTERNS if pattern.role == "fitted")
NEVER_FITTED = frozenset(pattern.name for pattern in PATTERNS) - frozenset(FITTED)
FIELDS = frozenset(parameter.field for parameter in PARAMETERS.values())


class CensusSource(Settings):
    """A census of real projects, and the scenario that stands for the schemes they lived under."""

    folder: str = setting(..., "text", "folder of tidy files", "dossier de fichiers au format commun", min_length=1)
    scenario: str = setting(..., "text", "scenario it is compared with", "scénario auquel la comparer", min_length=1)


class CalibrationPlan(Settings):
    """Everything a calibration is made of; :func:`load_plan` reads one from a file."""

    name: Bilingual = setting(..., "text", "name", "nom")
    points: int = setting(
        8192, "number", "points of the reference table, a power of two", "points de la table de référence", low=64,
        high=2**20,
    )  # fmt: skip
    replicates: int = setting(
        4, "number", "runs of each point and scenario", "calculs de chaque point et scénario", low=1, high=1000
    )
    seed: int = setting(1, "number", "first seed", "première graine", low=0, high=2**31)
    effective: int = setting(
        1000, "number", "effective sample size that sets the tolerance", "taille effective qui fixe la tolérance",
        low=50, high=100_000,
    )  # fmt: skip
    draws: int = setting(2000, "number", "draws kept", "tirages gardés", low=100, high=100_000)
    predictions: int = setting(
        400, "number", "draws from which every pattern is predicted", "tirages dont chaque fait stylisé est prédit",
        low=50, high=100_000,
    )  # fmt: skip
    trials: int = setting(
        200, "number", "simulated truths the fit is tried on", "vérités simulées sur lesquelles le calage est éprouvé",
        low=20, high=10_000,
    )  # fmt: skip
    kept: Annotated[tuple[str, ...], Strict(False)] = setting(
        (), "choice", "parameters kept at their default, one of each product that the data cannot part",
        "paramètres gardés à leur valeur, un par produit que les données ne départagent pas",
    )  # fmt: skip
    patterns: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)] = setting(
        FITTED, "choice", "published patterns fitted", "faits stylisés publiés servant au calage"
    )
    correlation: float = setting(
        0.5, "share", "correlation of the errors of targets from one source",
        "corrélation des erreurs entre cibles d’une même source", low=0.0, high=0.95,
    )  # fmt: skip
    interviews: str | None = setting(
        None, "text", "Parquet file of draws from interviews, used as priors",
        "fichier Parquet de tirages issus d’entretiens, pris pour lois a priori",
    )  # fmt: skip
    census: CensusSource | None = setting(
        None, "text", "census of projects to fit as well", "recension de projets à ajuster aussi"
    )

    _source: Path | None = PrivateAttr(default=None)

    @property
    def source(self) -> Path | None:
        """File it was read from, None if it was built otherwise."""
        return self._source

    @property
    def folder(self) -> Path:
        """Folder its paths are relative to."""
        return self._source.parent if self._source else Path()

    @property
    def needed(self) -> int:
        """Rows the table must have: a simulated truth is fitted with the others as its table."""
        return max(2 * self.effective, self.trials) + 1

    def beside(self, name: str) -> Path | str:
        """Scenario of that name: a file beside the plan, else one that ships."""
        file = self.folder / name
        return file if file.is_file() else name

    @field_validator("points")
    @classmethod
    def _power_of_two(cls, given: int) -> int:
        if given & (given - 1):
            raise PydanticCustomError("power_of_two", "not a power of two", {})
        return given

    @field_validator("kept")
    @classmethod
    def _known_parameters(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return _known(given, PARAMETERS.keys() | FIELDS)

    @field_validator("patterns")
    @classmethod
    def _may_be_fitted(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for name, times in Counter(given).items():
            if name in NEVER_FITTED:
                raise PydanticCustomError("calibration.never_fitted", "never fitted", {"given": name})
            if times > 1:
                raise PydanticCustomError("calibration.twice", "given twice", {"given": name})
        return _known(given, FITTED)

    def keeps(self, name: str) -> bool:
        """Whether a parameter is kept at its default, by its name or by that of its field."""
        return name in self.kept or PARAMETERS[name].field in self.kept

    def fitted_parameters(self) -> list[str]:
        """Names of the parameters that vary: all with a prior, less those kept."""
        return [name for name, parameter in PARAMETERS.items() if parameter.prior != "fixed" and not self.keeps(name)]


def _known(given: tuple[str, ...], allowed: Any) -> tuple[str, ...]:
    for name in given:
        if name not in allowed:
            raise PydanticCustomError("unknown_name", "unknown name", {"name": name, "allowed": tuple(sorted(allowed))})
    return given


def load_plan(path: str | Path) -> CalibrationPlan:
    """Read a calibration file.

    Raises
    ------
    InputError
        With every problem of the file: line, field, what was expected, nearest name.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError([Problem("calibration.no_file", file=file)])
    source = read_yaml(file)
    try:
        plan = CalibrationPlan.model_validate(source.values)
    except ValidationError as error:
        found = [_problem(detail, source, file) for detail in error.errors()]
        raise InputError(sorted([*source.problems, *found], key=lambda problem: problem.line or 0)) from None
    if source.problems:
        raise InputError(source.problems)
    plan._source = file
    if problems := [*_unfound(plan, source)]:
        raise InputError(problems)
    return plan


def _unfound(plan: CalibrationPlan, source: Source) -> Iterator[Problem]:
    """What the file names and is not there, told before anything is run."""

    def problem(message: str, given: str, field: str) -> Problem:
        place, line = source.places.get(field, (plan.source, None))
        return Problem(message, {"given": given}, file=place, line=line, field=field)

    if plan.predictions > plan.draws:
        yield problem("calibration.few_draws", str(plan.draws), "predictions")
    if plan.interviews and not (plan.folder / plan.interviews).is_file():
        yield problem("calibration.no_draws", plan.interviews, "interviews")
    elif plan.interviews and _was_fitted(plan.folder / plan.interviews):
        yield problem("calibration.counted_twice", plan.interviews, "interviews")
    if plan.census is None:
        return
    if not (plan.folder / plan.census.folder).is_dir():
        yield problem("calibration.no_folder", plan.census.folder, "census.folder")
    try:
        load_scenario(plan.beside(plan.census.scenario))
    except InputError as error:
        for one in error.problems:
            if one.message == "scenario.no_file" and one.line is None:
                found = problem(one.message, plan.census.scenario, "census.scenario")
                yield dataclasses.replace(found, nearest=one.nearest)
            else:
                yield one


def _was_fitted(draws: Path) -> bool:
    """Whether draws are what a calibration wrote: its targets, taken for a prior, would count again."""
    try:
        return "targets" in json.loads(draws.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _problem(detail: ErrorDetails, source: Source, file: Path) -> Problem:
    location = [str(step) for step in detail["loc"] if not isinstance(step, int)]
    name = ".".join(location)
    place, line = source.places.get(name, (file, None))
    if detail["type"] == "extra_forbidden":
        fields = CensusSource.model_fields if location[0] == "census" else CalibrationPlan.model_fields
        return Problem("scenario.unknown_field", file=place, line=line, field=name,
                       nearest=nearest_name(location[-1], fields))  # fmt: skip
    if detail["type"] == "missing":
        return Problem("scenario.missing", {"expected": _expected(location)}, file=file, field=name)
    if detail["type"] == "unknown_name":
        context = detail.get("ctx", {})
        values = {"given": context["name"]}
        nearest = nearest_name(context["name"], context["allowed"])
        return Problem("calibration.unknown_name", values, file=place, line=line, field=name, nearest=nearest)
    if detail["type"].startswith("calibration."):
        return Problem(detail["type"], detail.get("ctx", {}), file=place, line=line, field=name)
    values = {"expected": _expected(location), "given": str(detail["input"])[:60]}
    return Problem("calibration.value", values, file=place, line=line, field=name)


def _expected(location: list[str]) -> str:
    """Description of a field in the current language, with its bounds."""
    from ectsim.locale import current_language

    model = CensusSource if location[0] == "census" and len(location) > 1 else CalibrationPlan
    extra: Any = model.model_fields[location[-1]].json_schema_extra or {} if location[-1] in model.model_fields else {}
    bounds = {type(one).__name__: one for one in model.model_fields[location[-1]].metadata} if extra else {}
    low, high = (getattr(bounds.get(kind), kind.lower(), None) for kind in ("Ge", "Le"))
    between = f" ({low:.10g}–{high:.10g})" if low is not None and high is not None else ""
    return f"{extra.get(f'description_{current_language()}', '')}{between}"
