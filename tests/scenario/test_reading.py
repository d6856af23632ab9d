"""Reading scenario files: tolerant of what is clear, inheriting as documented, and back again."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ectsim.errors import InputError
from ectsim.scenario import Scenario, dump_scenario, load_scenario, shipped_scenarios
from ectsim.scenario.instruments import INSTRUMENTS, Call, Events, Facilitation
from ectsim.shipped import shipped_folder
from ectsim.territory.nomenclature import KINDS

NAME = "name: {fr: Essai, en: Trial}\n"
THEMES = ("energy", "food", "mobility", "housing")


def test_a_file_that_says_only_its_name_has_every_default(write):
    scenario = load_scenario(write(NAME))
    assert scenario == Scenario.model_validate({"name": {"fr": "Essai", "en": "Trial"}})
    assert (scenario.horizon.burn_in, scenario.horizon.months, scenario.horizon.after) == (60, 120, 36)
    assert scenario.population.actors == 300
    assert scenario.overrides == {}


def test_what_is_clear_is_read(write):
    scenario = load_scenario(
        write(
            """\
            name: {fr: Essai, en: Trial}
            population: {actors: 1e3}
            parameters: {beta_0: -1, "capacity[commune]": 3}
            instruments:
              - {kind: facilitation, permanent: yes, officers: 1}
              - {kind: call, quota: 1, permanent: Non, requires_label: no}
            """
        )
    )
    assert scenario.population.actors == 1000
    assert isinstance(scenario.population.actors, int)
    assert scenario.overrides == {"beta_0": -1, "capacity[commune]": 3}
    assert [instrument.permanent for instrument in scenario.instruments] == [True, False]


def test_anchors_are_followed_and_bom_is_skipped(tmp_path):
    path = tmp_path / "study.yaml"
    content = NAME + "themes: &t [food, energy]\ninstruments: [{kind: regulation, themes: *t}]\n"
    path.write_bytes(content.encode("utf-8-sig"))
    assert load_scenario(path).instruments[0].themes == ("food", "energy")


def test_a_scenario_is_found_by_path_or_by_name(write, monkeypatch):
    path = write(NAME, "spontaneous.yaml")
    assert load_scenario(path).source == path
    assert load_scenario(str(path.with_suffix(""))).source == path
    shipped = shipped_folder("scenarios") / "spontaneous.yaml"
    assert load_scenario("spontaneous").source == shipped
    assert load_scenario("spontaneous.yaml").source == shipped
    monkeypatch.chdir(path.parent)
    assert load_scenario("spontaneous.yaml").source == Path("spontaneous.yaml")


def test_an_heir_merges_mappings_and_replaces_the_rest(write):
    write(
        """\
        name: {fr: Base, en: Base}
        description: {fr: base, en: base}
        horizon: {burn_in: 24, months: 60}
        parameters: {beta_0: -1, beta_stay: 2}
        themes: [food, energy]
        instruments: [{kind: events, until: 30}, {kind: facilitation}]
        """,
        "base.yaml",
    )
    heir = load_scenario(
        write(NAME + "extends: base.yaml\nhorizon: {months: 48}\nparameters: {beta_0: -0.5}\nthemes: [housing]\n")
    )
    assert (heir.horizon.burn_in, heir.horizon.months) == (24, 48)
    assert heir.overrides == {"beta_0": -0.5, "beta_stay": 2}
    assert heir.themes == ("housing",)
    assert [type(instrument) for instrument in heir.instruments] == [Events, Facilitation]
    assert heir.name.en == "Trial"
    assert heir.description is None

    added = load_scenario(write(NAME + "extends: base\nadd_instruments: [{kind: call, winners: 1}]\n"))
    assert [type(instrument) for instrument in added.instruments] == [Events, Facilitation, Call]
    assert load_scenario(write(NAME + "extends: base\ninstruments: []\n")).instruments == ()
    assert load_scenario(write(NAME + "extends: base\nparameters: default\n")).overrides == {}


def test_an_heir_names_itself(write):
    write(NAME, "base.yaml")
    with pytest.raises(InputError, match="name · required setting is missing"):
        load_scenario(write("extends: base.yaml\n"))


def test_files_are_found_beside_the_heir_then_among_those_that_ship(write):
    (Path(write(NAME)).parent / "inside").mkdir()
    write(NAME + "horizon: {months: 7}\n", "inside/base.yaml")
    assert load_scenario(write(NAME + "extends: base.yaml\n", "inside/heir.yaml")).horizon.months == 7
    assert load_scenario(write(NAME + "extends: inside/base.yaml\n")).horizon.months == 7
    assert load_scenario(write(NAME + "extends: one_call_a_year\n")).instruments[1].kind == "call"


def _settings_of(model, **fixed):
    """Values of every setting of an instrument, drawn inside its published bounds."""
    schema = model.model_json_schema()["properties"]
    drawn = {name: _value(name, node) for name, node in schema.items() if name not in ("kind", *fixed)}
    return st.fixed_dictionaries({"kind": st.just(schema["kind"]["const"]), **fixed}, optional=drawn)


def _value(name, node):
    choices = node.get("anyOf", [node])
    return st.one_of([_plain_value(name, choice) for choice in choices])


def _plain_value(name, node):
    if "enum" in node:
        return st.sampled_from(node["enum"])
    match node["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(node["minimum"], node["maximum"])
        case "number":
            return st.floats(node["minimum"], node["maximum"])
        case "array":
            names = THEMES if name == "themes" else KINDS
            return st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)
    return st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)


MONTHS = {
    "first_month": st.integers(0, 40),
    "until": st.one_of(st.none(), st.integers(60, 100)),
    "permanent": st.just(False),
}
TEAM = {"minimum_partners": st.integers(1, 32)}
LABELLED = {**MONTHS, **TEAM, "requires_label": st.just(False)}
CALL = {
    **LABELLED,
    "winners": st.integers(1, 9),
    "quota": st.none(),
    "period": st.one_of(st.none(), st.integers(50, 90)),
    "phases": st.just(2),
    "phase_one_months": st.integers(1, 10),
}
ANY_INSTRUMENT = st.one_of(
    _settings_of(INSTRUMENTS["call"], **CALL),
    _settings_of(INSTRUMENTS["subsidy"], **LABELLED),
    _settings_of(INSTRUMENTS["regulation"], **MONTHS),
    _settings_of(INSTRUMENTS["facilitation"], **{**MONTHS, "permanent": st.booleans(), "first_month": st.just(0)}),
    _settings_of(INSTRUMENTS["events"], **MONTHS),
    _settings_of(INSTRUMENTS["recognition"], **MONTHS, **TEAM),
)
SCENARIOS = st.fixed_dictionaries(
    {
        "name": st.fixed_dictionaries(
            {"fr": st.sampled_from(["Été", "yes", "1e3", "« : »"]), "en": st.just("a: b # c")}
        ),
        "horizon": st.fixed_dictionaries({"burn_in": st.integers(0, 60), "months": st.integers(100, 240)}),
        "themes": st.permutations(THEMES),
        "instruments": st.lists(ANY_INSTRUMENT, max_size=4),
        "parameters": st.one_of(st.just("default"), st.fixed_dictionaries({"beta_stay": st.floats(0.5, 1.5)})),
        "sizes": st.fixed_dictionaries({"projects": st.one_of(st.none(), st.integers(1, 999))}),
    }
)


@given(SCENARIOS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_scenario_dumps_and_reloads_equal(write, drawn):
    scenario = Scenario.model_validate(drawn)
    reloaded = load_scenario(write(dump_scenario(scenario)))
    assert reloaded == scenario
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_dump_says_everything_a_ready_scenario_says(write, name):
    scenario = load_scenario(name)
    reloaded = load_scenario(write(dump_scenario(scenario)))
    assert reloaded == scenario
    assert reloaded.source != scenario.source


def test_scenarios_that_differ_are_not_equal():
    assert load_scenario("spontaneous") != load_scenario("spontaneous_unfacilitated")
    assert load_scenario("spontaneous") != "spontaneous"
