"""Synthetic actors: a stratified sample of the frame, placed in communes, with every attribute of the model."""

import math

import numpy as np

from ectsim.compiled import allocating_rule, rule
from ectsim.luck import ATTRIBUTES, PLACE, STRATUM, normal, share, uniforms
from ectsim.world.layout import CONDITIONAL, FREE_RIDER, MAX_THEMES, Ground, World

COMMUNE_KIND = 0
QUORUM_SPREAD = 0.3
DURATION_SPREAD = 0.4


@rule
def _place(ground: Ground, seed, stratum, s, rank, key):
    """Commune of the ``rank``-th actor of stratum ``s``."""
    if stratum.systematic == 1:
        start = uniforms(seed, STRATUM, 0, s, 0, 0)[0]
        step = int((start + rank) * stratum.places / stratum.count)
        return ground.listed[stratum.first + step % stratum.places]
    where = uniforms(seed, PLACE, 0, key, 0, 0)[0]
    chances = ground.cumulated[stratum.first : stratum.first + stratum.places]
    return ground.listed[stratum.first + np.searchsorted(chances, where, side="right")]


@rule
def _draw_dispositions(p, seed, actor, key):
    """Shares in (0, 1) around their medians, type of cooperator, initiator."""
    spread = p.attribute_spread
    a, b, c, d = uniforms(seed, ATTRIBUTES, 0, key, 0, 0)
    actor.propensity_0 = share(p.propensity_0, spread, a)
    actor.idea_propensity = share(p.idea_propensity, spread, b)
    actor.reward_sensitivity = share(p.reward_sensitivity, spread, c)
    actor.sanction_sensitivity = share(p.sanction_sensitivity, spread, d)
    a, b, c, d = uniforms(seed, ATTRIBUTES, 1, key, 0, 0)
    actor.risk_tolerance = share(p.risk_tolerance, spread, a)
    actor.value_need = share(p.value_need, spread, b)
    actor.coresponsibility = share(p.coresponsibility, spread, c)
    actor.return_threshold = share(p.return_threshold, spread, d)
    a, b, c, d = uniforms(seed, ATTRIBUTES, 2, key, 0, 0)
    actor.hybridity_tolerance = share(p.hybridity_tolerance, spread, a)
    actor.attachment = share(p.attachment, spread, b)
    actor.vocabulary_0 = share(p.vocabulary_0, spread, c)
    actor.application_cost_factor = p.application_cost_factor * math.exp(DURATION_SPREAD * normal(d))
    a, b, c, d = uniforms(seed, ATTRIBUTES, 3, key, 0, 0)
    actor.initiator = 1 if a < p.initiator_share[actor.kind] else 0
    actor.crowding_prone = 1 if b < p.crowding_share else 0
    actor.perceived_quorum = max(2, int(p.perceived_quorum * math.exp(QUORUM_SPREAD * normal(c)) + 0.5))
    actor.patience = max(1, int(p.patience * math.exp(DURATION_SPREAD * normal(d)) + 0.5))
    actor.propensity = actor.propensity_0


@rule
def _draw_interests(p, seed, actor, key, themes):
    for block in range((themes + 3) // 4):
        draws = uniforms(seed, ATTRIBUTES, 4 + block, key, 0, 0)
        for place in range(min(4, themes - 4 * block)):
            actor.interest[4 * block + place] = share(p.interest, p.attribute_spread, draws[place])


@rule
def _draw_values_and_type(p, seed, actor, key):
    a, b, c, d = uniforms(seed, ATTRIBUTES, 4 + MAX_THEMES // 4, key, 0, 0)
    actor.values[0] = p.value_weight[actor.sector, 0] * math.exp(p.value_spread * normal(a))
    actor.values[1] = p.value_weight[actor.sector, 1] * math.exp(p.value_spread * normal(b))
    actor.values[2] = p.value_weight[actor.sector, 2] * math.exp(p.value_spread * normal(c))
    total = actor.values[0] + actor.values[1] + actor.values[2]
    for v in range(3):
        actor.values[v] /= total
    actor.effort_factor = 1.0
    actor.conditionality = 0.0
    actor.type = 0
    if d < p.share_conditional:
        actor.type = CONDITIONAL
        actor.conditionality = p.conditional_strength
    elif d < p.share_conditional + p.share_free_rider:
        actor.type = FREE_RIDER
        actor.effort_factor = p.free_rider_effort


@rule
def _draw_means(p, seed, actor, key):
    """Endowments of a month, counterparts wanted, capacity."""
    block = 5 + MAX_THEMES // 4
    amounts = uniforms(seed, ATTRIBUTES, block, key, 0, 0)
    brings = uniforms(seed, ATTRIBUTES, block + 1, key, 0, 0)
    wants = uniforms(seed, ATTRIBUTES, block + 2, key, 0, 0)
    last = uniforms(seed, ATTRIBUTES, block + 3, key, 0, 0)[0]
    size = p.endowment_scale
    for _ in range(actor.size_class):
        size *= p.size_factor
    for r in range(4):
        median = size * p.endowment[actor.kind, r]
        if r == 3 and actor.kind == COMMUNE_KIND and actor.size_class == 0:
            median *= p.small_commune_skills
        amount = median * math.exp(p.endowment_spread * normal(amounts[r]))
        actor.endowment[r] = amount if brings[r] < p.endowment_mask[r] else 0.0
        actor.counterpart_wanted[r] = 1 if wants[r] < p.counterpart_wanted[r] else 0
    actor.counterpart_wanted[4] = 1 if last < p.counterpart_wanted[4] else 0
    actor.capacity = int(p.capacity[actor.kind])
    actor.market_orientation = p.market_orientation[actor.kind]


@allocating_rule
def draw_actors(ground: Ground, p, seed, world: World, themes):
    """Draw every actor of ``world``: rows sorted by commune then key, so that neighbours lie near in memory."""
    count = world.actors.shape[0]
    communes = np.empty(count, np.int64)
    strata = np.empty(count, np.int64)
    key = 0
    for s in range(ground.strata.shape[0]):
        for rank in range(ground.strata[s].count):
            communes[key] = _place(ground, seed, ground.strata[s], s, rank, key)
            strata[key] = s
            key += 1
    order = np.argsort(communes, kind="mergesort")
    for row in range(count):
        key = order[row]
        stratum = ground.strata[strata[key]]
        actor = world.actors[row]
        actor.key = key
        actor.commune = communes[key]
        actor.kind = stratum.kind
        actor.sector = stratum.sector
        actor.size_class = stratum.size_class
        actor.zone = stratum.zone
        actor.weight = stratum.weight
        actor.degree = 0
        actor.tie_changes = 0
        actor.commitments = 0
        actor.exposure = 0.0
        actor.exposure_autonomy = 0.0
        actor.applying = -1
        actor.event_month = -1
        actor.first_engaged = -1
        actor.last_engaged = -1
        actor.last_failure = -1
        _draw_dispositions(p, seed, actor, key)
        _draw_interests(p, seed, actor, key, themes)
        _draw_values_and_type(p, seed, actor, key)
        _draw_means(p, seed, actor, key)
