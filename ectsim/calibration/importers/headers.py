"""What the headers of a *grille* mean: codes, their targets, columns of the tidy interviews. No cell is read here."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ectsim.calibration.checking import TARGET_LISTS
from ectsim.calibration.codebook import Category, Code, categories, load_codebook
from ectsim.calibration.columns import TABLES
from ectsim.calibration.privacy import column_name, folded
from ectsim.locale import LANGUAGES
from ectsim.territory.nomenclature import LABELS

IDENTIFIER_HEADERS = ("interview_id", "entretien", "id_entretien", "code_entretien", "interview", "identifiant", "id")
CODER_HEADERS = ("coder_id", "codeur", "codeuse", "coder", "code_par", "coded_by")
INTERVIEW_COLUMNS = TABLES["interviews"].columns
FRENCH_COLUMNS = {
    "acteur": "actor_id",
    "secteur": "sector",
    "type_d_acteur": "actor_type",
    "type_acteur": "actor_type",
    "taille": "size_class",
    "mois": "month",
    "duree": "duration_min",
    "duree_min": "duration_min",
    "consentement_analyse": "consent_analysis",
    "consentement_partage": "consent_sharing",
    "recrute_par": "recruited_by",
}
"""Columns of the tidy interviews as a French *grille* calls them."""
LIKE_A_CODE = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)+(?:\[.*\])?")
SEPARATORS = " \t\n_-–—:./>()[]=|"


@dataclass(frozen=True)
class Meaning:
    """What a column holds: codings of ``code`` on ``target``, whether ``category`` was chosen, or ``attribute``."""

    code: Code | None = None
    target: str = ""
    category: str = ""
    attribute: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the meaning of another column."""
        return self.code.name if self.code else "", self.target, self.category, self.attribute


def meaning(header: str, aliases: Mapping[str, str]) -> Meaning | None:
    """Meaning of a header, None when it has none; ``aliases`` give headers as column names a meaning of their own."""
    header = aliases.get(column_name(header), header).strip()
    name = column_name(header)
    if name in IDENTIFIER_HEADERS:
        return Meaning(attribute="interview_id")
    if name in CODER_HEADERS:
        return Meaning(attribute="coder_id")
    if attribute := attribute_name(header):
        return Meaning(attribute=attribute)
    found = _code(header)
    if found is None:
        return None
    code, rest = found
    if code.target:
        return Meaning(code, _target(code, rest))
    if code.scale == "M" and (category := matching(rest, code.categories)):
        return Meaning(code, category=category)
    return Meaning(code)


def attribute_name(header: str) -> str | None:
    """Column of the tidy interviews that a header or a variable names, or None."""
    name = column_name(header)
    name = FRENCH_COLUMNS.get(name, name)
    return name if name in INTERVIEW_COLUMNS else None


def attribute_value(attribute: str, written: str) -> str:
    """What is said of an interview, as the tidy interviews hold it: a choice by its value, a date as its month."""
    column = INTERVIEW_COLUMNS[attribute]
    if column.kind == "choice":
        return matching(written, categories(column.choices)) or written
    return written[:7] if column.kind == "month" else written


def _code(header: str) -> tuple[Code, str] | None:
    """The code that a header names, by name or label, and what follows it."""
    start = header.upper()
    for name, code in sorted(load_codebook().codes.items(), key=lambda item: -len(item[0])):
        if start.startswith(name) and (len(header) == len(name) or header[len(name)] in SEPARATORS):
            return code, header[len(name) :].strip(SEPARATORS)
    label, _, rest = header.partition("[")
    code = _by_label().get(folded(label.strip(SEPARATORS)))
    return (code, rest.strip(SEPARATORS)) if code else None


@functools.cache
def _by_label() -> dict[str, Code]:
    return {folded(label): code for code in load_codebook().codes.values() for label in (code.label_fr, code.label_en)}


def _target(code: Code, rest: str) -> str:
    closed = TARGET_LISTS.get(code.target)
    return (matching(rest, categories(closed)) if closed else "") or rest


def matching(written: str, allowed: Mapping[str, Category]) -> str:
    """The category that a text names by its value or a label, whatever its case and accents; "" when none."""
    wanted = column_name(written)
    for value, category in allowed.items():
        if wanted and wanted in {column_name(known) for known in (value, *_labels(category))}:
            return value
    return ""


def _labels(category: Category) -> Iterable[str]:
    if category.label_fr:
        return (category.label_fr, category.label_en)
    return (LABELS[category.model_name][language] for language in LANGUAGES) if category.model_name in LABELS else ()
