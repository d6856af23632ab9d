"""Errors are messages in the user's language, with the exit code that says what kind they are; never a traceback."""

import json
import sys
from pathlib import Path

import pytest

import ectsim.analysis.comparison
import ectsim.experiments.single

MISUSE = [
    ("compar small call", "did you mean “compare”?", "vouliez-vous dire «\N{NO-BREAK SPACE}compare"),
    ("run", "SCENARIO is missing", "il manque SCENARIO"),
    ("run small --sed 3", "did you mean “--seed”?", "«\N{NO-BREAK SPACE}--sed\N{NO-BREAK SPACE}» inconnue"),
    ("run small --seed", "needs a value", "attend une valeur"),
    ("run small --seed abc", "whole number from 0", "nombre entier de 0"),
    ("run small --seed -1", "whole number from 0", "nombre entier de 0"),
    ("compare small call --runs 0", "whole number, 2 or more", "nombre entier, 2 ou plus"),
    ("run small more", "“more” was not expected", "«\N{NO-BREAK SPACE}more\N{NO-BREAK SPACE}» n’était pas attendu"),
    ("scenario chek small", "did you mean “check”?", "vouliez-vous dire «\N{NO-BREAK SPACE}check"),
    ("run smal", "did you mean “small.yaml”?", "vouliez-vous dire «\N{NO-BREAK SPACE}small.yaml"),
    ("run small --months 5000", "from 1 to 1200", "de 1 à 1200"),
    ("territory check pays_ledonie", "did you mean “pays_ledonien”?", "vouliez-vous dire «\N{NO-BREAK SPACE}pays_led"),
    ("compare small spontaneous --runs 2", "cannot be compared", "ne peut pas être comparé"),
    ("rerun nowhere", "there is no provenance.json", "il n’y a pas de provenance.json"),
    ("run small --out small.yaml", "this is a file", "c’est un fichier"),
    ("run small --out .", "this is the current folder", "c’est le dossier courant"),
]


@pytest.mark.parametrize(("line", "english", "french"), MISUSE)
def test_bad_input_is_told_in_both_languages(ask, line: str, english: str, french: str):
    for language, words in (("en", english), ("fr", french)):
        answer = ask(f"{line} --lang {language}")
        assert answer.code == 2
        assert answer.out == ""
        assert words in answer.err
        assert "Traceback" not in answer.err


def test_an_unknown_language_is_refused(ask):
    answer = ask("run small --lang de")
    assert answer.code == 2
    assert "unknown language “de”" in answer.err


@pytest.fixture
def bad(folder: Path) -> str:
    path = folder / "bad.yaml"
    path.write_text("name: {fr: a, en: b}\nhorizn: 3\ninstruments:\n  - kind: cal\n", encoding="utf-8")
    return path.name


def test_a_bad_scenario_names_every_problem_with_its_line(ask, bad: str):
    answer = ask(f"scenario check {bad}")
    assert answer.code == 2
    assert [line.split(" · ")[:2] for line in answer.err.splitlines()] == [
        ["bad.yaml:2", "horizn"],
        ["bad.yaml:4", "instruments[0].kind"],
    ]


def test_problems_for_scripts(ask, bad: str):
    answer = ask(f"scenario check {bad} --json")
    told = json.loads(answer.out)
    assert (answer.code, told["exit_code"], answer.err) == (2, 2, "")
    assert [(p["line"], p["field"], p["nearest"]) for p in told["problems"]] == [
        (2, "horizn", "horizon"),
        (4, "instruments[0].kind", "call"),
    ]


def raising(error: BaseException):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "Interrupted"),
        (MemoryError(), 1, "not enough memory"),
        (PermissionError(13, "Permission denied", "here/table.csv"), 1, "here/table.csv: access is refused"),
        (OSError(40, "Too many levels", "loop"), 1, "loop: Too many levels"),
        (ZeroDivisionError("three by nought"), 1, "ZeroDivisionError: three by nought"),
    ],
)
def test_what_fails_is_told_without_a_traceback(ask, monkeypatch, folder: Path, error, code: int, words: str):
    monkeypatch.setattr(ectsim.experiments.single, "simulate", raising(error))
    before = sorted(folder.rglob("*"))
    answer = ask("run small")
    assert answer.code == code
    assert words in answer.err
    assert "Traceback" not in answer.err
    assert sorted(folder.rglob("*")) == before


def test_a_defect_shows_its_traceback_to_whoever_asks(ask, monkeypatch):
    monkeypatch.setenv("ECTSIM_DEBUG", "1")
    monkeypatch.setattr(ectsim.experiments.single, "simulate", raising(ZeroDivisionError("three by nought")))
    assert "Traceback" in ask("run small").err


def test_an_array_that_is_full_names_the_setting_to_raise(ask, folder: Path):
    (folder / "tight.yaml").write_text(
        'name: {fr: "a", en: "a"}\nextends: small.yaml\nsizes: {projects: 3}\n', encoding="utf-8"
    )
    answer = ask("compare tight tight --runs 2")
    assert answer.code == 1
    assert "projects" in answer.err
    assert "sizes" in answer.err


def test_a_workshop_without_its_packages_says_what_to_install(ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "websockets", None)
    answer = ask("workshop")
    assert answer.code == 2
    assert "websockets" in answer.err
    assert 'pip install "ectsim[workshop]"' in answer.err


@pytest.mark.parametrize("line", ["run .", "scenario explain .", "compare . small"])
def test_a_folder_given_for_a_scenario_is_told(ask, line: str):
    answer = ask(line)
    assert answer.code == 2
    assert "folder" in answer.err
