"""What a calibration leaves behind, real or fictive."""

import dataclasses
import hashlib
import json

import pandas as pd
import pytest

from ectsim.calibration.record import TABLES, judged, write_calibration
from ectsim.calibration.tidy import FICTIVE
from ectsim.posterior import load_posterior


def test_the_posterior_comes_back(calibrated, tiny_worlds):
    found = load_posterior(tiny_worlds / "out" / "posterior.parquet")
    assert found.names == calibrated.table.names
    assert found.draws == pytest.approx(calibrated.draws.to_numpy())


def test_every_file_is_fingerprinted(tiny_worlds, calibrated):
    folder = tiny_worlds / "out"
    told = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert {f"{name}.csv" for name in TABLES} | {"posterior.parquet"} <= set(told["files"])
    for name, digest in told["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (folder / "calibration.yaml").read_bytes() == (tiny_worlds / "plan.yaml").read_bytes()


def test_what_must_be_said_goes_with_the_draws(calibrated, tiny_worlds):
    told = json.loads((tiny_worlds / "out" / "posterior.json").read_text("utf-8"))
    assert told == {"synthetic": False, "notice": "", **judged(calibrated)}
    assert told["rests_on"] == "published figures"
    assert sum(told["identified"].values()) == len(calibrated.table.names)
    assert told["points_with_every_target"] == len(calibrated.summaries)


def test_written_again_it_is_the_same_to_the_byte(calibrated, tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_calibration(calibrated, tmp_path / name, name)
    for file in (tmp_path / "first").iterdir():
        if file.name != "provenance.json":
            assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()


def test_fictive_field_work_is_told_in_every_file(calibrated, tmp_path):
    fictive = dataclasses.replace(calibrated, table=dataclasses.replace(calibrated.table, synthetic=True))
    write_calibration(fictive, tmp_path, "now")
    assert json.loads((tmp_path / "posterior.json").read_text("utf-8"))["notice"] == FICTIVE
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_text("utf-8").startswith(f"# {FICTIVE}\n")
        assert len(pd.read_csv(tmp_path / f"{name}.csv", comment="#")) or name == "confounded"
