"""REFI-QDA projects (.qdpx) and codebooks (.qdc), as NVivo, MAXQDA, ATLAS.ti and QualCoder write them.

Sources are never opened, and no position in a text is used: each program counts them in its own way.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ectsim.calibration.archives import LARGEST_MEMBER, MEGABYTE, open_archive, parse_xml, read_member
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet
from ectsim.errors import InputError, Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SOURCES = ("TextSource", "PDFSource", "AudioSource", "VideoSource", "PictureSource")
NAMESPACE = "urn:QDA-XML:"
DEEPEST_TREE = 100
SYNTHESIS = "synth"

type CodeTree = dict[str, tuple[tuple[str, ...], bool]]
"""Path of names of each code by its identifier, and whether it can be put on a text."""


def _identifier(element: "Element", attribute: str = "guid") -> str:
    """An identifier as it compares: programs do not keep its case from one place to the next."""
    return element.get(attribute, "").strip().lower()


def _tag(element: "Element") -> str:
    return element.tag.rpartition("}")[2]


def _all(element: "Element", *tags: str) -> Iterator["Element"]:
    return (inner for inner in element.iter() if _tag(inner) in tags)


def _root(path: Path) -> "Element":
    """Root of the XML of a project or codebook.

    Raises
    ------
    InputError
        If there is none, or it is no REFI-QDA.
    """
    root = parse_xml(_xml(path), path)
    if not root.tag.startswith(f"{{{NAMESPACE}") or _tag(root) not in ("Project", "CodeBook"):
        raise InputError([Problem("imports.not_refi", file=path)])
    return root


def _xml(path: Path) -> bytes:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            content = file.read(LARGEST_MEMBER + 1)
            if len(content) > LARGEST_MEMBER:
                raise InputError([Problem("imports.too_large", {"limit": LARGEST_MEMBER // MEGABYTE}, path)])
            return content
    with open_archive(path) as archive:
        # At the root of the archive, under any name, before or after the sources.
        projects = [name for name in archive.namelist() if PurePosixPath(name).match("*.qde") and "/" not in name]
        if len(set(projects)) != 1:
            raise InputError([Problem("imports.no_project", file=path)])
        return read_member(archive, projects[0])


def _code_tree(root: "Element") -> CodeTree:
    tree: CodeTree = {}
    books = [root] if _tag(root) == "CodeBook" else [child for child in root if _tag(child) == "CodeBook"]
    lists = (codes for book in books for codes in book if _tag(codes) == "Codes")
    roots = [code for codes in lists for code in codes if _tag(code) == "Code"]
    waiting: list[tuple[Element, tuple[str, ...]]] = [(code, ()) for code in reversed(roots)]
    while waiting:
        code, above = waiting.pop()
        names = (*above, code.get("name", "").strip())
        tree[_identifier(code)] = (names, code.get("isCodable", "true").strip().lower() in ("true", "1"))
        if len(names) < DEEPEST_TREE:
            waiting.extend((child, names) for child in reversed(code) if _tag(child) == "Code")
    return tree


def _synthesis(element: "Element") -> bool:
    return SYNTHESIS in (element.get("name") or "").casefold() or any(
        SYNTHESIS in (child.text or "").casefold() for child in element if _tag(child) == "Description"
    )


def _codings_in(element: "Element") -> Iterator[tuple["Element", "Element"]]:
    """Each coding at any depth, after the selection that it codes."""
    for selection in element.iter():
        yield from ((selection, child) for child in selection if _tag(child) == "Coding")


@dataclass
class _Project:
    """A project being read: what its parts are called, and how much of it was left out."""

    path: Path
    root: "Element"
    options: Options

    def __post_init__(self) -> None:
        self.codes = _code_tree(self.root)
        self.users = {_identifier(user): user.get("name", "").strip() for user in _all(self.root, "User")}
        self.sources = {_identifier(source): source for source in _all(self.root, *SOURCES)}
        self.left_out: Counter[str] = Counter()

    def coded(self) -> Coded:
        """All codings by interviews: sources, or cases."""
        by_case = self.options.unit == "case"
        units = list(self._cases() if by_case else self._sources())
        codings = tuple(coding for name, elements in units for coding in self._of_unit(name, elements))
        busy = {coding.coder for coding in codings}
        self.left_out["imports.left.idle_coders"] = sum(name not in busy for name in self.users.values())
        self.left_out["imports.left.notes"] = sum(1 for _ in _all(self.root, "Note"))
        if by_case:
            self.left_out["imports.left.outside_cases"] = self._outside(units)
        return Coded(
            self.path,
            codings,
            tuple(dict.fromkeys((*self.users.values(), *(coding.coder for coding in codings)))),
            tuple(dict.fromkeys(name for name, _ in units)),
            tuple(names for names, _ in self.codes.values()),
            tuple(Problem(key, {"count": count}, self.path) for key, count in self.left_out.items() if count),
            self._attributes(),
        )

    def _sources(self) -> Iterator[tuple[str, list["Element"]]]:
        for source in self.sources.values():
            yield source.get("name", "").strip(), [source]

    def _cases(self) -> Iterator[tuple[str, list["Element"]]]:
        """Each case with what it is made of: itself (for codes put on it), whole sources, selections in sources."""
        parts = {**self.sources}
        for source in self.sources.values():
            parts |= {_identifier(inner): inner for inner in source.iter() if _tag(inner).endswith("Selection")}
        for case in _all(self.root, "Case"):
            wanted = dict.fromkeys(_identifier(ref, "targetGUID") for ref in _all(case, "SourceRef", "SelectionRef"))
            yield case.get("name", "").strip(), [case, *(parts[one] for one in wanted if one in parts)]

    def _outside(self, units: list[tuple[str, list["Element"]]]) -> int:
        """Number of codings of sources that belong to no case."""
        inside = {id(coding) for _, elements in units for element in elements for coding in _all(element, "Coding")}
        every = (coding for source in self.sources.values() for coding in _all(source, "Coding"))
        return sum(id(coding) not in inside for coding in every)

    def _of_unit(self, document: str, elements: list["Element"]) -> Iterator[Coding]:
        """Codings at any depth: on the whole, a passage, a transcript, a page; once, were it reached by two ways."""
        for element in elements:
            # On a case itself; what else a case holds are references.
            for reference in (child for child in element if _tag(child) == "CodeRef"):
                yield from self._coding(document, reference, self.options.coder or "", synthesis=False)
        held = {id(coding): (selection, coding) for element in elements for selection, coding in _codings_in(element)}
        for selection, coding in held.values():
            user = _identifier(coding, "creatingUser")
            # Somebody not listed among the users is still somebody, and not the same as another.
            coder = self.users.get(user, user)
            for reference in _all(coding, "CodeRef"):
                marked = _synthesis(selection) or _synthesis(coding)
                yield from self._coding(document, reference, coder, synthesis=marked)

    def _coding(self, document: str, reference: "Element", coder: str, *, synthesis: bool) -> Iterator[Coding]:
        names, codable = self.codes.get(_identifier(reference, "targetGUID"), ((), False))
        if not names:
            self.left_out["imports.left.unknown_code"] += 1
        elif not codable:
            self.left_out["imports.left.categories"] += 1
        else:
            yield Coding(document, coder, names, synthesis=synthesis)

    def _attributes(self) -> dict[str, dict[str, str]]:
        """Values of variables, by interview and name of variable."""
        variables = {_identifier(one): one.get("name", "").strip() for one in _all(self.root, "Variable")}
        units = _all(self.root, "Case") if self.options.unit == "case" else self.sources.values()
        found: dict[str, dict[str, str]] = {}
        for unit in units:
            for value in (child for child in unit if _tag(child) == "VariableValue"):
                reference = next(_all(value, "VariableRef"), None)
                held = next((one.text or "" for one in value if _tag(one) != "VariableRef"), "")
                if reference is not None and (name := variables.get(_identifier(reference, "targetGUID"))):
                    found.setdefault(unit.get("name", "").strip(), {})[name] = held.strip()
        return found


def _recognises(path: Path, _sheets: Sequence[Sheet]) -> bool:
    return path.is_file() and path.suffix.lower() in (".qdpx", ".qdc", ".qde")


def _read(path: Path, options: Options) -> Coded:
    return _Project(path, _root(path), options).coded()


IMPORTER = Importer("refi", _recognises, _read)
