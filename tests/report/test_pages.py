"""Reports of results folders: what they say, that they hold all they need, and what becomes of hostile names."""

import dataclasses
import html.parser
import json
from pathlib import Path

import pandas as pd
import pytest

from ectsim.analysis.comparison import Comparison
from ectsim.errors import InputError
from ectsim.experiments.provenance import Study
from ectsim.experiments.results import Results, refuse_other_contents, write_results
from ectsim.locale import choose_language, text
from ectsim.pages import FICTIVE
from ectsim.report.document import Part, Picture, Report, Table
from ectsim.report.figures import comparison_figure, run_figure
from ectsim.report.kinds import report_of, results_of
from ectsim.report.pages import report_page
from ectsim.report.story import finding, tell_comparison, tell_run
from ectsim.report.writing import page_files, write_own_page, write_report

HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single'"
VOID = {"meta", "img", "br", "hr", "link", "input"}
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


def plain(words: str) -> str:
    """Words one space apart, no-break ones too."""
    return " ".join(words.split())


class Outline(html.parser.HTMLParser):
    """What a page is made of; fails on a tag that closes no other."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def told(self) -> str:
        return plain(" ".join(self.words))


def assert_sound(page: str, language: str) -> Outline:
    """A page that loads nothing, and that those who cannot see can read."""
    found = Outline(page)
    assert found.all("html")[0]["lang"] == language
    assert not found.all("script")
    assert not found.all("link")
    assert "@import" not in page
    assert "url(" not in page
    for attributes in [attributes for _, attributes in found.tags]:
        assert attributes.get("src", "data:").startswith("data:")
        assert attributes.get("href", "#").startswith("#")
    assert all((image["alt"] or "").strip() for image in found.all("img"))
    assert all(cell.get("scope") in ("col", "row") for cell in found.all("th"))
    levels = [int(tag[1]) for tag, _ in found.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    names = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert {anchor["href"] for anchor in found.all("a")} <= {f"#{name}" for name in names}
    return found


def written(folder: Path, comparison: Comparison, twins: pd.DataFrame) -> Path:
    """A results folder as ``ectsim compare`` leaves it."""
    seeds = comparison.worlds.seeds
    study = Study("compare", tuple(comparison.worlds.setups), {"seed": int(seeds[0]), "runs": comparison.runs})
    names = {"outcomes": comparison.table, "fates": comparison.fates, "windfall": comparison.windfall}
    tables = names | {"twins": twins, "money": comparison.money, "curves": comparison.curves}
    figures = {"comparison": comparison_figure(comparison)}
    write_results(folder, study, Results(tables, figures, tell_comparison(comparison)), started="2026-01-01T00:00:00")
    return folder


@pytest.fixture(scope="module")
def compared(plant, twins, tmp_path_factory: pytest.TempPathFactory) -> Path:
    choose_language("fr")
    try:
        return written(tmp_path_factory.mktemp("made") / "compare", plant(), twins)
    finally:
        choose_language(None)


def test_a_comparison_is_reported_in_both_languages_from_its_folder(compared: Path, plant, language: str):
    comparison = plant()
    report = report_of(results_of(compared))
    assert len(report.answer) == 3
    assert report.answer[0] == f"{finding(comparison)}."
    found = assert_sound(report_page(report), language)
    for heading in ("answer", "details", "pictures", "tables", "method", "limits", "provenance"):
        assert plain(text(f"reports.heading.{heading}")) in found.told
    assert "ectsim compare spontaneous.yaml one_call_a_year.yaml --seed 101 --runs 40" in found.told
    assert plain(text("report.not_a_forecast")) in found.told
    assert len(found.all("table")) == len(report.tables) == 2


def test_the_figure_is_drawn_from_the_tables_as_it_was_from_the_runs(compared: Path, plant):
    from ectsim.report.kinds.compare import read_comparison

    drawn, again = (comparison_figure(one).axes[0] for one in (plant(), read_comparison(results_of(compared))))
    assert [list(line.get_ydata()) for line in again.lines] == [list(line.get_ydata()) for line in drawn.lines]


def test_a_run_is_reported_with_the_words_of_its_figure(run, tmp_path: Path, language: str):
    tables = {"outcomes": run.outcomes(), "projects": run.projects()}
    study = Study("run", (run.setup,), {"seed": run.seed, "months": None})
    results = Results(tables, {"run": run_figure(run)}, tell_run(run))
    write_results(tmp_path / "run", study, results, started="2026-01-01T00:00:00")
    report = report_of(results_of(tmp_path / "run"))
    found = assert_sound(report_page(report), language)
    assert [image["alt"] for image in found.all("img")] == [run_figure(run).get_label()]
    assert all(sentence in tell_run(run) for sentence in report.answer)


def test_an_unknown_verb_still_has_its_page(compared: Path, tmp_path: Path, language: str):
    import shutil

    folder = shutil.copytree(compared, tmp_path / "other")
    told = json.loads((folder / "provenance.json").read_text("utf-8")) | {"verb": "newest"}
    (folder / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    found = assert_sound(report_page(report_of(results_of(folder))), language)
    assert "newest" in found.told
    assert len(found.all("img")) == 1


def test_hostile_names_stay_words(language: str):
    table = Table(HOSTILE, HOSTILE, (HOSTILE, HOSTILE), ((HOSTILE, HOSTILE),))
    part = Part(HOSTILE, (HOSTILE,), (HOSTILE,), (Picture(PIXEL, HOSTILE, HOSTILE),), (table,), missing=(HOSTILE,))
    report = Report(
        *(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,) * 3),
        pictures=part.pictures,
        details=(part,),
        chapters=(part,),
        tables=(table,),
        method=(HOSTILE,),
        limits=(HOSTILE,),
        provenance=((HOSTILE, HOSTILE),),
    )
    page = report_page(report)
    found = assert_sound(page, language)
    assert "<script" not in page
    assert found.told.count("<script>alert(1)</script>") >= 15


def test_fictive_data_are_labelled_on_every_page(language: str):
    report = Report("kind", "title", "question", ("a", "b", "c"), synthetic=True)
    page = report_page(report)
    assert assert_sound(page, language).told.startswith(f"title {FICTIVE}")
    margins = page[page.index("@page") : page.index("@page wide")]
    assert f'@top-center {{ content: "{FICTIVE}' in margins
    assert FICTIVE not in report_page(dataclasses.replace(report, synthetic=False))


def test_pages_join_the_provenance_of_their_folder(compared: Path):
    write_own_page(compared)
    files = json.loads((compared / "provenance.json").read_text("utf-8"))["files"]
    assert "index.html" in files
    refuse_other_contents(compared, "compare")


@pytest.mark.parametrize("made", ["nothing", "empty", "file"])
def test_what_is_no_results_folder_is_refused(tmp_path: Path, made: str):
    place = tmp_path / "place"
    if made == "empty":
        place.mkdir()
    if made == "file":
        place.write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="place"):
        results_of(place)


def test_a_folder_without_its_tables_is_refused_by_name(compared: Path, tmp_path: Path):
    import shutil

    folder = shutil.copytree(compared, tmp_path / "cut")
    (folder / "fates.parquet").unlink()
    with pytest.raises(InputError, match=r"fates\.parquet"):
        report_of(results_of(folder))


def test_no_file_of_somebody_else_is_replaced(tmp_path: Path):
    mine = tmp_path / "mine.html"
    mine.write_text("my page", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.html"):
        page_files(mine, pdf=False)
    with pytest.raises(InputError, match=r"\.docx"):
        page_files(tmp_path / "page.docx", pdf=False)
    assert mine.read_text("utf-8") == "my page"


@pytest.mark.pdf
def test_a_pdf_has_pages_and_words_and_is_tagged(tmp_path: Path, language: str):
    import pypdf

    report = Report("kind", "Éclosion de projets", "question", ("first", "b", "c"), (Picture(PIXEL, "a pixel"),))
    file = tmp_path / "page.pdf"
    for _ in range(2):
        write_report(dataclasses.replace(report, synthetic=True), page_files(file, pdf=True))
    read = pypdf.PdfReader(file)
    assert len(read.pages) >= 2
    assert "Éclosion de projets" in read.pages[0].extract_text()
    assert all(FICTIVE in page.extract_text() for page in read.pages)
    assert read.trailer["/Root"]["/Lang"] == language
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
