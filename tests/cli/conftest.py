"""A folder with two small scenarios, and the command line called in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ectsim.cli.main import run
from ectsim.locale import choose_language

SMALL = """
name: {fr: "Petit", en: "Small"}
extends: spontaneous
horizon: {burn_in: 12, months: 24, after: 6}
population: {actors: 40}
posterior: none
parameters: {idea_rate: 30}
"""
WITH_CALL = """
name: {fr: "Petit appel", en: "Small call"}
extends: small.yaml
add_instruments:
  - {kind: call, first_month: 2, window: 4, minimum_partners: 2, minimum_sectors: 1, winners: 4, grant_rate: 0.5,
     months_paid: 12, autonomy: 0.5}
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "call.yaml").write_text(WITH_CALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Call the command line as a user does, in English unless asked otherwise."""
    monkeypatch.setenv("ECTSIM_LANG", "en")

    def asked(line: str) -> Answer:
        capsys.readouterr()
        code = run(line.split())
        shown = capsys.readouterr()
        return Answer(code, shown.out, shown.err)

    yield asked
    choose_language(None)
