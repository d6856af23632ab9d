"""From posteriors by sector to the territory: weights, a row of parameters a draw. Synthetic actors: donors.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ectsim.calibration.codebook import categories
from ectsim.calibration.draws_files import write_draws
from ectsim.calibration.posteriors import SPREAD, Entry, Posteriors
from ectsim.errors import InputError, Problem
from ectsim.locale import text
from ectsim.parameters import PARAMETERS
from ectsim.scenario.numbers import decimal, whole_percent
from ectsim.territory.nomenclature import SECTOR_OF_KIND, SECTORS

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews
    from ectsim.territory.territory import Territory

Floats = NDArray[np.float64]
Cells = Mapping[tuple[str, str], float]
"""Actors of the territory by sector and size class."""

KEPT_AT_DEFAULT = ("idea_propensity", "reward_sensitivity", "application_cost_factor")
"""Parameters of which only the product with another is identified (ι, β_x, β_a): the other one is fitted."""
WHOLE = ("capacity",)
RAKED = 1e-3
"""Share of all actors by which a sector may miss its number where weights are raked."""
TOLD = 0.05
"""Share of draws out of bounds from which it is worth a sentence."""
TO_SCALE = {"logit": special.logit, "log": np.log, "linear": np.asarray}
FROM_SCALE = {"logit": special.expit, "log": np.exp, "linear": np.asarray}


@dataclass(frozen=True)
class Population:
    """Rows of parameters, one a posterior draw: one run takes one.

    Attributes
    ----------
    rows : DataFrame (D, P)
        Columns are names of ``PARAMETERS``; a sweep reads them as its design.
    outside : dict
        By parameter, the share of draws beyond the bounds the model accepts, moved to the bound.
    kept : tuple of str
        Parameters of which interviews speak and which stay at their default, see ``KEPT_AT_DEFAULT``.
    sector_shares : dict
        Share of each sector among the actors of the territory.
    synthetic : bool
        Whether the interviews are fictive.
    """

    rows: "pd.DataFrame"
    outside: dict[str, float]
    kept: tuple[str, ...]
    sector_shares: dict[str, float]
    synthetic: bool


def cells_of_territory(territory: "Territory") -> Cells:
    """Actors of a territory's frame by sector and size class."""
    cells: dict[tuple[str, str], float] = {}
    for stratum in territory.frame:
        cell = SECTOR_OF_KIND[stratum.kind], stratum.size_class
        cells[cell] = cells.get(cell, 0.0) + stratum.count
    return cells


def cells_of_interviews(interviews: "Interviews") -> Cells:
    """Actors by sector and size class as the study's own ``frame.csv`` counts them; empty when it has none."""
    names = {value: category.model_name for value, category in categories("sector").items()}
    frame = interviews.frame
    counted = zip(frame["sector"], frame["size_class"], frame["n_population"], strict=True)
    told = {(names[sector], size): float(number) for sector, size, number in counted}
    return {cell: count for cell, count in told.items() if cell[0]}


class Weights(NamedTuple):
    """Actors that each interviewee stands for, of shape (n,), and whether sizes count in them or sectors only."""

    actors: Floats
    sizes_count: bool


def rake(cells: Cells, members: list[tuple[str, str]], rounds: int = 200) -> Weights:
    """Weights of interviewees that reproduce the territory; they sum to the actors stood for.

    Each is N/n of its cell where every cell of the frame was interviewed (post-stratification), else weights are raked
    (iterative proportional fitting, Deming & Stephan 1940) to the margins by sector and by size class. Where those met
    cannot stand for both (of a sector of small firms, only large ones), raking would never settle and would take some
    interviewees' weight away: each is N/n of its sector. Where nobody of a sector or size class was interviewed, its
    actors are stood for by no one.

    Raises
    ------
    InputError
        If nobody of the sectors of the territory was interviewed.
    """
    count = {cell: members.count(cell) for cell in set(members)}
    known = {cell for cell, number in cells.items() if number > 0}
    if not {sector for sector, _ in count} & {sector for sector, _ in known}:
        raise InputError([Problem("posteriors.no_frame")])
    if set(count) == known:
        return Weights(np.array([cells[cell] / count[cell] for cell in members]), True)
    sectors, sizes = _margins(cells, members, 0), _margins(cells, members, 1)
    if all(total > 0 for _, total in sizes):
        actors = sum(total for _, total in sectors)
        weights = np.ones(len(members))
        for _ in range(rounds):
            for margin in (sectors, sizes):
                scale = sum(cells.values()) / sum(total for _, total in margin)
                for rows, total in margin:
                    weights[rows] *= total * scale / max(weights[rows].sum(), 1e-300)
        weights *= actors / weights.sum()
        if all(abs(weights[rows].sum() - total) <= RAKED * actors for rows, total in sectors):
            return Weights(weights, True)
    return Weights(np.sum([rows * total / rows.sum() for rows, total in sectors], axis=0), False)


def _margins(cells: Cells, members: list[tuple[str, str]], axis: int) -> list[tuple[NDArray[np.bool_], float]]:
    """Members of each sector (axis 0) or size class (1) met, and its actors."""
    labels = np.array([cell[axis] for cell in members])
    return [(labels == name, _margin(cells, axis, name)) for name in dict.fromkeys(labels.tolist())]


def _margin(cells: Cells, axis: int, name: str) -> float:
    return sum(number for cell, number in cells.items() if cell[axis] == name)


def effective_size(weights: Floats) -> float:
    """Kish's effective sample size, (Σw)²/Σw²."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def members_of(interviews: "Interviews") -> list[tuple[str, str]]:
    """Sector and size class of each interviewee whose analysis was consented to, support officers left out."""
    names = {value: category.model_name for value, category in categories("sector").items()}
    who = interviews.interviews[interviews.interviews["consent_analysis"]]
    pairs = [(names[sector], size) for sector, size in zip(who["sector"], who["size_class"], strict=True)]
    return [pair for pair in pairs if pair[0]]


def populate(posteriors: Posteriors, cells: Cells) -> Population:
    """One row of parameters for each posterior draw, sectors weighted as in the territory.

    Groups are averaged on the scale of the parameter (logit for medians of shares, log for medians of amounts, linear
    for means); the spread of attributes holds what lies between sectors too.

    Raises
    ------
    InputError
        If the frame counts nobody.
    """
    import pandas as pd

    totals = {sector: _margin(cells, 0, sector) for sector in SECTORS}
    if not any(totals.values()):
        raise InputError([Problem("posteriors.no_frame")])
    shares = {sector: total / sum(totals.values()) for sector, total in totals.items()}
    informed = dict.fromkeys(entry.parameter for entry in posteriors.entries if entry.parameter)
    rows, outside = {}, {}
    for name in informed:
        if name in KEPT_AT_DEFAULT:
            continue
        values = _spread(posteriors, shares) if name == SPREAD else _averaged(posteriors, name, shares)
        values = np.maximum(1.0, np.floor(values + 0.5)) if name.partition("[")[0] in WHOLE else values
        parameter = PARAMETERS[name]
        rows[name] = np.clip(values, parameter.low, parameter.high)
        outside[name] = float(np.mean(rows[name] != values))
    kept = tuple(name for name in informed if name in KEPT_AT_DEFAULT)
    return Population(pd.DataFrame(rows), outside, kept, shares, posteriors.synthetic)


def tell_population(population: Population) -> list[str]:
    """Sentences on what was moved to the bounds of the model, and what interviews cannot set."""
    said = []
    for name, share in population.outside.items():
        if share >= TOLD:
            parameter = PARAMETERS[name]
            bounds = {"low": decimal(parameter.low), "high": decimal(parameter.high)}
            said.append(text("posteriors.outside", name=parameter.label, share=whole_percent(share), **bounds))
    return said + [text("posteriors.kept_at_default", name=PARAMETERS[name].label) for name in population.kept]


def write_population(population: Population, folder: Path) -> None:
    """Write ``population.parquet``, rows of parameters as a sweep reads them, and ``population.json``."""
    told = {
        "outside": {name: share for name, share in population.outside.items() if share > 0},
        "kept_at_default": population.kept,
        "sector_shares": population.sector_shares,
    }
    write_draws(folder, "population", population.rows, told, synthetic=population.synthetic)


def _averaged(posteriors: Posteriors, name: str, shares: Mapping[str, float]) -> Floats:
    """Draws of a parameter for the whole territory: over sectors by their share, over questions evenly."""
    scale = next(entry.scale for entry in posteriors.entries if entry.parameter == name)
    by_question: dict[str, list[tuple[float, Floats]]] = {}
    for entry, draws in zip(posteriors.entries, posteriors.draws.T, strict=True):
        weight = _weight(entry, shares)
        if entry.parameter == name and weight > 0:
            by_question.setdefault(entry.question, []).append((weight, TO_SCALE[scale](draws)))
    means = [_weighted(parts) for parts in by_question.values()]
    return FROM_SCALE[scale](np.mean(means, axis=0))


def _weight(entry: Entry, shares: Mapping[str, float]) -> float:
    """Weight of a group among those that inform one parameter; a parameter of a group is its own."""
    if entry.grouped_by == "sector" and f"[{entry.group}" not in entry.parameter:
        return shares.get(entry.group, 0.0)
    return 1.0


def _weighted(parts: list[tuple[float, Floats]]) -> Floats:
    weights = np.array([weight for weight, _ in parts])
    return weights @ np.array([draws for _, draws in parts]) / weights.sum()


def _spread(posteriors: Posteriors, shares: Mapping[str, float]) -> Floats:
    """Standard deviation of an attribute on the logit scale: within sectors and between them, over all questions."""
    entries = posteriors.entries
    squares = []
    for entry, spread in zip(entries, posteriors.draws.T, strict=True):
        if entry.parameter != SPREAD:
            continue
        parts = [
            (shares[other.group], special.logit(draws))
            for other, draws in zip(entries, posteriors.draws.T, strict=True)
            if other.question == entry.question and other.scale == "logit" and other.group in shares
        ]
        centre = _weighted(parts)
        between = _weighted([(weight, (draws - centre) ** 2) for weight, draws in parts])
        squares.append(spread**2 + between)
    return np.sqrt(np.mean(squares, axis=0))
