"""The report of a comparison: what a scenario adds to another under the same luck, drawn again from its tables."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.comparison import Comparison
from ectsim.experiments.ensembles import Worlds
from ectsim.locale import text
from ectsim.model.tally import TALLY_FIELDS
from ectsim.model.twins import TWIN_FIELDS
from ectsim.report import story
from ectsim.report.document import Part, Report, Table
from ectsim.report.emergence_map import emergence_map
from ectsim.report.figures import comparison_figure
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.funnel import funnel_figure
from ectsim.report.kinds import general
from ectsim.report.outcome_tables import comparison_table
from ectsim.report.twin_flows import flows_figure
from ectsim.report.wording import between, number, signed
from ectsim.world.layout import records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FATES = ("additional", "accelerated", "unchanged", "delayed", "displaced", "net")


def report(folder: ResultsFolder) -> Report:
    """All of a comparison, told and drawn in the current language whatever that of the folder."""
    found = read_comparison(folder)
    names = {"a": found.a.scenario.name, "b": found.b.scenario.name}
    return Report(
        kind=text("reports.compare.kind"),
        title=text("reports.compare.title", **names),
        question=text("reports.compare.question", **names, time=story.time_of(found.a)),
        answer=(f"{story.finding(found)}.", story.fates_sentence(found), story.money_sentence(found)),
        pictures=tuple(picture(figure) for figure in _figures(folder, found)),
        details=(
            _part("how_many", story.how_many(found), *story.conflict(found)),
            _part("projects", story.project_by_project(found)),
            _part("money", story.public_money(found)),
        ),
        tables=(comparison_table(found.table, *map(str, names.values())), _fates(found)),
        method=(story.what_was_compared(found), story.rests_on_runs(found)),
        limits=general.limits(folder, text("reports.compare.limit"), *general.parameters_of([found.a, found.b])),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )


def read_comparison(folder: ResultsFolder) -> Comparison:
    """The comparison that a folder holds; the runs themselves are not kept, their tables are."""
    study = folder.study
    kept = Worlds(
        study.setups,
        np.array(folder.study.seeds),
        records((2, 0), TALLY_FIELDS),
        records((2, 0), TWIN_FIELDS),
        np.zeros((2, 0, 0), np.int64),
    )
    return Comparison(kept, *(folder.table(name) for name in ("outcomes", "fates", "windfall", "money", "curves")))


def _figures(folder: ResultsFolder, found: Comparison) -> list["Figure"]:
    """Curves and fates, flows between both worlds, the funnel by origin, and where projects emerge."""
    twins = folder.table("twins")
    return [
        comparison_figure(found),
        flows_figure(twins, found),
        funnel_figure(found),
        emergence_map(twins, found),
    ]


def _part(name: str, *paragraphs: str) -> Part:
    return Part(text(f"reports.compare.{name}"), paragraphs=paragraphs)


def _fates(found: Comparison) -> Table:
    """What became of projects, at the end of the horizon and later."""
    table: Any = found.fates[found.fates["origin"] == "all"].set_index(["fate", "cut_off"])
    cut_offs = [name for name in ("horizon", "after") if name in table.index.get_level_values("cut_off")]
    rows = tuple(
        (text(f"analysis.fate.{fate}"), *(_estimate(table.loc[(fate, cut_off)], fate) for cut_off in cut_offs))
        for fate in FATES
    )
    titles = (text("reports.compare.fate"), *(text(f"reports.compare.{cut_off}") for cut_off in cut_offs))
    return Table(text("reports.compare.fates"), text("reports.interval"), titles, rows)


def _estimate(row: Any, fate: str) -> str:
    shown = signed if fate == "net" else number
    if np.isnan(row["low"]):
        return shown(row["mean"])
    interval = between(row["low"], row["high"]) if fate == "net" else f"{number(row['low'])} – {number(row['high'])}"
    return f"{shown(row['mean'])} ({interval})"
