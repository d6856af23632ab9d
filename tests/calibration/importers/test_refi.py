"""REFI-QDA: what each program writes in its own way, all seen in real exports or allowed by the standard."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.calibration.importers import IMPORTERS, Coded, Options, read_codings
from ectsim.calibration.segments import settle
from ectsim.errors import InputError

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "interviews"
USERS = '<User guid="U-1" name="K1"/><User guid="U-2" name="K2"/>'
CODED = '<Coding guid="X" creatingUser="U-1"><CodeRef targetGUID="C-3"/></Coding>'
SOURCE = '<TextSource guid="S-1" name="E01">{}</TextSource>'
PASSAGE = f'<PlainTextSelection guid="P-1" startPosition="0" endPosition="4">{CODED}</PlainTextSelection>'

Make = Callable[..., str]
Archive = Callable[[Path, dict[str, str | bytes]], Path]


@pytest.fixture
def read(tmp_path: Path, write_archive: Archive) -> Callable[..., Coded]:
    """Read XML as the project of an archive."""

    def read_xml(xml: str | bytes, options: Options | None = None, **members: str) -> Coded:
        path = write_archive(tmp_path / "p.qdpx", {"project.qde": xml, **members})
        return read_codings(path, options or Options())

    return read_xml


def test_a_coding_has_its_interview_coder_and_path_of_codes(read: Callable[..., Coded], project_of: Make):
    coded = read(project_of(SOURCE.format(PASSAGE), USERS))
    (coding,) = coded.codings
    assert (coding.document, coding.coder, coding.code) == ("E01", "K1", ("COOP_PROP", "3"))
    assert coded.codes == (("COOP_PROP",), ("COOP_PROP", "3"), ("INT_THEME[energie]=4",))
    assert settle(coded).rows[0].cells["value"] == "3"


@pytest.mark.parametrize("folder", ["Sources", "sources"])
def test_sources_lie_in_a_folder_of_either_case_and_are_never_opened(
    folder: str, project_of: Make, tmp_path: Path, write_archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    from zipfile import ZipFile

    opened = []
    real = ZipFile.open

    def spy(self: ZipFile, name: str, *rest, **named):
        opened.append(name)
        return real(self, name, *rest, **named)

    xml = project_of(SOURCE.format(PASSAGE), USERS)
    path = write_archive(tmp_path / "p.qdpx", {f"{folder}/S-1.txt": "words", "project.qde": xml})
    monkeypatch.setattr(ZipFile, "open", spy)
    assert len(read_codings(path, Options()).codings) == 1
    assert opened == ["project.qde"]


def test_identifiers_compare_whatever_their_case(read: Callable[..., Coded], project_of: Make):
    passage = PASSAGE.replace('targetGUID="C-3"', 'targetGUID="c-3"').replace('"U-1"', '"u-1"')
    (coding,) = read(project_of(SOURCE.format(passage), USERS)).codings
    assert (coding.coder, coding.code[-1]) == ("K1", "3")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(encoding: str, read: Callable[..., Coded], project_of: Make):
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    assert len(read((head + project_of(SOURCE.format(PASSAGE), USERS)).encode(encoding)).codings) == 1


def test_the_project_may_come_last_and_under_any_name(project_of: Make, tmp_path: Path, write_archive: Archive):
    xml = project_of(SOURCE.format(PASSAGE), USERS)
    path = write_archive(tmp_path / "p.qdpx", {"sources/a.txt": "", "sources/old.qde": "<x/>", "Étude.qde": xml})
    assert len(read_codings(path, Options()).codings) == 1


@pytest.mark.parametrize("inside", ["", "<Users/>", "<Users/><CodeBook><Codes/></CodeBook><Sources/>"])
def test_an_empty_project_is_allowed(inside: str, read: Callable[..., Coded]):
    coded = read(f'<Project xmlns="urn:QDA-XML:project:1.0" name="p">{inside}</Project>')
    assert (coded.codings, coded.codes, coded.documents) == ((), (), ())


def test_a_pseudo_user_is_told_and_forgotten(read: Callable[..., Coded], project_of: Make):
    coded = read(project_of(SOURCE.format(PASSAGE), USERS + '<User guid="U-9" name="ATLAS.ti"/>'))
    assert coded.coders == ("K1", "K2")
    assert {notice.message: notice.values["count"] for notice in coded.notices} == {"imports.left.idle_coders": 2}


def test_a_team_with_a_file_each_names_its_coder(read: Callable[..., Coded], project_of: Make):
    xml = project_of(SOURCE.format(PASSAGE), '<User guid="U-1" name="ATLAS.ti"/>')
    assert read(xml, Options(coder="K7")).codings[0].coder == "K7"
    two = project_of(SOURCE.format(PASSAGE + PASSAGE.replace("U-1", "U-2")), USERS)
    with pytest.raises(InputError) as raised:
        read(two, Options(coder="K7"))
    assert raised.value.problems[0].message == "imports.several_coders"


def test_categories_cannot_be_coded(read: Callable[..., Coded], project_of: Make):
    coded = read(project_of(SOURCE.format(PASSAGE + PASSAGE.replace("C-3", "C-1")), USERS))
    assert len(coded.codings) == 1
    assert "imports.left.categories" in {notice.message for notice in coded.notices}


def test_a_coding_of_an_unknown_code_is_told(read: Callable[..., Coded], project_of: Make):
    coded = read(project_of(SOURCE.format(PASSAGE + PASSAGE.replace("C-3", "C-77")), USERS))
    assert len(coded.codings) == 1
    assert "imports.left.unknown_code" in {notice.message for notice in coded.notices}


def test_unlisted_users_are_people_of_their_own(read: Callable[..., Coded], project_of: Make):
    passages = PASSAGE + PASSAGE.replace("U-1", "U-8") + PASSAGE.replace("U-1", "U-9")
    coded = read(project_of(SOURCE.format(passages), USERS), Options(coders={"u-8": "K8", "u-9": "K9"}))
    assert [coding.coder for coding in coded.codings] == ["K1", "K8", "K9"]


SELECTIONS = {
    "whole document": ("TextSource", "{}"),
    "transcript": ("AudioSource", "<Transcript><TranscriptSelection guid='P-1'>{}</TranscriptSelection></Transcript>"),
    "page as text": (
        "PDFSource",
        "<Representation guid='R'><PlainTextSelection guid='P-1'>{}</PlainTextSelection></Representation>",
    ),
    "page": ("PDFSource", "<PDFSelection guid='P-1' page='1'>{}</PDFSelection>"),
    "picture": ("PictureSource", "<PictureSelection guid='P-1'>{}</PictureSelection>"),
    "film": ("VideoSource", "<VideoSelection guid='P-1'>{}</VideoSelection>"),
}


@pytest.mark.parametrize("where", SELECTIONS)
def test_codings_are_found_wherever_they_lie(where: str, read: Callable[..., Coded], project_of: Make):
    tag, inside = SELECTIONS[where]
    coded = read(project_of(f'<{tag} guid="S-1" name="E01">{inside.format(CODED)}</{tag}>', USERS))
    assert [coding.code for coding in coded.codings] == [("COOP_PROP", "3")]


def test_a_case_can_be_the_interview(read: Callable[..., Coded], project_of: Make):
    sources = SOURCE.format(PASSAGE) + '<TextSource guid="S-2" name="notes">{}</TextSource>'.format(
        PASSAGE.replace("P-1", "P-2") + PASSAGE.replace("P-1", "P-3")
    )
    variables = '<Variables><Variable guid="V-1" name="Secteur" typeOfVariable="Text"/></Variables>'
    value = '<VariableValue><VariableRef targetGUID="v-1"/><TextValue>public</TextValue></VariableValue>'
    case = (
        f'<Case guid="A-1" name="E07">{value}<SourceRef targetGUID="s-1"/><SelectionRef targetGUID="P-1"/>'
        '<SelectionRef targetGUID="P-2"/></Case>'
    )
    xml = project_of(sources, USERS, rest=f"{variables}<Cases>{case}</Cases>")
    coded = read(xml, Options(unit="case", columns={"Secteur": "sector"}))
    # the whole of one source, one passage of another; a passage reached by two ways counts once
    assert [coding.document for coding in coded.codings] == ["E07", "E07"]
    assert coded.documents == ("E07",)
    assert coded.attributes == {"E07": {"sector": "public"}}
    left = {notice.message: notice.values["count"] for notice in coded.notices}
    assert left["imports.left.outside_cases"] == 1


def test_codes_put_on_a_case_itself_name_no_coder(read: Callable[..., Coded], project_of: Make):
    case = '<Cases><Case guid="A-1" name="E07"><CodeRef targetGUID="C-3"/></Case></Cases>'
    xml = project_of("", USERS, rest=case)
    with pytest.raises(InputError) as raised:
        read(xml, Options(unit="case"))
    assert raised.value.problems[0].message == "imports.no_coder"
    assert read(xml, Options(unit="case", coder="K1")).codings[0].document == "E07"


def test_the_segment_of_synthesis_settles(read: Callable[..., Coded], project_of: Make):
    codes = (
        '<CodeBook><Codes><Code guid="C-3" name="COOP_PROP=1" isCodable="true"/>'
        '<Code guid="C-4" name="COOP_PROP=4" isCodable="true"/></Codes></CodeBook>'
    )
    marked = (
        PASSAGE.replace("P-1", "P-2")
        .replace("C-3", "C-4")
        .replace("<Coding", "<Description>Synthèse</Description><Coding")
    )
    xml = project_of(SOURCE.format(PASSAGE + PASSAGE + marked), USERS, codes)
    settled = settle(read(xml))
    assert [row.cells["value"] for row in settled.rows] == ["4"]
    assert settled.conflicts[0].values == ("1", "1", "4")


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0"])
def test_a_codebook_gives_its_codes(namespace: str, tmp_path: Path):
    (tmp_path / "c.qdc").write_text(
        f'<CodeBook xmlns="{namespace}"><Codes><Code guid="1" name="OPP"><Code guid="2" name="3"/></Code></Codes>'
        "<Sets/></CodeBook>",
        encoding="utf-8",
    )
    assert read_codings(tmp_path / "c.qdc", Options()).codes == (("OPP",), ("OPP", "3"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"a.txt": ""}, "no_project"),
        ({"a.qde": "<x/>", "b.qde": "<x/>"}, "no_project"),
        ({"project.qde": "<x/>"}, "not_refi"),
        ({"project.qde": "<Project"}, "not_xml"),
        ({"project.qde": ""}, "not_xml"),
        ({"project.qde": '<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>'}, "unsafe_xml"),
    ],
)
def test_what_is_no_project_is_told(members: dict[str, str], message: str, tmp_path: Path, write_archive: Archive):
    path = write_archive(tmp_path / "p.qdpx", dict(members))
    with pytest.raises(InputError) as raised:
        read_codings(path, Options())
    assert [problem.message for problem in raised.value.problems] == [f"imports.{message}"]


def test_a_second_reader_agrees(project_of: Make, tmp_path: Path, write_archive: Archive):
    from pyrefiqda import RefiProject

    sources = SOURCE.format(PASSAGE.replace("P-1", "00000000-0000-4000-8000-000000000001"))
    xml = project_of(sources, USERS)
    for place, name in enumerate(("C-1", "C-3", "C-4", "U-1", "U-2", "S-1", '"X"')):
        guid = f"00000000-0000-4000-8000-0000000000{place + 10}"
        xml = xml.replace(name, f'"{guid}"' if name == '"X"' else guid)
    xml = xml.replace("<Project ", '<Project name="p" ').replace(
        'name="E01"', 'name="E01" plainTextPath="internal://a.txt"'
    )
    path = write_archive(tmp_path / "p.qdpx", {"project.qde": xml, "sources/a.txt": "abcd"})
    theirs = RefiProject.load(path, extract_dir=tmp_path / "out")
    ours = read_codings(path, Options())
    names = {user.guid: user.name for user in theirs.users.user}
    found = [
        (source.name, names[coding.creating_user])
        for source in theirs.sources.text_source
        for selection in source.plain_text_selection
        for coding in selection.coding
    ]
    assert found == [(coding.document, coding.coder) for coding in ours.codings]

    def names_of(codes, above=()):
        for code in codes:
            yield (*above, code.name)
            yield from names_of(code.code, (*above, code.name))

    assert set(names_of(theirs.code_book.codes.code)) == set(ours.codes)


OPTIONS = Options(
    documents={"videos_selection": "V1", "videos_10_selected": "V2"},
    coders={"coder_A": "K1", "coder_B": "K2", "test_user": "K3"},
)


@pytest.mark.shared
def test_a_real_export_of_one_coder_imports():
    coded = read_codings(SHARED / "nvivo12_one_coder_structure_only.qdpx", OPTIONS)
    assert len(coded.codes) == 152
    assert Counter(coding.coder for coding in coded.codings) == {"K1": 303}
    assert coded.coders == ("K1", "K2")
    assert coded.documents == ("V1", "V2")


@pytest.mark.shared
def test_a_real_export_of_several_coders_imports():
    path = SHARED / "nvivo12_edited_two_coders_structure_only.qdpx"
    coded = read_codings(path, OPTIONS)
    assert Counter(coding.coder for coding in coded.codings) == {"K1": 303, "K3": 27}
    assert coded.coders == ("K1", "K2", "K3")
    assert IMPORTERS["refi"].read(path, Options()).coders == ("coder_A", "coder_B", "test_user")
