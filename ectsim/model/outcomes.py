"""Every outcome once: name, unit, direction, French and English label, and the formula from the tally of a run."""

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.locale import current_language
from ectsim.model.outcome_labels import (
    CHANNEL_LABELS,
    LEDGER_LABELS,
    MARK_LABELS,
    ORIGIN_LABELS,
    REASON_LABELS,
    ROLE_LABELS,
    STAGE_OUTCOMES,
    VALUE_LABELS,
)
from ectsim.model.state import CHANNELS, LEDGER, MARKS, NO_CARRIER, ORIGINS, REASONS, ROLES, UNCOVERED
from ectsim.model.tally import GROUPS
from ectsim.territory.nomenclature import KINDS, LABELS, SECTOR_OF_KIND, SECTORS
from ectsim.world.layout import VALUES

Direction = Literal["more", "less", "neither"]
Formula = Callable[[Any], NDArray[np.float64]]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One measure of a run.

    ``formula`` takes a record array of tallies of shape (R,) and returns R numbers, NaN where the measure is not
    defined (a mean over no project); ``direction`` says whether more is better, where anybody would say so.
    """

    name: str
    unit: str
    direction: Direction
    label_fr: str
    label_en: str
    formula: Formula

    @property
    def label(self) -> str:
        """Label in the current language."""
        return self.label_fr if current_language() == "fr" else self.label_en


def ratio(top: Any, bottom: Any) -> NDArray[np.float64]:
    """Top over bottom, NaN where the bottom is 0."""
    top, bottom = np.asarray(top, float), np.asarray(bottom, float)
    return np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom != 0)


def reached(tallies: Any, stage: int, origin: int | None = None) -> NDArray[np.float64]:
    """Projects that reached a stage in the horizon, of one origin or all; shape (R,)."""
    counts = tallies["reached"][:, stage]
    counts = counts if origin is None else counts[:, [origin]]
    return counts.sum(axis=(1, 2, 3)).astype(float)


def survival(tallies: Any, group: int | None, months: int) -> NDArray[np.float64]:
    """Kaplan–Meier share of emerged projects alive after ``months``, of one group of origin or all; shape (R,)."""
    pick = slice(None) if group is None else slice(group, group + 1)
    at_risk = tallies["at_risk"][:, pick, :months].sum(axis=1)
    lost = tallies["lost"][:, pick, :months].sum(axis=1)
    alive = 1.0 - np.divide(lost, at_risk, out=np.zeros(lost.shape), where=at_risk > 0)
    return np.where(at_risk.all(axis=1), alive.prod(axis=1), np.nan)


def _counts() -> list[Outcome]:
    made = []
    for name, (stage, fr, en) in STAGE_OUTCOMES.items():
        made.append(Outcome(name, "projects", "more", fr, en, lambda t, s=stage: reached(t, s)))
        for origin, key in enumerate(ORIGINS):
            of_fr, of_en = ORIGIN_LABELS[key]

            def formula(t, s=stage, o=origin):
                return reached(t, s, o)

            made.append(Outcome(f"{name}[{key}]", "projects", "neither", f"{fr}, {of_fr}", f"{en}, {of_en}", formula))
    return made


def _funded(tallies: Any, stage: int, funded: int) -> NDArray[np.float64]:
    return tallies["reached"][:, stage, :, :, funded].sum(axis=(1, 2)).astype(float)


def _rates() -> list[Outcome]:
    pairs = itertools.pairwise(STAGE_OUTCOMES.items())
    made = []
    for (low, (stage, low_fr, low_en)), (_, (_, fr, en)) in pairs:

        def formula(t, s=stage):
            return ratio(reached(t, s + 1), reached(t, s))

        name = f"rate[{low}]"
        made.append(Outcome(name, "share", "more", f"part : {fr} / {low_fr}", f"share: {en} / {low_en}", formula))

        def wait(t, s=stage):
            return ratio(t["waited"][:, s].sum(axis=1), reached(t, s + 1))

        label = f"mois : {low_fr} → {fr}", f"months: {low_en} → {en}"
        made.append(Outcome(f"months[{low}]", "months", "less", *label, wait))
    emerged = Outcome(
        "emerged_per_idea",
        "share",
        "more",
        "part des idées qui émergent",
        "share of ideas that emerge",
        lambda t: ratio(reached(t, 3), reached(t, 0)),
    )
    return [*made, emerged]


def _survivals() -> list[Outcome]:
    made = []
    for years, (group, of_fr, of_en) in itertools.product(
        (2, 5), ((None, "", ""), (0, ", initiative propre", ", own initiative"), (1, ", dispositif", ", scheme"))
    ):
        name = f"survival_{years}" + ("" if group is None else f"[{GROUPS[group]}]")
        fr, en = f"survie à {years} ans des projets émergés{of_fr}", f"{years}-year survival of emerged projects{of_en}"
        made.append(Outcome(name, "share", "more", fr, en, lambda t, g=group, y=years: survival(t, g, 12 * y)))
    return made


def _means_at(field: str, unit: str, stage: int, fr: str, en: str) -> Outcome:
    return Outcome(field, unit, "neither", fr, en, lambda t: ratio(t[field].sum(axis=1), reached(t, stage)))


def _portraits() -> list[Outcome]:
    made = [
        _means_at("emerged_size", "actors", 3, "organisations par projet émergé", "organisations per emerged project"),
        _means_at("emerged_sectors", "sectors", 3, "secteurs par projet émergé", "sectors per emerged project"),
        _means_at(
            "emerged_kinds", "kinds", 3, "catégories d’acteurs par projet émergé", "kinds of actor per emerged project"
        ),
        _means_at(
            "emerged_market", "share", 3, "part marchande des projets émergés", "market share of emerged projects"
        ),
        _means_at(
            "emerged_public",
            "share",
            3,
            "part d’argent public des projets émergés",
            "public share of emerged projects' money",
        ),
        _means_at(
            "co_carried", "share", 2, "part de projets structurés co-portés", "share of structured projects co-carried"
        ),
    ]
    for mark, key in enumerate(MARKS):
        fr, en = MARK_LABELS[key]

        def formula(t, m=mark):
            return ratio(t["marks"][:, m].sum(axis=1), reached(t, 2))

        made.append(
            Outcome(f"mark[{key}]", "0-1", "more", f"projets structurés : {fr}", f"structured projects: {en}", formula)
        )
    for sector in SECTORS:
        members = [KINDS.index(kind) for kind in KINDS if SECTOR_OF_KIND[kind] == sector]
        fr, en = LABELS[sector]["fr"], LABELS[sector]["en"]

        def carried(t, m=members):
            return ratio(t["structured_carriers"][:, m].sum(axis=(1, 2)), reached(t, 2))

        made.append(
            Outcome(
                f"carried[{sector}]",
                "share",
                "neither",
                f"part de projets structurés portés : {fr}",
                f"share of structured projects carried: {en}",
                carried,
            )
        )

        def seen(t, m=members):
            return ratio(t["mobilised"][:, m].sum(axis=1), t["population"][:, m].sum(axis=1))

        made.append(
            Outcome(
                f"mobilised[{sector}]",
                "share",
                "more",
                f"part d’acteurs mobilisés : {fr}",
                f"share of actors mobilised: {en}",
                seen,
            )
        )

    def mobilised(t):
        return t["mobilised"].sum(axis=1).astype(float)

    return [*made, Outcome("mobilised", "actors", "more", "acteurs mobilisés", "actors mobilised", mobilised)]


def _flows() -> list[Outcome]:
    made = []
    for channel, key in enumerate(CHANNELS):
        fr, en = CHANNEL_LABELS[key]

        def gained_by(t, c=channel):
            return t["joined"][:, c].astype(float)

        made.append(Outcome(f"joined[{key}]", "members", "neither", f"entrées {fr}", f"members gained {en}", gained_by))
    for place, (fr, en) in enumerate((("un pair", "a peer"), ("un chargé de mission", "an officer"))):
        name = f"acceptance[{('peer', 'officer')[place]}]"
        gained = (
            lambda t: t["joined"].sum(axis=1) - t["joined"][:, 0] - t["joined"][:, 2],
            lambda t: t["joined"][:, 2],
        )[place]

        def accepted(t, g=gained, p=place):
            return ratio(g(t), t["invited"][:, p])

        made.append(
            Outcome(
                name,
                "share",
                "more",
                f"part d’invitations acceptées, par {fr}",
                f"share of invitations accepted, by {en}",
                accepted,
            )
        )
    for reason, label in enumerate(REASONS[NO_CARRIER:], NO_CARRIER):
        fr, en = REASON_LABELS[label]
        status, key = (1, "ended") if reason >= UNCOVERED else (0, "abandoned")
        word_fr, word_en = (
            ("projets abandonnés", "abandoned projects") if status == 0 else ("projets terminés", "ended projects")
        )

        def stopped(t, s=status, r=reason):
            return t["stopped"][:, s, r].sum(axis=1).astype(float)

        made.append(Outcome(f"{key}[{label}]", "projects", "less", f"{word_fr} : {fr}", f"{word_en}: {en}", stopped))
    return made


def _values_and_money() -> list[Outcome]:
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


def _ecosystem(moment: str, of_fr: str, of_en: str) -> list[Outcome]:
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


def _stocks() -> list[Outcome]:
    rows = [
        ("load", "projects", "projets suivis par les chargés de mission", "projects helped by officers"),
        ("engaged", "actors", "acteurs engagés en moyenne", "actors engaged on average"),
        ("dormant", "projects", "projets dormants en moyenne", "dormant projects on average"),
    ]
    made = [Outcome(name, unit, "neither", fr, en, lambda t, n=name: t[n]) for name, unit, fr, en in rows]
    for name, funded, fr, en in (("funded", 1, "aidés", "funded"), ("unfunded", 0, "non aidés", "unfunded")):

        def formula(t, f=funded):
            return _funded(t, 3, f)

        made.append(
            Outcome(
                f"emerged_{name}", "projects", "neither", f"projets émergés {fr}", f"{en} emerged projects", formula
            )
        )
    return made


def _roles() -> list[Outcome]:
    made = []
    for (stage, when), (role, key), sector in itertools.product(
        enumerate(("structured", "emerged")), enumerate(ROLES), SECTORS
    ):
        kinds = [KINDS.index(kind) for kind in KINDS if SECTOR_OF_KIND[kind] == sector]

        def formula(t, s=stage, r=role, k=kinds):
            return ratio(t["roles"][:, s, r][:, k].sum(axis=(1, 2)), t["roles"][:, s, r].sum(axis=(1, 2)))

        fr, en = ROLE_LABELS[key]
        at_fr, at_en = (("à la structuration", "when structured"), ("à l’émergence", "at emergence"))[stage]
        label = f"part de {fr}, {LABELS[sector]['fr']}, {at_fr}", f"share of {en}, {LABELS[sector]['en']}, {at_en}"
        made.append(Outcome(f"role[{when},{key},{sector}]", "share", "neither", *label, formula))
    return made


def _all() -> Mapping[str, Outcome]:
    groups = (
        _counts(),
        _rates(),
        _survivals(),
        _portraits(),
        _stocks(),
        _flows(),
        _values_and_money(),
        _roles(),
        _ecosystem("initial", " au mois 0", " at month 0"),
        _ecosystem("final", " à la fin", " at the end"),
    )
    return {outcome.name: outcome for group in groups for outcome in group}


OUTCOMES: Mapping[str, Outcome] = _all()


def measure(tallies: Any, names: tuple[str, ...] | None = None) -> dict[str, NDArray[np.float64]]:
    """Outcomes of R runs from their tallies (record array of shape (R,)): name → array of shape (R,)."""
    return {name: OUTCOMES[name].formula(tallies) for name in (names or OUTCOMES)}
