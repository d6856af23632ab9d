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
    assert names == {"carriers.html", "carriers.docx", "others.html", "others.docx", "quota.html", "grid.xlsx"}


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
    sections = (
        "In short",
        "Who was met",
        "Interests, by kind",
        "Roles played, by kind",
        "What the census",
        "not known",
    )
    for section in (*sections, "agreement of coders"):
        assert section in page
    # every share has its marks on the axis, every number stands beside
    assert page.count('<tr><td class="first') > 40
    assert "sector, actor_type" not in page
    assert "E07" not in page


@pytest.mark.shared
def test_real_nvivo_projects_come_in_through_a_map_that_is_completed(ask, folder: Path, study: Path):
    shared = Path(__file__).parents[2].parent / "shared" / "data" / "interviews"
    files = [shared / f"nvivo12_{name}_structure_only.qdpx" for name in ("one_coder", "edited_two_coders")]
    given = " ".join(map(str, files))
    answer = ask(f"interviews codes {given} --out codes.yaml")
    assert answer.code == 0, answer.err
    undecided = (folder / "codes.yaml").read_text(encoding="utf-8")
    assert undecided.count(': "?"') > 50
    names = "documents: {videos_selection: E01, videos_10_selected: E02}\n"
    names += "coders: {coder_A: K1, coder_B: K2, test_user: K3}\n"
    (folder / "names.yaml").write_text(names, encoding="utf-8")
    for table in ("codings", "ties", "projects", "frame"):
        (study / f"{table}.csv").unlink()
    table = read_tidy(EXAMPLE).interviews.assign(synthetic="false").head(2)
    table.to_csv(study / "interviews.csv", index=False)
    told = "--described study --names names.yaml --codes codes.yaml --out made"
    answer = ask(f"interviews import {files[1]} {told}")
    assert answer.code == 2
    assert answer.err.count("“?”") == undecided.count(': "?"')
    # one code decided, all the others left out
    decided = undecided.replace('piros": "?"', 'piros": COOP_PROP=1').replace(': "?"', ":")
    (folder / "codes.yaml").write_text(decided, encoding="utf-8")
    answer = ask(f"interviews import {files[1]} {told}")
    assert answer.code == 0, answer.err
    found = read_tidy(folder / "made").codings
    assert set(found["code"]) == {"COOP_PROP"}
    assert found["n_segments"].sum() + int(answer.err.partition("map leaves out: ")[2].split()[0]) == 330


def test_the_map_of_a_tree_holds_what_says_nothing_by_itself(ask, folder: Path, study: Path):
    table = "id,document,tag,content\n1,E01,Envie / forte,x\n2,E01,COOP_PROP=3,x\n3,E02,Envie / forte,x\n"
    (folder / "highlights.csv").write_text(table, encoding="utf-8")
    assert ask("interviews codes highlights.csv --out codes.yaml").code == 0
    lines = (folder / "codes.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ['"Envie / forte": "?"  # 2']
    assert ask("interviews codes highlights.csv --out codes.yaml").code == 2


def test_faults_found_after_an_import_are_told_where_they_stand(ask, folder: Path, study: Path):
    head = "# DONNÉES FICTIVES\ninterview_id;COOP_PROP;CONFLIT\n"
    (folder / "one.csv").write_text(f"{head}E01;3;oui\n", encoding="utf-8")
    (folder / "two.csv").write_text(f"{head}E02;2;oui\nE01;3;non\n", encoding="utf-8")
    described = study / "interviews.csv"
    described.write_text(described.read_text("utf-8").replace("E05,A05", "E04,A05"), encoding="utf-8")
    answer = ask("interviews import one.csv two.csv --described study --coder K1 --out made")
    assert answer.code == 2
    assert "two.csv:4 · interview_id, coder_id, code, target · this line repeats line 3, one.csv" in answer.err
    assert "interviews.csv:7 · interview_id · this line repeats line 6" in answer.err


def test_interviews_that_nothing_describes_are_named(ask, folder: Path, study: Path):
    (folder / "grid.csv").write_text("interview_id;COOP_PROP;CONFLIT\nE98;3;oui\nE99;2;oui\n", encoding="utf-8")
    answer = ask("interviews import grid.csv --described study --coder K1 --out made")
    assert answer.code == 2
    for name in ("E98", "E99"):
        assert f"grid.csv · nothing describes {name} (sector, actor_type," in answer.err
    described = study / "interviews.csv"
    described.write_text(described.read_text("utf-8").replace("rural", "plateau", 1), encoding="utf-8")
    answer = ask("interviews import grid.csv --described study --coder K1 --out made")
    assert "nothing describes E98" in answer.err
    assert "interviews.csv:3 · zone" in answer.err
    answer = ask("interviews import grid.csv --described sudy --coder K1 --out made")
    assert answer.code == 2
    assert "sudy · file not found · did you mean “study”?" in answer.err


@pytest.mark.parametrize("verb", ["reliability study", "posteriors study --out made"])
def test_nothing_coded_is_said_so(ask, folder: Path, study: Path, verb: str):
    for name in ("interviews", "codings"):
        file = study / f"{name}.csv"
        file.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    for name in ("ties", "projects"):
        (study / f"{name}.csv").unlink()
    answer = ask(f"interviews {verb}")
    assert answer.code == 2
    assert "coded" in answer.err or "no interview" in answer.err
    assert not (folder / "made").exists()


def test_a_key_inside_a_repository_is_refused(ask, folder: Path, study: Path):
    (folder / ".git").mkdir()
    (folder / "names.yaml").write_text("documents: {E01.docx: E01}\n", encoding="utf-8")
    answer = ask("interviews import study/codings.csv --described study --names names.yaml --out made")
    assert answer.code == 3
    assert "key" in answer.err
    (folder / "names.yaml").write_text("columns: {Envie: COOP_PROP}\n", encoding="utf-8")
    assert ask("interviews import study/codings.csv --described study --names names.yaml --out made").code == 0


def test_posteriors_population_and_targets_are_written(ask, folder: Path, study: Path):
    answer = ask("interviews posteriors study --out made")
    assert answer.code == 0, answer.err
    names = {path.name for path in (folder / "made").iterdir()}
    assert {"posteriors.json", "posteriors.parquet", "population.parquet", "targets.csv"} <= names
    assert "weigh as much as" in answer.err
    assert "4 times in 5" in answer.err
