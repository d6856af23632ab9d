"""The verbs hypotheses and roles: seals, results folders, refusals."""

import json
from pathlib import Path

import pytest
import typer

from ectsim.analysis.hypotheses import asking
from ectsim.cli import hypotheses, roles
from ectsim.cli.spoken import SpokenGroup
from ectsim.errors import InputError
from ectsim.locale import choose_language

HYPOTHESIS = """
claim: {fr: "Un appel fait naître des idées", en: "A call makes ideas"}
source: "planted"
contrary: {claim: {fr: "Non", en: "No"}, source: "planted"}
arms:
  none: {scenario: small}
  call: {scenario: call}
contrasts:
  - {measure: ideas, of: call, less: none, direction: more, smallest: 1}
uncertainty: {posterior: priors, draws: 8, seeds: 2}
"""


@pytest.fixture
def tell(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Call these verbs in a folder with small scenarios and a hypothesis, in English."""
    (folder / "T1_ideas.yaml").write_text(HYPOTHESIS, encoding="utf-8")
    app = typer.Typer(cls=SpokenGroup, rich_markup_mode=None, add_completion=False)
    hypotheses.add_verbs(app)
    roles.add_verbs(app)
    choose_language("en")

    def told(line: str) -> str:
        capsys.readouterr()
        typer.main.get_command(app).main(line.split(), prog_name="ectsim", standalone_mode=False)
        return capsys.readouterr().out

    yield told
    choose_language(None)


def test_sealed_then_tested_leaves_a_folder_with_its_page(tell, folder: Path):
    assert "sealed on" in tell("hypotheses seal T1_ideas.yaml")
    told = tell("hypotheses test T1_ideas.yaml --out found --csv")
    assert "A call makes ideas" in told
    assert "sealed before its runs" in told
    provenance = json.loads((folder / "found" / "provenance.json").read_text("utf-8"))
    assert provenance["command"] == "ectsim hypotheses test T1_ideas"
    assert {"index.html", "verdicts.csv", "moving.csv", "forest.png", "forest.svg", "story.txt"} <= set(
        provenance["files"]
    )
    tell("hypotheses test T1_ideas.yaml --out found")
    assert "index.html" in json.loads((folder / "found" / "provenance.json").read_text("utf-8"))["files"]


def test_a_quick_look_is_exploratory_and_noted(tell, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asking, "QUICK", {"draws": 8, "seeds": 2})
    tell("hypotheses seal T1_ideas.yaml")
    found = json.loads(tell("hypotheses test T1_ideas.yaml --quick --json"))
    assert found["verdicts"][0]["standing"] == "exploratory"
    assert len(json.loads((folder / "T1_ideas.seal.json").read_text("utf-8"))["looks"]) == 1


def test_a_changed_file_is_refused(tell, folder: Path):
    tell("hypotheses seal T1_ideas.yaml")
    file = folder / "T1_ideas.yaml"
    file.write_text(HYPOTHESIS.replace("smallest: 1", "smallest: 2"), encoding="utf-8")
    with pytest.raises(InputError, match="changed since it was sealed"):
        tell("hypotheses test T1_ideas.yaml")


def test_roles_leave_a_folder_with_the_page(tell, folder: Path):
    told = tell("roles call.yaml --out who --runs 2 --threads 2")
    assert "Shapley" in told
    files = {path.name for path in (folder / "who").iterdir()}
    assert {"index.html", "necessity.parquet", "shapley.parquet", "losses.png", "provenance.json"} <= files
    with pytest.raises(InputError):
        tell("hypotheses test T1_ideas.yaml --posterior priors --quick --out who")
