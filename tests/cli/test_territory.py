"""Verbs about territories: check, build; a world runs on what was built."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ectsim.territory.nomenclature import KINDS


@pytest.fixture
def official(folder: Path) -> ModuleType:
    """What the tests of building make official files with."""
    file = Path(__file__).parents[1] / "territory" / "building" / "conftest.py"
    spec = importlib.util.spec_from_file_location("made_official_files", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def line(official: ModuleType, folder: Path) -> str:
    """The command line that builds the made territory, without registers."""
    (folder / "cog.csv").write_text(official.COG, encoding="utf-8")
    (folder / "pop.csv").write_text(official.POPULATIONS, encoding="utf-8")
    official.write_composition(folder / "epci.xlsx")
    official.write_geojson(folder / "outlines.geojson", official.features())
    return (
        "territory build made --communes cog.csv --populations pop.csv --epci epci.xlsx --outlines outlines.geojson"
        f" --select epci:{official.ALPHA},{official.BETA} --centre 01001 --title Essai --year 2023"
    )


def test_a_territory(ask):
    told = json.loads(ask("territory check pays_ledonien/bassin_de_vie --json").out)
    assert (told["communes"], len(told["kinds"])) == (62, len(KINDS))
    answer = ask("territory check --lang fr")
    assert answer.code == 0
    assert "199 communes" in answer.out


def test_a_world_runs_on_a_built_territory(ask, folder: Path, line: str):
    built = ask(line)
    assert built.code == 0
    assert "4 communes" in built.out
    assert "without Sirene" in built.err
    assert ask("territory check made").code == 0
    scenario = (folder / "small.yaml").read_text(encoding="utf-8")
    (folder / "here.yaml").write_text(f"{scenario}territory: made\n", encoding="utf-8")
    answer = ask("run here.yaml --seed 1 --out results --json")
    assert answer.code == 0, answer.err


def test_the_numbers_for_scripts_in_both_languages(ask, folder: Path, line: str):
    told = json.loads(ask(f"{line} --json --lang fr").out)
    assert (told["communes"], told["inhabitants"]) == (4, 14500)
    assert any("sans Sirene" in notice for notice in told["notices"])
    assert "habitants" in (folder / "made" / "README.md").read_text(encoding="utf-8")


def test_faults_have_exit_code_2_and_their_place(ask, line: str):
    answer = ask(line.replace("--centre 01001", "--centre 01005").replace("cog.csv", "cogs.csv"))
    assert answer.code == 2
    assert "cogs.csv" in answer.err
    assert "cog.csv" in answer.err
    assert ask("territory build made").code == 2


def test_without_the_extra(ask, line: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "shapely", None)
    answer = ask(line)
    assert answer.code == 2
    assert "pip install 'ectsim[territory]'" in answer.err
