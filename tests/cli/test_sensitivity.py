import json

import pytest

from ectsim.cli.sensitivity import share_of_variance

STUDY = """
name: {fr: "Essai", en: "Trial"}
scenarios: [tiny.yaml, tiny_call.yaml]
factors: [{name: idea_rate}, {name: beta_0}, {name: call.winners, low: 1, high: 8}]
design: {kind: morris, trajectories: 4}
outcomes: [ideas]
"""
TINY = "name: {fr: a, en: a}\nextends: small.yaml\nhorizon: {burn_in: 1, months: 6, after: 1}\n"


@pytest.fixture
def trial(folder):
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "tiny_call.yaml").write_text(TINY.replace("small", "call"), encoding="utf-8")
    (folder / "trial.yaml").write_text(STUDY, encoding="utf-8")
    return folder


def test_a_screening_writes_tables_and_figures_and_is_gone_on_with(ask, trial):
    answer = ask("sensitivity trial.yaml --out found --method morris")
    assert answer.code == 0, answer.err
    assert "40 runs" in answer.err
    assert "dummy (touches nothing)" in answer.out
    assert {path.name for path in (trial / "found" / "results").iterdir()} == {
        "screening.parquet",
        "screening.csv",
        "screening-ideas.png",
        "screening-ideas.svg",
        "sensitivity.json",
    }
    runs = sorted((trial / "found" / "screening" / "runs").iterdir())
    before = [path.stat().st_mtime_ns for path in runs]
    again = ask("sensitivity trial.yaml --out found --method morris --json")
    told = json.loads(again.out)
    assert told["runs"] == {"screening": 40}
    assert {row["factor"] for row in told["tables"]["screening"]} == {"idea_rate", "beta_0", "call.winners", "dummy"}
    assert [path.stat().st_mtime_ns for path in runs] == before


def test_indices_are_shown_with_the_share_of_luck(ask, trial):
    answer = ask("sensitivity trial.yaml --out found --method sobol --quick --lang fr")
    assert answer.code == 0, answer.err
    assert "le hasard fait" in answer.out
    assert "Seul" in answer.out
    assert (trial / "found" / "results" / "convergence-ideas.png").exists()


def test_an_index_below_0_is_shown_as_0():
    assert share_of_variance({"value": -0.02, "low": -0.1, "high": 0.05}).startswith("0 (")
    assert share_of_variance({"value": 0.32, "low": 0.2, "high": 0.4}).startswith("0")


def test_interrupted_it_says_how_to_go_on(ask, trial, monkeypatch: pytest.MonkeyPatch):
    from ectsim.analysis.sensitivity import conducting

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(conducting, "sweep", stop)
    answer = ask("sensitivity trial.yaml --out found --method sobol --quick")
    assert answer.code == 130
    assert "ectsim sensitivity trial.yaml --out found --quick --method sobol --half-width 0.1" in answer.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--method sobel", "sobol"),
        ("--most-rows 1000", "a power of two"),
        ("--half-width 2", "between 0 and 1"),
    ],
)
def test_wrong_options_are_told(ask, trial, options, told):
    answer = ask(f"sensitivity trial.yaml --out found {options}")
    assert answer.code == 2
    assert told in answer.err
    assert not (trial / "found").exists()
