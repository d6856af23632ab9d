"""The figure of a sweep: an outcome against each factor that varies, a curve with its band a scenario."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.intervals import mean_interval
from ectsim.experiments.study_settings import SweepStudy
from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.sensitivity import factor_label
from ectsim.report.style import INK, LINES, MARKERS, WONG, foot, head, look, new_figure, panel_head
from ectsim.report.wording import number
from ectsim.scenario.numbers import decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 6
MOST_LEVELS = 8
"""Values of a factor shown as they are; where there are more, as many bins of equal numbers of runs."""


def _say(key: str, **values: object) -> str:
    return text(f"report.figure.effects.{key}", **values)


def effects_figure(study: SweepStudy, runs: "pd.DataFrame", outcome: str, notice: str = "") -> "Figure":
    """Mean of an outcome at each level of the first factors, the others and luck varying, with its 95 % interval."""
    factors = [factor.name for factor in study.factors if len(set(runs[factor.name].dropna())) > 1][:MOST_PANELS]
    with look():
        figure = new_figure()
        columns = min(3, max(1, len(factors)))
        rows = max(1, -(-len(factors) // columns))
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
        figure.subplots_adjust(left=0.07, right=0.97, top=0.76, bottom=0.15, wspace=0.12, hspace=0.62)
        flat: Any = panels.ravel()
        for axes, factor in zip(flat, factors, strict=False):
            _draw_factor(axes, study, runs, outcome, factor)
        for axes in flat[max(1, len(factors)) :]:
            axes.set_axis_off()
        if not factors:
            _draw_scenarios(flat[0], study, runs, outcome)
        label = OUTCOMES[outcome].label
        handles, names = flat[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper left", bbox_to_anchor=(0.055, 0.87), ncols=3, frameon=False)
        head(figure, _say("title", outcome=label[0].upper() + label[1:]), _say("subtitle", study=study.name))
        footer = _say("footer", runs=decimal(len(runs)), version=__version__)
        foot(figure, " ".join(filter(None, [notice, footer])), text("report.not_a_forecast"))
    return figure


def means_by_level(values: Any, outcome: Any) -> list[tuple[float, float, float, float]]:
    """Level, or middle of a bin, with the mean of the outcome there and its 95 % interval, from low to high."""
    values, outcome = np.asarray(values, float), np.asarray(outcome, float)
    known = ~(np.isnan(values) | np.isnan(outcome))
    values, outcome = values[known], outcome[known]
    levels = np.unique(values)
    if len(levels) <= MOST_LEVELS:
        groups = [(float(level), outcome[values == level]) for level in levels]
    else:
        parts = np.array_split(np.argsort(values, kind="stable"), MOST_LEVELS)
        groups = [(float(np.median(values[part])), outcome[part]) for part in parts]
    return [(level, *mean_interval(group)[:3]) for level, group in groups]


def _draw_factor(axes: "Axes", study: SweepStudy, runs: "pd.DataFrame", outcome: str, factor: str) -> None:
    for place, (key, scenario) in enumerate(study.scenarios.items()):
        part: Any = runs[runs["scenario"] == key]
        if part[factor].isna().all() or not len(part):
            continue
        level, mean, low, high = np.array(means_by_level(part[factor], part[outcome])).T
        colour = WONG[place % len(WONG)]
        axes.fill_between(level, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(level, mean, color=colour, linestyle=LINES[place % len(LINES)], marker=MARKERS[place % len(MARKERS)],
                  label=str(scenario.name))  # fmt: skip
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    _local_numbers(axes)
    levels = sorted(set(runs[factor].dropna()))
    if len(levels) <= MOST_LEVELS:
        axes.set_xticks(levels, [decimal(float(f"{level:.3g}")) for level in levels])
    label = factor_label(factor)
    panel_head(axes, label[0].upper() + label[1:])


def _draw_scenarios(axes: "Axes", study: SweepStudy, runs: "pd.DataFrame", outcome: str) -> None:
    """Where no factor varies: a point and its interval a scenario."""
    for place, key in enumerate(study.scenarios):
        mean, low, high = mean_interval(runs.loc[runs["scenario"] == key, outcome].dropna().to_numpy())[:3]
        axes.plot([place, place], [low, high], color=INK, linewidth=2)
        axes.plot(place, mean, marker=MARKERS[place % len(MARKERS)], color=WONG[place % len(WONG)], markersize=10)
        axes.annotate(number(mean), (place, mean), (10, 0), textcoords="offset points", va="center")
    axes.set_xticks(range(len(study.scenarios)), [str(one.name) for one in study.scenarios.values()])
    axes.set_xlim(-0.6, len(study.scenarios) - 0.2)
    axes.set_ylim(bottom=0)


def _local_numbers(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: decimal(round(value, 6))))
