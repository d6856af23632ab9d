"""How figures look: colours, dashes, markers, type sizes, footer. What they show lives beside."""

import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ectsim.scenario.numbers import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOUR = {"a": "#0072B2", "b": "#D55E00"}
DASH: dict[str, str | tuple[int, tuple[int, ...]]] = {"a": "-", "b": (0, (5, 2))}
STAGE_COLOUR = {
    "idea": "#CFCFCF",
    "collective": "#E69F00",
    "structured": "#56B4E9",
    "emerged": "#009E73",
    "anchored": "#009E73",
}
STAGE_SIZE = {"idea": 4.0, "collective": 6.0, "structured": 8.5, "emerged": 11.0, "anchored": 11.0}
"""Points across: in grey, collective and structured look the same."""
STAGE_EDGE = {"idea": 0.7, "collective": 0.7, "structured": 0.7, "emerged": 0.7, "anchored": 2.2}
SECTOR_COLOUR = {"public": "#0072B2", "private": "#E69F00", "civil": "#009E73"}
SECTOR_MARKER = {"public": "s", "private": "o", "civil": "^"}
ORIGIN_COLOUR = {
    "spontaneous": "#009E73",
    "event": "#56B4E9",
    "call": COLOUR["b"],
    "subsidy": "#CC79A7",
    "regulation": "#222222",
}
ORIGIN_MARKER = {"spontaneous": "o", "event": "v", "call": "s", "subsidy": "^", "regulation": "X"}
SHADES, MORE_LESS = "Blues", "PuOr_r"
"""Maps of colours for quantities and for differences: both told apart by who sees no colour, the first in grey too."""
WONG = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours of curves that have no other meaning, in order, from Okabe and Ito; dashes and marks tell them apart too."""
LINES: tuple[Any, ...] = ("-", (0, (5, 2)), ":", "-.", (0, (1, 1)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, QUIET, FAINT = "#222222", "#555555", "#D9D9D9"
TITLE_CHARACTERS, SUBTITLE_CHARACTERS, LINE_CHARACTERS = 92, 134, 165
SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "text.color": INK,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 150,
    "savefig.dpi": 150,
}


@contextmanager
def look() -> Iterator[None]:
    """Draw in the project's look inside this context, whatever the user's settings."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def new_figure() -> "Figure":
    """An empty A4 landscape page that no window shows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.7, 8.3))
    FigureCanvasAgg(figure)
    return figure


def head(figure: "Figure", title: str, subtitle: str) -> None:
    """Write the finding and what it is about, at the top left; both are also the figure's words for who cannot see."""
    figure.set_label(f"{title}. {subtitle}")
    lines = textwrap.fill(title, TITLE_CHARACTERS)
    figure.text(0.06, 0.965, lines, fontsize=15, fontweight="bold", va="top")
    below = 0.965 - 0.034 * (lines.count("\n") + 1) - 0.006
    figure.text(0.06, below, textwrap.fill(subtitle, SUBTITLE_CHARACTERS), fontsize=10.5, color=QUIET, va="top")


def panel_head(axes: "Axes", title: str, note: str = "") -> None:
    """Write the title of one chart and, beneath it, how to read it."""
    axes.set_title(title, pad=22 if note else 10)
    axes.annotate(note, (0, 1), (0, 6), "axes fraction", "offset points", fontsize=9, color=QUIET, va="bottom")


def foot(figure: "Figure", *sentences: str) -> None:
    """Write what the figure rests on, at the bottom left."""
    lines = "\n".join(textwrap.fill(sentence, LINE_CHARACTERS) for sentence in sentences)
    figure.text(0.06, 0.018, lines, fontsize=8.5, color=QUIET, va="bottom", linespacing=1.35)


def local_numbers(*axes: Any) -> None:
    """Write the ticks as people of the current language do."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis in axes:
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: decimal(round(value, 6))))


def years_axis(axes: "Axes", months: int, label: str) -> None:
    """Mark the months of the horizontal axis in years."""
    step = 12 * max(1, round(months / 120))
    ticks = range(0, months + 1, step)
    axes.set_xticks(list(ticks), [str(tick // 12) for tick in ticks])
    axes.set_xlabel(label)
    axes.set_xlim(0, months)


def local_ticks(axis: Any, count: int, written: Callable[[float], str]) -> None:
    """Mark at most ``count`` round values within what an axis shows, as people of the current language write them."""
    from matplotlib.ticker import MaxNLocator

    low, high = sorted(axis.get_view_interval())
    slack = (high - low) * 1e-6
    ticks = [tick for tick in MaxNLocator(count).tick_values(low, high) if low - slack <= tick <= high + slack]
    # two ticks too close to be told apart are one
    told = {written(round(tick, 9)): tick for tick in reversed(ticks)}
    axis.set_ticks(list(told.values()), list(told))
