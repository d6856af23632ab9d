"""The codebook against the model it informs and the design it comes from."""

import pytest

from ectsim.calibration.codebook import BOUNDS, categories, load_codebook
from ectsim.calibration.guides import GUIDES
from ectsim.locale import choose_language, texts
from ectsim.model.state import CHANNELS, ORIGINS, REASONS, STAGES
from ectsim.parameters import PARAMETERS
from ectsim.scenario.schema import DEFAULT_THEMES
from ectsim.territory.nomenclature import KINDS, SECTORS, SIZE_CLASSES, ZONES

CODES = load_codebook().codes
RULES = {"O": {"L", "E"}, "B": {"E"}, "P": {"Bb"}, "N": {"D"}, "M": {"Bb"}, "C": {"negbin", "empirical"}}


def test_there_are_the_39_codes_of_the_design():
    assert len(CODES) == 39
    assert {"AMI_AUTO", "ACT_NEC", "MOBIL", "NB_ENG"} <= set(CODES)


@pytest.mark.parametrize("name", CODES)
def test_a_code_informs_parameters_that_exist_or_says_what_it_is_for(name: str):
    code = CODES[name]
    if code.informs_model:
        assert code.parameter_names()
        assert set(code.parameter_names()) <= set(PARAMETERS)
    else:
        assert code.parameter in ("target", "description")


@pytest.mark.parametrize("name", CODES)
def test_the_rule_of_a_code_suits_its_scale(name: str):
    code = CODES[name]
    assert code.rule in RULES.get(code.scale, {"lognormal", "none"})
    assert (code.scale in BOUNDS) is (code.scale not in "NMF")


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("COOP_PROP", {"propensity_0"}),
        ("RECIP", {"share_conditional", "share_free_rider"}),
        ("VAL_SOC", {f"value_weight[{sector},social]" for sector in SECTORS}),
        ("RES_FIN", {f"endowment[{kind},money]" for kind in KINDS}),
        ("ROLE_ACT", {f"initiator_share[{kind}]" for kind in KINDS}),
        ("CONTRIB", {f"endowment_mask[{resource}]" for resource in ("time", "money", "premises", "skills")}),
        ("AMI_EVIC", {"crowding_share"}),
        ("ORIG", set()),
        ("LIBRE", set()),
    ],
)
def test_what_a_code_informs_is_what_the_design_says(code: str, parameters: set[str]):
    assert set(CODES[code].parameter_names()) == parameters


def test_every_parameter_said_to_be_coded_in_interviews_has_its_code():
    told = {name for code in CODES.values() for name in code.parameter_names()}
    # premises have no code: nobody knows in an interview what a room is worth a month
    coded = {
        name
        for name, p in PARAMETERS.items()
        if "coded in interviews" in p.reference and not name.endswith(",premises]")
    }
    assert coded <= told


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("sector", SECTORS),
        ("actor_type", KINDS),
        ("size_class", SIZE_CLASSES),
        ("zone", ZONES),
        ("theme", DEFAULT_THEMES),
        ("stage", STAGES),
        ("ORIG", ORIGINS),
        ("MOBIL", CHANNELS),
        ("FREIN", REASONS),
    ],
)
def test_values_of_the_files_have_names_the_model_knows(name: str, allowed: tuple[str, ...]):
    named = {category.model_name for category in categories(name).values()} - {""}
    assert named <= set(allowed)
    if name in ("sector", "actor_type", "size_class", "zone", "theme", "stage", "ORIG"):
        assert named == set(allowed)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_has_a_label_in_both_languages(language: str):
    choose_language(language)
    try:
        for code in CODES.values():
            assert code.label
            assert all(category.label for category in code.categories.values())
        assert all(
            category.label for name in ("sector", "actor_type", "zone") for category in categories(name).values()
        )
    finally:
        choose_language(None)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_its_question(language: str):
    questions = {key.removeprefix("question.") for key in texts("guides", language) if key.startswith("question.")}
    assert questions == set(CODES)
    assert {code.guide for code in CODES.values()} <= {"both", *GUIDES}


def test_an_ordinal_code_shares_the_anchors_of_all_others():
    assert all(list(code.categories) == ["0", "1", "2", "3", "4"] for code in CODES.values() if code.scale == "O")
