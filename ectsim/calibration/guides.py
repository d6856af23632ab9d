"""Interview guides to print (HTML, A4) or to edit (DOCX), and the quota sheet: whom to interview next.

Questions are texts of the locale; what is coded under each is the codebook's.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.pages import rendered
from ectsim.locale import text

if TYPE_CHECKING:
    import pandas as pd

    from ectsim.calibration.tidy import Interviews

GUIDES = ("carriers", "others")
WANTED = 30
LEAST_BY_SECTOR = 5
SHORT = 30
"""Characters of boxes after which others fit on the line."""
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
    return rendered("guide.html", guide=guide(name))


def quota_html(table: "pd.DataFrame", synthetic: bool, wanted: int = WANTED) -> str:
    """The quota sheet as a page to print on A4."""
    return rendered(
        "quota.html", rows=quota_rows(table), columns=QUOTA_COLUMNS, synthetic=synthetic, lead=_quota_lead(wanted)
    )


def _guide_document(name: str) -> Any:
    """A guide as a document that a word processor opens for changes."""
    from docx import Document
    from docx.shared import Cm, Pt

    found, document = guide(name), Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    document.styles["Normal"].font.size = Pt(10)  # pyright: ignore[reportAttributeAccessIssue]
    document.core_properties.title, document.core_properties.author = found.title, ""
    document.add_heading(found.title, 0)
    for paragraph in (found.lead, text("guides.privacy"), text("guides.consent")):
        document.add_paragraph(paragraph)
    for line in _head_lines(found):
        document.add_paragraph(line)
    document.add_paragraph(f"{text('guides.anchors')}{text('cli.colon')} {' · '.join(found.anchors)}")
    document.add_paragraph(text("guides.statuses"))
    for title, items in found.groups:
        document.add_heading(title, 1)
        _add_items(document, items)
    return document


def write_guides(folder: Path, table: "pd.DataFrame", *, synthetic: bool, wanted: int = WANTED) -> None:
    """Write both guides as HTML and DOCX, and the quota sheet as HTML."""
    from ectsim.experiments.store import writing_whole

    folder.mkdir(parents=True, exist_ok=True)
    for name in GUIDES:
        with writing_whole(folder / f"{name}.html") as file:
            file.write(guide_html(name).encode())
        with writing_whole(folder / f"{name}.docx") as file:
            _guide_document(name).save(file)
    with writing_whole(folder / "quota.html") as file:
        file.write(quota_html(table, synthetic, wanted).encode())


def _head_lines(found: Guide) -> list[str]:
    blanks = "    ".join(
        f"{text(f'guides.field.{field}')} ______" for field in ("interview", "month", "duration", "coder")
    )
    consents = "    ".join(f"☐ {text(f'guides.{consent}')}" for consent in ("consent_analysis", "consent_sharing"))
    boxes = [
        f"{title}{text('cli.colon')} " + "   ".join(f"☐ {label}" for label in labels)
        for title, labels in found.identity
    ]
    return [blanks, consents, *boxes]


def _add_items(document: Any, items: Sequence[Item]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for item in items:
        row = table.add_row()._tr
        asked, coded = table.rows[-1].cells
        asked.width, coded.width = Cm(9.4), Cm(8)
        asked.paragraphs[0].add_run(item.question)
        label = asked.add_paragraph().add_run(f"{item.code} · {item.label}" + (f" ({item.note})" if item.note else ""))
        label.italic = True
        coded.paragraphs[0].add_run(_coding(item))
        # a question and its boxes stay on one page
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _coding(item: Item) -> str:
    """Boxes to tick, and those for what was not answered beside them or, where there are many, below."""
    boxes = _ticks(item.boxes) or "________"
    statuses = _ticks(text("guides.no_status").split(" · "))
    beside = item.lines == ("",) and len(boxes) < SHORT
    lines = [f"{line}   {boxes}".strip() for line in item.lines]
    return f"{lines[0]}      {statuses}" if beside else "\n".join([*lines, statuses])


def _ticks(labels: Sequence[str]) -> str:
    return "  ".join(f"☐\N{NO-BREAK SPACE}{label}" for label in labels)


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


def quota_rows(table: "pd.DataFrame") -> list[tuple[str, ...]]:
    """Rows of a quota table as people read them, with a last one for the total."""
    named = {"sector": categories("sector"), "size_class": categories("size_class")}
    rows = [
        (named["sector"][row[0]].label, named["size_class"][row[1]].label, *map(str, row[2:]))
        for row in table.itertuples(index=False, name=None)
    ]
    totals = (str(sum(map(int, table[column]))) for column in QUOTA_COLUMNS[2:])
    return [*rows, (text("guides.total"), "", *totals)]


def _quota_lead(wanted: int) -> str:
    return text("guides.lead.quota", wanted=wanted, least=LEAST_BY_SECTOR)
