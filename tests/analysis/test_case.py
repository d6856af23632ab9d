"""A real case against simulated lives: files and their refusals, planted quantiles, surprise where there is some."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.case import LEAST_ALIKE, alike, judge
from ectsim.analysis.case_file import EVENTS, CaseProject, read_case, scenario_of
from ectsim.analysis.lives import Lives
from ectsim.errors import InputError, PrivacyError
from ectsim.model.tally import GROUPS
from ectsim.shipped import shipped_folder
from ectsim.territory.reading import load_territory

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "calibration" / "case_example.yaml"
CENSUS = ROOT / "calibration" / "example" / "projects.csv"
PROJECT = """
  - project_id: P01
    origin: ami
    start_month: 2020-01
    observed_until: 2023-01
"""


@pytest.fixture(scope="module")
def territory():
    return load_territory("pays_ledonien")


@pytest.fixture
def reading(tmp_path, territory):
    def read(written: str, name: str = "case.yaml"):
        file = tmp_path / name
        file.write_text(written, encoding="utf-8")
        return read_case(file, territory)

    return read


def project(**known) -> CaseProject:
    events = {event: known.pop(event, math.nan) for event in EVENTS}
    given = {"theme": "", "kind": "", "sector": "", "zone": "", "members": math.nan, "sectors": math.nan}
    given |= {"origin": "spontaneous", "followed": 40, **known}
    return CaseProject(name="P01", events=events, **given)


def planted(count: int = 1000) -> Lives:
    """Own-initiative projects of which k in a thousand have a collective by month k/10; none is structured."""
    rows = np.arange(count)
    table = pd.DataFrame({"birth": 0.0, "run": rows % 10, "origin": "spontaneous"}, index=rows)
    table["collective"] = rows * 100 / count
    for name in ("structured", "emerged", "award", "stopped"):
        table[name] = np.nan
    for name in ("birth", "collective", "structured", "emerged", "stopped"):
        table[f"{name}_without"] = np.nan
    table["theme"], table["sector"], table["kind"], table["zone"] = "energy", "civil", "association", "rural"
    return Lives(table, (), 120, 36, range(10))


def test_the_example_reads_and_is_fictive(territory):
    found = read_case(EXAMPLE, territory)
    first, second = found.projects
    assert found.synthetic
    assert scenario_of(EXAMPLE) == shipped_folder("scenarios") / "one_call_a_year.yaml"
    assert (first.origin, first.theme, first.kind, first.sector, first.zone) == (
        "spontaneous", "energy", "association", "civil", "rural",
    )  # fmt: skip
    assert first.events["collective"] == 8
    assert first.events["emerged"] == 35
    assert math.isnan(first.events["stopped"])
    assert (first.followed, first.members, first.sectors) == (75, 5, 3)
    assert (second.origin, second.members, second.sectors) == ("call", 3, 2)


def test_its_scenario_lies_beside_it_or_ships(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    history = tmp_path / "study" / "case.yaml"
    history.parent.mkdir()
    history.write_text("synthetic: true\nscenario: ours\n", encoding="utf-8")
    (tmp_path / "ours.yaml").touch()  # not the one meant: it lies in the current folder
    with pytest.raises(InputError) as caught:
        scenario_of(history)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field) == (history, 2, "scenario")
    (history.parent / "ours.yaml").touch()
    assert scenario_of(history) == history.parent / "ours.yaml"
    history.write_text("scenario: one_cal_a_year\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenario_of(history)
    assert caught.value.problems[0].nearest == "one_call_a_year"


def test_rows_of_a_census_are_a_case(tmp_path, territory):
    lines = CENSUS.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "two.csv"
    file.write_text("\n".join(lines[:4]) + "\n", encoding="utf-8")
    found = read_case(file, territory)
    assert [one.name for one in found.projects] == ["R01", "R02"]
    assert found.projects[0].events["emerged"] == 29
    assert found.projects[1].origin == "regulation"


def test_a_commune_gives_its_zone_and_is_not_kept(reading, territory):
    code = territory.codes[territory.centre]
    found = reading(f"synthetic: true\nprojects:{PROJECT}    commune: '{code}'\n")
    assert found.projects[0].zone == "centre"
    assert code not in repr(found)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("theme: energies", "theme"),
        ("orgin_source: x", "origin_source"),
        ("collective_month: 2019-12", "from 2020-01 .*to 2023-01"),
        ("emergence_month: 2024-01", "from 2020-01 .*to 2023-01"),
        ("collective_month: 2022-06\n    structured_month: 2022-01", "before collective_month"),
        ("collective_month: 2022-06\n    emergence_month: 2022-01", "before collective_month"),
        ("end_month: 2021-01\n    award_month: 2021-06", "after end_month"),
        ("collective_month: 2021-13", "such as 2026-03"),
        ("members: [{actor_type: commune, joined_month: 2031-01}]", "joined_month · expected a month from"),
        ("members: [{actor_type: commune}]\n    n_public: 2", "not both"),
        ("zone: rural\n    commune: '39300'", "not both"),
        ("award_month: spring", "award_month"),
        ("commune: '99999'", "Insee code"),
        ("members: many", "list of members"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(reading, line, words):
    with pytest.raises(InputError, match=words) as refused:
        reading(f"synthetic: true\nprojects:{PROJECT}    {line}\n")
    (problem,) = refused.value.problems
    assert problem.line == 2 + PROJECT.count("\n") + line.count("\n") - (problem.field == "zone")


@pytest.mark.parametrize(
    "line",
    [
        "verbatim: they said yes",
        "nom: x",
        "contact: x",
        "legal_form: Mme" + " Durand",  # in two parts: no file of the project names anybody
        "call_id: Un bel appel",
        "commentaire: x",
    ],
)
def test_names_and_words_are_refused_and_not_repeated(reading, line):
    with pytest.raises(PrivacyError) as refused:
        reading(f"synthetic: false\nprojects:{PROJECT}    {line}\n")
    assert line.partition(": ")[2] not in str(refused.value)


def test_a_project_called_by_its_name_is_refused(reading):
    with pytest.raises(PrivacyError) as refused:
        reading("synthetic: false\nprojects:" + PROJECT.replace("P01", "La Grange commune"))
    assert "Grange" not in str(refused.value)
    assert [(one.line, one.field) for one in refused.value.problems] == [(3, "project_id")]


def test_one_wrong_date_is_one_problem_and_one_identifier_is_one_project(reading):
    later = PROJECT.replace("2020-01", "2030-01") + "    collective_month: 2020-06\n"
    with pytest.raises(InputError) as refused:
        reading(f"synthetic: true\nprojects:{later}")
    assert [problem.field for problem in refused.value.problems] == ["observed_until"]
    with pytest.raises(InputError, match="the project of line 3"):
        reading(f"synthetic: true\nprojects:{PROJECT}{PROJECT.lstrip(chr(10))}")


def test_a_stage_gone_through_without_a_month_is_not_one_that_has_not_come():
    verdict = judge(project(collective=2.0, emerged=20.0), planted())
    assert verdict.project.undated == ("structured",)
    assert set(verdict.events["event"]) == {"collective", "award", "emerged", "stopped"}


def test_what_came_after_simulated_projects_can_be_followed_is_left_out():
    verdict = judge(project(collective=20.0, emerged=150.0, followed=200), planted())
    assert verdict.followed == 108
    assert verdict.events.set_index("event")["month"].isna().to_dict() == {
        "collective": False, "award": True, "emerged": True, "stopped": True,
    }  # fmt: skip


def test_none_and_too_many_projects_are_refused(reading):
    with pytest.raises(InputError, match="expected a list"):
        reading("synthetic: true\n")
    with pytest.raises(InputError, match="6 projects"):
        reading("synthetic: true\nprojects:" + "".join(PROJECT.replace("P01", f"P0{i}") for i in range(6)))


def test_a_month_falls_where_it_was_planted():
    verdict = judge(project(collective=20), planted())
    row = verdict.events.set_index("event").loc["collective"]
    assert row["earlier"] == pytest.approx(0.2, abs=0.002)
    assert row["chance"] == pytest.approx(0.4, abs=0.002)
    assert row["earlier_low"] <= row["earlier"] <= row["earlier_high"]
    assert row["surprise"] == ""
    curve = verdict.curves.query("event == 'collective' and month == 30")["share"]
    assert curve.item() == pytest.approx(0.3, abs=0.002)


@pytest.mark.parametrize(
    ("known", "event", "surprise"),
    [
        ({"collective": 2.0}, "collective", "early"),
        ({"structured": 10.0}, "structured", "happened"),
        ({"collective": 97.0, "followed": 108}, "collective", "late"),
        ({"followed": 98}, "collective", "not_yet"),
        ({"followed": 40}, "structured", ""),
    ],
)
def test_surprise_is_where_it_was_planted(known, event, surprise):
    found = judge(project(**known), planted()).events.set_index("event")["surprise"]
    assert found[event] == surprise


def test_what_is_known_is_given_up_from_the_last_until_there_are_enough():
    lives = planted()
    table = lives.projects
    table.loc[table.index >= LEAST_ALIKE - 50, "zone"] = "centre"
    rows, kept, given_up = alike(project(theme="energy", sector="civil", zone="rural"), lives, 40)
    assert (len(rows), kept, given_up) == (1000, ("sector", "theme"), ("zone",))
    rows, kept, given_up = alike(project(origin="call", theme="energy"), lives, 40)
    assert (len(rows), kept) == (0, ())
    assert not judge(project(origin="call"), lives).enough


def test_groups_of_origin_are_those_of_the_census():
    assert GROUPS == ("spontaneous", "incentive")


def test_a_share_of_none_has_an_upper_bound_and_no_share_leaves_its_range():
    events = judge(project(collective=0.0), planted()).events.set_index("event")
    assert (events.loc["structured", "low"], events.loc["structured", "high"]) == (0, 0.003)
    assert events.loc["collective", "earlier_low"] >= 0
