"""Posteriors of parameters by sector and kind: what they are and their files. How they are inferred: inference.py."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.codebook import categories, load_codebook
from ectsim.calibration.conversions import Scale
from ectsim.calibration.draws_files import read_draws, write_draws
from ectsim.calibration.questions import LEAST_INTERVIEWS, SUPPORT
from ectsim.errors import InputError, Problem
from ectsim.locale import text
from ectsim.scenario.numbers import decimal
from ectsim.territory.nomenclature import label

if TYPE_CHECKING:
    import pandas as pd


Floats = NDArray[np.float64]
INTERVAL = (0.05, 0.95)
EVERYBODY = "all"
SPREAD = "attribute_spread"
MOST_LISTED = 6
"""Codes beyond which their number is told instead of their names."""


class Level(NamedTuple):
    """Mean of a rating's latent u, between 0 and 1, over the actors of a group: mean and 5-95 % of its posterior."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Entry:
    """What one column of draws is about.

    Attributes
    ----------
    question : str
        ``CODE`` or ``CODE[item]``.
    group, grouped_by : str
        A sector, a kind, or "all", named as in the model; "sector", "kind" or "all".
    parameter : str
        Name in ``PARAMETERS``, or empty.
    use : str
        "parameter", "target" or "description".
    rule, scale : str
        Rule of the codebook; scale on which groups are averaged.
    n_interviews, n_coders : int
        What it rests on.
    alpha : float
        Krippendorff's alpha, NaN where there is none.
    gate : str
        What the gate of reliability says: use, flag or widen.
    pooled_with : tuple of str
        Groups it was pooled with, because it had too few interviews.
    assumptions : tuple of str
        Texts of the locale, area posteriors.
    level : Level or None
        For ratings.
    source : str
        "interview".
    """

    question: str
    group: str
    grouped_by: str
    parameter: str
    use: str
    rule: str
    scale: Scale
    n_interviews: int
    n_coders: int
    alpha: float
    gate: str
    pooled_with: tuple[str, ...]
    assumptions: tuple[str, ...]
    level: Level | None
    source: str = "interview"

    @property
    def column(self) -> str:
        """Name of the column of draws."""
        return f"{self.question}@{self.group}"


@dataclass(frozen=True)
class Posteriors:
    """Posteriors of a study: E entries and D joint draws, in the units of the parameters.

    Attributes
    ----------
    entries : tuple of Entry
    draws : float64 (D, E)
    seed : int
    selection : float
        Scale of the assumed selection shift, 0 for none.
    synthetic : bool
        Whether the interviews are fictive.
    """

    entries: tuple[Entry, ...]
    draws: Floats
    seed: int
    selection: float
    synthetic: bool

    def table(self) -> "pd.DataFrame":
        """One row an entry: its fields, mean, low and high (5-95 %)."""
        import pandas as pd

        rows = []
        for entry, draws in zip(self.entries, self.draws.T, strict=True):
            low, high = np.quantile(draws, INTERVAL)
            level = entry.level or Level(np.nan, np.nan, np.nan)
            told = {field: value for field, value in vars(entry).items() if field != "level"}
            levels = {f"level_{field}": value for field, value in level._asdict().items()}
            rows.append(told | {"mean": draws.mean(), "low": low, "high": high} | levels)
        joined = ("pooled_with", "assumptions")
        table = pd.DataFrame(rows)
        return table.assign(**{column: table[column].map("|".join) for column in joined}) if rows else table

    def of(self, parameter: str) -> dict[tuple[str, str], Floats]:
        """Draws of a parameter by question and group."""
        found = zip(self.entries, self.draws.T, strict=True)
        return {(e.question, e.group): draws for e, draws in found if e.parameter == parameter}


def tell_assumptions(posteriors: Posteriors) -> list[str]:
    """Sentences that say what the posteriors assume, and which sectors had too few interviews to stand alone."""
    codes = load_codebook().codes
    about: dict[str, dict[str, None]] = {}
    for entry in posteriors.entries:
        for name in entry.assumptions:
            about.setdefault(name, {})[codes[entry.question.partition("[")[0]].label] = None
    said = []
    for name, labels in about.items():
        sentence = text(f"posteriors.assumption_{name}", scale=decimal(posteriors.selection))
        listed = ", ".join(labels) if len(labels) <= MOST_LISTED else text("posteriors.codes", count=len(labels))
        said.append(text("posteriors.assumed", sentence=sentence, codes=listed))
    by_sector = [entry for entry in posteriors.entries if entry.grouped_by == "sector"]
    pooled = [entry for entry in by_sector if entry.n_interviews < LEAST_INTERVIEWS]
    for group in dict.fromkeys(entry.group for entry in pooled):
        count = sum(entry.group == group for entry in pooled)
        said.append(text("posteriors.pooled", group=group_label(group), count=count, least=LEAST_INTERVIEWS))
    return said


def group_label(group: str) -> str:
    """Label of a sector, kind, or the support officers, in the current language."""
    return categories("sector")["soutien"].label if group == SUPPORT else label(group)


def write_posteriors(posteriors: Posteriors, folder: Path) -> None:
    """Write ``posteriors.parquet`` (a column of draws an entry) and ``posteriors.json`` (what each column is about)."""
    import pandas as pd

    table = posteriors.table()
    told = table.astype(object).where(table.notna(), None).to_dict("records")
    sidecar = {"seed": posteriors.seed, "selection": posteriors.selection, "entries": told}
    draws = pd.DataFrame(posteriors.draws, columns=[entry.column for entry in posteriors.entries])
    write_draws(folder, "posteriors", draws, sidecar, synthetic=posteriors.synthetic)


def read_posteriors(folder: Path) -> Posteriors:
    """Posteriors as :func:`write_posteriors` wrote them.

    Raises
    ------
    InputError
        If a file is missing or the two do not belong together.
    """
    draws, sidecar = read_draws(folder, "posteriors")
    entries = tuple(_entry(row) for row in sidecar["entries"])
    if [entry.column for entry in entries] != list(draws.columns):
        raise InputError([Problem("posteriors.not_together", {}, folder / "posteriors.json")])
    return Posteriors(entries, draws.to_numpy(float), sidecar["seed"], sidecar["selection"], sidecar["synthetic"])


def _entry(row: Mapping[str, Any]) -> Entry:
    levels = [row[f"level_{field}"] for field in Level._fields]
    given = {
        "pooled_with": tuple(filter(None, row["pooled_with"].split("|"))),
        "assumptions": tuple(filter(None, row["assumptions"].split("|"))),
        "alpha": float("nan") if row["alpha"] is None else row["alpha"],
        "level": None if levels[0] is None else Level(*levels),
    }
    plain = {field.name: row.get(field.name) for field in dataclasses.fields(Entry)}
    return Entry(**(plain | given))  # pyright: ignore[reportArgumentType]
