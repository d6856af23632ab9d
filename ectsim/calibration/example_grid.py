"""The fictive interviews as field work leaves them: a workbook, a sheet a coder, and the tables beside it.

``python -m ectsim.calibration.example_grid DIR`` writes them, to try the whole path from a *grille* to a run.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.calibration.codebook import Code, load_codebook
from ectsim.calibration.tidy import FICTIVE, read_tidy, write_tables
from ectsim.calibration.values import several
from ectsim.experiments.store import writing_whole
from ectsim.shipped import shipped_folder

if TYPE_CHECKING:
    import pandas as pd

GRID, DESCRIBED = "grid.xlsx", "study"
NOT_CODED = {"sans_objet": "s.o.", "refus": "refus de répondre", "non_aborde": "–"}
TITLE = f"{FICTIVE} – FICTIVE DATA"


def write_example_grid(folder: Path) -> None:
    """Write ``grid.xlsx`` and, in ``study``, the tables of the example that a *grille* does not hold."""
    from openpyxl import Workbook

    found = read_tidy(shipped_folder("calibration") / "example")
    workbook = Workbook(write_only=True)
    for coder, codings in found.codings.groupby("coder_id"):
        sheet = workbook.create_sheet(str(coder))
        sheet.append([TITLE])
        rows = dict(_rows(codings))
        columns = list(dict.fromkeys(name for row in rows.values() for name in row))
        sheet.append(["entretien", *columns])
        for interview, row in rows.items():
            sheet.append([interview, *(row.get(column) for column in columns)])
    folder.mkdir(parents=True, exist_ok=True)
    with writing_whole(folder / GRID) as file:
        workbook.save(file)
    write_tables(found, folder / DESCRIBED, ("interviews", "frame", "ties", "projects"))


def _rows(codings: "pd.DataFrame") -> Iterator[tuple[str, dict[str, str | float]]]:
    """Cells by column for each interview."""
    for interview, own in codings.groupby("interview_id"):
        cells: dict[str, str | float] = {}
        for coding in own.to_dict("records"):
            cells |= _cells(load_codebook().codes[coding["code"]], coding)
        yield str(interview), cells


def _cells(code: Code, coding: Mapping[str, str]) -> dict[str, str | float]:
    """Cells of one coding: one, or one a modality where several may be chosen."""
    name = f"{code.name}[{coding['target']}]" if coding["target"] else code.name
    if coding["status"] != "code":
        told = NOT_CODED[coding["status"]]
        return (
            {name: told} if code.scale != "M" else {f"{code.name} : {category}": told for category in code.categories}
        )
    if code.scale == "M":
        chosen = several(coding["value"])
        return {f"{code.name} : {category}": "x" if category in chosen else "non" for category in code.categories}
    return {name: coding["value"] if code.scale == "N" else float(coding["value"])}


if __name__ == "__main__":
    write_example_grid(Path(sys.argv[1]))
