"""Hypotheses sealed and tested from Python, in one call: what is promised, other draws, money that must be equal."""

import pytest

import ectsim
from ectsim.analysis.hypotheses import asking
from ectsim.analysis.hypotheses.files import load_hypothesis
from ectsim.analysis.hypotheses.sealing import read_sidecar
from ectsim.errors import InputError
from ectsim.locale import choose_language


def test_sealed_and_tested_as_promised_is_confirmatory_and_told_how_far_it_is(written):
    file = written()
    assert list(asking.seal_hypotheses(file)) == ["T1_ideas"]
    told = []
    (finding,) = ectsim.test_hypotheses([file], progress=lambda *now: told.append(now))
    assert (finding.hypothesis.number, finding.standing) == ("T1", "confirmatory")
    assert told[-1] == (32, 32)
    assert sorted(told) == told


def test_other_draws_are_a_look(written, folder, monkeypatch: pytest.MonkeyPatch):
    import pandas as pd

    file = written()
    pd.DataFrame({"beta_trust": [1.0 + place / 10 for place in range(8)]}).to_parquet(folder / "draws.parquet")
    monkeypatch.chdir(folder)
    (finding,) = ectsim.test_hypotheses([load_hypothesis(file)], posterior="draws.parquet")
    assert finding.standing == "exploratory"
    assert finding.evidence.draws.names == ("beta_trust",)
    assert len(read_sidecar(finding.hypothesis)["looks"]) == 1


def test_a_file_of_draws_is_named_from_the_folder_of_the_hypothesis(written, folder):
    import pandas as pd

    pd.DataFrame({"beta_trust": [1.0] * 8}).to_parquet(folder / "beside.parquet")
    hypothesis = load_hypothesis(written("posterior: priors", "posterior: beside.parquet"))
    assert asking.seal_hypotheses([hypothesis])["T1_ideas"]["hash"]


MORE = """
name: {fr: "Renfort", en: "Reinforced"}
extends: small.yaml
add_instruments: [{kind: facilitation, officers: 2}]
"""


def test_worlds_that_must_cost_the_same_and_do_not_are_not_sealed(written, folder):
    (folder / "more.yaml").write_text(MORE, encoding="utf-8")
    file = written("contrasts:", "  more: {scenario: more}\nequal_money: [more, none]\ncontrasts:")
    choose_language("en")
    # two officers more than eight, in months without any grant: a quarter more money
    with pytest.raises(InputError, match="“more” costs 1.250"):
        asking.seal_hypotheses([file])
    choose_language(None)
    assert read_sidecar(load_hypothesis(file)) == {"sealed": None, "looks": []}


def test_worlds_that_cost_the_same_are_sealed(written):
    file = written("uncertainty:", "equal_money: [none, none]\nuncertainty:")
    assert asking.seal_hypotheses([file])["T1_ideas"]["time"]
