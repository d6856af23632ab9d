"""All that is estimated from one study, in one folder, with what makes it again. Each estimate is made elsewhere."""

import json
from dataclasses import dataclass
from pathlib import Path

from ectsim.calibration.census import read_census
from ectsim.calibration.inference import infer
from ectsim.calibration.population import (
    Cells,
    Population,
    cells_of_interviews,
    cells_of_territory,
    effective_size,
    members_of,
    populate,
    rake,
    tell_population,
    write_population,
)
from ectsim.calibration.posteriors import Posteriors, tell_assumptions, write_posteriors
from ectsim.calibration.reliability import assess
from ectsim.calibration.targets import TABLES, Targets, census_targets, tell_power, write_targets
from ectsim.calibration.tidy import Interviews
from ectsim.errors import InputError, Problem
from ectsim.experiments.store import writing_whole
from ectsim.locale import text
from ectsim.scenario.numbers import decimal
from ectsim.territory.reading import load_territory

RECIPE = "estimates.json"
"""File that says what the estimates of its folder were made from."""


@dataclass(frozen=True)
class Settings:
    """What estimates depend on beside the interviews; ``territory`` gives the population without ``frame.csv``."""

    seed: int
    selection: float
    territory: str


@dataclass(frozen=True)
class Estimates:
    """Posteriors, a population, what weighs how much, and targets if there is a census.

    ``effective_size`` is Kish's, of the ``members`` interviewees of the territory's sectors; ``sizes_count`` where they
    are weighted by sector and size, not by sector only.
    """

    posteriors: Posteriors
    population: Population
    targets: Targets | None
    members: int
    effective_size: float
    sizes_count: bool


def estimate(found: Interviews, settings: Settings) -> Estimates:
    """Estimate everything that the interviews and the census allow.

    Raises
    ------
    InputError
        If there is no interview, no coding with a value, or nobody of the sectors of the territory was interviewed.
    """
    if found.interviews.empty:
        raise InputError([Problem("posteriors.no_interview")])
    posteriors = infer(found, assess(found), seed=settings.seed, selection=settings.selection)
    if not posteriors.entries:
        raise InputError([Problem("posteriors.no_coding")])
    cells = _cells(found, settings.territory)
    members = members_of(found)
    weights = rake(cells, members)
    return Estimates(
        posteriors,
        populate(posteriors, cells),
        targets_of(found),
        len(members),
        effective_size(weights.actors),
        weights.sizes_count,
    )


def targets_of(found: Interviews) -> Targets | None:
    """Targets of the census, None without any."""
    return census_targets(read_census(found)) if len(found.projects) else None


def _cells(found: Interviews, territory: str) -> Cells:
    return cells_of_interviews(found) if len(found.frame) else cells_of_territory(load_territory(territory))


def tell(estimates: Estimates) -> list[str]:
    """Sentences on what was assumed, what the interviews weigh, and what the census cannot tell."""
    weighed = text(
        "posteriors.effective_size" if estimates.sizes_count else "posteriors.effective_size_by_sector",
        members=estimates.members,
        effective=decimal(round(estimates.effective_size, 1)),
    )
    census = [] if estimates.targets is None else [*tell_power(estimates.targets), *map(str, estimates.targets.gaps)]
    return [*tell_assumptions(estimates.posteriors), *tell_population(estimates.population), weighed, *census]


def write_estimates(estimates: Estimates, folder: Path, interviews: Path, settings: Settings) -> None:
    """Write everything into ``folder``, with where the ``interviews`` are; tables of an earlier census go."""
    write_posteriors(estimates.posteriors, folder)
    write_population(estimates.population, folder)
    if estimates.targets is not None:
        write_targets(estimates.targets, folder)
    else:
        for name in TABLES:
            (folder / f"{name}.csv").unlink(missing_ok=True)
    place = interviews.resolve().relative_to(folder.resolve(), walk_up=True)
    with writing_whole(folder / RECIPE) as file:
        file.write((json.dumps({"interviews": place.as_posix()} | vars(settings), indent=1) + "\n").encode())


def settings_of(folder: Path, interviews: Path) -> Settings | None:
    """Settings of the estimates in ``folder`` if they were made from ``interviews``, else None."""
    try:
        recipe = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
        place = folder.resolve() / recipe.pop("interviews")
        return Settings(**recipe) if place.resolve() == interviews.resolve() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
