"""``ectsim explore`` and ``ectsim choose`` as users call them: what they leave, going on, what they refuse."""

import json

import pytest

TINY = "name: {fr: a, en: a}\nextends: small.yaml\nhorizon: {burn_in: 1, months: 30, after: 4}\n"
EXPLORE = """
name: {fr: "Explorer", en: "Explore"}
scenarios: [tiny.yaml]
factors: [{name: idea_rate}, {name: beta_0}]
design: {kind: sobol, points: 8}
outcomes: [ideas, mobilised]
"""
CHOOSE = """
name: {fr: "Choisir", en: "Choose"}
scenarios: [tiny.yaml, tiny_call.yaml]
factors: [{name: idea_rate, levels: [20, 30, 40]}]
replicates: 2
"""
FILES = {"story.txt", "index.html", "provenance.json"}


@pytest.fixture
def trial(folder):
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "tiny_call.yaml").write_text(TINY.replace("small", "call"), encoding="utf-8")
    (folder / "explore_it.yaml").write_text(EXPLORE, encoding="utf-8")
    (folder / "choose_it.yaml").write_text(CHOOSE, encoding="utf-8")
    return folder


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_explore_leaves_patterns_and_goes_on(ask, trial):
    answer = ask("explore explore_it.yaml --generations 1 --out found")
    assert answer.code == 0, answer.err
    assert "16 runs" in answer.err
    assert "different patterns were seen in 16 points" in " ".join(answer.out.split())
    made = trial / "found" / "results"
    tables = {f"{name}.{ending}" for name in ("patterns", "unseen", "points", "axes") for ending in ("parquet", "csv")}
    assert names(made) == FILES | tables | {"patterns.png", "patterns.svg"}
    parts = sorted((trial / "found").rglob("part-*.parquet"))
    before = [path.stat().st_mtime_ns for path in parts]
    told = json.loads(ask("explore explore_it.yaml --generations 2 --out found --json").out)
    assert told["points"] == 24
    assert told["axes"][0]["width"] >= 1
    kept = json.loads((made / "provenance.json").read_text("utf-8"))
    assert kept["given"]["plan"]["seeds"] == {"first": 1, "luck": "own"}
    assert [path.stat().st_mtime_ns for path in parts] == before


@pytest.mark.parametrize(
    ("line", "again"),
    [
        ("explore explore_it.yaml --out found --generations 1 --bins 9", ""),
        ("choose choose_it.yaml --out found --enough money=3", ""),
        ("conditions tiny.yaml tiny_call.yaml --out found --points 32 --replicates 2", " --seed 1"),
    ],
)
def test_interrupted_it_says_how_to_go_on(ask, trial, monkeypatch: pytest.MonkeyPatch, line, again):
    from ectsim.experiments import sweeping

    def stop(*_, **__):
        raise KeyboardInterrupt

    for place in ("ectsim.analysis.exploration.exploring", "ectsim.analysis.choice.choosing"):
        monkeypatch.setattr(f"{place}.sweep", stop)
    monkeypatch.setattr(sweeping, "sweep", stop)
    answer = ask(line)
    assert answer.code == 130
    assert "nothing was written" not in answer.err
    assert f"To go on: ectsim {line}{again}\n" in answer.err
    assert " runs, about " in answer.err


def test_a_search_with_other_cells_is_not_mixed_with_the_one_that_is_there(ask, trial):
    assert ask("explore explore_it.yaml --generations 1 --out found").code == 0
    answer = ask("explore explore_it.yaml --generations 1 --bins 2 --out found")
    assert answer.code == 2
    assert "generation-001" in answer.err


def test_choose_leaves_regret_and_front_in_both_languages(ask, trial):
    answer = ask("choose choose_it.yaml --out found --enough money=100000 --enough anchored=0 --lang fr")
    assert answer.code == 0, answer.err
    made = trial / "found" / "results"
    tables = {"regret", "front", "dominance", "enough", "values", "draws"}
    written = {f"{name}.{ending}" for name in tables for ending in ("parquet", "csv")}
    assert names(made) == FILES | written | {"regret.png", "regret.svg", "front.png", "front.svg"}
    assert "argent public en plus ≤ 100\N{NO-BREAK SPACE}M€" in answer.out.replace("\n", " ")
    assert '<html lang="fr">' in (made / "index.html").read_text(encoding="utf-8")
    told = json.loads(ask("choose choose_it.yaml --out found --json").out)
    assert told["draws"] == [{"asked": 3, "whole": 3, "replicates": 2, "notice": ""}]
    assert {row["scheme"] for row in told["front"]} == {"tiny", "tiny_call"}
    kept = json.loads((made / "provenance.json").read_text(encoding="utf-8"))
    assert kept["command"] == "ectsim choose choose_it.yaml"
    assert str(trial) not in json.dumps(kept)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("choose choose_it.yaml --out found --enough anchord=1", "anchored"),
        ("choose explore_it.yaml --out found", "two scenarios at least"),
        ("explore choose_it.yaml --out found", "sobol or latin_hypercube"),
        ("explore explore_it.yaml --out found --bins 1", "2"),
    ],
)
def test_what_cannot_be_explored_or_chosen_is_told(ask, trial, line, told):
    answer = ask(line)
    assert answer.code == 2
    assert told in answer.err
    assert not (trial / "found").exists()
