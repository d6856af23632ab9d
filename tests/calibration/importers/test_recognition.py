"""Each format is told from its file alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import IMPORTERS, Options, read_codings
from ectsim.calibration.importers.tables import is_table, read_sheets

KINDS = {
    "refi": "refi",
    "qdc": "refi",
    "qualcoder": "qualcoder",
    "taguette_sqlite": "taguette",
    "taguette_csv": "taguette",
    "maxqda": "maxqda",
    "nvivo_matrix": "nvivo_matrix",
    "grid_xlsx": "grid",
    "grid_csv": "grid",
    "tidy_csv": "tidy_csv",
}


@pytest.mark.parametrize("sample", KINDS)
def test_only_the_right_importer_recognises_a_file(
    sample: str, tmp_path: Path, write_sample: Callable[[str, Path, str], tuple[Path, Options]]
):
    path, options = write_sample(sample, tmp_path, "words")
    sheets = read_sheets(path) if is_table(path) else []
    assert [name for name, importer in IMPORTERS.items() if importer.recognises(path, sheets)] == [KINDS[sample]]
    assert read_codings(path, options) == read_codings(path, options, KINDS[sample])


def test_a_grille_of_thirteen_columns_is_no_table_of_segments(tmp_path: Path, write_table: Callable[..., Path]):
    header = ["entretien", "COOP_PROP", "OPP", "RISQ", "VOC", *(f"colonne {n}" for n in range(8))]
    path = write_table(tmp_path / "g.csv", [header, ["E01", *"1234", *[""] * 8]])
    assert len(read_codings(path, Options(coder="K1")).codings) == 4


def test_importers_go_by_their_own_name():
    assert all(name == importer.name for name, importer in IMPORTERS.items())
    assert set(KINDS.values()) == set(IMPORTERS)
