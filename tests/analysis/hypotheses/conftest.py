"""A small hypothesis in a folder, and effects written by hand."""

from pathlib import Path

import numpy as np
import pytest

from ectsim.analysis.hypotheses.measures import Measured

SMALL = """
name: {fr: "Petit", en: "Small"}
extends: spontaneous
horizon: {burn_in: 12, months: 24, after: 6}
population: {actors: 40}
"""
WITH_CALL = """
name: {fr: "Petit appel", en: "Small call"}
extends: small.yaml
add_instruments:
  - {kind: call, first_month: 2, window: 4, minimum_partners: 2, minimum_sectors: 1, winners: 4, months_paid: 12}
"""
HYPOTHESIS = """
claim: {fr: "Un appel fait naître des idées", en: "A call makes ideas"}
source: "planted"
contrary: {claim: {fr: "Non", en: "No"}, source: "planted"}
arms:
  none: {scenario: small}
  call: {scenario: call, twin_of: none}
contrasts:
  - {measure: ideas, of: call, less: none, direction: more, smallest: 1}
  - {measure: net_additional, of: call, direction: more, smallest: 1}
uncertainty: {posterior: priors, draws: 8, seeds: 2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (("small", SMALL), ("call", WITH_CALL), ("T1_ideas", HYPOTHESIS)):
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    return tmp_path


@pytest.fixture
def written(folder: Path):
    """Write the small hypothesis with one thing replaced by another; return its file."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in HYPOTHESIS
        file = folder / "T1_ideas.yaml"
        file.write_text(HYPOTHESIS.replace(old, new) if old else HYPOTHESIS, encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="session")
def effect_of():
    """Effects of draws that are normal, with the luck of their seeds."""

    def made(generator, mean: float, spread: float, luck: float, draws: int = 64, seeds: int = 4) -> Measured:
        true = mean + spread * generator.standard_normal(draws)
        runs = true[:, None] + luck * generator.standard_normal((draws, seeds))
        return Measured(runs.mean(axis=1), runs)

    return made


@pytest.fixture(scope="session")
def generator():
    return lambda seed: np.random.default_rng(seed)
