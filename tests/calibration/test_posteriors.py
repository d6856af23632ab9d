"""From codings to posteriors: coverage of whole studies, gate, selection, pooling, units, files."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.conversions import conversion, per_tie
from ectsim.calibration.inference import infer
from ectsim.calibration.posteriors import read_posteriors, tell_assumptions, write_posteriors
from ectsim.calibration.questions import LEAST_INTERVIEWS
from ectsim.calibration.reliability import assess
from ectsim.calibration.tidy import FICTIVE, from_rows
from ectsim.errors import InputError
from ectsim.locale import LANGUAGES, choose_language
from ectsim.parameters import PARAMETERS
from ectsim.posterior import notice_in

KINDS = {"public": "commune", "prive": "entreprise", "societe_civile": "association", "soutien": "structure_appui"}


def study(codings, sectors, *, coders=("K1", "K2"), synthetic="true", consent="true"):
    """Interviews of ``sectors``, one each, all coded alike by every coder: ``{code: value}`` or a list a interview."""
    people, rows = [], []
    for i, sector in enumerate(sectors):
        name = f"E{i:02d}"
        who = {"interview_id": name, "actor_id": f"A{i:02d}", "synthetic": synthetic, "sector": sector}
        who |= {"actor_type": KINDS[sector], "size_class": "0-9", "zone": "rural", "consent_analysis": consent}
        people.append(who)
        for code, values in codings.items():
            value = values if isinstance(values, str) else values[i]
            for coder in coders:
                key = {"interview_id": name, "coder_id": coder, "code": code, "synthetic": synthetic}
                rows.append(key | {"status": "code", "value": value})
    return from_rows({"interviews": people, "codings": rows})


def inferred(interviews, **options):
    return infer(interviews, assess(interviews), **({"draws": 500, "selection": 0.0} | options))


THREE = ["public"] * 8 + ["prive"] * 8 + ["societe_civile"] * 8
RATINGS = ["1", "2", "3", "2"] * 6


@pytest.fixture(scope="module")
def whole():
    """A study of every code, its truth, its reliability and its posteriors."""
    from benchmarks.coverage import fictive_study

    interviews, truth = fictive_study(2)
    assessed = assess(interviews)
    return interviews, truth, assessed, infer(interviews, assessed, draws=600, selection=0.0)


def test_intervals_of_a_whole_study_hold_the_truth(whole):
    from benchmarks.coverage import held

    _, truth, _, posteriors = whole
    hits = [hit for _, hit, _ in held(posteriors, truth)]
    assert len(hits) >= 200
    assert 0.85 <= np.mean(hits) <= 0.96


def test_every_code_that_informs_the_model_gives_its_parameters(whole):
    entries = whole[3].entries
    informed = {entry.parameter for entry in entries if entry.parameter}
    wanted = {name for code in load_codebook().codes.values() for name in code.parameter_names() if name in PARAMETERS}
    assert informed - {"attribute_spread"} == wanted
    assert all(entry.use == "parameter" for entry in entries if entry.parameter)
    held_out = {entry.question for entry in entries if entry.use == "target"}
    assert {"SUB_DEP", "ORIG[call]", "FREIN[money]"} <= held_out
    assert len({entry.column for entry in entries}) == len(entries)
    assert all(entry.source == "interview" and entry.n_coders == 2 for entry in entries)


def test_every_modality_has_the_gate_of_its_own_reliability(whole):
    _, _, assessed, posteriors = whole
    codes = load_codebook().codes
    gates = {entry.question: entry.gate for entry in posteriors.entries if entry.group in ("public", "commune")}
    for one in assessed:
        modality = codes[one.code].categories[one.item] if one.item else None
        if modality is not None and one.code != "ROLE_ACT":
            assert gates[f"{one.code}[{modality.model_name or modality.value}]"] == one.verdict
    # carriers and co-carriers make one role: the worse of both counts
    verdicts = {one.item: one.verdict for one in assessed if one.code == "ROLE_ACT"}
    worst = max(verdicts["porteur"], verdicts["co_porteur"], key=("use", "flag", "widen").index)
    assert gates["ROLE_ACT[initiator]"] == worst
    assert len(set(gates.values())) > 1


def test_draws_stay_in_the_units_of_their_parameter(whole):
    posteriors = whole[3]
    for entry, draws in zip(posteriors.entries, posteriors.draws.T, strict=True):
        assert np.isfinite(draws).all()
        if entry.rule in ("E", "Bb", "D") or entry.scale == "logit":
            low, high = (
                (PARAMETERS[entry.parameter].low, PARAMETERS[entry.parameter].high) if entry.rule == "E" else (0, 1)
            )
            bounded = entry.parameter or entry.rule != "E"
            assert not bounded or (draws.min() >= low - 1e-9 and draws.max() <= high + 1e-9), entry.column
        else:
            assert draws.min() >= 0
    weights = [draws for (_, group), draws in posteriors.of("value_weight[civil,social]").items() if group == "civil"]
    others = [posteriors.of(f"value_weight[civil,{value}]") for value in ("economic", "environmental")]
    assert weights[0] + sum(next(iter(other.values())) for other in others) == pytest.approx(1.0)


def test_one_more_code_changes_no_other():
    some = study({"RISQ": RATINGS}, THREE)
    more = study({"RISQ": RATINGS, "ANCR": RATINGS, "CONFLIT": ["0", "1"] * 12}, THREE)
    first = inferred(some)
    again = {entry.column: draws for entry, draws in zip(inferred(more).entries, inferred(more).draws.T, strict=True)}
    for entry, draws in zip(first.entries, first.draws.T, strict=True):
        assert (again[entry.column] == draws).all()


def test_the_gate_widens_what_nobody_coded_twice():
    twice = inferred(study({"RISQ": RATINGS}, THREE))
    once = inferred(study({"RISQ": RATINGS}, THREE, coders=("K1",)))
    assert {entry.gate for entry in twice.entries} == {"use"}
    assert {entry.gate for entry in once.entries} == {"widen"}
    assert np.isnan(once.entries[0].alpha)
    for column in range(3):
        narrow, wide = (np.subtract(*np.quantile(p.draws[:, column], [0.95, 0.05])) for p in (twice, once))
        assert wide > 1.3 * narrow


def test_a_widened_share_of_modalities_is_half_flat():
    codings = {"RECIP": ["conditionnelle"] * 24}
    once = inferred(study(codings, THREE, coders=("K1",)), draws=4000)
    draws = next(iter(once.of("share_conditional").values()))
    # half of the draws come from three even modalities: a third of them at most are above 0.42
    assert 0.15 < np.mean(draws < 0.42) < 0.45


def test_the_selection_shift_covers_what_ignoring_it_misses():
    rng = np.random.default_rng(12)
    hits = {0.0: [], 0.5: []}
    bias = []
    assessed = assess(study({"COOP_PROP": RATINGS}, THREE))
    for trial in range(30):
        location = 0.5 * rng.standard_normal() + 0.4 * rng.standard_normal(3)
        x = np.repeat(location, 8) + 0.5 + rng.standard_normal(24)  # those met cooperate more, by 0.5
        ratings = [str(min(4, int(5 / (1 + np.exp(-value))))) for value in x]
        interviews = study({"COOP_PROP": ratings}, THREE)
        truth = 1 / (1 + np.exp(-location))
        for scale, held in hits.items():
            draws = infer(interviews, assessed, selection=scale, seed=trial, draws=300).draws[:, :3]
            low, high = np.quantile(draws, [0.05, 0.95], axis=0)
            held += list((low <= truth) & (truth <= high))
            bias += [] if scale else list(draws.mean(axis=0) - truth)
    assert np.mean(bias) == pytest.approx(0.09, abs=0.03)
    assert np.mean(hits[0.0]) < 0.80
    assert np.mean(hits[0.5]) > 0.85


def test_the_shift_is_an_assumption_that_is_printed():
    interviews = study({"COOP_PROP": RATINGS, "RISQ": RATINGS}, THREE)
    shifted, plain = inferred(interviews, selection=0.5), inferred(interviews)
    assert "selection" in next(e for e in shifted.entries if e.question == "COOP_PROP").assumptions
    assert all("selection" not in entry.assumptions for entry in plain.entries)
    for posteriors, told in ((shifted, True), (plain, False)):
        for language in LANGUAGES:
            choose_language(language)
            scale = "0,5" if language == "fr" else "0.5"
            assert any(scale in sentence for sentence in tell_assumptions(posteriors)) == told
    choose_language(None)
    by_column = [dict(zip([e.column for e in p.entries], p.draws.T, strict=True)) for p in (shifted, plain)]
    assert (by_column[0]["COOP_PROP@public"] < by_column[1]["COOP_PROP@public"]).all()
    assert (by_column[0]["RISQ@public"] == by_column[1]["RISQ@public"]).all()


def test_small_and_empty_sectors_are_pooled_and_flagged():
    sectors = ["public"] * 12 + ["prive"] * 3
    posteriors = inferred(study({"RISQ": ["3"] * 12 + ["0"] * 3}, sectors))
    entries = {entry.group: entry for entry in posteriors.entries}
    assert entries["public"].pooled_with == ()
    assert entries["private"].pooled_with == ("public",)
    assert entries["private"].n_interviews == 3
    assert set(entries["civil"].pooled_with) == {"public", "private"}
    assert entries["civil"].n_interviews == 0
    spread = {entry.group: draws.std() for entry, draws in zip(posteriors.entries, posteriors.draws.T, strict=True)}
    assert spread["private"] > spread["public"]
    said = " ".join(tell_assumptions(posteriors))
    assert str(LEAST_INTERVIEWS) in said


def test_small_kinds_share_the_estimate_of_their_sector():
    posteriors = inferred(study({"NB_ENG": ["3"] * 24}, THREE))
    entries = {entry.group: entry for entry in posteriors.entries}
    capacity = dict(zip(entries, posteriors.draws.T, strict=True))
    assert entries["commune"].pooled_with == ()
    assert entries["commune"].n_interviews == 8
    assert entries["epci"].n_interviews == 0
    assert "commune" in entries["epci"].pooled_with
    # met communes hold 3 where the model expected 2: their own estimate says so
    assert capacity["commune"].mean() == pytest.approx(3, abs=0.5)
    assert entries["epci"].parameter == "capacity[epci]"


def test_interests_and_roles_are_told_of_each_kind_too_and_weigh_nothing():
    # municipalities carry projects, nobody else does
    told = {"ROLE_ACT": ["porteur"] * 8 + ["usager"] * 16, "OPP": ["3"] * 24}
    posteriors = inferred(study(told, THREE))
    means = dict(zip(posteriors.entries, posteriors.draws.mean(axis=0), strict=True))
    roles = {entry.group: mean for entry, mean in means.items() if entry.question == "ROLE_ACT[porteur]"}
    assert roles["commune"] == pytest.approx(roles["public"], abs=0.03)
    assert roles["commune"] > roles["company"]
    described = [entry for entry in means if entry.grouped_by == "kind" and entry.question == "ROLE_ACT[porteur]"]
    assert {(entry.parameter, entry.use) for entry in described} == {("", "description")}
    assert {entry.parameter for entry in means if entry.question == "ROLE_ACT[initiator]"} >= {
        "initiator_share[commune]",
        "initiator_share[company]",
    }
    assert sum(entry.parameter == "attribute_spread" for entry in means) == 1


def test_support_officers_speak_of_facilitation_only():
    sectors = ["public"] * 8 + ["soutien"] * 6
    posteriors = inferred(study({"TIERS": ["3"] * 14, "RISQ": ["3"] * 14}, sectors))
    groups = {
        entry.question: {e.group for e in posteriors.entries if e.question == entry.question}
        for entry in posteriors.entries
    }
    assert "support" in groups["TIERS"]
    assert "support" not in groups["RISQ"]
    assert next(entry for entry in posteriors.entries if entry.question == "RISQ").n_interviews == 8


def test_an_interview_without_consent_says_nothing():
    refused = study({"RISQ": RATINGS}, THREE, consent="false")
    posteriors = inferred(refused)
    assert posteriors.entries == ()
    assert posteriors.draws.shape == (500, 0)
    assert len(posteriors.table()) == 0


def test_partners_of_one_interview_count_once():
    plain = study({"RISQ": RATINGS}, THREE)
    codings = plain.codings.assign(
        code="CONF", target="P1", value=[str(int(float(v)) // 2 * 3) for v in plain.codings["value"]]
    )
    dyads = pd.concat([codings.assign(target=f"P{i}") for i in range(6)])
    posteriors = inferred(dataclasses.replace(plain, codings=dyads))
    entry = next(entry for entry in posteriors.entries if entry.parameter == "trust_known")
    assert entry.n_interviews == 8
    alone = inferred(dataclasses.replace(plain, codings=codings))
    assert (alone.draws == posteriors.draws).all()


def test_an_opinion_gives_the_sign_of_an_effect_not_its_size():
    code, rng = load_codebook().codes["AMI_EFF"], np.random.default_rng(1)
    effect = conversion(code, "reward_sensitivity").in_units(np.full(4000, 3.0), 0.5, rng)
    assert effect.min() >= 0.5
    assert effect.max() <= PARAMETERS["reward_sensitivity"].high
    assert np.quantile(effect, 0.05) < 0.53
    assert conversion(code, "reward_sensitivity").in_units(np.zeros(3), 0.5, rng) == pytest.approx(0.5)


def test_the_middle_of_a_standing_is_the_default():
    code = load_codebook().codes["RES_FIN"]
    turned = conversion(code, "endowment[epci,money]")
    assert turned.in_units(np.zeros(2), 22.0, np.random.default_rng(1)) == pytest.approx(22.0)
    assert turned.in_units(np.ones(1), 22.0, np.random.default_rng(1)) == pytest.approx(22.0 * np.exp(0.6))


def test_what_actors_tell_becomes_a_share_of_ties():
    # one tie in ten in conflict, ten ties: 65 % of actors lived through one
    assert per_tie("conflict_share", np.array([1 - 0.9**10]), np.array([10.0])) == pytest.approx(0.1)
    assert per_tie("past_cooperation", np.array([2.0, 30.0]), np.array([8.0, 8.0])) == pytest.approx([0.25, 1.0])


@pytest.mark.parametrize("synthetic", ["true", "false"])
def test_files_come_back_and_say_whether_they_are_fictive(synthetic, tmp_path):
    posteriors = inferred(study({"RISQ": RATINGS, "RES_TPS": ["3"] * 24}, THREE, synthetic=synthetic), selection=0.5)
    write_posteriors(posteriors, tmp_path)
    again = read_posteriors(tmp_path)
    assert (again.draws == posteriors.draws).all()
    assert repr(again.entries) == repr(posteriors.entries)
    assert (again.seed, again.selection, again.synthetic) == (1, 0.5, synthetic == "true")
    sidecar = json.loads((tmp_path / "posteriors.json").read_text("utf-8"))
    metadata = pq.read_schema(tmp_path / "posteriors.parquet").metadata
    assert sidecar["notice"] == (FICTIVE if synthetic == "true" else "")
    assert json.loads(metadata[b"synthetic"]) == (synthetic == "true")
    assert notice_in(metadata) == (FICTIVE if synthetic == "true" else "")
    first = dict(zip(["low", "mean", "high"], (sidecar["entries"][0][k] for k in ("low", "mean", "high")), strict=True))
    assert first["low"] < first["mean"] < first["high"]


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    write_posteriors(inferred(study({"RISQ": RATINGS}, THREE)), tmp_path)
    other = tmp_path / "other"
    write_posteriors(inferred(study({"ANCR": RATINGS}, THREE)), other)
    (other / "posteriors.json").replace(tmp_path / "posteriors.json")
    with pytest.raises(InputError, match=r"posteriors\.json"):
        read_posteriors(tmp_path)
    (tmp_path / "posteriors.json").write_text("{")
    (tmp_path / "posteriors.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError) as caught:
        read_posteriors(tmp_path)
    assert len(caught.value.problems) == 2
