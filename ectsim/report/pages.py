"""Pages of results from templates: self-contained HTML in the current language, figures inside, all text escaped."""

import base64
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim import __version__
from ectsim.experiments.provenance import PROVENANCE, file_digest, read_provenance
from ectsim.locale import current_language, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, **values: Any) -> str:
    """A template of ``templates/`` filled in; it may also use ``text``, ``language`` and ``version``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(text=text, language=current_language(), version=__version__)
    return environment.get_template(template).render(**values)


def embedded(figure: "Figure") -> str:
    """A figure as the address of an image that holds it whole."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=150, metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode("ascii")


def add_page(folder: Path, name: str, page: str) -> None:
    """Put a page into a results folder and tell its provenance, so that a later study may replace both."""
    file = folder / name
    file.write_text(page, encoding="utf-8", newline="\n")
    told = read_provenance(folder)
    told["files"][name] = file_digest(file)
    made = folder / f".{PROVENANCE}"
    made.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    made.replace(folder / PROVENANCE)
