"""Interview guides as documents that a word processor opens for changes. What they ask is known to guides.py."""

from collections.abc import Sequence
from typing import Any

from ectsim.calibration.guides import Guide, Item
from ectsim.locale import text

FONT = "Arial"
GREY, SHADE = "555555", "F2F2F2"
WIDTHS = 8.4, 9.0
"""Of both columns, in centimetres."""


def guide_document(found: Guide) -> Any:
    """A guide as a document on A4, that names no author."""
    from docx import Document
    from docx.shared import Cm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    _set_fonts(document)
    document.core_properties.title, document.core_properties.author = found.title, ""
    document.add_heading(found.title, 0)
    document.add_paragraph(found.lead)
    _add_box(document, [text("guides.privacy"), text("guides.consent"), _ticks(_consents())])
    for line in _head_lines(found):
        document.add_paragraph(line)
    document.add_paragraph(f"{text('guides.anchors')}{text('cli.colon')} {' · '.join(found.anchors)}")
    document.add_paragraph(text("guides.statuses"))
    for title, items in found.groups:
        document.add_heading(title, 1)
        _add_items(document, items)
    return document


def _set_fonts(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size in (("Normal", 10), ("Title", 18), ("Heading 1", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _consents() -> list[str]:
    return [text(f"guides.{name}") for name in ("informed", "consent_analysis", "consent_sharing")]


def _head_lines(found: Guide) -> list[str]:
    blanks = "    ".join(
        f"{text(f'guides.field.{field}')} ______" for field in ("interview", "month", "duration", "coder")
    )
    return [blanks, *(f"{title}{text('cli.colon')} {_ticks(labels)}" for title, labels in found.identity)]


def _add_box(document: Any, paragraphs: Sequence[str]) -> None:
    """Paragraphs in a frame."""
    cell = document.add_table(rows=1, cols=1, style="Table Grid").rows[0].cells[0]
    cell.paragraphs[0].text = paragraphs[0]
    for paragraph in paragraphs[1:]:
        cell.add_paragraph(paragraph)
    _shade(cell)
    document.add_paragraph()


def _add_items(document: Any, items: Sequence[Item]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt, RGBColor

    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.autofit = False
    head = table.rows[0]
    for cell, title, width in zip(head.cells, ("asked", "coding"), WIDTHS, strict=True):
        cell.width = Cm(width)
        cell.paragraphs[0].add_run(text(f"guides.{title}")).bold = True
        _shade(cell)
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for item in items:
        row = table.add_row()
        asked, coded = row.cells
        asked.width, coded.width = map(Cm, WIDTHS)
        asked.paragraphs[0].add_run(item.question)
        label = asked.add_paragraph().add_run(f"{item.code} · {item.label}" + (f" ({item.note})" if item.note else ""))
        label.font.size, label.font.color.rgb = Pt(8), RGBColor.from_string(GREY)
        for rank, line in enumerate(_coding(item)):
            (coded.paragraphs[0] if rank == 0 else coded.add_paragraph()).add_run(line)
        for paragraph in (*asked.paragraphs, *coded.paragraphs):
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
        # a question and its boxes stay on one page
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _coding(item: Item) -> list[str]:
    """Boxes to tick, a line for each thing asked about, and those for what was not answered below."""
    boxes = _ticks(item.boxes) or "________"
    return [*(f"{line}   {boxes}".strip() for line in item.lines), _ticks(text("guides.no_status").split(" · "))]


def _ticks(labels: Sequence[str]) -> str:
    spaced = (label.replace(" ", "\N{NO-BREAK SPACE}") for label in labels)
    return "   ".join(f"☐\N{NO-BREAK SPACE}{label}" for label in spaced)
