"""Results folders: whole or not at all, and the same bytes for the same tables."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from ectsim.errors import InputError
from ectsim.experiments.provenance import PROVENANCE, Study, read_provenance
from ectsim.experiments.results import (
    FORMS,
    STORY,
    Results,
    differing_tables,
    drawn,
    refuse_other_contents,
    write_results,
)

TABLE = pd.DataFrame({"name": ["a", "é"], "value": [1.5, float("nan")], "month": pd.array([1, None], dtype="Int64")})


@pytest.fixture
def study(setup) -> Study:
    return Study("run", (setup,), {"seed": 1, "months": None})


def write(folder, study, table=TABLE, **options):
    write_results(folder, study, Results({"t": table}, {}, "Il était une fois."), started="2026-01-01", **options)


def test_a_folder_holds_what_was_given(tmp_path, study):
    folder = tmp_path / "deep" / "here"
    write(folder, study, csv=True)
    assert sorted(path.name for path in folder.iterdir()) == [PROVENANCE, STORY, "t.csv", "t.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "t.parquet"), TABLE)
    assert (folder / "t.csv").read_bytes() == "name,value,month\na,1.5,1\né,,\n".encode()
    assert (folder / STORY).read_text(encoding="utf-8") == "Il était une fois.\n"
    assert set(read_provenance(folder)["files"]) == {STORY, "t.csv", "t.parquet"}
    assert [path.name for path in folder.parent.iterdir()] == ["here"]


def test_the_same_tables_have_the_same_bytes_at_any_time(tmp_path, study):
    for name in ("one", "two"):
        write(tmp_path / name, study, csv=True)
    assert differing_tables(tmp_path / "one", tmp_path / "two") == []


def test_tables_that_differ_or_are_missing_are_named(tmp_path, study):
    write(tmp_path / "one", study, csv=True)
    write(tmp_path / "two", study, TABLE.assign(value=2.0))
    assert differing_tables(tmp_path / "one", tmp_path / "two") == ["t.csv", "t.parquet"]


def test_a_failure_leaves_nothing_or_what_was_there(tmp_path, study):
    class Unwritable:
        def get_label(self):
            return ""

        def savefig(self, *_, **__):
            raise RuntimeError("no ink")

    broken = Results({"t": TABLE}, {"f": Unwritable()}, "")
    with pytest.raises(RuntimeError, match="no ink"):
        write_results(tmp_path / "here", study, broken, started="")
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "here", study)
    before = (tmp_path / "here" / PROVENANCE).read_bytes()
    with pytest.raises(RuntimeError, match="no ink"):
        write_results(tmp_path / "here", study, broken, started="")
    assert (tmp_path / "here" / PROVENANCE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_an_empty_folder_or_own_results_may_be_written_over(tmp_path, study):
    (tmp_path / "here").mkdir()
    refuse_other_contents(tmp_path / "here", "run")
    write(tmp_path / "here", study)
    refuse_other_contents(tmp_path / "here", "run")
    refuse_other_contents(tmp_path / "not yet" / "there", "run")


@pytest.mark.parametrize("other", ["notes.txt", "deep/notes.txt", "provenance.json"])
def test_a_folder_with_something_else_may_not(tmp_path, other):
    path = tmp_path / "here" / other
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"verb": "run", "files": {}}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        refuse_other_contents(tmp_path / "here", "run")
    assert other in str(caught.value)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_figure_gives_the_same_file(form):
    def made() -> bytes:
        figure = Figure()
        figure.subplots().plot([1, 2, 3], marker="o")
        figure.set_label("three points")
        return drawn(figure, form)

    assert made() == made()
    assert b"three points" in made()
