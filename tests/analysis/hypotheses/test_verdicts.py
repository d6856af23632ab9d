"""The rule of the verdict: its errors where nothing is true, its power, and the corrections for several hypotheses."""

from statistics import mean

import numpy as np
import pytest
from scipy.stats import norm

from ectsim.analysis.hypotheses.measures import Measured
from ectsim.analysis.hypotheses.verdicts import decide, draws_needed, holm, judge

NULLS, SHARE, LEVEL = 600, 0.8, 0.05
TOLERATED = LEVEL + 3 * (LEVEL * (1 - LEVEL) / NULLS) ** 0.5


def declared(effect_of, generator, centre: float, spread: float, luck: float, field: str, number: int = NULLS) -> float:
    """Share of simulated studies in which a verdict alone would be declared."""
    return mean(
        getattr(judge(effect_of(generator, centre, spread, luck), 1.0, 1.0, SHARE), field) <= LEVEL
        for _ in range(number)
    )


@pytest.mark.parametrize(("spread", "luck"), [(1.0, 0.0), (0.5, 1.0), (0.1, 0.5), (1.0, 5.0)])
def test_supported_is_rarely_wrong_where_exactly_the_share_is_beyond(effect_of, generator, spread, luck):
    centre = 1 - norm.ppf(1 - SHARE) * spread
    assert declared(effect_of, generator(1), centre, spread, luck, "p_supported") <= TOLERATED


@pytest.mark.parametrize(("spread", "luck"), [(1.0, 0.0), (0.5, 1.0), (0.1, 0.5)])
def test_contradicted_is_rarely_wrong_where_exactly_the_share_is_short(effect_of, generator, spread, luck):
    centre = 1 + norm.ppf(1 - SHARE) * spread
    assert declared(effect_of, generator(2), centre, spread, luck, "p_contradicted") <= TOLERATED


def test_hypotheses_tested_together_get_one_wrong_verdict_in_twenty_families_at_most(effect_of, generator):
    chance, centre = generator(4), 1 - norm.ppf(1 - SHARE) * 0.3

    def wrong() -> bool:
        claims = [[judge(effect_of(chance, centre, 0.3, 1.0), 1.0, 1.0, SHARE)] for _ in range(3)]
        return any(verdict != "undecided" for verdict, *_ in decide(claims, [LEVEL] * 3))

    assert mean(wrong() for _ in range(500)) <= TOLERATED


@pytest.mark.parametrize("luck", [1.0, 4.0])
def test_no_effect_at_all_is_hardly_ever_supported(effect_of, generator, luck):
    assert declared(effect_of, generator(3), 0.0, 0.0, luck, "p_supported") <= 0.005


def test_a_large_effect_is_supported_and_a_missing_one_contradicted(effect_of, generator):
    chance = generator(5)
    large = judge(effect_of(chance, 4.0, 1.0, 2.0), 1.0, 1.0, SHARE)
    missing = judge(effect_of(chance, 0.0, 0.1, 1.0), 1.0, 1.0, SHARE)
    verdicts = decide([[large], [missing], [large, missing]], [LEVEL] * 3)
    assert [verdict for verdict, *_ in verdicts] == ["supported", "contradicted", "contradicted"]
    assert large.beyond > 0.98
    assert missing.negligible > 0.98


def test_an_effect_that_depends_on_parameters_stays_undecided_whatever_the_runs(effect_of, generator):
    split = judge(effect_of(generator(6), 1.0, 3.0, 0.5, draws=2000), 1.0, 1.0, SHARE)
    assert decide([[split]], [LEVEL])[0][0] == "undecided"
    assert draws_needed(split, 1.0, SHARE, LEVEL) == np.inf


def test_runs_needed_are_those_after_which_the_rule_decides(effect_of, generator):
    chance = generator(7)
    seen = judge(effect_of(chance, 2.0, 0.5, 2.0, draws=1000), 1.0, 1.0, SHARE)
    needed = draws_needed(seen, 1.0, SHARE, LEVEL)
    assert 10 < needed < 1000

    def often(draws: float) -> float:
        found = (judge(effect_of(chance, 2.0, 0.5, 2.0, draws=int(draws)), 1.0, 1.0, SHARE) for _ in range(60))
        return mean(one.p_supported <= LEVEL for one in found)

    assert often(needed / 4) < 0.4
    assert often(4 * needed) > 0.9


def test_the_parts_of_variance_are_found_again(effect_of, generator):
    found = judge(effect_of(generator(8), 0.0, 2.0, 3.0, draws=4000), 1.0, 1.0, SHARE)
    assert found.variance_parameters == pytest.approx(4.0, rel=0.1)
    assert found.variance_luck == pytest.approx(9.0, rel=0.05)
    assert (found.parameters_low, found.parameters_high) == pytest.approx((-3.92, 3.92), rel=0.08)
    assert (found.luck_low, found.luck_high) == pytest.approx((-5.88, 5.88), rel=0.05)
    assert found.direction == pytest.approx(0.5, abs=0.03)
    assert found.beyond == pytest.approx(norm.sf(0.5), abs=0.03)
    assert found.negligible == pytest.approx(norm.cdf(0.5) - norm.cdf(-0.5), abs=0.03)


def test_a_claim_of_less_is_the_mirror_of_a_claim_of_more(effect_of, generator):
    effect = effect_of(generator(9), 2.0, 1.0, 1.0)
    mirror = Measured(-effect.value, -effect.pseudo)
    more, less = judge(effect, 1.0, 1.0, SHARE), judge(mirror, -1.0, 1.0, SHARE)
    assert (more.mean, more.p_supported, more.beyond) == (less.mean, less.p_supported, less.beyond)


def test_draws_in_which_the_effect_is_undefined_are_left_out(effect_of, generator):
    effect = effect_of(generator(10), 3.0, 0.5, 0.5)
    effect.value[:10] = np.nan
    found = judge(effect, 1.0, 1.0, SHARE)
    assert found.draws == 54
    assert np.isnan(found.chances[:10]).all()
    few = judge(Measured(effect.value[:15], effect.pseudo[:15]), 1.0, 1.0, SHARE)
    assert (few.draws, few.p_supported, few.p_contradicted) == (5, 1.0, 1.0)


@pytest.mark.parametrize(("value", "supported"), [(2.0, True), (1.0, False), (0.0, False)])
def test_an_effect_without_any_spread_is_judged_by_its_value(value, supported):
    same = judge(Measured(np.full(40, value), np.full((40, 3), value)), 1.0, 1.0, SHARE)
    assert (same.p_supported <= LEVEL) is supported
    assert (same.p_contradicted <= LEVEL) is (value < 1)


def test_holm_on_a_published_example():
    # p-values 0.01, 0.04, 0.03, 0.005: adjusted 0.03, 0.06, 0.06, 0.02
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
