"""From codings as files hold them to tidy codings: what the name of a code says, and one value from several segments.

A code is named ``COOP_PROP=3``, ``INT_THEME[energie]=4``, ``CONTRIB/temps``, or is a child of its code (``COOP_PROP``
above ``3``), or carries its value as a weight; a YAML map gives the codes of an existing tree such names.
"""

import json
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.calibration.cells import Row
from ectsim.calibration.codebook import Code, load_codebook
from ectsim.calibration.privacy import folded, shown_name
from ectsim.calibration.values import number, plain_value, several
from ectsim.errors import InputError, Problem, nearest_name
from ectsim.locale import text
from ectsim.scenario.yaml_source import read_yaml

if TYPE_CHECKING:
    from ectsim.calibration.importers.base import Coded, Coding

NAMED = re.compile(r"(?P<code>[A-Z_0-9]+)\s*(?:\[(?P<target>[^\]]+)\])?\s*(?:(?:=|:|>|/)\s*(?P<value>.+))?")
SLASH = " / "
"""Between the names of a path, from the root of a tree of codes down to a code."""
UNDECIDED = "?"
MIDDLE = {"O": 2.0, "B": 0.0}
STATUSES = ("code", "refus", "sans_objet", "non_aborde")
"""A status wins over those after it when segments of one interview disagree."""


@dataclass(frozen=True)
class Meaning:
    """What the name of a code says; ``value`` is None when the name holds none."""

    code: Code
    target: str = ""
    value: str | None = None


@dataclass(frozen=True)
class Conflict:
    """Different values that one coder gave one code in one interview, and the one taken."""

    interview_id: str
    coder_id: str
    code: str
    target: str
    values: tuple[str, ...]
    taken: str


@dataclass(frozen=True)
class Settled:
    """Tidy codings, each where its first segment stands, conflicts that were settled, codings the map leaves out."""

    rows: tuple[Row, ...]
    conflicts: tuple[Conflict, ...]
    left_out: int = 0


def read_code_map(file: Path) -> Mapping[str, Meaning | None]:
    """Read what the codes of an existing tree mean, by their name or by their path (``parent / child``).

    A YAML mapping from names to names of our convention, ``Envie de coopérer: COOP_PROP=3``, or to nothing for a code
    to leave out with all below it.

    Raises
    ------
    InputError
        With every line whose right side is no such name.
    """
    source = read_yaml(file)
    problems, meanings = list(source.problems), {}
    for name, written in source.values.items():
        if written is None:
            meanings[name] = None
            continue
        meaning = read_name((str(written),))
        if meaning is None:
            code = re.match(r"\w*", str(written))
            near = nearest_name(code.group() if code else "", load_codebook().codes)
            _, line = source.places[name]
            given = {"given": shown_name(str(written))}
            problems.append(Problem("interviews.no_code_name", given, file, line, shown_name(name), near))
        meanings[name] = meaning
    if problems:
        raise InputError(problems)
    return meanings


def map_to_complete(used: Mapping[tuple[str, ...], int]) -> str:
    """A map, as :func:`read_code_map` reads it, of the codes whose names say nothing by themselves.

    ``used`` gives the number of codings of each code. What nobody decided yet is refused when the map is read.
    """
    unknown = [(path, count) for path, count in used.items() if count and read_name(path) is None]
    head = [f"# {line}" for line in text("interviews.told.map_head").split("\n")]
    # JSON writes texts as YAML reads them, whatever they hold
    lines = [
        f"{json.dumps(SLASH.join(path), ensure_ascii=False)}: {json.dumps(UNDECIDED)}  # {count}"
        for path, count in unknown
    ]
    return "\n".join([*head, *(lines or ["{}"])]) + "\n"


def read_name(path: Sequence[str]) -> Meaning | None:
    """What a code says by its name and those above it, from the root down; None when none is a code of the codebook."""
    codes = load_codebook().codes
    for place in reversed(range(len(path))):
        named = NAMED.fullmatch(path[place].strip())
        if named is None or named["code"] not in codes:
            continue
        code, target, value = codes[named["code"]], named["target"] or "", named["value"]
        below = [*([value] if value is not None else []), *(name.strip() for name in path[place + 1 :])]
        if code.target and not target and len(below) > 1:
            target = below.pop(0)
        return Meaning(code, target.strip(), below[-1] if below else None)
    return None


def settle(coded: "Coded", code_map: Mapping[str, Meaning | None] | None = None) -> Settled:
    """Tidy codings: one value for each interview, coder, code and target.

    The segment marked as synthesis settles; failing that the median, rounded away from the middle of the scale, of
    numbers; any mention of a presence; every modality of a multiple choice; the most frequent of one choice.

    Raises
    ------
    InputError
        With every code that has no meaning and every value off its scale.
    """
    problems: dict[object, Problem] = {}
    groups: dict[tuple[str, str, str, str], list[tuple[Coding, str]]] = {}
    left_out = 0
    for coding in coded.codings:
        meaning = _meaning(coding.code, code_map or {})
        if isinstance(meaning, Problem):
            problems.setdefault(coding.code, _placed(meaning, coded.file, coding))
            continue
        if meaning is None or meaning.code.scale == "F":
            left_out += meaning is None
            continue
        value = _value(meaning, coding)
        if value is None:
            problem = _placed(_off_scale(meaning, coding), coded.file, coding)
            problems.setdefault((coding.code, coding.value, coding.line, coding.field), problem)
            continue
        key = (coding.document, coding.coder, meaning.code.name, meaning.target)
        groups.setdefault(key, []).append((coding, value))
    if problems:
        raise InputError(problems.values())
    found = [_settled(coded.file, key, segments) for key, segments in groups.items()]
    return Settled(tuple(row for row, _ in found), tuple(conflict for _, conflict in found if conflict), left_out)


def _meaning(path: Sequence[str], code_map: Mapping[str, Meaning | None]) -> Meaning | Problem | None:
    for name in (SLASH.join(path), path[-1]):
        if name in code_map:
            return code_map[name]
    if any(code_map.get(SLASH.join(path[:length]), "") is None for length in range(1, len(path))):
        return None
    near = nearest_name(path[-1], load_codebook().codes)
    return read_name(path) or Problem("interviews.no_meaning", {"given": _shown_path(path)}, nearest=near)


def _shown_path(path: Sequence[str]) -> str:
    return SLASH.join(map(shown_name, path))


def _placed(problem: Problem, file: Path, coding: "Coding") -> Problem:
    return Problem(problem.message, problem.values, file, coding.line, coding.field or problem.field, problem.nearest)


def _off_scale(meaning: Meaning, coding: "Coding") -> Problem:
    values = {"code": meaning.code.name, "name": _shown_path(coding.code)}
    if meaning.value is None and coding.value is None:
        return Problem("interviews.no_value", values)
    allowed = ", ".join(meaning.code.categories) or "0…"
    return Problem("interviews.no_such_value", values | {"allowed": allowed})


def _value(meaning: Meaning, coding: "Coding") -> str | None:
    """Value of one segment in its plain form, "" where nothing was coded; None when it is off the scale."""
    if coding.status != "code":
        return ""
    if meaning.value is not None:
        return read_value(meaning.code, meaning.value)
    if coding.value is not None:
        return read_value(meaning.code, coding.value)
    return "1" if meaning.code.scale == "P" else None


def read_value(code: Code, written: str) -> str | None:
    """A value as people write it, in its plain form: ``3``, ``3 – net``, ``net``; ``financière, temps``; else None."""
    plain = plain_value(code, written)
    if plain is not None:
        return plain
    labels = {
        folded(label): category.value
        for category in code.categories.values()
        for label in (category.value, category.label_fr, category.label_en)
    }
    if code.scale == "M":
        parts = [labels.get(folded(part.strip())) for part in re.split(r"[|,;]", written)]
        return None if None in parts else plain_value(code, "|".join(filter(None, parts)))
    if folded(written.strip()) in labels:
        return labels[folded(written.strip())]
    leading = re.match(r"\s*([+\u2212-]?\d+)\s*(?:[-\u2013\u2014:.)]\s*)?\D*$", written)
    return plain_value(code, leading[1]) if leading and code.categories else None


def _settled(
    file: Path, key: tuple[str, str, str, str], segments: Sequence[tuple["Coding", str]]
) -> tuple[Row, Conflict | None]:
    status = min((coding.status for coding, _ in segments), key=STATUSES.index)
    telling = [(coding, value) for coding, value in segments if coding.status == status]
    values = tuple(value for _, value in telling)
    chosen = [value for coding, value in telling if coding.synthesis]
    code = load_codebook().codes[key[2]]
    taken = one_value(code, chosen or values) if status == "code" else ""
    interview, coder, name, target = key
    row = {
        "interview_id": interview,
        "coder_id": coder,
        "code": name,
        "target": target,
        "status": status,
        "value": taken,
        "n_segments": str(sum(coding.segments for coding, _ in telling)) if status == "code" else "",
        "confidence": min((coding.confidence for coding, _ in telling), key=lambda given: number(given or "9")),
    }
    disagree = len(set(values)) > 1 and code.scale != "M"
    placed = Row(file, segments[0][0].line, row)
    return placed, Conflict(interview, coder, name, target, values, taken) if disagree else None


def one_value(code: Code, values: Sequence[str]) -> str:
    """One plain value from those of several segments."""
    if code.scale == "M":
        every = {choice for value in values for choice in several(value)}
        return "|".join(choice for choice in code.categories if choice in every)
    if code.scale == "P":
        return max(values)
    if code.scale == "N":
        return max(code.categories, key=values.count)
    median = statistics.median(map(number, values))
    return f"{median if code.scale == 'Q' else _away_from(MIDDLE.get(code.scale, 0.0), median):.12g}"


def _away_from(middle: float, value: float) -> int:
    """A multiple of one half as a whole number, halves rounded away from ``middle``."""
    whole = int(abs(value - middle) + 0.5)
    return int(middle) + (whole if value > middle else -whole)
