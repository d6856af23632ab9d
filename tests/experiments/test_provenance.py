"""Provenance: enough to make a study again, and nothing about who made it."""

import datetime
import json

import pytest

from ectsim.errors import InputError
from ectsim.experiments.provenance import PROVENANCE, Study, changes, now, provenance, read_study
from ectsim.model.simulation import prepare
from ectsim.parameters import PARAMETERS, unpack


@pytest.fixture
def told(setup) -> dict:
    return provenance(Study("compare", (setup, setup), {"seed": 3, "runs": 9, "months": None}), now())


def kept(folder, told):
    (folder / PROVENANCE).write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_a_study_reads_back_as_it_was(tmp_path, told, setup):
    study = read_study(kept(tmp_path, told))
    assert (study.verb, study.options) == ("compare", {"seed": 3, "runs": 9, "months": None})
    assert study.command == told["command"] == "ectsim compare scenario.yaml scenario.yaml --seed 3 --runs 9"
    for read in study.setups:
        assert read.scenario == setup.scenario
        assert unpack(read.parameters) == unpack(setup.parameters)
        assert read.territory.name == "pays_ledonien"
    again = provenance(study, now())
    assert changes(told, again) == {}
    assert again["inputs_hash"] == told["inputs_hash"]


def test_every_parameter_is_kept(told):
    for one in told["scenarios"]:
        assert set(one["parameters"]) == set(PARAMETERS)
        assert one["parameters"]["idea_rate"] == 30.0


def test_a_parameter_keeps_its_value_when_its_default_has_changed_since(tmp_path, told):
    for one in told["scenarios"]:
        one["parameters"]["imitation"] = 0.123
    read = read_study(kept(tmp_path, told)).setups[0]
    assert unpack(read.parameters)["imitation"] == 0.123
    assert read.scenario.overrides == {"idea_rate": 30.0, "imitation": 0.123}


def test_the_hash_follows_the_inputs(told, make):
    other = prepare(make(parameters={"idea_rate": 31.0}))
    assert provenance(Study("run", (other,), {}), now())["inputs_hash"] != told["inputs_hash"]


def test_moments_are_in_utc(told):
    for name in ("started", "finished"):
        assert datetime.datetime.fromisoformat(told[name]).utcoffset() == datetime.timedelta(0)


def test_versions_are_told(told):
    import numpy

    assert told["packages"]["numpy"] == numpy.__version__
    assert told["machine"]["system"]
    assert "node" not in json.dumps(told["machine"])


def test_changes_name_what_moved(told):
    after = told | {"version": "9", "packages": told["packages"] | {"numpy": "0"}}
    moved = changes(told, after)
    assert set(moved) == {"version", "packages.numpy"}
    assert moved["version"][1] == "9"


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: "not JSON at all",
        lambda told: json.dumps([1, 2]),
        lambda told: json.dumps({"verb": "run"}),
        lambda told: json.dumps({key: value for key, value in told.items() if key != "scenarios"}),
        lambda told: json.dumps(told | {"scenarios": [{"scenario": None}]}),
    ],
    ids=["text", "list", "not ours", "no scenarios", "empty scenario"],
)
def test_a_damaged_provenance_is_refused(tmp_path, told, damage):
    (tmp_path / PROVENANCE).write_text(damage(told), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_study(tmp_path)
    assert PROVENANCE in str(caught.value)


def test_an_unknown_parameter_or_a_wrong_value_is_named(tmp_path, told):
    told["scenarios"][0]["parameters"]["courage"] = 1.0
    told["scenarios"][0]["parameters"]["imitation"] = -5.0
    with pytest.raises(InputError) as caught:
        read_study(kept(tmp_path, told))
    assert {problem.field for problem in caught.value.problems} == {"parameters.courage", "parameters.imitation"}
