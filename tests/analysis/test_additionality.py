"""Fates, windfall and money of planted twins."""

import numpy as np
import pytest

from ectsim.analysis.additionality import fate_table, money_table, net_additional, windfall_table
from ectsim.model.state import EMERGED, LEDGER, ORIGINS
from ectsim.model.twins import ACCELERATED, ADDITIONAL, DELAYED, DISPLACED, NEITHER, UNCHANGED

BY_CALL = ORIGINS.index("call")


@pytest.fixture
def worlds(plant):
    """Three runs: in each 2 emerged before month 0; A has 4 of its own, B 4, then 5, then 6."""
    worlds = plant(3)
    fates = worlds.twins[1]["fates"]
    for cut_off in range(2):
        fates[:, cut_off, UNCHANGED, 0] = 2 + 1
        fates[:, cut_off, ACCELERATED, 0] = 1
        fates[:, cut_off, DELAYED, 0] = 1
        fates[:, cut_off, DISPLACED, 0] = 1
        fates[:, cut_off, ADDITIONAL, BY_CALL] = [1, 2, 3]
        fates[:, cut_off, NEITHER, 0] = 99
    worlds.tallies[0]["reached"][:, EMERGED, 0, 0, 0] = 4
    worlds.tallies[1]["reached"][:, EMERGED, 0, 0, 0] = [4, 5, 6]
    worlds.twins[1]["months_gained"] = 7.0
    worlds.twins[1]["funded_emerged"] = 4
    worlds.twins[1]["windfall"] = [[1, 1], [1, 0]]
    worlds.tallies[0]["money"][:, LEDGER.index("officers")] = 1000.0
    worlds.tallies[1]["money"][:, LEDGER.index("officers")] = 1000.0
    worlds.tallies[1]["money"][:, LEDGER.index("grants")] = [300.0, 600.0, 900.0]
    return worlds


def means(table, cut_off: str = "horizon"):
    rows = table[(table["cut_off"] == cut_off) & (table["origin"] == "all")]
    return rows.set_index("fate")["mean"].to_dict()


@pytest.mark.parametrize("cut_off", ["horizon", "after"])
def test_fates_of_planted_twins(worlds, cut_off: str):
    # what emerged before month 0 is not counted as unchanged
    expected = {"unchanged": 1, "accelerated": 1, "delayed": 1, "additional": 2, "displaced": 1, "net": 1}
    assert means(fate_table(worlds), cut_off) == pytest.approx(expected)


def test_net_is_the_difference_of_emerged_counts(worlds):
    emerged = worlds.tallies["reached"][:, :, EMERGED].sum(axis=(2, 3, 4))
    assert (net_additional(worlds, 0) == emerged[1] - emerged[0]).all()


def test_fates_by_origin(worlds):
    table = fate_table(worlds).set_index(["cut_off", "fate", "origin"])
    assert table.loc[("horizon", "additional", "call"), "mean"] == 2
    assert table.loc[("horizon", "additional", "spontaneous"), "mean"] == 0


def test_windfall_and_months_gained(worlds):
    table = windfall_table(worlds).set_index(["cut_off", "name"])
    assert table.loc[("horizon", "funded_emerged"), "value"] == 4
    assert table.loc[("horizon", "windfall_pure"), "value"] == 1
    assert table.loc[("horizon", "windfall_accelerated"), "value"] == 1
    assert tuple(table.loc[("horizon", "windfall_share")][["value", "low", "high"]]) == pytest.approx((0.5, 0.5, 0.5))
    assert table.loc[("after", "windfall_share"), "value"] == 0.25
    assert table.loc[("horizon", "months_gained"), "value"] == 7


def test_no_windfall_share_without_money(plant):
    share = windfall_table(plant(3)).set_index(["cut_off", "name"]).loc[("horizon", "windfall_share")]
    assert np.isnan([share["value"], share["low"], share["high"]]).all()


def test_a_share_stays_between_0_and_1(plant):
    worlds = plant(4)
    worlds.twins[1]["funded_emerged"][:, 0] = [5, 1, 3, 4]
    worlds.twins[1]["windfall"][:, 0, 0] = [5, 0, 3, 4]
    share = windfall_table(worlds).set_index(["cut_off", "name"]).loc[("horizon", "windfall_share")]
    assert 0.0 <= share["low"] <= share["value"] <= share["high"] <= 1.0


def test_ledger_and_costs(worlds):
    money = money_table(worlds).set_index("name")
    assert tuple(money.loc["money"][["mean_a", "mean_b", "value"]]) == (1000, 1600, 600)
    assert tuple(money.loc["money[officers]"][["value", "low", "high"]]) == (0, 0, 0)
    assert money.loc["money_ratio", "value"] == pytest.approx(1.6)
    assert money.loc["cost_per_net_additional", "value"] == pytest.approx(600.0)  # 600 for one project more
    assert money.loc["cost_per_additional", "value"] == pytest.approx(300.0)  # those displaced forgotten
    # three runs cannot exclude that B adds nothing
    assert np.isnan(money.loc["cost_per_net_additional", "low"])


def test_cost_of_a_certain_gain(worlds):
    worlds.twins[1]["fates"][:, :, ADDITIONAL, BY_CALL] = 3
    worlds.tallies[1]["money"][:, LEDGER.index("grants")] = 500.0
    cost = money_table(worlds).set_index("name").loc["cost_per_net_additional"]
    assert tuple(cost[["value", "low", "high"]]) == pytest.approx((250.0, 250.0, 250.0))
