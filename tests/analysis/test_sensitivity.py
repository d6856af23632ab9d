"""Sensitivity through our study files and designs, of functions whose indices are known: runs are fed, not made."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ectsim.analysis.sensitivity import conducting, stages, surrogate
from ectsim.analysis.sensitivity.conducting import Findings, analyse, names_of
from ectsim.analysis.sensitivity.distribution import distribution_table
from ectsim.analysis.sensitivity.indices import index_table
from ectsim.analysis.sensitivity.noise import corrected, noise_of, without_noise
from ectsim.analysis.sensitivity.quantities import Quantity, over_luck, replicates_of
from ectsim.analysis.sensitivity.salib import first_and_total, pawn, sobol_outputs
from ectsim.analysis.sensitivity.screening import standing_out
from ectsim.analysis.sensitivity.stages import Asked, Sizes, ready, refuse_correlated
from ectsim.analysis.sensitivity.surrogate import surrogate_of
from ectsim.errors import InputError
from ectsim.experiments.designs import salib_problem, unit_points
from ectsim.experiments.plan import make_plan
from ectsim.experiments.study import load_study
from ectsim.experiments.study_settings import SweepStudy

STUDY = """
name: {{fr: "Fonction", en: "Function"}}
scenarios: [alone.yaml, call.yaml]
factors: [{factors}]
design: {{kind: saltelli, base_points: {rows}}}
replicates: {replicates}
outcomes: [emerged]
"""
BY_HAND = "name: {{fr: a, en: a}}\nextends: {scenario}\nparameters: default\n"
"""What is not varied stays as set by hand, so that luck is luck: the scenarios that ship draw it from a posterior."""
PARAMETERS = ("beta_trust", "beta_interest", "beta_values", "beta_propensity", "beta_momentum", "beta_return")
SMALL = Sizes(30, 512, 256, 64, 8)
G = np.array([0, 1, 4.5, 9, 99, 99])


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = (2 * unit[:, :3] - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sobol_g(unit: np.ndarray) -> np.ndarray:
    return ((np.abs(4 * unit[:, :6] - 2) + G) / (1 + G)).prod(axis=1)


ISHIGAMI_FIRST, ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    own = 1 / (3 * (1 + G) ** 2)
    whole = (1 + own).prod() - 1
    return own / whole, own * (1 + own).prod() / (1 + own) / whole


@pytest.fixture
def study(tmp_path: Path):
    def made(count: int = 3, rows: int = 256, replicates: int = 1) -> SweepStudy:
        factors = ", ".join(f"{{name: {name}, low: 0, high: 1}}" for name in PARAMETERS[:count])
        for name, scenario in (("alone", "spontaneous"), ("call", "one_call_a_year")):
            (tmp_path / f"{name}.yaml").write_text(BY_HAND.format(scenario=scenario), encoding="utf-8")
        file = tmp_path / "function.yaml"
        file.write_text(STUDY.format(factors=factors, rows=rows, replicates=replicates), encoding="utf-8")
        return ready(load_study(file))

    return made


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch):
    """Have sweeps give a function of their points, and that doubled in the second scenario, plus luck of each run."""

    def fed(function, luck: float = 0.0) -> None:
        def sweep(study: SweepStudy, folder: Path, *, workers=None, progress=None):
            plan = make_plan(study)
            names = [factor.name for factor in study.factors]
            unit = np.full((len(plan.points), len(PARAMETERS)), 0.5)
            for place, name in enumerate(PARAMETERS):
                if name in names:
                    unit[:, place] = plan.points[:, names.index(name)]
            values = function(unit)
            seeds = plan.seeds(tuple(range(len(values))), range(plan.replicates))
            noise = np.random.default_rng(int(seeds[0, 0])).normal(0, luck, (2, *seeds.shape))
            shape = seeds.shape
            parts = []
            for place, scenario in enumerate(study.scenarios):
                told = {"point": np.indices(shape)[0], "replicate": np.indices(shape)[1]}
                told["emerged"] = values[:, None] * (1 + place) + noise[place]
                flat = {name: array.ravel() for name, array in told.items()}
                parts.append(pd.DataFrame(flat).assign(scenario=scenario))
            table = pd.concat(parts).sample(frac=1, random_state=1)
            return SimpleNamespace(to_pandas=lambda columns: table[columns])

        monkeypatch.setattr(conducting, "sweep", sweep)
        monkeypatch.setattr(conducting, "RESAMPLES", 200)

    return fed


def index(findings: Findings, name: str = "ST", column: str = "value", table: str = "indices") -> dict[str, float]:
    """Indices of the difference between the scenarios, by factor."""
    rows = findings.tables[table]
    rows = rows[rows["against"].notna() & (rows["index"] == name) & (rows["of"] == "mean")]
    return dict(zip(rows["factor"], rows[column], strict=True))


def test_ishigami_has_its_indices_on_the_difference_too(study, feed):
    feed(ishigami)
    found = analyse(study(rows=1024), Path("none"), Asked("sobol", Sizes(base_points=1024), second_order=True))
    first, total = index(found, "S1"), index(found)
    for name, of_first, of_total in zip(PARAMETERS, ISHIGAMI_FIRST, ISHIGAMI_TOTAL, strict=False):
        assert first[name] == pytest.approx(of_first, abs=0.03)
        assert total[name] == pytest.approx(of_total, abs=0.03)
        assert index(found, column="low")[name] < of_total < index(found, column="high")[name]
    assert total["dummy"] == 0
    pairs = found.tables["indices"].query("index == 'S2' and against == 'alone'")
    value = pairs.set_index(["factor", "other"])["value"]
    assert value["beta_trust", "beta_values"] == pytest.approx(0.2437, abs=0.06)
    assert value["beta_trust", "beta_interest"] == pytest.approx(0, abs=0.06)
    assert not found.notes


def test_sobol_g_has_its_indices(study, feed):
    feed(sobol_g)
    found = analyse(study(6), Path("none"), Asked("sobol", Sizes(base_points=1024, noise_points=64)))
    first, total = g_indices()
    assert [index(found, "S1")[name] for name in PARAMETERS] == pytest.approx(first, abs=0.04)
    assert [index(found)[name] for name in PARAMETERS] == pytest.approx(total, abs=0.04)
    assert found.runs == {"noise": 64 * 8 * 2, "indices-0": 1024 * 9 * 2}


def test_luck_raises_every_total_index_and_the_correction_takes_it_off(study, feed):
    luck = np.sqrt(13.845 / 2)
    feed(ishigami, luck)  # of the difference: twice the variance of one run, thus half of all
    found = analyse(study(), Path("none"), Asked("sobol", Sizes(base_points=4096, noise_points=512)))
    noise = found.tables["noise"].query("against == 'alone'").iloc[0]
    assert noise["low"] < 0.5 < noise["high"]
    raw = index(found, column="raw")
    assert raw["dummy"] == pytest.approx(0.5, abs=0.06)
    assert raw["beta_values"] == pytest.approx(0.62, abs=0.06)
    assert index(found)["dummy"] == pytest.approx(0, abs=0.1)
    assert [index(found)[name] for name in PARAMETERS[:3]] == pytest.approx(ISHIGAMI_TOTAL, abs=0.1)
    assert [index(found, "S1")[name] for name in PARAMETERS[:3]] == pytest.approx(ISHIGAMI_FIRST, abs=0.1)


def test_one_luck_a_base_row_gives_the_dummy_nothing_and_is_corrected_by_division(study):
    of_rows = stages.indices(study(), Sizes(base_points=4096))
    width = len(names_of(of_rows))
    luck = np.repeat(np.random.default_rng(1).normal(0, np.sqrt(13.845), 4096), width + 2)
    outputs = sobol_outputs(ishigami(unit_points(of_rows)) + luck, width, second_order=False)
    first, total = first_and_total(outputs)
    assert total[-1] == 0
    assert total[:3] == pytest.approx(np.array(ISHIGAMI_TOTAL) / 2, abs=0.05)
    assert corrected(first, total, 0.5, "row")[1][:3] == pytest.approx(ISHIGAMI_TOTAL, abs=0.1)


def test_indices_are_those_of_salib(study):
    from SALib.analyze import sobol

    of_rows = stages.indices(study(), SMALL)
    values = ishigami(unit_points(of_rows)) + 50
    outputs = sobol_outputs(values, 4, second_order=False)
    ours = index_table(names_of(of_rows), outputs, without_noise(200), "own", np.random.default_rng(1))
    theirs = sobol.analyze(salib_problem(of_rows), values, calc_second_order=False, seed=1)
    assert ours.query("index == 'S1'")["value"].to_numpy() == pytest.approx(theirs["S1"], abs=0.01)
    assert ours.query("index == 'ST'")["value"].to_numpy() == pytest.approx(theirs["ST"], abs=0.01)
    widths = (ours["high"] - ours["low"]).to_numpy() / 2
    assert widths[:4] == pytest.approx(theirs["S1_conf"], abs=0.06)
    assert widths[4:] == pytest.approx(theirs["ST_conf"], abs=0.06)


def test_the_share_of_luck_is_that_of_the_statistic():
    generator = np.random.default_rng(1)
    values = generator.normal(0, 1, (2000, 1)) + generator.normal(0, 2, (2000, 8))
    assert noise_of(values, 1, "mean", generator, 10).share == pytest.approx(0.8, abs=0.02)
    assert noise_of(values, 4, "mean", generator, 10).share == pytest.approx(0.5, abs=0.03)
    assert noise_of(values, 4, "spread", generator, 10).share > 0.95
    assert noise_of(np.ones((9, 4)), 1, "mean", generator, 10).share == 0
    with pytest.raises(ValueError, match="two groups"):
        noise_of(values, 8, "mean", generator, 10)
    with pytest.raises(ValueError, match="fewer than 3"):
        noise_of(np.full((9, 4), np.nan), 1, "mean", generator, 10)


def test_mean_and_spread_over_luck_leave_out_what_is_undefined():
    values = np.array([[1.0, 3.0], [np.nan, 2.0], [np.nan, np.nan]])
    assert over_luck(values, "mean") == pytest.approx([2, 2, np.nan], nan_ok=True)
    assert over_luck(values, "spread") == pytest.approx([np.sqrt(2), np.nan, np.nan], nan_ok=True)


def test_runs_are_read_in_the_order_of_points_and_paired():
    rows = [(p, s, r, 100.0 * (s == "b") + 10 * p + r) for s in "ab" for r in (1, 0) for p in (1, 0)]
    runs = pd.DataFrame(rows, columns=["point", "scenario", "replicate", "emerged"])
    assert replicates_of(Quantity("emerged", "b"), runs).tolist() == [[100, 101], [110, 111]]
    assert replicates_of(Quantity("emerged", "b", "a"), runs).tolist() == [[100, 100], [100, 100]]


def test_the_path_sifts_factors_and_shares_out_the_rest(study, feed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(surrogate, "HALVES", 2)
    feed(lambda unit: 3 * unit[:, 0] + 2 * unit[:, 1], 0.1)
    found = analyse(study(3), Path("none"), Asked("path", Sizes(30, 256, 256, 64, 4)))
    assert list(found.runs) == ["screening", "table", "noise", "indices-0"]
    kept = list(dict.fromkeys(found.tables["indices"]["factor"]))
    assert kept[:2] == list(PARAMETERS[:2])
    assert kept[-1] == "dummy"
    assert index(found)["beta_trust"] == pytest.approx(9 / 13, abs=0.1)
    effects = found.tables["screening"].query("against == 'alone'").set_index("factor")["mu_star"]
    assert effects["beta_trust"] > effects["beta_interest"] > effects["dummy"]
    quality = found.tables["quality"].query("of == 'mean'")["quality"]
    assert quality.min() > 0.7
    settled = found.tables["convergence"].query("against == 'alone'")
    assert sorted(settled["rows"].unique()) == [32, 64, 128, 256]


def test_base_rows_are_doubled_until_intervals_are_narrow_enough(study, feed):
    feed(ishigami)
    found = analyse(study(), Path("none"), Asked("sobol", Sizes(base_points=64), half_width=0.1, most_rows=4096))
    assert list(found.runs)[:3] == ["noise", "indices-0", "indices-1"]
    assert len(found.runs) < 8
    rows = set(found.tables["indices"]["rows"])
    assert rows == {64 * 2 ** (len(found.runs) - 2)}
    assert conducting.half_width(found.tables["indices"]) <= 0.1
    assert [index(found)[name] for name in PARAMETERS[:3]] == pytest.approx(ISHIGAMI_TOTAL, abs=0.1)
    assert not found.notes


def test_wide_intervals_undefined_rows_and_pure_luck_are_told(study, feed):
    feed(lambda unit: np.where(unit[:, 0] < 0.1, np.nan, ishigami(unit)))
    found = analyse(study(), Path("none"), Asked("sobol", SMALL))
    assert any("base rows are left out" in note for note in found.notes)
    assert any("±0.1 was asked" in note and "--most-rows" in note for note in found.notes)
    feed(lambda unit: np.zeros(len(unit)), 1.0)
    found = analyse(study(), Path("none"), Asked("path", SMALL))
    assert "indices" not in found.tables
    assert sum("too much for indices" in note for note in found.notes) == 3


def test_replicates_give_indices_of_the_spread_over_luck(study, feed):
    feed(ishigami, 0.5)
    found = analyse(study(replicates=4), Path("none"), Asked("morris", SMALL))
    assert set(found.tables["screening"]["of"]) == {"mean", "spread"}


def test_luck_shared_by_all_points_is_said_and_not_corrected(study, feed):
    feed(ishigami)
    same = study().model_copy(update={"seeds": study().seeds.model_copy(update={"luck": "same"})})
    found = analyse(same, Path("none"), Asked("sobol", SMALL))
    assert "noise" not in found.runs
    assert any("share the luck" in note for note in found.notes)
    assert corrected(0.2, 0.4, 0.5, "same") == (0.2, 0.4)


def test_a_surrogate_that_predicts_nothing_has_no_indices(study):
    scheme = unit_points(stages.indices(study(), SMALL))
    generator = np.random.default_rng(1)
    points = generator.random((400, 4))
    found = surrogate_of(points, generator.normal(size=400), list("abcd"), scheme)
    assert found is not None
    assert found.quality <= 0
    assert found.indices is None
    assert surrogate_of(points, np.full(400, 3.0), list("abcd"), scheme) is None


def test_the_surrogate_of_the_spread_finds_what_makes_luck_matter(study):
    scheme = unit_points(stages.indices(study(), Sizes(base_points=512)))
    generator = np.random.default_rng(1)
    points = generator.random((3000, 4))
    outputs = 5 * points[:, 0] + generator.normal(size=3000) * (0.2 + 3 * points[:, 1])
    found = surrogate_of(points, outputs, list("abcd"), scheme, of="spread")
    assert found is not None
    assert found.indices is not None
    total = found.indices.query("index == 'ST'").set_index("factor")["value"]
    assert total.idxmax() == "b"
    assert total["b"] > 0.8
    assert 0 < found.quality < 0.6


def test_pawn_is_beside_what_chance_gives():
    generator = np.random.default_rng(1)
    points = generator.random((800, 3))
    outputs = np.where(points[:, 0] > 0.5, 1.0, -1.0) * generator.normal(size=800) ** 2
    table = distribution_table(("acts", "touches_nothing", "neither"), points, outputs, generator).set_index("factor")
    assert table.loc["acts", "value"] > 3 * table.loc["acts", "chance_high"]
    assert table.loc["touches_nothing", "value"] < 2 * table.loc["acts", "chance"]


def test_numpy_keeps_its_global_state(study, feed):
    feed(ishigami, 0.3)
    np.random.seed(7)  # noqa: NPY002 (the state that SALib would reseed)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    analyse(study(), Path("none"), Asked("sobol", Sizes(base_points=16, noise_points=16)))
    analyse(study(), Path("none"), Asked("morris", SMALL))
    pawn(np.random.default_rng(1).random((200, 2)), np.arange(200.0), 5)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_the_same_study_gives_the_same_numbers(study, feed):
    feed(ishigami, 0.3)
    one, other = (analyse(study(), Path("none"), Asked("sobol", Sizes(base_points=32, noise_points=16))) for _ in "ab")
    pd.testing.assert_frame_equal(one.tables["indices"], other.tables["indices"])


def test_parameters_are_grouped_by_mechanism(study, feed):
    feed(sobol_g)
    grouped = ready(study(3).model_copy(update={"outcomes": ("emerged",)}), by_mechanism=True)
    assert names_of(stages.indices(grouped, SMALL)) == ["joining", "dummy"]
    found = analyse(grouped, Path("none"), Asked("sobol", SMALL))
    assert index(found)["joining"] == pytest.approx(1, abs=0.1)
    assert stages.mechanism("call.winners") == "schemes"
    assert stages.mechanism("trust_gain") == "trust"


def test_factors_stand_out_by_the_surrogate_then_by_the_screening():
    effects = pd.DataFrame({"factor": ["a", "b", "dummy"], "mu_star": [1.0, 4.0, 2.0]})
    effects = effects.assign(outcome="emerged", scenario="s", against=None, of="mean")
    assert standing_out(["a", "b", "dummy"], {"screening": effects}, 8) == ["b"]
    totals = pd.DataFrame({"index": "ST", "factor": ["a", "b", "dummy"], "value": [0.4, 0.01, 0.02]})
    assert standing_out(["a", "b", "dummy"], {"screening": effects, "surrogate": totals}, 8) == ["a"]
    assert standing_out(["a", "b", "dummy"], {}, 1) == ["a"]


def test_correlated_draws_are_refused_for_shares_of_variance():
    generator = np.random.default_rng(1)
    draws = generator.normal(size=(400, 3))
    refuse_correlated("abc", draws)
    refuse_correlated("a", draws[:, :1])
    draws[:, 2] = draws[:, 0] + 0.5 * draws[:, 2]
    with pytest.raises(InputError, match=r"“a” and “c” are correlated.*pawn"):
        refuse_correlated("abc", draws)


def test_independent_draws_of_a_posterior_become_levels(study, feed, tmp_path: Path):
    generator = np.random.default_rng(1)
    pd.DataFrame(generator.beta(2, 5, (500, 3)), columns=PARAMETERS[:3]).to_parquet(tmp_path / "draws.parquet")
    given = study()
    text = STUDY.format(factors="", rows=64, replicates=1)
    text = text.replace("{kind: saltelli, base_points: 64}", "{kind: posterior, file: draws.parquet}")
    (tmp_path / "posterior.yaml").write_text(text, encoding="utf-8")
    drawn = load_study(tmp_path / "posterior.yaml")
    made = ready(drawn)
    assert [factor.name for factor in made.factors] == [factor.name for factor in given.factors]
    assert np.mean(made.factors[0].levels) == pytest.approx(2 / 7, abs=0.02)
    assert ready(drawn, "pawn") is drawn
    feed(lambda unit: unit[:, 0])
    found = analyse(drawn, Path("none"), Asked("pawn", SMALL)).tables["distribution"]
    assert found.iloc[found["value"].argmax()]["factor"] == "beta_trust"


def test_every_problem_of_a_study_is_told(study):
    from ectsim.model.outcomes import OUTCOMES

    many = study().model_copy(update={"outcomes": tuple(OUTCOMES)})
    with pytest.raises(InputError, match="name at most 12"):
        ready(many)
    bare = study().model_copy(update={"factors": ()})
    with pytest.raises(InputError, match="expected bounds"):
        ready(bare)


def test_parameters_drawn_from_a_posterior_are_told_to_count_as_luck(study, feed):
    feed(ishigami)
    given = study()
    drawn = {name: one.model_copy(update={"parameters": "posterior"}) for name, one in given.scenarios.items()}
    for scenarios, told in ((drawn, True), (given.scenarios, False)):
        found = analyse(given.model_copy(update={"scenarios": scenarios}), Path("none"), Asked("morris", SMALL))
        assert any("posterior" in note for note in found.notes) is told
