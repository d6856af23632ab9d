"""Codings as samples: for each question, what every interviewee answered and the group it speaks for.

Groups too small to stand alone are pooled here. What is inferred from a sample is in posteriors.py.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ectsim.calibration.codebook import Code, categories, load_codebook
from ectsim.calibration.values import several
from ectsim.parameters import PARAMETERS
from ectsim.territory.nomenclature import KINDS, SECTOR_OF_KIND, SECTORS, SIZE_CLASSES

if TYPE_CHECKING:
    from ectsim.calibration.tidy import Interviews

LEAST_INTERVIEWS = 5
"""Interviews below which a group is pooled: its own posterior would tell about persons."""
SUPPORT = "support"
"""Group of support officers, who speak of facilitation only."""
INITIATOR = "initiator"
FACILITATION = "facilitation_phi"
BY_KIND_TOO = ("INT_THEME", "ROLE_ACT")
"""Codes told by sector and, to describe, by kind of actor as well: interests and roles of each kind."""


@dataclass(frozen=True)
class Answer:
    """What one interviewee answered: what each coder took down, and who speaks (names of the model)."""

    interview: str
    told: tuple[str, ...]
    sector: str
    kind: str
    size_class: int


@dataclass(frozen=True)
class Question:
    """A code, or one modality, theme or kind of it, with the answers given.

    ``item`` names the modality, theme or kind as the model does, or as the codebook does where the model has no name;
    ``modalities`` are those of the codebook that a multiple choice is searched for. Both may be empty.
    """

    code: Code
    item: str
    answers: tuple[Answer, ...]
    coders: int
    by_kind: bool = False
    modalities: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the question: ``CODE`` or ``CODE[item]``."""
        return f"{self.code.name}[{self.item}]" if self.item else self.code.name


@dataclass(frozen=True)
class Grouping:
    """Groups of a fit and what is reported from them.

    Attributes
    ----------
    index : int64 (n,)
        Group of the fit each answer belongs to.
    groups : tuple of str
        Groups of the fit.
    reported : mapping
        For each group reported: the column of the fit (the last one stands for a group not observed), the answers it
        rests on, and the groups it is pooled with.
    """

    index: NDArray[np.int64]
    groups: tuple[str, ...]
    reported: Mapping[str, tuple[int, int, tuple[str, ...]]]


def questions(interviews: "Interviews") -> Iterator[Question]:
    """Every question that somebody answered, from interviews whose analysis was consented to."""
    told = _coded(interviews)
    for name, code in load_codebook().codes.items():
        codings = [one for one in told if one.code == name]
        if code.rule == "none" or not codings:
            continue
        for question in _questions_of(code, codings):
            yield question
            if name in BY_KIND_TOO and not question.by_kind:
                yield dataclasses.replace(question, by_kind=True)


def grouping(question: Question) -> Grouping:
    """By sector, or by kind where the parameter has one; small groups are pooled.

    A sector with fewer than ``LEAST_INTERVIEWS`` answers is reported as a sector not observed would be: the others
    tell what it may be. A small kind is put together with the other small kinds of its sector.
    """
    if not question.by_kind:
        own = [answer.sector for answer in question.answers]
        wanted = (*SECTORS, SUPPORT) if SUPPORT in own else SECTORS
        return _grouped(own, {group: (group,) for group in wanted})
    kinds = [answer.kind for answer in question.answers]
    alone = {kind for kind in KINDS if kinds.count(kind) >= LEAST_INTERVIEWS}
    own = [kind if kind in alone else SECTOR_OF_KIND[kind] for kind in kinds]
    members = {
        kind: tuple(k for k in KINDS if k not in alone and SECTOR_OF_KIND[k] == SECTOR_OF_KIND[kind]) for kind in KINDS
    }
    return _grouped(own, {kind: (kind,) if kind in alone else members[kind] for kind in KINDS})


def integers(answer: Answer) -> list[int]:
    """Whole values of an answer, one a coder."""
    return [int(float(value)) for value in answer.told]


def amount(answer: Answer) -> float:
    """One amount for an answer: the mean of its coders."""
    return float(np.mean([float(value) for value in answer.told]))


def parameter_of(question: Question, group: str) -> str:
    """Parameter that a question informs for a sector or kind, or nothing."""
    described = question.by_kind and ("{kind}" not in question.code.parameter or question.item not in ("", INITIATOR))
    if described or not question.code.informs_model:
        return ""
    name = question.code.parameter_name(kind=group, sector=group, category=question.item)
    return name if name in PARAMETERS else ""


def expected(question: Question, answer: Answer) -> float:
    """Amount the model expects of such an interviewee: the default of the parameter, at its size for endowments."""
    default = PARAMETERS[parameter_of(question, answer.kind if question.by_kind else answer.sector)].default
    if question.code.parameter.startswith("endowment["):
        return default * PARAMETERS["size_factor"].default ** answer.size_class
    return default


def _grouped(own: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> Grouping:
    groups = tuple(dict.fromkeys(own))
    reported = {}
    for name, members in wanted.items():
        label = name if name in groups else SECTOR_OF_KIND.get(name, name)
        count = own.count(label)
        if count >= LEAST_INTERVIEWS:
            reported[name] = groups.index(label), count, tuple(m for m in members if m != name)
        else:
            reported[name] = len(groups), count, tuple(group for group in groups if group != name)
    return Grouping(np.array([groups.index(group) for group in own], np.int64), groups, reported)


class _Coding(NamedTuple):
    """One coding with a value, and its interviewee in the names of the model."""

    interview: str
    coder: str
    code: str
    target: str
    value: str
    sector: str
    kind: str
    size_class: int


def _coded(interviews: "Interviews") -> list[_Coding]:
    """Codings with a value; support officers speak of facilitation only."""
    people = {}
    sectors, kinds = categories("sector"), categories("actor_type")
    columns = ("interview_id", "sector", "actor_type", "size_class", "consent_analysis")
    for interview, sector, kind, size, consent in _cells(interviews.interviews, columns):
        if consent:
            who = sectors[sector].model_name or SUPPORT, kinds[kind].model_name, SIZE_CLASSES.index(size)
            people[interview] = who
    codes = load_codebook().codes
    told = []
    columns = ("interview_id", "coder_id", "code", "target", "value", "status")
    for interview, coder, code, target, value, status in _cells(interviews.codings, columns):
        if status != "code" or interview not in people:
            continue
        if people[interview][0] != SUPPORT or codes[code].parameter == FACILITATION:
            told.append(_Coding(interview, coder, code, target, value, *people[interview]))
    return told


def _cells(table: Any, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column] for column in columns), strict=True)


def _questions_of(code: Code, codings: Sequence[_Coding]) -> Iterator[Question]:
    by_kind = "{kind}" in code.parameter
    if code.scale == "M":
        yield from _modalities(code, codings, by_kind)
    elif code.target == "partner":
        # partners of one interview are not independent: their median stands for them
        yield _question(code, "", _median_of_partners(codings), by_kind)
    elif code.target:
        named = categories({"theme": "theme", "kind": "actor_type"}[code.target])
        for target in dict.fromkeys(one.target for one in codings):
            asked = [one for one in codings if one.target == target]
            yield _question(code, named[target].model_name or target, asked, by_kind)
    else:
        yield _question(code, "", codings, by_kind)


def _modalities(code: Code, codings: Sequence[_Coding], by_kind: bool) -> Iterator[Question]:
    """One question a modality; where several make one role of the model, one for that role too, by kind."""
    for category in code.categories.values():
        item = category.value if by_kind else category.model_name or category.value
        yield _presence(code, item, codings, (category.value,))
    if by_kind:
        role = tuple(category.value for category in code.categories.values() if category.model_name == INITIATOR)
        yield dataclasses.replace(_presence(code, INITIATOR, codings, role), by_kind=True)


def _presence(code: Code, item: str, codings: Sequence[_Coding], modalities: tuple[str, ...]) -> Question:
    found = [one._replace(value=str(int(not set(modalities).isdisjoint(several(one.value))))) for one in codings]
    return dataclasses.replace(_question(code, item, found), modalities=modalities)


def _median_of_partners(codings: Sequence[_Coding]) -> list[_Coding]:
    by_coder: dict[tuple[str, str], list[_Coding]] = {}
    for one in codings:
        by_coder.setdefault((one.interview, one.coder), []).append(one)
    medians = []
    for told in by_coder.values():
        middle = median(float(one.value) for one in told)
        # a half is rounded away from the middle of the scale, as conflicts between segments are
        medians.append(told[0]._replace(value=str(math.ceil(middle) if middle > 2 else math.floor(middle))))
    return medians


def _question(code: Code, item: str, codings: Sequence[_Coding], by_kind: bool = False) -> Question:
    by_interview: dict[str, list[_Coding]] = {}
    for one in codings:
        by_interview.setdefault(one.interview, []).append(one)
    answers = (
        Answer(interview, tuple(one.value for one in told), told[0].sector, told[0].kind, told[0].size_class)
        for interview, told in by_interview.items()
    )
    return Question(code, item, tuple(answers), len({one.coder for one in codings}), by_kind)
