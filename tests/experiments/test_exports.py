"""Tables as one file: what is read back is what was kept, and no spreadsheet runs anything."""

import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

from ectsim.errors import InputError
from ectsim.experiments import exports
from ectsim.experiments.exports import export
from ectsim.experiments.store import StoreError
from ectsim.experiments.sweeping import sweep


@pytest.fixture
def frame(swept):
    return pd.read_parquet(swept / "runs")


def test_csv_reads_back(tmp_path, swept, frame):
    assert export(swept, tmp_path / "runs.csv", "csv") == 640
    back = pd.read_csv(tmp_path / "runs.csv", dtype={"survival_2": float})
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_french_csv_reads_back_and_has_what_a_french_spreadsheet_wants(tmp_path, swept, frame):
    export(swept, tmp_path / "runs.csv", "csv-fr")
    content = (tmp_path / "runs.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfrun_id;point;scenario;")
    assert b"10,25;" in content
    assert b"10.25" not in content
    back = pd.read_csv(tmp_path / "runs.csv", sep=";", decimal=",", encoding="utf-8-sig", dtype={"survival_2": float})
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_one_parquet_file_reads_back(tmp_path, swept, frame):
    export(swept, tmp_path / "runs.parquet", "parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "runs.parquet"), frame)


@pytest.mark.parametrize("kind", ["csv", "csv-fr", "parquet"])
def test_it_is_written_part_after_part_to_the_same_rows(tmp_path, swept, monkeypatch, kind):
    export(swept, tmp_path / "at once", kind)
    monkeypatch.setattr(exports, "ROWS_A_GROUP", 100)
    largest = []
    groups = exports._groups

    def seen(*given):
        for table in groups(*given):
            largest.append(len(table))
            yield table

    monkeypatch.setattr(exports, "_groups", seen)
    assert export(swept, tmp_path / "in parts", kind) == 640
    assert max(largest) == 128
    if kind == "parquet":
        assert pq.read_table(tmp_path / "in parts").equals(pq.read_table(tmp_path / "at once"))
    else:
        assert (tmp_path / "in parts").read_bytes() == (tmp_path / "at once").read_bytes()


def test_whole_numbers_that_are_missing_stay_whole_in_csv(tmp_path, tiny):
    sweep(tiny(tables=("projects",), factors=[], replicates=2), tmp_path / "here")
    export(tmp_path / "here", tmp_path / "projects.csv", "csv", "projects")
    back = pd.read_csv(tmp_path / "projects.csv", dtype=str)
    stored = pd.read_parquet(tmp_path / "here" / "projects")
    assert back["collective"].isna().any()
    assert [None if pd.isna(v) else str(int(v)) for v in stored["collective"]] == [
        None if pd.isna(v) else v for v in back["collective"]
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(start):
    name = f"{start}HYPERLINK(1)"
    frame = pd.DataFrame({"scenario": [name, "calm", None], "number": [-1.5, 2.0, None]})
    safe = exports._without_formulas(frame.astype({"scenario": "str"}))
    assert safe["scenario"].tolist()[:2] == [f"'{name}", "calm"]
    assert safe["scenario"].isna().tolist() == [False, False, True]
    assert safe["number"].tolist()[:2] == [-1.5, 2.0]


def test_what_cannot_be_exported_is_refused(tmp_path, swept):
    (tmp_path / "there").write_text("kept")
    with pytest.raises(InputError) as caught:
        export(swept, tmp_path / "there", "cvs", "project")
    messages = [problem.message for problem in caught.value.problems]
    assert messages == ["sweeps.unknown_name", "sweeps.unknown_name", "sweeps.file_exists"]
    assert [problem.nearest for problem in caught.value.problems] == ["csv", None, None]
    assert (tmp_path / "there").read_text() == "kept"


def test_a_damaged_part_leaves_no_file(tmp_path, swept):
    folder = shutil.copytree(swept, tmp_path / "copy")
    (folder / "runs" / "part-00005-0000.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="part-00005-0000"):
        export(folder, tmp_path / "runs.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_no_run_and_no_place_are_told(tmp_path, swept):
    folder = shutil.copytree(swept, tmp_path / "copy")
    (tmp_path / "taken").touch()
    with pytest.raises(StoreError):
        export(folder, tmp_path / "taken" / "runs.csv")
    shutil.rmtree(folder / "runs")
    with pytest.raises(InputError):
        export(folder, tmp_path / "runs.csv")
