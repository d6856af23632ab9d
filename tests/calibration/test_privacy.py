"""What identifies somebody is found, and nothing else; where rows may be written. The signs § keep this file clean."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ectsim.calibration.privacy import (
    PATTERNS,
    check_columns,
    check_identifiers,
    check_texts,
    folded,
    identifying,
    known_names,
    names_file,
    require_private_place,
    shown,
    work_tree,
)
from ectsim.errors import PrivacyError
from ectsim.locale import text

NIR = "184127645108"
SIRET = "732829320000"
ROOT = Path(__file__).parents[2]

PLANTED = [
    ("email", "écrire à camille.d§@laposte.net"),
    ("email", "<c+d§@mairie-lons.fr>"),
    ("phone", "06 12 34§ 56 78"),
    ("phone", "0612§345678"),
    ("phone", "+33 6 12 34§ 56 78"),
    ("phone", "03.84.12§.34.56"),
    ("address", "12 bis, rue§ des Salines"),
    ("address", "3 chemin§ Vert"),
    ("person", "Mme§ Dupont"),
    ("person", "selon M.§ Dupont"),
    ("person", "Monsieur§ Élie"),
    ("office", "maire§ de Lons"),
    ("office", "la directrice§ de la Fruitière"),
    ("office", "Présidente§ d’Emmaüs"),
    ("birth", "née§ le 3 mars"),
]
HARMLESS = [
    "E07",
    "2026-03",
    "39300",
    "0.6123456789",
    "47.1234567, 5.6123456",
    "le maire et la présidente",
    "le maire d’une petite commune",
    "3 places de parking",
    "12 rues",
    "contact§@exemple.org".replace("§", ""),
    "someone§@example.com".replace("§", ""),
    "git§@github.com:a/b".replace("§", ""),
    "https://example.org/06-12-34-56-78-90",
    "sha256:0612345678abcdef",
    "73282932000075",
    "184127645108912",
    "2026-0612345678",
    "abc 0123456789",
    "temps|argent|competence",
    "M. le directeur",
    "",
]


@pytest.mark.parametrize(("kind", "written"), PLANTED)
def test_what_identifies_somebody_is_found(kind: str, written: str):
    assert identifying(written.replace("§", "")) == kind


def test_numbers_are_told_by_their_check_digits():
    nir = f"{NIR}9"
    right = f"{nir}{97 - int(nir) % 97:02}"
    assert identifying(right) == "nir"
    assert identifying(f"{nir}{98 - int(nir) % 97:02}") != "nir"
    # Corsica: 2A counts as 19
    assert identifying(f"184052A451089{97 - 1840519451089 % 97:02}") == "nir"
    right = next(f"{SIRET}{end:02}" for end in range(100) if identifying(f"{SIRET}{end:02}") == "siret")
    assert identifying(f"{right[:3]} {right[3:6]} {right[6:9]} {right[9:]}") == "siret"
    assert sum(identifying(f"{SIRET}{end:02}") == "siret" for end in range(100)) == 10


@pytest.mark.parametrize("written", HARMLESS)
def test_the_rest_is_not(written: str):
    assert identifying(written) is None


@pytest.mark.parametrize("start", ["a" * 200_000, "0" * 200_000, "1 " * 100_000, "maire de " * 20_000, "a.b@" * 50_000])
def test_no_text_takes_for_ever(start: str):
    assert identifying(start) in (None, "email")


def test_names_are_found_whatever_their_case_and_accents(tmp_path: Path):
    file = tmp_path / "names.txt"
    file.write_text("# gens\nÉlodie Quenouille\nZorglub\n\n", encoding="utf-8")
    names = known_names(file)
    assert names is not None
    for written in ("elodie quenouille", "dit ZORGLUB.", "E01_Zórglub ?".replace("_", " ")):
        assert identifying(written, names) == "name"
    assert identifying("zorglubien", names) is None
    assert known_names(tmp_path / "none.txt") is None


def test_names_are_kept_in_the_settings_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert names_file() == tmp_path / "ectsim" / "names.txt"
    names_file().parent.mkdir()
    names_file().write_text("Zorglub", encoding="utf-8")
    with pytest.raises(PrivacyError) as raised:
        check_texts([("CONF[Zorglub]", 3, "B")], Path("g.csv"))
    (problem,) = raised.value.problems
    assert (problem.message, problem.line, problem.field) == ("imports.identifying.name", 3, "B")
    assert "orglub" not in str(raised.value)


def test_a_list_of_names_in_a_repository_is_refused(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "names.txt").write_text("Zorglub", encoding="utf-8")
    with pytest.raises(PrivacyError):
        known_names(tmp_path / "names.txt")


@pytest.mark.parametrize(
    ("column", "refused"),
    [
        *(
            (name, True)
            for name in ("Nom", "prénom", "E-mail", "Téléphone", "SIRET", "Verbatims", "seltext", "content")
        ),
        *((name, False) for name in ("interview_id", "value", "code", "n_segments", "COOP_PROP", "zone", "nombre")),
    ],
)
def test_columns_of_people_and_words_are_refused(column: str, refused: bool):
    if refused:
        with pytest.raises(PrivacyError):
            check_columns(["interview_id", column], Path("t.csv"))
    else:
        check_columns(["interview_id", column], Path("t.csv"))


def test_identifiers_are_no_names():
    check_identifiers(["E07", "K1", "A-1", "E_07"], "document", Path("t.csv"))
    with pytest.raises(PrivacyError) as raised:
        check_identifiers(["E07", "Camille", "E", "Entretien 3", "E0123456789AB"], "document", Path("t.csv"))
    assert [problem.values["rank"] for problem in raised.value.problems] == [2, 3, 4, 5]
    assert "Camille" not in str(raised.value)


@given(st.text(alphabet="abcdefghijklmnop qrstuvwxyzÉ'’0123456789,.-", max_size=30))
def test_of_a_text_only_the_length_is_shown(written: str):
    assert shown(written) in (written, text("imports.some_text", length=len(written)))
    assert shown(f"{written}e") == text("imports.some_text", length=len(written) + 1)


@pytest.mark.parametrize("number", ["3", "-2", "2,5", "0.25", "120"])
def test_numbers_are_shown(number: str):
    assert shown(number) == number


def test_a_phone_number_is_no_number_to_show():
    assert "34" not in shown("06123" + "45678")


def test_folding_keeps_letters():
    assert folded("Éléonore ŒUVRE") == "eleonore œuvre"


def test_rows_of_real_people_stay_out_of_repositories(tmp_path: Path):
    inside = tmp_path / "repo" / "deep" / "new"
    require_private_place(inside, synthetic=False)
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert work_tree(inside) == tmp_path / "repo"
    with pytest.raises(PrivacyError) as raised:
        require_private_place(inside, synthetic=False)
    assert raised.value.exit_code == 3
    require_private_place(inside, synthetic=True)
    require_private_place(tmp_path / "elsewhere", synthetic=False)


def test_a_worktree_and_a_link_are_repositories_too(tmp_path: Path):
    (tmp_path / "repo" / "inside").mkdir(parents=True)
    (tmp_path / "repo" / ".git").write_text("gitdir: elsewhere", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "repo" / "inside")
    with pytest.raises(PrivacyError):
        require_private_place(tmp_path / "link" / "out", synthetic=False)


def test_every_kind_has_its_words():
    assert all(text(f"imports.identifying.{kind}") for kind in (*PATTERNS, "name", "words"))
