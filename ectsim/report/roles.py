"""Who mattered, for people: the answer, sentence by sentence. Figures: roles_figures.py; the page: kinds/roles.py."""

import math
from typing import Any

from ectsim import __version__
from ectsim.analysis.abstention import HELD, ROLES
from ectsim.analysis.portraits import Portraits
from ectsim.analysis.roles import GROUPS, Necessity
from ectsim.locale import text
from ectsim.model.simulation import Setup
from ectsim.report.wording import MINUS, between, number, share, signed
from ectsim.scenario.numbers import decimal
from ectsim.territory.nomenclature import label as name_of

NEEDED = 0.1
"""Share of the emerged projects whose loss is told as a need, its interval above 0."""


def _say(key: str, **values: object) -> str:
    return text(f"roles.{key}", **values)


def case_label(group: str, name: str) -> str:
    """Name of a sector, kind or role."""
    return _say(f"role.{name}") if group == "role" else name_of(name)


def rests_on(setup: Setup, seeds: range) -> str:
    """Scenario, runs, seeds, actors and parameters behind a figure or a text."""
    posterior = setup.posterior
    drawn = _say("figure.drawn", draws=decimal(len(posterior.draws))) if posterior else _say("figure.by_hand")
    values = {"runs": len(seeds), "first": seeds[0], "last": seeds[-1], "parameters": drawn, "version": __version__}
    told = _say("figure.footer", name=setup.scenario.name, actors=setup.scenario.population.actors, **values)
    return f"{told} {posterior.notice}" if posterior and posterior.notice else told


def needed(found: Necessity, group: str) -> list[dict[str, Any]]:
    """Cases of a group whose absence costs a tenth of the projects or more, its interval above 0; the worst first."""
    table: Any = found.necessity
    rows = table[(table["group"] == group) & (table["conditions"] == "with")]
    rows = rows[(rows["loss_low"] > 0) & (rows["loss_share"] >= NEEDED)].sort_values("loss", ascending=False)
    return rows.to_dict("records")


def answer_needed(found: Necessity) -> str:
    """Without which sectors emerged projects are lost, in one sentence."""
    told = [f"{name_of(row['name'])} ({_lost(row)})" for row in needed(found, "sector")]
    return _say("answer.sectors", names=", ".join(told)) if told else _say("answer.no_sector")


def _lost(row: dict[str, Any]) -> str:
    return (MINUS if row["loss_share"] > 0 else "+") + share(abs(row["loss_share"]))


def answer_played(found: Necessity) -> str:
    """Which kinds carry most often, by origin."""
    table: Any = found.played[(found.played["stage"] == "emerged") & (found.played["role"] == "carrier")]
    told = {}
    for origin in GROUPS:
        part = table[(table["origin"] == origin) & table["share"].notna()].sort_values("share", ascending=False)
        first = part.head(2).to_dict("records")
        names = [f"{name_of(row['kind'])} ({share(row['share'])})" for row in first]
        told[origin] = ", ".join(names) or _say("nobody")
    return _say("answer.carriers", **told)


def answer_interests(portraits: Portraits) -> str:
    """What sets co-carriers apart in every sector where it is known."""
    table: Any = portraits.interests
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
    roles = [f"{case_label('role', row['name'])} ({_lost(row)})" for row in needed(found, "role")]
    worth: Any = found.shapley[found.shapley["conditions"] == "with"]
    parts = [f"{name_of(row['sector'])} {share(row['share'])}" for row in worth.to_dict("records")]
    told = [
        answer_needed(found),
        _say("answer.kinds", names=", ".join(kinds)) if kinds else _say("answer.no_kind"),
        _say("answer.special", names=", ".join(special)) if special else _say("answer.not_special"),
        f"{_say('answer.roles', names=', '.join(roles)) if roles else _say('answer.no_role')} {never_replaced()}",
        _say("answer.shapley", parts=", ".join(parts)),
        _company_sentence(portraits),
        answer_played(found),
        answer_interests(portraits),
    ]
    # some of them are titles of figures too
    return [f"{sentence.rstrip('.')}." for sentence in told]


def never_replaced(*, short: bool = False) -> str:
    """Which roles are only taken away, and, unless it must be short, why no average actor can take their place."""
    names = ", ".join(case_label("role", role) for role in ROLES if role not in HELD)
    return _say("figure.never_replaced" if short else "never_replaced", names=names)


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
    return "\n\n".join([*answers(found, portraits), rests_on(setup, found.seeds), text("report.not_a_forecast")])


def table_rows(found: Necessity, group: str) -> list[tuple[str, ...]]:
    """Losses with the conditions, one row a case of a group: name, actors, loss, what average actors would save."""
    table: Any = found.necessity
    rows = table[(table["group"] == group) & (table["conditions"] == "with")].to_dict("records")
    return [_table_row(group, row) for row in rows]


def _table_row(group: str, row: dict[str, Any]) -> tuple[str, ...]:
    loss = f"{signed(-row['loss'])} ({between(-row['loss_high'], -row['loss_low'])})"
    label, actors = case_label(group, row["name"]), number(row["actors"], 0)
    if math.isnan(row["kind"]):
        return label, actors, loss, "–", "–"
    kind = f"{signed(-row['kind'])} ({between(-row['kind_high'], -row['kind_low'])})"
    return label, actors, loss, signed(row["number"]), kind
