"""What interviews say by group of actors, as the page for meetings shows it: estimates with marks on one common axis.

Which estimates there are is the posteriors'; the page around them is in field_work.py.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.posteriors import Posteriors, group_label
from ectsim.calibration.questions import BY_KIND_TOO, SUPPORT
from ectsim.locale import text
from ectsim.report.wording import number
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS

ABSENT = "–"
WIDTH, MARGIN, STEP = 180, 6, 12
"""Size of a drawing, in its own units: width, room beside the axis, height of one group."""
NARROWEST = 4
"""Groups beyond which they no longer fit side by side: each gets a line instead."""


class Mark(NamedTuple):
    """One estimate on the axis from 0 to 1: height, ends and middle of its line, its group, whether it was pooled."""

    y: float
    low: float
    high: float
    middle: float
    group: int
    pooled: bool


@dataclass(frozen=True)
class Line:
    """One question: label, what is written for each group, marks to draw, height of the drawing.

    ``inner`` lines are modalities of one code, whose label is the ``head`` of the first of them.
    """

    label: str
    cells: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    height: int = 0
    head: str = ""
    inner: bool = False


@dataclass(frozen=True)
class Part:
    """Questions on one subject, by groups of actors; without any mark there is nothing to draw."""

    title: str
    groups: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def drawn(self) -> bool:
        """Whether its values lie between 0 and 1."""
        return any(line.marks for line in self.lines)


def parts_of(posteriors: Posteriors) -> Iterator[Part]:
    """Interests and roles of each kind of actor, actors judged necessary, then the other codes by subject."""
    entries = posteriors.table().to_dict("records") if posteriors.entries else []
    by_sector = [row for row in entries if row["grouped_by"] == "sector"]
    by_kind = [row for row in entries if row["grouped_by"] == "kind"]
    for code in BY_KIND_TOO:
        rows = [row for row in by_kind if _code(row).name == code and not row["parameter"]]
        yield from _part(text(f"interviews.report.{code}"), _merged(rows), one_code=True)
    necessary = [row for row in by_sector if _code(row).name == "ACT_NEC"]
    yield from _part(text("interviews.report.ACT_NEC"), necessary, one_code=True)
    rest = [row for row in by_sector if _code(row).name not in (*BY_KIND_TOO, "ACT_NEC")]
    for group in dict.fromkeys(code.group for code in load_codebook().codes.values()):
        yield from _part(text(f"guides.group.{group}"), [row for row in rest if _code(row).group == group])
    own = [row for row in by_kind if row["parameter"]]
    yield from _part(text("interviews.report.kinds"), own, text("interviews.report.kinds_note"))


def named(code: Code, item: str, *, alone: bool = False) -> str:
    """Label of a code, and of the modality, theme or kind asked about; ``alone`` leaves the code out."""
    if not item:
        return code.label
    lists = {"theme": "theme", "kind": "actor_type"}
    values = categories(lists[code.target]).values() if code.target in lists else code.categories.values()
    labels = [category.label for category in values if item in (category.value, category.model_name)]
    label = text("interviews.report.or").join(labels) or item
    return label if alone else f"{code.label}{text('cli.colon')} {label}"


def span(low: float, high: float) -> str:
    """An interval in words."""
    return ABSENT if math.isnan(low) else text("interviews.report.span", low=number(low, 2), high=number(high, 2))


def _code(row: dict[str, Any]) -> Code:
    return load_codebook().codes[row["question"].partition("[")[0]]


def _label(row: dict[str, Any], *, alone: bool) -> str:
    dagger = "\N{NO-BREAK SPACE}†" if row["gate"] == "widen" else ""
    return named(_code(row), row["question"].rstrip("]").partition("[")[2], alone=alone) + dagger


def _part(title: str, rows: Sequence[dict[str, Any]], note: str = "", *, one_code: bool = False) -> Iterator[Part]:
    """A part, and one more for values that are no shares: they have no axis in common."""
    present = {row["group"] for row in rows}
    groups = [group for group in (*SECTORS, SUPPORT, *KINDS) if group in present]
    labels = {row["group"]: row.get("group_label") or group_label(row["group"]) for row in rows}
    if len(groups) > NARROWEST:
        yield _upright(title, rows, groups, labels, note)
        return
    shares = [row for row in rows if _is_share(row)]
    for own, own_note in ((shares, note), ([row for row in rows if not _is_share(row)], "")):
        lines = tuple(_lines(own, groups, one_code))
        if lines:
            titled = title if own is shares or not shares else ""
            yield Part(titled, tuple(labels[group] for group in groups), lines, own_note)


def _lines(rows: Sequence[dict[str, Any]], groups: Sequence[str], one_code: bool) -> Iterator[Line]:
    above = None
    for question in dict.fromkeys(row["question"] for row in rows):
        own = [row for row in rows if row["question"] == question]
        code, _, item = question.partition("[")
        head = _code(own[0]).label if item and code != above and not one_code else ""
        above = code
        yield dataclasses.replace(_line(own, groups), head=head, inner=bool(item) and not one_code)


def _line(rows: Sequence[dict[str, Any]], groups: Sequence[str]) -> Line:
    told = {row["group"]: row for row in rows}
    cells = tuple(_written(told[group]) if group in told else ABSENT for group in groups)
    marks = tuple(
        _mark(told[group], rank) for rank, group in enumerate(groups) if group in told and _is_share(told[group])
    )
    return Line(_label(rows[0], alone=True), cells, marks, STEP * len(groups))


def _upright(
    title: str, rows: Sequence[dict[str, Any]], groups: Sequence[str], labels: dict[str, str], note: str
) -> Part:
    """A line a group and a column a question: many groups do not fit across a page."""
    questions = dict.fromkeys(row["question"] for row in rows)
    told = {(row["question"], row["group"]): row for row in rows}
    columns = [next(_label(row, alone=False) for row in rows if row["question"] == name) for name in questions]
    lines = [
        Line(
            labels[group],
            tuple(_written(told[name, group]) if (name, group) in told else ABSENT for name in questions),
        )
        for group in groups
    ]
    return Part(title, tuple(columns), tuple(lines), note)


def _merged(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kinds that share one estimate in every question as one group, under the name of their sector if all of it do."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["group"], []).append(row)
    alike: dict[tuple[Any, ...], list[str]] = {}
    for kind, own in by_kind.items():
        told = (SECTOR_OF_KIND[kind], *((row["question"], row["mean"], row["low"]) for row in own))
        alike.setdefault(told, []).append(kind)
    merged = []
    for (sector, *_), kinds in alike.items():
        whole = [kind for kind in KINDS if SECTOR_OF_KIND[kind] == sector] == kinds
        label = group_label(str(sector)) if whole else ", ".join(map(group_label, kinds))
        # what a sector is pooled with inside itself is no borrowing
        merged += [
            row | {"group_label": label, "pooled_with": "" if whole and _inside(row) else row["pooled_with"]}
            for row in by_kind[kinds[0]]
        ]
    return merged


def _inside(row: dict[str, Any]) -> bool:
    """Whether a kind was pooled with kinds of its own sector only."""
    with_kinds = row["pooled_with"].split("|")
    return all(SECTOR_OF_KIND.get(kind) == SECTOR_OF_KIND[row["group"]] for kind in with_kinds)


def _is_share(row: dict[str, Any]) -> bool:
    return not math.isnan(row["level_mean"]) or _code(row).rule in ("Bb", "D")


def _told(row: dict[str, Any]) -> tuple[float, float, float]:
    """Mean and bounds: of the rating where there is one, else of the parameter or code itself."""
    prefix = "" if math.isnan(row["level_mean"]) else "level_"
    return row[f"{prefix}mean"], row[f"{prefix}low"], row[f"{prefix}high"]


def _written(row: dict[str, Any]) -> str:
    mean, low, high = _told(row)
    return f"{number(mean, 2)} ({span(low, high)}){'*' if row['pooled_with'] else ''}"


def _mark(row: dict[str, Any], rank: int) -> Mark:
    mean, low, high = (round(MARGIN + (WIDTH - 2 * MARGIN) * value, 1) for value in _told(row))
    return Mark(STEP * (rank + 0.5), low, high, mean, rank, bool(row["pooled_with"]))
