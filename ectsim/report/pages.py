"""Reports as pages: self-contained HTML in the current language, figures inside, all text escaped, fit for A4."""

from pathlib import Path

from ectsim.pages import rendered
from ectsim.report.document import Report

TEMPLATES = Path(__file__).parent / "templates"


def report_page(report: Report) -> str:
    """The page of a report."""
    return rendered(TEMPLATES / "report.html", report=report, synthetic=report.synthetic)
