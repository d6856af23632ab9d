"""Interview guides to print (HTML, A4), and the quota sheet: whom to interview next.

Questions are texts of the locale; what is coded under each is the codebook's. The same guides to change in a word
processor are in guide_documents.py, the grid to code in is in blank_grid.py.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.locale import text
from ectsim.pages import rendered
from ectsim.scenario.numbers import decimal

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews

TEMPLATES = Path(__file__).parent / "templates"
GUIDES = ("carriers", "others")
WANTED = 30
LEAST_BY_SECTOR = 5
QUOTA_COLUMNS = ("sector", "size_class", "n_population", "done", "wanted", "missing")


@dataclass(frozen=True)
class Item:
    """One question of a guide: the code, what to ask, and the boxes to tick."""

    code: str
    label: str
    question: str
    note: str
    boxes: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """One guide: its title, its lead, boxes about who is met, anchors of the scales, and items by group."""

    name: str
    title: str
    lead: str
    identity: tuple[tuple[str, tuple[str, ...]], ...]
    anchors: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Item, ...]], ...]


def guide(name: str) -> Guide:
    """A guide of :data:`GUIDES` in the current language."""
    codes = [code for code in load_codebook().codes.values() if code.guide in ("both", name)]
    groups = itertools.groupby(codes, lambda code: code.group)
    identity = (
        ("sector", "sector"),
        ("kind", "actor_type"),
        ("size", "size_class"),
        ("zone", "zone"),
        ("recruited", "recruited_by"),
    )
    return Guide(
        name=name,
        title=text(f"guides.title.{name}"),
        lead=text(f"guides.lead.{name}"),
        identity=tuple((text(f"guides.field.{field}"), _labels(choices)) for field, choices in identity),
        anchors=tuple(f"{value} {category.label}" for value, category in categories("O").items()),
        groups=tuple(
            (text(f"guides.group.{group}"), tuple(_item(code, name) for code in own)) for group, own in groups
        ),
    )


def _labels(choices: str) -> tuple[str, ...]:
    return tuple(category.label for category in categories(choices).values())


def _item(code: Code, name: str) -> Item:
    note = text("guides.several") if code.scale == "M" else text(f"guides.each.{code.target}") if code.target else ""
    question = text(f"guides.question.{code.name}", project=text(f"guides.project.{name}"))
    return Item(code.name, code.label, question, note, _boxes(code), _lines(code))


def _boxes(code: Code) -> tuple[str, ...]:
    if code.scale in ("O", "B"):
        return tuple(code.categories)
    return tuple(category.label for category in code.categories.values())


def _lines(code: Code) -> tuple[str, ...]:
    """What each line of boxes is about; one line without name when the code has no target."""
    if code.target in ("theme", "kind"):
        return _labels("theme" if code.target == "theme" else "actor_type")
    return ("P…", "P…", "P…") if code.target == "partner" else ("",)


def guide_html(name: str) -> str:
    """A guide as a page to print on A4."""
    return rendered(TEMPLATES / "guide.html", guide=guide(name))


def quota_html(table: "pd.DataFrame", found: "Interviews | None" = None, wanted: int = WANTED) -> str:
    """The quota sheet as a page to print on A4, with remarks on the interviews ``found`` so far."""
    return rendered(
        TEMPLATES / "quota.html",
        sectors=_quota_by_sector(table),
        totals=_totals(table),
        columns=QUOTA_COLUMNS,
        synthetic=found is not None and found.synthetic,
        lead=text("guides.lead.quota", wanted=wanted, least=LEAST_BY_SECTOR),
        remarks=[] if found is None else remarks(found),
    )


def write_guides(folder: Path, table: "pd.DataFrame", found: "Interviews | None" = None, wanted: int = WANTED) -> None:
    """Write both guides as HTML and DOCX, the grid to code in, and the quota sheet of the interviews ``found``."""
    from ectsim.calibration.blank_grid import write_blank_grid
    from ectsim.calibration.guide_documents import guide_document
    from ectsim.experiments.store import writing_whole

    folder.mkdir(parents=True, exist_ok=True)
    for name in GUIDES:
        with writing_whole(folder / f"{name}.html") as file:
            file.write(guide_html(name).encode())
        with writing_whole(folder / f"{name}.docx") as file:
            guide_document(guide(name)).save(file)
    with writing_whole(folder / "quota.html") as file:
        file.write(quota_html(table, found, wanted).encode())
    write_blank_grid(folder)


def quota(frame: "pd.DataFrame", interviews: "Interviews | None" = None, wanted: int = WANTED) -> "pd.DataFrame":
    """Interviews wanted, done and missing by sector and size class.

    Sectors get equal shares of ``wanted``, for posteriors are by sector; within a sector each size class gets its share
    of the population, and at least one interview where it is not empty.

    Parameters
    ----------
    frame
        Columns sector, size_class, n_population (values of the tidy files).
    """
    import pandas as pd

    met = interviews.interviews if interviews is not None else pd.DataFrame(columns=["sector", "size_class"])
    done = met.groupby(["sector", "size_class"]).size().to_dict()
    sectors = list(dict.fromkeys(frame["sector"]))
    by_sector = max(LEAST_BY_SECTOR, math.ceil(wanted / len(sectors))) if sectors else 0
    rows = []
    for sector in sectors:
        own = frame[frame["sector"] == sector]
        shares = _apportioned(list(map(float, own["n_population"])), by_sector)
        for size, population, share in zip(own["size_class"], own["n_population"], shares, strict=True):
            met_here = done.get((sector, size), 0)
            rows.append((sector, size, int(population), met_here, share, max(0, share - met_here)))
    return pd.DataFrame(rows, columns=list(QUOTA_COLUMNS))


def remarks(interviews: "Interviews") -> list[str]:
    """Sentences on who is missing among those met, besides sectors and sizes, and on how they were found."""
    met: Any = interviews.interviews
    said = []
    for column, field in (("actor_type", "kind"), ("zone", "zone")):
        absent = [category.label for value, category in categories(column).items() if value not in set(met[column])]
        if absent:
            said.append(text(f"guides.never_met_{field}", listed=", ".join(absent)))
    known = met[met["recruited_by"] != ""]
    if len(known):
        recruited = int((known["recruited_by"] == "structure_appui").sum())
        said.append(text("guides.recruited_by_support", count=recruited, known=len(known)))
    return said


def _apportioned(populations: Sequence[float], seats: int) -> list[int]:
    """Seats by population: one for each that is not empty, as far as they go, the others by highest averages."""
    given = [0] * len(populations)
    for _ in range(min(seats, int(sum(populations)))):
        open_ones = [i for i, population in enumerate(populations) if given[i] < population]
        # an infinite claim seats everybody once, the largest first
        claims = {i: (given[i] == 0, populations[i] / (given[i] + 1)) for i in open_ones}
        given[max(open_ones, key=claims.__getitem__)] += 1
    return given


def frame_of_territory(name: str | Path) -> "pd.DataFrame":
    """Frame of a territory by sector and size class, in the words of the tidy files; support is not in it."""
    import pandas as pd

    from ectsim.territory.nomenclature import SECTOR_OF_KIND
    from ectsim.territory.reading import load_territory

    spoken = {category.model_name: value for value, category in categories("sector").items()}
    counts: dict[tuple[str, str], int] = {}
    for stratum in load_territory(name).frame:
        cell = spoken[SECTOR_OF_KIND[stratum.kind]], stratum.size_class
        counts[cell] = counts.get(cell, 0) + stratum.count
    rows = [(*cell, count) for cell, count in sorted(counts.items())]
    return pd.DataFrame(rows, columns=["sector", "size_class", "n_population"])


def _quota_by_sector(table: "pd.DataFrame") -> Mapping[str, list[tuple[str, ...]]]:
    """Lines of a quota table as people read them, by label of sector; the last cell counts those still to meet."""
    sectors: dict[str, list[tuple[str, ...]]] = {}
    for sector, size, *counts in table.itertuples(index=False, name=None):
        label = categories("size_class")[size].label
        sectors.setdefault(categories("sector")[sector].label, []).append((label, *map(decimal, counts)))
    return sectors


def _totals(table: "pd.DataFrame") -> list[str]:
    return [decimal(sum(map(int, table[column]))) for column in QUOTA_COLUMNS[2:]]
