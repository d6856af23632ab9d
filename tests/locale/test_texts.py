"""The French and English texts against each other, and against the code that asks for them."""

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest

from ectsim.locale import LANGUAGES, texts

PACKAGE = Path(__file__).parents[2] / "ectsim"
AREAS = {language: {path.stem for path in (PACKAGE / "locale" / language).glob("*.toml")} for language in LANGUAGES}
EVERY_AREA = sorted(AREAS["fr"] | AREAS["en"])
NBSP = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def fields(sentence: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name is not None
    }


@cache
def keys() -> dict[str, set[str]]:
    """Every key, "area.key", with the fields of its French sentence."""
    return {f"{area}.{key}": fields(sentence) for area in AREAS["fr"] for key, sentence in texts(area, "fr").items()}


@cache
def trees() -> dict[str, ast.Module]:
    """Syntax tree of every module of ectsim."""
    return {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
    }


def asked(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    """Calls ``text("area.key", …)`` and ``Problem("area.key", …)`` with the key they name in full."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) in ("text", "Problem")):
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "message"]
        first = next(iter([*node.args[:1], *named]), None)
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.append((node, first.value))
    return found


def given(call: ast.Call) -> set[str] | None:
    """Names of the values a call gives; None when they cannot be read from the code."""
    if ast.unparse(call.func) == "text":
        names = {keyword.arg for keyword in call.keywords}
        return None if None in names else names
    named = [keyword.value for keyword in call.keywords if keyword.arg == "values"]
    values = next(iter([*call.args[1:2], *named]), None)
    if values is None:
        return set()
    if isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys):
        return {key.value for key in values.keys}
    return None


def used() -> re.Pattern[str]:
    """Match every key the code can ask for: written in full, or as an f-string that starts with its area."""
    start = re.compile(rf"({'|'.join(EVERY_AREA)})\.")
    patterns = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and start.match(node.value):
                patterns.add(re.escape(node.value))
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if parts[0] and start.match(parts[0]):
                    patterns.add("".join(".+" if part is None else re.escape(part) for part in parts))
    for template in PACKAGE.rglob("*.html"):
        for key, more in re.findall(r'text\("([\w.]+)"( ~)?', template.read_text("utf-8")):
            patterns.add(re.escape(key) + (".+" if more else ""))
    return re.compile("|".join(patterns))


def test_both_languages_have_the_same_areas():
    assert AREAS["fr"] == AREAS["en"]


@pytest.mark.parametrize("area", EVERY_AREA)
def test_both_languages_have_the_same_keys_and_fields(area: str):
    french, english = ({key: fields(text) for key, text in texts(area, language).items()} for language in LANGUAGES)
    assert french == english


@pytest.mark.parametrize("area", EVERY_AREA)
def test_french_keeps_its_punctuation_on_the_line(area: str):
    # a plain space, or none inside the quotation marks, lets « or ? stand alone at the end of a line
    loose = re.compile(rf" [;:!?»%](?:\s|$)|«(?![{NBSP}])|(?<![{NBSP}])»")
    wrong = {key: sentence for key, sentence in texts(area, "fr").items() if loose.search(sentence)}
    assert not wrong


@pytest.mark.parametrize("area", EVERY_AREA)
def test_no_sentence_is_empty(area: str):
    for language in LANGUAGES:
        assert all(sentence.strip() for sentence in texts(area, language).values())


@pytest.mark.parametrize("module", trees())
def test_every_text_asked_for_exists_and_gets_its_values(module: str):
    wrong = []
    for call, key in asked(trees()[module]):
        if key not in keys():
            wrong.append(f"line {call.lineno}: no text {key!r}")
        elif (names := given(call)) is not None and not keys()[key] <= names:
            wrong.append(f"line {call.lineno}: {key!r} lacks {sorted(keys()[key] - names)}")
    assert not wrong


def test_no_text_is_left_unused():
    pattern = used()
    assert not [key for key in keys() if not pattern.fullmatch(key)]
