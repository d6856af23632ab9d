"""The verb report: one page of each kind of folder, the synthesis of several, refusals."""

import json
import sys
from pathlib import Path

import pytest

from ectsim.report import pdf
from ectsim.report.synthesis import CHAPTERS

STUDY = """
name: {fr: "Petite étude", en: "Small study"}
scenarios: [small]
factors:
  - {name: idea_rate, low: 5, high: 40}
design: {kind: sobol, points: 4}
outcomes: [ideas, emerged]
"""


def page_of(file: Path) -> str:
    page = file.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page
    return page


def test_a_run_then_its_page_inside_its_folder(ask, folder: Path):
    assert ask("run small.yaml --seed 2 --out made").code == 0
    answer = ask("report made --lang fr")
    assert answer.code == 0, answer.err
    page = page_of(folder / "made" / "index.html")
    assert '<html lang="fr">' in page
    assert "Petit" in page
    assert page.count("<img") == 2
    # the folder still belongs to the study: it may be made again
    assert ask("run small.yaml --seed 2 --out made").code == 0


def test_a_comparison_and_a_sweep_make_a_synthesis(ask, folder: Path):
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    assert ask("compare small.yaml call.yaml --runs 2 --out compared").code == 0
    assert ask("sweep run study.yaml --out swept").code == 0
    answer = ask("report swept --out swept.html")
    assert answer.code == 0, answer.err
    assert "Small study" in page_of(folder / "swept.html")
    assert not (folder / "swept" / "index.html").exists()
    answer = ask("report compared swept")
    assert answer.code == 0, answer.err
    page = page_of(folder / "synthesis.html")
    for words in (
        "The ecosystem",
        "The conditions",
        "Roles and interests",
        "Comparison of origins",
        "What is not known",
    ):
        assert words in page
    assert page.count("<img") == 5
    # what nothing fills names the command that would
    for name, chapter in CHAPTERS.items():
        for verb, command in chapter.commands.items():
            assert (command in page) is (verb != "compare"), name


@pytest.mark.parametrize("command", [command for chapter in CHAPTERS.values() for command in chapter.commands.values()])
def test_commands_for_what_is_missing_exist(ask, command: str):
    verb = [word for word in command.split()[1:4] if word not in ("all", "calls")]
    names = verb[:2] if verb[0] in ("sweep", "hypotheses", "interviews") else verb[:1]
    told = ask(f"{' '.join(names)} --help")
    assert told.code == 0
    assert "--out" in told.out


def test_interviews_and_their_estimates_are_labelled_fictive(ask, folder: Path):
    example = Path(__file__).parents[2] / "calibration" / "example"
    assert ask(f"interviews posteriors {example} --out estimated").code == 0
    for given in (example, "estimated"):
        answer = ask(f"report {given} --out page.html")
        assert answer.code == 0, answer.err
        page = page_of(folder / "page.html")
        assert page.count("DONNÉES FICTIVES") >= 2
        assert "E07" not in page


def test_the_patterns_leave_a_folder_with_their_figure(ask, folder: Path):
    assert ask("check-patterns --runs 2 --out checked").code in (0, 1)
    files = json.loads((folder / "checked" / "provenance.json").read_text("utf-8"))["files"]
    assert {"patterns.parquet", "patterns.png", "story.txt"} <= set(files)
    answer = ask("report checked --lang fr")
    assert answer.code == 0, answer.err
    assert "Régularités observées" in page_of(folder / "checked" / "index.html")


def test_what_cannot_be_reported_says_why(ask, folder: Path):
    (folder / "empty").mkdir()
    for line, words in (("report nowhere", "no folder"), ("report empty", "no results folder"), ("report", "folders")):
        answer = ask(line)
        assert answer.code == 2
        assert words.lower() in answer.err.lower()


def test_without_weasyprint_the_command_says_what_to_install(ask, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(pdf.NoPdfError, match=r"ectsim\[pdf\]"):
        pdf.pdf_of("<p>page</p>")
