"""Where verdicts flip: the draws of the parameters in which a claim holds and fails, and the box where the rarer does.

How boxes are sought: ectsim/analysis/discovery.py.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.discovery import Box
from ectsim.analysis.hypotheses.testing import LIKELY, Finding, weakest
from ectsim.locale import text
from ectsim.parameters import PARAMETERS
from ectsim.report.style import COLOUR, INK, QUIET, foot, head, local_numbers, look, new_figure
from ectsim.report.wording import share, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS, MOST = 3, 6
FOUND_AGAIN = 0.5
"""Share of the halves of the draws in which a restriction must be found for its box to be told."""
DEEPEST = 6.0
"""Largest effect drawn, in smallest effects that matter."""
WIDE = 38


def told_boxes(finding: Finding) -> list[Box]:
    """Boxes of the rarer case whose every restriction is found again in half of the halves of the draws."""
    return [box for box in finding.boxes if min(box.reproducibility.values()) >= FOUND_AGAIN]


def flipping(findings: Sequence[Finding]) -> list[Finding]:
    """Those whose verdict flips in a part of the space of the parameters that is found again."""
    return [finding for finding in findings if told_boxes(finding)]


def flips_figure(findings: Sequence[Finding]) -> "Figure":
    """A panel for each verdict that flips, six at most: draws, and the foremost box by its two foremost parameters."""
    shown = flipping(findings)[:MOST]
    across = max(1, min(ACROSS, len(shown)))
    down = max(1, -(-len(shown) // across))
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(
            down, across, left=0.085, right=0.975, top=0.775, bottom=0.165, wspace=0.34, hspace=0.72
        )
        for place, finding in enumerate(shown):
            _draw(figure.add_subplot(grid[divmod(place, across)]), finding, told_boxes(finding)[0])
        known = len(flipping(findings))
        head(figure, text("hypotheses.flips.title", flips=known, all=len(findings)), text("hypotheses.flips.reading"))
        asked = findings[0].hypothesis.uncertainty
        values = {"draws": asked.draws, "shown": len(shown), "flips": known, "version": __version__}
        foot(figure, text("hypotheses.flips.footer", **values), text("hypotheses.model_only"))
    return figure


def _draw(axes: "Axes", finding: Finding, box: Box) -> None:
    names, values = finding.evidence.draws.varying()
    chances = np.min([effect.chances for effect in finding.effects], axis=0)
    defined = np.isfinite(chances)
    holds = chances > LIKELY
    foremost = sorted(box.limits, key=lambda name: (-box.reproducibility[name], box.quasi_p[name]))[:2]
    columns = [values[:, names.index(name)] for name in foremost]
    sides = [box.limits[name] for name in foremost]
    labels = [PARAMETERS[name].label for name in foremost]
    if len(columns) == 1:
        columns.append(np.clip(weakest(finding.evidence), -DEEPEST, DEEPEST))
        sides.append((None, None))
        labels.append(text("hypotheses.flips.effect"))
        axes.axhline(1, color=QUIET, linewidth=0.8, linestyle=":")
        axes.set_yticks(range(-6, 7, 2), [signed(tick, 0) for tick in range(-6, 7, 2)])
    for chosen, marker, colour in ((defined & holds, "o", COLOUR["a"]), (defined & ~holds, "x", COLOUR["b"])):
        axes.plot(columns[0][chosen], columns[1][chosen], marker, color=colour, markersize=3.5, alpha=0.8)
    _frame(axes, columns, sides)
    axes.set_xlabel(textwrap.fill(labels[0], WIDE), fontsize=8)
    axes.set_ylabel(textwrap.fill(labels[1], WIDE), fontsize=8)
    local_numbers(axes.xaxis, *([axes.yaxis] if len(box.limits) > 1 else []))
    axes.tick_params(labelsize=8)
    case = "holds" if finding.boxes_hold else "fails"
    told = {"density": share(box.density), "coverage": share(box.coverage)}
    verdict = text(f"hypotheses.verdict.{finding.verdict}")
    axes.set_title(f"{finding.hypothesis.number}  {verdict}", pad=43)
    note = f"{finding.hypothesis.heading}\n" + text(f"hypotheses.flips.{case}", **told)
    axes.annotate(note, (0, 1), (0, 5), "axes fraction", "offset points", fontsize=8, color=QUIET, va="bottom")


def _frame(axes: "Axes", columns: Sequence[Any], sides: Sequence[tuple[float | None, float | None]]) -> None:
    """The box, open sides drawn at the edge of the chart."""
    from matplotlib.patches import Rectangle

    corners = []
    for column, (low, high) in zip(columns, sides, strict=True):
        least, most = np.nanmin(column), np.nanmax(column)
        room = 0.04 * (most - least)
        corners.append((least - room if low is None else low, most + room if high is None else high))
    (left, right), (bottom, top) = corners
    style: dict[str, Any] = {"fill": False, "edgecolor": INK, "linewidth": 1.6, "zorder": 3}
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, **style))
