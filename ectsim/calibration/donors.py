"""Synthetic actors that resemble interviewees without copying one: a smoothed Bayesian bootstrap on the logit scale.

Weights and parameters of the whole territory are in population.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ectsim.calibration.conversions import conversion
from ectsim.calibration.grid import CLASSES
from ectsim.calibration.population import Cells, rake
from ectsim.calibration.posteriors import Posteriors
from ectsim.calibration.questions import LEAST_INTERVIEWS, Question, integers, parameter_of, questions
from ectsim.territory.nomenclature import SECTORS, SIZE_CLASSES
from ectsim.world.layout import VALUES

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews

Floats = NDArray[np.float64]
SMOOTHING = 0.3
"""h: share of the spread that is drawn anew; less would let a donor be recognised."""


@dataclass(frozen=True)
class Profiles:
    """Interviewees on the logit scale: n of them, K attributes; NaN where a question was not answered.

    Attributes
    ----------
    attributes : tuple of str
        Questions, ``CODE`` or ``CODE[theme]``.
    names : tuple of str
        What each attribute is called in the model; value weights without their sector.
    theta : float64 (n, K)
        Logit of the middle of the class, coders averaged.
    members : tuple
        Sector and size class of each.
    """

    attributes: tuple[str, ...]
    names: tuple[str, ...]
    theta: Floats
    members: tuple[tuple[str, str], ...]

    @property
    def sector(self) -> NDArray[np.int64]:
        """Rank in ``SECTORS`` of each interviewee, of shape (n,)."""
        return np.array([SECTORS.index(sector) for sector, _ in self.members], np.int64)


def profiles(interviews: "Interviews") -> Profiles:
    """One row an interviewee, for the attributes of an actor that are rated."""
    asked = [question for question in questions(interviews) if _is_attribute(question)]
    people = {answer.interview: answer for question in asked for answer in question.answers}
    place = {interview: row for row, interview in enumerate(people)}
    theta = np.full((len(people), len(asked)), np.nan)
    for column, question in enumerate(asked):
        for answer in question.answers:
            middle = (float(np.mean(integers(answer))) + 0.5) / CLASSES
            theta[place[answer.interview], column] = special.logit(middle)
    return Profiles(
        tuple(question.name for question in asked),
        tuple(_attribute(question) for question in asked),
        theta,
        tuple((answer.sector, SIZE_CLASSES[answer.size_class]) for answer in people.values()),
    )


def smoothed_bootstrap(
    theta: Floats,
    group: NDArray[np.int64],
    weights: Floats,
    size: int,
    rng: np.random.Generator,
    smoothing: float = SMOOTHING,
) -> tuple[Floats, NDArray[np.int64]]:
    """Rows that keep means, standard deviations and correlations of ``theta`` within groups, and copy none.

    A donor i is drawn with weights w times Dirichlet(1) (Bayesian bootstrap, Rubin 1981), then
    θ = m_g + √(1 - h²)(θ_i - m_g) + hε with ε ~ N(0, S_g) (Silverman & Young 1987).

    Parameters
    ----------
    theta : float64 (n, K)
        Without NaN.
    group : int64 (n,)
    weights : float64 (n,)

    Returns
    -------
    theta : float64 (size, K)
    donor : int64 (size,)
    """
    chances = weights * rng.standard_exponential(len(theta))
    donor = rng.choice(len(theta), size, p=chances / chances.sum())
    made = np.empty((size, theta.shape[1]))
    everybody = theta - np.array([theta[group == g].mean(axis=0) for g in group])
    for g in np.unique(group):
        rows = group[donor] == g
        own = theta[group == g]
        middle = own.mean(axis=0)
        rest, lost = (own - middle, 1) if len(own) >= LEAST_INTERVIEWS else (everybody, len(np.unique(group)))
        # a random mix of deviations has exactly their covariance, whatever the number of attributes
        noise = rng.standard_normal((int(rows.sum()), len(rest))) @ rest / np.sqrt(max(1, len(rest) - lost))
        made[rows] = middle + np.sqrt(1 - smoothing**2) * (theta[donor[rows]] - middle) + smoothing * noise
    return made, donor


def synthetic_actors(
    known: Profiles, posteriors: Posteriors, cells: Cells, *, draw: int, size: int, seed: int
) -> "pd.DataFrame":
    """Actors of one posterior draw: columns sector and the attributes, between 0 and 1; one run takes one table.

    Each sector is centred on its medians in that draw, so that what is not known about sectors varies between runs and
    what differs between actors varies within one. Missing answers are imputed anew in every table.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, draw])
    theta = _imputed(known, rng)
    weights = rake(cells, list(known.members)).actors
    made, donor = smoothed_bootstrap(theta, known.sector, weights, size, rng)
    sector = known.sector[donor]
    drawn = {entry.column: posteriors.draws[draw, place] for place, entry in enumerate(posteriors.entries)}
    for rank, name in enumerate(SECTORS):
        if not (known.sector == rank).any():
            continue
        medians = np.array([drawn[f"{attribute}@{name}"] for attribute in known.attributes])
        made[sector == rank] += special.logit(medians) - theta[known.sector == rank].mean(axis=0)
    return pd.DataFrame(
        {"sector": np.array(SECTORS)[sector]} | dict(zip(known.names, special.expit(made).T, strict=True))
    )


def settle(actors: Any, themes: Sequence[str], synthetic: "pd.DataFrame", seed: int) -> None:
    """Give the actors of a world that has just begun the attributes of synthetic actors of their sector, in place.

    Parameters
    ----------
    actors : record array (N,)
        ``State.actors`` at month 0 of the burn-in. Attributes nobody was asked about keep what the model drew.
    themes
        Themes of the scenario.
    synthetic
        From :func:`synthetic_actors`.
    """
    rng = np.random.default_rng(seed)
    for rank, name in enumerate(SECTORS):
        rows = np.flatnonzero(actors["sector"] == rank)
        own = synthetic[synthetic["sector"] == name]
        if not len(rows) or not len(own):
            continue
        # by key, not by row: an actor keeps its attributes whatever the order of rows
        rows = rows[np.argsort(actors["key"][rows])]
        taken = own.iloc[rng.integers(0, len(own), len(rows))]
        for column in taken.columns.drop("sector"):
            _set(actors, rows, themes, column, taken[column].to_numpy())
    actors["values"] /= actors["values"].sum(axis=1, keepdims=True)
    actors["propensity"] = actors["propensity_0"]


def _set(actors: Any, rows: NDArray[np.int64], themes: Sequence[str], column: str, values: Floats) -> None:
    field, _, item = column.rstrip("]").partition("[")
    if field == "values":
        actors["values"][rows, VALUES.index(item)] = values
    elif field == "interest":
        if item in themes:
            actors["interest"][rows, themes.index(item)] = values
    else:
        actors[field][rows] = values


def _is_attribute(question: Question) -> bool:
    """Whether a question rates something every actor of the model has, between 0 and 1."""
    parameter = parameter_of(question, SECTORS[0])
    rated = question.code.rule == "L" and not question.by_kind and question.code.target in ("", "theme")
    return bool(parameter) and rated and conversion(question.code, parameter).scale == "logit"


def _attribute(question: Question) -> str:
    """Field of an actor, with its index: ``propensity_0``, ``interest[food]``, ``values[social]``."""
    parameter = parameter_of(question, SECTORS[0])
    field, _, inside = parameter.rstrip("]").partition("[")
    if field == "value_weight":
        return f"values[{inside.partition(',')[2]}]"
    return f"{field}[{question.item}]" if question.item else field


def _imputed(known: Profiles, rng: np.random.Generator) -> Floats:
    """Missing answers drawn from those of the sector, or of everybody where the sector has none."""
    theta = known.theta.copy()
    for column in theta.T:
        spread = float(np.nanstd(column))
        for rank in np.unique(known.sector):
            own = known.sector == rank
            missing = own & np.isnan(column)
            given = column[own & ~np.isnan(column)]
            centre = given.mean() if len(given) else np.nanmean(column)
            column[missing] = centre + spread * rng.standard_normal(int(missing.sum()))
    return theta
