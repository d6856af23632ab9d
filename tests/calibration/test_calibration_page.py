"""The page of a real calibration: its answer, its numbers, its figures, in both languages."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from ectsim.locale import choose_language
from ectsim.report.calibration import write_report
from ectsim.report.kinds import report_of, results_of
from ectsim.report.pages import report_page
from ectsim.report.wording import number, share
from tests.report.test_pages import assert_sound

FILES = ("posterior.parquet", "parameters.csv", "predictions.csv", "targets.csv", "provenance.json")


@pytest.fixture(params=["fr", "en"])
def folder(request, calibrated, tiny_worlds: Path, tmp_path: Path):
    choose_language(request.param)
    for name in FILES:
        shutil.copy(tiny_worlds / "out" / name, tmp_path / name)
    write_report(calibrated, tmp_path)
    yield tmp_path, request.param
    choose_language(None)


def test_a_calibration_is_reported_from_its_folder(folder):
    place, language = folder
    report = report_of(results_of(place))
    page = assert_sound(report_page(report), language)
    assert len(report.answer) == 3
    assert len(page.all("img")) == 3
    assert all(len(image["alt"].split()) > 5 for image in page.all("img"))
    told = [report.title, report.question, *report.answer, *report.limits, *report.method]
    told += [cell for table in report.tables for row in (table.columns, *table.rows) for cell in row]
    assert not re.search(r"\b[a-z]+_[a-z_]+\b|\b(reports?|calibration)\.[a-z_]+|\bnan\b|\{", " ".join(told))


def test_the_numbers_are_those_of_the_tables(folder):
    place, _ = folder
    patterns, parameters = report_of(results_of(place)).tables
    predicted = pd.read_csv(place / "predictions.csv")
    predicted = predicted[predicted["version"] == "calibrated"]
    assert [row[3] for row in patterns.rows] == [share(value) for value in predicted["probability"]]
    found = pd.read_csv(place / "parameters.csv")
    assert [row[0] for row in parameters.rows] == list(found["label"])
    assert [row[2].partition(" (")[0] for row in parameters.rows] == [number(value, 2) for value in found["median"]]
