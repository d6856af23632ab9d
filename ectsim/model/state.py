"""State of a run: every array the month loop reads and writes, with type, shape, unit and meaning.

No rule lives here.
"""

from typing import Any, NamedTuple

import numpy as np

ORIGINS = ("spontaneous", "event", "call", "subsidy", "regulation")
SPONTANEOUS, BY_EVENT, BY_CALL, BY_SUBSIDY, BY_REGULATION = range(5)
CALL_PATHS = ("none", "call_born", "recombined", "dormant")
NO_PATH, CALL_BORN, RECOMBINED, WAS_DORMANT = range(4)
FUNDINGS = ("none", "applied", "awarded", "paying", "ended", "refused")
UNFUNDED, APPLIED, AWARDED, PAYING, PAID, REFUSED = range(6)
STAGES = ("idea", "collective", "structured", "emerged", "anchored")
IDEA, COLLECTIVE, STRUCTURED, EMERGED, ANCHORED = range(5)
STATUSES = ("live", "dormant", "abandoned", "ended")
LIVE, DORMANT, ABANDONED, ENDED = range(4)
REASONS = (
    "none",
    "carrier",
    "time",
    "money",
    "premises",
    "skills",
    "governance",
    "trust",
    "obligation",
    "partners",
    "other",
    "uncovered",
    "too_few",
    "chance",
)
NO_REASON, NO_CARRIER, LACKS_TIME = 0, 1, 2
GOVERNANCE, TRUST, OBLIGATION, PARTNERS, OTHER, UNCOVERED, TOO_FEW, CHANCE = range(6, 14)
MARKS = ("responsibility", "risk", "values", "vocabulary", "stated")
CHANNELS = ("initiator", "peer", "officer", "event", "call", "obligation")
BY_INITIATOR, BY_PEER, BY_OFFICER, BY_EVENT_CHANNEL, BY_CALL_CHANNEL, BY_OBLIGATION = range(6)
INSTRUMENTS = ("call", "subsidy", "regulation", "facilitation", "events", "recognition")
CALL, SUBSIDY, REGULATION, FACILITATION, EVENTS, RECOGNITION = range(6)
CONDITIONS = ("none", "collective", "refund")
UNCONDITIONAL, IF_COLLECTIVE, REFUND = range(3)
SHARED, REFUSING = range(2)
FIRST_COME, WEAKEST_FIRST, CALL_FIRST, SPONTANEOUS_FIRST = range(4)
LEDGER = ("grants", "officers", "recognition_and_events", "control")
ASKED = 12
OFFICER_THINKS_OF = 10
REMEMBERED = 8
LOT = 32
"""Ties whose cumulated weights are compared at once."""
NEVER = -1

# the order is that of memory: what a month touches most comes first
PROJECT_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("status", "i8", "index", "live, dormant, abandoned, ended"),
    ("team", "i8", "actors", "members, the first places of the row of State.members"),
    ("stage", "i8", "index", "idea, collective, structured, emerged, anchored"),
    ("funding", "i8", "index", "none, applied, awarded, paying, ended, refused"),
    ("required", "i8", "actors", "n_req: members it needs"),
    ("coverage_least", "f8", "0-1", "C_min"),
    ("facilitator", "i8", "row", "facilitation instrument that helps it, -1 none"),
    ("carrier", "i8", "row", "actor who carries it, -1 none"),
    ("initiator_key", "i8", "identity", "key of the initiator: identity of the project, with its birth"),
    ("birth", "i8", "month", "birth month: identity of the project, with its initiator"),
    ("theme", "i8", "index", "theme"),
    ("commune", "i8", "index", "commune of the carrier"),
    ("sectors", "i8", "sectors", "distinct sectors among members"),
    ("required_sectors", "i8", "sectors", "s_min, or more where a call asks more"),
    ("least_resource", "i8", "index", "resource least covered"),
    ("former_count", "i8", "actors", "how many of them are left to ask"),
    ("momentum", "f8", "0-1", "collective part of m: least of 1 and coverage to the power γ_p"),
    ("vocabulary", "f8", "0-1", "g"),
    ("market_share", "f8", "0-1", "y"),
    ("reward", "f8", "0-1", "x_call, same for every member"),
    ("label_reward", "f8", "0-1", "x_label"),
    ("reward_autonomy", "f8", "0-1", "autonomy of that reward"),
    ("label_autonomy", "f8", "0-1", "autonomy of the label"),
    ("team_changes", "i8", "changes", "of its members so far"),
    ("mean_values", ("f8", (3,)), "share", "mean values of members"),
    ("offered", ("i8", (5,)), "0/1", "counterparts it offers"),
    ("trust", "f8", "0-1", "mean trust between members"),
    ("asked", ("i8", (ASKED,)), "row", "actors who declined lately, -1 none"),
    ("asked_month", ("i8", (ASKED,)), "month", "when they did"),
    ("asked_next", "i8", "place", "next place in asked"),
    ("instrument", "i8", "row", "instrument of the application or award, -1 none"),
    ("edition", "i8", "index", "edition of that instrument"),
    ("effort", "f8", "0-1", "sum of members' effort last month"),
    ("officer_days", "f8", "days a month", "public skills of its officer"),
    ("cost_due", "f8", "person-days", "cost of the file still to be worked"),
    ("coverage_mean", "f8", "0-1", "C̄"),
    ("coverage", ("f8", (4,)), "0-1", "share of each need covered"),
    ("need", ("f8", (4,)), "a month", "time, money, premises, skills"),
    ("flow", "f8", "k€ a month", "public money received this month"),
    ("own_money", "f8", "k€", "money of members put in so far"),
    ("public_money", "f8", "k€", "grants received"),
    ("last_money", "i8", "month", "last month with direct public money, -1 never"),
    ("marks", ("f8", (5,)), "0-1", "co-responsibility, risk, values, vocabulary, stated"),
    ("value_distance", "f8", "0-1", "mean D of members"),
    ("labelled", "i8", "row", "instrument whose label it holds, -1 none"),
    ("co_carried", "i8", "0/1", "co-carried at its last live month"),
    ("progress_month", "i8", "month", "last month with progress"),
    ("best_size", "i8", "actors", "most members so far"),
    ("best_coverage", "f8", "0-1", "best C̄ counted as progress"),
    ("stage_month", ("i8", (5,)), "month", "month each stage was reached, -1 never"),
    ("sleep_since", "i8", "month", "month it fell asleep"),
    ("wake_month", "i8", "month", "month at which it will wake by itself"),
    ("initiator", "i8", "row", "actor who had the idea"),
    ("origin", "i8", "index", "what caused the idea"),
    ("call_path", "i8", "index", "none, call-born, recombined, dormant: set when it applies"),
    ("phase", "i8", "index", "phase of a two-phase call it has passed"),
    ("label_until", "i8", "month", "first month without the label"),
    ("label_month", "i8", "month", "month of its first label, -1 never"),
    ("facilitated_once", "i8", "0/1", "ever helped by an officer"),
    ("help", "f8", "0-1", "F_p: effect of its officer after overload"),
    ("service_days", "f8", "days a month", "services of a call's first phase"),
    ("service_until", "i8", "month", "first month without them"),
    ("below_months", "i8", "months", "consecutive months with C_min too low, after emergence"),
    ("end_month", "i8", "month", "month it was abandoned or ended, -1 not"),
    ("reason", "i8", "index", "why it sleeps or stopped"),
    ("first_known", "i8", "month", "first officer, event, application or third member, -1 never"),
    ("request", "f8", "k€", "grant asked"),
    ("grant", "f8", "k€", "grant awarded"),
    ("paid", "f8", "k€", "grant paid so far"),
    ("cash", "f8", "k€", "grant received and not yet used"),
    ("pay_from", "i8", "month", "first month of payment"),
    ("award_month", "i8", "month", "month of its first award, -1 never"),
    ("award_carrier", "i8", "kind", "kind of the carrier at its first award"),
    ("promised_month", "i8", "month", "by which it then promised to emerge"),
    ("value", ("f8", (3,)), "index", "economic, social, environmental value since emergence"),
    ("anchored_value", ("f8", (3,)), "index", "the part that came after anchoring"),
    ("former", ("i8", (REMEMBERED,)), "row", "members when it fell asleep"),
    ("structured_size", "i8", "actors", "members when structured"),
    ("structured_carrier", "i8", "kind", "kind of the carrier when structured, -1 never"),
    ("structured_marks", ("f8", (5,)), "0-1", "marks when structured"),
    ("emerged_size", "i8", "actors", "members at emergence"),
    ("emerged_sectors", "i8", "sectors", "sectors at emergence"),
    ("emerged_kinds", "i8", "kinds", "kinds at emergence"),
    ("emerged_carrier", "i8", "kind", "kind of the carrier at emergence, -1 never"),
    ("emerged_market", "f8", "0-1", "market share at emergence"),
    ("emerged_public", "f8", "0-1", "share of its money that was public, up to emergence"),
    ("ever_co_carried", "i8", "0/1", "co-carried when structured"),
)

MEMBER_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("actor", "i8", "row", "actor"),
    ("joined", "i8", "month", "month it joined"),
    ("sponsor", "i8", "row", "member through whose tie it was invited, -1 none"),
    ("channel", "i8", "index", "how it was mobilised"),
    ("stated", "i8", "0/1", "has stated contribution and counterpart"),
    ("leaves", "i8", "0/1", "leaves this month (scratch)"),
    ("threshold", "f8", "log-odds", "ε: the pair's luck, for life"),
    ("distance", "f8", "1", "d/ℓ to the project's commune"),
    ("nearness", "f8", "0-1", "exp(-d/ℓ)"),
    ("effort", "f8", "0-1", "e of the last month"),
    ("work", "f8", "0-1", "cumulated effort"),
    ("contribution", ("f8", (4,)), "a month", "time, money, premises, skills of the last month"),
    ("trust", "f8", "0-1", "T̄: mean trust to the other members"),
    ("trust_seen", "i8", "changes", "of the team and of its ties when that trust was taken, -1 not yet"),
)

INSTRUMENT_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("kind", "i8", "index", "call, subsidy, regulation, facilitation, events, recognition"),
    ("first", "i8", "month", "first month, counted from the start of the burn-in"),
    ("until", "i8", "month", "first month it no longer acts"),
    ("period", "i8", "months", "between editions, 0 one edition"),
    ("window", "i8", "months", "a call stays open"),
    ("themes", "i8", "bits", "themes it concerns"),
    ("kinds", "i8", "bits", "kinds eligible or obliged"),
    ("minimum_partners", "i8", "actors", "members a file needs"),
    ("minimum_sectors", "i8", "sectors", "sectors a file needs"),
    ("budget", "f8", "k€", "of an edition (call) or a year (subsidy)"),
    ("grant_rate", "f8", "share", "of the money need"),
    ("grant_cap", "f8", "k€", "most for one project"),
    ("winners", "i8", "files", "most winners, -1 no limit"),
    ("quota", "f8", "share", "most winners as a share of files, -1 no limit"),
    ("months_paid", "i8", "months", "a grant is spread over"),
    ("payment_delay", "i8", "months", "between award and first payment"),
    ("upfront_share", "f8", "share", "of the grant paid first"),
    ("condition", "i8", "index", "none, collective, refund"),
    ("application_cost", "f8", "person-days", "cost of answering"),
    ("selection_noise", "f8", "1", "σ of the score"),
    ("outside_files", "i8", "files", "competitors from beyond the territory"),
    ("promised_months", "i8", "months", "within which a winner promises to emerge"),
    ("autonomy", "f8", "0-1", "A"),
    ("rivalness", "f8", "0-1", "ϱ"),
    ("phases", "i8", "phases", "1, or 2: services first, then money"),
    ("phase_one_share", "f8", "share", "of files that pass phase one"),
    ("phase_one_months", "i8", "months", "between the two phases"),
    ("phase_one_officer_days", "f8", "days a month", "services given in phase one"),
    ("requires_label", "i8", "0/1", "only labelled projects"),
    ("enforcement", "f8", "0-1", "e"),
    ("sanction", "f8", "0-1", "sanction"),
    ("officers", "f8", "officers", "officers"),
    ("caseload", "f8", "projects", "K: officers times projects per officer"),
    ("days", "f8", "days a month", "most days a project gets"),
    ("overload", "i8", "index", "share, refuse"),
    ("priority", "i8", "index", "first come, weakest first, call, spontaneous"),
    ("strength", "f8", "1", "φ"),
    ("overload_exponent", "f8", "1", "ω_o"),
    ("public_cost", "f8", "k€ a month", "paid by public money while it acts"),
    ("fee", "f8", "k€ a month", "paid by the helped projects together"),
    ("participants", "f8", "actors", "of an event"),
    ("mixing", "f8", "0-1", "of an event: meetings whatever distance and sector"),
    ("event_rate", "f8", "1/event", "λ_e"),
    ("event_cost", "f8", "k€", "of an event"),
    ("reward", "f8", "0-1", "x_label"),
    ("label_months", "i8", "months", "a label lasts, 0 for ever"),
    ("acting", "i8", "0/1", "acts this month"),
    ("open", "i8", "0/1", "takes files this month"),
    ("edition", "i8", "index", "current edition (year for a subsidy)"),
    ("spent", "f8", "k€", "awarded in this edition"),
    ("success", "f8", "0-1", "π̂: success rate of the last round"),
    ("load", "i8", "projects", "helped now"),
    ("help", "f8", "0-1", "F_p: effect of its officers after overload"),
    ("given", "f8", "days a month", "its officers give each project"),
)

CLOCK_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("month", "i8", "month", "next month to be run, from the start of the burn-in"),
    ("projects", "i8", "projects", "born so far"),
    ("alive", "i8", "projects", "live or dormant: the first places of State.alive"),
    ("live", "i8", "projects", "live between step 3 and step 9: the first places of State.live"),
    ("overflow", "i8", "index", "0, or which array is full: 1 projects, 2 members"),
    ("burn_in", "i8", "months", "length of the burn-in"),
    ("themes", "i8", "themes", "themes of the scenario"),
    ("seed", "u8", "seed", "root seed"),
    ("idea_scale", "f8", "1/month", "ι/(12·N·s̄·c̄·ō)"),
    ("value_spread", "f8", "0-1", "mean distance of actors' values to their mean"),
    ("officers", "f8", "officers", "F's numerator: officers at work"),
    ("road", "f8", "km", "kilometres of road for one unit of the table of distances"),
)

MONTH_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("ideas", "i8", "projects", "ideas born this month"),
    ("stages", ("i8", (5,)), "projects", "live projects by stage"),
    ("dormant", "i8", "projects", "dormant projects"),
    ("stopped", "i8", "projects", "abandoned or ended this month"),
    ("engaged", "i8", "actors", "actors with a commitment"),
    ("propensity", "f8", "0-1", "mean propensity at the end of the month"),
    ("load", "i8", "projects", "helped by officers"),
    ("labelled", "i8", "projects", "holding a label"),
    ("value", ("f8", (3,)), "index", "economic, social, environmental value made this month"),
    ("anchored_value", ("f8", (3,)), "index", "the part made by anchored projects"),
    ("invited", ("i8", (2,)), "actors", "invitations by peers, by officers"),
    ("joined", ("i8", (6,)), "actors", "members gained, by channel"),
    ("money", ("f8", (4,)), "k€", "public money: grants, officers, recognition and events, control"),
    ("files", "i8", "files", "files decided on, those from outside too"),
    ("winners", "i8", "files", "of those, awarded"),
)

FORCED_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("month", "i8", "month", "from the start of the burn-in"),
    ("actor_key", "i8", "identity", "who"),
    ("decision", "i8", "index", "accept, decline, initiate"),
    ("theme", "i8", "index", "theme of an idea"),
    ("initiator_key", "i8", "identity", "the project accepted or declined, -1 any"),
    ("birth", "i8", "month", "its birth"),
)
ROLES = ("carrier", "co_carrier", "funder", "host", "broker", "expert")
CARRIER, CO_CARRIER, FUNDER, HOST, BROKER, EXPERT = range(6)
DECISIONS = ("accept", "decline", "initiate")
ACCEPT, DECLINE, INITIATE = range(3)


class State(NamedTuple):
    """All of a run. Shapes: N actors, D ties, P projects, M members, S instruments, T months, F forced decisions.

    Attributes
    ----------
    actors, neighbours, trust, reach, cooperated
        The world, see :class:`ectsim.world.layout.World`; it moves with the run.
    projects : record array (P,)
        See ``PROJECT_FIELDS``; the first ``clock.projects`` are in use, in order of birth then of row.
    members : record array (P, M)
        See ``MEMBER_FIELDS``; the first ``team`` of a row are in use.
    decided : int64 (P, S)
        Last edition of each instrument about which the carrier decided, -1 none.
    alive : int64 (P,)
        Live and dormant projects, in order of birth.
    live : int64 (P,)
        Scratch: live projects between step 3 and step 9 of the month, in order of birth.
    rows : int64 (N,)
        Row of each actor in order of keys: what is done one actor after the other is done in this order.
    free : int64 (N,)
        Scratch: projects an actor may still join this month.
    open, inside : float64 (N,)
        Scratch: 1 for who has a place left and is not in the project at hand, 1 for its members; else 0.
    before : float64 (N,)
        Scratch: propensities before they all move at once.
    room : int64 (N,)
        Scratch: participants of an event; then cause and theme of the ideas of the month.
    files : int64 (P,), scores : float64 (P,)
        Scratch: files of a selection.
    candidates : int64 (M·D,), cumulated : float64 (M·D + LOT,), first_tie : int64 (M,)
        Scratch: other ends of the ties of a project's members, cumulated weights and infinity beyond them, where those
        of each member begin.
    thought_of : int64 (12,)
        Scratch: actors an officer thinks of, in whole blocks of draws.
    instruments : record array (S,)
        See ``INSTRUMENT_FIELDS``.
    obligation : float64 (kinds, themes)
        x_reg: expected sanction this month.
    pull : float64 (3, kinds), pull_themes : int64 (3, kinds)
        Open calls, open subsidies and enforcement of obligations by kind this month, and their themes as bits.
    pull_appeal, pull_cost : float64 (3, kinds)
        Largest reward to be expected of them, and largest cost of a file.
    roles : int64 (2, 6, kinds, 5)
        Roles played when projects were structured and when they emerged, since month 0: by stage, role, kind, origin.
    months : record array (T,)
        See ``MONTH_FIELDS``.
    forced : record array (F,)
        See ``FORCED_FIELDS``.
    clock, parameters : record arrays (1,)
    points, table : float64
        See :class:`ectsim.world.layout.Ground`.
    epci : int64 (C,)
        Intercommunal body of each commune.
    """

    actors: Any
    neighbours: np.ndarray
    trust: np.ndarray
    reach: np.ndarray
    cooperated: np.ndarray
    projects: Any
    members: Any
    decided: np.ndarray
    alive: np.ndarray
    live: np.ndarray
    rows: np.ndarray
    free: np.ndarray
    open: np.ndarray
    inside: np.ndarray
    before: np.ndarray
    room: np.ndarray
    files: np.ndarray
    scores: np.ndarray
    candidates: np.ndarray
    cumulated: np.ndarray
    first_tie: np.ndarray
    thought_of: np.ndarray
    instruments: Any
    obligation: np.ndarray
    pull: np.ndarray
    pull_themes: np.ndarray
    pull_appeal: np.ndarray
    pull_cost: np.ndarray
    roles: np.ndarray
    months: Any
    forced: Any
    clock: Any
    parameters: Any
    points: np.ndarray
    table: np.ndarray
    epci: np.ndarray
