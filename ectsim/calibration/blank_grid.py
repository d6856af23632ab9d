"""An empty *grille* for coders: a workbook with a sheet a coder, lists to choose from, and what each column means.

What is written in it comes in again through the importer of grids; the fictive grid, filled, is in example_grid.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.columns import TABLES
from ectsim.experiments.store import writing_whole
from ectsim.locale import text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

GRID = "grid.xlsx"
CODERS = ("K1", "K2")
"""Sheets of the workbook; the first also describes the interviews."""
ROOM = 60
"""Lines that offer their choices."""
PARTNERS = ("P01", "P02", "P03")
ASKED_ABOUT = {"theme": "theme", "kind": "actor_type"}


@dataclass(frozen=True)
class GridColumn:
    """A column to fill: its header, what it means, and what may be chosen (nothing: a number or an identifier)."""

    header: str
    meaning: str
    choices: tuple[str, ...] = ()


def columns_of_interviews() -> Iterator[GridColumn]:
    """Columns that describe the interview itself."""
    for column in TABLES["interviews"].columns.values():
        if column.name == "synthetic":
            continue
        choices: tuple[str, ...] = ()
        if column.kind == "choice":
            choices = tuple(category.label for category in categories(column.choices).values())
        elif column.kind == "flag":
            choices = (text("guides.yes"), text("guides.no"))
        yield GridColumn(text(f"guides.header.{column.name}"), text(f"guides.meaning.{column.name}"), choices)


def columns_of_codes() -> Iterator[GridColumn]:
    """Columns of all codes but free notes, which are not imported."""
    for code in load_codebook().codes.values():
        if code.scale != "F":
            yield from _columns_of(code)


def _columns_of(code: Code) -> Iterator[GridColumn]:
    statuses = tuple(text("guides.no_status").split(" · "))
    if code.scale == "M":
        choices = (text("guides.yes"), text("guides.no"), *statuses)
        for value, category in code.categories.items():
            yield GridColumn(f"{code.name}[{value}]", f"{code.label}{text('cli.colon')} {category.label}", choices)
        return
    scaled = tuple(code.categories) if code.scale in ("O", "B") else tuple(c.label for c in code.categories.values())
    choices = (*scaled, *statuses) if scaled else ()
    if not code.target:
        yield GridColumn(code.name, code.label, choices)
    elif code.target == "partner":
        yield from (GridColumn(f"{code.name}[{partner}]", code.label, choices) for partner in PARTNERS)
    else:
        for value, category in categories(ASKED_ABOUT[code.target]).items():
            yield GridColumn(f"{code.name}[{value}]", f"{code.label}{text('cli.colon')} {category.label}", choices)


def write_blank_grid(folder: Path) -> None:
    """Write ``grid.xlsx`` into a folder that exists."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    identifier, *described = columns_of_interviews()
    codes = list(columns_of_codes())
    sheets = {CODERS[0]: [identifier, *described, *codes], CODERS[1]: [identifier, *codes]}
    workbook = Workbook()
    explained = workbook.active
    assert explained is not None
    explained.title = text("guides.sheet_meaning")
    lists = workbook.create_sheet(text("guides.sheet_lists"))
    ranges = _write_lists(lists, [column for column in sheets[CODERS[0]] if column.choices])
    for line in text("guides.grid_lead").split("\n"):
        explained.append([line])
    explained.append([])
    explained.append([text("guides.grid_column"), text("guides.grid_meaning"), text("guides.grid_choices")])
    head = explained.max_row
    for column in sheets[CODERS[0]]:
        explained.append([column.header, column.meaning, " · ".join(column.choices)])
    for cell in explained[head]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 30), ("B", 60), ("C", 90)):
        explained.column_dimensions[letter].width = width
    for rank, (name, columns) in enumerate(sheets.items()):
        sheet = workbook.create_sheet(name, rank)
        sheet.append([column.header for column in columns])
        for cell in sheet[1]:
            cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        _offer(sheet, columns, ranges)
        sheet.freeze_panes = "B2"
    workbook.active = 0
    with writing_whole(folder / GRID) as file:
        workbook.save(file)


def _write_lists(sheet: "Worksheet", columns: list[GridColumn]) -> dict[tuple[str, ...], str]:
    """Write each list of choices once, a column each; give where it stands, as a formula refers to it."""
    from openpyxl.utils import get_column_letter

    ranges = {}
    for place, choices in enumerate(dict.fromkeys(column.choices for column in columns), 1):
        for line, choice in enumerate(choices, 1):
            sheet.cell(line, place, int(choice) if choice.lstrip("-").isdigit() else choice)
        letter = get_column_letter(place)
        ranges[choices] = f"'{sheet.title}'!${letter}$1:${letter}${len(choices)}"
    return ranges


def _offer(sheet: "Worksheet", columns: list[GridColumn], ranges: dict[tuple[str, ...], str]) -> None:
    """Let each column offer its choices, and say what it means when a cell of it is entered."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(12, min(24, len(column.header) + 2))
        offered = DataValidation(
            type="list" if column.choices else None,
            formula1=ranges.get(column.choices),
            allow_blank=True,
            showInputMessage=True,
            showErrorMessage=bool(column.choices),
            promptTitle=column.header[:32],
            prompt=column.meaning[:255],
        )
        sheet.add_data_validation(offered)
        offered.add(f"{letter}2:{letter}{ROOM + 1}")
