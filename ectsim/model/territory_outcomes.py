"""Outcomes of the territory: means over the months, value, public money, the ground that projects grow on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.model.outcome import Direction, Formula, Outcome, ratio, reached
from ectsim.model.outcome_labels import LEDGER_LABELS, STAGE_OUTCOMES, VALUE_LABELS
from ectsim.model.state import LEDGER
from ectsim.world.layout import VALUES


def stocks() -> list[Outcome]:
    """Means over the months, and emerged projects by whether they were funded."""
    rows = [
        ("load", "projects", "projets suivis par les chargés de mission", "projects helped by officers"),
        ("engaged", "actors", "acteurs engagés en moyenne", "actors engaged on average"),
        ("dormant", "projects", "projets dormants en moyenne", "dormant projects on average"),
    ]
    made = [Outcome(name, unit, "neither", fr, en, lambda t, n=name: t[n]) for name, unit, fr, en in rows]
    for name, funded, fr, en in (("funded", 1, "aidés", "funded"), ("unfunded", 0, "non aidés", "unfunded")):

        def formula(t, f=funded):
            return t["reached"][:, 3, :, :, f].sum(axis=(1, 2)).astype(float)

        made.append(
            Outcome(
                f"emerged_{name}", "projects", "neither", f"projets émergés {fr}", f"{en} emerged projects", formula
            )
        )
    return made


def values_and_money() -> list[Outcome]:
    """Value created, public money spent, and how much of it a project took."""
    made = []
    for direction, key in enumerate(VALUES):
        fr, en = VALUE_LABELS[key]
        for field, word_fr, word_en in (
            ("value", "valeur", "value"),
            ("anchored_value", "valeur ancrée", "anchored value"),
        ):

            def created(t, f=field, d=direction):
                return t[f][:, d]

            made.append(Outcome(f"{field}[{key}]", "index", "more", f"{word_fr} {fr}", f"{en} {word_en}", created))
    for place, key in enumerate(LEDGER):
        fr, en = LEDGER_LABELS[key]

        def paid(t, p=place):
            return t["money"][:, p]

        made.append(Outcome(f"money[{key}]", "k€", "neither", f"argent public : {fr}", f"public money: {en}", paid))

    def total(t):
        return t["money"].sum(axis=1)

    made.append(Outcome("money", "k€", "less", "argent public", "public money", total))
    for name, stage in (("emerged", 3), ("anchored", 4)):
        _, fr, en = STAGE_OUTCOMES[name]

        def formula(t, s=stage):
            return ratio(t["money"].sum(axis=1), reached(t, s))

        made.append(
            Outcome(f"money_per_{name}", "k€", "less", f"argent public / {fr}", f"public money / {en}", formula)
        )
    return made


def ecosystem(moment: str, of_fr: str, of_en: str) -> list[Outcome]:
    """What the ground is like at a moment, "initial" or "final"; ``of_fr`` and ``of_en`` say when."""

    def part(top: str, bottom: str) -> Formula:
        return lambda t: ratio(t[f"{moment}_{top}"], t[f"{moment}_{bottom}"])

    def density(t: Any) -> NDArray[np.float64]:
        actors = t[f"{moment}_actors"].astype(float)
        return ratio(2.0 * t[f"{moment}_ties"], actors * (actors - 1.0))

    def level(field: str) -> Formula:
        return lambda t: t[f"{moment}_{field}"].astype(float)

    rows: list[tuple[str, str, Direction, str, str, Formula]] = [
        ("density", "share", "neither", "densité des relations", "density of ties", density),
        (
            "cross_sector",
            "share",
            "more",
            "part de relations entre secteurs",
            "share of ties between sectors",
            part("cross_sector", "ties"),
        ),
        ("trust", "0-1", "more", "confiance moyenne", "mean trust", part("trust", "ties")),
        (
            "propensity",
            "0-1",
            "more",
            "propension moyenne à coopérer",
            "mean propensity to cooperate",
            part("propensity", "actors"),
        ),
        ("initiators", "actors", "neither", "initiateurs", "initiators", level("initiators")),
        (
            "past_cooperation",
            "share",
            "neither",
            "part de relations ayant coopéré",
            "share of ties that cooperated",
            part("past_cooperation", "ties"),
        ),
        (
            "public_skills",
            "days a month",
            "neither",
            "ingénierie publique",
            "public engineering",
            level("public_skills"),
        ),
        (
            "local_ties",
            "share",
            "neither",
            "part de relations dans la même intercommunalité",
            "share of ties in one intercommunal body",
            part("same_epci", "ties"),
        ),
        (
            "communes_reached",
            "share",
            "more",
            "part de communes touchées par un projet émergé",
            "share of communes with an actor in an emerged project",
            part("communes_reached", "communes"),
        ),
    ]
    if moment == "final":
        rows.append(
            (
                "local_pledges",
                "share",
                "neither",
                "part de membres de l’intercommunalité du porteur",
                "share of members from the carrier's intercommunal body",
                part("local_pledges", "pledges"),
            )
        )
        rows.append(
            (
                "repeat_partners",
                "share",
                "neither",
                "part de paires de membres ayant déjà coopéré",
                "share of member pairs that cooperated before",
                part("repeat_pairs", "pairs"),
            )
        )
    return [
        Outcome(f"{moment}_{name}", unit, way, f"{fr}{of_fr}", f"{en}{of_en}", f) for name, unit, way, fr, en, f in rows
    ]
