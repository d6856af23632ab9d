"""The equations of the model, one function each, in the order of the month; no array is walked here.

The number in brackets is the step of the month, as in ``months.py``.

``p`` is the record of parameters; ``actor``, ``project``, ``member`` are records of the state.
"""

import math

from ectsim.compiled import rule
from ectsim.luck import logistic

HELD_BACK = 1e-12
LARGEST_EXPONENT = 700.0


@rule
def spontaneous_hazard(p, idea_scale, officers, actor, engaged_share):
    """λ_s [2]: monthly hazard of an own idea; ``engaged_share`` is h, ``idea_scale`` is ι/(12·N·s̄·c̄·ō)."""
    if actor.initiator == 0:
        return 0.0
    boost = (1.0 + p.imitation * engaged_share) * (1.0 + p.facilitation_ideas * min(1.0, officers / 8.0))
    return idea_scale * actor.propensity * actor.idea_propensity * boost


@rule
def first_cause(u, hazards):
    """Which of the competing ``hazards`` [2] caused an idea, or -1: own initiative first, so no scheme relabels it."""
    total = 0.0
    for cause in range(len(hazards)):
        total += hazards[cause]
    if u >= 1.0 - math.exp(-total):
        return -1
    total = 0.0
    for cause in range(len(hazards) - 1):
        total += hazards[cause]
        if u < 1.0 - math.exp(-total):
            return cause
    return len(hazards) - 1


@rule
def application_value(p, actor, prospect, cost, team_time):
    """V [3]: how much the carrier values answering; ``prospect`` x, ``cost`` and ``team_time`` in person-days."""
    burden = actor.application_cost_factor * cost / max(team_time, HELD_BACK)
    return (
        p.application_intercept
        + p.application_reward * actor.reward_sensitivity * prospect
        - p.application_cost * burden
    )


@rule
def prompted_hazard(p, rate, actor, appeal, cost):
    """λ_a·w or λ_u·w [2] of an open call or subsidy, times the chance that this actor alone would answer it.

    Nobody thinks up a project for a scheme whose file is out of reach: what a file costs, against the time of the
    actor, is what makes a scheme speak to some kinds of actor more than to others.
    """
    value = application_value(p, actor, appeal, cost, actor.endowment[0])
    return rate * actor.reward_sensitivity / (1.0 + math.exp(min(-value, LARGEST_EXPONENT)))


@rule
def prospect(success, grant_rate, grant_cap, months_paid, money_need):
    """x_call before award [5]: success rate times grant over money need."""
    whole = money_need * months_paid
    return success * min(grant_rate, grant_cap / max(whole, HELD_BACK))


@rule
def score(marks, coverage, best_skills, skills_need, noise):
    """Score of a file [3]: half its five marks and coverage, half its engineering, plus the jury's noise."""
    quality = (marks[0] + marks[1] + marks[2] + marks[3] + marks[4] + coverage) / 6.0
    return 0.5 * quality + 0.5 * min(1.0, best_skills / max(skills_need, HELD_BACK)) + noise


@rule
def motivation(p, propensity, prone, incentive, autonomy):
    """I [6]: propensity crowded out by control, crowded in by autonomy, for actors who are prone to it."""
    control = 1.0 - autonomy
    factor = 1.0 - p.crowding_control * control - p.crowding_amount * incentive * control + p.crowding_in * autonomy
    return propensity * max(0.0, factor) if (prone == 1) & (incentive > 0.0) else propensity


@rule
def collective_part(p, coverage_mean):
    """C̄ to the power γ_p [5]."""
    if p.production_exponent == 1.0:
        return coverage_mean
    return math.pow(coverage_mean, p.production_exponent)


@rule
def momentum(size, required, collective):
    """M [5]: how far the project is, from members and coverage."""
    return min(1.0, size / required) * collective


@rule
def value_distance(values, mean_values):
    """D [5]: half the sum of absolute differences of two value profiles."""
    return 0.5 * (abs(values[0] - mean_values[0]) + abs(values[1] - mean_values[1]) + abs(values[2] - mean_values[2]))


@rule
def missing_counterparts(wanted, offered):
    """Share of the wanted counterparts that the project does not offer [5]; 0 when none is wanted."""
    wants = 0
    missing = 0
    for c in range(5):
        wants += wanted[c]
        missing += wanted[c] * (1 - offered[c])
    return missing / wants if wants > 0 else 0.0


@rule
def incentive(project, obligation):
    """X and its mean autonomy A [5]: reward, label and expected sanction, of which an obligation has no autonomy."""
    total = project.reward + project.label_reward + obligation
    if total <= 0.0:
        return 0.0, 0.0
    autonomy = (project.reward * project.reward_autonomy + project.label_reward * project.label_autonomy) / total
    return min(1.0, total), autonomy


@rule
def utility(p, actor, project, trust, distance, nearness, obligation, insured):
    """U [5]: willingness to join or stay.

    Parameters
    ----------
    trust : float
        T̄, mean trust to the members.
    distance, nearness : float
        d/ℓ to the project's commune, and exp(-d/ℓ).
    obligation : float
        x_reg of this actor in this theme.
    insured : bool
        Whether a refund covers the risk.
    """
    x, autonomy = incentive(project, obligation)
    m = momentum(project.team, project.required, project.momentum)
    own = motivation(p, actor.propensity, actor.crowding_prone, x, autonomy)
    rewards = min(1.0, project.reward + project.label_reward)
    risk = 0.0 if insured else (1.0 - actor.risk_tolerance) * (1.0 - m)
    return (
        p.beta_0
        + p.beta_interest * actor.interest[project.theme]
        + p.beta_propensity * own
        + p.beta_trust * trust
        + p.beta_momentum * m
        + p.beta_vocabulary * project.vocabulary
        + p.beta_reward * (actor.reward_sensitivity * rewards + actor.sanction_sensitivity * obligation)
        - p.beta_distance * distance
        - p.beta_risk * risk
        - p.beta_load * actor.commitments / actor.capacity
        - p.beta_values * actor.value_need * value_distance(actor.values, project.mean_values)
        - p.beta_return * actor.return_threshold * missing_counterparts(actor.counterpart_wanted, project.offered)
        + p.beta_attachment * actor.attachment * nearness
        - p.beta_hybridity * (1.0 - actor.hybridity_tolerance) * abs(project.market_share - actor.market_orientation)
        + p.beta_pivotal * 4.0 * m * (1.0 - m)
    )


@rule
def threshold(p, u):
    """ε [5] of a pair from its uniform: logistic with scale η, so that η = 0 leaves thresholds at zero."""
    return p.joining_noise * logistic(u)


@rule
def next_propensity(p, actor, own_motivation, incentive_now, neighbours_mean):
    """C after a month [6]: worn or fed by motivation under an incentive, drawn back to c_0, and to the neighbours."""
    change = p.propensity_return * (actor.propensity_0 - actor.propensity)
    change += p.propensity_contagion * (neighbours_mean - actor.propensity)
    if incentive_now > 0.0:
        change += p.motivation_memory * (own_motivation - actor.propensity)
    return min(1.0, max(0.0, actor.propensity + change))


@rule
def effort(actor, readiness, others):
    """E [7]: effort from readiness ω = I·interest and the mean effort of the others last month."""
    if readiness <= 0.0:
        return 0.0
    follow = min(1.0, others / readiness)
    return readiness * ((1.0 - actor.conditionality) + actor.conditionality * follow) * actor.effort_factor


@rule
def help_after_overload(load, caseload, exponent):
    """F_p [7]: what is left of an officer's help when projects outnumber places."""
    if load <= caseload:
        return 1.0
    return math.pow(caseload / load, exponent)


@rule
def officer_days(officers, days, load, each):
    """Days a month an officer gives a project [7]: an equal share, no more than a place of hers allows."""
    return min(each, officers * days / max(load, 1))


@rule
def vocabulary_after_meeting(p, vocabulary, help_strength):
    """G after a meeting [7]; ``help_strength`` is φF_p."""
    return vocabulary + p.vocabulary_gain * (1.0 + help_strength) * (1.0 - vocabulary)


@rule
def evenness(total, squares, size):
    """M1 [8]: 1 when all work alike, 0 when one works alone."""
    if size < 2 or squares <= 0.0:
        return 0.0
    least = 1.0 / size
    return max(0.0, min(1.0, (total * total / (size * squares) - least) / (1.0 - least)))


@rule
def risk_sharing(total, squares, minimum):
    """M2 [8]: from the shares of own money and premises; 1 when as spread as between ``minimum`` equal members."""
    if squares <= 0.0 or minimum < 2:
        return 0.0
    return min(1.0, (total * total / squares - 1.0) / (minimum - 1.0))


@rule
def shared_values(mean_distance, spread, size):
    """M3 [8]: 1 minus the mean distance of values over that of random groups of the same size."""
    random_groups = spread * math.sqrt(1.0 - 1.0 / size) if size > 1 else 0.0
    return max(0.0, 1.0 - mean_distance / random_groups) if random_groups > 0.0 else 0.0


@rule
def ending_chance(p, trust, vocabulary, after_money):
    """Chance of ending in a month [9] from the yearly hazard h_0·exp(-b_1·T̄ - b_2·g + b_3 after public money)."""
    yearly = p.ending_hazard * math.exp(
        -p.ending_trust * trust - p.ending_vocabulary * vocabulary + p.ending_after_money * after_money
    )
    return 1.0 - math.exp(-yearly / 12.0)


@rule
def gain(level, rate):
    """A level in 0-1 after a success [10]."""
    return level + rate * (1.0 - level)


@rule
def loss(level, rate):
    """A level in 0-1 after a failure [10]."""
    return level - rate * level
