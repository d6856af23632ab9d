"""Draws against published answers, and draws that depend on identities alone."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim import luck

# Random123 1.14, tests/kat_vectors: philox4x32 with 10 rounds; counter, key, answer.
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
PURPOSES = {name: value for name, value in vars(luck).items() if name.isupper() and not name.startswith("_")}

months = st.integers(0, 2**16 - 1)
keys = st.integers(0, 2**32 - 1)
arguments = st.tuples(st.sampled_from(sorted(PURPOSES.values())), months, keys, keys, months)
seeds = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_philox_gives_the_published_answers(counter, key, answer):
    assert luck.philox(*map(np.uint64, counter), *map(np.uint64, key)) == answer


def test_compiled_philox_gives_the_published_answers():
    from ectsim.compiled import compiled

    compiled_philox = compiled(_philox)
    for counter, key, answer in PUBLISHED:
        assert compiled_philox(*map(np.uint64, counter), *map(np.uint64, key)) == answer


def _philox(c0, c1, c2, c3, k0, k1):
    return luck.philox(c0, c1, c2, c3, k0, k1)


def test_purposes_are_told_apart():
    assert len(set(PURPOSES.values())) == len(PURPOSES)
    assert all(isinstance(value, int) for value in PURPOSES.values())


@pytest.mark.parametrize(
    "u", [2.0**-33, 1e-9, 1e-4, 0.02425, 0.075, 0.3, 0.5, 0.7, 0.925, 0.97575, 1 - 1e-9, 1 - 2.0**-33]
)
def test_normal_is_the_quantile_of_the_standard_normal(u):
    from scipy.special import ndtri

    assert luck.normal(u) == pytest.approx(ndtri(u), rel=1e-14, abs=1e-15)


def test_normal_agrees_with_scipy_over_its_whole_range():
    from scipy.special import ndtri

    grid = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), np.logspace(-300, -1, 500)])
    ours = np.array([luck.normal(float(u)) for u in grid])
    np.testing.assert_allclose(ours, ndtri(grid), rtol=2e-14, atol=1e-15)


@given(seeds, arguments)
def test_uniforms_lie_strictly_between_0_and_1(seed, where):
    assert all(0.0 < u < 1.0 for u in luck.uniforms(seed, *where))


@pytest.mark.parametrize("word", [0, 2**32 - 1])
def test_even_the_extreme_words_lie_strictly_between_0_and_1(word, monkeypatch):
    monkeypatch.setattr(luck, "philox", lambda *_: (word,) * 4)
    u = luck.uniforms(0, 1, 0, 0, 0, 0)[0]
    assert 0.0 < u < 1.0
    assert math.isfinite(luck.logistic(u))
    assert math.isfinite(luck.normal(u))


def test_uniforms_are_uniform_and_independent_of_each_other():
    draws = np.array([luck.uniforms(7, luck.JOIN, 0, actor, 3, 0) for actor in range(4000)])
    assert np.abs(draws.mean(axis=0) - 0.5).max() < 4 * math.sqrt(1 / 12 / 4000)
    correlations = np.corrcoef(np.vstack([draws.T, np.roll(draws[:, 0], 1)]))
    assert np.abs(correlations - np.eye(5)).max() < 4 / math.sqrt(4000)


def counter_of(seed: int, where: tuple[int, ...]) -> tuple[int, ...]:
    """What Philox is asked for a draw."""
    asked: list[tuple[int, ...]] = []

    def spy(*words: Any) -> tuple[int, ...]:
        asked.append(tuple(int(word) for word in words))
        return (0, 0, 0, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(luck, "philox", spy)
        luck.uniforms(seed, *where)
    return asked[0]


@given(seeds, arguments, arguments)
def test_different_draws_never_share_a_counter(seed, one, other):
    assert (counter_of(seed, one) == counter_of(seed, other)) is (one == other)


@given(seeds, arguments, st.integers(0, 4), st.integers(0, 15))
def test_a_change_of_one_bit_of_any_part_changes_the_counter(seed, where, part, bit):
    other = list(where)
    other[part] ^= 1 << bit
    assert counter_of(seed, where) != counter_of(seed, tuple(other))


@given(seeds, seeds, arguments)
def test_seeds_are_keys_of_64_bits(one, other, where):
    assert (counter_of(one, where) == counter_of(other, where)) is (one == other)


@given(seeds, st.lists(arguments, min_size=2, max_size=6, unique=True), st.randoms())
def test_asking_in_another_order_or_for_more_moves_no_draw(seed, wanted, random):
    before = {where: luck.uniforms(seed, *where) for where in wanted}
    shuffled = [(99, *where[1:]) for where in wanted] + wanted
    random.shuffle(shuffled)
    after = {where: luck.uniforms(seed, *where) for where in shuffled}
    assert all(after[where] == before[where] for where in wanted)


def test_logistic_and_share_are_quantiles():
    assert luck.logistic(0.5) == 0.0
    assert luck.logistic(1 / (1 + math.exp(-1.7))) == pytest.approx(1.7)
    assert luck.share(0.3, 1.4, 0.5) == pytest.approx(0.3)
    assert luck.share(0.5, 1.0, 0.975) == pytest.approx(1 / (1 + math.exp(-1.959963984540054)))
