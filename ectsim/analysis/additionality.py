"""What a scheme added, brought forward, displaced or merely paid for, and at what public cost, from the twins."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ectsim.analysis.intervals import Interval, mean_interval, ratio_interval
from ectsim.experiments.ensembles import Worlds
from ectsim.locale import text
from ectsim.model.outcome import reached
from ectsim.model.state import EMERGED, LEDGER, ORIGINS
from ectsim.model.twins import ACCELERATED, ADDITIONAL, CUT_OFFS, DELAYED, DISPLACED, FATES, UNCHANGED

if TYPE_CHECKING:
    import pandas as pd

HORIZON = CUT_OFFS.index("horizon")
COUNTED = (UNCHANGED, ACCELERATED, DELAYED, ADDITIONAL, DISPLACED)
"""Fates of the projects that emerge in one world at least; those that emerge in neither are left out."""


def emerged_pairs(worlds: Worlds) -> NDArray[np.int64]:
    """Pairs that emerged in one world at least, of shape (R, cut-offs, fates, origins in B or in A when absent from B).

    What emerged before month 0 did so in both worlds alike and is left out: it would swell the unchanged.
    """
    fates = worlds.twins[1]["fates"][:, :, list(COUNTED), :].copy()
    before = fates[:, HORIZON].sum(axis=(1, 2)) - fates[:, HORIZON, ADDITIONAL].sum(axis=1)
    before -= reached(worlds.tallies[0], EMERGED).astype(np.int64)
    # without an incentive before month 0, what emerged by then is spontaneous
    fates[:, :, UNCHANGED, ORIGINS.index("spontaneous")] -= before[:, None]
    return fates


def net_additional(worlds: Worlds, cut_off: int) -> NDArray[np.int64]:
    """Additional less displaced projects of each run: the difference of emerged counts at a cut-off; shape (R,)."""
    pairs = emerged_pairs(worlds)[:, cut_off].sum(axis=2)
    return pairs[:, ADDITIONAL] - pairs[:, DISPLACED]


def fate_table(worlds: Worlds) -> "pd.DataFrame":
    """Mean projects a run by ``cut_off`` (horizon, after), ``fate`` and ``origin`` ("all" too), with 95 % interval."""
    import pandas as pd

    pairs = emerged_pairs(worlds)
    rows = []
    for place, cut_off in enumerate(CUT_OFFS):
        for fate in COUNTED:
            by_origin = {"all": pairs[:, place, fate].sum(axis=1)}
            by_origin |= {name: pairs[:, place, fate, origin] for origin, name in enumerate(ORIGINS)}
            for origin, counts in by_origin.items():
                rows.append({"cut_off": cut_off, "fate": FATES[fate], "origin": origin} | _named(mean_interval(counts)))
        net = net_additional(worlds, place)
        rows.append({"cut_off": cut_off, "fate": "net", "origin": "all"} | _named(mean_interval(net)))
    table = pd.DataFrame(rows).rename(columns={"value": "mean"})
    table.insert(2, "label", [text(f"analysis.fate.{fate}") for fate in table["fate"]])
    return table


def _named(interval: Interval) -> dict[str, object]:
    return interval._asdict()


def windfall_table(worlds: Worlds) -> "pd.DataFrame":
    """What the money of B paid for: rows ``name`` by ``cut_off`` with ``label``, ``unit``, value and 95 % interval.

    Funded emerged projects a run; those that emerge without the scheme too, at the same time or later (pure) or
    sooner than they would have (accelerated); their share; months gained by an accelerated project.
    """
    import pandas as pd

    twins, rows = worlds.twins[1], []
    for place, cut_off in enumerate(CUT_OFFS):
        funded, windfall = twins["funded_emerged"][:, place], twins["windfall"][:, place]
        accelerated = twins["fates"][:, place, ACCELERATED].sum(axis=1)
        measures = {
            "funded_emerged": ("projects", mean_interval(funded)),
            "windfall_pure": ("projects", mean_interval(windfall[:, 0])),
            "windfall_accelerated": ("projects", mean_interval(windfall[:, 1])),
            "windfall_share": ("share", _within_0_1(ratio_interval(windfall.sum(axis=1), funded))),
            "months_gained": ("months", ratio_interval(twins["months_gained"][:, place], accelerated)),
        }
        for name, (unit, interval) in measures.items():
            head = {"name": name, "cut_off": cut_off, "label": text(f"analysis.windfall.{name}"), "unit": unit}
            rows.append(head | _named(interval))
    return pd.DataFrame(rows)


def _within_0_1(share: Interval) -> Interval:
    low, high = np.clip((share.low, share.high), 0.0, 1.0)
    return share._replace(low=float(low), high=float(high))


def money_table(worlds: Worlds) -> "pd.DataFrame":
    """Public money of the horizon: ``name``, ``label``, ``unit``, ``mean_a``, ``mean_b``, ``value`` with 95 % interval.

    The value of a line of the ledger is B less A; ``money_ratio`` is B over A (equal budget: within 2 % of 1);
    ``cost_per_net_additional`` is the extra money over the extra projects emerged at the horizon, and
    ``cost_per_additional`` over the additional ones alone, those the scheme displaced forgotten. Ratios are of means,
    with Fieller's interval: no bounds (NaN) where the extra projects may be none.
    """
    import pandas as pd

    a, b = worlds.tallies[0]["money"], worlds.tallies[1]["money"]
    lines = {f"money[{name}]": (a[:, place], b[:, place]) for place, name in enumerate(LEDGER)}
    lines["money"] = a.sum(axis=1), b.sum(axis=1)
    rows = []
    for name, (of_a, of_b) in lines.items():
        means = {"mean_a": float(of_a.mean()), "mean_b": float(of_b.mean())}
        rows.append({"name": name, "unit": "k€"} | means | _named(mean_interval(of_b - of_a)))
    total_a, total_b = lines["money"]
    additional = emerged_pairs(worlds)[:, HORIZON, ADDITIONAL].sum(axis=1)
    ratios = {
        "money_ratio": ("1", ratio_interval(total_b, total_a)),
        "cost_per_net_additional": ("k€", ratio_interval(total_b - total_a, net_additional(worlds, HORIZON))),
        "cost_per_additional": ("k€", ratio_interval(total_b - total_a, additional)),
    }
    for name, (unit, interval) in ratios.items():
        rows.append({"name": name, "unit": unit, "mean_a": np.nan, "mean_b": np.nan} | _named(interval))
    table = pd.DataFrame(rows)
    table.insert(1, "label", [_money_label(name) for name in table["name"]])
    return table


def _money_label(name: str) -> str:
    from ectsim.model.outcomes import OUTCOMES

    return OUTCOMES[name].label if name in OUTCOMES else text(f"analysis.money.{name}")
