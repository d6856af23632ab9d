"""Pages made from templates: self-contained HTML in the current language, everything put in escaped."""

from pathlib import Path
from typing import Any

from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import current_language, text

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, **values: Any) -> str:
    """A template of ``templates/`` filled in; it may also use ``text``, ``language`` and ``fictive``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(text=text, language=current_language(), fictive=f"{FICTIVE} – FICTIVE DATA")
    return environment.get_template(template).render(**values)
