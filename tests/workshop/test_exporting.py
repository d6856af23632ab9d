"""What is taken home: names only if asked, no formula, a script that cannot be broken out of."""

import csv
import io
import json
import re

import pytest

from ectsim.workshop.exporting import cell, inlined, log_of, replay_page, results_table
from ectsim.workshop.messages import read_values

HOSTILE = "</script><script>alert(1)//"[:24]
EVENTS = [
    ("k3yOfAnna", {"type": "join", "name": "Anna-Martin", "category": "public"}),
    ("k3yOfAnna", {"type": "bet", "number": 12}),
    ("k3yOfBoris", {"type": "join", "name": HOSTILE, "category": "civil"}),
    ("k3yOfBoris", {"type": "take", "actor": 3}),
    ("k3yOfBoris", {"type": "bet", "number": 4}),
    ("facilitator", {"type": "note", "text": '=HYPERLINK("http://x";"y") </script>'}),
    ("facilitator", {"type": "remove", "participant": "k3yOfAnna"}),
]


@pytest.fixture
def room(tmp_path, open_room):
    made = open_room(tmp_path)
    for by, event in EVENTS[:-1]:
        made.take(by, read_values(event))
    return made


@pytest.mark.parametrize("make", [replay_page, results_table, log_of])
def test_names_leave_the_room_only_if_asked(room, make):
    room.take(*("facilitator", read_values(EVENTS[-1][1])))
    without = make(room, {"title": {}}, "fr", False)[1]
    assert "Anna-Martin" not in without
    assert "k3yOf" not in without
    assert HOSTILE not in without
    assert not any(key in without for key in room.keys.values())


def test_names_are_kept_if_asked(room):
    assert "Anna-Martin" in results_table(room, {}, "fr", True)[1]
    assert "Anna-Martin" in log_of(room, {}, "fr", True)[1]


def test_the_table_opens_in_a_french_spreadsheet(room):
    media, written = results_table(room, {}, "fr", True)
    assert media.startswith("text/csv")
    assert written.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    rows = list(csv.reader(io.StringIO(written[1:]), delimiter=";"))
    assert {len(row) for row in rows} == {5}
    assert "\r\n" in written
    assert "0,5" in {row[3] for row in rows}
    assert not [value for row in rows for value in row if value.lstrip().startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("given", ["=1+1", "+33 6", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_a_text_is_never_a_formula(given: str):
    assert cell(given).startswith("'")


@pytest.mark.parametrize("given", ["bonjour", "a=b", 3, ""])
def test_other_cells_stay_as_they_are(given):
    assert cell(given) == given


def test_nothing_in_the_page_closes_its_script(room):
    page = replay_page(room, {"title": {}}, "fr", True)[1]
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data
    read = json.loads(data[1])
    state = read["messages"][-1]["state"]
    assert state["game"]["players"][0]["name"] == HOSTILE
    assert state["notes"][0]["text"].endswith("</script>")
    assert page.count("<script") == 3


def test_inlined_data_reads_back():
    data = {"a": "</script><!--\u2028\u2029", "b": [1.5, None, "é"]}
    assert json.loads(inlined(data)) == data
    assert "<" not in inlined(data)
