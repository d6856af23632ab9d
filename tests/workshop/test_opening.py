"""Opening a workshop: which scenarios, which port, what is told."""

import shlex
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ectsim.errors import InputError
from ectsim.workshop.opening import DEFAULT, Opening, _tell_addresses, library_of, open_workshop

KEYS = ("facilitator", "screen", "code")
ROOT = Path(__file__).parents[2]


def test_the_ready_scenarios_are_there_without_being_named():
    library, first, second = library_of(())
    assert (first, second) == DEFAULT
    assert {"regulation", "subsidy_equal_budget"} <= set(library.scenarios)
    assert "one_call_a_year" in library.partners["spontaneous"]
    assert "one_call_a_year" not in library.partners["spontaneous_unfacilitated"]


def test_one_scenario_given_is_compared_with_initiative_alone():
    assert library_of(["regulation"])[1:] == ("spontaneous", "regulation")
    assert library_of(["spontaneous"])[1:] == DEFAULT


def test_two_scenarios_given_are_compared_in_that_order(scenarios):
    library, first, second = library_of([str(scenarios[name].source) for name in ("small", "call")])
    assert (first, second) == ("small", "call")
    assert library.scenarios["call"] == scenarios["call"]


def test_scenarios_that_cannot_be_compared_are_refused_before_anything_opens(scenarios):
    with pytest.raises(InputError) as error:
        library_of([str(scenarios[name].source) for name in ("small", "other")])
    assert error.value.problems[0].message == "experiments.incomparable"


def test_two_files_of_one_name_are_refused_and_both_told(scenarios, tmp_path):
    file = scenarios["call"].source
    for other in (str(file), str(tmp_path / "call.yaml")):
        with pytest.raises(InputError) as error:
            library_of([str(file), other])
        assert error.value.problems[0].message == "workshop.same_name"
        assert other in str(error.value)


def test_a_file_that_is_initiative_alone_is_compared_with_a_scheme(tmp_path):
    file = tmp_path / "spontaneous.yaml"
    file.write_text((ROOT / "scenarios" / "spontaneous.yaml").read_text("utf-8"), encoding="utf-8")
    assert library_of([str(file)])[1:] == DEFAULT


def test_the_command_that_goes_on_is_told_whole(tmp_path):
    room = SimpleNamespace(folder=tmp_path / "ma séance", address="http://here", keys=dict.fromkeys(KEYS, "k"))
    told: list[str] = []
    _tell_addresses(cast(Any, room), 8000, Opening(("an appel.yaml", "b"), network=True), told.append)
    command = shlex.split(told[-1].partition("ectsim workshop ")[2])
    assert command == [
        "an appel.yaml",
        "b",
        "--session",
        str(room.folder),
        "--port",
        "8000",
        "--lang",
        "en",
        "--network",
    ]


def test_an_unknown_scenario_is_refused():
    with pytest.raises(InputError, match="one_call_a_year"):
        library_of(["one_call_a_yaer"])


def test_a_port_in_use_is_told_and_nothing_is_written(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        told: list[str] = []
        with pytest.raises(InputError) as error:
            open_workshop(Opening(folder=tmp_path / "session", port=other.getsockname()[1]), told.append)
    assert error.value.problems[0].message == "workshop.port"
    assert not (tmp_path / "session").exists()
    assert told == []


def test_a_session_in_a_file_is_refused_and_the_file_kept(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="choose another name with --session"):
        open_workshop(Opening(folder=file, port=0), lambda told: None)
    assert file.read_text("utf-8") == "mine"
