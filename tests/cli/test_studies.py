"""run, compare and rerun: what they show, the folder they leave, and that it can be made again to the byte."""

import contextlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

import ectsim.cli.studies
from ectsim.experiments import results
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.outcome_tables import SHOWN

COMPARISON = ("outcomes", "twins", "fates", "windfall", "money", "curves", "runs")


def bytes_of(folder: Path, ending: str = ".parquet") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob(f"*{ending}"))}


def provenance(folder: Path) -> dict:
    return json.loads((folder / "provenance.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("language", "words"), [("fr", "Résultat"), ("en", "Outcome")])
def test_run_tells_a_story_and_leaves_a_folder(ask, folder: Path, language: str, words: str):
    answer = ask(f"run small --seed 4 --lang {language}")
    made = folder / "results" / "run-small"
    assert answer.code == 0
    assert words in answer.out
    assert str(OUTCOMES["emerged"].label_fr if language == "fr" else OUTCOMES["emerged"].label_en) in answer.out
    assert {path.name for path in made.iterdir()} == {
        "provenance.json", "story.txt", "run.png", "run.svg", "network.png", "network.svg",
        "actors.parquet", "months.parquet", "outcomes.parquet", "projects.parquet", "ties.parquet",
    }  # fmt: skip
    first_words = (made / "story.txt").read_text(encoding="utf-8").split()[:5]
    assert answer.out.split()[:5] == first_words
    assert len(pd.read_parquet(made / "actors.parquet")) == 40


def test_run_for_scripts(ask):
    answer = ask("run small --months 6 --json --csv --out here")
    told = json.loads(answer.out)
    assert answer.code == 0
    assert told["command"] == "ectsim run small.yaml --seed 1 --months 6"
    assert {row["name"] for row in told["outcomes"]} == set(OUTCOMES)
    assert told["folder"] == "here"
    months = pd.read_csv("here/months.csv")["month"]
    assert (months.min(), months.max()) == (-12, 5)


def test_the_outcomes_shown_exist():
    assert set(SHOWN) <= set(OUTCOMES)


@pytest.mark.parametrize(("language", "name"), [("fr", "Petit appel"), ("en", "Small call")])
def test_compare_tells_a_story_and_leaves_a_folder(ask, folder: Path, language: str, name: str):
    answer = ask(f"compare small call --runs 3 --lang {language}")
    made = folder / "results" / "compare-small-call"
    assert answer.code == 0
    assert name in (made / "story.txt").read_text(encoding="utf-8")
    assert name in answer.out
    assert str(Path("results", "compare-small-call")) in answer.err
    assert set(bytes_of(made)) == {f"{name}.parquet" for name in COMPARISON}
    assert (made / "comparison.png").stat().st_size > 10_000
    assert (made / "flows.png").stat().st_size > 10_000
    runs = pd.read_parquet(made / "runs.parquet")
    assert runs.groupby("scenario")["seed"].apply(list).to_dict() == {"a": [1, 2, 3], "b": [1, 2, 3]}


def test_compare_for_scripts(ask):
    answer = ask("compare small call --runs 3 --seed 7 --json")
    told = json.loads(answer.out)
    assert (told["runs"], told["seed"], told["scenarios"]) == (3, 7, ["Small", "Small call"])
    rows = {row["name"]: row for row in told["outcomes"]}
    assert rows["ideas"]["difference"] == pytest.approx(rows["ideas"]["mean_b"] - rows["ideas"]["mean_a"])
    assert answer.err.count("\n") <= 1  # nothing but the notice of a first use


def test_threads_change_no_table(ask, folder: Path):
    for threads in (1, 2):
        assert ask(f"compare small call --runs 5 --threads {threads} --out with{threads}").code == 0
    assert bytes_of(folder / "with1") == bytes_of(folder / "with2")
    assert len(bytes_of(folder / "with1")) == len(COMPARISON)


@pytest.mark.parametrize("line", ["run small --months 12", "compare small call --runs 3 --csv"])
def test_rerun_gives_the_same_bytes(ask, folder: Path, line: str):
    ask(f"{line} --out first --lang fr")
    # all it needs is in the results folder
    (folder / "small.yaml").unlink()
    (folder / "call.yaml").unlink()
    answer = ask("rerun first")
    assert answer.code == 0
    assert "to the byte" in answer.out
    again = folder / "first-rerun"
    assert bytes_of(folder / "first") == bytes_of(again)
    assert bytes_of(folder / "first", ".csv") == bytes_of(again, ".csv")
    assert provenance(again)["language"] == "fr"
    assert provenance(again)["inputs_hash"] == provenance(folder / "first")["inputs_hash"]


def test_rerun_says_no_when_a_table_differs(ask, folder: Path):
    ask("compare small call --runs 2 --out first")
    table = pd.read_parquet("first/money.parquet")
    table.assign(value=table["value"] + 1).to_parquet("first/money.parquet", index=False)
    answer = ask("rerun first --json")
    told = json.loads(answer.out)
    assert answer.code == 1
    assert (told["same"], told["differing"], told["changes"]) == (False, ["money.parquet"], {})
    answer = ask("rerun first --out other --lang fr")
    assert answer.code == 1
    assert "money.parquet" in answer.out
    assert ask("rerun first --out first").code == 2


def test_rerun_keeps_a_territory_of_ones_own(ask, folder: Path):
    from ectsim.shipped import shipped_folder

    shutil.copytree(shipped_folder("scenarios") / "territories" / "pays_ledonien", folder / "elsewhere" / "mine")
    own = f"name: {{fr: a, en: a}}\nextends: small.yaml\nterritory: {folder / 'elsewhere' / 'mine'}\n"
    (folder / "own.yaml").write_text(own, encoding="utf-8")
    assert ask("run own --out first").code == 0
    shutil.rmtree(folder / "elsewhere")
    assert ask("rerun first").code == 0
    assert ask("rerun first-rerun --out third").code == 0
    assert str(folder) not in (folder / "first" / "provenance.json").read_text(encoding="utf-8")


def test_a_results_folder_names_no_path_and_nobody(ask, folder: Path):
    ask(f"compare {folder / 'small.yaml'} {folder / 'call.yaml'} --runs 2 --out {folder / 'deep' / 'first'}")
    told = (folder / "deep" / "first" / "provenance.json").read_text(encoding="utf-8")
    assert str(folder) not in told
    assert str(Path.home()) not in told
    assert f'"{os.environ.get("USER", "nobody")}"' not in told
    assert json.loads(told)["command"] == "ectsim compare small.yaml call.yaml --seed 1 --runs 2"


def test_earlier_results_of_the_same_verb_are_replaced(ask, folder: Path):
    ask("run small --out here --csv")
    assert (folder / "here" / "months.csv").is_file()
    assert ask("run small --out here --seed 2").code == 0
    assert provenance(folder / "here")["options"]["seed"] == 2
    assert not (folder / "here" / "months.csv").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["call.yaml", "here", "small.yaml"]


def test_anything_else_is_not_overwritten(ask, folder: Path):
    ask("run small --out here")
    assert ask("compare small call --runs 2 --out here").code == 2
    (folder / "here" / "notes.txt").write_text("mine", encoding="utf-8")
    answer = ask("run small --out here --seed 2")
    assert answer.code == 2
    assert "notes.txt" in answer.err
    assert (folder / "here" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert provenance(folder / "here")["options"]["seed"] == 1


def test_an_interrupted_comparison_leaves_nothing(ask, folder: Path, monkeypatch: pytest.MonkeyPatch):
    @contextlib.contextmanager
    def pressing_ctrl_c():
        def show(done: int, total: int) -> None:
            if done == 2:
                raise KeyboardInterrupt

        yield show

    monkeypatch.setattr(ectsim.cli.studies, "progress", pressing_ctrl_c)
    answer = ask("compare small call --runs 50")
    assert answer.code == 130
    assert "Interrupted" in answer.err
    assert not (folder / "results").exists()


def test_an_interruption_while_writing_leaves_earlier_results(ask, folder: Path, monkeypatch: pytest.MonkeyPatch):
    ask("run small --out here")
    before = bytes_of(folder / "here")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "keep_inputs", interrupted)
    assert ask("run small --out here --seed 2").code == 130
    assert bytes_of(folder / "here") == before
    assert sorted(path.name for path in folder.iterdir()) == ["call.yaml", "here", "small.yaml"]


def test_rerun_names_the_command_of_results_it_does_not_make(ask, folder: Path):
    (folder / "who").mkdir()
    told = {"verb": "hypotheses test", "command": "ectsim hypotheses test all", "made_by": "ectsim", "files": {}}
    (folder / "who" / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    answer = ask("rerun who")
    assert answer.code == 2
    assert "ectsim hypotheses test all" in answer.err
