"""Verdicts, twins and roles for people: figures that stay on the page, pages that hold all, in both languages."""

import dataclasses
import json
import re

import numpy as np
import pytest

from ectsim.analysis.comparison import compare
from ectsim.analysis.hypotheses.draws import Draws
from ectsim.analysis.hypotheses.files import load_hypotheses
from ectsim.analysis.hypotheses.measures import Measured
from ectsim.analysis.hypotheses.tables import box_table, verdict_table
from ectsim.analysis.hypotheses.testing import Evidence, HypothesesStudy, conclude
from ectsim.analysis.intervals import Interval
from ectsim.analysis.portraits import draw_portraits
from ectsim.analysis.roles import who_mattered
from ectsim.analysis.twin_table import twin_table
from ectsim.experiments.provenance import Study
from ectsim.experiments.results import Results, write_results
from ectsim.model.simulation import prepare
from ectsim.parameters import PARAMETERS
from ectsim.report.flips import flipping, flips_figure
from ectsim.report.hypotheses import finding_lines, forest_figure, measure_label, tell_findings
from ectsim.report.kinds import report_of, results_of
from ectsim.report.pages import report_page
from ectsim.report.roles import answers, tell_roles
from ectsim.report.roles_figures import roles_figures
from ectsim.report.twin_flows import flows_figure
from ectsim.report.verdict_pages import write_pages
from ectsim.scenario.reading import load_scenario

NAMES = ("beta_trust", "beta_values", "patience")


@pytest.fixture(scope="module")
def findings():
    """The hypotheses that ship, their effects planted: the first large, the second nil, the third split, then luck."""
    chance = np.random.default_rng(1)
    gathered = []
    for place, hypothesis in enumerate(load_hypotheses(["all"])):
        values = chance.random((128, 3))
        centre = (5.0, 0.0, np.where(values[:, 0] > 0.6, 4.0, 0.0), np.nan)[min(place, 3)]
        effects = []
        for contrast in hypothesis.contrasts:
            true = contrast.sign * contrast.smallest * np.broadcast_to(centre if place < 4 else 1.0, 128)
            runs = true[:, None] + contrast.smallest * chance.standard_normal((128, 4))
            effects.append(Measured(runs.mean(axis=1), runs))
        ratio = Interval(1.2, 1.1, 1.3, 128) if hypothesis.equal_money else None
        gathered.append(Evidence(hypothesis, Draws(NAMES, values), tuple(effects), ratio))
    return conclude(gathered, ["confirmatory"] * 6 + ["exploratory"] * 6)


def test_planted_effects_get_their_verdicts(findings):
    assert [finding.verdict for finding in findings[:4]] == ["supported", "contradicted", "undecided", "undecided"]
    assert findings[2].boxes
    assert findings[3].unequal_money


@pytest.mark.usefixtures("language")
def test_figures_of_verdicts_stay_on_the_page(findings, leaving):
    assert not leaving(forest_figure(findings))
    assert [finding.hypothesis.number for finding in flipping(findings)] == ["H03"]
    assert not leaving(flips_figure(findings))
    assert not leaving(flips_figure([findings[2]] * 6))


def test_an_effect_has_its_name_its_worlds_and_its_claim_in_each_language(findings, language):
    late = findings[2].hypothesis
    (contrast,) = late.contrasts
    assert measure_label(contrast).count("5") == 2
    assert late.worlds(contrast) == {"fr": "Un appel par an", "en": "One call a year"}[language]
    ready = findings[1].hypothesis
    assert ("deux fois plus" if language == "fr" else "twice") in ready.worlds(ready.contrasts[0])


def test_the_results_page_is_written_in_both_languages(findings, tmp_path):
    write_pages(tmp_path / "results", findings[2:4], "python -m it", "2026-01-01T00:00:00+00:00")
    for language, word in (("fr", "indécises\u00a0: 2"), ("en", "undecided: 2")):
        page = (tmp_path / "results" / f"verdicts.{language}.md").read_text("utf-8")
        assert word in page
        assert "{" not in page
        assert "python -m it" in page
        linked = re.findall(r"\]\(([^)]+)\)", page)
        assert len(linked) == 5
        assert all((tmp_path / "results" / name).is_file() for name in linked)
        for finding in findings[2:4]:
            assert finding.hypothesis.contrary.source in page
    told = json.loads((tmp_path / "results" / "verdicts.json").read_text("utf-8"))
    assert told["hypotheses"] == {finding.hypothesis.name: finding.standing for finding in findings[2:4]}


def test_the_text_says_all_a_verdict_rests_on(findings, language):
    told = tell_findings(findings)
    for finding in findings:
        assert str(finding.hypothesis.claim) in told
        assert finding.hypothesis.contrary.source in told
    assert "{" not in told
    moved = "\n".join(finding_lines(findings[2]))
    assert PARAMETERS["beta_trust"].label in moved
    assert {"fr": "Aucun paramètre ne déplace", "en": "No single parameter"}[language] in "".join(
        finding_lines(findings[4])
    )
    changed = {"fr": "a changé depuis", "en": "has changed since"}[language]
    assert changed not in told
    assert changed in tell_findings([dataclasses.replace(findings[0], model_changed=True)])
    joined = "\n".join(finding_lines(findings[3]))
    assert ("1,20" if language == "fr" else "1.20") in joined


def test_the_report_tells_each_verdict_from_the_folder(findings, language, tmp_path):
    tables = {"verdicts": verdict_table(findings), "boxes": box_table(findings)}
    results = Results(tables, {"forest": forest_figure(findings)}, tell_findings(findings))
    write_results(tmp_path / "found", HypothesesStudy.of(findings), results, started="2026-01-01")
    report = report_of(results_of(tmp_path / "found"))
    verdicts = report.details[0].parts
    assert [part.look for part in verdicts] == [finding.verdict for finding in findings]
    assert all(part.title == finding_lines(finding)[0] for part, finding in zip(verdicts, findings, strict=True))
    assert report.answer[0].count(findings[0].hypothesis.number) == 1
    page = report_page(report)
    assert f'<html lang="{language}">' in page
    assert "ectsim hypotheses test H01" in page
    assert page.count('<section class="supported"') == sum(one.verdict == "supported" for one in findings)


@pytest.fixture(scope="module")
def setup():
    return prepare(load_scenario("one_call_a_year"))


@pytest.fixture(scope="module")
def mattered(setup):
    return who_mattered(setup, runs=2, threads=2), draw_portraits(setup, runs=2, threads=2)


def test_figures_of_roles_stay_on_the_page(setup, mattered, language, leaving):
    for name, figure in roles_figures(setup, *mattered).items():
        assert not leaving(figure), name


def test_roles_that_no_average_actor_can_take_are_told_where_the_result_is(setup, mattered, language):
    told = {"fr": "(liens entre secteurs, chargés de mission)", "en": "(ties between sectors, project officers)"}
    found = mattered[0].necessity
    assert set(found[found["replaced"].isna()]["name"]) == {"broker", "facilitator"}
    assert told[language] in tell_roles(setup, *mattered)
    losses = roles_figures(setup, *mattered)["losses"]
    assert told[language] in " ".join(text.get_text().replace("\n", " ") for text in losses.texts)


def test_the_report_of_roles_answers_from_the_folder(setup, mattered, language, tmp_path):
    found, portraits = mattered
    tables = {name: getattr(found, name) for name in ("necessity", "shapley", "played")}
    tables |= {"interests": portraits.interests, "company": portraits.company}
    study = Study("roles", (setup,), {"seed": 1, "runs": 2})
    results = Results(tables, {}, tell_roles(setup, *mattered))
    write_results(tmp_path / "who", study, results, started="2026-01-01")
    report = report_of(results_of(tmp_path / "who"))
    assert len(report.pictures) == len(report.tables) == 3
    told = answers(*mattered)
    assert len(told) == 8
    assert all(sentence and "{" not in sentence for sentence in told)
    assert sorted(one.rstrip(".") for one in (*report.answer, *report.details[0].points)) == sorted(
        one.rstrip(".") for one in told
    )
    assert str(setup.scenario.name) in tell_roles(setup, *mattered)


def test_flows_stay_on_the_page(setup, language, leaving):
    without = prepare(load_scenario("spontaneous"))
    comparison = compare(without, setup, runs=3, threads=2)
    table = twin_table(comparison.worlds)
    assert not leaving(flows_figure(table, comparison))
    nothing = table[table["fate_horizon"] == "neither"]
    assert not leaving(flows_figure(nothing, comparison))
