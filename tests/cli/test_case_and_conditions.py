"""The verbs case and conditions: their folders, their pages, what they refuse to write and to say."""

import json
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "calibration" / "case_example.yaml"
HORIZON = "horizon: {burn_in: 12, months: 48, after: 0}\n"


def test_a_fictive_case_leaves_a_folder_that_says_so(ask, folder: Path):
    with (folder / "call.yaml").open("a", encoding="utf-8") as file:
        file.write(HORIZON)
    told = ask(f"case {EXAMPLE} --scenario call.yaml --runs 3 --threads 2 --out found --json")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert found["synthetic"]
    assert found["story"].startswith("DONNÉES FICTIVES")
    provenance = json.loads((folder / "found" / "provenance.json").read_text("utf-8"))
    assert {"index.html", "events.parquet", "team.parquet", "story.txt"} <= set(provenance["files"])
    assert "DONNÉES FICTIVES" in (folder / "found" / "index.html").read_text("utf-8")


def test_a_real_case_is_not_written_into_a_repository_nor_one_with_words_read(ask, folder: Path):
    real = EXAMPLE.read_text("utf-8").replace("synthetic: true", "synthetic: false")
    (folder / "real.yaml").write_text(real, "utf-8")
    (folder / ".git").mkdir()
    refused = ask("case real.yaml --scenario call.yaml --runs 3 --out found")
    assert refused.code == 3
    assert "git repository" in refused.err
    (folder / "words.yaml").write_text(real + "    verbatim: they said yes\n", "utf-8")
    refused = ask("case words.yaml --scenario call.yaml --runs 3 --out found")
    assert refused.code == 3
    assert "they said" not in refused.err
    assert not (folder / "found").exists()


def test_conditions_go_on_with_their_runs_and_leave_results(ask, folder: Path):
    line = "conditions small.yaml call.yaml --points 32 --replicates 2 --workers 2 --out found"
    told = ask(line)
    assert told.code == 0, told.err
    results = folder / "found" / "results"
    provenance = json.loads((results / "provenance.json").read_text("utf-8"))
    assert {"index.html", "curves.parquet", "surfaces.parquet", "map.png", "story.txt"} <= set(provenance["files"])
    kept = {file: file.read_bytes() for file in results.glob("*.parquet")}
    again = ask(f"{line} --json")
    assert json.loads(again.out)["story"]
    assert kept == {file: file.read_bytes() for file in results.glob("*.parquet")}
    assert ask(f"{line} --seed 2").code == 2
    assert "power of two" in ask("conditions small.yaml call.yaml --points 33 --out other").err
