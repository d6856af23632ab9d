"""A map of the projects of a run: communes, live projects by stage and sector, links to their members' communes."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import text
from ectsim.model.simulation import Setup
from ectsim.model.state import EMERGED, LIVE, STAGES, State
from ectsim.report.style import INK, QUIET, SECTOR_MARKER, STAGE_COLOUR, STAGE_EDGE, STAGE_SIZE
from ectsim.territory.nomenclature import SECTORS, label
from ectsim.territory.territory import Territory

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
APART = 0.011
"""Degrees of latitude between projects of one commune, spread as the seeds of a sunflower."""


def draw_map(axes: "Axes", setup: Setup, state: State) -> None:
    """Draw the live projects of ``state`` where their carriers are."""
    territory = setup.territory
    draw_communes(axes, territory)
    _name_centre(axes, territory)
    projects = state.projects[: int(state.clock[0].projects)]
    rows = np.flatnonzero((projects.status == LIVE) & (projects.carrier >= 0))
    rows = rows[np.argsort(projects.stage[rows], kind="stable")]
    places = _places(territory, projects.commune[rows])
    for row, place in zip(rows, places, strict=True):
        if projects.stage[row] >= EMERGED:
            _link_members(axes, territory, state, row, place)
    for row, place in zip(rows, places, strict=True):
        _draw_project(axes, projects[row], int(state.actors[projects[row].carrier].sector), place)
    _draw_key(axes)


def draw_communes(
    axes: "Axes",
    territory: Territory,
    values: NDArray[np.float64] | None = None,
    colours: Any = None,
    scale: Any = None,
) -> Any:
    """Draw the outlines of the communes, shaded by ``values`` (C,) where there are some; return the shades."""
    from matplotlib.collections import PolyCollection

    rings = [ring for outline in territory.outlines for ring in outline]
    shades = PolyCollection(rings, facecolor="#F4F4F2", edgecolor="#BBBBBB", linewidth=0.5)
    if values is not None:
        shades.set_array(np.repeat(values, [len(outline) for outline in territory.outlines]))
        shades.set(cmap=colours, norm=scale)
    axes.add_collection(shades)
    axes.set_aspect(1.0 / np.cos(np.radians(territory.latitude.mean())))
    axes.autoscale_view()
    axes.set_axis_off()
    return shades


def _name_centre(axes: "Axes", territory: Territory) -> None:
    centre = territory.centre
    place = (territory.longitude[centre], territory.latitude[centre])
    west, east = territory.longitude.min(), territory.longitude.max()
    aside = (west - 0.06 * (east - west), place[1])
    leader = {"arrowstyle": "-", "color": QUIET, "linewidth": 0.6}
    axes.annotate(
        territory.names[centre], place, aside, ha="right", va="center", fontsize=9, color=QUIET, arrowprops=leader
    )


def _places(territory: Territory, communes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Longitude and latitude of each project, those of one commune apart."""
    met: dict[int, int] = {}
    places = np.empty((len(communes), 2))
    stretch = 1.0 / np.cos(np.radians(territory.latitude.mean()))
    # the last drawn, the most advanced, come nearest to the point of their commune
    for rank in reversed(range(len(communes))):
        commune = int(communes[rank])
        number = met.get(commune, 0)
        met[commune] = number + 1
        away, angle = APART * np.sqrt(number), number * GOLDEN_ANGLE
        places[rank, 0] = territory.longitude[commune] + stretch * away * np.cos(angle)
        places[rank, 1] = territory.latitude[commune] + away * np.sin(angle)
    return places


def _link_members(axes: "Axes", territory: Territory, state: State, row: int, place: NDArray[np.float64]) -> None:
    for member in state.members[row, : int(state.projects.team[row])]:
        commune = state.actors[member.actor].commune
        ends = [place[0], territory.longitude[commune]], [place[1], territory.latitude[commune]]
        axes.plot(*ends, color=STAGE_COLOUR["emerged"], linewidth=0.7, alpha=0.8, zorder=2)


def _draw_project(axes: "Axes", project: Any, sector: int, place: NDArray[np.float64]) -> None:
    stage = STAGES[project.stage]
    axes.scatter(
        *place,
        s=STAGE_SIZE[stage] ** 2,
        marker=SECTOR_MARKER[SECTORS[sector]],
        color=STAGE_COLOUR[stage],
        edgecolor=INK,
        linewidth=STAGE_EDGE[stage],
        zorder=3 + int(project.stage),
    )


def _draw_key(axes: "Axes") -> None:
    from matplotlib.lines import Line2D

    def mark(marker: str, colour: str, size: float, width: float, name: str) -> Line2D:
        return Line2D(
            [],
            [],
            marker=marker,
            color="none",
            markerfacecolor=colour,
            markeredgecolor=INK,
            markersize=size,
            markeredgewidth=width,
            label=name,
        )

    stages = [
        mark("o", STAGE_COLOUR[name], STAGE_SIZE[name], STAGE_EDGE[name], text(f"report.figure.stage.{name}"))
        for name in STAGES
    ]
    sectors = [mark(marker, "white", 8, 0.9, label(name)) for name, marker in SECTOR_MARKER.items()]
    link = Line2D([], [], color=STAGE_COLOUR["emerged"], label=text("report.figure.members"))
    key = axes.legend(
        handles=[*stages, *sectors, link],
        loc="upper left",
        bbox_to_anchor=(0.055, 0.215),
        bbox_transform=axes.figure.transSubfigure,
        ncols=3,
        columnspacing=1.0,
        frameon=False,
        fontsize=8.5,
        labelcolor=QUIET,
        title=text("report.figure.key"),
        title_fontsize=9,
        alignment="left",
    )
    key.set_in_layout(False)
