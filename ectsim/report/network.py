"""The network of actors at the end of a run: who knows whom, and which ties have carried a project."""

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from ectsim import __version__
from ectsim.locale import text
from ectsim.report.style import (
    COLOUR,
    FAINT,
    INK,
    QUIET,
    SECTOR_COLOUR,
    SECTOR_MARKER,
    foot,
    head,
    look,
    new_figure,
)
from ectsim.report.wording import number, share
from ectsim.territory.nomenclature import SECTORS, label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ectsim.experiments.single import Run

STEPS = 100
"""Steps of the springs that lay actors out: fewer leave a tangle, more move nothing one can see."""
WITHIN, ACROSS = ("#8C8C8C", 0.6), (COLOUR["b"], 0.9)
"""Colour and width of the ties that served, inside a sector and between two."""
LEAST, MOST = 12.0, 130.0
"""Areas of an actor in no project, and of the one in most projects, in points."""


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.network.{key}", **values)


def network_figure(run: "Run") -> "Figure":
    """Actors laid out by their ties: shape and colour say the sector, size the present commitments."""
    actors: Any = run.actors()
    ties: Any = run.ties()
    places = _places(actors, ties)
    sector = actors.set_index("actor")["sector"]
    served = ties[ties["cooperated"] == "since"]
    across = served["actor"].map(sector).to_numpy() != served["other"].map(sector).to_numpy()
    counts = {"ties": number(len(ties), 0), "served": number(len(served), 0)}
    counts["across"] = share(across.mean() if len(across) else 0.0)
    counts["alone"] = number(int((~actors["actor"].isin([*served["actor"], *served["other"]])).sum()), 0)
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.03, 0.09, 0.74, 0.8))
        axes.set_axis_off()
        axes.set_aspect("equal")
        _draw_ties(axes, places, ties[ties["cooperated"] != "since"], (FAINT, 0.35))
        _draw_ties(axes, places, served[~across], WITHIN)
        _draw_ties(axes, places, served[across], ACROSS)
        _draw_actors(axes, places, actors)
        _draw_key(figure)
        name, seed = run.setup.scenario.name, run.seed
        head(figure, _say("title", **counts), _say("subtitle", name=name, **counts))
        footer = _say("footer", seed=seed, actors=number(len(actors), 0), version=__version__)
        foot(figure, footer, text("report.not_a_forecast"))
    return figure


def _places(actors: "pd.DataFrame", ties: "pd.DataFrame") -> dict[int, Any]:
    """Where each actor stands: ties pull, those that served twice as much; the same places whenever it is drawn.

    Distances from the middle keep their order but are spread evenly over the disc: the middle would be a tangle.
    """
    graph = nx.Graph()
    graph.add_nodes_from(actors["actor"].tolist())
    for one in ties.to_dict("records"):
        graph.add_edge(one["actor"], one["other"], weight=2.0 if one["cooperated"] == "since" else 1.0)
    laid = nx.spring_layout(graph, iterations=STEPS, seed=1, k=4 / np.sqrt(max(len(actors), 1)))
    where = np.array(list(laid.values())).reshape(-1, 2)
    where -= np.median(where, axis=0)
    away = np.hypot(*where.T)
    evenly = np.sqrt((np.argsort(np.argsort(away, kind="stable"), kind="stable") + 1) / len(away))
    return dict(zip(laid, where * (evenly / np.maximum(away, 1e-9))[:, None], strict=True))


def _draw_ties(axes: "Axes", places: dict[int, Any], ties: "pd.DataFrame", look_of_tie: tuple[str, float]) -> None:
    colour, width = look_of_tie
    ends = [(places[one], places[other]) for one, other in zip(ties["actor"], ties["other"], strict=True)]
    axes.add_collection(LineCollection(ends, colors=colour, linewidths=width, zorder=1 + width))


def _draw_actors(axes: "Axes", places: dict[int, Any], actors: Any) -> None:
    most = max(float(actors["commitments"].max()), 1.0)
    for sector in SECTORS:
        part = actors[actors["sector"] == sector]
        where = np.array([places[actor] for actor in part["actor"]]).reshape(-1, 2)
        axes.scatter(
            *where.T,
            s=LEAST + (MOST - LEAST) * part["commitments"].to_numpy(float) / most,
            marker=SECTOR_MARKER[sector],
            color=SECTOR_COLOUR[sector],
            edgecolor=INK,
            linewidth=0.5,
            zorder=4,
            label=label(sector),
        )
    axes.autoscale_view()


def _draw_key(figure: "Figure") -> None:
    sectors = [
        Line2D([], [], linestyle="", marker=marker, color=SECTOR_COLOUR[sector], markeredgecolor=INK, markersize=9,
               label=label(sector))
        for sector, marker in SECTOR_MARKER.items()
    ]  # fmt: skip
    ties = [
        Line2D([], [], color=ACROSS[0], linewidth=1.8, label=_say("across")),
        Line2D([], [], color=WITHIN[0], linewidth=1.2, label=_say("within")),
        Line2D([], [], color=FAINT, linewidth=1.2, label=_say("known")),
    ]
    look_of_key: dict[str, Any] = {"frameon": False, "labelcolor": QUIET, "fontsize": 9.5, "alignment": "left"}
    key = figure.legend(
        handles=[*sectors, *ties],
        title=_say("key"),
        title_fontsize=9.5,
        loc="upper left",
        bbox_to_anchor=(0.76, 0.8),
        **look_of_key,
    )
    key.get_title().set_color(QUIET)
