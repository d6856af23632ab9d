"""The initial network of trust: sparse ties of bounded degree, rarer with distance and between sectors."""

import math

import numpy as np

from ectsim.compiled import allocating_rule, rule
from ectsim.luck import PAIR, TIES, share, uniforms
from ectsim.world.distances import road_factor, road_km
from ectsim.world.layout import Ground, World

ATTEMPTS = 6


@rule
def find_tie(world: World, i, j):
    """Place of ``j`` among the ties of ``i``, or -1."""
    for place in range(world.actors[i].degree):
        if world.neighbours[i, place] == j:
            return place
    return -1


@rule
def set_trust(world: World, i, place, j, back, trust):
    """Trust of a tie, at both ends: ``place`` among the ties of ``i``, ``back`` among those of ``j``."""
    world.trust[i, place] = trust
    world.trust[j, back] = trust
    world.actors[i].tie_changes += 1
    world.actors[j].tie_changes += 1


@rule
def _append(world: World, i, j, trust, reach, cooperated):
    place = world.actors[i].degree
    world.neighbours[i, place] = j
    world.trust[i, place] = trust
    world.reach[i, place] = reach
    world.cooperated[i, place] = cooperated
    world.actors[i].degree = place + 1
    world.actors[i].tie_changes += 1


@rule
def _drop(world: World, i, j):
    place = find_tie(world, i, j)
    last = world.actors[i].degree - 1
    world.neighbours[i, place] = world.neighbours[i, last]
    world.trust[i, place] = world.trust[i, last]
    world.reach[i, place] = world.reach[i, last]
    world.cooperated[i, place] = world.cooperated[i, last]
    world.actors[i].degree = last
    world.actors[i].tie_changes += 1


@rule
def _weakest(world: World, i):
    place = 0
    for other in range(1, world.actors[i].degree):
        if world.trust[i, other] < world.trust[i, place]:
            place = other
    return place


@rule
def reach_between(p, actor, other, distance):
    """How easily one calls upon the other: exp(-d/ℓ), times exp(-χ) between sectors (model.md, step 4)."""
    gap = distance / p.distance_scale
    if actor.sector != other.sector:
        gap += p.homophily
    return math.exp(-gap)


@rule
def _holds_on(world: World, i, trust):
    """Whether all places of an actor are taken by ties at least as strong."""
    full = world.actors[i].degree == world.neighbours.shape[1]
    return full and world.trust[i, _weakest(world, i)] >= trust


@rule
def _make_room(world: World, i):
    if world.actors[i].degree == world.neighbours.shape[1]:
        lost = world.neighbours[i, _weakest(world, i)]
        _drop(world, lost, i)
        _drop(world, i, lost)


@rule
def add_tie(world: World, i, j, trust, reach, cooperated):
    """Tie ``i`` and ``j``; where no place is left, a stronger tie replaces the weakest, else nothing is done."""
    if _holds_on(world, i, trust) or _holds_on(world, j, trust):
        return
    _make_room(world, i)
    _make_room(world, j)
    _append(world, i, j, trust, reach, cooperated)
    _append(world, j, i, trust, reach, cooperated)


@rule
def _initial_tie(ground: Ground, p, seed, world: World, i, j, distance):
    a = world.actors[i]
    b = world.actors[j]
    level, conflict, cooperated, _ = uniforms(seed, PAIR, 0, min(a.key, b.key), max(a.key, b.key), 0)
    trust = share(p.trust_known, p.attribute_spread, level)
    if conflict < p.conflict_share:
        trust *= 1.0 - p.trust_loss
    past = 1 if cooperated < p.past_cooperation else 0
    add_tie(world, i, j, trust, reach_between(p, a, b, distance), past)


@allocating_rule
def draw_network(ground: Ground, p, seed, world: World):
    """Draw the ties of month 0.

    Each actor proposes between none and ``ties_mean`` ties, so that degrees differ and their mean is ``ties_mean``.
    The other end is drawn with weight exp(-d/ℓ), accepted with exp(-χ) when of another sector (χ = 0 and ℓ → ∞ give
    random mixing). Time is linear in the actors; for each inhabited commune one pass over the inhabited communes.
    """
    actors = world.actors
    count = actors.shape[0]
    communes = ground.points.shape[0]
    first = np.zeros(communes + 1, np.int64)
    for i in range(count):
        first[actors[i].commune + 1] += 1
    inhabited = np.empty(communes, np.int64)
    number = 0
    for c in range(communes):
        if first[c + 1] > 0:
            inhabited[number] = c
            number += 1
        first[c + 1] += first[c]
    weights = np.empty(number)
    factor = road_factor(ground, p)
    openness = math.exp(-p.homophily)
    limit = world.neighbours.shape[1]
    for place in range(number):
        origin = inhabited[place]
        total = 0.0
        for other in range(number):
            c = inhabited[other]
            near = math.exp(-road_km(ground, factor, origin, c) / p.distance_scale)
            total += near * (first[c + 1] - first[c])
            weights[other] = total
        for i in range(first[origin], first[origin + 1]):
            key = actors[i].key
            level, rest, _, _ = uniforms(seed, TIES, 0, key, 0, 0)
            proposals = int(p.ties_mean * level + rest)
            attempt = 0
            while proposals > 0 and attempt < ATTEMPTS * p.ties_mean and actors[i].degree < limit:
                attempt += 1
                where, who, accept, _ = uniforms(seed, TIES, 0, key, attempt, 0)
                c = inhabited[np.searchsorted(weights, where * total, side="right")]
                j = first[c] + int(who * (first[c + 1] - first[c]))
                if j == i or actors[j].degree >= limit or find_tie(world, i, j) >= 0:
                    continue
                if actors[j].sector != actors[i].sector and accept >= openness:
                    continue
                _initial_tie(ground, p, seed, world, i, j, road_km(ground, factor, origin, c))
                proposals -= 1
