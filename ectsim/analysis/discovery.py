"""Where in the space of the factors an event happens: boxes by PRIM or by a small tree, and how far to trust them.

What the event is (a verdict that flips, a call that works) is told by the caller.
"""

import functools
import importlib
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ectsim.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

LEAST_MASS = 0.05
"""Share of the points below which no box is sought."""
LEVEL = 0.05
"""Quasi-p above which a restriction is dropped."""
LEAVES = 8

Method = Literal["prim", "tree"]
Limits = Mapping[str, tuple[float | None, float | None]]
"""Factor → lowest and highest value in a box, None on a side that is open."""


@dataclass(frozen=True)
class Box:
    """A part of the space of the factors where the event is frequent.

    Attributes
    ----------
    limits : mapping of str to (float or None, float or None)
        Lowest and highest value of each factor that is restricted; None on a side that is open.
    points : int
        Points inside, without those of the boxes found before.
    coverage : float
        Share of all events that they hold.
    density : float
        Share of them that are events.
    mass : float
        Share of all points that they are.
    quasi_p : mapping of str to float
        By restricted factor, the probability of at least as many events in the box if its restriction added nothing
        (one-sided binomial test, Bryant and Lempert 2010). The box was chosen on the same points: too kind by far, use
        it to leave restrictions out and not to prove one.
    reproducibility : mapping of str to float
        By restricted factor, share of searches among half of the points whose box of the same rank restricts it too.
    """

    limits: Limits
    points: int
    coverage: float
    density: float
    mass: float
    quasi_p: Mapping[str, float]
    reproducibility: Mapping[str, float]


def find_boxes(
    points: ArrayLike,
    names: Sequence[str],
    event: ArrayLike,
    *,
    method: Method = "prim",
    most: int = 3,
    resamples: int = 10,
    seed: int = 1,
) -> tuple[Box, ...]:
    """Boxes where an event is frequent, in the order found; empty where none stands out.

    Parameters
    ----------
    points
        Values of the factors, shape (P, F), in their units.
    names
        Of the F factors.
    event
        Whether the event happens at each point, shape (P,). Of two complementary events ask for the rarer.
    method
        "prim": PRIM of the EMA Workbench, one box after the other, each the one of its peeling trajectory with the
        largest harmonic mean of coverage and density. "tree": the leaves of a small classification tree where the
        event is more frequent than overall.
    most
        Boxes returned at most.
    resamples
        Searches among half of the points, for the reproducibility.
    seed
        Of those halves.

    Raises
    ------
    InputError
        If PRIM is asked for and the EMA Workbench is not installed (extra ``discovery``).
    ValueError
        If the shapes do not fit.
    """
    values, happens = np.asarray(points, float), np.asarray(event, bool)
    if values.shape != (len(happens), len(names)):
        raise ValueError(f"points of shape {values.shape} for {len(happens)} events and {len(names)} factors")
    found = _search(values, names, happens, method, most)
    generator = np.random.default_rng(seed)
    again = []
    for _ in range(resamples if found else 0):
        half = generator.choice(len(happens), len(happens) // 2, replace=False)
        again.append(_search(values[half], names, happens[half], method, most))
    left, boxes = np.ones(len(happens), bool), []
    for rank, limits in enumerate(found):
        same_rank = [other[rank] if rank < len(other) else {} for other in again]
        boxes.append(_described(limits, values, names, happens, left, same_rank))
        left &= ~_inside(values, names, limits)
    return tuple(boxes)


def _search(
    values: NDArray[np.float64], names: Sequence[str], happens: NDArray[np.bool_], method: Method, most: int
) -> list[Limits]:
    """Limits of the boxes, without the restrictions that add nothing."""
    if happens.all() or not happens.any():
        return []
    found, left = [], np.ones(len(happens), bool)
    candidates = (_prim if method == "prim" else _tree)(values, names, happens)
    for limits in itertools.islice(candidates, most):
        kept = _significant(limits, values[left], names, happens[left])
        if not kept:
            break
        found.append(kept)
        left &= ~_inside(values, names, kept)
    return found


def _significant(
    limits: Limits, values: NDArray[np.float64], names: Sequence[str], happens: NDArray[np.bool_]
) -> Limits:
    """The limits, the restriction with the largest quasi-p dropped as long as that is above the level."""
    kept = dict(limits)
    while kept:
        told = {name: _quasi_p(kept, name, values, names, happens) for name in kept}
        worst = max(told, key=lambda name: told[name])
        if told[worst] <= LEVEL:
            break
        del kept[worst]
    return kept


def _quasi_p(
    limits: Limits, name: str, values: NDArray[np.float64], names: Sequence[str], happens: NDArray[np.bool_]
) -> float:
    from scipy.stats import binom

    own = happens[_inside(values, names, limits)]
    wider = happens[_inside(values, names, {other: both for other, both in limits.items() if other != name})]
    return float(binom.sf(own.sum() - 1, len(own), wider.mean())) if len(own) else 1.0


def _inside(values: NDArray[np.float64], names: Sequence[str], limits: Limits) -> NDArray[np.bool_]:
    inside = np.ones(len(values), bool)
    for name, (low, high) in limits.items():
        column = values[:, list(names).index(name)]
        inside &= (column >= (-np.inf if low is None else low)) & (column <= (np.inf if high is None else high))
    return inside


def _described(
    limits: Limits,
    values: NDArray[np.float64],
    names: Sequence[str],
    happens: NDArray[np.bool_],
    left: NDArray[np.bool_],
    again: Sequence[Limits],
) -> Box:
    inside = _inside(values, names, limits) & left
    return Box(
        limits,
        int(inside.sum()),
        coverage=float((inside & happens).sum() / happens.sum()),
        density=float(happens[inside].mean()),
        mass=float(inside.mean()),
        quasi_p={name: _quasi_p(limits, name, values[left], names, happens[left]) for name in limits},
        reproducibility={
            name: float(np.mean([name in other for other in again])) if again else np.nan for name in limits
        },
    )


def _prim(values: NDArray[np.float64], names: Sequence[str], happens: NDArray[np.bool_]) -> Iterator[Limits]:
    import pandas as pd

    # as fractions all: given whole numbers, it writes halves between them where pandas takes only integers
    frame = pd.DataFrame(values, columns=list(names))
    prim = _quietly(_ema_prim(), frame, happens.astype(int), mass_min=LEAST_MASS)
    while (box := _quietly(prim.find_box)) is not None:
        steps = box.peeling_trajectory
        balance = steps["coverage"] * steps["density"] / (steps["coverage"] + steps["density"])
        if balance.isna().all():
            return
        _quietly(box.select, int(balance.idxmax()))
        yield _restricted(box.box_lim, prim.box_init)


def _restricted(limits: "pd.DataFrame", widest: "pd.DataFrame") -> Limits:
    found = {}
    for name in limits.columns:
        low, high, lowest, highest = (float(limit) for box in (limits, widest) for limit in box[name].to_numpy())
        if low > lowest or high < highest:
            found[name] = (low if low > lowest else None, high if high < highest else None)
    return found


@functools.cache
def _ema_prim() -> Any:
    try:
        return _quietly(importlib.import_module, "ema_workbench.analysis.prim").Prim
    except ImportError:
        raise InputError([Problem("sensitivity.no_ema_workbench")]) from None


def _quietly(call: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """Call the EMA Workbench, which warns of each extra of its own that is missing and uses pandas' older ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*given, **options)


def _tree(values: NDArray[np.float64], names: Sequence[str], happens: NDArray[np.bool_]) -> Iterator[Limits]:
    """Leaves where the event is more frequent than overall, those that hold the most events above chance first."""
    from sklearn.tree import DecisionTreeClassifier

    least = max(1, int(LEAST_MASS * len(values)))
    tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=least, random_state=0).fit(values, happens)
    leaves: list[tuple[float, Limits]] = []
    for leaf, limits in _leaves(tree.tree_, names):
        inside = tree.tree_.n_node_samples[leaf]
        gain = inside * (tree.tree_.value[leaf][0][1] - happens.mean())
        leaves.append((gain, limits))
    for gain, limits in sorted(leaves, key=lambda leaf: -leaf[0]):
        if gain > 0:
            yield limits


def _leaves(tree: Any, names: Sequence[str]) -> Iterator[tuple[int, Limits]]:
    waiting: list[tuple[int, Limits]] = [(0, {})]
    while waiting:
        node, limits = waiting.pop()
        if tree.children_left[node] < 0:
            yield node, limits
            continue
        name, threshold = names[int(tree.feature[node])], float(tree.threshold[node])
        low, high = limits.get(name, (None, None))
        waiting.append((tree.children_left[node], {**limits, name: (low, threshold)}))
        waiting.append((tree.children_right[node], {**limits, name: (threshold, high)}))
