"""What may come in: bounds, cuts, refusals."""

import contextlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.workshop.messages import read_message
from ectsim.workshop.protocol import MESSAGE_BYTES, RefusedError


def message(**values):
    return read_message(json.dumps(values))


def refusal(raw: str) -> str:
    with pytest.raises(RefusedError) as refused:
        read_message(raw)
    return refused.value.reason


@pytest.mark.parametrize(("given_", "kept"), [(5, 5), (-3, 0), (10**9, 999), (1e300, 999)])
def test_a_bet_is_clamped(given_, kept):
    assert message(type="bet", number=given_).number == kept


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "nothing",
        "[]",
        "null",
        '"bet"',
        '{"type": "conquer"}',
        '{"type": ["bet"]}',
        '{"type": "bet"}',
        '{"type": "bet", "number": NaN}',
        '{"type": "bet", "number": 1.5}',
        '{"type": "bet", "number": {"$gt": 0}}',
        '{"type": "show", "screen": "../etc"}',
        '{"type": "join", "category": "king"}',
        '{"type": "pull", "values": {"a": Infinity}}',
        "[" * 4000,
    ],
)
def test_what_is_no_message_is_refused(raw: str):
    assert refusal(raw) == "message"


def test_too_long_a_message_is_refused_before_it_is_read():
    assert refusal('{"type": "note", "text": "' + "é" * MESSAGE_BYTES + '"}') == "size"


def test_unknown_keys_are_ignored():
    assert not hasattr(message(type="bet", number=3, admin=True), "admin")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("  Zoé \n Petit ", "Zoé Petit"),
        ("a\u0000b\u202ecd", "abcd"),
        ("<script>alert(1)</script>", "<script>alert(1)</script"),
        ("x" * 500, "x" * 24),
        ("e\u0301", "é"),
        ("\u3164\u115f\u2800", ""),
        ("Z" + "\u0336\u0489\u0341" * 30 + "oe", "Z\u0336\u0489oe"),
    ],
)
def test_names_are_cut_and_cleaned(given_: str, kept: str):
    assert message(type="join", category="civil", name=given_).name == kept


@given(name=st.text(max_size=200))
def test_no_name_holds_more_than_it_may(name: str):
    kept = message(type="join", category="other", name=name).name
    assert len(kept) <= 24
    assert not any(unicodedata.category(sign)[0] == "C" for sign in kept)


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_whatever_comes_is_read_or_refused(value):
    # anything but a refusal would end the connection as a defect
    with contextlib.suppress(RefusedError):
        read_message(json.dumps({"type": "decide", "stance": value, "answers": value, "idea": value}))
