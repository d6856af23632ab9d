"""What git must never track is found in its files. Every sign § keeps this file itself clean."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.repository import check_repository
from ectsim.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[tuple[str, str, int | None]]]:
    """Track files and check: ``found({name: content})`` gives message, file and line of each problem."""

    def check(files: dict[str, str | bytes], names: Path | None = None) -> list[tuple[str, str, int | None]]:
        repo = tmp_path / "repo"
        repo.mkdir(exist_ok=True)
        subprocess.run(["git", "init", "-q"], cwd=repo, check=True)
        for name, content in files.items():
            path = repo / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        subprocess.run(["git", "add", "-f", *files], cwd=repo, check=True)
        (repo / "untracked.txt").write_text("camille§@laposte.net".replace("§", ""), encoding="utf-8")
        problems = check_repository(repo, names or tmp_path / "no_names.txt")
        return [(p.message.removeprefix("imports."), Path(p.file or "").as_posix(), p.line) for p in problems]

    return check


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.wav", "recording"),
        ("A.MP3", "recording"),
        ("E01.docx", "transcript"),
        ("study.qda/data.qda", "project"),
        ("study.qda/documents/E01.txt", "project"),
        ("study.qdpx", "project"),
        ("study.nvpx", "project"),
        ("study.mx24", "project"),
        ("t.sqlite3", "project"),
        ("deep/pseudonyms.json", "key"),
    ],
)
def test_some_files_are_never_tracked(name: str, kind: str, found: Callable):
    assert found({name: "x"}) == [(f"repository.{kind}", name, None)]


def test_identities_are_found_by_line_and_never_repeated(found: Callable, tmp_path: Path):
    text = "ligne\ncamille.d§@laposte.net\nMme§ Zorglub\n".replace("§", "")
    notebook = '{"outputs": ["maire§ de Lons"]}'.replace("§", "")
    assert found({"notes.md": text, "n.ipynb": notebook}) == [
        ("identifying.office", "n.ipynb", 1),
        ("identifying.email", "notes.md", 2),
        ("identifying.person", "notes.md", 3),
    ]
    problems = check_repository(tmp_path / "repo", tmp_path / "none.txt")
    assert "orglub" not in "".join(map(str, problems))


def test_names_of_the_list_are_found(found: Callable, tmp_path: Path):
    names = tmp_path / "names.txt"
    names.write_text("Zorglub", encoding="utf-8")
    assert found({"a.py": "x = 'zorglub'"}, names) == [("identifying.name", "a.py", 1)]


HEADER = "interview_id,coder_id,code,value,synthetic\n"


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (HEADER + "E01,K1,OPP,2,false\n", "codings"),
        (HEADER + "E01,K1,OPP,2,true\nE02,K1,OPP,2,\n", "codings"),
        ("interview_id,coder_id,code,value\nE01,K1,OPP,2\n", "codings"),
        ("interview_id;verbatim\nE01;words\n", "words"),
        ("pseudonyme,nom\nP1,x\n", "key"),
        (HEADER + "E01,K1,OPP,2,true\n", None),
        ("# DONNÉES FICTIVES\n" + HEADER + "E01,K1,OPP,2,true\n", None),
        ("code,name,population\n39300,Lons,17000\n", None),
    ],
)
def test_tables_are_looked_into(table: str, kind: str | None, found: Callable):
    assert [message for message, _, _ in found({"t.csv": table})] == ([f"repository.{kind}"] if kind else [])


def test_cells_of_workbooks_are_looked_into(found: Callable, tmp_path: Path):
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0].append(["ok", "Mme§ Zorglub".replace("§", "")])
    book.save(tmp_path / "w.xlsx")
    assert found({"w.xlsx": (tmp_path / "w.xlsx").read_bytes(), "bad.xlsx": b"PK\x03\x04"}) == [
        ("identifying.person", "w.xlsx", 1)
    ]


def test_a_key_under_another_name_is_found(found: Callable):
    assert found({"table.json": '{"pseudonyms": {"x": "P1"}}', "other.json": '{"a": [1]}', "bad.json": "{"}) == [
        ("repository.key", "table.json", None)
    ]


def test_the_names_given_to_an_import_are_a_key(found: Callable):
    names = "columns: {}\ndocuments:\n  Entretien de Zorglub: E07\n"
    assert found({"names.yaml": names, "s.yaml": "name: {fr: x}\nnote: documents\n"}) == [
        ("repository.key", "names.yaml", None)
    ]


def test_binary_files_and_links_are_passed_over(found: Callable, tmp_path: Path):
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "link").symlink_to(tmp_path / "nowhere")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "repo", check=True)
    subprocess.run(["git", "add", "link"], cwd=tmp_path / "repo", check=True)
    hidden = "\0camille§@laposte.net".replace("§", "")
    assert found({"a.png": hidden}) == []


def test_a_folder_outside_git_is_told(tmp_path: Path):
    with pytest.raises(InputError) as raised:
        check_repository(tmp_path)
    assert raised.value.problems[0].message == "imports.repository.no_work_tree"


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as raised:
        check_repository(tmp_path)
    assert raised.value.problems[0].message == "imports.repository.no_git"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout")
def test_this_project_holds_nothing_of_the_kind(tmp_path: Path):
    assert [str(problem) for problem in check_repository(ROOT, tmp_path / "none.txt")] == []
