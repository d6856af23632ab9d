"""Figures of origins: what differs like with like, who they were and what the scheme changes, beside the census."""

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.lives import TRAITS
from ectsim.analysis.origins import FATED, STATUSES, Origins
from ectsim.calibration.targets import target_label
from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import text
from ectsim.model.simulation import Setup
from ectsim.model.state import MARKS
from ectsim.model.tally import GROUPS
from ectsim.report.origins import fictive, main_answer, outcome_label, rests_on, trait_label
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, foot, head, look, new_figure, panel_head
from ectsim.report.wording import signed
from ectsim.territory.nomenclature import SECTORS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = (
    ("born", ("collective", "structured", "emerged", "stopped")),
    ("year_old", ("structured", "emerged", "stopped")),
    (
        "structured",
        (
            *("emerged", "stopped", "co_carried"),
            *(f"carried[{sector}]" for sector in SECTORS),
            *(f"mark[{mark}]" for mark in MARKS),
        ),
    ),
    ("emerged", ("anchored", "alive", "market", "public", "local")),
)  # fmt: skip
"""Outcomes drawn, shares all: those in other units are in the tables."""
PART_COLOURS = {"difference": INK, "selection": COLOUR["a"], "treatment": COLOUR["b"], "spillover": "#777777"}
MARKERS = {"difference": "D", "selection": "o", "treatment": "s", "spillover": "^"}
LINE, CENSUS_LINE = 30, 72


def _say(key: str, **values: object) -> str:
    return text(f"origins.{key}", **values)


def origins_figures(setup: Setup, found: Origins, census: "pd.DataFrame | None" = None) -> dict[str, "Figure"]:
    """Figures by name."""
    made = {"differences": differences_figure(setup, found), "selection": selection_figure(setup, found)}
    if census is not None:
        made["census"] = census_figure(setup, census, found)
    return made


def differences_figure(setup: Setup, found: Origins) -> "Figure":
    """Difference of every share, all projects, those not funded yet and those that are."""
    rows = [(since, name) for since, names in DRAWN for name in names]
    places = _places()
    with look():
        figure = new_figure()
        panels = figure.subplots(1, 3, sharey=True, sharex=True)
        figure.subplots_adjust(left=0.25, right=0.96, top=0.79, bottom=0.145, wspace=0.06)
        for axes, status in zip(panels, STATUSES, strict=True):
            table: Any = found.differences[found.differences["status"] == status]
            table = table.set_index(["since", "outcome"])
            for place, key in zip(places, rows, strict=True):
                if key in table.index:
                    _draw_difference(axes, place, table.loc[key])
            _grid(axes, places)
            axes.set_xlabel(_say("figure.points"))
            panel_head(axes, _say(f"status.{status}"))
        panels[0].set_yticks(places, [textwrap.fill(outcome_label(name), 42) for _, name in rows], fontsize=8)
        low, high = np.clip(panels[0].get_xlim(), -100, 100)
        # ticks end before the edge, where those of the next panel begin
        panels[0].set_xticks([tick for tick in panels[0].get_xticks() if 0.95 * low <= tick <= 0.95 * high])
        panels[0].set_xlim(low, high)
        panels[0].set_ylim(max(places) + 0.8, -1.6)
        for (since, _), start in zip(DRAWN, _starts(), strict=True):
            panels[0].annotate(_say(f"since.{since}"), (-0.02, start - 0.95), xycoords=("axes fraction", "data"),
                               ha="right", va="center", fontsize=9, fontweight="bold")  # fmt: skip
        head(
            figure,
            _say("figure.title_differences"),
            f"{main_answer(found)} {_say('figure.differences', age=found.age)}",
        )
        foot(figure, rests_on(setup, found.seeds), text("report.not_a_forecast"))
    return figure


def _places() -> list[float]:
    """Heights of the rows: a gap, for its title, before each group."""
    return [start + place for start, (_, names) in zip(_starts(), DRAWN, strict=True) for place in range(len(names))]


def _starts() -> list[float]:
    sizes = [len(names) + 1.3 for _, names in DRAWN]
    return [float(sum(sizes[:place])) for place in range(len(DRAWN))]


def _draw_difference(axes: "Axes", place: float, row: Any) -> None:
    if not row["enough"]:
        axes.text(0, place, f" {_say('few')}", fontsize=7.5, color=QUIET, va="center", fontstyle="italic")
        return
    certain = row["low"] > 0 or row["high"] < 0
    colour = COLOUR["b"] if certain else "#8C8C8C"
    axes.plot(100 * row["crude"], place, "|", color="#8C8C8C", markersize=10, markeredgewidth=1.6)
    axes.hlines(place, 100 * row["low"], 100 * row["high"], color=colour, linewidth=2)
    axes.plot(100 * row["difference"], place, "D", color=colour, markersize=5.5,
              markerfacecolor=colour if certain else "white")  # fmt: skip


def _grid(axes: "Axes", places: list[float]) -> None:
    for place in places:
        axes.axhline(place, color=FAINT, linewidth=0.5, zorder=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.xaxis.set_major_formatter(lambda value, _: signed(value, 0) if value else "0")


def selection_figure(setup: Setup, found: Origins) -> "Figure":
    """Traits at birth by comparison, and the parts of the gap."""
    with look():
        figure = new_figure()
        traits = figure.add_axes((0.2, 0.13, 0.28, 0.63))
        parts = figure.add_axes((0.62, 0.13, 0.35, 0.57))
        _draw_traits(traits, found)
        if found.parts.empty:
            parts.axis("off")
            parts.text(0, 0.9, textwrap.fill(_say("answer.parts_none"), 48), va="top", color=QUIET)
        else:
            _draw_parts(parts, found)
        head(figure, _say("figure.title_selection"), _say("figure.selection", age=found.age))
        foot(figure, rests_on(setup, found.seeds), text("report.not_a_forecast"))
    return figure


def _draw_traits(axes: "Axes", found: Origins) -> None:
    names = [*TRAITS, *(f"sector[{sector}]" for sector in SECTORS)]
    looks = {"origin": ("D", COLOUR["a"], COLOUR["a"], -0.17), "award": ("o", COLOUR["b"], "white", 0.17)}
    for comparison, (marker, colour, face, shift) in looks.items():
        table: Any = found.selection[found.selection["comparison"] == comparison].set_index("trait").loc[names]
        table = table.where(table["enough"])
        rows = np.arange(len(names)) + shift
        axes.hlines(rows, table["low"].astype(float), table["high"].astype(float), color=colour, linewidth=1.8)
        axes.plot(table["difference"].astype(float), rows, marker, color=colour, markerfacecolor=face, markersize=5.5,
                  linestyle="", label=_say(f"comparison.{comparison}"))  # fmt: skip
    _grid(axes, list(range(len(names))))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value, 1) if value else "0")
    axes.set_yticks(range(len(names)), [textwrap.fill(trait_label(name), LINE) for name in names], fontsize=8.5)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(_say("figure.deviations"))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.6, 1.005), frameon=False, fontsize=8.5, labelcolor=QUIET)
    axes.set_title(_say("figure.traits"), pad=44)


def _draw_parts(axes: "Axes", found: Origins) -> None:
    labels, places, height = [], [], 0.0
    for comparison in ("origin", "award"):
        axes.annotate(_say(f"comparison.{comparison}"), (0.02, height - 0.85), xycoords=("axes fraction", "data"),
                      fontsize=9, fontweight="bold", backgroundcolor="white", annotation_clip=False)  # fmt: skip
        table: Any = found.parts[found.parts["comparison"] == comparison].set_index("outcome")
        for name in FATED[:-1]:
            row = table.loc[name]
            for shift, part in enumerate(MARKERS):
                place = height + (shift - 1.5) * 0.2
                if not row["enough"]:
                    continue
                axes.hlines(
                    place, 100 * row[f"{part}_low"], 100 * row[f"{part}_high"], color=PART_COLOURS[part], linewidth=1.8
                )
                face = _face(part)
                axes.plot(100 * row[part], place, MARKERS[part], color=PART_COLOURS[part], markerfacecolor=face,
                          markersize=5.5, linestyle="")  # fmt: skip
            if not row["enough"]:
                axes.text(0, height, f" {_say('few')}", fontsize=8, color=QUIET, va="center", fontstyle="italic")
            labels.append(outcome_label(name))
            places.append(height)
            height += 1.15
        height += 1.0
    _grid(axes, [])
    axes.set_yticks(places, labels, fontsize=9)
    axes.set_ylim(height - 1.2, -1.3)
    axes.set_xlabel(_say("figure.points"))
    handles = [axes.plot([], [], MARKERS[part], color=PART_COLOURS[part], markerfacecolor=_face(part), linestyle="",
                         label=_say(f"part.{part}"))[0] for part in MARKERS]  # fmt: skip
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.005), frameon=False, fontsize=8.5, labelcolor=QUIET
    )
    axes.set_title(_say("figure.parts"), pad=74)


def _face(part: str) -> str:
    return "white" if part in ("selection", "spillover") else PART_COLOURS[part]


def census_figure(setup: Setup, census: "pd.DataFrame", found: Origins) -> "Figure":
    """Targets by origin, observed and simulated: shares, months, organisations."""
    kinds = [("share", 100, "shares"), ("months", 1, "months"), ("organisations", 1, "organisations")]
    units = census["unit"].tolist()
    counts = [units.count(unit) // len(GROUPS) for unit, *_ in kinds]
    with look():
        figure = new_figure()
        grid = figure.add_gridspec(
            3, 1, height_ratios=counts, left=0.37, right=0.95, top=0.79, bottom=0.165, hspace=0.5
        )
        for place, (unit, scale, title) in enumerate(kinds):
            axes = figure.add_subplot(grid[place])
            _draw_census(axes, census[census["unit"] == unit], scale)
            axes.set_xlabel(f"{_say(f'figure.{title}')}{' (%)' if scale == 100 else ''}", labelpad=1)
            axes.set_xlim(0, 103 if scale == 100 else None)
            if scale == 100:
                axes.set_xticks(range(0, 101, 20))
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(0.05, 0.875),
                      ncols=2, frameon=False, fontsize=9, labelcolor=QUIET)  # fmt: skip
        notice = f"{FICTIVE} – " if fictive(census) else ""
        head(figure, _say("figure.title_census", notice=notice), _say("figure.census"))
        foot(figure, rests_on(setup, found.seeds), text("report.not_a_forecast"))
    return figure


def _draw_census(axes: "Axes", rows: Any, scale: float) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        first = place == 0
        axes.hlines(
            place + 0.14, scale * row["band_low"], scale * row["band_high"], color=COLOUR["a"], linewidth=5, alpha=0.35
        )
        axes.plot(scale * row["simulated"], place + 0.14, "o", color=COLOUR["a"], markersize=6, linestyle="",
                  label=_say("figure.simulated") if first else None)  # fmt: skip
        low, high = row["observed"] - 2 * row["standard_error"], row["observed"] + 2 * row["standard_error"]
        high = np.minimum(1.0, high) if scale == 100 else high
        axes.hlines(place - 0.18, scale * np.maximum(0.0, low), scale * high, color=INK)
        axes.plot(scale * row["observed"], place - 0.18, "D", color=INK, markerfacecolor="white", markersize=6,
                  linestyle="", label=_say("figure.observed") if first else None)  # fmt: skip
        missing = [_say(f"figure.no_{name}") for name in ("n", "worlds") if not row[name]]
        if missing:
            axes.text(0, place, f" {', '.join(missing)}", fontsize=8, color=QUIET, va="center", fontstyle="italic")
    labels = [target_label(name, group) for name, group in rows[["name", "group"]].to_numpy()]
    axes.set_yticks(range(len(rows)), [textwrap.fill(label, CENSUS_LINE) for label in labels], fontsize=8)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
