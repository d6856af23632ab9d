"""What settings have in common: unit, bounds, descriptions, tolerant reading. The settings themselves live beside."""

import types
import typing
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ectsim.territory.nomenclature import KINDS

Unit = Literal[
    "month",
    "keur",
    "keur_per_year",
    "person_day",
    "day_per_month",
    "share",
    "index",
    "number",
    "per_event",
    "text",
    "choice",
]


def setting(
    default: Any, unit: Unit, en: str, fr: str, *, low: float | None = None, high: float | None = None, **more: Any
) -> Any:
    """Declare one setting: its default (``...`` for none), unit, descriptions and closed bounds."""
    extra: dict[str, JsonValue] = {"unit": unit, "description_en": en, "description_fr": fr}
    return Field(default, ge=low, le=high, description=en, json_schema_extra=extra, **more)


def _known_kind(name: str) -> str:
    if name not in KINDS:
        raise PydanticCustomError("unknown_name", "unknown kind of actor", {"allowed": tuple(KINDS)})
    return name


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    repeated = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if repeated is not None:
        raise PydanticCustomError("repeated_name", "repeated name", {"name": repeated})
    return names


Kind = Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"enum": list(KINDS)})]
Theme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Kinds = Annotated[tuple[Kind, ...], Strict(False), Field(min_length=1), AfterValidator(_distinct)]
Themes = Annotated[tuple[Theme, ...], Strict(False), Field(min_length=1, max_length=8), AfterValidator(_distinct)]

_WORDS_FOR_BOOL = {"yes": True, "oui": True, "no": False, "non": False}


class Settings(BaseModel):
    """A mapping of a scenario file: frozen, no unknown field, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, given: Any) -> Any:
        """Read ``1e3`` where a whole number is meant, and yes/no, oui/non where true or false is."""
        if not isinstance(given, dict):
            return given
        known = cls.model_fields
        return {key: _read(value, known[key].annotation) if key in known else value for key, value in given.items()}


def _read(value: Any, annotation: Any) -> Any:
    wanted = _alternatives(annotation)
    if isinstance(value, float) and int in wanted and value.is_integer():
        return int(value)
    if isinstance(value, str) and bool in wanted:
        return _WORDS_FOR_BOOL.get(value.lower(), value)
    return value


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return typing.get_args(annotation)
    return (annotation,)
