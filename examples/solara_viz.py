# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "ectsim",
#     "ipyvue<2",                # Vue 2: with Vue 3 the grid of Mesa's page stays empty
#     "ipyvuetify<2",
#     "mesa[viz]>=3.5.1,<4",
#     "solara==1.58.2",          # the last whose assets solara-assets holds: the page works without the internet
#     "solara-assets==1.58.2",
#     "solara-server==1.58.2",
#     "solara-ui==1.58.2",
# ]
# ///
"""A page that plays one world: map of the actors, curves, sliders. It wants its own environment, see docs/mesa.md.

Start it with ``solara run examples/solara_viz.py``; ``ECTSIM_LANG=fr`` or ``en`` chooses the language of our titles
(Mesa's own buttons are in English only).
"""

import numpy as np
import solara
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter

from ectsim.locale import current_language
from ectsim.model.mesa_agents import Actor
from ectsim.model.mesa_model import ECTModel
from ectsim.parameters import PARAMETERS
from ectsim.scenario import shipped_scenarios
from ectsim.territory.nomenclature import SECTORS, label

FRENCH = current_language() == "fr"
COLOURS = {"public": "#0072b2", "private": "#e69f00", "civil": "#009e73"}
STAGES = {
    "live_collective": ("collectifs", "collectives", "#56b4e9"),
    "live_structured": ("structurés", "structured", "#e69f00"),
    "live_emerged": ("émergés", "emerged", "#009e73"),
    "live_anchored": ("ancrés", "anchored", "#d55e00"),
}
SPREAD = 0.012
"""Degrees by which actors of one commune are set apart on the map."""


def said(french: str, english: str) -> str:
    """The text in the language of the session."""
    return french if FRENCH else english


class WorldFromMonth0(ECTModel):
    """The model once its burn-in is lived, so that the page opens on month 0."""

    def __init__(self, scenario="one_call_a_year", rng=1, actors=300, **parameters):
        super().__init__(scenario, rng, actors, **parameters)
        self.run_for(self.burn_in)


def shown_month(model: ECTModel) -> str:
    """Month of the scenario, as a title says it."""
    return said(f"mois {model.month}", f"month {model.month}")


def apart(count: int) -> np.ndarray:
    """Offsets that set ``count`` points of one place apart, on a spiral; shape (count, 2)."""
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    return SPREAD * np.sqrt(np.arange(count) / 8)[:, np.newaxis] * np.column_stack((np.cos(turn), np.sin(turn)))


def places(model: ECTModel) -> np.ndarray:
    """Longitude and latitude of each actor on the map, shape (actors, 2)."""
    points = np.array([actor.position for actor in model.actors])
    communes = np.array([actor.commune for actor in model.actors])
    for commune in np.unique(communes):
        here = communes == commune
        points[here] += apart(here.sum())
    return points


def draw_map(model: ECTModel) -> Figure:
    """Outlines of the communes, actors by sector, those engaged in a project filled; lines join members to carriers."""
    figure = Figure(figsize=(6.4, 6.2), layout="constrained")
    axes = figure.subplots()
    for rings in model.territory.outlines:
        for ring in rings:
            axes.plot(*ring.T, color="0.85", linewidth=0.5, zorder=0)
    points = places(model)
    for project in model.projects.select(lambda project: project.team > 1):
        start = points[project.carrier.row]
        for member in project.members:
            axes.plot(*zip(start, points[member.row], strict=True), color="0.55", linewidth=0.6, alpha=0.6, zorder=1)
    for sector, group in sorted(model.agents_by_type[Actor].groupby("sector"), key=lambda pair: SECTORS.index(pair[0])):
        rows = [actor.row for actor in group]
        filled = [COLOURS[sector] if engaged else "white" for engaged in group.get("commitments")]
        axes.scatter(*points[rows].T, s=18, c=filled, edgecolors=COLOURS[sector], linewidths=0.8, zorder=2)
        axes.scatter([], [], s=18, c=COLOURS[sector], label=label(sector))
    axes.set_title(
        said("Acteurs (pleins : engagés dans un projet), ", "Actors (filled: in a project), ") + shown_month(model)
    )
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, -0.06), ncols=3, frameon=False)
    axes.set_aspect(1 / np.cos(np.radians(np.mean(points[:, 1]))))
    axes.set_axis_off()
    figure.supxlabel(model.territory.attribution, fontsize=6, color="0.4", wrap=True)
    return figure


@solara.component
def Map(model: ECTModel):  # noqa: N802 - a component is named like a class
    """The map, drawn again at every step."""
    update_counter.get()
    solara.FigureMatplotlib(draw_map(model), format="png")


def draw_curves(model: ECTModel) -> Figure:
    """Live projects by stage, and mean propensity, from month 0 on."""
    data = model.datacollector.get_model_vars_dataframe().iloc[model.burn_in :].reset_index(drop=True)
    figure = Figure(figsize=(6.4, 6.2), layout="constrained")
    projects, propensity = figure.subplots(2, sharex=True)
    for name, (french, english, colour) in STAGES.items():
        projects.plot(data[name], color=colour, label=said(french, english))
    projects.set_title(said("Projets vivants, par étape", "Live projects by stage"))
    projects.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, frameon=False)
    projects.set_ylim(bottom=0)
    projects.yaxis.set_major_locator(MaxNLocator(integer=True))
    propensity.plot(data["propensity"], color="0.3")
    propensity.set_title(said("Propension moyenne à coopérer", "Mean propensity to cooperate"))
    propensity.set_ylim(0, 1)
    propensity.set_xlabel(said("mois", "month"))
    propensity.set_xlim(0, model.setup.scenario.horizon.months)
    return figure


@solara.component
def Curves(model: ECTModel):  # noqa: N802 - a component is named like a class
    """The curves, drawn again at every step."""
    update_counter.get()
    solara.FigureMatplotlib(draw_curves(model), format="png")


def slider(name: str, short_label: str) -> Slider:
    """Slider of a parameter, with the bounds of its one definition; its full label would leave no room for it."""
    parameter = PARAMETERS[name]
    step = (parameter.high - parameter.low) / 100
    return Slider(short_label, parameter.default, parameter.low, parameter.high, step, dtype=float)


model_params = {
    "scenario": {
        "type": "Select",
        "value": "one_call_a_year",
        "values": shipped_scenarios(),
        "label": said("Scénario", "Scenario"),
    },
    "rng": Slider(said("Graine du hasard", "Random seed"), 1, 1, 100, 1),
    "actors": Slider(said("Acteurs", "Actors"), 300, 50, 600, 50),
    "idea_rate": slider("idea_rate", said("Idées par an", "Ideas a year")),
}

page = SolaraViz(
    WorldFromMonth0(),
    components=[(Map, 0), (Curves, 0)],
    model_params=model_params,
    name=said("Entrepreneuriat coopératif de territoire", "Territorial cooperative entrepreneurship"),
    play_interval=300,
    render_interval=3,
)
