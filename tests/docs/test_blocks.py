"""Every command and snippet of the README and of docs/ is run, page by page, each page in a folder of its own.

A page's blocks share its folder, so that what one makes the next may use; ``yaml title="x.yaml"`` is written there.
What is too long is made smaller by SMALLER, in the open; what needs more than this machine is named in ELSEWHERE, with
the file that runs it.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from ectsim.calibration.example_grid import write_example_grid
from ectsim.cli.main import app
from ectsim.cli.main import run as ectsim
from ectsim.locale import choose_language

ROOT = Path(__file__).parents[2]
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
}
FENCE = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
LANGUAGES = {"sh", "python", "yaml", "bat", "text", "json"}

SMALLER = {
    "--runs 100": "--runs 2",
    "--runs 50": "--runs 2",
    "--runs 10": "--runs 2",
    "runs=20": "runs=2",
    "--tasks 9": "--tasks 2",
    "--nworkers 16": "--nworkers 1",
    "--network": "--port 0",  # open to this machine only
    "10.0.0.1": "127.0.0.1",
    "replicates: 50": "replicates: 1",
    "number_processes=2": "number_processes=1",
    "rng=range(1, 51)": "rng=[1]",
    "rng=[1, 2, 3]": "rng=[1]",
    "base_points: 512": "base_points: 16",
    "draws: 20,": "draws: 2,",
    "--method sobol": "--method sobol --quick",
    "import grid.xlsx --out": "import grid.xlsx --described study --out",  # this grid does not describe interviews
    "codes project.qdpx": "codes highlights.csv",  # the export of another program
    "--out results/sensitivity --quick": "--out results/sensitivity --quick --method morris",
    "hypotheses test all": "hypotheses test H01 --quick",
    "a_year --out results/conditions": "a_year --points 32 --replicates 2 --out results/conditions",
    "--points 1024 --replicates 8": "--points 32 --replicates 2",
    "origins one_call_a_year --out": "origins one_call_a_year --runs 4 --out",
    "--runs 400": "--runs 4",
    "case calibration/case_example.yaml": "case calibration/case_example.yaml --runs 20",
    " --pdf": "",  # it needs the system's Pango: tests/report/test_pages.py
    "results/compare results/roles results/hypotheses calibration/example": "results/compare calibration/example",
    "explore explore": "explore explore --generations 1",
    "draws: 100}": "draws: 3}",
    "replicates: 20": "replicates: 2",
    "roles one_call_a_year": "roles one_call_a_year --runs 2",
    "compare spontaneous one_call_a_year --lang fr": "compare spontaneous one_call_a_year --lang fr --runs 2",
}
"""Sizes cut so that all pages take a minute; a test says when one is written nowhere any more."""

SMALL_FILES = {
    "scenarios/spontaneous.yaml": {
        "{burn_in: 60, months: 120, after: 36}": "{burn_in: 12, months: 72, after: 6}",
        "actors: 300": "actors: 60",
    },
    "scenarios/one_call_a_year.yaml": {},
    "scenarios/subsidy_equal_budget.yaml": {},
    "scenarios/studies/explore.yaml": {
        "by_hand/spontaneous.yaml": "spontaneous",
        "by_hand/one_call_a_year.yaml": "one_call_a_year",
        "points: 256": "points: 16",
    },
    "scenarios/studies/choose.yaml": {
        f"  - {name}\n": ""
        for name in (
            "two_phase_call",
            "national_call",
            "facilitation_equal_budget",
            "label_then_money",
            "events_and_recognition",
        )
    }
    | {"draws: 200": "draws: 3", "replicates: 20": "replicates: 2"},
    "scenarios/studies/calls.yaml": {
        "[2, 4, 8]": "[2, 8]",
        "[0.3, 0.5, 0.8]": "[0.5]",
        "replicates: 40": "replicates: 8",
    },
}
"""Files that ship, made smaller and put in a page's folder, where they take the place of those of the same name."""

ELSEWHERE = {
    "make demo": (".ci/run", "make demo"),
    "make test": (".ci/run", "make test"),
    "sbatch": ("tests/slurm/conftest.py", '"sbatch"'),
    "mpiexec": ("tests/experiments/test_engines_agree.py", "mpi4py.futures"),
    "territory build": ("tests/cli/test_territory.py", '"territory build made'),
    "verdict_pages": ("tests/report/test_hypotheses.py", "write_pages("),  # 61,000 runs
    ".venv-viz": ("tests/examples/test_solara_viz.py", '"solara", "run"'),
}
"""Commands that need make, Slurm, MPI, hours or another environment: the file that runs them, words that show it."""

STAND_IN = {"sbatch": "ectsim sweep run calls --out results/calls"}
"""What is run here in place of a command run elsewhere, as the page goes on from what that leaves."""

SERVERS = {
    "dask scheduler": "Scheduler at",
    "dask worker": "Registered to",
    "ectsim workshop": "http://",
}
"""Commands that go on until they are stopped, and the words by which they say that they are ready."""

LONGEST_START = 300.0
"""Seconds: a first start compiles the model."""


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    title: str
    content: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> Iterator[Block]:
    text = PAGES[page]
    for found in FENCE.finditer(text):
        language, title, content = found.groups()
        yield Block(page, text.count("\n", 0, found.start()) + 1, language, title or "", content)


def commands(block: Block) -> Iterator[str]:
    """Lines of a block of commands, those that go on over several lines joined, comments off."""
    for line in block.content.replace("\\\n", " ").splitlines():
        command = re.sub(r"(^|\s+)#.*", "", line).strip()
        if command:
            yield command


def replaced(content: str, cuts: Mapping[str, str]) -> str:
    for size, cut in cuts.items():
        content = content.replace(size, cut)
    return content


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


ALL = [block for page in PAGES for block in blocks(page)]
RUN = sorted({block.page for block in ALL if block.language in ("sh", "python", "yaml")})


@pytest.mark.parametrize("block", ALL, ids=str)
def test_a_block_says_what_it_is(block: Block):
    assert block.language in LANGUAGES
    if block.language == "text":
        assert not re.search(r"^(ectsim|python|pip) ", block.content, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_no_command_hides_in_an_indented_block(page: str):
    outside = FENCE.sub("", PAGES[page])
    assert not re.search(r"^(    |\t)+(ectsim|python|pip|dask|mpiexec|sbatch|make|import|from) ", outside, re.MULTILINE)


def test_nothing_of_the_tables_is_out_of_date():
    shown = "".join(block.content for block in ALL)
    assert not [size for size in SMALLER if size not in shown]
    assert not [command for command in ELSEWHERE if command not in shown]
    assert not [command for command in SERVERS if command not in shown]
    assert not [where for where, words in ELSEWHERE.values() if words not in (ROOT / where).read_text(encoding="utf-8")]
    for name, cuts in SMALL_FILES.items():
        shipped = (ROOT / name).read_text(encoding="utf-8")
        assert not [size for size in cuts if size not in shipped]


def known_options() -> dict[str, set[str]]:
    """Options of every verb, by its whole name; groups have those of help only."""
    found: dict[str, set[str]] = {}

    def walk(command, name: str) -> None:
        found[name] = {option for p in command.params for option in p.opts} | {"--help", "--lang"}
        for part, inside in getattr(command, "commands", {}).items():
            walk(inside, f"{name} {part}")

    walk(typer.main.get_command(app), "ectsim")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_in_the_prose_exist(page: str):
    options = known_options()
    for inline in re.findall(r"`(ectsim [^`]+)`", FENCE.sub("", PAGES[page])):
        words = re.split(r"\s+", re.sub(r"[\[\]…]", " ", inline))
        if words[1].isupper() or words[1].startswith("-"):
            continue
        verb = " ".join(words[:3]) if " ".join(words[:3]) in options else " ".join(words[:2])
        assert verb.split("|")[0] in options, inline
        used = {word.partition("=")[0] for word in words if re.fullmatch(r"--\w[\w-]*(=.*)?", word)}
        assert used <= options[verb.split("|")[0]], inline


class Page:
    """One page being worked through, by a reader who begins in a folder of his own."""

    def __init__(self, folder: Path, capture: Callable[[], str]):
        self.names: dict[str, object] = {"__name__": "page"}
        self.capture = capture
        self.folder = folder
        self.servers: list[subprocess.Popen[bytes]] = []
        self.port = free_port()
        for name in ("scenarios", "calibration"):
            shutil.copytree(ROOT / name, folder / name)
        for name, cuts in SMALL_FILES.items():
            content = replaced((ROOT / name).read_text(encoding="utf-8"), cuts)
            (folder / Path(name).name).write_text(content, encoding="utf-8")

    def close(self) -> None:
        for server in self.servers:
            server.kill()
            server.wait()

    def do(self, block: Block) -> None:
        content = replaced(block.content, SMALLER).replace("8786", str(self.port))
        if block.language == "yaml":
            list(YAML(typ="safe").load_all(content))
            if block.title:
                Path(block.title).write_text(content, encoding="utf-8")
        elif block.language == "python" and "__main__" in content:
            Path("script.py").write_text(content, encoding="utf-8")
            subprocess.run([sys.executable, "script.py"], check=True, capture_output=True)
        elif block.language == "python":
            exec(compile(content, str(block), "exec"), self.names)
        elif block.language == "sh":
            for command in commands(Block(block.page, block.line, "sh", "", content)):
                self.run(command)

    def run(self, command: str) -> None:
        elsewhere = next((part for part in ELSEWHERE if part in command), None)
        if elsewhere:
            if elsewhere in STAND_IN:
                self.run(STAND_IN[elsewhere])
            return
        ready = next((said for server, said in SERVERS.items() if command.startswith(server)), None)
        if ready:
            self.serve(command, ready)
            return
        match shlex.split(command):
            case ["cd", folder]:
                os.chdir(folder)
            case ["ectsim", *arguments]:
                self.run_ectsim(command, arguments)
            case ["python", *arguments]:
                subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            case _:
                raise AssertionError(f"no way to run {command!r}: add it to ELSEWHERE with the file that does")

    def serve(self, command: str, ready: str) -> None:
        """Start a command that goes on, and wait until it is ready."""
        program, *arguments = shlex.split(command)
        start = [sys.executable, "-m", program, *arguments]
        # not into a pipe: one that nobody empties any more stops who writes to it
        said = self.folder / f"server{len(self.servers)}.txt"
        with said.open("wb") as heard:
            server = subprocess.Popen(start, stdout=heard, stderr=heard)
        self.servers.append(server)
        late = time.monotonic() + LONGEST_START
        while ready not in (told := said.read_text(encoding="utf-8")):
            assert server.poll() is None, f"{command} ended:\n{told}"
            assert time.monotonic() < late, f"{command} is never ready:\n{told}"
            time.sleep(0.05)

    def run_ectsim(self, command: str, arguments: list[str]) -> None:
        target = None
        if ">" in arguments:
            arguments, (target,) = arguments[: arguments.index(">")], arguments[arguments.index(">") + 1 :]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = ectsim(arguments)
        assert code == EXPECTED.get(command, 0), f"{command}: {code}\n{printed.getvalue()}{self.capture()}"
        if target:
            Path(target).write_text(printed.getvalue(), encoding="utf-8")


EXPECTED: dict[str, int] = {"ectsim check-patterns --runs 2": 1}
"""Commands whose page says that they leave with another code than 0."""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("ECTSIM_LANG", "en")
    monkeypatch.chdir(tmp_path)
    # seals and looks are written beside the hypotheses, which are those of the reader's folder
    monkeypatch.setattr("ectsim.analysis.hypotheses.files.shipped_folder", lambda name: tmp_path / name)
    page = Page(tmp_path, lambda: "".join(capsys.readouterr()))
    yield page
    page.close()
    choose_language(None)


def field_work() -> None:
    """What the reader of the page on interviews comes with: a fictive grid, its tables, an export of other software."""
    write_example_grid(Path())
    highlights = "id,document,tag,content\n1,E01,Envie de coopérer / forte,x\n2,E02,Climat / Énergie,x\n"
    Path("highlights.csv").write_text(highlights, encoding="utf-8")
    repository()


def repository() -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)


GIVEN = {"docs/interviews.md": field_work, "docs/privacy.md": repository}
"""Files that the reader of a page brings."""


@pytest.mark.parametrize("page", RUN)
def test_a_page_works(page: str, reader: Page):
    GIVEN.get(page, lambda: None)()
    for block in blocks(page):
        try:
            reader.do(block)
        except Exception as error:
            error.add_note(f"in the block that begins at {block}")
            raise


def test_the_windows_lines_do_what_make_does(tmp_path: Path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for lock in ROOT.glob("requirements*.lock"):
        shutil.copy(lock, tmp_path)

    def made(target: str) -> list[str]:
        told = subprocess.run(["make", "-n", target], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        return [normal(line) for line in told.splitlines() if line.startswith((".venv", "python")) or "venv" in line]

    def normal(line: str) -> str:
        line = line.replace("\\", "/").replace(".venv/Scripts/", ".venv/bin/").replace("py -3.12 ", "python3.12 ")
        return line.replace("--requirements ", "-r ").replace("--editable ", "-e ").strip()

    written = [block for block in ALL if block.language == "bat"]
    assert {block.page for block in written} == {"README.md", "CONTRIBUTING.md"}
    for block in written:
        lines = [normal(line) for line in block.content.splitlines()]
        wanted = made("demo" if block.page == "README.md" else "test")
        assert [line for line in wanted if "touch" not in line][:4] == lines[:4]
        assert set(wanted[-1].split()) & set(lines[-1].split())
