"""Pages made from templates: self-contained HTML in the current language, everything put in escaped.

All extend ``templates/base.html``, which holds the look on screen and on A4 paper; what they say lives elsewhere.
"""

from pathlib import Path
from typing import Any

from ectsim import __version__
from ectsim.locale import current_language, text

TEMPLATES = Path(__file__).parent / "templates"
FICTIVE = "DONNÉES FICTIVES"
"""What every file, table, figure and page made from synthetic interviews says."""


def rendered(template: Path, **values: Any) -> str:
    """A template filled in; it may also use ``text``, ``language``, ``version`` and ``fictive``.

    Parameters
    ----------
    template
        Its file; it may extend ``base.html`` and import its neighbours.
    values
        What it shows; ``synthetic`` true has every page, on screen and on paper, say that its data are fictive.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([template.parent, TEMPLATES], encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    fictive = f"{FICTIVE} – FICTIVE DATA"
    environment.globals.update(text=text, language=current_language(), version=__version__, fictive=fictive)
    return environment.get_template(template.name).render({"synthetic": False} | values)
