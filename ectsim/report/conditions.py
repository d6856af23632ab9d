"""Conditions of emergence for people: sentences, figures, the table. What is computed lives in the analysis."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.conditions import AXES, CELLS, QUANTITIES, WITH, WITHOUT, Conditions
from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES
from ectsim.model.simulation import Setup
from ectsim.report.document import Table
from ectsim.report.origins import parameters_behind
from ectsim.report.style import COLOUR, DASH, INK, QUIET, foot, head, local_numbers, look, new_figure, panel_head
from ectsim.report.wording import between, fine_share, number, share, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = "emerged"
SHADES = "Greys"
DARK = 0.55
TITLE = 30


def _say(key: str, **values: object) -> str:
    return text(f"conditions.{key}", **values)


def axis_label(name: str) -> str:
    """Name of a side of the ecosystem, which all that is said of it places at the start."""
    return OUTCOMES[_outcome(name)].label.replace(" 0", "\N{NO-BREAK SPACE}0").removesuffix(_say("page.at_start"))


def _outcome(name: str) -> str:
    return next(axis.outcome for axis in AXES if axis.name == name)


def level(name: str, value: float) -> str:
    """A level of an axis in its unit."""
    unit = OUTCOMES[_outcome(name)].unit
    if unit == "share":
        return fine_share(value)
    return number(value, 2 if unit == "0-1" else 0)


def _rows(found: Conditions, quantity: str) -> list[dict[str, Any]]:
    table: Any = found.contrasts
    rows = table[(table["outcome"] == SHOWN) & (table["quantity"] == quantity)].to_dict("records")
    return sorted(rows, key=lambda row: -abs(row["contrast"]))


def _clear(row: Mapping[str, Any]) -> bool:
    return row["low"] > 0 or row["high"] < 0


def answers(found: Conditions) -> list[str]:
    """What the model says, sentence by sentence."""
    told = [level_answer(found, quantity) for quantity in (WITHOUT, WITH)]
    told += [_mean(found), effect_answer(found), _luck(found), _say("answer.many")]
    return told


def level_answer(found: Conditions, quantity: str) -> str:
    """Which sides of the ecosystem clearly count in one world."""
    clear = [
        _say(
            "answer.one",
            axis=axis_label(row["axis"]),
            lowest=number(row["lowest"]),
            highest=number(row["highest"]),
            contrast=f"{signed(row['contrast'])}, {between(row['low'], row['high'])}",
        )
        for row in _rows(found, quantity)
        if _clear(row)
    ]
    name = _say(f"quantity.{quantity}")
    return (
        _say("answer.levels", quantity=name, told=_say("between").join(clear))
        if clear
        else _say("answer.no_level", quantity=name)
    )


def effect_answer(found: Conditions) -> str:
    """On which sides what the scheme adds depends."""
    clear = [
        _say(
            "answer.effect_one",
            axis=axis_label(row["axis"]),
            lowest=signed(row["lowest"]),
            highest=signed(row["highest"]),
            contrast=f"{signed(row['contrast'])}, {between(row['low'], row['high'])}",
        )
        for row in _rows(found, "difference")
        if _clear(row)
    ]
    return _say("answer.effect", told=_say("between").join(clear)) if clear else _say("answer.no_effect")


def _mean(found: Conditions) -> str:
    row = added(found)
    return _say("answer.mean", difference=signed(row["mean"]), low=signed(row["low"]), high=signed(row["high"]))


def added(found: Conditions) -> dict[str, Any]:
    """What the scheme adds over all ecosystems."""
    table: Any = found.added
    return table[table["outcome"] == SHOWN].iloc[0].to_dict()


def _luck(found: Conditions) -> str:
    table: Any = found.luck
    rows = table[table["outcome"] == SHOWN].set_index("quantity")
    shares = {name: share(rows.loc[name, "share"]) for name in (WITHOUT, "difference")}
    return _say("answer.luck", factor=number(rows.loc["difference", "luck_factor"]), **shares)


def rests_on(a: Setup, b: Setup, found: Conditions, seed: int) -> str:
    """Scenarios, points, runs and seeds behind a figure or a text."""
    told = _say(
        "figure.footer",
        a=a.scenario.name,
        b=b.scenario.name,
        points=added(found)["points"],
        replicates=added(found)["replicates"],
        seed=seed,
        actors=a.scenario.population.actors,
        version=__version__,
    )
    return f"{told} {parameters_behind(a)}"


def tell_conditions(found: Conditions, rests: str) -> str:
    """The answer as a text."""
    return "\n\n".join([*answers(found), rests, text("report.not_a_forecast")])


def conditions_figures(found: Conditions, rests: str) -> dict[str, "Figure"]:
    """Curves of both worlds, curves of what the scheme adds, map over the two sides that count most."""
    return {
        "curves": _curves(found, rests, (WITHOUT, WITH), "curves"),
        "effect": _curves(found, rests, ("difference",), "effect"),
        "map": _map(found, rests),
    }


def _curves(found: Conditions, rests: str, quantities: tuple[str, ...], name: str) -> "Figure":
    table: Any = found.curves[found.curves["outcome"] == SHOWN]
    with look():
        figure = new_figure()
        panels = figure.subplots(2, 3, sharey=True).flatten()
        figure.subplots_adjust(left=0.08, right=0.955, top=0.76, bottom=0.14, wspace=0.1, hspace=0.5)
        for axes, axis in zip(panels, AXES, strict=True):
            for quantity in quantities:
                part = table[(table["axis"] == axis.name) & (table["quantity"] == quantity)]
                _draw_curve(axes, part, quantity)
            axes.xaxis.set_major_formatter(lambda value, _, name=axis.name: level(name, value))
            axes.locator_params(axis="x", nbins=5)
            local_numbers(axes.yaxis)
            low, high = axes.get_xlim()
            axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high])
            panel_head(axes, textwrap.fill(axis_label(axis.name), TITLE))
            if name == "effect":
                axes.axhline(0, color=INK, linewidth=0.8)
                axes.yaxis.set_major_formatter(lambda value, _: signed(value) if value else "0")
        for axes in panels[::3]:
            axes.set_ylabel(_say("figure.emerged"))
        if len(quantities) > 1:
            figure.legend(*panels[0].get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(0.05, 0.865),
                          ncols=2, frameon=False, labelcolor=QUIET)  # fmt: skip
        head(figure, _say(f"figure.title_{name}"), _say(f"figure.{name}"))
        foot(figure, rests, text("report.not_a_forecast"))
    return figure


def _draw_curve(axes: "Axes", part: Any, quantity: str) -> None:
    world = "a" if quantity == WITHOUT else "b"
    colour = COLOUR[world] if quantity != "difference" else INK
    errors = [part["mean"] - part["low"], part["high"] - part["mean"]]
    axes.errorbar(part["level"], part["mean"], yerr=errors, color=colour, linestyle=DASH[world], linewidth=1.8,
                  marker="o" if world == "a" else "D", markerfacecolor="white" if world == "a" else colour,
                  markersize=5.5, label=_say(f"quantity.{quantity}"))  # fmt: skip


def _map(found: Conditions, rests: str) -> "Figure":
    x, y = (axis.name for axis in AXES if axis.name in [row["axis"] for row in _rows(found, WITHOUT)[:2]])
    table: Any = found.surfaces
    table = table[(table["outcome"] == SHOWN) & (table["x"] == x) & (table["y"] == y)]
    with look():
        figure = new_figure()
        panels = figure.subplots(1, 3, sharey=True)
        figure.subplots_adjust(left=0.12, right=0.97, top=0.79, bottom=0.17, wspace=0.08)
        top = float(table.loc[table["quantity"] != "difference", "mean"].max())
        for axes, quantity in zip(panels, QUANTITIES, strict=True):
            part = table[table["quantity"] == quantity]
            most = top if quantity != "difference" else float(part["mean"].abs().max())
            _draw_map(axes, part, most, difference=quantity == "difference")
            panel_head(axes, _say(f"quantity.{quantity}"))
            ends = part.drop_duplicates("column").sort_values("column")["level_x"]
            axes.set_xticks(range(CELLS), [level(x, value) for value in ends])
            axes.set_xlabel(axis_label(x))
        ends = table.drop_duplicates("row").sort_values("row")["level_y"]
        panels[0].set_yticks(range(CELLS), [level(y, value) for value in ends])
        panels[0].set_ylabel(axis_label(y))
        head(figure, _say("figure.title_map"), _say("figure.map"))
        foot(figure, rests, text("report.not_a_forecast"))
    return figure


def _draw_map(axes: "Axes", part: Any, most: float, *, difference: bool) -> None:
    cells = np.full((CELLS, CELLS), np.nan)
    for row in part.to_dict("records"):
        cells[row["row"] - 1, row["column"] - 1] = row["mean"]
    shown = np.abs(cells) if difference else cells
    axes.imshow(shown, cmap=SHADES, vmin=0, vmax=1.25 * most if most > 0 else 1, aspect="auto", origin="lower")
    for row in part.to_dict("records"):
        place = row["column"] - 1, row["row"] - 1
        if np.isnan(row["mean"]):
            axes.text(*place, _say("page.few"), ha="center", va="center", fontsize=8, color=QUIET, fontstyle="italic")
            continue
        colour = "white" if abs(row["mean"]) > DARK * 1.25 * most > 0 else INK
        written = signed(row["mean"]) if difference else number(row["mean"])
        axes.text(*place, written, ha="center", va="bottom", fontsize=11, color=colour, fontweight="bold")
        half = f"± {number((row['high'] - row['low']) / 2)}"
        axes.text(*place, half, ha="center", va="top", fontsize=8, color=colour)
    axes.tick_params(length=0, labelcolor=INK)


def conditions_table(found: Conditions) -> Table:
    """What each side of the ecosystem changes, in both worlds and in what the scheme adds."""
    return Table(
        _say("page.numbers"),
        "",
        tuple(_say(f"table.{name}") for name in ("axis", "range", *QUANTITIES)),
        tuple(_table_row(found, axis.name) for axis in AXES),
    )


def _table_row(found: Conditions, name: str) -> tuple[str, ...]:
    curves: Any = found.curves
    own = curves[(curves["axis"] == name) & (curves["outcome"] == SHOWN) & (curves["quantity"] == WITHOUT)]
    ends = f"{level(name, own['level'].min())} – {level(name, own['level'].max())}"
    cells = []
    for quantity in QUANTITIES:
        row = next(row for row in _rows(found, quantity) if row["axis"] == name)
        cells.append(f"{signed(row['contrast'])} ({between(row['low'], row['high'])})")
    return axis_label(name), ends, *cells
