"""From posteriors to the territory: raking to margins, rows a sweep can read, what they leave out, files."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from ectsim.calibration.population import (
    KEPT_AT_DEFAULT,
    cells_of_interviews,
    cells_of_territory,
    effective_size,
    members_of,
    populate,
    rake,
    tell_population,
    write_population,
)
from ectsim.calibration.posteriors import Entry, Posteriors
from ectsim.calibration.tidy import FICTIVE, from_rows
from ectsim.errors import InputError
from ectsim.locale import LANGUAGES, choose_language
from ectsim.parameters import PARAMETERS, parameter_problems
from ectsim.territory.nomenclature import SECTORS, SIZE_CLASSES
from ectsim.territory.reading import load_territory

CELLS = {("public", "0-9"): 100.0, ("private", "0-9"): 300.0, ("civil", "0-9"): 600.0}


def entry(question, group, parameter, scale="logit", grouped_by="sector"):
    return Entry(question, group, grouped_by, parameter, "parameter", "L", scale, 8, 2, 0.9, "use", (), (), None)


def posteriors(*columns):
    """Posteriors from pairs of an entry and its draws."""
    draws = np.column_stack([draws for _, draws in columns])
    return Posteriors(tuple(one for one, _ in columns), draws, 1, 0.0, synthetic=True)


def by_sector(question, parameter, values, scale="logit", draws=4):
    return [(entry(question, s, parameter, scale), np.full(draws, v)) for s, v in zip(SECTORS, values, strict=True)]


def test_post_stratification_gives_every_cell_its_number():
    members = [("public", "0-9")] * 3 + [("private", "0-9")] * 2 + [("civil", "0-9")]
    weights, sizes_count = rake(CELLS, members)
    assert sizes_count
    assert weights == pytest.approx([100 / 3] * 3 + [150] * 2 + [600])


def test_raking_reproduces_both_margins_where_a_cell_was_not_met():
    # a cell of the frame was not met, and one was met that the frame does not know: margins are what can be kept
    cells = {("public", "0-9"): 10.0, ("public", "10-49"): 30.0, ("civil", "0-9"): 40.0, ("civil", "50+"): 20.0}
    members = [("public", "0-9"), ("public", "10-49"), ("civil", "0-9"), ("civil", "50+"), ("civil", "10-49")]
    weights, sizes_count = rake(cells, members)
    assert sizes_count
    assert weights[[0, 1]].sum() == pytest.approx(40)  # public
    assert weights[[2, 3, 4]].sum() == pytest.approx(60)  # civil
    assert weights[[0, 2]].sum() == pytest.approx(50)  # 0-9
    assert weights[[1, 4]].sum() == pytest.approx(30)  # 10-49
    assert weights[3] == pytest.approx(20)  # 50+
    # raking keeps the odds ratio of the start, here 1
    assert weights[0] * weights[4] == pytest.approx(weights[1] * weights[2])


@given(
    st.lists(st.integers(1, 500), min_size=9, max_size=9),
    st.lists(st.integers(0, 8), min_size=5, max_size=30),
)
def test_weights_stand_for_the_sectors_met(counts, met):
    names = [(sector, size) for sector in SECTORS for size in SIZE_CLASSES]
    cells = dict(zip(names, map(float, counts), strict=True))
    members = [names[place] for place in met]
    weights, sizes_count = rake(cells, members)
    assert (weights > 0).all()

    def missed(axis):
        for name in {member[axis] for member in members}:
            own = sum(weight for weight, member in zip(weights, members, strict=True) if member[axis] == name)
            yield abs(own - sum(number for cell, number in cells.items() if cell[axis] == name))

    assert max(missed(0)) <= weights.sum() * 1e-3
    if sizes_count and {size for _, size in members} == set(SIZE_CLASSES) and len({s for s, _ in members}) == 3:
        assert max(missed(1)) <= weights.sum() * 1e-3


def test_where_those_met_cannot_stand_for_sectors_and_sizes_sectors_do():
    # nearly all public actors are large, those met are small, as are the others
    cells = {("public", "0-9"): 1.0, ("public", "50+"): 97.0, ("civil", "0-9"): 1.0, ("civil", "10-49"): 1.0}
    members = [("public", "0-9")] * 2 + [("civil", "0-9"), ("civil", "10-49")]
    weights, sizes_count = rake(cells, members)
    assert not sizes_count
    assert weights == pytest.approx([49, 49, 1, 1])


def test_a_size_that_the_frame_does_not_know_takes_nobodys_weight():
    weights, sizes_count = rake(CELLS, [("public", "0-9"), ("private", "50+"), ("civil", "10-49")])
    assert not sizes_count
    assert weights == pytest.approx([100, 300, 600])


def test_effective_size_of_kish():
    assert effective_size(np.ones(12)) == pytest.approx(12)
    assert effective_size(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)


def test_a_frame_without_the_sectors_met_is_refused():
    with pytest.raises(InputError):
        rake({("public", "0-9"): 5.0}, [("civil", "0-9")])
    with pytest.raises(InputError):
        populate(posteriors(*by_sector("RISQ", "risk_tolerance", (0.2, 0.3, 0.4))), {})


def test_frames_of_the_territory_and_of_the_study():
    territory = load_territory("pays_ledonien")
    cells = cells_of_territory(territory)
    assert sum(cells.values()) == sum(stratum.count for stratum in territory.frame)
    row = {"size_class": "0-9", "n_population": "12", "synthetic": "true"}
    frame = [row | {"sector": "prive"}, row | {"sector": "soutien"}]
    assert cells_of_interviews(from_rows({"frame": frame})) == {("private", "0-9"): 12.0}
    assert cells_of_interviews(from_rows({})) == {}
    who = {"size_class": "0-9", "actor_type": "commune", "consent_analysis": "true"}
    people = [
        who | {"sector": "public"},
        who | {"sector": "soutien"},
        who | {"sector": "prive", "consent_analysis": "0"},
    ]
    assert members_of(from_rows({"interviews": people})) == [("public", "0-9")]


def test_sectors_are_averaged_by_their_numbers_on_the_scale_of_the_parameter():
    given_ = posteriors(
        *by_sector("RISQ", "risk_tolerance", (0.2, 0.5, 0.8)),
        *by_sector("DELAI", "patience", (4.0, 8.0, 16.0), "log"),
        *by_sector("RES_RESEAU", "ties_mean", (4.0, 8.0, 12.0), "linear"),
    )
    rows = populate(given_, CELLS).rows
    logit = 0.1 * special.logit(0.2) + 0.6 * special.logit(0.8)
    assert rows["risk_tolerance"].to_numpy() == pytest.approx(special.expit(logit))
    assert rows["patience"].to_numpy() == pytest.approx(2 ** (0.1 * 2 + 0.3 * 3 + 0.6 * 4))
    assert rows["ties_mean"].to_numpy() == pytest.approx(0.4 + 2.4 + 7.2)


def test_themes_count_alike_and_support_officers_not_at_all():
    support = entry("TIERS", "support", "facilitation_phi", "linear"), np.full(4, 2.0)
    given_ = posteriors(
        *by_sector("INT_THEME[food]", "interest", (0.3, 0.3, 0.3)),
        *by_sector("INT_THEME[energy]", "interest", (0.7, 0.7, 0.7)),
        *by_sector("TIERS", "facilitation_phi", (1.1, 1.1, 1.1), "linear"),
        support,
    )
    rows = populate(given_, CELLS).rows
    assert rows["interest"].to_numpy() == pytest.approx(0.5)
    assert rows["facilitation_phi"].to_numpy() == pytest.approx(1.1)


def test_a_parameter_of_a_sector_or_kind_is_its_own():
    kind = entry("NB_ENG", "epci", "capacity[epci]", "linear", "kind"), np.array([0.2, 3.4, 3.6, 30.0])
    weights = by_sector("VAL_SOC", "", (0.3, 0.4, 0.5))
    named = [(entry("VAL_SOC", e.group, f"value_weight[{e.group},social]"), d) for e, d in weights]
    population = populate(posteriors(kind, *named), CELLS)
    assert population.rows["capacity[epci]"].tolist() == [1, 3, 4, 12]
    assert population.outside["capacity[epci]"] == 0.25
    assert population.rows["value_weight[civil,social]"].tolist() == pytest.approx([0.5] * 4)


def test_the_spread_of_attributes_holds_what_lies_between_sectors():
    spread = entry("RISQ", "all", "attribute_spread", "log", "all"), np.full(4, 0.6)
    location = np.array([-1.0, 0.0, 1.0])
    given_ = posteriors(*by_sector("RISQ", "risk_tolerance", special.expit(location)), spread)
    centre = 0.1 * -1 + 0.6
    between = 0.1 * (-1 - centre) ** 2 + 0.3 * centre**2 + 0.6 * (1 - centre) ** 2
    rows = populate(given_, CELLS).rows
    assert rows["attribute_spread"].to_numpy() == pytest.approx(np.sqrt(0.36 + between))


def test_rows_stay_inside_the_bounds_and_say_what_did_not():
    given_ = posteriors(
        *by_sector("RES_RESEAU", "ties_mean", (30.0, 30.0, 30.0), "linear"),
        *by_sector("OPP", "idea_propensity", (0.5, 0.5, 0.5)),
    )
    population = populate(given_, CELLS)
    assert population.rows["ties_mean"].tolist() == [PARAMETERS["ties_mean"].high] * 4
    assert population.outside == {"ties_mean": 1.0}
    # only its product with the idea rate is identified
    assert population.kept == ("idea_propensity",)
    assert "idea_propensity" not in population.rows
    for language in LANGUAGES:
        choose_language(language)
        assert "100\N{NO-BREAK SPACE}%" in tell_population(population)[0] or language == "en"
        assert len(tell_population(population)) == 2
    choose_language(None)


def test_the_whole_path_gives_rows_the_model_accepts(tmp_path):
    from benchmarks.coverage import fictive_study
    from ectsim.calibration.inference import infer

    interviews, _ = fictive_study(3)
    inferred = infer(interviews, (), draws=40)
    population = populate(inferred, cells_of_territory(load_territory("pays_ledonien")))
    assert len(population.rows) == 40
    assert not set(KEPT_AT_DEFAULT) & set(population.rows)
    for row in population.rows.to_dict("records"):
        assert not parameter_problems(row)
    write_population(population, tmp_path)
    again = pd.read_parquet(tmp_path / "population.parquet")
    assert again.equals(population.rows)
    assert set(again.columns) <= set(PARAMETERS)
    sidecar = json.loads((tmp_path / "population.json").read_text("utf-8"))
    assert sidecar["synthetic"]
    assert sidecar["notice"] == FICTIVE
    assert json.loads(pq.read_schema(tmp_path / "population.parquet").metadata[b"synthetic"])
