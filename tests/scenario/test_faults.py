"""Faults of scenario files: each told with its file, line, field, what was expected and the nearest name."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ectsim.errors import InputError
from ectsim.locale import choose_language
from ectsim.scenario import Scenario, load_scenario
from ectsim.scenario.instruments import INSTRUMENTS

NAME = "name: {fr: Essai, en: Trial}\n"
NAMES = sorted({*Scenario.model_fields, *(name for model in INSTRUMENTS.values() for name in model.model_fields)})
WORDS = st.sampled_from([*NAMES, *INSTRUMENTS, "farm", "food", "none", "0,5", "50 %", "yes", "", "é", "spontaneous"])
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(-2, 130), st.floats(), WORDS)
JUNK = st.recursive(
    ATOMS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)
ANY_INSTRUMENT = st.builds(
    lambda kind, others: {**others, "kind": kind},
    st.sampled_from(sorted(INSTRUMENTS)),
    st.dictionaries(WORDS, JUNK, max_size=5),
)
ANYTHING = st.fixed_dictionaries(
    {},
    optional={name: JUNK for name in Scenario.model_fields}
    | {"instruments": st.lists(st.one_of(JUNK, ANY_INSTRUMENT))},
)


@pytest.mark.parametrize(
    ("line", "field", "nearest", "message"),
    [
        ("horizn: {months: 12}", "horizn", "horizon", "unknown setting"),
        ("zzz: 1", "zzz", None, "unknown setting (possible settings: name, description, territory"),
        ("horizon: {month: 12}", "horizon.month", "months", "unknown setting"),
        ("horizon: {months: 12.5}", "horizon.months", None, "a whole number from 1 to 1,200 (months); given 12.5"),
        ('horizon: {months: "12"}', "horizon.months", None, "Write a number without quotes, decimals with a point: 12"),
        ("horizon: {months: 0}", "horizon.months", None, "from 1 to 1,200 (months); given 0"),
        ("horizon: {months: true}", "horizon.months", None, "given true"),
        ("horizon: {months: .inf}", "horizon.months", None, "given inf"),
        ("horizon: {months: 2020-01-01}", "horizon.months", None, "given 2020-01-01"),
        ("horizon:", "horizon", None, "settings by name: burn_in, months, after; given null"),
        ("horizon: 12", "horizon", None, "given 12"),
        ("population: {actors: 1}", "population.actors", None, "from 2 to 2,000,000; given 1"),
        ("sizes: {members: 2}", "sizes.members", None, "from 3 to 1,000; given 2"),
        ("description: text", "description", None, 'settings by name: fr, en; given "text"'),
        ("description: {fr: texte}", "description.en", None, "required setting is missing"),
        ("themes: food", "themes", None, "a list of 1 to 8 items, each being an identifier without space or accent"),
        ("themes: []", "themes", None, "a list of 1 to 8 items"),
        ("themes: [a, b, c, d, e, f, g, h, i]", "themes", None, "a list of 1 to 8 items"),
        ("themes: [food, Énergie]", "themes[1]", None, 'an identifier without space or accent; given "Énergie"'),
        ("themes: [food, food]", "themes", None, '"food" is given twice'),
        ("territory: pays_ledonein", "territory", "pays_ledonien", "pays_ledonein"),
        ("posterior: pays_ledonin", "posterior", "pays_ledonien", "no such draws"),
        ("territory: [1]", "territory", None, "expected a text; given [1]"),
        (
            "parameters: prior",
            "parameters",
            None,
            'expected posterior, default, or values of parameters by name; given "prior',
        ),
        ("parameters: {idea_rat: 3}", "parameters.idea_rat", "idea_rate", "idea_rat"),
        ("parameters: {event_rate: 5}", "parameters.event_rate", None, "5"),
        ('parameters: {beta_0: "0,5"}', "parameters.beta_0", None, "decimals with a point: 0.5"),
        ("parameters: {beta_0: [1]}", "parameters.beta_0", None, "a number; given [1]"),
        ("instruments: {kind: call}", "instruments", None, "a list of instruments; given {kind: …}"),
        ("instruments: [call]", "instruments[0]", None, 'an instrument, with its "kind"; given "call"'),
        ("instruments: [{officers: 3}]", "instruments[0]", None, '"kind", the kind of instrument, is missing'),
        ("instruments: [{kind: subsidi}]", "instruments[0].kind", "subsidy", 'unknown kind of instrument: "subsidi"'),
        ("add_instruments: [{kind: events}]", "add_instruments", None, "give extends, or write instruments"),
        ("extends: 3", "extends", None, "the name of a scenario file"),
        ("extends: spontaneus.yaml", "extends", "spontaneous.yaml", 'no such scenario: "spontaneus.yaml"'),
        ("extends: study.yaml", "extends", None, "in a circle: study.yaml → study.yaml"),
    ],
)
def test_a_wrong_setting_is_told(problems, line, field, nearest, message):
    [(number, name, near, told)] = problems(NAME + line)
    assert (number, name, near) == (2, field, nearest)
    assert message in told


@pytest.mark.parametrize(
    ("setting", "field", "nearest", "message"),
    [
        ("grant_rat: 0.5", "grant_rat", "grant_rate", "unknown setting"),
        ("zzz: 3", "zzz", None, "unknown setting (possible settings: label, permanent"),
        ("grant_rate: 1.5", "grant_rate", None, "a number from 0 to 1 (share); given 1.5"),
        ("grant_rate: -1", "grant_rate", None, "a number from 0 to 1 (share); given -1"),
        ("grant_rate: 50", "grant_rate", None, "Write a share between 0 and 1: 0.5"),
        ("grant_rate: 50 %", "grant_rate", None, "Write a share between 0 and 1: 0.5"),
        ("grant_rate: 0,5", "grant_rate", None, "decimals with a point: 0.5"),
        ("grant_rate: half", "grant_rate", None, 'given "half"'),
        ("window: 7", "window", None, "a whole number from 1 to 6 (months); given 7"),
        ("budget: -2", "budget", None, "a number from 0 to 1,000,000 (k€); given -2"),
        ("phases: 3", "phases", None, "one of 1, 2; given 3"),
        ("condition: colective", "condition", "collective", "one of none, collective, refund"),
        ("permanent: perhaps", "permanent", None, 'true or false; given "perhaps"'),
        ("themes: [food, fod]", "themes[1]", "food", 'theme unknown to the scenario: "fod"'),
        ("eligible_kinds: [comune]", "eligible_kinds[0]", "commune", "one of commune, epci"),
        ("eligible_kinds: []", "eligible_kinds", None, "a list, each item being one of commune, epci"),
        ("eligible_kinds: [farm, farm]", "eligible_kinds", None, '"farm" is given twice'),
        ("permanent: yes; first_month: 3", "first_month", None, "first_month must stay 0 (given 3)"),
        ("first_month: 6; until: 6", "until", None, "until must be above first_month (6)"),
        ("until: 25", "until", None, "the horizon ends after 24 months"),
        ("first_month: 24", "first_month", None, "the horizon ends after 24 months"),
        ("first_month: 22", "window", None, "closes in month 26, after the end of the call (month 24)"),
        ("first_month: 2; until: 5", "window", None, "closes in month 6, after the end of the call (month 5)"),
        ("period: 3", "period", None, "one lasts 4 months, the next comes after 3"),
        ("phases: 2; period: 9", "period", None, "one lasts 10 months, the next comes after 9"),
        ("quota: 0.5", "quota", None, "winners and quota exclude each other"),
        ("winners: null", "winners", None, "a call is limited by winners, quota or budget"),
        ("phase_one_months: 3", "phase_one_months", None, "add phases: 2"),
        ("requires_label: oui", "requires_label", None, 'no "recognition" instrument gives one'),
        ("minimum_partners: 33", "minimum_partners", None, "room for 32 members only: raise sizes.members"),
    ],
)
def test_a_wrong_setting_of_a_call_is_told(problems, setting, field, nearest, message):
    lines = setting.split("; ")
    call = ["kind: call", *([] if setting.startswith("winners") else ["winners: 4"]), *lines]
    before = f"{NAME}horizon: {{months: 24}}\ninstruments:\n  - kind: facilitation\n  - "
    [(number, name, near, told)] = problems(before + "\n    ".join(call))
    assert (name, near) == (f"instruments[1].{field}", nearest)
    assert message in told
    # The line of the setting where it is written, of the call's own where it is left to its default.
    written = [i for i, line in enumerate(call) if line.startswith(field.partition("[")[0])]
    assert number == 5 + (written[-1] if written else 0)


def test_every_problem_is_told_at_once_with_its_line(problems):
    told = problems(
        """\
        nam: {fr: x}
        name: {fr: x}
        horizon: {months: "12", burn_in: 24}
        themes: [food, energy]
        parameters: {idea_rat: 3, event_rate: 5, beta_0: "0,5"}
        territory: nowhere_at_all
        instruments:
          - kind: facilitation
            permanent: yes
            first_month: 3
          - kind: call
            winners: many
            themes:
              - food
              - fod
            until: 2
            first_month: 4
          - kind: subsidi
          - label: x
        """
    )
    assert [(line, field) for line, field, *_ in told] == [
        (1, "nam"),
        (2, "name.en"),
        (3, "horizon.months"),
        (5, "parameters.beta_0"),
        (5, "parameters.idea_rat"),
        (5, "parameters.event_rate"),
        (6, "territory"),
        (10, "instruments[0].first_month"),
        (12, "instruments[1].winners"),
        (15, "instruments[1].themes[1]"),
        (16, "instruments[1].until"),
        (18, "instruments[2].kind"),
        (19, "instruments[3]"),
    ]


def test_what_depends_on_a_wrong_setting_is_not_told(problems):
    # Without a month to end at, nothing starts late; without winners to read, nothing says the call has no limit.
    content = "horizon: {months: x}\ninstruments: [{kind: call, first_month: 500, winners: x}]"
    assert [field for _, field, *_ in problems(NAME + content)] == ["horizon.months", "instruments[0].winners"]


def test_problems_of_inherited_settings_name_the_file_they_come_from(write, tmp_path):
    write(NAME + "horizon: {months: 12}\nthemes: [food]\ninstruments:\n  - kind: events\n    period: 0\n", "base.yaml")
    child = write(
        NAME + "extends: base.yaml\nhorizon: {burn_in: -1}\nadd_instruments:\n  - kind: call\n    winers: 2\n"
    )
    with pytest.raises(InputError) as caught:
        load_scenario(child)
    assert [(p.file, p.line, p.field) for p in caught.value.problems] == [
        (tmp_path / "base.yaml", 6, "instruments[0].period"),
        (child, 3, "horizon.burn_in"),
        (child, 6, "instruments[1].winers"),
    ]


def test_a_setting_contradicted_by_the_heir_is_told_where_it_is_written(write, tmp_path):
    write(NAME + "instruments:\n  - kind: events\n    first_month: 50\n", "base.yaml")
    child = write(NAME + "extends: base.yaml\nhorizon: {months: 24}\n")
    with pytest.raises(InputError) as caught:
        load_scenario(child)
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.field) == (tmp_path / "base.yaml", 4, "instruments[0].first_month")


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"", None, "empty file"),
        (b"# only a comment\n", None, "empty file"),
        (b"- a\n- b\n", 1, 'expected settings, one a line, as "name: value"'),
        (b"just words", 1, "expected settings"),
        (b"name: {fr: a, en: b}\nhorizon:\n\tmonths: 12\n", 3, "a tab opens this line"),
        (b"name: {fr: a, en: b\nhorizon: 3\n", None, "malformed YAML"),
        (b"a: 1\n--- \nb: 2\n", 2, "malformed YAML"),
        (b"name: !!python/object:os.system {}\n", 1, "required setting is missing"),
        (b"name: !!int abc\n", 1, "malformed YAML"),
        (b"name: !secret abc\n", 1, "malformed YAML"),
        (b"name: *nothing\n", 1, "malformed YAML"),
        (b"name: \x00\n", None, "malformed YAML"),
        ("name: {fr: é, en: e}".encode("latin-1"), 1, "not UTF-8"),
        ("name: {fr: é, en: e}".encode("utf-16"), None, "not UTF-8"),
        (b"name: {fr: a, en: b}\nsizes: {}\nsizes: {}\n", 3, "given twice (already on line 2)"),
        (b"name: {fr: a, en: b, fr: c}\n", 1, "given twice (already on line 1)"),
        (b"name: {fr: a, en: b}\n<<: {a: 1}\n", 2, 'use extends, not "<<"'),
        (b"name: {fr: a, en: b}\n? [a]\n: 1\n", 2, "no such key here"),
        (
            b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(8)),
            None,
            "too many values",
        ),
        (b"a: &a [*a]\n", None, "too many values"),
        (b"a: " + b"[" * 5000, None, ""),
        (b"a: " + b"[" * 30 + b"]" * 30, 1, "too many values"),
        (b"#" * 200_001, None, "file of more than 200000 bytes"),
    ],
)
def test_a_file_that_is_not_a_scenario_is_told(tmp_path, raw, line, message):
    path = tmp_path / "study.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    problem = caught.value.problems[0]
    assert problem.file == path
    assert line is None or problem.line == line
    assert message in str(problem)


def test_a_file_that_is_not_there_is_told_with_the_nearest(write, tmp_path):
    write(NAME, "my_study.yaml")
    near = {
        tmp_path / "my_studi.yaml": "my_study.yaml",
        "spontaneos": "spontaneous",
        "spontaneous.yml": "spontaneous.yaml",
    }
    for asked, nearest in near.items():
        with pytest.raises(InputError, match="no such scenario") as caught:
            load_scenario(asked)
        assert caught.value.problems[0].nearest == nearest
    with pytest.raises(InputError, match="this is a folder"):
        load_scenario(tmp_path)


def test_a_parent_that_cannot_be_read_does_not_hide_the_rest(write, problems, tmp_path):
    (tmp_path / "base.yaml").write_text("themes: [food", encoding="utf-8")
    own = "horizn: 3\nadd_instruments: [{kind: subsidy, requires_label: yes, grant_rate: 2}]\n"
    told = problems(NAME + "extends: nobase.yaml\n" + own)
    assert [(line, field) for line, field, *_ in told] == [
        (2, "extends"),
        (3, "horizn"),
        (4, "instruments[0].grant_rate"),
    ]
    told = problems(NAME + "extends: base.yaml\n" + own)
    assert "malformed YAML" in told[0][-1]
    assert [field for _, field, *_ in told] == [None, "horizn", "instruments[0].grant_rate"]


def test_a_repeated_key_does_not_hide_the_rest(problems):
    told = problems(NAME + "themes: [food]\nthemes: [energy]\nhorizn: 3\n")
    assert [(line, field) for line, field, *_ in told] == [(3, "themes"), (4, "horizn")]


def test_messages_are_in_french_too(write):
    choose_language("fr")
    with pytest.raises(InputError) as caught:
        load_scenario(write(NAME + "instruments: [{kind: subsidy, grant_rate: '0,5', grant_rat: 1, label: 3}]\n"))
    told = str(caught.value)
    assert "attendu\u00a0: un nombre de 0 à 1 (part)" in told
    assert "la décimale avec un point\u00a0: 0.5" in told
    assert "vouliez-vous dire" in told


def test_a_circle_of_files_is_told(write):
    write(NAME + "extends: b.yaml\n", "a.yaml")
    write(NAME + "extends: c\n", "b.yaml")
    path = write(NAME + "extends: a.yaml\n", "c.yaml")
    with pytest.raises(InputError, match=r"in a circle: c\.yaml → a\.yaml → b\.yaml → c\.yaml"):
        load_scenario(path)


def test_two_lists_of_instruments_exclude_each_other(problems):
    content = "extends: spontaneous\ninstruments: []\nadd_instruments: []\n"
    [(line, field, _, told)] = problems(NAME + content)
    assert (line, field) == (4, "add_instruments")
    assert "keep one" in told


def test_added_instruments_are_a_list(problems):
    [(line, field, _, told)] = problems(NAME + "extends: spontaneous\nadd_instruments: {kind: events}\n")
    assert (line, field) == (3, "add_instruments")
    assert "a list of instruments" in told


@given(ANYTHING, st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_stands_in_a_file_is_a_scenario_or_told(tmp_path, content, named):
    path = tmp_path / "study.yaml"
    name = {"name": {"fr": "Essai", "en": "Trial"}} if named else {}
    YAML(typ="safe").dump({**content, **name}, path)
    try:
        told = [str(load_scenario(path).source)]
    except InputError as error:
        told = [str(problem) for problem in error.problems]
    assert told
    assert all(problem.startswith(str(path)) for problem in told)
