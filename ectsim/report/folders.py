"""A results folder as a report reads it: what was asked, tables, story, figures. What is said of it lives in kinds/."""

import base64
import functools
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.errors import InputError, Problem
from ectsim.experiments.provenance import PROVENANCE, Study, read_provenance, read_study
from ectsim.experiments.results import STORY
from ectsim.locale import current_language, text
from ectsim.report.document import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PRINTED = 150
"""Dots per inch of the figures inside a page: 1,755 across an A4 page in landscape."""


@dataclass(frozen=True)
class ResultsFolder:
    """What a study left behind.

    Attributes
    ----------
    path : Path
        Where its files lie.
    verb : str
        What made it: "run", "compare", "sweep" and so on; "" where it does not say.
    told : mapping
        Its provenance, or the file that stands for it.
    """

    path: Path
    verb: str
    told: Mapping[str, Any]

    @functools.cached_property
    def study(self) -> Study:
        """Scenarios and options, ready to run; see :func:`~ectsim.experiments.provenance.read_study`."""
        return read_study(self.path)

    @functools.cached_property
    def story(self) -> tuple[str, ...]:
        """Paragraphs of the story that was written, in the language of that day."""
        file = self.path / STORY
        told = file.read_text(encoding="utf-8") if file.is_file() else ""
        return tuple(paragraph.strip() for paragraph in told.split("\n\n") if paragraph.strip())

    @property
    def speaks(self) -> bool:
        """Whether its story and figures are in the language of today."""
        return self.told.get("language", current_language()) == current_language()

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return any((self.path / f"{name}.{ending}").is_file() for ending in ("parquet", "csv"))

    def table(self, name: str) -> "pd.DataFrame":
        """A table by its name.

        Raises
        ------
        InputError
            If it is missing or cannot be read.
        """
        import pandas as pd
        import pyarrow as pa

        file = self.path / f"{name}.parquet"
        try:
            return pd.read_parquet(file) if file.is_file() else pd.read_csv(file.with_suffix(".csv"), comment="#")
        except (OSError, ValueError, pa.ArrowInvalid) as error:
            raise InputError([Problem("reports.no_table", {"reason": type(error).__name__}, file=file)]) from None

    def pictures(self, *names: str) -> tuple[Picture, ...]:
        """Figures of the folder as they were drawn, those named or all, with the words they carry."""
        files = [self.path / f"{name}.png" for name in names] or sorted(self.path.glob("*.png"))
        caption = "" if self.speaks else text("reports.other_language")
        return tuple(_picture_of(file, caption) for file in files if file.is_file())


def _picture_of(file: Path, caption: str) -> Picture:
    """An image file, taken whole, with the description written inside it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as image:
            told = str(image.info.get("Description", ""))
    except (OSError, UnidentifiedImageError):
        raise InputError([Problem("reports.no_picture", file=file)]) from None
    alternative = told or text("reports.figure_named", name=file.stem.replace("_", " ").replace("-", " "))
    return Picture(_address(file.read_bytes()), alternative, caption)


def picture(figure: "Figure", caption: str = "", words: str = "") -> Picture:
    """A figure drawn now, described by ``words`` or those of its label."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=PRINTED, metadata={"Software": None})
    return Picture(_address(drawn.getvalue()), words or str(figure.get_label()), caption)


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def open_folder(given: Path, markers: Mapping[str, str]) -> ResultsFolder:
    """What lies in a results folder.

    Parameters
    ----------
    given
        The folder.
    markers
        Files, named from the folder, that tell what made it where ``provenance.json`` does not; by name, the verb, ""
        for that of the command they tell.

    Raises
    ------
    InputError
        If it is no results folder of ectsim.
    """
    if not given.is_dir():
        raise InputError([Problem("reports.no_folder", file=given)])
    made = read_provenance(given) if (given / PROVENANCE).is_file() else {}
    if "verb" in made:
        return ResultsFolder(given, str(made["verb"]), made)
    for marker, verb in markers.items():
        file = given / marker
        if file.is_file():
            told = _read_json(file) if file.suffix == ".json" else {}
            return ResultsFolder(file.parent, verb or _verb_of(told), {**told, **made})
    if made:
        return ResultsFolder(given, _verb_of(made), made)
    raise InputError([Problem("reports.not_results", file=given)])


def _verb_of(told: Mapping[str, Any]) -> str:
    """The verb of the command that a folder tells."""
    return "".join(str(told.get("command", "")).split()[1:2])


def _read_json(file: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise InputError([Problem("experiments.not_provenance", file=file)])
    return told
