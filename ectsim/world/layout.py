"""How a world is laid out in memory: the record of an actor, the arrays of ties and of the ground.

No value is drawn here.
"""

from typing import Any, NamedTuple

import numpy as np

MAX_THEMES = 8
RESOURCES = ("time", "money", "premises", "skills")
VALUES = ("economic", "social", "environmental")
COUNTERPARTS = ("financial", "visibility", "access", "learning", "ties")
TYPES = ("unconditional", "conditional", "free_rider")
CONDITIONAL, FREE_RIDER = 1, 2

# name, type, unit, meaning; the order is that of memory: what a month touches most comes first, in one cache line
ACTOR_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("commitments", "i8", "projects", "live projects the actor is a member of"),
    ("capacity", "i8", "projects", "simultaneous commitments"),
    ("degree", "i8", "ties", "ties in use"),
    ("tie_changes", "i8", "changes", "of its ties and of their trust so far"),
    ("kind", "i8", "index", "kind, in the order of nomenclature.KINDS"),
    ("crowding_prone", "i8", "0/1", "whether incentives move its motivation"),
    ("propensity", "f8", "0-1", "propensity to cooperate c, moves every month"),
    ("commune", "i8", "index", "commune of the territory"),
    ("reward_sensitivity", "f8", "0-1", "w"),
    ("sanction_sensitivity", "f8", "0-1", "w_r"),
    ("risk_tolerance", "f8", "0-1", "ρ"),
    ("value_need", "f8", "0-1", "need of shared values"),
    ("return_threshold", "f8", "0-1", "demand of counterparts"),
    ("attachment", "f8", "0-1", "attachment to place"),
    ("hybridity_tolerance", "f8", "0-1", "tolerance of a market share other than its own"),
    ("market_orientation", "f8", "0-1", "μ of its kind"),
    ("values", ("f8", (3,)), "share", "weights of economic, social, environmental value; sum 1"),
    ("counterpart_wanted", ("i8", (5,)), "0/1", "financial, visibility, access, learning, ties"),
    ("interest", ("f8", (MAX_THEMES,)), "0-1", "interest by theme"),
    ("conditionality", "f8", "0-1", "θ: how far effort follows that of the others"),
    ("effort_factor", "f8", "share", "1, or the lower effort of a free rider"),
    ("coresponsibility", "f8", "0-1", "k: share of time and skills it puts in"),
    ("endowment", ("f8", (4,)), "a month", "time, money, premises, skills it can put in; 0 where it brings none"),
    ("exposure", "f8", "0-1", "strongest incentive x that acts on the actor this month"),
    ("exposure_autonomy", "f8", "0-1", "autonomy A of that incentive"),
    ("propensity_0", "f8", "0-1", "own level c_0 to which c returns"),
    ("key", "i8", "identity", "identity that keys every draw; rows are sorted by commune, then key"),
    ("sector", "i8", "index", "sector, in the order of nomenclature.SECTORS"),
    ("applying", "i8", "project", "project with which it answers a call, -1 none"),
    ("initiator", "i8", "0/1", "may start a project on its own"),
    ("idea_propensity", "f8", "0-1", "o"),
    ("vocabulary_0", "f8", "0-1", "shared vocabulary it brings"),
    ("application_cost_factor", "f8", "1", "felt burden of answering a call"),
    ("type", "i8", "index", "type of cooperator, in the order of TYPES"),
    ("size_class", "i8", "index", "size, in the order of nomenclature.SIZE_CLASSES"),
    ("zone", "i8", "index", "zone, in the order of nomenclature.ZONES"),
    ("perceived_quorum", "i8", "actors", "partners it thinks necessary"),
    ("patience", "i8", "months", "months without progress before its project sleeps"),
    ("event_month", "i8", "month", "last event it took part in, -1 none"),
    ("first_engaged", "i8", "month", "first month as a member of a project, -1 never"),
    ("last_engaged", "i8", "month", "last month as a member of a project, -1 never"),
    ("last_failure", "i8", "month", "last month a project of its failed, -1 never"),
    ("weight", "f8", "actors", "actors of the frame it stands for"),
)


def record_type(fields: tuple[tuple[str, Any, str, str], ...]) -> np.dtype:
    """Aligned record type of a documented table of fields."""
    plain = [(name, *kind) if isinstance(kind, tuple) else (name, kind) for name, kind, _, _ in fields]
    return np.dtype(plain, align=True)


def records(shape: int | tuple[int, ...], fields: tuple[tuple[str, Any, str, str], ...]) -> Any:
    """Array of zeroed records whose fields read as attributes, compiled or not."""
    return np.zeros(shape, record_type(fields)).view(np.recarray)


def lumps(array: np.ndarray) -> np.ndarray:
    """The same array, of the same shape, as lumps of bytes: NumPy copies these whole, and records field by field."""
    return array.view(np.ndarray).view(f"V{array.itemsize}")


class Ground(NamedTuple):
    """What every seed shares: the sampling plan and the distances. Shapes: S strata, L listed communes, C communes.

    Attributes
    ----------
    strata : record array (S,)
        Kind, sector, size class, zone, number sampled, weight, and the slice of ``listed`` it draws from.
    listed : int64 (L,)
        Communes in which the actors of a stratum may be placed.
    cumulated : float64 (L,)
        Cumulated chance of each within its slice.
    points : float64 (C, 3)
        Communes on the unit sphere.
    table : float64 (C, C) or (0, 0)
        Great-circle kilometres, or minutes when a table of travel times is given; empty for large territories,
        where distances are computed when needed.
    timed : bool
        Whether ``table`` holds minutes.
    """

    strata: Any
    listed: np.ndarray
    cumulated: np.ndarray
    points: np.ndarray
    table: np.ndarray
    timed: bool


class World(NamedTuple):
    """Actors and ties of one seed. Shapes: N actors, D places for ties.

    Attributes
    ----------
    actors : record array (N,)
        See ``ACTOR_FIELDS``.
    neighbours : int64 (N, D)
        Row of the other end of each tie, in the first ``degree`` places.
    trust : float64 (N, D)
        Trust τ of each tie, the same at both ends.
    reach : float64 (N, D)
        exp(-d/ℓ) times exp(-χ) between sectors: how easily a tie is called upon.
    cooperated : int64 (N, D)
        1 where the two cooperated before month 0, 2 where they did in a project since.
    """

    actors: Any
    neighbours: np.ndarray
    trust: np.ndarray
    reach: np.ndarray
    cooperated: np.ndarray


STRATUM_FIELDS: tuple[tuple[str, Any, str, str], ...] = (
    ("kind", "i8", "index", "kind"),
    ("sector", "i8", "index", "sector"),
    ("size_class", "i8", "index", "size class"),
    ("zone", "i8", "index", "zone"),
    ("count", "i8", "actors", "number sampled"),
    ("first", "i8", "index", "first place in Ground.listed"),
    ("places", "i8", "communes", "places in Ground.listed"),
    ("systematic", "i8", "0/1", "real bodies, one a commune: drawn without replacement"),
    ("weight", "f8", "actors", "actors of the frame one sampled actor stands for"),
)


def empty_world(actors: int, ties: int) -> World:
    """Arrays for ``actors`` actors with at most ``ties`` ties each."""
    return World(
        records(actors, ACTOR_FIELDS),
        np.zeros((actors, ties), np.int64),
        np.zeros((actors, ties)),
        np.zeros((actors, ties)),
        np.zeros((actors, ties), np.int64),
    )
