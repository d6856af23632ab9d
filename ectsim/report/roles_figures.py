"""Figures of who mattered: what is lost without whom, who plays which role, what sets co-carriers apart."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.portraits import Portraits
from ectsim.analysis.roles import GROUPS, PLAYED, Necessity
from ectsim.locale import current_language, text
from ectsim.model.outcome_labels import ROLE_LABELS
from ectsim.model.simulation import Setup
from ectsim.report.roles import answer_interests, answer_played, case_label, needed, never_replaced, rests_on
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, SECTOR_MARKER, foot, head, look, new_figure, panel_head
from ectsim.report.wording import share, signed
from ectsim.territory.nomenclature import KINDS, SECTORS
from ectsim.territory.nomenclature import label as name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHADES = "Greys"
PALE = 0.33
LINE = 30


def _say(key: str, **values: object) -> str:
    return text(f"roles.{key}", **values)


def roles_figures(setup: Setup, found: Necessity, portraits: Portraits) -> dict[str, "Figure"]:
    """Figures by name: what is lost without whom, who plays which role, what sets co-carriers apart."""
    return {
        "losses": losses_figure(setup, found),
        "played": played_figure(setup, found),
        "interests": interests_figure(setup, portraits),
    }


def losses_figure(setup: Setup, found: Necessity) -> "Figure":
    """Projects lost without each sector, role and kind, with and without the conditions; worth of each sector."""
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(2, 2, height_ratios=(7, 10), left=0.22, right=0.96, top=0.79, bottom=0.15,
                                   wspace=0.62, hspace=0.42)  # fmt: skip
        _draw_losses(figure.add_subplot(grid[0, 0]), found.necessity, ("sector", "role"), _say("figure.sectors"))
        _draw_losses(figure.add_subplot(grid[1, :]), found.necessity, ("kind",), _say("figure.kinds"))
        _draw_shapley(figure.add_subplot(grid[0, 1]), found.shapley)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.06, 0.885), ncols=3, frameon=False,
                      fontsize=9, labelcolor=QUIET)  # fmt: skip
        count = len(needed(found, "sector"))
        head(figure, _say("figure.title_losses", count=count), _say("figure.reading"))
        foot(figure, rests_on(setup, found.seeds), never_replaced(short=True), text("report.not_a_forecast"))
    return figure


def _draw_losses(axes: "Axes", table: "pd.DataFrame", groups: Sequence[str], title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    rows: Any = table[table["group"].isin(groups)]
    names = rows[["group", "name"]].drop_duplicates().to_records(index=False).tolist()
    for conditions, shift, marker in (("with", -0.17, "o"), ("without", 0.17, "s")):
        part = rows[rows["conditions"] == conditions].set_index(["group", "name"]).loc[names]
        places = np.arange(len(names)) + shift
        colour = COLOUR["a"] if conditions == "with" else "#8C8C8C"
        axes.hlines(places, part["loss_low"], part["loss_high"], color=colour, linewidth=2.2)
        face = colour if conditions == "with" else "white"
        label = _say(f"figure.{conditions}")
        axes.plot(part["loss"], places, marker, color=colour, markerfacecolor=face, linestyle="", label=label)
        if conditions == "with":
            axes.plot(part["kind"], places, "|", color=COLOUR["b"], markersize=13, markeredgewidth=2.5,
                      label=_say("figure.kind_alone"))  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(names)), [_wrapped(case_label(*name)) for name in names], fontsize=8.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel(_say("figure.lost"))
    panel_head(axes, title)


def _draw_shapley(axes: "Axes", table: "pd.DataFrame") -> None:
    from matplotlib.ticker import MaxNLocator

    for conditions, shift in (("with", -0.19), ("without", 0.19)):
        part = table[table["conditions"] == conditions].set_index("sector").loc[list(SECTORS)]
        places = np.arange(len(SECTORS)) + shift
        colour = COLOUR["a"] if conditions == "with" else "#B8B8B8"
        axes.barh(places, part["value"], height=0.36, color=colour)
        axes.hlines(places, part["low"], part["high"], color=INK, linewidth=1.3)
        for place, high, part_of in zip(places, part["high"], part["share"], strict=True):
            axes.annotate(share(part_of), (high, place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(SECTORS)), [_wrapped(name_of(sector)) for sector in SECTORS], fontsize=8.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlabel(_say("figure.worth"))
    axes.margins(x=0.16)
    panel_head(axes, _say("figure.shapley"))


def played_figure(setup: Setup, found: Necessity) -> "Figure":
    """Who plays which role in emerged projects: two tables in shades, by origin."""
    table: Any = found.played[found.played["stage"] == "emerged"]
    with look():
        figure = new_figure()
        panels = figure.subplots(1, 2, sharey=True)
        figure.subplots_adjust(left=0.24, right=0.97, top=0.76, bottom=0.22, wspace=0.08)
        for axes, origin in zip(panels, GROUPS, strict=True):
            part = table[table["origin"] == origin].pivot_table(index="kind", columns="role", values="share")
            part = part.reindex(index=list(KINDS), columns=list(PLAYED))
            _draw_shares(axes, part, _say(f"origin.{origin}"))
        panels[0].set_yticks(range(len(KINDS)), [_wrapped(name_of(kind)) for kind in KINDS], fontsize=9.5)
        head(figure, _say("figure.title_played"), f"{answer_played(found)}. {_say('figure.played')}")
        foot(figure, rests_on(setup, found.seeds), text("report.not_a_forecast"))
    return figure


def _draw_shares(axes: "Axes", part: "pd.DataFrame", title: str) -> None:
    values = part.to_numpy(float)
    axes.imshow(np.nan_to_num(values), cmap=SHADES, vmin=0, vmax=0.6, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value > PALE else INK
        axes.text(column, row, share(value), ha="center", va="center", fontsize=9, color=colour)
    axes.set_xticks(range(len(PLAYED)), [_role_label(role) for role in PLAYED], rotation=35, ha="right", fontsize=9)
    axes.tick_params(length=0, labelcolor=INK)
    panel_head(axes, title)


def _role_label(role: str) -> str:
    fr, en = ROLE_LABELS[role]
    return fr if current_language() == "fr" else en


def interests_figure(setup: Setup, portraits: Portraits) -> "Figure":
    """What sets co-carriers of emerged projects apart from actors of their sector who are in none."""
    table = portraits.interests
    attributes = list(dict.fromkeys(table["attribute"]))
    with look():
        figure = new_figure()
        axes = figure.add_axes((0.3, 0.14, 0.45, 0.63))
        for place, sector in enumerate(SECTORS):
            part = table[table["sector"] == sector].set_index("attribute").loc[attributes]
            scale = (part["standardised"] / part["gap"].where(part["gap"] != 0)).to_numpy(float)
            rows = np.arange(len(attributes)) + (place - 1) * 0.22
            colour = (COLOUR["a"], COLOUR["b"], "#555555")[place]
            axes.hlines(rows, part["low"] * scale, part["high"] * scale, color=colour, linewidth=1.8)
            axes.plot(part["standardised"], rows, SECTOR_MARKER[sector], color=colour, label=name_of(sector))
        axes.axvline(0, color=INK, linewidth=0.8)
        for row in range(len(attributes)):
            axes.axhline(row + 0.5, color=FAINT, linewidth=0.6)
        axes.set_yticks(range(len(attributes)), [_say(f"attribute.{name}") for name in attributes])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_ylim(len(attributes) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(lambda value, _: signed(value) if value else "0")
        axes.set_xlabel(_say("figure.standardised"))
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.02, 1), labelcolor=QUIET)
        head(figure, _say("figure.title_interests"), f"{answer_interests(portraits)}. {_say('figure.interests')}")
        foot(figure, rests_on(setup, portraits.seeds), text("report.not_a_forecast"))
    return figure


def _wrapped(name: str) -> str:
    return textwrap.fill(name, LINE)
