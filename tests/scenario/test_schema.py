"""The JSON schema of scenario files and the description of every setting."""

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from ectsim.locale import choose_language
from ectsim.scenario import Scenario, scenario_schema, shipped_scenarios
from ectsim.scenario.instruments import INSTRUMENTS
from ectsim.scenario.schema import Bilingual, Horizon, Population, Sizes
from ectsim.shipped import shipped_folder

MODELS: list[type[BaseModel]] = [Scenario, Bilingual, Horizon, Population, Sizes, *INSTRUMENTS.values()]


@pytest.mark.parametrize(("model", "name"), [(m, name) for m in MODELS for name in m.model_fields if name != "kind"])
def test_every_setting_has_unit_description_and_bounds(model, name):
    node = model.model_json_schema()["properties"][name]
    assert node["unit"]
    assert node["description_fr"]
    assert node["description_en"] == node["description"]
    for choice in node.get("anyOf", [node]):
        if choice.get("type") in ("integer", "number") and "enum" not in choice:
            assert choice["minimum"] < choice["maximum"]


def test_descriptions_follow_the_language():
    english = scenario_schema()["$defs"]["Call"]["properties"]["window"]
    choose_language("fr")
    french = scenario_schema()["$defs"]["Call"]["properties"]["window"]
    assert english["description"] == "months an edition stays open"
    assert french["description"] == "durée d’ouverture d’une édition"
    assert {**english, "description": ""} == {**french, "description": ""}


@pytest.mark.parametrize("name", shipped_scenarios())
def test_ready_files_follow_the_schema(name):
    jsonschema = pytest.importorskip("jsonschema")
    written = YAML(typ="safe").load(shipped_folder("scenarios") / f"{name}.yaml")
    jsonschema.Draft202012Validator(scenario_schema()).validate(written)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": {"fr": "a"}},
        {"name": {"fr": "a", "en": "b"}, "horizn": {}},
        {"name": {"fr": "a", "en": "b"}, "instruments": [{"officers": 3}]},
        {"name": {"fr": "a", "en": "b"}, "instruments": [{"kind": "call", "grant_rate": 50}]},
        {"name": {"fr": "a", "en": "b"}, "add_instruments": [{"kind": "events"}]},
    ],
)
def test_wrong_files_break_the_schema(wrong):
    jsonschema = pytest.importorskip("jsonschema")
    assert not jsonschema.Draft202012Validator(scenario_schema()).is_valid(wrong)
