"""The twelve hypotheses that ship: what their worlds differ by, and that their figures say what the files promise."""

import pytest

from ectsim.analysis.hypotheses.files import load_hypotheses
from ectsim.scenario import load_scenario
from ectsim.scenario.instruments import Call

CALLS = {
    "H05": {
        "co_constructed": {"autonomy"},
        "controlling_small": {"grant_rate", "autonomy"},
        "controlling_large": {"grant_rate", "autonomy"},
    },
    "H06": {"rival": {"rivalness"}},
    "H09": {"six": {"minimum_partners"}, "twelve": {"minimum_partners"}},
    "H11": {"short": {"window"}, "long": {"window"}},
    # the rate makes both calls cost the same
    "H12": {"conditional": {"condition", "grant_rate"}},
}
"""What the call of a world changes in the yearly call that ships."""


@pytest.fixture(scope="module")
def shipped():
    return {one.number: one for one in load_hypotheses(["all"])}


def call_of(scenario) -> dict[str, object]:
    (call,) = (one for one in scenario.instruments if isinstance(one, Call))
    return call.model_dump()


@pytest.mark.parametrize(("number", "arm"), [(number, arm) for number, arms in CALLS.items() for arm in arms])
def test_a_call_differs_from_the_yearly_one_by_what_is_compared(shipped, number, arm):
    yearly, mine = call_of(load_scenario("one_call_a_year")), call_of(shipped[number].arms[arm].scenario)
    assert {name for name in yearly if yearly[name] != mine[name]} == CALLS[number][arm]


def test_officers_differ_by_the_projects_they_follow_only(shipped):
    one, three, every = (arm.scenario.instruments[0] for arm in shipped["H10"].arms.values())
    assert three.model_copy(update={"projects_per_officer": 1.0}) == one
    assert three.model_copy(update={"overload": "share"}) == every
    assert (three.strength, three.overload_exponent) == (None, None)  # drawn


def test_duties_differ_by_their_enforcement_only(shipped):
    weak, strong = (shipped["H07"].arms[name].scenario.instruments[-1] for name in ("weak", "strong"))
    assert weak.model_copy(update={"enforcement": 1.0}) == strong
    assert weak.enforcement < 0.2


def test_more_initiators_and_more_propensity_are_the_same_tenth(shipped):
    import numpy as np

    from ectsim.parameters import PARAMETERS
    from ectsim.territory.nomenclature import KINDS

    initiators, propensity = (shipped["H08"].arms[name].multiply for name in ("initiators", "propensity"))
    assert initiators == {f"initiator_share[{kind}]": 1.1 for kind in KINDS}
    z = np.random.default_rng(1).normal(0, PARAMETERS["attribute_spread"].default, 400_000)

    def mean(median: float) -> float:
        return float((1 / (1 + np.exp(-(np.log(median / (1 - median)) + z)))).mean())

    median = PARAMETERS["propensity_0"].default
    assert mean(propensity["propensity_0"] * median) / mean(median) == pytest.approx(1.1, abs=0.005)


def test_claims_at_equal_budget_say_so(shipped):
    assert {number for number, one in shipped.items() if one.equal_money} == {"H04", "H12"}
