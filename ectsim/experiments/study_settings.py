"""A study: its scenarios, factors, seeds, replicates and outcomes. Its designs and reading a file live beside."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, Strict, StringConstraints, ValidationInfo, model_validator

from ectsim.errors import InputError
from ectsim.experiments.design_settings import SAMPLED, Design, Factorial
from ectsim.experiments.factors import Factor, in_full
from ectsim.experiments.study_conflicts import study_problems
from ectsim.scenario.schema import Bilingual, Scenario
from ectsim.scenario.settings import Settings, setting

ONE_BY_ONE = "one by one"
"""Context of a validation that looks at each setting and not across them."""
SCENARIO_KEY = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
Key = Annotated[str, StringConstraints(pattern=SCENARIO_KEY)]


class Seeds(Settings):
    """The root seeds of the runs. All scenarios of a point and replicate share one seed."""

    first: int = setting(1, "number", "first seed", "première graine", low=0, high=2**53)
    luck: Literal["own", "same"] = setting(
        "own",
        "choice",
        "own: each point has its own seeds; same: every point has the same seeds",
        "own : chaque point a ses graines ; same : tous les points ont les mêmes graines",
    )


class Precision(Settings):
    """How precisely one outcome must be known: its mean, a share of runs, or a paired difference of either."""

    outcome: str = setting(..., "text", "outcome", "mesure")
    half_width: float = setting(
        ..., "number", "half-width asked of the interval", "demi-largeur demandée à l’intervalle", low=1e-12, high=1e12
    )
    relative: bool = setting(
        False,
        "choice",
        "whether the half-width is a share of the estimate",
        "si la demi-largeur est une part de l’estimation",
    )
    at_least: float | None = setting(
        None,
        "number",
        "threshold: the share of runs that reach it is estimated, instead of the mean",
        "seuil : la part des calculs qui l’atteignent est estimée, au lieu de la moyenne",
    )
    scenario: str | None = setting(
        None, "text", "scenario concerned (none: each)", "scénario concerné (aucun : chacun)"
    )
    against: str | None = setting(
        None,
        "text",
        "scenario whose runs with the same seeds are subtracted",
        "scénario dont on soustrait les calculs de mêmes graines",
    )


class Automatic(Settings):
    """Replicates are run until every interval is narrow enough, and stays so."""

    targets: Annotated[tuple[Precision, ...], Strict(False), Field(min_length=1)] = setting(
        ..., "choice", "outcomes and precisions asked", "mesures et précisions demandées"
    )
    level: float = setting(0.95, "share", "level of the intervals", "niveau des intervalles", low=0.5, high=0.999)
    block: int = setting(
        32,
        "number",
        "replicates between two looks at the intervals",
        "répétitions entre deux examens des intervalles",
        low=1,
        high=100_000,
    )
    minimum: int = setting(
        64, "number", "replicates before the first look", "répétitions avant le premier examen", low=2, high=10_000_000
    )
    maximum: int = setting(
        4096, "number", "replicates never exceeded", "répétitions jamais dépassées", low=2, high=10_000_000
    )
    look_ahead: int = setting(
        3,
        "number",
        "further blocks over which the precision must hold",
        "blocs suivants sur lesquels la précision doit tenir",
        low=0,
        high=100,
    )


def _every_outcome() -> tuple[str, ...]:
    from ectsim.model.outcomes import OUTCOMES

    return tuple(OUTCOMES)


class SweepStudy(Settings):
    """Everything a sweep is made of; :func:`ectsim.experiments.study.load_study` reads one from a file.

    Building one whose settings contradict each other raises :class:`~ectsim.errors.InputError`; a value of the wrong
    type or outside its bounds raises pydantic's ``ValidationError``. ``factors`` holds every column of the design, in
    order: those a list or a posterior brings stand there without bounds or levels.
    """

    name: Bilingual = setting(..., "text", "name", "nom")
    description: Bilingual | None = setting(None, "text", "what the study is for", "à quoi sert l’étude")
    scenarios: Annotated[dict[Key, Scenario], Field(min_length=1)] = setting(
        ...,
        "choice",
        "scenarios, by the name the tables give them",
        "scénarios, par le nom que les tables leur donnent",
    )
    factors: Annotated[tuple[Factor, ...], Strict(False)] = setting((), "choice", "what is varied", "ce qui varie")
    design: Design = setting(
        Factorial(), "choice", "how the points are placed", "comment les points sont placés", validate_default=False
    )
    seeds: Seeds = setting(Seeds(), "number", "root seeds of the runs", "graines des calculs")
    replicates: Annotated[int, Field(ge=1, le=10_000_000)] | Automatic = setting(
        1,
        "number",
        "runs of each point and scenario: a number, or the precision to reach",
        "calculs de chaque point et scénario : un nombre, ou la précision à atteindre",
    )
    outcomes: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)] = Field(
        default_factory=_every_outcome,
        description="outcomes kept (all by default)",
        json_schema_extra={
            "unit": "choice",
            "description_en": "outcomes kept (all by default)",
            "description_fr": "mesures gardées (toutes par défaut)",
        },
    )
    twins: bool = setting(
        False,
        "choice",
        "count the fates of projects against the first scenario",
        "compter le sort des projets par rapport au premier scénario",
    )
    patterns: bool = setting(
        False,
        "choice",
        "also keep what each published pattern counts, and over what",
        "garder aussi ce que compte chaque régularité publiée, et sur quoi",
    )
    tables: Annotated[tuple[Literal["projects", "months"], ...], Strict(False)] = setting(
        (), "choice", "further tables: projects, months", "autres tables : projects (projets), months (mois)"
    )

    _source: Path | None = PrivateAttr(default=None)

    @property
    def source(self) -> Path | None:
        """File the study was read from, None if it was built otherwise."""
        return self._source

    @model_validator(mode="before")
    @classmethod
    def _with_factors_in_full(cls, given: Any) -> Any:
        return with_factors_in_full(given) if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _without_conflicts(self, info: ValidationInfo) -> "SweepStudy":
        if info.context == ONE_BY_ONE:
            return self
        if found := list(study_problems({name: getattr(self, name) for name in type(self).model_fields})):
            raise InputError(found)
        return self

    def __eq__(self, other: object) -> bool:
        """Two studies are equal when they say the same, wherever they were read."""
        return isinstance(other, SweepStudy) and self.model_dump() == other.model_dump()

    __hash__ = None  # pyright: ignore[reportAssignmentType]


def with_factors_in_full(given: dict[str, Any]) -> dict[str, Any]:
    """Raw values of a study with every factor and its bounds.

    Factors that a list or a posterior names stand before the declared ones; in a sampled design, bare parameters get
    the bounds of their priors.
    """
    design, factors = given.get("design"), given.get("factors", [])
    design = design.model_dump() if isinstance(design, Settings) else design
    if not isinstance(design, dict) or not isinstance(factors, list | tuple):
        return given
    factors = [factor.model_dump(exclude_unset=True) if isinstance(factor, Factor) else factor for factor in factors]
    declared = {factor.get("name") for factor in factors if isinstance(factor, dict)}
    factors = [*({"name": name} for name in _named_by(design) if name not in declared), *factors]
    if design.get("kind") in SAMPLED:
        factors = [in_full(factor) if isinstance(factor, dict) else factor for factor in factors]
    return {**given, "factors": factors} if factors else given


def _named_by(design: dict[str, Any]) -> tuple[str, ...]:
    if design.get("kind") == "posterior":
        columns = design.get("columns") or ()
        return tuple(columns) if isinstance(columns, list | tuple) else ()
    points = design.get("points")
    if design.get("kind") != "list" or not isinstance(points, list | tuple):
        return ()
    return tuple(dict.fromkeys(str(name) for point in points if isinstance(point, dict) for name in point))
