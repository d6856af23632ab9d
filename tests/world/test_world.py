"""The sampling plan, the actors drawn from it, their places and their ties."""

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ectsim.compiled import compiled
from ectsim.parameters import PARAMETERS, pack
from ectsim.territory.nomenclature import KINDS, SECTORS
from ectsim.territory.reading import load_territory
from ectsim.world import network, population
from ectsim.world.distances import road_factor, road_km
from ectsim.world.layout import Ground, World, empty_world
from ectsim.world.network import draw_network, find_tie
from ectsim.world.population import draw_actors
from ectsim.world.sampling import allocate, is_intercommunal, prepare_ground


@compiled
def draw(ground, packed, seed, world, themes):
    draw_actors(ground, packed[0], seed, world, themes)
    draw_network(ground, packed[0], seed, world)


@pytest.fixture(scope="module")
def territory():
    return load_territory("pays_ledonien")


@pytest.fixture(scope="module")
def grow(territory):
    """Draw a world: ``grow(actors, seed, ties, **parameters)``."""

    def grow(actors, seed=1, ties=16, **changed):
        ground = prepare_ground(territory, actors)
        packed = pack()
        for name, value in changed.items():
            packed[0][name] = value
        world = empty_world(actors, ties)
        draw(ground, packed, np.uint64(seed), world, 6)
        return ground, world, packed

    return grow


def shares_of_ties(world):
    """Share of ties that join two sectors, and what random mixing would give."""
    rows = np.repeat(np.arange(len(world.actors)), world.actors.degree)
    ends = np.concatenate([world.neighbours[i, : world.actors[i].degree] for i in range(len(world.actors))])
    crossing = np.mean(world.actors.sector[rows] != world.actors.sector[ends])
    p = np.bincount(world.actors.sector, minlength=len(SECTORS)) / len(world.actors)
    return crossing, 1.0 - float(p @ p), len(rows) // 2


# The sampling plan


@pytest.mark.parametrize("actors", [12, 60, 300, 1000, 1770, 3000, 20_000])
def test_the_sample_has_as_many_actors_as_asked(territory, actors):
    assert sum(allocate(territory.frame, actors)) == actors


@pytest.mark.parametrize("actors", [60, 300, 1000])
def test_intercommunal_bodies_are_always_in(territory, actors):
    taken = allocate(territory.frame, actors)
    bodies = [(stratum, n) for stratum, n in zip(territory.frame, taken, strict=True) if is_intercommunal(stratum)]
    assert bodies
    assert all(n == stratum.count for stratum, n in bodies)


@pytest.mark.parametrize("actors", [300, 1000, 1770])
def test_no_more_actors_are_drawn_than_there_are(territory, actors):
    taken = allocate(territory.frame, actors)
    assert [s.cell for s, n in zip(territory.frame, taken, strict=True) if n > s.count] == []


def test_a_small_sample_does_not_lose_small_kinds(territory):
    taken = allocate(territory.frame, 300)
    assert {s.kind for s, n in zip(territory.frame, taken, strict=True) if n > 0} == set(KINDS)
    sampled, real = Counter(), Counter()
    for stratum, n in zip(territory.frame, taken, strict=True):
        sampled[stratum.kind] += n
        real[stratum.kind] += stratum.count
    rarest, commonest = "agency", "association"
    assert sampled[rarest] / sampled[commonest] > real[rarest] / real[commonest]


def test_a_sample_as_large_as_the_frame_is_the_frame(territory):
    total = sum(stratum.count for stratum in territory.frame)
    assert allocate(territory.frame, total) == [stratum.count for stratum in territory.frame]
    twice = allocate(territory.frame, 2 * total)
    assert twice == [2 * stratum.count for stratum in territory.frame]


def test_rounding_goes_to_the_largest_remainders():
    frame = tuple(SimpleNamespace(kind="farm", status="estimate", count=count) for count in (100, 100, 50))
    assert allocate(frame, 251)[2] in (50, 51)
    # square roots 10, 10, 7.07 of 27.07: 36.94, 36.94, 26.12 of 100
    assert allocate(frame, 100) == [37, 37, 26]


@pytest.mark.parametrize("actors", [300, 1000, 3000])
def test_weights_add_up_to_the_frame(territory, grow, actors):
    _, world, _ = grow(actors)
    assert world.actors.weight.sum() == pytest.approx(sum(stratum.count for stratum in territory.frame))


# Actors


def test_rows_are_sorted_by_commune_then_key(grow):
    _, world, _ = grow(400)
    order = np.lexsort((world.actors.key, world.actors.commune))
    assert order.tolist() == list(range(400))
    assert sorted(world.actors.key) == list(range(400))


def test_actors_are_what_their_stratum_says_and_where_it_is(territory, grow):
    _, world, _ = grow(300)
    expected = Counter()
    for stratum, n in zip(territory.frame, allocate(territory.frame, 300), strict=True):
        expected[stratum.cell] += n
    zones, sizes = ("centre", "ring", "rural"), ("0-9", "10-49", "50+")
    found = Counter((KINDS[a.kind], sizes[a.size_class], zones[a.zone]) for a in world.actors)
    assert found == +expected
    assert (territory.zone[world.actors.commune] == world.actors.zone).all()


def test_a_commune_or_an_epci_is_never_drawn_twice(territory, grow):
    for seed in range(20):
        _, world, _ = grow(300, seed)
        for kind in ("commune", "epci"):
            places = world.actors.commune[world.actors.kind == KINDS.index(kind)]
            assert len(places) == len(set(places.tolist()))


def test_every_commune_has_the_same_chance_within_its_stratum(territory, grow):
    drawn = np.zeros(len(territory.codes))
    for seed in range(300):
        _, world, _ = grow(60, seed)
        drawn[world.actors.commune[world.actors.kind == 0]] += 1
    small_rural = [c for c in range(len(territory.codes)) if territory.zone[c] == 2 and territory.population[c] < 1_000]
    rates = drawn[small_rural]
    assert rates.min() > 0
    assert rates.var() < 2 * rates.mean()


MEDIANS = [
    "propensity_0",
    "idea_propensity",
    "reward_sensitivity",
    "sanction_sensitivity",
    "risk_tolerance",
    "value_need",
]
MEDIANS += ["coresponsibility", "return_threshold", "hybridity_tolerance", "attachment", "vocabulary_0"]


def test_attributes_have_the_medians_of_their_parameters(grow):
    _, world, _ = grow(6000)
    # on the logit scale the standard error of a median of 6,000 is 1.25 / √6000 = 0.016
    for name in MEDIANS:
        median = np.median(world.actors[name])
        wanted = PARAMETERS[name].default
        assert math.log(median / (1 - median)) == pytest.approx(math.log(wanted / (1 - wanted)), abs=0.08), name
    for theme in range(6):
        assert np.median(world.actors.interest[:, theme]) == pytest.approx(PARAMETERS["interest"].default, abs=0.02)
    assert (world.actors.interest[:, 6:] == 0).all()
    assert np.median(world.actors.application_cost_factor) == pytest.approx(1.0, abs=0.04)
    assert np.median(world.actors.patience) == pytest.approx(PARAMETERS["patience"].default, abs=1)
    assert np.median(world.actors.perceived_quorum) == PARAMETERS["perceived_quorum"].default


def test_attributes_are_drawn_apart(grow):
    _, world, _ = grow(6000)
    names = [*MEDIANS, "application_cost_factor", "crowding_prone", "conditionality", "patience", "initiator"]
    table = np.array([world.actors[name] for name in names] + list(world.actors.interest[:, :6].T))
    # initiator, endowment and values depend on kind; the rest on nothing
    correlations = np.corrcoef(table) - np.eye(len(table))
    assert np.abs(correlations).max() < 5 / math.sqrt(6000)


def test_shares_lie_in_their_bounds_and_values_add_up(grow):
    _, world, _ = grow(3000, attribute_spread=2.0)
    for name in MEDIANS:
        assert ((world.actors[name] > 0) & (world.actors[name] < 1)).all(), name
    np.testing.assert_allclose(world.actors["values"].sum(axis=1), 1.0)
    assert (world.actors["values"] > 0).all()
    assert (world.actors.endowment >= 0).all()
    assert (world.actors.propensity == world.actors.propensity_0).all()
    assert (world.actors.commitments == 0).all()


def test_shares_of_types_masks_and_initiators_are_those_of_the_parameters(grow):
    _, world, _ = grow(6000)
    actors = world.actors

    def close(share, name):
        wanted = PARAMETERS[name].default
        assert share == pytest.approx(wanted, abs=4.5 * math.sqrt(wanted * (1 - wanted) / 6000) + 1e-9), name

    close(np.mean(actors.type == 1), "share_conditional")
    close(np.mean(actors.type == 2), "share_free_rider")
    close(np.mean(actors.crowding_prone), "crowding_share")
    for place, resource in enumerate(("time", "money", "premises", "skills")):
        close(np.mean(actors.endowment[:, place] > 0), f"endowment_mask[{resource}]")
    for place, wanted in enumerate(("financial", "visibility", "access", "learning", "ties")):
        close(np.mean(actors.counterpart_wanted[:, place]), f"counterpart_wanted[{wanted}]")
    for kind in ("commune", "company", "association"):
        of_kind = actors[actors.kind == KINDS.index(kind)]
        wanted = PARAMETERS[f"initiator_share[{kind}]"].default
        assert np.mean(of_kind.initiator) == pytest.approx(wanted, abs=4.5 * math.sqrt(wanted / len(of_kind)))
        assert set(of_kind.capacity) == {PARAMETERS[f"capacity[{kind}]"].default}
        assert set(of_kind.market_orientation) == {PARAMETERS[f"market_orientation[{kind}]"].default}


def test_endowments_grow_with_size_and_small_communes_lack_engineering(grow):
    _, world, _ = grow(6000, endowment_spread=0.0, endowment_mask=1.0)
    actors = world.actors
    companies = actors[actors.kind == KINDS.index("company")]
    for size, factor in enumerate((1, 2, 4)):
        money = companies.endowment[companies.size_class == size, 1]
        np.testing.assert_allclose(money, factor * PARAMETERS["endowment[company,money]"].default)
    communes = actors[actors.kind == 0]
    small, middle = communes[communes.size_class == 0], communes[communes.size_class == 1]
    np.testing.assert_allclose(small.endowment[:, 3], 0.05 * middle.endowment[0, 3] / 2)
    np.testing.assert_allclose(small.endowment[:, 0], middle.endowment[0, 0] / 2)


def test_another_seed_is_another_world_and_the_same_seed_the_same(grow):
    _, one, _ = grow(100, 5)
    _, same, _ = grow(100, 5)
    _, other, _ = grow(100, 6)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert np.mean(one.actors.propensity_0 == other.actors.propensity_0) < 0.01


# Distances


def test_distances_are_great_circle_times_detour(territory):
    ground = prepare_ground(territory, 60)
    p = pack()[0]
    factor = road_factor(ground, p)
    a, b = 0, 50
    lat, lon = np.radians(territory.latitude[[a, b]]), np.radians(territory.longitude[[a, b]])
    half = (
        math.sin((lat[1] - lat[0]) / 2) ** 2
        + math.cos(lat[0]) * math.cos(lat[1]) * math.sin((lon[1] - lon[0]) / 2) ** 2
    )
    haversine = 2 * 6371.0088 * math.asin(math.sqrt(half))
    assert road_km(ground, factor, a, b) == pytest.approx(1.3 * haversine, rel=1e-9)
    assert road_km(ground, factor, a, a) == 0.0


def test_distances_without_a_table_are_those_of_the_table(territory):
    ground = prepare_ground(territory, 60)
    bare = ground._replace(table=np.zeros((0, 0)))
    for a, b in ((0, 1), (3, 150), (198, 7), (9, 9)):
        # the table keeps the chord's rounding: a millimetre
        assert road_km(bare, 1.3, a, b) == pytest.approx(road_km(ground, 1.3, a, b), abs=1e-4)
        assert road_km(bare, 1.3, a, b) == road_km(bare, 1.3, b, a)


def test_travel_times_become_kilometres_at_road_speed(territory):
    minutes = np.array([[0.0, 30.0], [36.0, 0.0]])
    ground = prepare_ground(territory, 60)._replace(table=minutes, timed=True)
    factor = road_factor(ground, pack()[0])
    assert road_km(ground, factor, 0, 1) == pytest.approx(25.0)
    assert road_km(ground, factor, 1, 0) == pytest.approx(30.0)


# Ties


def ties_are_sound(world: World):
    """Symmetric, bounded, without self-ties or repetition, the same at both ends."""
    limit = world.neighbours.shape[1]
    assert (world.actors.degree <= limit).all()
    for i in range(len(world.actors)):
        ends = world.neighbours[i, : world.actors[i].degree]
        assert i not in ends
        assert len(set(ends.tolist())) == len(ends)
        for place, j in enumerate(ends):
            back = find_tie(world, j, i)
            assert back >= 0
            for values in (world.trust, world.reach, world.cooperated):
                assert values[i, place] == values[j, back]
    return True


@given(
    seed=st.integers(0, 2**64 - 1),
    actors=st.integers(20, 120),
    ties=st.integers(1, 12),
    mean=st.floats(3, 14),
    scale=st.floats(3, 60),
    chi=st.floats(0, 2),
)
@settings(max_examples=25)
def test_ties_are_sound_in_any_world(grow, seed, actors, ties, mean, scale, chi):
    _, world, _ = grow(actors, seed, ties, ties_mean=mean, distance_scale=scale, homophily=chi)
    assert ties_are_sound(world)
    used = world.trust[np.arange(ties)[None, :] < world.actors.degree[:, None]]
    assert ((used > 0) & (used < 1)).all()


@pytest.mark.parametrize("mean", [3.0, 8.0])
def test_degrees_have_the_mean_asked(grow, mean):
    _, world, _ = grow(3000, ties=40, ties_mean=mean)
    degrees = world.actors.degree
    assert degrees.mean() == pytest.approx(mean, rel=0.05)
    assert degrees.std() > 0.2 * mean
    assert degrees.max() <= 40


def test_without_homophily_or_distance_ties_cross_sectors_as_by_chance(grow):
    crossing, by_chance, ties = shares_of_ties(grow(3000, ties=40, homophily=0.0, distance_scale=1e12)[1])
    assert ties > 10_000
    assert crossing == pytest.approx(by_chance, abs=4 * math.sqrt(by_chance * (1 - by_chance) / ties))


def test_homophily_makes_crossing_ties_rarer_by_its_factor(grow):
    _, world, _ = grow(3000, ties=60, homophily=1.0, distance_scale=1e12, ties_mean=6.0)
    crossing, by_chance, ties = shares_of_ties(world)
    open_ends, own = by_chance * math.exp(-1.0), 1.0 - by_chance
    # an actor keeps proposing until it is accepted: expected shares hold per sector, roughly over all
    assert crossing < by_chance - 0.1
    assert crossing == pytest.approx(open_ends / (open_ends + own), abs=0.05)


def test_ties_get_rarer_with_distance(territory, grow):
    def mean_km(scale):
        ground, world, packed = grow(1500, homophily=0.0, distance_scale=scale)
        factor = road_factor(ground, packed[0])
        actors = world.actors
        lengths = [
            road_km(ground, factor, actors[i].commune, actors[j].commune)
            for i in range(0, 1500, 5)
            for j in world.neighbours[i, : actors[i].degree]
        ]
        return float(np.mean(lengths))

    near, middle, far = mean_km(3.0), mean_km(10.0), mean_km(1e9)
    assert near < 0.6 * middle < 0.6 * far


def test_ties_start_at_the_trust_of_the_parameters(grow):
    _, world, _ = grow(3000, conflict_share=0.0)
    used = world.trust[np.arange(16)[None, :] < world.actors.degree[:, None]]
    assert np.median(used) == pytest.approx(PARAMETERS["trust_known"].default, abs=0.02)
    _, torn, _ = grow(3000, conflict_share=1.0)
    lower = torn.trust[np.arange(16)[None, :] < torn.actors.degree[:, None]]
    np.testing.assert_allclose(np.sort(lower), np.sort(used) * (1 - PARAMETERS["trust_loss"].default))
    past = world.cooperated[np.arange(16)[None, :] < world.actors.degree[:, None]]
    assert np.mean(past) == pytest.approx(PARAMETERS["past_cooperation"].default, abs=0.02)


# Luck of the world


def test_no_two_attributes_of_a_world_share_a_draw(territory, monkeypatch):
    asked = []
    plain = population.uniforms

    def spy(seed, *where):
        asked.append(where)
        return plain(seed, *where)

    monkeypatch.setattr(population, "uniforms", spy)
    monkeypatch.setattr(network, "uniforms", spy)
    world = empty_world(40, 8)
    ground = prepare_ground(territory, 40)
    p = pack()[0]
    draw_actors(ground, p, 3, world, 8)
    by_draw = Counter(where for where in asked if where[0] != population.STRATUM)
    assert by_draw
    assert set(by_draw.values()) == {1}
    asked.clear()
    draw_network(ground, p, 3, world)
    ties = Counter(where for where in asked if where[0] == network.TIES)
    assert ties
    assert set(ties.values()) == {1}


def test_a_plain_run_of_the_rules_draws_the_compiled_world(territory, grow):
    ground = prepare_ground(territory, 30)
    plain = empty_world(30, 8)
    draw_actors(ground, pack()[0], 11, plain, 6)
    draw_network(ground, pack()[0], 11, plain)
    _, quick, _ = grow(30, 11, 8)
    for ours, theirs in zip(plain, quick, strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_the_ground_keeps_its_shapes(territory):
    ground = prepare_ground(territory, 60)
    assert isinstance(ground, Ground)
    assert ground.strata["count"].sum() == 60
    for stratum in ground.strata:
        chances = ground.cumulated[stratum.first : stratum.first + stratum.places]
        assert chances[-1] == 1.0
        assert (np.diff(chances) > 0).all()
