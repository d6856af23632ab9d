"""Help in both languages, for every verb; what the command line says of its own misuse is in test_errors.py."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from ectsim.cli.main import app

ROOT = Path(__file__).parents[2]


def verbs(command, name: str = "") -> Iterator[str]:
    """Every verb of the command line by its whole name, groups included."""
    yield name
    for part, inside in getattr(command, "commands", {}).items():
        yield from verbs(inside, f"{name} {part}".strip())


VERBS = tuple(verbs(typer.main.get_command(app)))
HEADINGS = {"fr": ("Usage\N{NO-BREAK SPACE}:", "Options\N{NO-BREAK SPACE}:"), "en": ("Usage:", "Options:")}
ENGLISH_OF_TYPER = ("Show this message", "[default", "[required", "COMMAND [ARGS]")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_tells_what_it_does_in_both_languages(ask, verb: str, language: str):
    answer = ask(f"{verb} --help --lang {language}")
    assert (answer.code, answer.err) == (0, "")
    assert all(heading in answer.out for heading in HEADINGS[language])
    assert not [words for words in ENGLISH_OF_TYPER if words in answer.out]


def test_a_verb_shows_its_options_and_their_defaults(ask):
    english, french = ask("compare --help").out, ask("--lang=fr compare --help").out
    for option in ("--runs N", "--seed N", "--threads N", "--out DIR", "--csv", "--json", "--lang fr|en"):
        assert option in english
        assert option in french
    assert "[200 by default]" in " ".join(english.split())
    assert "[200 par défaut]" in " ".join(french.split())


def test_the_environment_chooses_the_language(ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ECTSIM_LANG", "fr")
    assert "Commandes" in ask("--help").out
    assert "Commands" in ask("--help --lang en").out
    assert "Commandes" in ask("--help").out


@pytest.mark.parametrize("line", ["", "scenario", "sweep", "territory"])
def test_a_group_alone_shows_its_help(ask, line: str):
    answer = ask(line)
    assert answer.code == 0
    assert "Commands:" in answer.out


def test_help_imports_nothing_heavy():
    heavy = ("matplotlib", "mesa", "numba", "numpy", "pandas", "rich", "scipy")
    program = (
        "import sys; from ectsim.cli.main import run; run(['compare', '--help']);"
        f"print('LOADED', *sorted(set({heavy!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]


def test_the_version(ask):
    import ectsim

    assert ask("--version").out.strip() == f"ectsim {ectsim.__version__}"
