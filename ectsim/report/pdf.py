"""A page as a PDF, made by WeasyPrint without network. Pages themselves: pages.py."""

from ectsim.errors import EctsimError
from ectsim.locale import text


class NoPdfError(EctsimError):
    """WeasyPrint, or the system's library it draws letters with, is not there; it says what to install."""

    def __init__(self, message: str, reason: str = ""):
        self.message, self.reason = message, reason
        super().__init__(message, reason)

    def __str__(self) -> str:
        return text(self.message, reason=self.reason)


def pdf_of(page: str) -> bytes:
    """A self-contained page as a tagged PDF: what it would load from elsewhere is refused.

    Raises
    ------
    NoPdfError
        If WeasyPrint or Pango is missing.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError:
        raise NoPdfError("reports.no_pdf") from None
    except OSError as error:
        raise NoPdfError("reports.no_pango", str(error).splitlines()[0]) from None
    nothing_outside = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    return bytes(
        HTML(string=page, url_fetcher=nothing_outside).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"ectsim")
        or b""
    )
