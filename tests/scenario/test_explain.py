"""What a scenario says in words: everything that is in the file, in both languages, plurals right."""

import numpy as np
import pytest

from ectsim.locale import choose_language
from ectsim.scenario import Scenario, explain, load_scenario, shipped_scenarios
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.numbers import counted, decimal, duration, euros, percent, whole_percent
from ectsim.shipped import shipped_folder

NAME = {"fr": "Essai", "en": "Trial"}
SOUND = {"call": {"winners": 2}}
"""What an instrument needs to be sound beside its defaults."""
NEEDED = {
    "phase_one_share": {"phases": 2},
    "phase_one_months": {"phases": 2},
    "phase_one_officer_days": {"phases": 2},
    "quota": {"winners": None},
}
"""Settings said only where another one gives them a meaning."""


def _other_value(name, node, default):
    for choice in node.get("anyOf", [node]):
        if "enum" in choice:
            return next(value for value in choice["enum"] if value != default)
        match choice["type"]:
            case "boolean":
                return not default
            case "integer":
                return next(
                    value for value in (30, choice["maximum"], 1) if value <= choice["maximum"] and value != default
                )
            case "number":
                return min(choice["maximum"], 0.75 if default != 0.75 else 0.8)
            case "array":
                return ["food"] if name == "themes" else ["farm"]
            case "string":
                return "Some name"
    raise AssertionError(f"no value for {name}")


def _said(kind, **settings):
    label = [{"kind": "recognition"}] if settings.get("requires_label") else []
    instruments = [{"kind": kind, **SOUND.get(kind, {}), **settings}, *label]
    text = explain(Scenario.model_validate({"name": NAME, "instruments": instruments}))
    return text.split("\n\n")[1]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, model in INSTRUMENTS.items() for name in model.model_fields if name != "kind"],
)
def test_every_setting_of_every_instrument_is_said(language, kind, name):
    choose_language(language)
    field = INSTRUMENTS[kind].model_fields[name]
    others = NEEDED.get(name, {})
    node = INSTRUMENTS[kind].model_json_schema()["properties"][name]
    value = _other_value(name, node, field.default)
    before = _said(kind, **others) if "winners" not in others else _said(kind, winners=5)
    assert _said(kind, **{**others, name: value}) != before


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "change",
    [
        {"description": {"fr": "Pour voir", "en": "To see"}},
        {"territory": "pays_ledonien/bassin_de_vie"},
        {"horizon": {"burn_in": 12}},
        {"horizon": {"burn_in": 0}},
        {"horizon": {"months": 48}},
        {"horizon": {"after": 0}},
        {"population": {"actors": 500}},
        {"parameters": {"beta_0": -0.25}},
        {"themes": ["food", "slow_tourism"]},
        {"instruments": [{"kind": "events"}]},
        {"sizes": {"members": 40}},
        {"sizes": {"ties": 8}},
        {"sizes": {"projects": 900}},
    ],
)
def test_everything_else_of_a_scenario_is_said(language, change):
    choose_language(language)
    assert explain(Scenario.model_validate({"name": NAME, **change})) != explain(
        Scenario.model_validate({"name": NAME})
    )


@pytest.mark.parametrize("name", shipped_scenarios())
def test_ready_scenarios_are_explained_in_both_languages(name):
    scenario = load_scenario(name)
    told = {}
    for language in ("fr", "en"):
        choose_language(language)
        told[language] = explain(scenario)
        assert str(scenario.name) in told[language]
        assert told[language].count("\n\n") == max(1, len(scenario.instruments))
        assert "{" not in told[language]
        assert ".." not in told[language]
    assert told["fr"] != told["en"]


def test_a_call_reads_well_in_french():
    choose_language("fr")
    call = {
        "kind": "call",
        "first_month": 1,
        "winners": 1,
        "payment_delay": 1,
        "grant_rate": 0.335,
        "application_cost": 0.5,
    }
    said = explain(Scenario.model_validate({"name": NAME, "instruments": [call]})).split("\n\n")[1]
    assert said.startswith(
        "Un appel à manifestation d’intérêt entre en jeu après 1 mois. Il n’y a qu’une édition, ouverte 4 mois."
    )
    assert "Le jury retient au plus 1 lauréat par édition." in said
    assert "Un dossier coûte 0,5 jour de travail à son équipe." in said
    assert "33,5\u00a0% du besoin d’argent du projet, 100\u202f000\u00a0€ au plus" in said
    assert "elle est versée sur 2 ans, et le premier versement attend 1 mois" in said


def test_an_overridden_parameter_is_said_with_its_label():
    scenario = Scenario.model_validate({"name": NAME, "parameters": {"beta_stay": 1.25}})
    choose_language("en")
    assert "(beta_stay), 1.25 instead of 1" in explain(scenario)


@pytest.mark.parametrize(
    ("language", "function", "given", "read"),
    [
        ("fr", decimal, 1234.5, "1\u202f234,5"),
        ("en", decimal, 1234.5, "1,234.5"),
        ("fr", decimal, 0.00002, "2e-05"),
        ("fr", decimal, 0, "0"),
        ("fr", percent, 0.07, "7\u00a0%"),
        ("en", percent, 0.575, "57.5%"),
        ("fr", whole_percent, np.float64(0.225), "23\u00a0%"),
        ("fr", euros, 2.5, "2\u202f500\u00a0€"),
        ("en", euros, 100, "€100,000"),
        ("fr", duration, 23, "23 mois"),
        ("fr", duration, 24, "2 ans"),
        ("en", duration, 12, "12 months"),
        ("en", duration, 1, "1 month"),
    ],
)
def test_numbers_are_written_as_people_write_them(language, function, given, read):
    choose_language(language)
    assert function(given) == read


@pytest.mark.parametrize(
    ("language", "number", "read"),
    [
        ("fr", 0, "0 projet"),
        ("fr", 1.5, "1,5 projet"),
        ("fr", 2, "2 projets"),
        ("en", 0, "0 projects"),
        ("en", 1, "1 project"),
        ("en", 1.5, "1.5 projects"),
    ],
)
def test_plurals_follow_the_language(language, number, read):
    choose_language(language)
    assert counted("project", number) == read


def test_ready_scenarios_lie_where_they_ship_from():
    assert {path.stem for path in shipped_folder("scenarios").glob("*.yaml")} == set(shipped_scenarios())
