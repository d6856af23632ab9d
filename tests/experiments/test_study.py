"""Study files: read in full, written back, resized, and everything wrong told with its line."""

import json
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ectsim.errors import InputError
from ectsim.experiments.study import SweepStudy, dump_study, load_study, preset, shipped_studies, study_schema
from ectsim.experiments.study_settings import Automatic
from ectsim.locale import choose_language
from ectsim.model.outcomes import OUTCOMES
from ectsim.parameters import PARAMETERS
from ectsim.scenario import load_scenario, shipped_scenarios
from ectsim.shipped import shipped_folder

START = "name: {fr: Essai, en: Trial}\nscenarios: [spontaneous, one_call_a_year]\n"


@pytest.fixture(autouse=True)
def _speak_english():
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def write(tmp_path):
    def write(content, name="trial.yaml"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems(write):
    """Problems of a study, as (line, field, nearest name, message)."""

    def problems(content):
        with pytest.raises(InputError) as caught:
            load_study(write(content))
        return [(p.line, p.field, p.nearest, str(p)) for p in caught.value.problems]

    return problems


def test_a_study_holds_its_scenarios_in_full(write):
    study = load_study(write(START))
    assert list(study.scenarios) == ["spontaneous", "one_call_a_year"]
    assert all(study.scenarios[name] == load_scenario(name) for name in study.scenarios)
    assert study.outcomes == tuple(OUTCOMES)
    assert (study.seeds.first, study.seeds.luck, study.replicates) == (1, "own", 1)


def test_scenarios_may_be_named_and_lie_beside_the_study(write):
    write("name: {fr: Mien, en: Mine}\nextends: spontaneous.yaml\npopulation: {actors: 50}\n", "mine.yaml")
    study = load_study(
        write("name: {fr: Essai, en: Trial}\nscenarios:\n  base: spontaneous\n  small: mine.yaml\n  other: mine\n")
    )
    assert {name: scenario.population.actors for name, scenario in study.scenarios.items()} == {
        "base": 300,
        "small": 50,
        "other": 50,
    }


@pytest.mark.parametrize("name", shipped_studies())
def test_what_ships_goes_round_by_json_and_by_yaml(name, write):
    study = load_study(name)
    assert SweepStudy.model_validate(json.loads(study.model_dump_json())) == study
    assert SweepStudy.model_validate_json(study.model_dump_json()) == study
    assert load_study(write(dump_study(study))) == study
    assert study.model_dump_json() == load_study(name).model_dump_json()


def test_the_study_of_the_guide_is_a_study(write):
    guide = (Path(__file__).parents[2] / "docs" / "studies.md").read_text("utf-8")
    whole, replicates = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    study = load_study(write(whole.replace("replicates: 1\n", replicates)))
    assert [factor.name for factor in study.factors] == ["idea_rate", "call.winners", "call.grant_cap", "dummy"]
    assert len(study.replicates.targets) == 3


def test_studies_are_no_scenarios():
    assert not set(shipped_studies()) & set(shipped_scenarios())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_schema_accepts_what_ships_and_refuses_what_does_not_exist(language, write):
    choose_language(language)
    jsonschema = pytest.importorskip("jsonschema")
    schema = study_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    reader = YAML(typ="safe", pure=True)
    for name in shipped_studies():
        written = reader.load((shipped_folder("scenarios") / "studies" / f"{name}.yaml").read_text("utf-8"))
        assert not list(validator.iter_errors(written))
        assert list(validator.iter_errors(written | {"seed": 1}))
    assert not list(validator.iter_errors(load_study("calls").model_dump(mode="json")))
    expected = {"fr": "ce qui varie", "en": "what is varied"}[language]
    assert schema["properties"]["factors"]["description"] == expected


def test_a_bare_parameter_takes_the_range_of_its_prior(write):
    study = load_study(
        write(
            START
            + "factors: [{name: idea_rate}, {name: imitation}, {name: beta_0, low: -5, high: -4}, {name: dummy}]\n"
            "design: {kind: latin_hypercube, points: 10}\n"
        )
    )
    assert [(f.name, f.low, f.high, f.scale) for f in study.factors] == [
        ("idea_rate", PARAMETERS["idea_rate"].low, PARAMETERS["idea_rate"].high, "log"),
        ("imitation", PARAMETERS["imitation"].low, PARAMETERS["imitation"].high, "linear"),
        ("beta_0", -5, -4, "linear"),
        ("dummy", 0, 1, "linear"),
    ]


def test_points_of_a_list_bring_their_factors(write):
    points = "design: {kind: list, points: [{idea_rate: 10, call.winners: 2}, {call.winners: 3, idea_rate: 20}]}\n"
    study = load_study(write(START + points))
    assert [factor.name for factor in study.factors] == ["idea_rate", "call.winners"]
    assert SweepStudy.model_validate_json(study.model_dump_json()) == study


def test_a_territory_beside_the_study_is_found_from_anywhere(write, tmp_path, monkeypatch):
    import shutil

    shutil.copytree(shipped_folder("scenarios") / "territories" / "pays_ledonien", tmp_path / "territories" / "mine")
    write("name: {fr: Mien, en: Mine}\nterritory: mine\n", "mine.yaml")
    study = load_study(write("name: {fr: Essai, en: Trial}\nscenarios: [mine]\n"))
    monkeypatch.chdir("/")
    from ectsim.territory.reading import load_territory

    again = SweepStudy.model_validate_json(study.model_dump_json())
    assert load_territory(again.scenarios["mine"].territory).folder == tmp_path / "territories" / "mine"


def test_draws_beside_a_scenario_are_found_from_anywhere(write, tmp_path, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "below").mkdir()
    pq.write_table(pa.table({"idea_rate": [10.0, 20.0]}), tmp_path / "below" / "fit.parquet")
    drawn = "name: {fr: Tiré, en: Drawn}\nposterior: fit.parquet\nparameters: posterior\n"
    write(drawn, "below/drawn.yaml")
    study = load_study(write("name: {fr: Essai, en: Trial}\nscenarios: [below/drawn.yaml]\n"))
    monkeypatch.chdir("/")
    again = SweepStudy.model_validate_json(study.model_dump_json())
    assert again.scenarios["drawn"].drawn_from == str(tmp_path / "below" / "fit.parquet")
    (tmp_path / "below" / "fit.parquet").unlink()
    with pytest.raises(InputError) as caught:
        load_study(tmp_path / "trial.yaml")
    assert [(p.message, p.line, p.field) for p in caught.value.problems] == [
        ("parameters.no_posterior", 2, "posterior")
    ]


@pytest.mark.parametrize(
    ("line", "field", "nearest", "message"),
    [
        ("factor: []", "factor", "factors", "unknown setting"),
        ("seeds: {first: -1}", "seeds.first", None, "expected a number of at least 0; given -1"),
        ("seeds: {frist: 1}", "seeds.frist", "first", "unknown setting (possible settings: first, luck)"),
        ("seeds: {luck: mine}", "seeds.luck", None, 'expected one of own, same; given "mine"'),
        ("replicates: 0", "replicates", None, "expected a whole number of at least 1, or the"),
        ("replicates: auto", "replicates", None, "or the precision to reach (targets: [{outcome: emerged"),
        ("replicates: {target: []}", "replicates.target", "targets", "unknown setting"),
        ("replicates: {level: 0.95}", "replicates.targets", None, "required setting is missing"),
        (
            "replicates: {targets: [{outcome: emerged, half_width: 1}], minimum: 100}",
            "replicates.minimum",
            None,
            "100 is not a multiple of the block (32)",
        ),
        (
            "replicates: {targets: [{outcome: emerged, half_width: 1}], minimum: 8192}",
            "replicates.minimum",
            None,
            "(8192) lies above the maximum (4096)",
        ),
        ("outcomes: [emergd]", "outcomes[0]", "emerged", 'unknown outcome: "emergd"'),
        ("outcomes: [emerged, emerged]", "outcomes[1]", None, '"emerged" is given twice'),
        ("outcomes: []", "outcomes", None, "at least one item"),
        ("twins: perhaps", "twins", None, 'expected true or false; given "perhaps"'),
        ("tables: [project]", "tables[0]", None, "expected one of projects, months"),
        ("design: {kind: sobl, points: 8}", "design.kind", "sobol", 'unknown design: "sobl"'),
        ("design: {points: 8}", "design", None, '"kind", the kind of design, is missing'),
        ("design: {kind: sobol}", "design.points", None, "required setting is missing"),
        ("design: {kind: sobol, points: 1000}", "design.points", None, "given 1000: write 512 or 1024"),
        ("design: {kind: saltelli, base_points: 7}", "design.base_points", None, "write 4 or 8"),
        ("design: {kind: sobol, points: 8}", "design.kind", None, "at least one factor"),
        ("design: {kind: morris, levels: 5}", "design.levels", None, "given 5"),
        ("factors: [{name: idea_rat, levels: [5]}]", "factors[0].name", "idea_rate", "unknown factor"),
        ("factors: [{name: call.winer, levels: [5]}]", "factors[0].name", "call.winners", "unknown factor"),
        ("factors: [{name: subsidy.budget, levels: [5]}]", "factors[0].name", None, "no scenario has this instrument"),
        ("factors: [{name: 'call[1].winners', levels: [5]}]", "factors[0].name", None, "no scenario has this instr"),
        ("factors: [{name: call.condition, levels: [0]}]", "factors[0].name", None, "one of none, collective, refund"),
        ("factors: [{name: idea_rate, levels: [5, 400]}]", "factors[0].levels[1]", None, "400"),
        ("factors: [{name: call.winners, levels: [2.5]}]", "factors[0].levels[0]", None, "whole number"),
        ("factors: [{name: call.grant_rate, levels: [2]}]", "factors[0].levels[0]", None, "from 0 to 1"),
        ("factors: [{name: call.phases, levels: [3]}]", "factors[0].levels[0]", None, "one of 1, 2; given 3"),
        ("factors: [{name: call.winners, levels: [2, 2]}]", "factors[0].levels", None, "given twice"),
        ("factors: [{name: call.winners, levels: []}]", "factors[0].levels", None, "at least one item"),
        ("factors: [{name: call.winners, low: 2, high: 4}]", "factors[0].levels", None, "factorial wants levels"),
        ("factors: [{name: call.winners, low: 2, levels: [3]}]", "factors[0].levels", None, "exclude each other"),
        ("factors: [{name: call.winners}]", "factors[0].name", None, "has no values"),
        ("factors: [{name: idea_rate, levels: [5], group: a}]", "factors[0].group", None, "saltelli and morris"),
        ("factors: [{nam: idea_rate}]", "factors[0].nam", "name", "unknown setting"),
        ("twins: true\nscenarios: [spontaneous]", None, None, "given twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(problems, line, field, nearest, message):
    told = problems(START + line + "\n")
    here = [one for one in told if one[1] == field or field is None]
    assert here, told
    assert here[0][0] in (3, 4)
    assert here[0][2] == nearest
    assert message in here[0][3]


@pytest.mark.parametrize(
    ("factor", "field", "message"),
    [
        ("{name: idea_rate, low: 5}", "high", "the other bound, high, is missing"),
        ("{name: idea_rate, low: 9, high: 9}", "high", "must lie above"),
        ("{name: beta_0, low: -5, high: -4, scale: log}", "scale", "bounds above 0"),
        ("{name: idea_rate, low: 1, high: 9}", "low", "1"),
        ("{name: call.months_paid, low: 1, high: 12.5}", "high", "whole number"),
    ],
)
def test_bounds_are_checked(problems, factor, field, message):
    told = problems(START + f"design: {{kind: latin_hypercube, points: 4}}\nfactors:\n  - {factor}\n")
    assert [(one[0], one[1]) for one in told] == [(5, f"factors[0].{field}")]
    assert message in told[0][3]


def test_every_problem_is_told_at_once(problems):
    told = problems(
        textwrap.dedent(
            """\
            name: {fr: Essai}
            scenarios: [spontaneus, one_call_a_year]
            factors:
              - {name: idea_rat, levels: [1]}
              - {name: 3}
              - {name: imitation, levels: [9]}
            replicates: {targets: [{outcome: emergd, half_width: 1, against: spontaneus}], maximum: 100}
            """
        )
    )
    assert [(line, field, nearest) for line, field, nearest, _ in told] == [
        (1, "name.en", None),
        (2, "scenarios[0]", "spontaneous"),
        (4, "factors[0].name", "idea_rate"),
        (5, "factors[1].name", None),
        (6, "factors[2].levels[0]", None),
        (7, "replicates.targets[0].outcome", "emerged"),
        (7, "replicates.maximum", None),
    ]


def test_points_of_a_list_are_checked(problems):
    points = "{idea_rate: 500, imitation: 1}", "{idea_rate: 10}", "{idea_rate: 10, imitation: 1, cal.winners: 1}"
    told = problems(START + "design:\n  kind: list\n  points:\n" + "".join(f"    - {point}\n" for point in points))
    assert {(line, field) for line, field, *_ in told} >= {
        (6, "design.points[0].idea_rate"),
        (6, "design.points[0]"),
        (7, "design.points[1]"),
    }
    assert any(nearest == "call.winners" for *_, nearest, _ in told)


def test_factors_keep_the_number_they_have_in_the_file(problems):
    told = problems(
        START + "factors:\n  - {name: imitation, levels: [1]}\n  - {name: call.winners, levels: [3]}\n"
        "design: {kind: list, points: [{idea_rate: 10, imitation: 1, idea_rat: 2}]}\n"
    )
    assert [(line, field) for line, field, *_ in told] == [
        (4, "factors[0].name"),
        (5, "factors[1].name"),
        (6, "design"),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("scenarios: 3", "a list of names or files"),
        ("scenarios: []", "a list of names or files"),
        ("scenarios: [spontaneous, spontaneous]", '"spontaneous" is given twice'),
        ("scenarios: {a: 3}", "a list of names or files"),
        ("scenarios: {a b: spontaneous}", "letters, digits"),
        ("twins: true\nscenarios: [spontaneous]", "name at least two"),
        ("twins: true\nscenarios: [spontaneous, spontaneous_unfacilitated]", "cannot be compared"),
        ("", "required setting is missing"),
    ],
)
def test_scenarios_are_checked(problems, given, message):
    assert message in problems("name: {fr: Essai, en: Trial}\n" + given + "\n")[0][3]


def test_a_scenario_written_in_the_study_is_checked_at_its_line(problems):
    told = problems(
        "name: {fr: Essai, en: Trial}\nscenarios:\n  a:\n    name: {fr: A, en: A}\n    horizon: {months: 0}\n"
    )
    assert [(line, field) for line, field, *_ in told] == [(5, "scenarios.a.horizon.months")]


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("{outcome: emerged, half_width: 1, scenario: spontaneus}", "scenario"),
        ("{outcome: emerged, half_width: 1, scenario: spontaneous, against: spontaneous}", "against"),
        ("{outcome: emerged, half_width: 0}", "half_width"),
    ],
)
def test_targets_are_checked(problems, target, field):
    told = problems(START + f"replicates:\n  targets:\n    - {target}\n")
    assert [(line, name) for line, name, *_ in told] == [(5, f"replicates.targets[0].{field}")]


WORDS = st.sampled_from(
    [
        *SweepStudy.model_fields,
        *("kind", "points", "levels", "low", "high", "targets", "outcome", "half_width", "against", "file", "draws"),
        *("sobol", "list", "posterior", "factorial", "spontaneous", "idea_rate", "call.winners", "dummy", "a b", "é"),
    ]
)
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(-2, 130), st.floats(), WORDS)
JUNK = st.recursive(
    ATOMS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)
DESIGNS = st.builds(
    lambda kind, others: {**others, "kind": kind},
    st.sampled_from(["factorial", "list", "latin_hypercube", "sobol", "saltelli", "morris", "posterior"]),
    st.dictionaries(WORDS, JUNK, max_size=3),
)
FACTORS = st.fixed_dictionaries({"name": WORDS}, optional={"levels": JUNK, "low": ATOMS, "high": ATOMS})
ANYTHING = st.fixed_dictionaries(
    {},
    optional={name: JUNK for name in SweepStudy.model_fields}
    | {"design": st.one_of(JUNK, DESIGNS), "factors": st.lists(st.one_of(JUNK, FACTORS), max_size=3)},
)


@given(ANYTHING, st.booleans())
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_stands_in_a_file_is_a_study_or_told(tmp_path, content, named):
    path = tmp_path / "trial.yaml"
    start = {"name": {"fr": "Essai", "en": "Trial"}, "scenarios": ["one_call_a_year"]} if named else {}
    YAML(typ="safe").dump({**content, **start}, path)
    try:
        told = [str(load_study(path).source)]
    except InputError as error:
        told = [str(problem) for problem in error.problems]
    assert told
    assert all(problem.startswith(str(path)) for problem in told)


def test_an_unknown_study_suggests_the_nearest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        load_study("cals")
    assert caught.value.problems[0].nearest == "calls"


def test_presets_change_sizes_by_the_rule(write):
    table, calls, auto = load_study("reference_table"), load_study("calls"), load_study("replicates_auto")
    assert [preset(table, name).design.points for name in ("quick", "standard", "publication")] == [1024, 8192, 32768]
    assert [preset(table, name).replicates for name in ("quick", "publication")] == [1, 1]
    assert [preset(calls, name).replicates for name in ("quick", "standard", "publication")] == [5, 40, 160]
    quick, standard, publication = (preset(auto, name).replicates for name in ("quick", "standard", "publication"))
    assert all(isinstance(one, Automatic) for one in (quick, standard, publication))
    widths = [[target.half_width for target in one.targets] for one in (quick, standard, publication)]
    assert widths == [[0.1, 1.0, 0.1], [0.05, 0.5, 0.05], [0.025, 0.25, 0.025]]
    assert (quick.maximum, publication.maximum) == (auto.replicates.maximum // 4, auto.replicates.maximum * 4)
    assert preset(table, "standard") == table
    assert preset(table, "quick").source == table.source
    with pytest.raises(InputError):
        preset(table, "quik")


@pytest.mark.parametrize(
    ("settings", "field", "given", "bound"),
    [
        ("design: {kind: sobol, points: 8388608}\nfactors: [{name: idea_rate}]", "points", 2**25, 2**24),
        ("design: {kind: saltelli, base_points: 524288}\nfactors: [{name: idea_rate}]", "base_points", 2**21, 2**20),
        ("replicates: 9000000", "replicates", 36_000_000, 10_000_000),
        (
            "replicates: {targets: [{outcome: ideas, half_width: 1}], maximum: 3200000}",
            "maximum",
            12_800_000,
            10_000_000,
        ),
    ],
)
def test_a_preset_beyond_what_a_study_may_have_is_refused(write, settings, field, given, bound):
    study = load_study(write(f"name: {{fr: Grand, en: Large}}\nscenarios: [spontaneous]\n{settings}\n"))
    with pytest.raises(InputError) as caught:
        preset(study, "publication")
    (problem,) = caught.value.problems
    assert problem.message == "studies.preset_beyond"
    assert problem.field.endswith(field)
    assert problem.values == {"preset": "publication", "given": given, "bound": bound}


def test_a_scenario_that_ships_is_not_replaced_by_one_of_the_current_folder(write, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    other = "name: {fr: a, en: a}\nextends: one_call_a_year\npopulation: {actors: 20}\n"
    (tmp_path / "elsewhere" / "spontaneous.yaml").write_text(other, encoding="utf-8")
    study = load_study(write(START))
    assert study.scenarios["spontaneous"] == load_scenario(shipped_folder("scenarios") / "spontaneous.yaml")
