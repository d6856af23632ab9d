"""The report of a sensitivity analysis: the factors that matter most, the share of luck, what to beware of."""

import itertools
from collections.abc import Mapping
from typing import Any

from ectsim.analysis.sensitivity.quantities import Quantity
from ectsim.experiments.factors import DUMMY
from ectsim.locale import current_language, text
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import ResultsFolder
from ectsim.report.kinds import general
from ectsim.report.sensitivity import factor_label
from ectsim.report.wording import number
from ectsim.scenario.numbers import decimal, whole_percent

STAGES = {"indices": "value", "surrogate": "value", "screening": "mu_star", "distribution": "value"}
"""Tables that rank factors, the surest first, with the column they rank by."""
NAMED = 3
ROWS = 12


def report(folder: ResultsFolder) -> Report:
    """Figures as drawn, factors in the current language."""
    told: Any = folder.told
    names = {key: _name(told, key, key) for key in told["scenarios"]}
    tables = {stage: folder.table(stage) for stage in STAGES if folder.has(stage)}
    stage, ranked = next(iter(tables.items()), ("", None))
    runs = decimal(sum(told["runs"].values()))
    return Report(
        kind=text("reports.sensitivity.kind"),
        title=text("reports.sensitivity.title", study=_name(told, "study", told["study"])),
        question=text("reports.sensitivity.question", scenarios=", ".join(names.values())),
        answer=(
            _foremost(ranked, stage, names),
            _luck(folder, names),
            text("reports.sensitivity.rests", runs=runs, factors=len(told["factors"]), notes=len(told["notes"])),
        ),
        pictures=folder.pictures(),
        details=(Part(text("reports.sensitivity.notes"), points=tuple(told["notes"])),) if told["notes"] else (),
        tables=tuple(table for name, found in tables.items() for table in _tables(name, found, names)),
        method=(text(f"sensitivity.read_{stage}") if stage in ("screening", "indices", "distribution") else "",),
        limits=general.limits(folder, text("reports.sensitivity.limit")),
        provenance=general.provenance(ResultsFolder(folder.path, folder.verb, told | told.get("rests_on", {}))),
        synthetic=general.synthetic(folder),
    )


def _name(told: Any, key: str, otherwise: str) -> str:
    """Name of the study or of a scenario in the current language, where the folder tells it."""
    return str(told.get("names", {}).get(key, {}).get(current_language(), otherwise))


def _quantity(row: Any, names: Mapping[str, str]) -> str:
    """What a row is about: an outcome in a scenario, or the difference between two."""
    found = Quantity(*(row[name] for name in Quantity._fields))
    label = OUTCOMES[found.outcome].label
    if isinstance(found.against, str):
        return text(
            "reports.sensitivity.difference", outcome=label, of=names[found.scenario], less=names[found.against]
        )
    return text("reports.sensitivity.outcome", outcome=label, of=names[found.scenario])


def _ranked(stage: str, table: Any) -> Any:
    """Factors by rank within each quantity: total indices where there are some."""
    chosen = table[table["index"] == "ST"] if "index" in table else table
    return chosen[chosen["factor"] != DUMMY].sort_values(STAGES[stage], ascending=False, kind="stable")


def _groups(table: Any) -> Any:
    return table.groupby([*Quantity._fields], dropna=False, sort=False)


def _foremost(table: Any, stage: str, names: Mapping[str, str]) -> str:
    if table is None or not len(table):
        return text("reports.sensitivity.nothing")
    first = list(_groups(table))[-1][1]
    factors = [factor_label(name) for name in _ranked(stage, first).head(NAMED)["factor"]]
    quantity = _quantity(first.iloc[0], names)
    return text("reports.sensitivity.foremost", quantity=_capital(quantity), names=", ".join(factors))


def _luck(folder: ResultsFolder, names: Mapping[str, str]) -> str:
    if not folder.has("noise"):
        return text("reports.sensitivity.no_noise")
    row = folder.table("noise").iloc[-1]
    shares = {name: whole_percent(row[name]) for name in ("share", "low", "high")}
    return text("reports.sensitivity.luck", quantity=_quantity(row, names), **shares)


def _tables(stage: str, table: Any, names: Mapping[str, str]) -> list[Table]:
    made = []
    for _, part in itertools.islice(_groups(table), ROWS):
        shown = _ranked(stage, part).head(ROWS).to_dict("records")
        rows = tuple((factor_label(row["factor"]), number(row[STAGES[stage]], 2), _span(row)) for row in shown)
        titles = tuple(text(f"reports.sensitivity.column.{name}") for name in ("factor", stage, "interval"))
        made.append(Table(_capital(_quantity(part.iloc[0], names)), "", titles, rows))
    return made


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _span(row: Any) -> str:
    return f"{number(row['low'], 2)} – {number(row['high'], 2)}" if "low" in row else "–"
