"""Tables as people see them: where lines may be cut; durations, and the pace of runs."""

import subprocess

import pytest
from numba.core import config

from ectsim import compiled
from ectsim.cli import console
from ectsim.cli import workshop as workshop_verb
from ectsim.cli.console import Pace, compile_first, duration, print_table, progress
from ectsim.locale import choose_language
from ectsim.workshop import opening


@pytest.fixture
def french():
    choose_language("fr")
    yield
    choose_language(None)


def test_a_label_is_cut_at_plain_spaces_only(capsys):
    quoted = "projets structurés («\N{NO-BREAK SPACE}amorcés\N{NO-BREAK SPACE}»)"
    print_table(["what", "how many"], [(" ".join([quoted] * 4), "9" * 60)], [1])
    shown = capsys.readouterr().out
    assert shown.count("«\N{NO-BREAK SPACE}amorcés\N{NO-BREAK SPACE}»") == 4
    assert len(shown.splitlines()) > 5


def test_numbers_are_set_to_the_right(capsys):
    print_table(["what", "how many"], [("a", "1"), ("b", "100")], [1])
    first, second = capsys.readouterr().out.rstrip().splitlines()[-2:]
    assert first.rstrip().endswith("  1")
    assert first.rindex("1") == second.rindex("0")


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "1 s"), (59, "59 s"), (61, "1 min"), (3599, "1 h 0 min"), (12_000, "3 h 20 min"), (187_200, "2 j 4 h")],
)
def test_durations_are_told_in_the_units_people_use(seconds: float, told: str):
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.usefixtures("french")
def test_pace_is_that_of_the_last_minute_not_of_runs_found_done():
    pace = Pace()
    assert pace.tell(0, 5000, 10_000) == ""
    # five thousand found done in a second, then ten a second
    told = [pace.tell(second, 5000 + 10 * second, 10_000) for second in range(1, 200)]
    assert told[-1] == "10 par seconde, encore 5\N{NO-BREAK SPACE}min"
    pace = Pace()
    pace.tell(0, 0, 100)
    assert pace.tell(10, 5, 100).startswith("0,5 par seconde")


def test_another_stage_has_a_pace_of_its_own():
    for total in (200, 100):
        pace = Pace()
        pace.tell(0, 0, 200)
        pace.tell(9, 180, 200)
        # as many runs as before, or fewer, and slower: what the last stage did says nothing of this one
        assert pace.tell(10, 1, total) == ""
        assert pace.tell(20, 11, total).startswith(("1.0", "1,0"))


def test_lines_in_a_log_grow_rarer(monkeypatch: pytest.MonkeyPatch, capsys):
    clock = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: clock[0])
    hours = 10
    with progress() as show:
        for second in range(hours * 3600):
            clock[0] = float(second)
            show(second + 1, hours * 3600)
    lines = capsys.readouterr().err.splitlines()
    assert 60 < len(lines) < 130
    assert "11 of 36000 done" in lines[0]


@pytest.mark.parametrize(("uncompiled", "cached", "worlds"), [(0, False, 1), (0, True, 0), (1, False, 0)])
def test_only_rules_that_will_be_compiled_are_compiled_first(monkeypatch, capsys, uncompiled, cached, worlds):
    processes = []
    monkeypatch.setattr(config, "DISABLE_JIT", uncompiled)
    monkeypatch.setattr(compiled, "is_cached", lambda _: cached)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: processes.append(command))
    compile_first()
    assert len(processes) == worlds
    assert bool(capsys.readouterr().err) == bool(worlds)


@pytest.mark.parametrize("verb", [compile_first, workshop_verb.workshop])
def test_what_compiles_first_runs(monkeypatch, verb):
    commands = []
    with monkeypatch.context() as first:
        first.setattr(compiled, "is_cached", lambda _: False)
        first.setattr(subprocess, "run", lambda command, **_: commands.append(command))
        first.setattr(opening, "open_workshop", lambda *_: None)
        verb()
    done = subprocess.run(*commands, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
