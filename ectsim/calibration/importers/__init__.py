"""Reading codings from the files of social scientists: one module a format, registered here."""

import dataclasses
import re
from collections import Counter
from pathlib import Path

from ectsim.calibration.archives import refusing_quietly
from ectsim.calibration.importers import grid, maxqda, nvivo_matrix, qualcoder, refi, taguette, tidy_csv
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.headers import attribute_name, attribute_value
from ectsim.calibration.importers.tables import is_table, read_sheets
from ectsim.calibration.privacy import IDENTIFIER, check_identifiers, check_texts, column_name
from ectsim.errors import InputError, Problem, nearest_name

IMPORTERS: dict[str, Importer] = {
    module.IMPORTER.name: module.IMPORTER
    for module in (refi, qualcoder, tidy_csv, taguette, nvivo_matrix, grid, maxqda)
}
"""Importers by name, in the order in which they are asked whether they recognise a file: the surest first."""
DOCUMENT_ENDING = re.compile(r"\.(?:txt|docx?|odt|rtf|pdf|md|html?|mp3|m4a|wav|mp4)$", re.IGNORECASE)

__all__ = ["IMPORTERS", "Coded", "Coding", "Options", "codes_used", "read_codings"]


@refusing_quietly
def read_codings(path: Path, options: Options, kind: str | None = None) -> Coded:
    """Codings of a file or project folder, its interviews and coders under identifiers such as E07 and K1.

    Parameters
    ----------
    path : Path
        What a program of qualitative analysis or a spreadsheet wrote.
    options : Options
        What the file does not say; ``options.documents`` and ``options.coders`` give the names it holds identifiers.
    kind : str, optional
        A name of :data:`IMPORTERS`, when the format cannot be told from the file.

    Raises
    ------
    InputError
        If the file is damaged, hostile, of no known format, or names no coder; no message quotes it.
    PrivacyError
        If anything in it identifies somebody.
    """
    coded = _importer(path, kind).read(path, options)
    coded = _with_one_coder(_renamed(coded, options), options)
    _check(coded)
    busy = {coding.coder for coding in coded.codings}
    # an idle coder may stay under a name: a program adds one of its own, which nobody has to rename
    kept = (coder for coder in coded.coders if coder in busy or IDENTIFIER.fullmatch(coder))
    return dataclasses.replace(coded, coders=tuple(kept))


@refusing_quietly
def codes_used(path: Path, options: Options, kind: str | None = None) -> dict[tuple[str, ...], int]:
    """Number of codings of each code of a file, in the order of its tree; nobody need have an identifier yet.

    Raises
    ------
    InputError
        If the file is damaged, hostile, or of no known format.
    PrivacyError
        If the name of a code identifies somebody.
    """
    coded = _importer(path, kind).read(path, options)
    check_texts(_names_of_codes(coded), path)
    counts = Counter(coding.code for coding in coded.codings)
    return {code: counts[code] for code in dict.fromkeys((*coded.codes, *counts))}


def _names_of_codes(coded: Coded) -> list[tuple[str, int | None, str | None]]:
    return [(name, None, f"codes[{rank}]") for rank, code in enumerate(coded.codes, 1) for name in code]


def _importer(path: Path, kind: str | None) -> Importer:
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError([Problem("imports.no_file", file=path, nearest=nearest_name(path.name, beside))])
    if kind is not None and kind not in IMPORTERS:
        values: dict[str, object] = {"given": kind, "allowed": ", ".join(IMPORTERS)}
        raise InputError([Problem("imports.unknown_kind", values, nearest=nearest_name(kind, IMPORTERS))])
    if kind is not None:
        return IMPORTERS[kind]
    sheets = read_sheets(path) if is_table(path) else []
    found = next((one for one in IMPORTERS.values() if one.recognises(path, sheets)), None)
    if found is None:
        raise InputError([Problem("imports.unknown_format", {"allowed": ", ".join(IMPORTERS)}, path)])
    return found


def _renamed(coded: Coded, options: Options) -> Coded:
    """The same codings under the identifiers that the user gave to interviews, coders and attributes.

    Most programs call a document after its file: ``E07.docx`` is E07.
    """
    documents = {name: options.documents.get(name, DOCUMENT_ENDING.sub("", name)) for name in coded.documents}
    coders = options.coders
    columns = {column_name(alias): name for alias, name in options.columns.items()}
    attributes: dict[str, dict[str, str]] = {}
    for document in filter(coded.attributes.__contains__, coded.documents):
        own = attributes.setdefault(documents[document], {})
        for name, value in coded.attributes[document].items():
            if attribute := attribute_name(columns.get(column_name(name), name)):
                own[attribute] = attribute_value(attribute, value)
    return dataclasses.replace(
        coded,
        codings=tuple(
            dataclasses.replace(
                coding,
                document=documents[coding.document],
                coder=coders.get(coding.coder, coding.coder),
            )
            for coding in coded.codings
        ),
        coders=tuple(dict.fromkeys(coders.get(coder, coder) for coder in coded.coders)),
        documents=tuple(dict.fromkeys(documents.values())),
        attributes=attributes,
    )


def _with_one_coder(coded: Coded, options: Options) -> Coded:
    """The same codings, of the coder that the user named if the file knows but one.

    Teams that share no project give one file a coder, and the program's own name, or none, for whoever coded it.
    """
    found = {coding.coder for coding in coded.codings}
    if options.coder is None:
        if "" in found:
            raise InputError([Problem("imports.no_coder", file=coded.file)])
        return coded
    if len(found) > 1:
        raise InputError([Problem("imports.several_coders", {"count": len(found)}, coded.file)])
    codings = tuple(dataclasses.replace(coding, coder=options.coder) for coding in coded.codings)
    return dataclasses.replace(coded, codings=codings, coders=(options.coder,))


def _check(coded: Coded) -> None:
    """Refuse whatever names somebody: documents, coders, codes, values, attributes."""
    check_identifiers(coded.documents, "document", coded.file)
    check_identifiers(dict.fromkeys(coding.coder for coding in coded.codings), "coder", coded.file)
    texts = _names_of_codes(coded)
    texts += [(coding.value, coding.line, coding.field) for coding in coded.codings if coding.value]
    texts += [(value, None, name) for held in coded.attributes.values() for name, value in held.items()]
    texts += [(name, None, f"documents[{rank}]") for rank, name in enumerate(coded.documents, 1)]
    check_texts(texts, coded.file)
