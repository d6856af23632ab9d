"""The verbs about field work, as a user calls them."""

import json
import shutil
from pathlib import Path

import pytest

from ectsim.calibration.columns import TABLES
from ectsim.calibration.tidy import Interviews, read_tidy, write_tidy
from ectsim.shipped import shipped_folder

EXAMPLE = shipped_folder("calibration") / "example"


@pytest.fixture
def study(folder: Path) -> Path:
    """A study of one's own in the current folder; the whole example is long to infer."""
    return Path(shutil.copytree(EXAMPLE, folder / "study"))


def test_guides_are_written(ask, folder: Path):
    answer = ask("interviews guide --out guides")
    assert answer.code == 0
    names = {path.name for path in (folder / "guides").iterdir()}
    assert names == {"carriers.html", "carriers.docx", "others.html", "others.docx", "quota.html"}


def test_check_says_what_the_study_holds_and_would_disclose(ask, study: Path):
    answer = ask("interviews check study")
    assert answer.code == 0
    assert "24 interviews" in answer.out
    assert "DONNÉES FICTIVES" in answer.out
    assert answer.err
    told = json.loads(ask("interviews check study --json").out)
    assert told["synthetic"]
    assert told["warnings"]


def test_check_lists_every_fault_and_returns_2(ask, study: Path):
    file = study / "codings.csv"
    content = file.read_text(encoding="utf-8").replace("COOP_PROP", "COOP_PROPS", 1).replace("VAL_ENV", "VAL_EN", 1)
    file.write_text(content, encoding="utf-8")
    answer = ask("interviews check study")
    assert answer.code == 2
    assert "COOP_PROPS" in answer.err
    assert "VAL_EN" in answer.err


def test_reliability_by_code(ask, study: Path):
    answer = ask("interviews reliability study")
    assert answer.code == 0
    assert "propensity to cooperate" in answer.out
    codes = json.loads(ask("interviews reliability study --json").out)["codes"]
    assert {"use", "flag", "widen"} == {code["verdict"] for code in codes}


def test_importing_the_tidy_example_gives_it_back(ask, folder: Path, study: Path):
    answer = ask("interviews import study/codings.csv --described study --out again")
    assert (answer.code, answer.err) == (0, "")
    assert {p.name: p.read_bytes() for p in (folder / "again").iterdir()} == {
        p.name: p.read_bytes() for p in study.iterdir()
    }


def test_a_grid_of_one_sheet_becomes_codings(ask, folder: Path, study: Path):
    grid = "# DONNÉES FICTIVES\ninterview_id;COOP_PROP;CONTRIB;CONFLIT\nE01;3;temps, argent;oui\nE02;s.o.;;non\n"
    (folder / "grid.csv").write_text(grid, encoding="cp1252")
    (study / "projects.csv").unlink()
    answer = ask("interviews import grid.csv --described study --coder K1 --out made")
    assert answer.code == 0, answer.err
    found = read_tidy(folder / "made")
    told = {(row.interview_id, row.code): (row.status, row.value) for row in found.codings.itertuples()}
    assert told["E01", "COOP_PROP"] == ("code", "3")
    assert told["E01", "CONTRIB"] == ("code", "temps|argent")
    assert told["E01", "CONFLIT"] == ("code", "1")
    assert told["E02", "COOP_PROP"][0] == "sans_objet"
    assert found.synthetic


def test_real_rows_stay_out_of_a_repository(ask, folder: Path, study: Path):
    (folder / ".git").mkdir()
    fictive = read_tidy(EXAMPLE)
    real = {name: fictive.table(name).assign(synthetic=False) for name in TABLES}
    shutil.rmtree(study)
    write_tidy(Interviews(**real, synthetic=False), study)
    answer = ask("interviews import study/codings.csv --described study --out made")
    assert answer.code == 3, answer.err
    assert not (folder / "made").exists()


def test_an_interview_withdrawn_is_gone_and_what_was_made_of_it_is_listed(ask, folder: Path, study: Path):
    (folder / "posteriors.json").write_text("{}")
    answer = ask("interviews retract study E07")
    assert answer.code == 0
    assert "posteriors.json" in answer.out
    assert "E07" not in set(read_tidy(study).interviews["interview_id"])
    assert ask("interviews retract study E07").code == 2


def test_the_page_says_all_it_must(ask, folder: Path, study: Path):
    answer = ask("interviews report study --out page.html")
    assert answer.code == 0, answer.err
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert page.count("DONNÉES FICTIVES") >= 2
    assert "<script" not in page
    assert "http" not in page
    for section in ("Who was met", "Agreement of coders", "What can be said", "What is not known", "Roles played"):
        assert section in page
    assert "E07" not in page


def test_posteriors_population_and_targets_are_written(ask, folder: Path, study: Path):
    answer = ask("interviews posteriors study --out made")
    assert answer.code == 0, answer.err
    names = {path.name for path in (folder / "made").iterdir()}
    assert {"posteriors.json", "posteriors.parquet", "population.parquet", "targets.csv"} <= names
