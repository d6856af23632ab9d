"""Real small folders of every verb that has a report of its own: what its page says, and that they are made again."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from ectsim.cli.main import run
from ectsim.locale import choose_language, text
from ectsim.report.kinds import KINDS, report_of, results_of
from ectsim.report.making import MAKERS
from ectsim.report.pages import report_page
from ectsim.report.sensitivity import factor_label
from ectsim.report.wording import number
from tests.cli.conftest import SMALL, WITH_CALL
from tests.cli.test_exploring import CHOOSE, EXPLORE, TINY
from tests.cli.test_sensitivity import STUDY
from tests.report.test_pages import assert_sound, plain

CALIBRATION = Path(__file__).parents[2] / "calibration"
FILES = {
    "small.yaml": SMALL,
    "call.yaml": WITH_CALL,
    "lived.yaml": "name: {fr: a, en: a}\nextends: call.yaml\nhorizon: {burn_in: 12, months: 48, after: 0}\n",
    "tiny.yaml": TINY,
    "tiny_call.yaml": TINY.replace("small", "call").replace("a, en: a", "b, en: b"),
    "explore_it.yaml": EXPLORE,
    "choose_it.yaml": CHOOSE,
    "screened.yaml": STUDY,
}
COMMANDS = {
    "origins": f"origins call.yaml --census {CALIBRATION / 'example'} --age 6 --runs 5",
    "conditions": "conditions small.yaml call.yaml --points 32 --replicates 2",
    "case": f"case {CALIBRATION / 'case_example.yaml'} --scenario lived.yaml --runs 3",
    "choose": "choose choose_it.yaml --enough money=100000",
    "explore": "explore explore_it.yaml --generations 1",
    "roles": "roles small.yaml --runs 2",
    "sensitivity": "sensitivity screened.yaml --method morris",
}
FIGURES = {"origins": 3, "conditions": 3, "case": 1, "choose": 2, "explore": 1, "roles": 3, "sensitivity": 1}
AGAIN = [verb for verb in COMMANDS if verb in MAKERS]
FICTIVE = ("origins", "case")
NOT_WORDS = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(reports?|origins|conditions|case|choice|exploration)\.[a-z_]+|\bnan\b")
"""Names of columns, keys of texts, what is no number: none is for people."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """A folder with one results folder of each verb, made by its command in French."""
    place = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name, content in FILES.items():
            (place / name).write_text(content, encoding="utf-8")
        for verb, command in COMMANDS.items():
            assert run([*command.split(), "--out", verb, "--lang", "fr"]) == 0, verb
        for name in FILES:
            (place / name).unlink()  # all that is needed is in the folders
    choose_language(None)
    return place


def test_every_verb_that_leaves_a_folder_has_a_report_of_its_own():
    assert set(MAKERS) <= set(KINDS)


def said(report) -> str:
    """What a report tells of its subject, on its page: all but its method and where it comes from."""
    parts = [report.kind, report.title, report.question, *report.answer, *report.limits]
    parts += [point for part in report.details for point in (part.title, *part.paragraphs, *part.points)]
    tables = [*report.tables, *(table for part in report.details for table in part.tables)]
    parts += [
        one for table in tables for one in (table.title, *table.columns, *(cell for row in table.rows for cell in row))
    ]
    pictures = [*report.pictures, *(picture for part in report.details for picture in part.pictures)]
    return " ".join([*parts, *(picture.alternative for picture in pictures)])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("verb", COMMANDS)
def test_a_folder_is_reported_in_both_languages_as_its_command_did(made: Path, verb: str, language: str):
    choose_language(language)
    try:
        report = report_of(results_of(made / verb))
        written = report_page(report)
        page = assert_sound(written, language)
        assert len(report.answer) == 3
        assert all(sentence.rstrip()[-1] in ".)" for sentence in report.answer), report.answer
        assert len(page.all("img")) == FIGURES[verb]
        assert page.all("table")
        assert not NOT_WORDS.search(said(report)), NOT_WORDS.search(said(report))
        assert "{" not in said(report)
        assert (plain(text("reports.provenance.rerun")) in page.told) is (verb in MAKERS)
        assert report.synthetic is (verb in FICTIVE)
        for heading in ("answer", "method", "limits", "provenance"):
            assert plain(text(f"reports.heading.{heading}")) in page.told
        if language == "fr" and verb in MAKERS:
            folder = results_of(made / verb).path
            assert written == (folder / "index.html").read_text("utf-8")
            story = plain((folder / "story.txt").read_text("utf-8"))
            assert verb == "case" or all(plain(sentence) in story for sentence in report.answer)
    finally:
        choose_language(None)


@pytest.fixture
def asked(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(made)

    def ask(line: str) -> dict:
        capsys.readouterr()
        code = run(line.split())
        told = json.loads(capsys.readouterr().out)
        assert code == (0 if told["same"] else 1)
        return told

    yield ask
    choose_language(None)


def test_the_numbers_of_a_sensitivity_are_those_of_its_table(made: Path):
    choose_language("en")
    try:
        folder = results_of(made / "sensitivity")
        table = folder.table("screening")
        report = report_of(folder)
        assert [one.title for one in report.tables] == [
            "Ideas, “a”", "Ideas, “b”", "Ideas, “b” less “a”"
        ]  # fmt: skip
        parts = table.groupby(["scenario", "against"], dropna=False, sort=False)
        for shown, (_, part) in zip(report.tables, parts, strict=True):
            ranked = part[part["factor"] != "dummy"].sort_values("mu_star", ascending=False, kind="stable")
            assert [row[1] for row in shown.rows] == [number(value, 2) for value in ranked["mu_star"]]
        first = ranked.iloc[0]["factor"]
        assert factor_label(first) in report.answer[0]
        assert "40 runs" in report.answer[2]
    finally:
        choose_language(None)


@pytest.mark.parametrize("verb", AGAIN)
def test_a_folder_is_made_again_to_the_byte_and_a_changed_table_is_told(made: Path, asked, verb: str):
    folder, kept = results_of(made / verb).path, f"{verb}-kept"
    shutil.copytree(folder, made / kept / "results" if folder.name == "results" else made / kept)
    kept_folder = results_of(made / kept).path
    changed = sorted(kept_folder.glob("*.parquet"))[-1]
    table = pd.read_parquet(changed)
    table.iloc[:-1].to_parquet(changed, index=False)
    told = asked(f"rerun {kept} --json")
    assert told["differing"] == [file.name for file in sorted(kept_folder.glob(f"{changed.stem}.parquet"))]
    assert told["changes"] == {}
    again = results_of(made / told["folder"]).path
    files = [file.name for file in sorted(folder.iterdir()) if file.suffix in (".parquet", ".csv", ".txt", ".png")]
    assert [name for name in files if (again / name).read_bytes() != (folder / name).read_bytes()] == []
