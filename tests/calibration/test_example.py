"""The fictive example: what it holds, that a rerun gives the same bytes, that every file says it is fictive."""

import subprocess
import sys
from pathlib import Path

import pytest

from ectsim.calibration.example import example
from ectsim.calibration.example_grid import DESCRIBED, GRID, write_example_grid
from ectsim.calibration.gathering import Sources, gather
from ectsim.calibration.tidy import FICTIVE, read_tidy, write_tidy
from ectsim.shipped import shipped_folder

SHIPPED = shipped_folder("calibration") / "example"
FILES = sorted(path.name for path in SHIPPED.iterdir())


def test_it_holds_what_it_says():
    found = read_tidy(SHIPPED)
    coders = found.codings.groupby("interview_id")["coder_id"].nunique()
    assert found.synthetic
    assert (len(found.interviews), len(found.projects)) == (24, 30)
    assert (coders == 2).sum() == 12
    assert set(found.interviews["sector"]) == {"public", "prive", "societe_civile", "soutien"}
    assert len(found.ties) > 20
    assert len(found.frame) == 12
    assert set(found.codings["status"]) == {"code", "non_aborde", "refus", "sans_objet"}


def test_the_program_gives_the_shipped_bytes(tmp_path: Path):
    subprocess.run([sys.executable, "-m", "ectsim.calibration.example", str(tmp_path / "again")], check=True)
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (SHIPPED / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_it_is_fictive(name: str):
    content = (SHIPPED / name).read_text(encoding="utf-8")
    assert FICTIVE in content.splitlines()[0]
    if name.endswith(".csv"):
        rows = content.splitlines()[2:]
        assert rows
        assert all(",true" in row for row in rows)


def test_another_seed_gives_another_example(tmp_path: Path):
    write_tidy(example(seed=1), tmp_path / "one")
    assert (tmp_path / "one" / "codings.csv").read_bytes() != (SHIPPED / "codings.csv").read_bytes()


def test_the_grid_says_what_the_example_says(tmp_path: Path):
    write_example_grid(tmp_path)
    for file in (tmp_path / DESCRIBED).iterdir():
        assert FICTIVE in file.read_text("utf-8")
    found = gather(Sources([tmp_path / GRID], described=tmp_path / DESCRIBED)).interviews
    shipped = read_tidy(shipped_folder("calibration") / "example")
    key = ["interview_id", "coder_id", "code", "target"]
    told = ["status", "value"]
    values = [table.set_index(key)[told].to_dict("index") for table in (found.codings, shipped.codings)]
    assert values[0] == values[1]
    assert found.synthetic
    assert all(found.table(name).equals(shipped.table(name)) for name in ("interviews", "frame", "ties", "projects"))
