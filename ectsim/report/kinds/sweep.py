"""The report of a sweep: an outcome against the factors that vary, how complete and how precise the folder is."""

from typing import Any

from ectsim.analysis.intervals import mean_interval
from ectsim.experiments.status import status
from ectsim.experiments.store import kept_study
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import Results
from ectsim.locale import text
from ectsim.model.outcomes import OUTCOMES
from ectsim.report.document import Report, Table
from ectsim.report.effects import effects_figure
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.outcome_tables import quantity
from ectsim.report.sensitivity import factor_label
from ectsim.report.wording import number
from ectsim.scenario.numbers import decimal

FOREMOST = ("emerged", "anchored", "structured")
"""Outcome drawn: the first of these that the study measures, else its first."""
MOST_OUTCOMES = 12


def report(folder: ResultsFolder) -> Report:
    """Drawn from the runs kept so far, in the current language."""
    study, told = kept_study(folder.path)
    runs: Any = Results(folder.path, study).to_pandas()
    runs = runs[runs["status"] == "done"]
    found = status(folder.path)
    outcome = next((name for name in FOREMOST if name in study.outcomes), study.outcomes[0])
    counts = {"done": decimal(found.done), "runs": decimal(found.runs), "points": decimal(told["points"]["count"])}
    scenarios = ", ".join(str(scenario.name) for scenario in study.scenarios.values())
    factors = ", ".join(factor_label(factor.name) for factor in study.factors)
    return Report(
        kind=text("reports.sweep.kind"),
        title=str(study.name),
        question=text("reports.sweep.question", outcome=OUTCOMES[outcome].label, scenarios=scenarios),
        answer=(
            _means(study, runs, outcome),
            text("reports.sweep.factors", names=factors) if factors else text("reports.sweep.no_factor"),
            text("reports.sweep.complete" if found.complete else "reports.sweep.partial", **counts),
        ),
        pictures=(picture(effects_figure(study, runs, outcome, found.notice)),),
        tables=(_outcomes(study, runs), _factors(study, runs)),
        method=(text("reports.sweep.method", **counts, design=study.design.kind),),
        limits=general.limits(folder, text("reports.sweep.limit")),
        provenance=general.provenance(folder),
        synthetic=bool(found.notice),
    )


def _means(study: SweepStudy, runs: Any, outcome: str) -> str:
    told = [
        text("reports.sweep.mean", name=scenario.name, value=_estimate(runs, key, outcome))
        for key, scenario in study.scenarios.items()
    ]
    label = OUTCOMES[outcome].label
    return text("reports.sweep.means", outcome=label[0].upper() + label[1:], told=" ; ".join(told))


def _estimate(runs: Any, scenario: str, outcome: str) -> str:
    values = runs.loc[runs["scenario"] == scenario, outcome].dropna().to_numpy(float)
    found, unit = mean_interval(values), OUTCOMES[outcome].unit
    low, high = quantity(found.low, unit), quantity(found.high, unit)
    return f"{quantity(found.value, unit)} ({low} – {high})"


def _outcomes(study: SweepStudy, runs: Any) -> Table:
    """Mean of every outcome over the whole design, by scenario."""
    names = [name for name in study.outcomes if name in OUTCOMES][:MOST_OUTCOMES]
    titles = (text("cli.table.outcome"), *(str(scenario.name) for scenario in study.scenarios.values()))
    rows = tuple((OUTCOMES[name].label, *(_estimate(runs, key, name) for key in study.scenarios)) for name in names)
    return Table(text("reports.outcomes"), text("reports.sweep.note"), titles, rows)


def _factors(study: SweepStudy, runs: Any) -> Table:
    titles = tuple(text(f"reports.sweep.column.{name}") for name in ("factor", "low", "high", "levels"))
    rows = []
    for factor in study.factors:
        values = runs[factor.name].dropna()
        if len(values):
            bounds = number(values.min(), 2), number(values.max(), 2)
            rows.append((factor_label(factor.name), *bounds, decimal(values.nunique())))
    return Table(text("reports.sweep.varied"), "", titles, tuple(rows))
