"""A scenario: its sections, their defaults and bounds, its JSON schema. Instruments, reading and checks live beside."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import PrivateAttr, Strict, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ectsim.locale import current_language
from ectsim.scenario.conflicts import ConflictError, conflicts
from ectsim.scenario.instruments import INSTRUMENTS, Instrument
from ectsim.scenario.settings import Settings, Themes, setting

DEFAULT_THEMES = ("energy", "food", "mobility", "circular_economy", "housing", "culture_and_care")
NO_POSTERIOR = "none"
DEFAULT_POSTERIOR = "pays_ledonien"
"""The one that ships (calibration/pays_ledonien)."""


class Bilingual(Settings):
    """A text in French and English."""

    fr: str = setting(..., "text", "in French", "en français", min_length=1)
    en: str = setting(..., "text", "in English", "en anglais", min_length=1)

    def __str__(self) -> str:
        return self.fr if current_language() == "fr" else self.en


class Horizon(Settings):
    """The months of a run: a burn-in that ends at month 0, the months observed, those after with the scheme off."""

    burn_in: int = setting(60, "month", "months lived before month 0", "mois vécus avant le mois 0", low=0, high=600)
    months: int = setting(120, "month", "months observed", "mois observés", low=1, high=1200)
    after: int = setting(
        36,
        "month",
        "months lived on with the scheme off, to tell real effects from re-timing",
        "mois vécus ensuite sans le dispositif, pour distinguer un effet réel d’un simple décalage",
        low=0,
        high=600,
    )


class Population(Settings):
    """The synthetic actors."""

    actors: int = setting(
        300, "number", "actors drawn from the territory", "acteurs tirés du territoire", low=2, high=2_000_000
    )


class Sizes(Settings):
    """Room reserved in memory; a full table is an error that names the setting to raise."""

    projects: int | None = setting(
        None,
        "number",
        "room for projects (none: computed from the number of actors)",
        "place pour les projets (aucune : calculée d’après le nombre d’acteurs)",
        low=1,
        high=100_000_000,
    )
    members: int = setting(
        32, "number", "room for members of a project", "place pour les membres d’un projet", low=3, high=1000
    )
    ties: int = setting(16, "number", "room for ties of an actor", "place pour les liens d’un acteur", low=1, high=1000)


class Scenario(Settings):
    """Everything a run is made of but its seed; :func:`ectsim.scenario.load_scenario` reads one from a file.

    Building one with settings that contradict each other raises :class:`~ectsim.errors.InputError`; a value of the
    wrong type or outside its bounds raises pydantic's ``ValidationError``.
    """

    name: Bilingual = setting(..., "text", "name", "nom")
    description: Bilingual | None = setting(None, "text", "what the scenario is for", "à quoi sert le scénario")
    territory: str = setting(
        "pays_ledonien",
        "text",
        "territory, or territory/perimeter",
        "territoire, ou territoire/périmètre",
        min_length=1,
    )
    horizon: Horizon = setting(Horizon(), "month", "months of the run", "mois du calcul")
    population: Population = setting(Population(), "number", "synthetic actors", "acteurs synthétiques")
    posterior: str = setting(
        DEFAULT_POSTERIOR,
        "text",
        "posterior the parameters are drawn from, one draw a seed: one that ships, a Parquet file, or none",
        "postérieure d’où sont tirés les paramètres, un tirage par graine : fournie, fichier Parquet, ou « none »",
        min_length=1,
    )
    parameters: Literal["default", "posterior"] | dict[str, float] = setting(
        "posterior",
        "choice",
        '"posterior" (all as drawn), "default" (all set by hand), or values by name, which replace those drawn',
        "« posterior » (tous tirés), « default » (tous fixés à la main), ou des valeurs par nom à la place des tirages",
        union_mode="left_to_right",
    )
    themes: Themes = setting(DEFAULT_THEMES, "choice", "themes of the projects", "thèmes des projets")
    instruments: Annotated[tuple[Instrument, ...], Strict(False)] = setting(
        (), "choice", "instruments of the scheme", "instruments du dispositif"
    )
    sizes: Sizes = setting(Sizes(), "number", "room reserved in memory", "place réservée en mémoire")

    _source: Path | None = PrivateAttr(default=None)

    @property
    def source(self) -> Path | None:
        """File the scenario was read from, None if it was built otherwise."""
        return self._source

    @property
    def overrides(self) -> dict[str, float]:
        """Values of parameters the scenario changes, by name."""
        return {} if isinstance(self.parameters, str) else self.parameters

    @property
    def drawn_from(self) -> str | None:
        """Name or file of the posterior that parameters are drawn from, None where none are."""
        return None if self.posterior == NO_POSTERIOR or self.parameters == "default" else self.posterior

    @field_validator("parameters", mode="before")
    @classmethod
    def _default_or_values(cls, value: Any) -> Any:
        if value in ("default", "posterior") or isinstance(value, dict):
            return value
        raise PydanticCustomError("default_or_values", "not a mapping")

    @model_validator(mode="after")
    def _without_conflicts(self) -> "Scenario":
        if found := conflicts(self):
            raise ConflictError(found)
        return self

    def __eq__(self, other: object) -> bool:
        """Two scenarios are equal when they say the same, wherever they were read."""
        return isinstance(other, Scenario) and self.model_dump() == other.model_dump()

    __hash__ = None  # pyright: ignore[reportAssignmentType]


def scenario_schema() -> dict[str, Any]:
    """JSON schema of a scenario file (draft 2020-12), its descriptions in the current language."""
    schema = Scenario.model_json_schema()
    properties = schema["properties"]
    items = properties["instruments"]["items"]
    languages = {
        "extends": ("scenario file this one starts from", "fichier de scénario dont celui-ci part"),
        "add_instruments": ("instruments added to the inherited ones", "instruments ajoutés à ceux hérités"),
    }
    for key, (en, fr) in languages.items():
        properties[key] = {"description": en, "description_en": en, "description_fr": fr}
    properties["extends"] |= {"type": "string"}
    properties["add_instruments"] |= {"type": "array", "items": items}
    schema["dependentRequired"] = {"add_instruments": ["extends"]}
    for variant in INSTRUMENTS.values():
        schema["$defs"][variant.__name__].setdefault("required", []).append("kind")
    if current_language() == "fr":
        describe_in_french(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def describe_in_french(node: Any) -> None:
    """Put the French descriptions of a schema, or of a part of one, in place of the English ones."""
    if isinstance(node, dict):
        if "description_fr" in node:
            node["description"] = node["description_fr"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            describe_in_french(child)
