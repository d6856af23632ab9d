"""Reports on disk: which files, never over somebody else's, HTML and PDF. What they look like: pages.py, pdf.py."""

import json
from collections.abc import Sequence
from pathlib import Path

from ectsim.errors import InputError, Problem
from ectsim.experiments.provenance import PROVENANCE, file_digest, read_provenance
from ectsim.experiments.store import writing_whole
from ectsim.report.document import Report
from ectsim.report.kinds import report_of, results_of
from ectsim.report.pages import report_page
from ectsim.report.pdf import pdf_of

PAGE = "index.html"
"""Page of a results folder, inside it."""
ENDINGS = (".html", ".pdf")
OURS, MARKED = b"ectsim", 2000


def page_files(first: Path, pdf: bool) -> tuple[Path, ...]:
    """Files to write: the one asked for, and the same as a PDF if wanted.

    Raises
    ------
    InputError
        If the file asked for is no HTML and no PDF, or one of the files was not made by ectsim.
    """
    if first.suffix.lower() not in ENDINGS:
        raise InputError([Problem("reports.ending", {"given": first.suffix or first.name}, file=first)])
    second = first.with_suffix(".pdf")
    files = (first, second) if pdf and second != first else (first,)
    others = [file for file in files if file.exists() and not _is_ours(file)]
    if others:
        raise InputError([Problem("reports.not_ours", file=file) for file in others])
    return files


def _is_ours(file: Path) -> bool:
    """Whether a file is a page made here: an HTML page says so at its start, a PDF at its end."""
    content = file.read_bytes() if file.is_file() else b""
    return any(OURS in part for part in (content[:MARKED], content[-MARKED:]))


def write_report(report: Report, files: Sequence[Path]) -> None:
    """Write a report to every file, each whole or not at all.

    Files put into a results folder join its provenance, so that a later study may replace them with the rest.
    """
    page = report_page(report)
    contents = {file: pdf_of(page) if file.suffix.lower() == ".pdf" else page.encode() for file in files}
    for file, content in contents.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        with writing_whole(file) as written:
            written.write(content)
        _join(file)


def write_own_page(folder: Path) -> None:
    """Write the page of a results folder into it, in the current language."""
    found = results_of(folder)
    write_report(report_of(found), [found.path / PAGE])


def _join(file: Path) -> None:
    """Tell the provenance beside a file, if there is one, of that file."""
    if (file.parent / PROVENANCE).is_file():
        told = read_provenance(file.parent)
        told.setdefault("files", {})[file.name] = file_digest(file)
        with writing_whole(file.parent / PROVENANCE) as written:
            written.write((json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
