"""The documentation site: builds without a warning, loads nothing from elsewhere, holds every verb, field and name."""

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
import typer

import ectsim
from ectsim.cli.main import app
from ectsim.locale import texts
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "ectsim" / "locale" / "en"
SAID_BY_CODE = re.compile(r"<(head|script|style|code|pre)\b.*?</\1>", re.DOTALL)
BUILD = ["mkdocs", "build", "--strict"]
LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=\"?([^\"\s>]+)|<link\b[^>]*\bhref=\"?([^\"\s>]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", *BUILD, "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_make_builds_it_as_here():
    """With --quiet, mkdocs counts no warning and --strict lets them all pass."""
    assert f"{' '.join(BUILD)}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def words(page: Path) -> str:
    """What a reader sees of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))).split())


def test_pages_load_nothing_from_elsewhere(site: Path):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    loaded = {name for page in pages for pair in LOADED.findall(page.read_text("utf-8")) for name in pair if name}
    assert any(name.endswith(".js") for name in loaded)
    assert not [name for name in loaded if "//" in name]
    styles = "".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert not re.findall(r"url\(\"?(?:https?:)?//[^)]*\)|@import", styles)


def test_no_diagram_would_fetch_its_program(site: Path):
    """The theme draws Mermaid diagrams with a script that it fetches: none is used."""
    assert not [page for page in site.rglob("*.html") if 'class="mermaid"' in page.read_text(encoding="utf-8")]


def test_no_page_shows_what_a_program_left_empty(site: Path):
    keys = {f"{area.stem}.{key}" for area in LOCALE.glob("*.toml") for key in texts(area.stem, "en")}
    wrong = []
    for page in site.rglob("*.html"):
        told = SAID_BY_CODE.sub("", page.read_text(encoding="utf-8"))
        cells = [
            re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", told, re.S)
        ]
        found = {cell for cell in cells if cell in {"undefined", "None", "nan", "null"}}
        found |= set(re.findall(r"\{\w*\}|[\w.-]+\.md\b(?=</a>)", told)) | (
            keys & set(re.findall(r"\w+(?:\.\w+)+", told))
        )
        wrong += [f"{page.name}: {one}" for one in found]
    assert not wrong


def test_french_pages_are_read_aloud_in_french(site: Path):
    spoken = {
        page.stem: re.search(r"<html lang=\"(\w+)\"", page.read_text(encoding="utf-8")) for page in site.glob("*.html")
    }
    assert {name for name, said in spoken.items() if said and said[1] == "fr"} == {"dix_minutes", "workshop_guide"}
    assert 'lang="fr"' in (site / "results" / "verdicts.fr.html").read_text(encoding="utf-8")


def verbs(command, name: str):
    yield name
    for part, inside in getattr(command, "commands", {}).items():
        yield from verbs(inside, f"{name} {part}")


def test_the_command_line_is_there_in_both_languages(site: Path):
    told = words(site / "reference" / "command_line.html")
    for verb in verbs(typer.main.get_command(app), "ectsim"):
        assert f"Usage: {verb} " in told
        assert f"Usage\N{NO-BREAK SPACE}: {verb} ".replace("\N{NO-BREAK SPACE}", " ") in told


def test_every_field_outcome_and_public_name_is_there(site: Path):
    fields = words(site / "reference" / "scenario.html")
    assert not [name for name in Scenario.model_fields if name not in fields]
    assert not [name for kind in INSTRUMENTS.values() for name in kind.model_fields if name not in fields]
    outcomes = words(site / "reference" / "outcomes.html")
    assert not [o.name for o in ectsim.OUTCOMES.values() if f"{o.name} " not in outcomes]
    api = words(site / "reference" / "python.html")
    assert not [name for name in ectsim.__all__ if name != "__version__" and name not in api]
    assert ":class:" not in api
