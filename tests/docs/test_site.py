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
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=\"?([^\"\s>]+)|<link\b[^>]*\bhref=\"?([^\"\s>]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


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
    assert "undefined" not in fields
    assert not [name for name in Scenario.model_fields if name not in fields]
    assert not [name for kind in INSTRUMENTS.values() for name in kind.model_fields if name not in fields]
    outcomes = words(site / "reference" / "outcomes.html")
    assert not [o.name for o in ectsim.OUTCOMES.values() if f"{o.name} " not in outcomes]
    api = words(site / "reference" / "python.html")
    assert not [name for name in ectsim.__all__ if name != "__version__" and name not in api]
    assert ":class:" not in api
