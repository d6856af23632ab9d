"""A calibration as its file gives it: what is fitted, to what, how hard. The fit itself lives beside."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, Strict, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.patterns import PATTERNS
from ectsim.parameters import PARAMETERS
from ectsim.scenario.schema import Bilingual
from ectsim.scenario.settings import Settings, setting
from ectsim.scenario.yaml_source import Source, read_yaml

FITTED = tuple(pattern.name for pattern in PATTERNS if pattern.role == "fitted")
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
    return plan


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
    values = {"expected": _expected(location), "given": str(detail["input"])[:60]}
    return Problem("calibration.value", values, file=place, line=line, field=name)


def _expected(location: list[str]) -> str:
    """Description of a field in the current language, with its bounds."""
    from ectsim.locale import current_language

    model = CensusSource if location[0] == "census" and len(location) > 1 else CalibrationPlan
    extra: Any = model.model_fields[location[-1]].json_schema_extra or {} if location[-1] in model.model_fields else {}
    bounds = {type(one).__name__: one for one in model.model_fields[location[-1]].metadata} if extra else {}
    low, high = (getattr(bounds.get(kind), kind.lower(), None) for kind in ("Ge", "Le"))
    between = f" ({low:g}–{high:g})" if low is not None and high is not None else ""
    return f"{extra.get(f'description_{current_language()}', '')}{between}"
