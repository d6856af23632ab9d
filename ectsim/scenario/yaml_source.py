"""One YAML file as plain values that remember their line. Knows YAML, not scenarios."""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ectsim.errors import InputError, Problem, system_reason

LARGEST_FILE = 200_000
LARGEST_TREE = 20_000
DEEPEST_TREE = 20


@dataclass
class Source:
    """Values of a file, where each was written, and what was already found wrong.

    ``places["instruments[1].grant_rate"]`` is ``(file, 12)``.
    """

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def field_name(parent: str, key: object) -> str:
    """Name of a field as messages give it: ``instruments[1].grant_rate``."""
    if isinstance(key, int):
        return f"{parent}[{key}]"
    return f"{parent}.{key}" if parent else str(key)


def read_yaml(path: Path) -> Source:
    """Read a YAML file that holds one mapping; a repeated or impossible key is left out and noted as a problem.

    Raises
    ------
    InputError
        If the file cannot be read as UTF-8 YAML, is empty or holds no mapping.
    """
    written = _decoded(path)
    loader = YAML(typ="safe", pure=True)
    try:
        root = loader.compose(written)
    except MarkedYAMLError as error:
        raise InputError([_syntax_problem(path, written, error)]) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise InputError([Problem("scenario.yaml_syntax", {"detail": _one_line(error)}, path)]) from error
    if root is None:
        raise InputError([Problem("scenario.empty", file=path)])
    if not isinstance(root, MappingNode):
        raise InputError([Problem("scenario.not_a_mapping", file=path, line=root.start_mark.line + 1)])
    tree = _Tree(path, loader.constructor.construct_object)
    return Source(tree.value(root, ""), tree.places, tree.problems)


def _decoded(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError([Problem("scenario.too_large", {"limit": LARGEST_FILE}, path)])
        raw = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("scenario.unreadable", {"detail": system_reason(error)}, path)]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = (
            None if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else raw[: error.start].count(b"\n") + 1
        )
        raise InputError([Problem("scenario.encoding", {}, path, line)]) from error


def _syntax_problem(path: Path, written: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = None if mark is None else mark.line + 1
    lines = written.splitlines()
    here = lines[line - 1] if line and line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return Problem("scenario.tab", {}, path, line)
    return Problem("scenario.yaml_syntax", {"detail": _one_line(error.problem or error)}, path, line)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


@dataclass
class _Tree:
    """Walks the nodes of a file once, and collects what is wrong with them."""

    path: Path
    scalar: Callable[[Node], Any]
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    visited: int = 0

    def value(self, node: Node, name: str, depth: int = 0) -> Any:
        """Plain value of ``node``; aliases are expanded, within limits that stop a file that doubles itself."""
        self.visited += 1
        if self.visited > LARGEST_TREE or depth > DEEPEST_TREE:
            raise InputError([Problem("scenario.too_many_values", {}, self.path, node.start_mark.line + 1)])
        if isinstance(node, MappingNode):
            return self._mapping(node, name, depth)
        if isinstance(node, SequenceNode):
            return [self._item(child, field_name(name, i), depth) for i, child in enumerate(node.value)]
        return self._scalar(node, name)

    def _item(self, node: Node, name: str, depth: int) -> Any:
        self.places[name] = (self.path, node.start_mark.line + 1)
        return self.value(node, name, depth + 1)

    def _mapping(self, node: MappingNode, name: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        first_lines: dict[str, int] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if key is None or key_node.tag == "tag:yaml.org,2002:merge":
                self._note("scenario.yaml_key", line, name)
                continue
            inside = field_name(name, key)
            if key in first_lines:
                self._note("scenario.repeated_key", line, inside, first=first_lines[key])
                continue
            first_lines[key] = line
            self.places[inside] = (self.path, line)
            values[key] = self.value(child, inside, depth + 1)
        return values

    def _scalar(self, node: Node, name: str) -> Any:
        try:
            return self.scalar(node)
        except (YAMLError, ValueError) as error:
            line, detail = node.start_mark.line + 1, {"detail": _one_line(error)}
            raise InputError([Problem("scenario.yaml_syntax", detail, self.path, line, name)]) from error

    def _note(self, message: str, line: int, name: str, **values: object) -> None:
        self.problems.append(Problem(message, values, self.path, line, name or None))


def below(places: dict[str, Any], name: str) -> Iterator[str]:
    """Names of ``places`` that are field ``name`` or lie inside it."""
    return (place for place in places if place == name or place.startswith((f"{name}.", f"{name}[")))
