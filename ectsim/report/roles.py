"""Who mattered, for people: figures, answer, page. What was computed lives in the analysis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim import __version__
from ectsim.analysis.abstention import ROLES
from ectsim.analysis.portraits import Portraits
from ectsim.analysis.roles import GROUPS, PLAYED, Necessity
from ectsim.locale import text
from ectsim.model.outcome_labels import ROLE_LABELS
from ectsim.model.simulation import Setup
from ectsim.report.pages import embedded, rendered
from ectsim.report.style import COLOUR, FAINT, INK, QUIET, SECTOR_MARKER, foot, head, look, new_figure, panel_head
from ectsim.report.wording import between, number, share, signed
from ectsim.territory.nomenclature import KINDS, SECTORS
from ectsim.territory.nomenclature import label as name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = 0.1
"""Share of the emerged projects whose loss is told as a need, its interval above 0."""
SHADES = "Greys"
PALE = 0.55


def _say(key: str, **values: object) -> str:
    return text(f"roles.{key}", **values)


def _label(group: str, name: str) -> str:
    return _say(f"role.{name}") if group == "role" else name_of(name)


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
        grid = figure.add_gridspec(2, 2, height_ratios=(7, 10), left=0.21, right=0.96, top=0.79, bottom=0.13,
                                   wspace=0.62, hspace=0.42)  # fmt: skip
        _draw_losses(figure.add_subplot(grid[0, 0]), found.necessity, ("sector", "role"), _say("figure.sectors"))
        _draw_losses(figure.add_subplot(grid[1, :]), found.necessity, ("kind",), _say("figure.kinds"))
        _draw_shapley(figure.add_subplot(grid[0, 1]), found.shapley)
        head(figure, answer_needed(found), _say("figure.reading"))
        foot(figure, _footer(setup, found.runs), text("report.not_a_forecast"))
    return figure


def _draw_losses(axes: "Axes", table: "pd.DataFrame", groups: Sequence[str], title: str) -> None:
    rows = table[table["group"].isin(groups)]
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
    axes.set_yticks(range(len(names)), [_label(*name) for name in names], fontsize=9)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.set_xlabel(_say("figure.lost"))
    panel_head(axes, title)
    if groups == ("kind",):
        axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0.72, 1.13), labelcolor=QUIET)


def _draw_shapley(axes: "Axes", table: "pd.DataFrame") -> None:
    for conditions, shift in (("with", -0.19), ("without", 0.19)):
        part = table[table["conditions"] == conditions].set_index("sector").loc[list(SECTORS)]
        places = np.arange(len(SECTORS)) + shift
        colour = COLOUR["a"] if conditions == "with" else "#B8B8B8"
        axes.barh(places, part["value"], height=0.36, color=colour)
        axes.hlines(places, part["low"], part["high"], color=INK, linewidth=1.3)
        for place, high, part_of in zip(places, part["high"], part["share"], strict=True):
            axes.annotate(share(part_of), (high, place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(SECTORS)), [name_of(sector) for sector in SECTORS], fontsize=9)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.set_xlabel(_say("figure.worth"))
    axes.margins(x=0.16)
    panel_head(axes, _say("figure.shapley"))


def played_figure(setup: Setup, found: Necessity) -> "Figure":
    """Who plays which role in emerged projects: two tables in shades, by origin."""
    table = found.played[found.played["stage"] == "emerged"]
    with look():
        figure = new_figure()
        panels = figure.subplots(1, 2, sharey=True)
        figure.subplots_adjust(left=0.24, right=0.97, top=0.76, bottom=0.22, wspace=0.08)
        for axes, origin in zip(panels, GROUPS, strict=True):
            part = table[table["origin"] == origin].pivot_table(index="kind", columns="role", values="share")
            part = part.reindex(index=list(KINDS), columns=list(PLAYED))
            _draw_shares(axes, part, _say(f"origin.{origin}"))
        panels[0].set_yticks(range(len(KINDS)), [name_of(kind) for kind in KINDS], fontsize=9.5)
        head(figure, answer_played(found), _say("figure.played"))
        foot(figure, _footer(setup, found.runs), text("report.not_a_forecast"))
    return figure


def _draw_shares(axes: "Axes", part: "pd.DataFrame", title: str) -> None:
    values = part.to_numpy(float)
    axes.imshow(np.nan_to_num(values), cmap=SHADES, vmin=0, vmax=0.6, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value > PALE * 0.6 else INK
        axes.text(column, row, share(value), ha="center", va="center", fontsize=9, color=colour)
    axes.set_xticks(range(len(PLAYED)), [_role_label(role) for role in PLAYED], rotation=35, ha="right", fontsize=9)
    axes.tick_params(length=0, labelcolor=INK)
    panel_head(axes, title)


def _role_label(role: str) -> str:
    fr, en = ROLE_LABELS[role]
    return en if text("roles.language") == "en" else fr


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
        axes.set_xlabel(_say("figure.standardised"))
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.02, 1), labelcolor=QUIET)
        head(figure, answer_interests(portraits), _say("figure.interests"))
        foot(figure, _footer(setup, portraits.runs), text("report.not_a_forecast"))
    return figure


def _footer(setup: Setup, runs: int) -> str:
    values = {"actors": setup.scenario.population.actors, "version": __version__}
    notice = setup.posterior.notice if setup.posterior else ""
    return " ".join(
        [_say("figure.footer", name=setup.scenario.name, runs=runs, **values), *([notice] if notice else [])]
    )


def needed(found: Necessity, group: str) -> list[dict[str, Any]]:
    """Cases of a group whose absence costs a tenth of the projects or more, its interval above 0; the worst first."""
    table = found.necessity
    rows = table[(table["group"] == group) & (table["conditions"] == "with")]
    rows = rows[(rows["loss_low"] > 0) & (rows["loss_share"] >= NEEDED)].sort_values("loss", ascending=False)
    return rows.to_dict("records")


def answer_needed(found: Necessity) -> str:
    """Without which sectors emerged projects are lost, in one sentence."""
    told = [f"{name_of(row['name'])} ({_lost(row)})" for row in needed(found, "sector")]
    return _say("answer.sectors", names=", ".join(told)) if told else _say("answer.no_sector")


def _lost(row: dict[str, Any]) -> str:
    return signed(-100 * row["loss_share"], 0) + _say("percent")


def answer_played(found: Necessity) -> str:
    """Which kinds carry most often, by origin."""
    table = found.played[(found.played["stage"] == "emerged") & (found.played["role"] == "carrier")]
    told = {}
    for origin in GROUPS:
        part = table[(table["origin"] == origin) & table["share"].notna()].sort_values("share", ascending=False)
        first = part.head(2).to_dict("records")
        names = [f"{name_of(row['kind'])} ({share(row['share'])})" for row in first]
        told[origin] = ", ".join(names) or _say("nobody")
    return _say("answer.carriers", **told)


def answer_interests(portraits: Portraits) -> str:
    """What sets co-carriers apart in every sector where it is known."""
    table = portraits.interests
    clear = table[(table["low"] > 0) | (table["high"] < 0)]
    counted = clear.assign(up=clear["gap"] > 0).groupby(["attribute", "up"]).size()
    known = max(1, int((table.groupby("sector")["gap"].apply(lambda gap: gap.notna().any())).sum()))
    shared = [(name, up) for (name, up), count in counted.items() if count >= known]
    told = [_say("answer.higher" if up else "answer.lower", name=_say(f"attribute.{name}")) for name, up in shared]
    return _say("answer.interests", names=", ".join(told)) if told else _say("answer.no_interest")


def answers(found: Necessity, portraits: Portraits) -> list[str]:
    """The answer to « which actors must co-carry an ECT project, and with what interests », sentence by sentence."""
    kinds = [f"{name_of(row['name'])} ({_lost(row)})" for row in needed(found, "kind")]
    special = [
        f"{name_of(row['name'])} ({between(row['kind_low'], row['kind_high'])})"
        for group in ("sector", "kind")
        for row in needed(found, group)
        if row["kind_low"] > 0
    ]
    roles = [f"{_label('role', row['name'])} ({_lost(row)})" for row in needed(found, "role")]
    worth = found.shapley[found.shapley["conditions"] == "with"]
    parts = [f"{name_of(row['sector'])} {share(row['share'])}" for row in worth.to_dict("records")]
    return [
        answer_needed(found),
        _say("answer.kinds", names=", ".join(kinds)) if kinds else _say("answer.no_kind"),
        _say("answer.special", names=", ".join(special)) if special else _say("answer.not_special"),
        _say("answer.roles", names=", ".join(roles)) if roles else _say("answer.no_role"),
        _say("answer.shapley", parts=", ".join(parts)),
        _company_sentence(portraits),
        answer_played(found),
        answer_interests(portraits),
    ]


def _company_sentence(portraits: Portraits) -> str:
    rows = portraits.company.to_dict("records")
    together = sum(row["share"] for row in rows if "+" in row["sectors"])
    if not rows:
        return _say("answer.no_project")
    most = [f"{_company(row['sectors'])} ({share(row['share'])})" for row in rows[:3]]
    return _say("answer.company", names=", ".join(most), together=share(together))


def _company(sectors: str) -> str:
    return " + ".join(name_of(sector) for sector in sectors.split("+"))


def tell_roles(setup: Setup, found: Necessity, portraits: Portraits) -> str:
    """The answer as a text, with what it rests on."""
    return "\n\n".join([*answers(found, portraits), _footer(setup, found.runs), text("report.not_a_forecast")])


def roles_page(setup: Setup, found: Necessity, portraits: Portraits, command: str) -> str:
    """The page, self-contained HTML in the current language."""
    figures = roles_figures(setup, found, portraits)
    alternatives = {"losses": answer_needed(found), "played": answer_played(found)}
    alternatives |= {"interests": answer_interests(portraits)}
    images = [(embedded(figure), alternatives[name]) for name, figure in figures.items()]
    columns = ("loss", "replaced_loss", "kind")
    titles = [_say("table.name"), _say("table.actors"), *(_say(f"table.{name}") for name in columns)]
    tables = [
        (
            _say("table.kind_group" if group == "kind" else f"table.{group}"),
            [_table_row(group, row) for row in _rows(found, group)],
        )
        for group in ("sector", "role", "kind")
    ]
    return rendered(
        "roles.html",
        title=_say("title"),
        answers=answers(found, portraits),
        images=images,
        titles=titles,
        tables=tables,
        roles=", ".join(_label("role", role) for role in ROLES),
        footer=_footer(setup, found.runs),
        command=command,
    )


def _rows(found: Necessity, group: str) -> list[dict[str, Any]]:
    table = found.necessity
    return table[(table["group"] == group) & (table["conditions"] == "with")].to_dict("records")


def _table_row(group: str, row: dict[str, Any]) -> tuple[str, ...]:
    loss = f"{signed(-row['loss'])} ({between(-row['loss_high'], -row['loss_low'])})"
    if group == "role":
        return _label(group, row["name"]), "–", loss, "–", "–"
    kind = f"{signed(-row['kind'])} ({between(-row['kind_high'], -row['kind_low'])})"
    return _label(group, row["name"]), number(row["actors"], 0), loss, signed(row["number"]), kind
