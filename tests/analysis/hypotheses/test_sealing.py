"""Seals: kept at the first moment, refused once the file changed, worthless after a look."""

import json

import pytest

from ectsim.analysis.hypotheses import sealing
from ectsim.analysis.hypotheses.files import load_hypothesis
from ectsim.analysis.hypotheses.sealing import content_hash, model_changed, read_sidecar, seal, sidecar, standing
from ectsim.errors import InputError


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    moments = (f"2026-01-01T00:00:{second:02}+00:00" for second in range(60))
    monkeypatch.setattr(sealing, "now", lambda: next(moments))


@pytest.mark.usefixtures("clock")
def test_sealed_before_its_runs_is_confirmatory_again_and_again(written):
    hypothesis = load_hypothesis(written())
    first = seal(hypothesis)
    assert seal(hypothesis) == first
    assert [standing(hypothesis, as_promised=True) for _ in range(2)] == ["confirmatory"] * 2
    assert read_sidecar(hypothesis)["looks"] == []


@pytest.mark.usefixtures("clock")
def test_a_look_before_the_seal_makes_what_follows_exploratory(written):
    hypothesis = load_hypothesis(written())
    assert standing(hypothesis, as_promised=True) == "exploratory"
    seal(hypothesis)
    assert standing(hypothesis, as_promised=True) == "exploratory"


@pytest.mark.usefixtures("clock")
def test_a_look_at_another_size_after_the_seal_spoils_nothing_but_is_exploratory(written):
    hypothesis = load_hypothesis(written())
    seal(hypothesis)
    assert standing(hypothesis, as_promised=False) == "exploratory"
    assert len(read_sidecar(hypothesis)["looks"]) == 1
    assert standing(hypothesis, as_promised=True) == "confirmatory"


@pytest.mark.parametrize(("old", "new"), [("smallest: 1}", "smallest: 2}"), ("draws: 8", "draws: 9")])
def test_a_file_changed_after_its_seal_is_refused(written, old, new):
    seal(load_hypothesis(written()))
    changed = load_hypothesis(written(old, new))
    for verb in (seal, lambda one: standing(one, as_promised=True)):
        with pytest.raises(InputError) as told:
            verb(changed)
        assert told.value.problems[0].message == "hypotheses.changed"


def test_a_scenario_changed_after_the_seal_is_refused_too(written, folder):
    seal(load_hypothesis(written()))
    scenario = folder / "call.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("winners: 4", "winners: 5"), encoding="utf-8")
    with pytest.raises(InputError):
        standing(load_hypothesis(written()), as_promised=True)


def test_a_comment_changes_nothing(written):
    before = content_hash(load_hypothesis(written()))
    assert content_hash(load_hypothesis(written("arms:", "arms:  # the worlds"))) == before


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"sealed": {"hash": 1}, "looks": []}), '{"looks": [1]}'])
def test_a_damaged_seal_is_told(written, content):
    hypothesis = load_hypothesis(written())
    sidecar(hypothesis).write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_sidecar(hypothesis)
    assert told.value.problems[0].message == "hypotheses.damaged_seal"


def test_a_model_changed_since_the_seal_is_told_and_refuses_nothing(written, monkeypatch: pytest.MonkeyPatch):
    hypothesis = load_hypothesis(written())
    assert not model_changed(hypothesis)
    seal(hypothesis)
    assert not model_changed(hypothesis)
    monkeypatch.setattr(sealing, "model_hash", lambda: "another")
    assert model_changed(hypothesis)
    assert standing(hypothesis, as_promised=True) == "confirmatory"
