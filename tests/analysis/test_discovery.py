import sys
from importlib.util import find_spec

import numpy as np
import pytest

from ectsim.analysis.discovery import find_boxes
from ectsim.errors import InputError

NAMES = ("trust", "ideas", "officers", "patience")
METHODS = [
    pytest.param("prim", marks=pytest.mark.skipif(not find_spec("ema_workbench"), reason="extra discovery")),
    "tree",
]


def planted(points: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """An event that happens where trust is high and ideas are few, whatever the rest."""
    generator = np.random.default_rng(1)
    values = generator.random((points, 4))
    values[:, 2] = generator.integers(0, 4, points)
    return values, (values[:, 0] > 0.6) & (values[:, 1] < 0.5)


@pytest.mark.parametrize("method", METHODS)
def test_a_planted_box_is_found(method):
    values, event = planted()
    box, *others = find_boxes(values, NAMES, event, method=method, resamples=1, most=1)
    assert not others
    assert set(box.limits) == {"trust", "ideas"}
    assert box.limits["trust"] == (pytest.approx(0.6, abs=0.05), None)
    assert box.limits["ideas"] == (None, pytest.approx(0.5, abs=0.05))
    assert box.coverage > 0.85
    assert box.density > 0.95
    assert box.mass == pytest.approx(box.points / 300)
    assert box.mass == pytest.approx(0.2, abs=0.05)
    assert max(box.quasi_p.values()) < 1e-6
    assert box.reproducibility == {"trust": 1.0, "ideas": 1.0}


def test_a_second_box_counts_only_what_the_first_left():
    values = np.random.default_rng(2).random((800, 2))
    event = (values[:, 0] < 0.25) | (values[:, 1] > 0.8)
    boxes = find_boxes(values, ("a", "b"), event, method="tree", resamples=0, most=8)
    assert len(boxes) > 1
    assert sum(box.coverage for box in boxes) <= 1
    assert sum(box.points for box in boxes) <= 800


@pytest.mark.parametrize("method", METHODS)
def test_chance_gives_no_reproducible_box(method):
    values, _ = planted()
    event = np.random.default_rng(3).random(300) < 0.3
    boxes = find_boxes(values, NAMES, event, method=method, resamples=0, most=1)
    assert all(box.density < 0.75 for box in boxes)


@pytest.mark.parametrize("event", [np.zeros(50, bool), np.ones(50, bool)])
def test_what_never_or_always_happens_has_no_box(event):
    assert find_boxes(np.random.default_rng(1).random((50, 4)), NAMES, event, method="tree") == ()


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="50 events"):
        find_boxes(np.zeros((40, 4)), NAMES, np.zeros(50, bool))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    from ectsim.analysis import discovery

    discovery._ema_prim.cache_clear()
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    values, event = planted(100)
    with pytest.raises(InputError, match=r"ectsim\[discovery\]"):
        find_boxes(values, NAMES, event)
