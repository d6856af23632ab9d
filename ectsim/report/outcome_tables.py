"""Outcomes as people read them: which ones are shown first, how their values, differences and intervals are written."""

import math
from typing import TYPE_CHECKING, Any

from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.document import Table
from ectsim.report.wording import number, signed

if TYPE_CHECKING:
    import pandas as pd

ABSENT = "–"
PERCENT = 100
SHOWN = (
    "ideas",
    "collectives",
    "structured",
    "emerged",
    "anchored",
    "emerged_per_idea",
    "survival_5",
    "emerged_size",
    "mobilised",
    "final_cross_sector",
    "final_trust",
    "money",
    "money_per_emerged",
)
"""Outcomes shown; the results folder holds all."""


def run_table(outcomes: "pd.DataFrame") -> Table:
    """The outcomes of one run."""
    rows = tuple((_label(row), quantity(row["value"], row["unit"])) for row in _shown(outcomes))
    return Table(text("reports.outcomes"), "", (text("cli.table.outcome"), text("cli.table.value")), rows)


def comparison_table(outcomes: "pd.DataFrame", a: str, b: str) -> Table:
    """The outcomes of two scenarios, called ``a`` and ``b``, and their differences."""
    titles = (text("cli.table.outcome"), a, b, text("cli.table.difference"), text("cli.table.interval"))
    return Table(text("reports.outcomes"), text("reports.interval"), titles, tuple(map(_compared, _shown(outcomes))))


def _shown(outcomes: "pd.DataFrame") -> list[Any]:
    table = outcomes.set_index("name", drop=False)
    return [table.loc[name] for name in SHOWN if name in table.index]


def _label(row: Any) -> str:
    """Label in the current language, which may not be that of the table."""
    return OUTCOMES[row["name"]].label if row["name"] in OUTCOMES else str(row["label"])


def _compared(row: Any) -> tuple[str, ...]:
    unit = row["unit"]
    means = (quantity(row[name], unit) for name in ("mean_a", "mean_b"))
    return _label(row), *means, quantity(row["difference"], unit, difference=True), _interval(row, unit)


def _interval(row: Any, unit: str) -> str:
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        return ABSENT
    scale, digits = _reading(unit)
    return text("report.between", low=signed(row["low"] * scale, digits), high=signed(row["high"] * scale, digits))


def quantity(value: float, unit: str, *, difference: bool = False) -> str:
    """A value, or a difference, with its unit where the label does not say it."""
    if math.isnan(value):
        return ABSENT
    scale, digits = _reading(unit)
    written = (signed if difference else number)(value * scale, digits)
    if unit == "share":
        return text("cli.table.points" if difference else "cli.table.percent", value=written)
    return text("cli.table.thousands", value=written) if unit == "k€" else written


def _reading(unit: str) -> tuple[int, int]:
    """By how much a value is multiplied to be read, and its decimals."""
    return (PERCENT, 1) if unit == "share" else (1, 2 if unit == "0-1" else 1)
