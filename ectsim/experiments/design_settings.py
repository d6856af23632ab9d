"""The kinds of design and their settings, as a study file gives them. The points they make live beside."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict, field_validator
from pydantic_core import PydanticCustomError

from ectsim.scenario.settings import Settings, setting

MOST_POINTS = 2**24
SAMPLED = ("latin_hypercube", "sobol", "saltelli", "morris")
"""Kinds of design that place points between the bounds of the factors."""


def _seed() -> Any:
    return setting(1, "number", "seed of the design", "graine du plan", low=0, high=2**32 - 1)


def _power_of_two(given: int) -> int:
    if given & (given - 1):
        below = 1 << (given.bit_length() - 1)
        raise PydanticCustomError("power_of_two", "not a power of two", {"below": below, "above": 2 * below})
    return given


class Factorial(Settings):
    """Every combination of the levels of the factors."""

    kind: Literal["factorial"] = "factorial"


class PointList(Settings):
    """The points, one by one."""

    kind: Literal["list"] = "list"
    points: Annotated[tuple[dict[str, float], ...], Strict(False), Field(min_length=1)] = setting(
        ...,
        "number",
        "points, each giving a value to every factor",
        "points, chacun donnant une valeur à chaque facteur",
    )


class LatinHypercube(Settings):
    """A Latin hypercube: each factor takes every part of its range once."""

    kind: Literal["latin_hypercube"] = "latin_hypercube"
    points: int = setting(..., "number", "points", "points", low=2, high=MOST_POINTS)
    seed: int = _seed()


class Sobol(Settings):
    """A scrambled Sobol' sequence: points that fill the space evenly."""

    kind: Literal["sobol"] = "sobol"
    points: int = setting(
        ..., "number", "points, a power of two", "points, une puissance de deux", low=2, high=MOST_POINTS
    )
    seed: int = _seed()

    _is_power_of_two = field_validator("points")(_power_of_two)


class Saltelli(Settings):
    """Saltelli's scheme for Sobol' indices: N (F + 2) points, N (2F + 2) with indices of the second order."""

    kind: Literal["saltelli"] = "saltelli"
    base_points: int = setting(
        ..., "number", "base points N, a power of two", "points de base N, une puissance de deux", low=2, high=2**20
    )
    second_order: bool = setting(
        False,
        "choice",
        "also the points that indices of the second order need",
        "aussi les points qu’exigent les indices du second ordre",
    )
    seed: int = _seed()

    _is_power_of_two = field_validator("base_points")(_power_of_two)


class Morris(Settings):
    """Morris trajectories: r (F + 1) points, each step changing one factor or group."""

    kind: Literal["morris"] = "morris"
    trajectories: int = setting(50, "number", "trajectories r", "trajectoires r", low=2, high=100_000)
    levels: Literal[4, 6, 8, 10] = setting(4, "number", "levels of the grid", "niveaux de la grille")
    seed: int = _seed()


class Posterior(Settings):
    """Draws from a posterior; each is crossed with the levels of the other factors."""

    kind: Literal["posterior"] = "posterior"
    file: str = setting(
        ...,
        "text",
        "Parquet file of draws: a column for each parameter, a row for each draw",
        "fichier Parquet des tirages : une colonne par paramètre, une ligne par tirage",
        min_length=1,
    )
    draws: int | None = setting(
        None,
        "number",
        "draws taken, at random without repetition (none: all, in the order of the file)",
        "tirages pris, au hasard et sans répétition (aucun : tous, dans l’ordre du fichier)",
        low=1,
        high=MOST_POINTS,
    )
    seed: int = _seed()
    sha256: str | None = setting(
        None,
        "text",
        "SHA-256 of the file (none: computed at reading)",
        "SHA-256 du fichier (aucun : calculé à la lecture)",
        pattern=r"^[0-9a-f]{64}$",
    )
    columns: Annotated[tuple[str, ...], Strict(False)] = setting(
        (),
        "text",
        "columns of the file, in its order (none: read from it)",
        "colonnes du fichier, dans leur ordre (aucune : lues dans le fichier)",
    )


Design = Annotated[
    Factorial | PointList | LatinHypercube | Sobol | Saltelli | Morris | Posterior, Field(discriminator="kind")
]
