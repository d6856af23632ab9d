"""What events change, and what is refused without changing anything."""

import copy
import json
from dataclasses import asdict

import pytest

from ectsim.workshop.protocol import RefusedError
from ectsim.workshop.views import facilitator_view, participant_view, shared_view


def refused(do, by: str, **values) -> str:
    with pytest.raises(RefusedError) as error:
        do(by, **values)
    return error.value.reason


def test_a_participant_bets_and_only_the_count_is_shown_before_the_worlds(session, do):
    do("anna", type="join", name="Anna", category="public")
    do("anna", type="bet", number=7)
    do("facilitator", type="hand_bets", bets=[3, 4])
    do("facilitator", type="show", screen="bet")
    assert (shared_view(session)["bets_count"], shared_view(session)["bets"]) == (3, [])
    do("facilitator", type="show", screen="compare")
    assert shared_view(session)["bets"] == [3, 4, 7]


def test_phones_see_no_name_and_no_answer_of_others(session, do):
    for name in ("anna", "boris"):
        do(name, type="join", name=name.title(), category="civil")
        do(name, type="bet", number=41)
    told = json.dumps(participant_view(session, "anna"))
    assert "Boris" not in told
    assert "boris" not in told
    assert "boris" not in json.dumps(shared_view(session))
    assert "boris" in json.dumps(facilitator_view(session, {}))


def test_who_has_not_joined_gives_nothing(do):
    assert refused(do, "nobody", type="bet", number=1) == "join_first"


def test_levers_stop_at_their_bounds_and_unknown_ones_are_ignored(session, do):
    do("facilitator", type="pull", values={"1.winners": 1e9, "1.nonsense": 3, "9.winners": 3})
    lever = session.levers["1.winners"]
    assert session.values == {"1.winners": lever.high}
    do("facilitator", type="pull", values={"1.winners": lever.value})
    assert session.values == {}
    assert [change["values"] for change in session.changes] == [{"1.winners": lever.high}, {}]
    assert session.before == {"1.winners": lever.high}


def test_a_slider_that_is_dragged_makes_one_change(session, do):
    def pull(after: float, **values: float) -> None:
        do("facilitator", after, type="pull", values={f"1.{name}": value for name, value in values.items()})

    def changes() -> list[dict[str, float]]:
        return [change["values"] for change in session.changes]

    assert session.before is None
    pull(9, winners=6)
    for winners in (7, 8, 9):
        pull(0.2, winners=winners)
    assert (changes(), session.before) == ([{"1.winners": 9}], {})
    pull(0.2, winners=9, grant_rate=0.8)
    assert changes() == [{"1.winners": 9}, {"1.winners": 9, "1.grant_rate": 0.8}]
    pull(9, grant_rate=0.7)
    assert (len(changes()), session.before) == (3, {"1.winners": 9, "1.grant_rate": 0.8})
    # there and back is no change
    pull(0.2, grant_rate=0.8)
    assert changes() == [{"1.winners": 9}, {"1.winners": 9, "1.grant_rate": 0.8}]
    assert (session.values, session.before) == ({"1.winners": 9, "1.grant_rate": 0.8}, {"1.winners": 9})


def test_levers_that_contradict_each_other_are_refused(session, do):
    assert refused(do, "facilitator", type="pull", values={"1.period": 1}) == "contradiction"
    assert session.values == {}


def test_a_proposal_is_a_dot_on_a_shown_lever(session, do):
    do("anna", type="join", category="civil")
    do("anna", type="propose", lever="1.winners", value=-50)
    assert shared_view(session)["proposals"]["1.winners"] == [session.levers["1.winners"].low]
    assert refused(do, "anna", type="propose", lever="1.promised_months", value=3) == "lever"


def test_an_actor_has_one_player(session, do):
    for name in ("anna", "boris"):
        do(name, type="join", category="civil")
    do("anna", type="take", actor=5)
    assert refused(do, "boris", type="take", actor=5) == "taken"
    assert refused(do, "boris", type="take", actor=60) == "actor"
    assert refused(do, "boris", type="decide", stance="open") == "take_first"
    do("anna", type="take", actor=None)
    do("boris", type="take", actor=5)


def test_a_round_takes_the_decisions_and_the_last_year_ends_the_game(session, do):
    do("anna", type="join", category="civil")
    do("anna", type="take", actor=5)
    do("anna", type="decide", stance="closed", answers=[[3, -2, True]], idea="food")
    for _ in range(3):
        do("facilitator", type="round")
    assert session.rounds[0] == [{"actor": 5, "stance": "closed", "answers": [[3, -2, True]], "idea": "food"}]
    assert session.rounds[1] == [{"actor": 5}]
    assert refused(do, "facilitator", type="round") == "game_over"
    do("facilitator", type="new_game")
    assert (session.year, session.participants["anna"].actor) == (0, None)


def test_scenarios_that_cannot_be_compared_leave_the_session_as_it_was(session, do):
    do("facilitator", type="pull", values={"1.winners": 2})
    before = asdict(session.setting), dict(session.values)
    assert refused(do, "facilitator", type="prepare", a="small", b="other") == "incomparable"
    assert refused(do, "facilitator", type="prepare", a="small", b="none") == "scenario"
    assert (asdict(session.setting), session.values) == before


def test_new_worlds_start_everything_again_but_keep_the_people(session, do):
    do("anna", type="join", category="civil")
    do("anna", type="bet", number=7)
    do("facilitator", type="pull", values={"1.winners": 2})
    do("facilitator", type="prepare", a="small", b="call", years=5, seed=3, levers=["1.autonomy"])
    assert session.participants["anna"].bet is None
    assert session.values == {}
    assert session.scenario_b.horizon.months == 60
    assert session.setting.levers == ("1.autonomy",)


def test_hands_and_phones_are_counted_together(session, do):
    do("anna", type="join", category="civil")
    do("anna", type="vote", item="few", likeness="like")
    do("facilitator", type="hand_votes", item="few", like=4, unlike=9)
    assert shared_view(session)["votes"]["few"] == [5, 9]
    do("anna", type="vote", item="few", likeness=None)
    assert shared_view(session)["votes"]["few"] == [4, 9]


def test_a_refused_event_changes_nothing(session, do):
    do("anna", type="join", category="civil")
    before = copy.deepcopy(shared_view(session))
    for values in ({"type": "take", "actor": 900}, {"type": "propose", "lever": "x", "value": 1}):
        refused(do, "anna", **values)
    assert shared_view(session) == before
