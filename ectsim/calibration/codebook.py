"""The codebook: what each code of an interview means, how it is scaled, and what it informs. No interview is here.

Read from ``calibration/codebook.csv`` (a row a code) and ``calibration/categories.csv`` (a row a value: anchors of the
scales, modalities of the codes, choices of the tidy files).
"""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ectsim.locale import current_language
from ectsim.parameters import PARAMETERS
from ectsim.shipped import shipped_folder
from ectsim.territory.nomenclature import LABELS

Scale = Literal["O", "B", "P", "N", "M", "C", "Q", "F"]
Rule = Literal["L", "D", "Bb", "E", "lognormal", "negbin", "empirical", "none"]
BOUNDS: Mapping[Scale, tuple[float, float]] = {
    "O": (0, 4),
    "B": (-2, 2),
    "P": (0, 1),
    "C": (0, 1000),
    "Q": (0, 1000),
}
"""Least and largest value of the scales that are numbers."""


@dataclass(frozen=True)
class Category:
    """One value a cell may hold; ``model_name`` is what the model calls it, empty when it has no name for it."""

    value: str
    label_fr: str
    label_en: str
    model_name: str

    @property
    def label(self) -> str:
        """Label in the current language; that of the nomenclature when the territory already names it."""
        own = self.label_fr if current_language() == "fr" else self.label_en
        return own or LABELS[self.model_name][current_language()]


@dataclass(frozen=True)
class Code:
    """One code.

    ``scale`` is O ordinal 0-4, B bipolar -2..2, P presence 0/1, N one modality, M several, C count, Q quantity, F free
    note. ``target`` names what the code is asked about, once each (theme, partner, kind), or is empty. ``parameter`` is
    a name of :data:`ectsim.parameters.PARAMETERS`, with ``{kind}``, ``{sector}`` or ``{category}`` for its index, or
    "target" (compared with the model's output) or "description". ``rule`` says how codings become a posterior: L
    latent logit-normal, E the same read as an effect on [-1, 1], Bb hierarchical binomial, D pooled Dirichlet,
    lognormal, negbin, empirical. ``cautions`` name further doubts. ``guide`` is the interview guide that asks it: that
    of project carriers, or both.
    """

    name: str
    group: str
    label_fr: str
    label_en: str
    scale: Scale
    target: str
    parameter: str
    rule: Rule
    cautions: tuple[str, ...]
    required: bool
    guide: Literal["both", "carriers"]
    categories: Mapping[str, Category]

    @property
    def label(self) -> str:
        """Label in the current language."""
        return self.label_fr if current_language() == "fr" else self.label_en

    @property
    def informs_model(self) -> bool:
        """Whether the code informs a parameter."""
        return self.parameter not in ("target", "description")

    def parameter_name(self, kind: str = "", sector: str = "", category: str = "") -> str:
        """Name of the parameter informed, for a kind, sector and category as the model names them."""
        return self.parameter.format(kind=kind, sector=sector, category=category)

    def parameter_names(self) -> tuple[str, ...]:
        """Names of every parameter the code informs."""
        kinds = [category.model_name for category in categories("actor_type").values() if category.model_name]
        sectors = [category.model_name for category in categories("sector").values() if category.model_name]
        own = [category.model_name for category in self.categories.values() if category.model_name] or [""]
        if not self.informs_model:
            return ()
        names = (self.parameter_name(kind, sector, one) for kind in kinds for sector in sectors for one in own)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Codebook:
    """Every code by name, in the order of the guides."""

    codes: Mapping[str, Code]


@functools.cache
def _category_lists() -> Mapping[str, Mapping[str, Category]]:
    lists: dict[str, dict[str, Category]] = {}
    with (shipped_folder("calibration") / "categories.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            category = Category(row["value"], row["label_fr"], row["label_en"], row["model_name"])
            lists.setdefault(row["list"], {})[category.value] = category
    return lists


def categories(name: str) -> Mapping[str, Category]:
    """Values of a list by name: a scale ("O"), a code ("CONTREP") or a column of the tidy files ("sector")."""
    return _category_lists()[name]


@functools.cache
def load_codebook() -> Codebook:
    """The codebook that ships.

    Raises
    ------
    ValueError
        If a code informs a parameter that does not exist (a defect of the codebook).
    """
    with (shipped_folder("calibration") / "codebook.csv").open(encoding="utf-8", newline="") as source:
        codes = {row["name"]: _code(row) for row in csv.DictReader(source)}
    unknown = {name for code in codes.values() for name in code.parameter_names() if name not in PARAMETERS}
    if unknown:
        raise ValueError(f"codebook.csv names parameters that do not exist: {', '.join(sorted(unknown))}")
    return Codebook(codes)


def _code(row: Mapping[str, str]) -> Code:
    lists = _category_lists()
    scale: Scale = row["scale"]  # pyright: ignore[reportAssignmentType]
    rule: Rule = row["rule"]  # pyright: ignore[reportAssignmentType]
    return Code(
        name=row["name"],
        group=row["group"],
        label_fr=row["label_fr"],
        label_en=row["label_en"],
        scale=scale,
        target=row["target"],
        parameter=row["parameter"],
        rule=rule,
        cautions=tuple(filter(None, row["caution"].split("|"))),
        required=row["required"] == "1",
        guide=row["guide"],  # pyright: ignore[reportArgumentType]
        categories=lists.get(row["name"], lists.get(scale, {})),
    )
