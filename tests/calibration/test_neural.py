"""The neural cross-check: what it says where its package is absent, and that it agrees with an exact posterior."""

import importlib.util
import sys

import numpy as np
import pytest

from ectsim.calibration.fitting import fit
from ectsim.calibration.neural import disagreement, neural_fit
from ectsim.errors import InputError


@pytest.fixture
def toy():
    random = np.random.default_rng(3)
    parameters = random.normal(size=(2000, 2))
    return parameters, parameters + 0.5 * random.normal(size=(2000, 2)), np.array([0.8, -0.4])


def test_without_its_package_it_names_the_extra(toy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sbi.inference", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match="npe"):
        neural_fit(*toy)


def test_disagreement_is_in_standard_deviations(toy):
    found = fit(*toy, effective=500)
    moved = found.draws + np.sqrt(np.diag(found.covariance()))
    assert disagreement(found, type(found)(moved, found.weights, found.accepted, 0.0, 1.0)) == pytest.approx([1, 1])


@pytest.mark.skipif(importlib.util.find_spec("sbi") is None, reason="needs the extra npe")
def test_it_agrees_with_the_exact_posterior(toy):
    crossed = neural_fit(*toy)
    deviation = np.sqrt(0.2)
    assert np.abs(crossed.mean() - 0.8 * toy[2]).max() < 0.3 * deviation
    assert np.sqrt(np.diag(crossed.covariance())) == pytest.approx([deviation] * 2, rel=0.2)
    assert np.abs(disagreement(fit(*toy, effective=500), crossed)).max() < 0.3
