"""The six instruments of a scheme and their fields, as a scenario file gives them. What they do lives in the model."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ectsim.scenario.settings import Kinds, Settings, Themes, setting

Condition = Literal["none", "collective", "refund"]


def _autonomy(default: float) -> Any:
    return setting(
        default,
        "index",
        "autonomy left to the teams, from 0 (top-down) to 1 (co-constructed)",
        "autonomie laissée aux équipes, de 0 (imposé d’en haut) à 1 (co-construit)",
        low=0,
        high=1,
    )


def _application_cost(default: float) -> Any:
    return setting(
        default, "person_day", "work a file costs its team", "travail qu’un dossier coûte à son équipe", low=0, high=500
    )


def _themes() -> Any:
    return setting(None, "choice", "themes concerned (none named: all)", "thèmes concernés (aucun nommé : tous)")


class InstrumentBase(Settings):
    """What every instrument has: a free label and the months it acts."""

    label: str | None = setting(
        None, "text", "free name of the instrument", "nom libre de l’instrument", max_length=120
    )
    permanent: bool = setting(
        False,
        "choice",
        "acts from the start of the burn-in, as today",
        "agit dès le début de la période d’installation, comme aujourd’hui",
    )
    first_month: int = setting(
        0,
        "month",
        "first month it acts, counted from month 0",
        "premier mois d’action, compté du mois 0",
        low=0,
        high=1200,
    )
    until: int | None = setting(
        None,
        "month",
        "first month it no longer acts (none: to the end)",
        "premier mois où il n’agit plus (aucun : jusqu’à la fin)",
        low=1,
        high=1200,
    )


class Eligible(InstrumentBase):
    """What calls, subsidies and labels ask of a project before it may apply."""

    themes: Themes | None = _themes()
    eligible_kinds: Kinds | None = setting(
        None,
        "choice",
        "kinds of actor that may carry the project (none named: all)",
        "types d’acteurs qui peuvent porter le projet (aucun nommé : tous)",
    )
    minimum_partners: int = setting(
        3, "number", "partners required, carrier included", "partenaires exigés, porteur compris", low=1, high=100
    )
    minimum_sectors: int = setting(
        2,
        "number",
        "sectors required, among public, private and civil society",
        "secteurs exigés, parmi public, privé et société civile",
        low=1,
        high=3,
    )


class Funding(Eligible):
    """What calls and subsidies share: the money and its conditions."""

    grant_rate: float = setting(
        0.5,
        "share",
        "share of a project's money need that is granted",
        "part du besoin d’argent d’un projet qui est accordée",
        low=0,
        high=1,
    )
    grant_cap: float = setting(
        100.0, "keur", "highest grant to one project", "aide la plus haute à un projet", low=0, high=1e6
    )
    months_paid: int = setting(
        24, "month", "months over which the grant is paid", "durée de versement de l’aide", low=1, high=240
    )
    payment_delay: int = setting(
        3,
        "month",
        "wait between award and first payment",
        "attente entre décision et premier versement",
        low=0,
        high=60,
    )
    upfront_share: float = setting(
        0.0,
        "share",
        "share of the grant paid at once, at the award",
        "part de l’aide versée d’un coup, à la décision",
        low=0,
        high=1,
    )
    condition: Condition = setting(
        "none",
        "choice",
        "condition on the money: none, collective (paid while the required team is together), "
        "refund (members get their own money back if a winner is given up)",
        "condition mise à l’argent : none (aucune), collective (versé tant que l’équipe exigée est réunie), "
        "refund (les membres sont remboursés de leur argent si un lauréat est abandonné)",
    )
    application_cost: float = _application_cost(10.0)
    promised_months: int = setting(
        24,
        "month",
        "months in which winners promise to succeed",
        "délai dans lequel les lauréats promettent d’aboutir",
        low=1,
        high=240,
    )
    autonomy: float = _autonomy(0.5)
    requires_label: bool = setting(
        False, "choice", "only labelled projects may apply", "seuls les projets labellisés peuvent demander"
    )


class Call(Funding):
    """A call for expression of interest (AMI): editions that open, rank the files and pay the winners."""

    kind: Literal["call"] = "call"
    period: int | None = setting(
        None,
        "month",
        "months from one edition to the next (none: one edition)",
        "mois d’une édition à la suivante (aucun : une seule édition)",
        low=1,
        high=240,
    )
    window: int = setting(4, "month", "months an edition stays open", "durée d’ouverture d’une édition", low=1, high=6)
    budget: float | None = setting(
        None,
        "keur",
        "money of one edition (none: no limit)",
        "argent d’une édition (aucun : sans limite)",
        low=0,
        high=1e6,
    )
    winners: int | None = setting(
        None, "number", "most winners of one edition", "lauréats d’une édition, au plus", low=1, high=100_000
    )
    quota: float | None = setting(
        None, "share", "share of the files that wins", "part des dossiers qui gagne", low=0, high=1
    )
    selection_noise: float = setting(
        0.1,
        "index",
        "luck in the marks of the jury: standard deviation on a mark from 0 to 1",
        "hasard dans les notes du jury : écart type sur une note de 0 à 1",
        low=0,
        high=2,
    )
    outside_files: int = setting(
        0,
        "number",
        "files from beyond the territory that compete, at each edition",
        "dossiers d’ailleurs en concurrence, à chaque édition",
        low=0,
        high=100_000,
    )
    rivalness: float = setting(
        0.0,
        "index",
        "rivalry the call sets up between its teams, from 0 to 1",
        "rivalité que l’appel installe entre ses équipes, de 0 à 1",
        low=0,
        high=1,
    )
    phases: Literal[1, 2] = setting(
        1,
        "number",
        "phases: 2 means help to prepare, then a ranking of those helped",
        "phases : 2 veut dire une aide à préparer, puis un classement des aidés",
    )
    phase_one_share: float = setting(
        0.8,
        "share",
        "share of the files admitted to phase one",
        "part des dossiers admis en première phase",
        low=0,
        high=1,
    )
    phase_one_months: int = setting(6, "month", "length of phase one", "durée de la première phase", low=1, high=36)
    phase_one_officer_days: float = setting(
        2.0,
        "day_per_month",
        "officer days for each project of phase one",
        "jours d’animation pour chaque projet de la première phase",
        low=0,
        high=30,
    )


class Subsidy(Funding):
    """A subsidy on demand: a rolling window, no ranking."""

    kind: Literal["subsidy"] = "subsidy"
    budget: float | None = setting(
        None,
        "keur_per_year",
        "money of one year (none: no limit)",
        "argent d’une année (aucun : sans limite)",
        low=0,
        high=1e6,
    )


class Regulation(InstrumentBase):
    """A duty in force; it leaves no autonomy, by definition."""

    autonomy: ClassVar[float] = 0.0

    kind: Literal["regulation"] = "regulation"
    themes: Themes | None = _themes()
    obliged_kinds: Kinds | None = setting(
        None, "choice", "kinds of actor obliged (none named: all)", "types d’acteurs obligés (aucun nommé : tous)"
    )
    enforcement: float = setting(
        0.5, "index", "enforcement, from 0 (never checked) to 1", "contrôle, de 0 (jamais) à 1", low=0, high=1
    )
    sanction: float = setting(
        0.5,
        "index",
        "sanction, from 0 (none) to 1 (heaviest)",
        "sanction, de 0 (nulle) à 1 (la plus lourde)",
        low=0,
        high=1,
    )
    control_cost: float = setting(
        0.0, "keur_per_year", "public cost of control", "coût public du contrôle", low=0, high=1e6
    )


class Facilitation(InstrumentBase):
    """Project officers who help teams meet, agree and cover what they lack."""

    kind: Literal["facilitation"] = "facilitation"
    officers: float = setting(
        8.0,
        "number",
        "officers, in full-time equivalents",
        "chargés de mission, en équivalents temps plein",
        low=0,
        high=1e4,
    )
    projects_per_officer: float = setting(
        3.0,
        "number",
        "projects one officer can follow well",
        "projets qu’un chargé de mission suit bien",
        low=0.1,
        high=100,
    )
    overload: Literal["share", "refuse"] = setting(
        "share",
        "choice",
        "when there are too many projects: share the time or refuse",
        "quand les projets sont trop nombreux : partager le temps (share) ou refuser (refuse)",
    )
    priority: Literal["first_come", "weakest_first", "call", "spontaneous"] = setting(
        "first_come",
        "choice",
        "who is helped first: first_come, weakest_first, call or spontaneous projects",
        "qui est aidé d’abord : premier arrivé (first_come), plus fragile (weakest_first), projets d’appel (call) "
        "ou spontanés (spontaneous)",
    )
    strength: float | None = setting(
        None,
        "index",
        "strength of facilitation (none: parameter facilitation_phi)",
        "force de l’animation (aucune : paramètre facilitation_phi)",
        low=0,
        high=5,
    )
    overload_exponent: float | None = setting(
        None,
        "index",
        "how fast overload wears help out (none: parameter overload_exponent)",
        "vitesse à laquelle la surcharge use l’aide (aucune : paramètre overload_exponent)",
        low=0.7,
        high=1.6,
    )
    officer_cost: float = setting(
        60.0, "keur_per_year", "cost of one officer", "coût d’un chargé de mission", low=0, high=1000
    )
    public_share: float = setting(
        0.5,
        "share",
        "share of that cost paid by public money, projects pay the rest",
        "part de ce coût payée par l’argent public, les projets paient le reste",
        low=0,
        high=1,
    )


class Events(InstrumentBase):
    """Networking events where actors of several sectors and communes meet."""

    kind: Literal["events"] = "events"
    period: int = setting(
        6, "month", "months from one event to the next", "mois d’un événement au suivant", low=1, high=240
    )
    participants: int = setting(
        60, "number", "participants of one event", "participants d’un événement", low=1, high=100_000
    )
    mixing: float = setting(
        0.5,
        "index",
        "mixing over sectors and communes, from 0 to 1",
        "brassage des secteurs et des communes, de 0 à 1",
        low=0,
        high=1,
    )
    recognition_rate: float | None = setting(
        None,
        "per_event",
        "ideas per participant of an event (none: parameter event_rate)",
        "idées par participant d’un événement (aucun : paramètre event_rate)",
        low=0,
        high=1,
    )
    cost: float = setting(5.0, "keur", "cost of one event", "coût d’un événement", low=0, high=10_000)


class Recognition(Eligible):
    """A label: recognition without money."""

    kind: Literal["recognition"] = "recognition"
    strength: float = setting(
        0.3, "index", "weight of the label, from 0 to 1", "poids du label, de 0 à 1", low=0, high=1
    )
    autonomy: float = _autonomy(0.8)
    months: int | None = setting(
        None,
        "month",
        "months a label lasts (none: to the end)",
        "durée d’un label (aucune : jusqu’à la fin)",
        low=1,
        high=600,
    )
    application_cost: float = _application_cost(2.0)
    cost: float = setting(0.0, "keur_per_year", "public cost of the label", "coût public du label", low=0, high=1e6)


Instrument = Annotated[Call | Subsidy | Regulation | Facilitation | Events | Recognition, Field(discriminator="kind")]
INSTRUMENTS: dict[str, type[InstrumentBase]] = {
    variant.model_fields["kind"].default: variant
    for variant in (Call, Subsidy, Regulation, Facilitation, Events, Recognition)
}
