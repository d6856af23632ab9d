"""Figures: what they say, that nothing leaves the page, and the words for those who cannot see them."""

import io
import textwrap

import matplotlib.text
import pytest

from ectsim.locale import text
from ectsim.report.alt_text import alt_text
from ectsim.report.figures import comparison_figure, run_figure
from ectsim.report.story import finding
from ectsim.report.style import (
    COLOUR,
    DASH,
    SECTOR_MARKER,
    STAGE_COLOUR,
    STAGE_EDGE,
    STAGE_SIZE,
    TITLE_CHARACTERS,
    look,
)
from ectsim.report.wording import number


def written(figure) -> list[matplotlib.text.Text]:
    figure.canvas.draw()
    return [item for item in figure.findobj(matplotlib.text.Text) if item.get_text().strip() and item.get_visible()]


def words(figure) -> str:
    return " ".join(" ".join(item.get_text().split()) for item in written(figure))


def assert_all_on_the_page(figure) -> None:
    page = figure.bbox
    for item in written(figure):
        box = item.get_window_extent()
        inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
        assert inside, item.get_text()


def test_the_title_says_the_finding_and_the_foot_what_it_rests_on(plant, language: str):
    comparison = plant()
    shown = words(comparison_figure(comparison))
    assert " ".join(textwrap.fill(finding(comparison), TITLE_CHARACTERS).split()) in shown
    assert comparison.a.territory.attribution in shown
    assert " ".join(text("report.not_a_forecast").split()) in shown
    for name in ("40", "101", "140"):
        assert name in shown
    for setup in (comparison.a, comparison.b):
        assert str(setup.scenario.name) in shown


@pytest.mark.parametrize(("gain", "spread"), [(2, 1), (0, 0), (0, 3), (-4, 1), (60, 9)])
def test_nothing_of_a_comparison_leaves_the_page(plant, language: str, gain: float, spread: int):
    assert_all_on_the_page(comparison_figure(plant(gain, spread)))


def test_ends_of_curves_do_not_cover_one_another(plant, language: str):
    for gain in (-3, 0, 0.2, 3):
        figure = comparison_figure(plant(gain, 0))
        figure.canvas.draw()
        ends = [item for item in written(figure) if item.get_text()[:2] in ("A ", "B ") and item.get_fontsize() > 10]
        boxes = [item.get_window_extent() for item in ends if item.get_color() in COLOUR.values()]
        assert len(boxes) == 2
        assert not boxes[0].overlaps(boxes[1])


def test_nothing_of_a_run_leaves_the_page(run, language: str):
    figure = run_figure(run)
    assert_all_on_the_page(figure)
    assert run.setup.territory.attribution in words(figure)


def test_the_key_of_the_map_covers_no_chart(run, language: str):
    figure = run_figure(run)
    figure.canvas.draw()
    key = figure.axes[0].get_legend().get_window_extent()
    for axes in figure.axes[1:]:
        assert not key.overlaps(axes.get_tightbbox())


def test_a_figure_is_drawn_twice_alike(plant, language: str):
    pictures = []
    for _ in range(2):
        picture = io.BytesIO()
        comparison_figure(plant()).savefig(picture, format="png")
        pictures.append(picture.getvalue())
    assert pictures[0] == pictures[1]


def test_curves_show_the_runs(plant):
    axes = comparison_figure(plant(gain=2)).axes[0]
    means = [line.get_ydata()[-1] for line in axes.lines if len(line.get_xdata()) == 120 and line.get_linewidth() > 2]
    assert means == pytest.approx([6.0, 8.0])


def test_the_users_settings_are_left_alone(plant):
    import matplotlib as mpl

    mpl.rcParams["font.size"] = 31.0
    try:
        comparison_figure(plant())
        assert mpl.rcParams["font.size"] == 31.0
        with look():
            assert mpl.rcParams["font.size"] == 10
    finally:
        mpl.rcParams["font.size"] = mpl.rcParamsDefault["font.size"]


def test_nothing_is_told_by_colour_alone():
    assert DASH["a"] != DASH["b"]
    looks = {(STAGE_SIZE[stage], STAGE_EDGE[stage]) for stage in STAGE_COLOUR}
    assert len(looks) == len(STAGE_COLOUR)
    assert len(set(SECTOR_MARKER.values())) == len(SECTOR_MARKER)


def test_words_for_a_comparison(plant, language: str):
    comparison = plant(gain=2)
    said = alt_text(comparison)
    last = comparison.curves.iloc[-1]
    for value in (last["mean_a"], last["mean_b"], last["difference"]):
        assert number(value) in said
    assert str(comparison.b.scenario.name) in said
    assert not {"{", "}"} & set(said)


def test_words_for_a_run(run, language: str):
    said = alt_text(run)
    horizon = run.setup.scenario.horizon
    for count in run.state.months.stages[horizon.burn_in + horizon.months - 1]:
        assert str(count) in said
