"""One definition of each parameter, and the record the rules read."""

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.errors import InputError
from ectsim.locale import choose_language
from ectsim.parameters import PARAMETERS, index_labels, pack, parameter_problems, unpack
from ectsim.territory.nomenclature import KINDS, SECTORS
from ectsim.world.layout import COUNTERPARTS, RESOURCES, VALUES

NAMES = sorted(PARAMETERS)


def test_each_parameter_is_defined_once():
    with resources.files("ectsim").joinpath("parameters.csv").open(encoding="utf-8", newline="") as source:
        names = [row["name"] for row in csv.DictReader(source)]
    assert len(names) == len(set(names)) == len(PARAMETERS)


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_is_complete_and_its_default_within_bounds(name):
    parameter = PARAMETERS[name]
    assert parameter.low <= parameter.default <= parameter.high
    assert parameter.prior in ("uniform", "log-uniform", "fixed")
    assert parameter.source in ("interview", "census", "literature", "assumption", "definition")
    assert parameter.prior != "log-uniform" or parameter.low > 0
    assert parameter.unit
    assert parameter.group
    assert parameter.reference or parameter.source in ("assumption", "definition")
    assert parameter.label_fr
    assert parameter.label_en


@pytest.mark.parametrize(
    ("field", "axes"),
    [
        ("need", (RESOURCES,)),
        ("threshold", (("responsibility", "risk", "values", "vocabulary", "stated"),)),
        ("value_weight", (SECTORS, VALUES)),
        ("counterpart_wanted", (COUNTERPARTS,)),
        ("endowment_mask", (RESOURCES,)),
        ("market_orientation", (KINDS,)),
        ("capacity", (KINDS,)),
        ("initiator_share", (KINDS,)),
        ("endowment", (KINDS, RESOURCES)),
    ],
)
def test_indices_are_in_the_order_the_rules_count_on(field, axes):
    assert index_labels(field) == tuple(tuple(axis) for axis in axes)
    assert pack()[0][field].shape == tuple(len(axis) for axis in axes)


def test_a_packed_value_lies_at_its_index():
    packed = pack({"endowment[farm,premises]": 7.5, "beta_0": -3.25})
    assert packed[0].endowment[KINDS.index("farm"), RESOURCES.index("premises")] == 7.5
    assert packed[0].beta_0 == -3.25
    changed = {name for name, value in unpack(packed).items() if value != PARAMETERS[name].default}
    assert changed == {"endowment[farm,premises]", "beta_0"}


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1), max_size=8))
def test_packing_keeps_every_value(shares):
    values = {
        name: min(PARAMETERS[name].high, PARAMETERS[name].low + share * (PARAMETERS[name].high - PARAMETERS[name].low))
        for name, share in shares.items()
    }
    assert unpack(pack(values)) == {name: p.default for name, p in PARAMETERS.items()} | values


def test_every_wrong_value_is_told():
    wrong = {"beta_trustt": 1.0, "trust_gain": 7.0, "ties_mean": float("nan"), "beta_0": -1.0}
    with pytest.raises(InputError) as caught:
        pack(wrong)
    told = {problem.field: problem for problem in caught.value.problems}
    assert set(told) == {"beta_trustt", "trust_gain", "ties_mean"}
    assert told["beta_trustt"].nearest == "beta_trust"
    assert str(told["trust_gain"])


def test_right_values_raise_no_problem():
    assert not parameter_problems({name: parameter.high for name, parameter in PARAMETERS.items()})


def test_labels_follow_the_language():
    parameter = PARAMETERS["idea_rate"]
    try:
        choose_language("fr")
        assert parameter.label == parameter.label_fr
        choose_language("en")
        assert parameter.label == parameter.label_en
    finally:
        choose_language(None)
