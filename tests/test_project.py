"""The project's own files: version, citation, locks, what is packed, and nothing that ties it to one machine."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import ectsim

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Written with brackets so that this file does not match itself.
MACHINE = re.compile(
    r"(?<![\w.])/(?:w[o]rk|f[a]rm|r[o]ot|h[o]me/\w+|Us[e]rs/\w+|opt/p[y]pi|opt/wh[e]els)/"
    r"|py[p]i\.org|python[h]osted|npm[j]s\.|deb\.[d]ebian|astral-sh/python-b[u]ild"
)


def tracked_files() -> list[Path]:
    """Every file that git tracks or would add."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in output.split("\0") if name and (ROOT / name).is_file()]


def pinned(lock: str) -> dict[str, str]:
    """Version of each package of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def normalized(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement).group()
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_locks_hold_every_extra_but_the_one_that_weighs_gigabytes():
    held = re.search(r"^EXTRAS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE).group(1)
    assert set(held.split()) == PYPROJECT["project"]["optional-dependencies"].keys() - {"npe"}
    assert not {"torch", "sbi"} & pinned("requirements-dev.lock").keys()


def test_no_file_names_a_registry_host_or_a_path_of_one_machine():
    files = tracked_files()
    assert Path(__file__) in files
    found = []
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:  # a picture, a table in binary form
            continue
        found += [
            f"{path.relative_to(ROOT)}:{n}: {line[:120]}" for n, line in enumerate(lines, 1) if MACHINE.search(line)
        ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line", ["https://py" + "pi.org/simple", "open('/wo" + "rk/main/x')", "'/home" + "/anne/data'"]
)
def test_the_check_finds_a_host_or_a_path(line: str):
    assert MACHINE.search(line)


def test_the_version_is_written_once():
    assert "version" not in PYPROJECT["project"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "ectsim/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+)?", ectsim.__version__)
    written = [
        path.name
        for path in ROOT.glob("*.*")
        if path.suffix in (".toml", ".cff") and ectsim.__version__ in path.read_text("utf-8")
    ]
    assert not written


def test_the_citation_names_the_contributors():
    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "type", "authors", "license"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["authors"] == [{"name": "the ectsim contributors"}]
    assert citation["license"] == PYPROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_hashed_and_names_no_index(lock: str):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
    entries = re.split(r"\n(?=[a-z])", text)
    assert len(entries) > 20
    assert all(re.match(r"[a-z0-9-]+==", entry) and "--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", "build"), ("requirements-dev.lock", "dev")])
def test_a_lock_holds_what_the_project_asks_for(lock: str, group: str):
    asked = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"][group]
    asked = [normalized(requirement) for requirement in asked if isinstance(requirement, str)]
    held = pinned(lock)
    assert "hatchling" in held
    assert "torch" not in held
    assert set(asked) <= set(held)


def test_both_locks_agree():
    run, dev = map(pinned, LOCKS)
    assert run.items() <= dev.items()


def test_there_is_no_other_lock():
    assert not [path for path in tracked_files() if path.name == "uv.lock"]


def test_the_wheel_carries_code_texts_and_scenarios(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [
        path for path in tracked_files() if path.relative_to(ROOT).parts[0] in ("ectsim", "scenarios", "calibration")
    ]
    inside = [path.relative_to(ROOT).as_posix() for path in shipped]
    inside = [name if name.startswith("ectsim/") else f"ectsim/data/{name}" for name in inside]
    assert {"ectsim/py.typed", "ectsim/locale/fr/errors.toml"} <= set(inside)
    assert any(name.startswith("ectsim/data/scenarios/") for name in inside)
    assert set(inside) <= names
    outside = {name for name in names if not name.startswith(("ectsim/", "ectsim-"))}
    assert not outside
