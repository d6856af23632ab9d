"""The verb calibrate: what it says of bad files, of a conflict, of an unsound fit, and when it is interrupted."""

import json
from types import SimpleNamespace

import pytest

from ectsim.calibration import calibrating, record
from ectsim.calibration.calibrating import ConflictError
from ectsim.report import calibration as report

PLAN = """
name: {fr: "Essai", en: "Trial"}
points: 4096
patterns: [ideas]
"""


@pytest.fixture
def folder(folder):
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return folder


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch):
    """What the fit does in place of simulating; what it was asked is kept."""
    asked = []
    outcome = SimpleNamespace(does=None, sound=True)

    def calibrate(plan, out, **named):
        asked.append((plan, out, named))
        if outcome.does:
            raise outcome.does
        return SimpleNamespace(truths=SimpleNamespace(sound=lambda: outcome.sound))

    monkeypatch.setattr(calibrating, "calibrate", calibrate)
    monkeypatch.setattr(record, "write_calibration", lambda *given: None)
    monkeypatch.setattr(record, "judged", lambda found: {"sound": found.truths.sound()})
    monkeypatch.setattr(report, "write_report", lambda *given: None)
    monkeypatch.setattr(report, "tell_calibration", lambda found: "What was found.")
    return SimpleNamespace(asked=asked, outcome=outcome)


@pytest.mark.parametrize(("sound", "code"), [(True, 0), (False, 1)])
def test_it_leaves_with_one_where_the_fit_is_unsound(ask, fitted, sound, code):
    fitted.outcome.sound = sound
    answer = ask("calibrate plan.yaml --out out")
    assert (answer.code, answer.out) == (code, "What was found.\n")
    assert "Written to out" in answer.err


def test_for_scripts(ask, fitted):
    assert json.loads(ask("calibrate plan.yaml --out out --json").out) == {"sound": True}


def test_quick_is_smaller_than_what_was_asked_and_never_larger(ask, folder, fitted):
    (folder / "plan.yaml").write_text(PLAN.replace("4096", "256"), encoding="utf-8")
    ask("calibrate plan.yaml --out out --quick")
    plan = fitted.asked[0][0]
    assert (plan.points, plan.replicates, plan.predictions) == (256, 1, 50)
    assert str(plan.source) == "plan.yaml"


def test_interrupted_it_says_how_to_go_on(ask, fitted):
    fitted.outcome.does = KeyboardInterrupt()
    answer = ask("calibrate plan.yaml --out out --quick")
    assert answer.code == 130
    assert "ectsim calibrate plan.yaml --out out --quick" in answer.err
    assert "nothing was written" not in answer.err


@pytest.mark.parametrize(("language", "said"), [("fr", "Conflit"), ("en", "conflict")])
def test_a_conflict_is_refused_by_name(ask, fitted, language, said):
    fitted.outcome.does = ConflictError(["durable", "size"])
    answer = ask(f"calibrate plan.yaml --out out --lang {language}")
    assert answer.code == 1
    assert said in answer.err
    assert "durable, size" in answer.err


def test_a_bad_file_is_told_with_line_and_field(ask, folder):
    (folder / "plan.yaml").write_text(PLAN + "kept: [propensity]\n", encoding="utf-8")
    answer = ask("calibrate plan.yaml --out out")
    assert answer.code == 2
    assert "plan.yaml:5 · kept" in answer.err
    assert "propensity_0" in answer.err
    assert not (folder / "out").exists()


def test_a_missing_file(ask):
    answer = ask("calibrate nowhere.yaml --out out")
    assert answer.code == 2
    assert "nowhere.yaml" in answer.err


def test_a_folder_that_holds_something_else_is_refused(ask, folder):
    (folder / "out" / "table").mkdir(parents=True)
    (folder / "out" / "table" / "mine.txt").write_text("mine", encoding="utf-8")
    answer = ask("calibrate plan.yaml --out out --quick")
    assert answer.code == 2
    assert (folder / "out" / "table" / "mine.txt").read_text("utf-8") == "mine"
