"""What a report holds, whatever its subject: question, answer, figures, tables, method, limits, provenance. No look."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Picture:
    """An image that its ``address`` (``data:…``) holds whole, what it shows in words, and a caption if it needs one."""

    address: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its first ``words`` columns hold words, the others numbers."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True)
class Part:
    """A part of a report under its own heading: sentences, then points, figures, tables.

    ``missing`` is the command that would make the part, where there is nothing to show yet; ``look`` is a class of the
    page's style: "supported", "contradicted", "undecided".
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: tuple["Part", ...] = ()
    missing: tuple[str, ...] = ()
    look: str = ""


@dataclass(frozen=True)
class Report:
    """All that a page says of one results folder.

    Attributes
    ----------
    kind : str
        What was done, in a few words: « comparaison de deux scénarios ».
    answer : tuple of three str
        What was found, one sentence each.
    details : tuple of Part
        What is worth saying beyond the answer.
    chapters : tuple of Part
        Of a document made of several reports, in place of details.
    provenance : tuple of (str, str)
        Names and values: command, version, dates, hashes.
    synthetic : bool
        Whether anything in it comes from fictive interviews.
    """

    kind: str
    title: str
    question: str
    answer: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    details: tuple[Part, ...] = ()
    chapters: tuple[Part, ...] = ()
    tables: tuple[Table, ...] = ()
    method: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    synthetic: bool = field(default=False)
