"""The neural cross-check: what it says where its package is absent, and that it agrees with an exact posterior."""

import dataclasses
import importlib.util

import numpy as np
import pytest

from ectsim.calibration.calibrating import calibrate
from ectsim.calibration.fitting import fit
from ectsim.calibration.neural import disagreement, neural_fit
from ectsim.errors import InputError
from ectsim.report.calibration import tell_calibration


@pytest.fixture
def toy():
    random = np.random.default_rng(3)
    parameters = random.normal(size=(2000, 2))
    return parameters, parameters + 0.5 * random.normal(size=(2000, 2)), np.array([0.8, -0.4])


def test_without_its_package_it_names_the_extra(toy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="npe"):
        neural_fit(*toy)


def test_disagreement_is_in_standard_deviations(toy):
    found = fit(*toy, effective=500)
    moved = found.draws + np.sqrt(np.diag(found.covariance()))
    shift, width = disagreement(found, type(found)(moved, found.weights, found.accepted, 0.0, 1.0))
    assert shift == pytest.approx([1, 1])
    assert width == pytest.approx([1, 1])


@pytest.mark.skipif(importlib.util.find_spec("sbi") is None, reason="needs the extra npe")
def test_it_agrees_with_the_exact_posterior(toy):
    crossed = neural_fit(*toy)
    deviation = np.sqrt(0.2)
    assert np.abs(crossed.mean() - 0.8 * toy[2]).max() < 0.3 * deviation
    assert np.sqrt(np.diag(crossed.covariance())) == pytest.approx([deviation] * 2, rel=0.2)
    assert np.abs(disagreement(fit(*toy, effective=500), crossed)[0]).max() < 0.3


def test_a_calibration_tells_how_far_its_neural_posterior_is(calibrated):
    moved = calibrated.found.draws + 2 * np.sqrt(np.diag(calibrated.found.covariance()))
    crossed = dataclasses.replace(calibrated, crossed=dataclasses.replace(calibrated.found, draws=moved))
    assert crossed.parameters()["neural_shift"].to_numpy() == pytest.approx(2)
    assert crossed.parameters()["neural_width"].to_numpy() == pytest.approx(1)
    assert "neural_shift" not in calibrated.parameters()
    assert " 2" in tell_calibration(crossed)
    assert tell_calibration(crossed) != tell_calibration(calibrated)


def test_a_calibration_asks_for_the_extra_before_it_simulates(tiny_worlds, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="npe"):
        calibrate(tiny_worlds / "plan.yaml", tmp_path / "out", neural=True)
    assert not (tmp_path / "out").exists()
