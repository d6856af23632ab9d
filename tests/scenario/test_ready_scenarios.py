"""The ready scenarios: what model.md asks of each, and which may be compared."""

import pytest

from ectsim.scenario import comparable, load_scenario, shipped_scenarios
from ectsim.scenario.instruments import Call, Facilitation

READY = (
    "events_and_recognition",
    "facilitation_equal_budget",
    "label_then_money",
    "national_call",
    "one_call_a_year",
    "one_call_a_year_unfacilitated",
    "per_like",
    "regulation",
    "spontaneous",
    "spontaneous_unfacilitated",
    "subsidy_equal_budget",
    "two_phase_call",
)


def test_every_ready_scenario_ships():
    assert set(READY) <= set(shipped_scenarios())


def test_they_have_names_of_their_own():
    names = [load_scenario(name).name for name in READY]
    assert len({name.fr for name in names}) == len({name.en for name in names}) == len(READY)


def test_the_two_by_two_differs_by_facilitation_and_call_only():
    spontaneous, call, alone, call_alone = (
        load_scenario(name).instruments
        for name in ("spontaneous", "one_call_a_year", "spontaneous_unfacilitated", "one_call_a_year_unfacilitated")
    )
    assert alone == ()
    assert spontaneous == (Facilitation(permanent=True),)
    assert call == spontaneous + call_alone
    expected = Call(first_month=12, period=12, window=4, winners=4, grant_rate=0.5)
    assert call_alone == (expected,)


@pytest.mark.parametrize("name", [name for name in READY if not name.endswith("_unfacilitated")])
def test_those_with_officers_may_be_compared_with_spontaneous_initiative(name):
    assert comparable(load_scenario("spontaneous"), load_scenario(name)) == []


def test_those_without_officers_may_be_compared_together_only():
    alone = load_scenario("spontaneous_unfacilitated")
    assert comparable(alone, load_scenario("one_call_a_year_unfacilitated")) == []
    assert comparable(alone, load_scenario("spontaneous")) == ["permanent instruments: none against facilitation"]


def test_the_duty_and_the_pole_call_say_what_the_evidence_says():
    [duty] = [i for i in load_scenario("regulation").instruments if i.kind == "regulation"]
    assert (duty.themes, duty.obliged_kinds) == (("food",), ("commune", "epci", "education"))
    first, second = poles = [i for i in load_scenario("per_like").instruments if i.kind == "call"]
    assert [pole.first_month + pole.window for pole in poles] == [first.first_month + 3, first.first_month + 9]
    for pole in poles:
        assert pole.quota == pytest.approx(379 / 791, abs=0.005)
        assert 0.33 <= pole.grant_rate <= 0.5
        assert pole.eligible_kinds is None
    fields = {"first_month", "window"}
    assert first.model_dump(exclude=fields) == second.model_dump(exclude=fields)
    label, money = load_scenario("label_then_money").instruments[1:]
    assert (label.first_month, money.first_month, money.requires_label) == (0, 24, True)
