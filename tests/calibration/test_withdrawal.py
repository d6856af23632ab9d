"""Withdrawal to the last row: tables, estimates made again, what else was made."""

import dataclasses
from pathlib import Path

import pytest

from ectsim.calibration.disclosure import without
from ectsim.calibration.estimates import RECIPE, Estimates, Settings, estimate, settings_of, tell, write_estimates
from ectsim.calibration.posteriors import read_posteriors
from ectsim.calibration.tidy import Interviews, read_tidy, write_tidy
from ectsim.calibration.withdrawal import withdraw
from ectsim.errors import InputError
from ectsim.shipped import shipped_folder

SETTINGS = Settings(seed=1, selection=0.5, territory="pays_ledonien")


@pytest.fixture(scope="module")
def example() -> Interviews:
    """The example with few of its codes: the whole of it is long to estimate."""
    whole = read_tidy(shipped_folder("calibration") / "example")
    few = whole.codings["code"].isin(["COOP_PROP", "CONFLIT"])
    return dataclasses.replace(whole, codings=whole.codings[few].reset_index(drop=True))


@pytest.fixture
def tidy(tmp_path: Path, example: Interviews) -> Path:
    (tmp_path / "study").mkdir()
    write_tidy(example, tmp_path / "study" / "tidy")
    return tmp_path / "study" / "tidy"


@pytest.fixture(scope="module")
def estimates(example: Interviews) -> Estimates:
    return estimate(example, SETTINGS)


def test_it_reaches_every_table_and_lists_what_was_made(tidy: Path):
    for name in ("posteriors.json", "old/posteriors.parquet", "report.html", "notes.txt", "guides/carriers.html"):
        file = tidy.parent / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x", encoding="utf-8")
    done = withdraw(tidy, "E07")
    assert {name: count > 0 for name, count in done.rows.items()} == {
        "interviews": True,
        "codings": True,
        "ties": True,
        "projects": True,
    }
    assert done.remade == ()
    listed = [path.relative_to(tidy.parent).as_posix() for path in done.derived]
    assert listed == ["old/posteriors.parquet", "posteriors.json", "report.html"]
    assert not [path for path in tidy.parent.rglob("*") if path.is_file() and b"E07" in path.read_bytes()]
    assert "E07" not in set(read_tidy(tidy).interviews["interview_id"])


def test_other_files_beside_the_tables_do_not_hinder_it(tidy: Path):
    (tidy / "notes.txt").write_text("x", encoding="utf-8")
    withdraw(tidy, "E07")
    assert "E07" not in set(read_tidy(tidy).interviews["interview_id"])
    assert (tidy / "notes.txt").exists()


def test_estimates_are_made_again(tidy: Path, estimates: Estimates):
    made, other = tidy.parent / "made", tidy.parent / "other"
    write_estimates(estimates, made, tidy, SETTINGS)
    write_estimates(estimates, other, tidy.parent / "elsewhere", SETTINGS)
    done = withdraw(tidy, "E07")
    assert done.remade == (made,)
    assert {file.parent for file in done.derived} == {other}
    again = estimate(read_tidy(tidy), SETTINGS)
    assert (read_posteriors(made).draws == again.posteriors.draws).all()
    assert (read_posteriors(other).draws == estimates.posteriors.draws).all()


def test_the_recipe_says_what_estimates_were_made_from(tidy: Path, estimates: Estimates, tmp_path: Path):
    made = tmp_path / "made"
    write_estimates(estimates, made, tidy, SETTINGS)
    assert settings_of(made, tidy) == SETTINGS
    assert settings_of(made, tmp_path) is None
    for broken in ("{", "[]", "{}", '{"interviews": 3}', '{"interviews": "../study/tidy", "more": 1}'):
        (made / RECIPE).write_text(broken, encoding="utf-8")
        assert settings_of(made, tidy) is None


def test_the_targets_of_an_earlier_census_go(tidy: Path, estimates: Estimates, tmp_path: Path):
    write_estimates(estimates, tmp_path / "made", tidy, SETTINGS)
    assert (tmp_path / "made" / "targets.csv").exists()
    write_estimates(dataclasses.replace(estimates, targets=None), tmp_path / "made", tidy, SETTINGS)
    assert not list((tmp_path / "made").glob("*.csv"))


def test_what_interviews_weigh_and_what_the_census_lacks_is_told(estimates: Estimates):
    told = "\n".join(tell(estimates))
    assert 1 < estimates.effective_size <= estimates.members
    assert estimates.targets is not None
    assert f"{estimates.effective_size:.1f}" in told
    assert all(str(gap) in told for gap in estimates.targets.gaps)
    assert "4 times in 5" in told
    assert "weighted by sector and size" in told
    assert "weighted by sector only" in "\n".join(tell(dataclasses.replace(estimates, sizes_count=False)))


def test_without_interviews_nothing_is_estimated(example: Interviews):
    nobody = without(example, list(example.interviews["interview_id"]))
    with pytest.raises(InputError) as raised:
        estimate(nobody, SETTINGS)
    assert raised.value.problems[0].message == "posteriors.no_interview"


def test_an_unknown_interview_is_told_and_nothing_changes(tidy: Path):
    before = {path.name: path.read_bytes() for path in tidy.iterdir()}
    with pytest.raises(InputError) as raised:
        withdraw(tidy, "E07B")
    assert raised.value.problems[0].nearest == "E07"
    assert {path.name: path.read_bytes() for path in tidy.iterdir()} == before
