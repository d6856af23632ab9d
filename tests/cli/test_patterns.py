"""check-patterns: what it shows, and that its exit code says whether the patterns are there."""

import json

import pytest

import ectsim.analysis.patterns
from ectsim.experiments.patterns import PATTERNS


@pytest.fixture(scope="module")
def found():
    return ectsim.analysis.patterns.check_patterns(runs=2)


@pytest.fixture
def given(found, monkeypatch: pytest.MonkeyPatch):
    """Let the check find what a test gives, once it was really made."""

    def give(inside: str) -> None:
        counting = (found["role"] != "check only").to_numpy()
        table = found.assign(inside=[inside if counts else "" for counts in counting])
        monkeypatch.setattr(ectsim.analysis.patterns, "check_patterns", lambda **_: table)

    return give


@pytest.mark.parametrize(("language", "yes"), [("fr", "oui"), ("en", "yes")])
def test_every_pattern_is_shown_with_what_is_accepted(ask, given, language: str, yes: str):
    given("yes")
    answer = ask(f"check-patterns --lang {language}")
    assert answer.code == 0
    assert answer.out.count(f" {yes} ") == sum(pattern.role != "check only" for pattern in PATTERNS)
    assert all(f" {pattern.id} " in answer.out for pattern in PATTERNS)


def test_a_pattern_outside_makes_the_answer_no(ask, given):
    given("no")
    answer = ask("check-patterns --json")
    told = json.loads(answer.out)
    assert answer.code == 1
    assert not any(told["inside"].values())
    assert len(told["patterns"]) == len(PATTERNS)


def test_the_check_is_really_made(ask):
    told = json.loads(ask("check-patterns --runs 2 --json").out)
    values = {row["name"]: row["value"] for row in told["patterns"]}
    assert told["runs"] == 2
    assert values["ideas"] > 0
