"""Patterns: complete, with the ranges of model.md, and measured rightly on planted tallies."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from ectsim.analysis.patterns import check_patterns, pattern_table, patterns_inside
from ectsim.experiments.patterns import PATTERNS, REQUIRED, Pattern
from ectsim.locale import choose_language
from ectsim.model.state import ANCHORED, EMERGED, IDEA, STRUCTURED
from ectsim.model.tally import TALLY_FIELDS
from ectsim.scenario import shipped_scenarios
from ectsim.territory.nomenclature import KINDS
from ectsim.world.layout import records

SHARED = Path(__file__).parents[2] / "../shared"
# Copied from the table of model.md, as an independent witness: name → pattern, scenario, range, role.
EXPECTED = {
    "structured_per_idea": ("SF1", "spontaneous", (0.10, 0.30), "fitted"),
    "emerged_per_structured": ("SF1", "spontaneous", (0.15, 0.50), "fitted"),
    "emerged_per_idea": ("SF1", "spontaneous", (0.03, 0.24), "fitted"),
    "durable": ("SF2", "spontaneous", (0.5, 2), "fitted"),
    "ideas": ("SF2", "spontaneous", (20, 40), "fitted"),
    "call_born": ("SF3", "per_like", (0.10, 0.40), "fitted"),
    "recombined": ("SF3", "per_like", None, "check only"),
    "dormant": ("SF3", "per_like", None, "check only"),
    "national_calls": ("SF4", "national_call", (0.10, 0.21), "check only"),
    "co_funding": ("SF4", "per_like", (0.40, 0.80), "check only"),
    "abandoned": ("SF5", "per_like", (0.03, 0.12), "held out"),
    "on_time": ("SF5", "per_like", (0.20, 0.40), "held out"),
    "label_surge": ("SF6", "label_then_money", (2, 4), "held out"),
    "label_emerged": ("SF6", "label_then_money", None, "check only"),
    "hazard": ("SF7", "spontaneous", (0.016, 0.083), "fitted"),
    "public_led": ("SF9", "per_like", (0.70, 1), "fitted"),
    "public_led_call_born": ("SF9", "per_like", None, "check only"),
    "civil_or_private_led": ("SF9", "spontaneous", (0.5, 1), "fitted"),
    "size": ("SF10", "spontaneous", (8, 20), "fitted"),
    "kinds": ("SF10", "spontaneous", (3, len(KINDS)), "fitted"),
}


@pytest.fixture
def tallies():
    """Two runs of each scenario in which nothing ever happens."""
    return {name: records(2, TALLY_FIELDS) for name in dict.fromkeys(pattern.scenario for pattern in PATTERNS)}


def value(tallies, name: str) -> float:
    return float(pattern_table(tallies).set_index("name").loc[name, "value"])


def test_patterns_are_complete_with_the_ranges_of_the_specification():
    def range_of(pattern: Pattern) -> tuple[float, float] | None:
        return None if math.isnan(pattern.accept[0]) else pattern.accept

    stated = {p.name: (p.id, p.scenario, range_of(p), p.role) for p in PATTERNS}
    assert stated == EXPECTED
    assert len(PATTERNS) == len(EXPECTED)


@pytest.mark.shared
def test_ids_are_those_of_the_specification():
    specification = (SHARED / "design" / "model.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (SF\d+) \|", specification, re.MULTILINE)) == {p.id for p in PATTERNS}


def test_scenarios_ship_and_required_patterns_are_fitted():
    assert {pattern.scenario for pattern in PATTERNS} <= set(shipped_scenarios())
    for name in REQUIRED:
        assert any(pattern.role == "fitted" for pattern in PATTERNS if pattern.id == name)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_a_target_lies_in_its_range(pattern: Pattern):
    low, high = pattern.accept
    assert math.isnan(low) or math.isnan(pattern.target) or low < pattern.target < high
    assert pattern.source


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_pattern_has_its_own_label(language: str):
    choose_language(language)
    assert len({pattern.label for pattern in PATTERNS}) == len(PATTERNS)


def test_funnel_and_output(tallies):
    of = tallies["spontaneous"]
    of["months"] = 120
    of["recorded"] = (300, 100)
    for stage, counts in ((IDEA, (500, 200)), (STRUCTURED, (50, 30)), (EMERGED, (16, 4)), (ANCHORED, (10, 6))):
        of["reached"][:, stage, 0, 0, 0] = counts
    assert value(tallies, "structured_per_idea") == pytest.approx(80 / 400)
    assert value(tallies, "emerged_per_structured") == pytest.approx(20 / 80)
    assert value(tallies, "emerged_per_idea") == pytest.approx(20 / 400)
    assert value(tallies, "ideas") == pytest.approx(20.0)
    assert value(tallies, "durable") == pytest.approx(0.8)
    row = pattern_table(tallies).set_index("name").loc["structured_per_idea"]
    assert 50 / 300 <= row["low"] < row["high"] <= 30 / 100
    assert row["inside"] == "yes"
    assert row["runs"] == 2


def test_selection(tallies):
    tallies["national_call"]["files"], tallies["national_call"]["winners"] = [180, 120], [23, 15]
    tallies["per_like"]["files"], tallies["per_like"]["winners"] = [4, 6], [2, 3]
    assert value(tallies, "national_calls") == pytest.approx(38 / 300)
    assert value(tallies, "co_funding") == pytest.approx(0.5)


def test_call_paths_and_realisation(tallies):
    of = tallies["per_like"]
    of["awarded"] = [[0, 2, 6, 1], [0, 2, 8, 1]]
    of["awarded_abandoned"] = [1, 1]
    of["awarded_due"], of["awarded_on_time"] = [9, 11], [3, 2]
    assert value(tallies, "call_born") == pytest.approx(0.2)
    assert value(tallies, "recombined") == pytest.approx(0.7)
    assert value(tallies, "dormant") == pytest.approx(0.1)
    assert value(tallies, "abandoned") == pytest.approx(0.1)
    assert value(tallies, "on_time") == pytest.approx(0.25)


def test_labels(tallies):
    of = tallies["label_then_money"]
    of["labelled_early"], of["labelled_late"] = [5, 5], [10, 20]
    of["labels_due"], of["labels_emerged"] = [10, 10], [1, 1]
    assert value(tallies, "label_surge") == pytest.approx(3.0)
    assert value(tallies, "label_emerged") == pytest.approx(0.1)


def test_hazard_counts_the_first_five_years(tallies):
    of = tallies["spontaneous"]
    of["at_risk"][:, 0, :120] = 10
    of["lost"][:, 0, [3, 40]] = 1
    of["lost"][:, 0, 90] = 50  # past five years
    # 4 ends over 2 runs × 10 projects × 60 months
    assert value(tallies, "hazard") == pytest.approx(4 / 100)


def test_carriers(tallies):
    commune, company, association = (KINDS.index(name) for name in ("commune", "company", "association"))
    per_like = tallies["per_like"]
    per_like["awarded_carriers"][:, [commune, association]] = [[3, 1], [5, 1]]
    per_like["structured_carriers"][:, commune, 2] = 1
    per_like["structured_carriers"][:, company, 2] = 3
    per_like["structured_carriers"][:, company, 0] = 50  # spontaneous: not born of the call
    own = tallies["spontaneous"]["structured_carriers"]
    own[:, commune, 0], own[:, company, 0], own[:, association, 1] = 1, 2, 1
    own[:, commune, 2] = 50
    assert value(tallies, "public_led") == pytest.approx(0.8)
    assert value(tallies, "public_led_call_born") == pytest.approx(0.25)
    assert value(tallies, "civil_or_private_led") == pytest.approx(0.75)


def test_size_and_kinds(tallies):
    of = tallies["spontaneous"]
    of["reached"][:, EMERGED, 0, 0, 0] = [1, 3]
    of["emerged_size"][:, 0], of["emerged_kinds"][:, 0] = [9, 31], [2, 6]
    assert value(tallies, "size") == pytest.approx(10.0)
    assert value(tallies, "kinds") == pytest.approx(2.0)
    assert pattern_table(tallies).set_index("name").loc["kinds", "inside"] == "no"
    assert not patterns_inside(pattern_table(tallies))["SF10"]


def test_what_never_happens_has_no_value_and_is_not_inside(tallies):
    table = pattern_table(tallies).set_index("name")
    assert np.isnan(table.loc["call_born", ["value", "low", "high"]].astype(float)).all()
    assert table.loc["call_born", "runs"] == 0
    assert table.loc["call_born", "inside"] == ""
    assert not any(patterns_inside(table.reset_index()).values())


def test_check_runs_every_scenario():
    table = check_patterns(runs=2, threads=1)
    assert list(table["name"]) == list(EXPECTED)
    measured = table.set_index("name")
    assert (measured.loc[["structured_per_idea", "ideas", "call_born", "national_calls"], "runs"] == 2).all()
