"""Which scenarios may be compared: those that share all that lies before month 0."""

import pytest

from ectsim.locale import choose_language
from ectsim.scenario import Scenario, comparable

NAME = {"fr": "Essai", "en": "Trial"}


def _scenario(**settings):
    return Scenario.model_validate({"name": NAME, **settings})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"territory": "elsewhere"}, "territory (territory, or territory/perimeter): pays_ledonien against elsewhere"),
        ({"population": {"actors": 500}}, "population.actors (actors drawn from the territory): 300 against 500"),
        ({"horizon": {"burn_in": 24}}, "horizon.burn_in (months lived before month 0): 60 against 24"),
        ({"horizon": {"months": 24}}, "horizon.months (months observed): 120 against 24"),
        ({"parameters": {"beta_0": -0.5}}, "posterior against beta_0 = -0.5"),
        ({"themes": ["food"]}, "against food"),
    ],
)
def test_what_lies_before_month_0_must_be_shared(change, reason):
    [told] = comparable(_scenario(), _scenario(**change))
    assert reason in told


def test_permanent_instruments_are_compared_setting_by_setting():
    today = {"kind": "facilitation", "permanent": True}
    a = _scenario(instruments=[today])
    b = _scenario(instruments=[{"kind": "events"}, {**today, "officers": 4, "label": "fewer", "until": 50}])
    assert comparable(a, b) == [
        "facilitation.until (first month it no longer acts (none: to the end)): none against 50",
        "facilitation.officers (officers, in full-time equivalents): 8 against 4",
    ]


def test_what_starts_at_month_0_may_differ_and_so_may_names_and_room():
    a = _scenario(instruments=[{"kind": "events"}], sizes={"ties": 20}, description=NAME)
    assert comparable(a, _scenario(instruments=[{"kind": "call", "budget": 10}])) == []


def test_reasons_are_all_told_in_french_too():
    choose_language("fr")
    told = comparable(_scenario(), _scenario(population={"actors": 5}, horizon={"after": 0, "months": 12}))
    assert [reason.partition(" ")[0] for reason in told] == ["population.actors", "horizon.months", "horizon.after"]
    assert "acteurs tirés du territoire" in told[0]
