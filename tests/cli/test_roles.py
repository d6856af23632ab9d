"""The verb roles: the folder it leaves, and the page made from that folder."""

from pathlib import Path

from ectsim.locale import text


def test_roles_tell_who_is_missed_and_leave_a_page(ask, folder: Path):
    answer = ask("roles small --runs 2 --seed 5 --out roles")
    assert answer.code == 0, answer.err
    page = (folder / "roles" / "index.html").read_text(encoding="utf-8")
    assert text("report.not_a_forecast") in page
    assert {"necessity.parquet", "shapley.parquet", "story.txt"} <= {path.name for path in (folder / "roles").iterdir()}
