"""The pages' sources: every text they ask for exists, every text is asked for, nothing comes from outside."""

import re
from pathlib import Path
from typing import get_args

import pytest

from ectsim.locale import LANGUAGES, texts
from ectsim.model.state import INSTRUMENTS, REASONS, STAGES
from ectsim.model.twins import FATES
from ectsim.scenario.schema import DEFAULT_THEMES
from ectsim.scenario.settings import Unit
from ectsim.territory.nomenclature import KINDS, SECTORS
from ectsim.workshop.connection import CLOSE
from ectsim.workshop.exporting import ENTRY, modules
from ectsim.workshop.protocol import CATEGORIES, EMOTIONS, PHASES, SCREENS, STANCES, STATEMENTS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "ectsim" / "workshop" / "pages"
SCRIPTS = sorted(PAGES.rglob("*.js"))
KEYS = set(texts("workshop", "fr"))
REFUSALS = {
    "scenario",
    "incomparable",
    "contradiction",
    "game_over",
    "full",
    "join_first",
    "lever",
    "taken",
    "actor",
    "take_first",
    "theme",
}
ASKED = re.compile(r'\b(?:t|count|note)\(\s*"([\w.]+)"')
NAMED = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')
MADE = re.compile(r"`([a-z_]+\.[^`]*)`")
OF_PYTHON = re.compile(r"workshop\.([\w.]+(?:\{[^}]*\}[\w.]*)*)")


def sources() -> str:
    return "\n".join(script.read_text("utf-8") for script in SCRIPTS)


def patterns(found: list[str], hole: str) -> list[re.Pattern[str]]:
    """Match the keys that templates with holes can make."""
    return [re.compile(".+".join(re.escape(part) for part in re.split(hole, one))) for one in found]


def test_every_text_a_page_asks_for_exists():
    assert [key for key in ASKED.findall(sources()) if key not in KEYS] == []


def test_no_text_of_the_workshop_is_left_unused():
    # f"workshop.{key}", which names them all for the pages, names none
    python = "\n".join(path.read_text("utf-8") for path in (ROOT / "ectsim" / "workshop").glob("*.py"))
    python = python.replace('f"workshop.{key}"', "")
    written = {*ASKED.findall(sources()), *NAMED.findall(sources())}
    made = patterns(MADE.findall(sources()), r"\$\{[^}]*\}") + patterns(OF_PYTHON.findall(python), r"\{[^}]*\}")
    assert [key for key in sorted(KEYS - written) if not any(one.fullmatch(key) for one in made)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_of_texts_are_what_pages_fill(language: str):
    for key, sentence in texts("workshop", language).items():
        assert re.findall(r"\{(\w*)\}", sentence) == re.findall(r"\{([^}]*)\}", sentence), key


@pytest.mark.parametrize("page", sorted(PAGES.rglob("*.*")), ids=lambda page: str(page.relative_to(PAGES)))
def test_no_page_names_another_host(page: Path):
    content = page.read_text("utf-8").replace("http://www.w3.org/2000/svg", "").replace('replace("http://", "")', "")
    assert "http:" not in content
    assert not re.search(r"https:(?!\")", content)
    assert "innerHTML" not in content
    assert "eval(" not in content


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("reason", REASONS),
        ("stage", STAGES),
        ("kind", KINDS),
        ("sector", SECTORS),
        ("instrument", INSTRUMENTS),
        ("unit", [unit for unit in get_args(Unit) if unit not in ("text", "choice")]),
        ("theme", DEFAULT_THEMES),
        ("screen", SCREENS),
        ("category", CATEGORIES),
        ("emotion", EMOTIONS),
        ("statement", STATEMENTS),
        ("stance", STANCES),
        ("told", ["role", *REFUSALS]),
        ("refused", CLOSE),
    ],
)
def test_every_word_of_the_model_and_of_the_protocol_is_said(prefix: str, names):
    assert [name for name in names if f"{prefix}.{name}" not in KEYS] == []


def test_every_refusal_of_a_session_is_known_here():
    session = (ROOT / "ectsim" / "workshop" / "session.py").read_text("utf-8")
    assert set(re.findall(r'RefusedError\("(\w+)"', session)) == REFUSALS


@pytest.mark.parametrize("name", FATES[:5])
def test_every_fate_is_said(name: str):
    assert {f"fate.{name}.title", f"fate.{name}.said"} <= KEYS


@pytest.mark.parametrize("name", PHASES)
def test_every_phase_is_said(name: str):
    assert {f"phase.{name}.title", f"phase.{name}.question"} <= KEYS


def test_the_page_taken_home_holds_every_module_it_imports():
    held = dict(modules(ENTRY))
    for name, source in held.items():
        for address in re.findall(r'(?:from|import) "([^"]+)"', source):
            assert address in held, f"{name} imports {address}"
    assert {"viewer.js", "map.js", "scenes/compare.js"} <= set(held)
    assert "link.js" not in held
