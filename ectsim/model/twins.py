"""Twins: the same project in the world with a scheme and in the world without, and its fate.

What fates mean lives in the analysis.
"""

from typing import Any

import numpy as np

from ectsim.compiled import allocating_rule, compiled, rule
from ectsim.model.state import ANCHORED, EMERGED, NEVER

FATES = ("unchanged", "accelerated", "delayed", "additional", "displaced", "neither")
UNCHANGED, ACCELERATED, DELAYED, ADDITIONAL, DISPLACED, NEITHER = range(6)
TOLERANCES = (12, 0, 6, 24)
CUT_OFFS = ("horizon", "after")

TWIN_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("seed", "u8", "seed", "seed of both runs"),
    ("fates", ("i8", (2, 6, 5)), "projects", "pairs by cut-off, fate and origin in the world with the scheme"),
    ("fates_by_tolerance", ("i8", (4, 6)), "projects", "pairs at the horizon for each of TOLERANCES, by fate"),
    ("windfall", ("i8", (2, 2)), "projects", "funded, emerged in both worlds: by cut-off, pure or accelerated"),
    ("funded_emerged", ("i8", (2,)), "projects", "funded and emerged, by cut-off"),
    ("months_gained", ("f8", (2,)), "months", "summed over accelerated pairs, by cut-off"),
    ("anchored", ("i8", (2, 2)), "projects", "anchored by the cut-off, in the world without and in the world with"),
)


@rule
def _identity(project):
    return (project.initiator_key << 16) + project.birth


@allocating_rule
def _sorted_identities(projects, count):
    identities = np.empty(count, np.int64)
    for row in range(count):
        identities[row] = _identity(projects[row])
    order = np.argsort(identities, kind="mergesort")
    return identities[order], order


@compiled
def match_twins(without, count_without, with_scheme, count_with, tolerance):
    """Row of the twin in the world without, for each project of the world with; -1 where there is none.

    A twin has the same identity; failing that the same initiator and theme, and a birth at most ``tolerance`` months
    apart, the nearest first (the earlier of two as near), one to one.
    """
    identities, order = _sorted_identities(without, count_without)
    twin = np.full(count_with, NEVER)
    taken = np.zeros(count_without, np.bool_)
    for row in range(count_with):
        identity = _identity(with_scheme[row])
        place = np.searchsorted(identities, identity)
        if place < count_without and identities[place] == identity:
            twin[row] = order[place]
            taken[order[place]] = True
    for gap in range(1, tolerance + 1):
        for row in range(count_with):
            if twin[row] >= 0:
                continue
            project = with_scheme[row]
            for side in range(2):
                birth = project.birth - gap if side == 0 else project.birth + gap
                identity = (project.initiator_key << 16) + birth
                place = np.searchsorted(identities, identity)
                if birth < 0 or place == count_without or identities[place] != identity:
                    continue
                candidate = order[place]
                if not taken[candidate] and without[candidate].theme == project.theme and twin[row] < 0:
                    twin[row] = candidate
                    taken[candidate] = True
    return twin


@rule
def fate(month_without, month_with, cut_off):
    """Fate of a pair at a cut-off from its months of emergence, -1 never."""
    emerged_without = 0 <= month_without < cut_off
    emerged_with = 0 <= month_with < cut_off
    if emerged_with and not emerged_without:
        return ADDITIONAL
    if emerged_without and not emerged_with:
        return DISPLACED
    if not emerged_with:
        return NEITHER
    if month_with < month_without:
        return ACCELERATED
    return UNCHANGED if month_with == month_without else DELAYED


@compiled
def tally_twins(without, count_without, with_scheme, count_with, horizon, after, out):
    """Fill ``out[0]`` (record of TWIN_FIELDS) at months ``horizon`` and ``after``."""
    record = out[0]
    for number in range(len(TOLERANCES)):
        twin = match_twins(without, count_without, with_scheme, count_with, TOLERANCES[number])
        seen = np.zeros(count_without, np.bool_)
        for row in range(count_with):
            project = with_scheme[row]
            other = NEVER
            if twin[row] >= 0:
                seen[twin[row]] = True
                other = without[twin[row]].stage_month[EMERGED]
            month = project.stage_month[EMERGED]
            record.fates_by_tolerance[number, fate(other, month, horizon)] += 1
            if number == 0:
                _tally_pair(record, project, other, month, 0, horizon)
                _tally_pair(record, project, other, month, 1, after)
        for row in range(count_without):
            if not seen[row]:
                month = without[row].stage_month[EMERGED]
                record.fates_by_tolerance[number, fate(month, NEVER, horizon)] += 1
                if number == 0:
                    record.fates[0, fate(month, NEVER, horizon), without[row].origin] += 1
                    record.fates[1, fate(month, NEVER, after), without[row].origin] += 1
    for row in range(count_without):
        _tally_anchored(record, without[row], 0, horizon, after)
    for row in range(count_with):
        _tally_anchored(record, with_scheme[row], 1, horizon, after)


@rule
def _tally_anchored(record, project, world, horizon, after):
    month = project.stage_month[ANCHORED]
    if month >= 0:
        record.anchored[0, world] += 1 if month < horizon else 0
        record.anchored[1, world] += 1 if month < after else 0


@rule
def _tally_pair(record, project, month_without, month_with, place, cut_off):
    happened = fate(month_without, month_with, cut_off)
    record.fates[place, happened, project.origin] += 1
    if happened == ACCELERATED:
        record.months_gained[place] += month_without - month_with
    funded = 0 <= project.award_month < cut_off
    if funded and 0 <= month_with < cut_off:
        record.funded_emerged[place] += 1
        if happened == ACCELERATED:
            record.windfall[place, 1] += 1
        elif happened != ADDITIONAL:
            record.windfall[place, 0] += 1
