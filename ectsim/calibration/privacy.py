"""What identifies a person, and the refusals that follow: columns, patterns, names, identifiers, places to write to.

No message quotes what was found. How rare an interviewee is, and consent, are in disclosure.py.
"""

import functools
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ectsim.errors import PrivacyError, Problem
from ectsim.locale import text

IDENTIFIER = re.compile(r"[A-Z0-9_-]{2,12}")
NUMBER = re.compile(r"[+-]?\d{1,4}(?:[.,]\d{1,4})?")
LONGEST_TEXT = 2_000
"""No cell, name or value of a table of codings is longer: what is holds what somebody said."""
LONGEST_NAME = 80

IDENTIFYING_COLUMN = re.compile(
    r"(?:pre)?noms?|names?|(?:first|last|sur)_?name|identite|contacts?|e_?mail|mail|courriel|tel|(?:tele)?phone|portable|"
    r"mobile|adresses?|address|siren|siret|commune|ville|(?:date_(?:de_)?)?naissance|(?:nom_(?:de_la_)?)?structure|employeur"
)
VERBATIM_COLUMN = re.compile(
    r"(?:verbatim|citation|quote|quotation|transcript|transcription|extrait|segment|comment|commentaire|memo|texte?)s?|"
    r"contents?|contenus?|seltext|snippet|full_?text"
)


def folded(written: str) -> str:
    """A text without case nor accents."""
    decomposed = unicodedata.normalize("NFKD", written.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def column_name(header: str) -> str:
    """A header as column names are written: ``"Code postal "`` gives ``code_postal``."""
    return re.sub(r"\W+", "_", folded(header)).strip("_")


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _is_siret(written: str) -> bool:
    """Whether the check digit of a SIRET is right (Luhn)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(_digits(written))))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_nir(written: str) -> bool:
    """Whether the key of a French social-security number is right (97 less the remainder)."""
    digits = _digits(re.sub("2A", "19", re.sub("2B", "18", written.upper())))
    return int(digits[:13]) % 97 + int(digits[13:]) == 97


def _is_phone(written: str) -> bool:
    """Whether ten digits are more than the list of all digits, which programs write."""
    return _digits(written) != "0123456789"


def _is_real_address(written: str) -> bool:
    """Whether an e-mail address is none of the domains reserved for examples (RFC 2606), nor a server's."""
    domain = written.rpartition("@")[2].lower()
    reserved = re.search(r"(?:^|\.)(?:example(?:\.\w+)?|exemple\.\w+|invalid|test|localhost)$", domain)
    return not reserved and not written.startswith("git@")


_GAP = r"[\s.\u00a0\u202f-]?"
_OFFICES = (
    r"maire|adjointe?|présidente?|vice-présidente?|directeur|directrice|préfète?|sous-préfète?|"
    r"conseill(?:er|ère)|députée?|sénateur|sénatrice"
)
_STREETS = r"rue|avenue|av\.|boulevard|bd|place|chemin|impasse|route|allée|quai|faubourg|lotissement"
_LINKS = r"de\s+la\s+|de\s+l['’]|des?\s+|du\s+|d['’]|la\s+|les?\s+|l['’]"
_TITLES = r"(?<![A-Z]\. )(?<![A-Z]\.)M\.|MM\.|Mme|Mlle|Monsieur|Madame|Mademoiselle|Mrs?\.?|Dr\.?"


def _pattern(written: str, confirm: Callable[[str], bool] = bool) -> tuple[re.Pattern[str], Callable[[str], bool]]:
    return re.compile(written), confirm


PATTERNS = {
    "email": _pattern(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", _is_real_address),
    "phone": _pattern(rf"(?<![\w.,/-])(?:(?:\+|00)33{_GAP}(?:\(0\))?|0)[1-9](?:{_GAP}\d\d){{4}}(?![\w/-])", _is_phone),
    "nir": _pattern(r"(?<![\w.,-])[12] ?\d\d ?\d\d ?\d[\dABab] ?\d{3} ?\d{3} ?\d\d(?!\w)", _is_nir),
    "siret": _pattern(rf"(?<![\w.,-])(?:\d{{3}}{_GAP}){{3}}\d{{5}}(?!\w)", _is_siret),
    "address": _pattern(rf"\b\d{{1,4}}(?:\s?(?:bis|ter|quater))?,?\s(?i:{_STREETS})\s(?:(?i:{_LINKS})|[A-ZÀ-Ý])"),
    "person": _pattern(rf"\b(?:{_TITLES})\s[A-ZÀ-Ý][\w'’-]+"),
    "office": _pattern(rf"\b(?i:{_OFFICES})\s(?i:{_LINKS})[A-ZÀ-Ý]"),
    "birth": _pattern(r"\b(?i:née?)\s(?i:le|en)\s\d"),
}
"""What identifies somebody in a text, by kind: a pattern, and a check of what it matches."""


def identifying(written: str, names: re.Pattern[str] | None = None) -> str | None:
    """Kind of the first thing in a text that identifies somebody (a name of PATTERNS, or ``name``), or None."""
    for kind, (pattern, confirm) in PATTERNS.items():
        if any(confirm(match.group()) for match in pattern.finditer(written)):
            return kind
    return "name" if names is not None and names.search(folded(written)) else None


def names_file() -> Path:
    """Where the names that must never appear are listed, one a line: in the user's settings, never in a repository."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "ectsim" / "names.txt"


@functools.cache
def known_names(file: Path) -> re.Pattern[str] | None:
    """Pattern of the names listed in ``file``, in folded texts; None when there is no such file or no name in it.

    Raises
    ------
    PrivacyError
        If the file lies in a git work tree.
    """
    if not file.is_file():
        return None
    if work_tree(file):
        raise PrivacyError([Problem("imports.names_in_repository", file=file)])
    listed = (folded(line.strip()) for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    names = sorted(re.escape(name) for name in listed if name and not name.startswith("#"))
    return re.compile(rf"\b(?:{'|'.join(names)})\b") if names else None


def check_texts(found: Iterable[tuple[str, int | None, str | None]], file: Path, names: Path | None = None) -> None:
    """Refuse texts that identify somebody.

    ``found`` holds texts with the line and field where they stand; ``names`` is a file as :func:`names_file`.

    Raises
    ------
    PrivacyError
        With each place, and what kind of thing stands there.
    """
    listed = known_names(names or names_file())
    problems = [
        Problem(f"imports.identifying.{kind}", {}, file, line, field)
        for written, line, field in found
        if (kind := "words" if len(written) > LONGEST_TEXT else identifying(written, listed))
    ]
    if problems:
        raise PrivacyError(problems)


def check_columns(header: Iterable[str], file: Path, line: int = 1) -> None:
    """Refuse a table that has a column for what identifies people, or for what they said.

    Raises
    ------
    PrivacyError
        With each such column.
    """
    problems = list(column_problems(header, file, line))
    if problems:
        raise PrivacyError(problems)


def column_problems(header: Iterable[str], file: Path, line: int = 1) -> Iterator[Problem]:
    """Columns of a table that identify people or quote them."""
    for name in header:
        column = column_name(name)
        if IDENTIFYING_COLUMN.fullmatch(column):
            yield Problem("imports.identifying_column", {}, file, line, column)
        elif VERBATIM_COLUMN.fullmatch(column):
            yield Problem("imports.verbatim_column", {}, file, line, column)


def check_identifiers(names: Iterable[str], what: str, file: Path) -> None:
    """Refuse documents (``what`` "document") or coders ("coder") whose names are no identifiers such as E07.

    Raises
    ------
    PrivacyError
        With the rank of each, in the order of the file: a name is not repeated.
    """
    problems = [
        Problem(f"imports.no_identifier.{what}", {"rank": rank}, file)
        for rank, name in enumerate(names, 1)
        if not IDENTIFIER.fullmatch(name)
    ]
    if problems:
        raise PrivacyError(problems)


def shown(given: str) -> str:
    """A cell as a message may show it: a number as it stands, of any other text only its length."""
    return given if NUMBER.fullmatch(given.strip()) else text("imports.some_text", length=len(given))


def shown_name(given: str) -> str:
    """The name of a code as a message may show it: a label as it stands, of a sentence only its length."""
    return given if len(given) <= LONGEST_NAME else shown(given)


def work_tree(path: Path) -> Path | None:
    """The git work tree that holds ``path`` (which need not exist), or None."""
    place = path.resolve()
    return next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), None)


def require_private_place(path: Path, *, synthetic: bool) -> None:
    """Refuse to write rows of real interviews inside a git work tree.

    Raises
    ------
    PrivacyError
        If ``path`` lies in one and the rows are not ``synthetic``.
    """
    if not synthetic and (folder := work_tree(path)):
        raise PrivacyError([Problem("imports.in_work_tree", {"folder": folder.name}, path)])
