"""Outcomes of projects: how many, how far, how long, what they are like, who joins and in which role."""

import itertools

from ectsim.model.outcome import Outcome, ratio, reached, survival
from ectsim.model.outcome_labels import (
    CHANNEL_LABELS,
    MARK_LABELS,
    ORIGIN_LABELS,
    REASON_LABELS,
    ROLE_LABELS,
    STAGE_OUTCOMES,
)
from ectsim.model.state import CHANNELS, MARKS, NO_CARRIER, ORIGINS, REASONS, ROLES, UNCOVERED
from ectsim.model.tally import GROUPS
from ectsim.territory.nomenclature import KINDS, LABELS, SECTOR_OF_KIND, SECTORS


def counts() -> list[Outcome]:
    """Projects that reached each stage, in all and by origin."""
    made = []
    for name, (stage, fr, en) in STAGE_OUTCOMES.items():
        made.append(Outcome(name, "projects", "more", fr, en, lambda t, s=stage: reached(t, s)))
        for origin, key in enumerate(ORIGINS):
            of_fr, of_en = ORIGIN_LABELS[key]

            def formula(t, s=stage, o=origin):
                return reached(t, s, o)

            made.append(Outcome(f"{name}[{key}]", "projects", "neither", f"{fr}, {of_fr}", f"{en}, {of_en}", formula))
    return made


def rates() -> list[Outcome]:
    """Shares and months from each stage to the next."""
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


def survivals() -> list[Outcome]:
    """Shares of emerged projects alive after two and five years, in all and by group of origin."""
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


def portraits() -> list[Outcome]:
    """What structured and emerged projects are like, and whom they mobilise."""
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


def flows() -> list[Outcome]:
    """Members gained, invitations accepted, projects stopped by reason."""
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


def roles() -> list[Outcome]:
    """Who plays which role, by sector, when projects are structured and when they emerge."""
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
