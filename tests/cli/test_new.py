"""``ectsim new`` and its first use, from an empty folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from ectsim.scenario import load_scenario, shipped_scenarios


@pytest.mark.parametrize(("language", "words"), [("fr", "Pour commencer"), ("en", "To begin")])
def test_new_copies_the_ready_scenarios_and_tells_how_to_begin(ask, folder: Path, language: str, words: str):
    answer = ask(f"new study --lang {language}")
    assert answer.code == 0
    assert words in answer.out
    made = folder / "study"
    assert sorted(path.stem for path in made.glob("*.yaml")) == shipped_scenarios()
    for name in shipped_scenarios():
        assert load_scenario(made / f"{name}.yaml") == load_scenario(name)
    page = (made / "README.md").read_text(encoding="utf-8")
    assert "# Scénarios pour ectsim" in page
    assert "# Scenarios for ectsim" in page
    assert all(page.count(f"- `{name}.yaml`") == 2 for name in shipped_scenarios())


def test_new_refuses_a_folder_in_use(ask, folder: Path):
    (folder / "study").mkdir()
    (folder / "study" / "notes.txt").write_text("mine", encoding="utf-8")
    for place in ("study", "small.yaml"):
        answer = ask(f"new {place}")
        assert answer.code == 2
        assert "something here already" in answer.err
    assert [path.name for path in (folder / "study").iterdir()] == ["notes.txt"]


def test_new_then_compare_from_an_empty_folder(tmp_path: Path):
    def ectsim(line: str, where: Path) -> str:
        command = [sys.executable, "-m", "ectsim", *line.split()]
        return subprocess.run(command, cwd=where, capture_output=True, text=True, encoding="utf-8", check=True).stdout

    ectsim("new study", tmp_path)
    told = ectsim("compare spontaneous.yaml one_call_a_year.yaml --runs 2 --lang fr", tmp_path / "study")
    assert "Un appel par an" in told
    assert (tmp_path / "study" / "results" / "compare-spontaneous-one_call_a_year" / "comparison.png").is_file()
