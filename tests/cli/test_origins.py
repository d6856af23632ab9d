"""The verb origins: its folder, its page, its JSON, its refusals."""

import json
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "calibration" / "example"


def test_origins_leaves_a_folder_with_its_page(ask, folder: Path):
    line = f"origins call.yaml --census {EXAMPLE} --age 6 --runs 3 --threads 2 --out found"
    told = ask(f"{line} --csv")
    assert told.code == 0, told.err
    assert told.out.startswith("DONNÉES FICTIVES")
    provenance = json.loads((folder / "found" / "provenance.json").read_text("utf-8"))
    assert provenance["command"] == "ectsim origins call.yaml --age 6 --seed 1 --runs 3 --census example"
    assert {"index.html", "differences.csv", "parts.parquet", "census.png", "story.txt"} <= set(provenance["files"])
    again = ask(f"{line} --json")
    found = json.loads(again.out)
    assert {"differences", "selection", "parts", "fates", "counts", "census", "story"} == set(found)


def test_origins_refuses_what_cannot_be_compared(ask):
    refused = ask("origins small.yaml --out found")
    assert refused.code == 2
    assert "no project can be born of a scheme" in refused.err
    assert "ask for a smaller age" in refused.err
