"""What the names of codes say, and one value from several segments."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.codebook import load_codebook
from ectsim.calibration.importers.base import Coded, Coding
from ectsim.calibration.segments import Meaning, one_value, read_code_map, read_name, read_value, settle
from ectsim.errors import InputError

CODES = load_codebook().codes


def coded(*codings: Coding) -> Coded:
    return Coded(Path("study.qdpx"), codings, ("K1",), ("E01",), ())


def segment(*code: str, value: str | None = None, synthesis: bool = False, status: str = "code") -> Coding:
    return Coding("E01", "K1", code, value, status, synthesis=synthesis)


@pytest.mark.parametrize(
    ("path", "code", "target", "value"),
    [
        (("COOP_PROP=3",), "COOP_PROP", "", "3"),
        (("COOP_PROP : 3",), "COOP_PROP", "", "3"),
        (("COOP_PROP > 3",), "COOP_PROP", "", "3"),
        (("COOP_PROP / 3",), "COOP_PROP", "", "3"),
        (("INT_THEME[energie]=4",), "INT_THEME", "energie", "4"),
        (("CONTRIB=temps",), "CONTRIB", "", "temps"),
        (("COOP_PROP", "3"), "COOP_PROP", "", "3"),
        (("Grille", "Coopération", "COOP_PROP", "3 – net"), "COOP_PROP", "", "3 – net"),
        (("INT_THEME", "energie", "4"), "INT_THEME", "energie", "4"),
        (("INT_THEME[energie]", "4"), "INT_THEME", "energie", "4"),
        (("COOP_PROP",), "COOP_PROP", "", None),
        (("CONF[P07]=2",), "CONF", "P07", "2"),
    ],
)
def test_the_naming_convention(path: tuple[str, ...], code: str, target: str, value: str | None):
    assert read_name(path) == Meaning(CODES[code], target, value)


@pytest.mark.parametrize("path", [("Envie de faire",), ("coop_prop=3",), ("ABC=3",), ("",)])
def test_other_names_mean_nothing(path: tuple[str, ...]):
    assert read_name(path) is None


@given(st.lists(st.text(max_size=15), max_size=4))
def test_no_name_breaks_the_convention(path):
    assert read_name(path) is None or read_name(path).code.name in CODES


@pytest.mark.parametrize(
    ("code", "written", "plain"),
    [
        ("COOP_PROP", "3 – net", "3"),
        ("COOP_PROP", "Net", "3"),
        ("COOP_PROP", "3,0", "3"),
        ("AMI_EFF", "−2 : freine fortement", "-2"),
        ("CONTREP", "Financière, apprentissage", "financiere|apprentissage"),
        ("RECIP", "Conditional", "conditionnelle"),
        ("CONFLIT", "oui", "1"),
        ("COOP_PROP", "3 ou 4", None),
        ("COOP_PROP", "beaucoup", None),
        ("CONTREP", "financière, gloire", None),
    ],
)
def test_values_as_people_write_them(code: str, written: str, plain: str | None):
    assert read_value(CODES[code], written) == plain


@pytest.mark.parametrize(
    ("code", "values", "taken"),
    [
        ("COOP_PROP", ["1", "3", "4"], "3"),
        ("COOP_PROP", ["2", "3"], "3"),
        ("COOP_PROP", ["1", "2"], "1"),
        ("COOP_PROP", ["1", "3"], "2"),
        ("COOP_PROP", ["0", "3"], "1"),
        ("AMI_EFF", ["-1", "0"], "-1"),
        ("AMI_EFF", ["0", "1"], "1"),
        ("CONFLIT", ["0", "1", "0"], "1"),
        ("CONTRIB", ["argent", "temps", "argent"], "temps|argent"),
        ("RECIP", ["opportuniste", "conditionnelle", "opportuniste"], "opportuniste"),
        ("SEUIL", ["3", "4"], "4"),
        ("RES_TPS", ["1.5", "2"], "1.75"),
    ],
)
def test_one_value_from_several(code: str, values: list[str], taken: str):
    assert one_value(CODES[code], values) == taken


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_one_value_lies_among_those_given_and_mirrors_with_the_scale(values):
    taken = int(one_value(CODES["COOP_PROP"], [str(value) for value in values]))
    mirrored = int(one_value(CODES["COOP_PROP"], [str(4 - value) for value in values]))
    assert min(values) <= taken <= max(values)
    assert mirrored == 4 - taken


def test_conflicts_are_listed_with_the_value_taken():
    settled = settle(coded(segment("COOP_PROP=1"), segment("COOP_PROP=4"), segment("COOP_PROP=4")))
    (row,), (conflict,) = settled.rows, settled.conflicts
    assert (row.cells["value"], row.cells["n_segments"]) == ("4", "3")
    assert (conflict.values, conflict.taken) == (("1", "4", "4"), "4")


def test_the_synthesis_settles():
    settled = settle(coded(segment("COOP_PROP=4"), segment("COOP_PROP=1", synthesis=True), segment("COOP_PROP=4")))
    assert settled.rows[0].cells["value"] == "1"
    assert settled.conflicts[0].taken == "1"


def test_modalities_add_up_without_conflict():
    settled = settle(coded(segment("CONTRIB", "reseau"), segment("CONTRIB=temps"), segment("CONTRIB", value="argent")))
    assert settled.rows[0].cells["value"] == "temps|argent|reseau"
    assert not settled.conflicts


def test_a_presence_needs_no_value_and_a_weight_gives_one():
    settled = settle(coded(segment("CONFLIT"), segment("COOP_PROP", value="2")))
    assert [row.cells["value"] for row in settled.rows] == ["1", "2"]


def test_what_was_coded_wins_over_not_raised():
    settled = settle(coded(segment("COOP_PROP", status="non_aborde"), segment("COOP_PROP=2")))
    assert (settled.rows[0].cells["status"], settled.rows[0].cells["value"]) == ("code", "2")
    only = settle(coded(segment("COOP_PROP", status="non_aborde")))
    assert (only.rows[0].cells["status"], only.rows[0].cells["value"], only.rows[0].cells["n_segments"]) == (
        "non_aborde",
        "",
        "",
    )


def test_free_notes_are_left_out():
    assert not settle(coded(segment("LIBRE", value="Canari m’a dit"))).rows


def test_codes_without_meaning_and_values_off_scale_come_in_one_go():
    with pytest.raises(InputError) as caught:
        settle(coded(segment("Envie"), segment("Envie"), segment("COOP_PROP=9"), segment("COOP_PROP"), segment("OP=1")))
    messages = [problem.message for problem in caught.value.problems]
    assert sorted(messages) == [
        "interviews.no_meaning",
        "interviews.no_meaning",
        "interviews.no_such_value",
        "interviews.no_value",
    ]
    assert "OPP" in {problem.nearest for problem in caught.value.problems}


def test_a_map_gives_meaning_to_an_existing_tree(tmp_path: Path):
    file = tmp_path / "codes.yaml"
    file.write_text(
        "Envie de coopérer forte: COOP_PROP=3\nClimat / Énergie: INT_THEME[energie]=4\nDivers:\n", encoding="utf-8"
    )
    found = (segment("Thèmes", "Envie de coopérer forte"), segment("Climat", "Énergie"), segment("Divers"))
    settled = settle(coded(*found), read_code_map(file))
    assert [tuple(row.cells[name] for name in ("code", "target", "value")) for row in settled.rows] == [
        ("COOP_PROP", "", "3"),
        ("INT_THEME", "energie", "4"),
    ]


def test_a_map_tells_its_faults_with_line_and_nearest(tmp_path: Path):
    file = tmp_path / "codes.yaml"
    file.write_text("Envie: COOP_PROP=3\nRisque: RISK=2\nAutre: rien du tout\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_code_map(file)
    assert [(p.line, p.field) for p in caught.value.problems] == [(2, "Risque"), (3, "Autre")]
    assert caught.value.problems[0].nearest == "RISQ"


def test_nothing_for_a_code_leaves_out_all_below_it():
    settled = settle(coded(segment("Divers", "Envie", "forte"), segment("COOP_PROP=3")), {"Divers": None})
    assert [row.cells["code"] for row in settled.rows] == ["COOP_PROP"]
    assert settled.left_out == 1
