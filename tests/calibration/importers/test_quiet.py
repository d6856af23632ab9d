"""Whatever a file holds and whatever befalls it, nothing of what people said comes out, and only our errors do."""

import logging
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ectsim.calibration.importers import Coded, Options, read_codings
from ectsim.calibration.segments import settle
from ectsim.errors import InputError, PrivacyError

WORDS = "Zorglubine quenouille"
KINDS = [
    "refi",
    "qdc",
    "qualcoder",
    "taguette_sqlite",
    "taguette_csv",
    "maxqda",
    "nvivo_matrix",
    "grid_xlsx",
    "grid_csv",
    "tidy_csv",
]
Write = Callable[[str, Path, str], tuple[Path, Options]]


def main_file(path: Path) -> Path:
    return path / "data.qda" if path.is_dir() else path


def told(error: BaseException) -> str:
    """All that a log could hold of an error: its text, its arguments, those it arose from, the traceback."""
    parts = ["".join(traceback.format_exception(error)), repr(error), repr(error.args)]
    parts += [told(other) for other in (error.__cause__, error.__context__) if other is not None]
    return "\n".join(parts)


def outcome(path: Path, options: Options) -> Coded | None:
    """What the file gives, or None when it is refused; any other error goes through."""
    try:
        return read_codings(path, options)
    except (InputError, PrivacyError) as error:
        refusal = error
    assert refusal.__cause__ is None
    assert refusal.__context__ is None
    assert "orglub" not in told(refusal)
    assert "quenouille" not in told(refusal)
    return None


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where anything written on the way would land."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_words_stay_in_the_file(
    kind: str,
    tmp_path: Path,
    temporary: Path,
    write_sample: Write,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    path, options = write_sample(kind, tmp_path, WORDS)
    assert WORDS.encode() in main_file(path).read_bytes() or path.suffix in (".xlsx", ".qdpx") or kind == "tidy_csv"
    with caplog.at_level(logging.DEBUG):
        coded = outcome(path, options)
    assert coded is not None, "the sample itself must be right"
    assert "orglub" not in repr(coded)
    assert "orglub" not in "".join(map(str, coded.notices))
    assert "orglub" not in "".join(capfd.readouterr()) + caplog.text
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused_in_silence(kind: str, tmp_path: Path, temporary: Path, write_sample: Write):
    path, options = write_sample(kind, tmp_path, WORDS)
    file = main_file(path)
    whole = file.read_bytes()
    for length in range(0, len(whole), 64):
        file.write_bytes(whole[:length])
        outcome(path, options)
    assert not list(temporary.iterdir())


@pytest.fixture(params=KINDS)
def good(request: pytest.FixtureRequest, tmp_path: Path, write_sample: Write) -> tuple[Path, Options, bytes]:
    """A good file, the options to read it, and its content."""
    path, options = write_sample(request.param, tmp_path, WORDS)
    return path, options, main_file(path).read_bytes()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damages=st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_never_speaks(good: tuple[Path, Options, bytes], damages: list[tuple[int, int]]):
    path, options, whole = good
    content = bytearray(whole)
    for place, value in damages:
        content[place % len(content)] = value
    main_file(path).write_bytes(content)
    outcome(path, options)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), start=st.integers(0, 40))
def test_any_bytes_are_refused_or_read(good: tuple[Path, Options, bytes], content: bytes, start: int):
    path, options, whole = good
    main_file(path).write_bytes(whole[:start] + content)
    outcome(path, options)


@pytest.mark.parametrize("name", ["documents", "coders"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "qdc"])
def test_a_name_is_refused_and_not_repeated(kind: str, name: str, tmp_path: Path, write_sample: Write):
    path, options = write_sample(kind, tmp_path, "x")
    named = "Zorglubine quenouille"
    options = Options(documents={"E01": named}, coder=options.coder)
    if name == "coders":
        options = Options(coder=named)
    with pytest.raises(PrivacyError):
        read_codings(path, options)
    assert outcome(path, options) is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "qdc"])
def test_a_defect_of_ours_quotes_nothing(
    kind: str, tmp_path: Path, write_sample: Write, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise KeyError(WORDS)

    path, options = write_sample(kind, tmp_path, WORDS)
    monkeypatch.setattr("ectsim.calibration.importers._renamed", broken)
    assert outcome(path, options) is None


@pytest.mark.parametrize("column", ["COOP_PROP", "CONFLIT", "ORIG", "CONTRIB", "CONTRIB[temps]", "RES_TPS"])
def test_words_in_a_coded_cell_are_refused_and_not_repeated(
    column: str, tmp_path: Path, write_table: Callable[..., Path]
):
    path = write_table(tmp_path / "g.csv", [["entretien", column, "OPP"], ["E01", WORDS, "2"]])
    try:
        settle(read_codings(path, Options(coder="K1")))
    except InputError as error:
        refusal = error
    assert "orglub" not in told(refusal)
    assert (refusal.problems[0].file, refusal.problems[0].line) == (path, 2)


def test_an_absent_file_is_named(tmp_path: Path):
    (tmp_path / "grille.csv").write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_codings(tmp_path / "grile.csv", Options())
    assert raised.value.problems[0].nearest == "grille.csv"


def test_an_unknown_format_is_told(tmp_path: Path):
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError) as raised:
        read_codings(tmp_path / "notes.pdf", Options())
    assert raised.value.problems[0].message == "imports.unknown_format"
    with pytest.raises(InputError) as raised:
        read_codings(tmp_path / "notes.pdf", Options(), "qualcodr")
    assert raised.value.problems[0].nearest == "qualcoder"


SENTENCE = f"{WORDS} a dit que rien ne bouge, que personne ne répond et que tout est à refaire"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["interview_id", "code", "value"], ["E01", SENTENCE, "3"]),
        (["interview_id", "code", "value"], ["E01", f"OPP={SENTENCE}", ""]),
        (["interview_id", "code", "value", "status"], ["E01", "OPP", "3", SENTENCE]),
        (["id", "document", "tag", "content"], ["1", "E01", SENTENCE, "x"]),
    ],
)
def test_a_sentence_in_place_of_a_code_is_not_repeated(
    header: list[str], row: list[str], tmp_path: Path, write_table: Callable[..., Path]
):
    path = write_table(tmp_path / "t.csv", [header, row])
    with pytest.raises(InputError) as raised:
        settle(read_codings(path, Options(coder="K1")))
    assert "orglub" not in told(raised.value) + str(raised.value)
    assert (raised.value.problems[0].file, raised.value.problems[0].line) == (path, 2)


def test_a_cell_as_long_as_a_passage_is_refused_at_once(tmp_path: Path, write_table: Callable[..., Path]):
    path = write_table(tmp_path / "g.csv", [["entretien", "COOP_PROP", "OPP"], ["E01", "x" * 5_000_000, "2"]])
    with pytest.raises(PrivacyError) as raised:
        read_codings(path, Options(coder="K1"))
    (problem,) = raised.value.problems
    assert (problem.message, problem.line, problem.field) == ("imports.identifying.words", 2, "B")
