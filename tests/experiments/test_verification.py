"""Rows run again: equal to the bit, unless somebody touched them."""

import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ectsim.errors import InputError
from ectsim.experiments.sweeping import sweep
from ectsim.experiments.verification import verify


@pytest.fixture
def folder(tmp_path, swept):
    """A copy of the small sweep."""
    return shutil.copytree(swept, tmp_path / "copy")


def changed(file, column, change):
    """Rewrite a column of a part."""
    table = pq.read_table(file)
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, table.field(place), change(table[column])), file)


def test_rows_of_an_untouched_sweep_hold(swept):
    found = verify(swept, rows=12)
    assert found.holds
    assert found.checked == 12


def test_every_row_can_be_checked_and_one_changed_bit_is_found(folder):
    file = folder / "runs" / "part-00004-0000.parquet"

    def minus_zero(emerged):
        values = emerged.to_pylist()
        assert values[7] == 0.0
        values[7] = -0.0
        return pa.chunked_array([pa.array(values)])

    for path in (folder / "runs").iterdir():
        if path != file:
            path.unlink()
    changed(file, "emerged", minus_zero)
    found = verify(folder, rows=1000)
    assert found.checked == 64
    (difference,) = found.differences
    assert (difference.run_id, difference.column) == (pq.read_table(file)["run_id"][7].as_py(), "emerged")
    assert (repr(difference.stored), repr(difference.again)) == ("-0.0", "0.0")
    assert not found.holds


def test_the_draw_of_rows_follows_its_seed(swept, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "ectsim.experiments.verification._differences", lambda row, *_: drawn.append(row["run_id"]) or []
    )
    monkeypatch.setattr("ectsim.experiments.verification._again", lambda *_: {})
    for seed in (1, 1, 2):
        verify(swept, rows=10, seed=seed)
    assert drawn[:10] == drawn[10:20] != drawn[20:]
    assert len(set(drawn[:10])) == 10


def test_further_tables_are_checked_too(tmp_path, tiny):
    study = tiny(tables=("projects", "months"), factors=[], replicates=2, twins=True)
    sweep(study, tmp_path)
    assert verify(tmp_path).holds
    changed(tmp_path / "months" / "part-00000-0000.parquet", "propensity", lambda values: pc.add(values, 1e-16 + 1))
    found = verify(tmp_path)
    assert {(difference.table, difference.column) for difference in found.differences} == {("months", None)}


def test_a_damaged_file_is_told(folder):
    file = folder / "runs" / "part-00002-0000.parquet"
    file.write_bytes(file.read_bytes()[:-10])
    found = verify(folder, rows=5)
    assert found.damaged == ("runs/part-00002-0000.parquet",)
    assert found.checked == 5
    assert not found.holds


def test_another_model_is_refused(swept, monkeypatch):
    monkeypatch.setattr("ectsim.experiments.verification.model_hash", lambda: "another")
    with pytest.raises(InputError) as caught:
        verify(swept)
    assert caught.value.problems[1].field == "model"


def test_a_folder_without_a_sweep_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        verify(tmp_path)
    assert caught.value.problems[0].message == "sweeps.no_manifest"


def test_a_sweep_without_any_run_holds_but_checks_nothing(folder):
    shutil.rmtree(folder / "runs")
    found = verify(folder)
    assert (found.checked, found.holds) == (0, True)
