"""The wheel and the source distribution: what they hold, the same bytes at each build, use from an empty folder."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import ectsim

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
TINY = "horizon: {burn_in: 2, months: 18, after: 0}\npopulation: {actors: 12}\n"
EPOCH = "1767225600"  # any moment serves, as long as it is the same for both builds


def build(source: Path, out: Path, *targets: str) -> dict[str, Path]:
    """Build ``source`` and return what was made, by its ending."""
    asked = [word for target in targets for word in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *asked, "--directory", str(out)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    subprocess.run(command, cwd=source, env=environment, capture_output=True, check=True)
    return {path.suffix: path for path in out.iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(ROOT, tmp_path_factory.mktemp("dist"), "wheel", "sdist")


@pytest.fixture(scope="module")
def unpacked(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked elsewhere, at another time."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(built[".gz"]) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return source


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_build_in_another_place_gives_the_same_bytes(built, unpacked: Path, tmp_path: Path):
    again = build(unpacked, tmp_path / "again", "wheel", "sdist")
    assert digest(again[".whl"]) == digest(built[".whl"])
    assert digest(again[".gz"]) == digest(built[".gz"])


def test_names_and_metadata_say_the_one_version(built):
    assert built[".whl"].name == f"ectsim-{ectsim.__version__}-py3-none-any.whl"
    assert built[".gz"].name == f"ectsim-{ectsim.__version__}.tar.gz"
    with zipfile.ZipFile(built[".whl"]) as wheel:
        told = wheel.read(f"ectsim-{ectsim.__version__}.dist-info/METADATA").decode()
        assert {"ectsim/py.typed", f"ectsim-{ectsim.__version__}.dist-info/licenses/LICENSE"} <= set(wheel.namelist())
    assert f"\nVersion: {ectsim.__version__}\n" in told
    assert all(f"\nProvides-Extra: {extra}\n" in told for extra in PROJECT["optional-dependencies"])


def test_the_source_distribution_holds_what_its_tests_and_its_site_need(unpacked: Path):
    held = {path.name for path in unpacked.iterdir()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wanted = {name.split("/")[0] for name in tracked.splitlines()} - {".editorconfig", ".pre-commit-config.yaml", ".ci"}
    assert wanted - {".python-version"} <= held


def test_the_wheel_works_from_an_empty_folder(built, tmp_path: Path):
    """Only the wheel is installed; what it depends on is seen in the packages of the tests, their ectsim is not.

    The worlds are tiny and uncompiled: rules installed anew would be compiled anew, which takes a minute.
    """
    environment, home = tmp_path / "venv", tmp_path / "home"
    home.mkdir()
    venv.create(environment)
    scripts, packages = (
        Path(sysconfig.get_path(name, "venv", {"base": environment})) for name in ("scripts", "purelib")
    )
    install = [sys.executable, "-m", "pip", "--python", environment, "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*install, built[".whl"]], check=True)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    settings = os.environ | {"ECTSIM_LANG": "en", "NUMBA_DISABLE_JIT": "1", "ECTSIM_CACHE": str(tmp_path / "cache")}

    def ask(line: str, where: Path) -> str:
        program = [scripts / "ectsim", *line.split()]
        done = subprocess.run(program, cwd=where, env=settings, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout

    ask("new my-study", home)
    for name in ("spontaneous", "one_call_a_year"):
        tiny = f"name: {{fr: x, en: Tiny {name}}}\nextends: {name}.yaml\n" + TINY
        (home / "my-study" / f"tiny_{name}.yaml").write_text(tiny, encoding="utf-8")
    told = ask("compare tiny_spontaneous.yaml tiny_one_call_a_year.yaml --runs 2", home / "my-study")
    assert "Tiny one_call_a_year" in told
    made = home / "my-study" / "results" / "compare-tiny_spontaneous-tiny_one_call_a_year"
    assert (made / "comparison.png").is_file()
    shipped = Path(json.loads(ask("doctor --json", home))["scenarios"])
    assert shipped.is_relative_to(packages)
    assert "DONNÉES FICTIVES" in ask(f"interviews check {shipped.parent / 'calibration' / 'example'}", home)


def test_every_extra_is_documented_with_what_it_is_for():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    told = {line.split("`")[1] for line in rows}
    assert set(PROJECT["optional-dependencies"]) <= told


def test_codemeta_and_the_citation_say_what_the_project_says():
    codemeta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert codemeta["name"] == PROJECT["name"]
    assert codemeta["description"] == PROJECT["description"]
    assert codemeta["keywords"] == PROJECT["keywords"]
    assert codemeta["license"].endswith(f"/{PROJECT['license']}")
    assert codemeta["runtimePlatform"] == f"Python {PROJECT['requires-python']}"
    assert [author["name"] for author in codemeta["author"]] == [author["name"] for author in PROJECT["authors"]]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]
    assert citation["license"] == PROJECT["license"]
    assert citation["title"].startswith(PROJECT["name"])
    assert not {"version", "softwareVersion"} & codemeta.keys()  # ectsim/__init__.py is the only place of a version
    assert "version" not in citation


def test_the_changelog_has_a_section_for_this_version():
    titles = [
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    assert ectsim.__version__ in titles[0]
