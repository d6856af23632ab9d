"""The report of who mattered: the answer told and drawn again from the tables."""

from ectsim.analysis.abstention import ROLES
from ectsim.analysis.portraits import Portraits
from ectsim.analysis.roles import Necessity
from ectsim.locale import text
from ectsim.report.document import Report, Table
from ectsim.report.folders import ResultsFolder, picture
from ectsim.report.kinds import general
from ectsim.report.roles import answers, case_label, rests_on, table_rows
from ectsim.report.roles_figures import roles_figures

ANSWERED = (0, 6, 7)
"""Sentences of the answer told first: who is needed, who carries, with what interests."""


def report(folder: ResultsFolder) -> Report:
    """All of it in the current language, whatever that of the folder."""
    (setup,) = folder.study.setups
    seeds = folder.study.seeds
    found = Necessity(folder.table("necessity"), folder.table("shapley"), folder.table("played"), seeds)
    company = folder.table("company")
    portraits = Portraits(folder.table("interests"), company, seeds, company["projects"].to_numpy(float).sum())
    told = answers(found, portraits)
    columns = ("name", "actors", "loss", "replaced_loss", "kind")
    titles = tuple(text(f"roles.table.{name}") for name in columns)
    return Report(
        kind=text("reports.roles.kind"),
        title=text("reports.roles.title", name=setup.scenario.name),
        question=text("roles.title"),
        answer=tuple(told[place] for place in ANSWERED),
        pictures=tuple(picture(figure) for figure in roles_figures(setup, found, portraits).values()),
        details=(general.points("details", [one for place, one in enumerate(told) if place not in ANSWERED]),),
        tables=tuple(
            Table(
                text("reports.roles.kind_group" if group == "kind" else f"reports.roles.{group}"),
                text("roles.page.reading"),
                titles,
                tuple(table_rows(found, group)),
            )
            for group in ("sector", "role", "kind")
        ),
        method=(
            text("roles.page.method", roles=", ".join(case_label("role", role) for role in ROLES)),
            rests_on(setup, seeds),
        ),
        limits=general.limits(folder, *general.parameters_of([setup])),
        provenance=general.provenance(folder),
        synthetic=general.synthetic(folder),
    )
