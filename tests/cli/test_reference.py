"""Verbs that tell what ectsim holds: scenario, parameters, doctor."""

import json

import pytest

from ectsim.parameters import PARAMETERS
from ectsim.scenario import scenario_schema


@pytest.mark.parametrize(("language", "name"), [("fr", "Petit appel"), ("en", "Small call")])
def test_a_scenario_that_is_right(ask, language: str, name: str):
    answer = ask(f"scenario check call --lang {language}")
    assert answer.code == 0
    assert name in answer.out
    told = json.loads(ask(f"scenario check call --json --lang {language}").out)
    assert (told["name"], told["problems"]) == (name, [])
    assert told["scenario"]["population"]["actors"] == 40


@pytest.mark.parametrize(("language", "words"), [("fr", "40 acteurs"), ("en", "40 actors")])
def test_a_scenario_in_words(ask, language: str, words: str):
    answer = ask(f"scenario explain small --lang {language}")
    assert answer.code == 0
    assert words in " ".join(answer.out.split())


def test_the_schema(ask):
    assert json.loads(ask("scenario schema").out) == scenario_schema()


def test_parameters(ask):
    told = json.loads(ask("parameters --json").out)
    assert [row["name"] for row in told] == list(PARAMETERS)
    assert all(row["low"] <= row["default"] <= row["high"] for row in told)
    for language, words in (("fr", "littérature"), ("en", "literature")):
        shown = ask(f"parameters --lang {language}").out
        assert words in shown
        assert all(name.partition("[")[0][:12] in shown for name in PARAMETERS)


def test_doctor(ask):
    told = json.loads(ask("doctor --json --lang fr").out)
    assert told["language"] == "fr"
    assert told["packages"]["numba"]
    assert isinstance(told["compiled"], bool)
    assert "règles compilées" in ask("doctor --lang fr").out
