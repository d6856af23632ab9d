"""One world played to its horizon, decisions forced on actors included, and its tables. Many worlds: ensembles.py."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.ensembles import run_to_horizon
from ectsim.model import state as s
from ectsim.model.outcomes import OUTCOMES, measure
from ectsim.model.simulation import Setup, allocate_state, prepare
from ectsim.model.tally import TALLY_FIELDS
from ectsim.scenario.reading import load_scenario
from ectsim.scenario.schema import Horizon, Scenario
from ectsim.territory.nomenclature import KINDS, SECTORS, SIZE_CLASSES, ZONES
from ectsim.world.layout import COUNTERPARTS, RESOURCES, TYPES, VALUES, records

if TYPE_CHECKING:
    import pandas as pd

LAST_SEED = 2**63 - 1
LONGEST_HORIZON = next(limit.le for limit in Horizon.model_fields["months"].metadata if hasattr(limit, "le"))

COOPERATED = ("never", "before", "since")
"""When the two ends of a tie first cooperated: not yet, before month 0, in a project since."""

Names = tuple[str, ...]
MONTH, FLAG, NUMBER, ACTOR, THEME, COMMUNE = "month", "flag", "number", "actor", "theme", "commune"
Reading = str | Names
"""How a field is read: a number, a month, yes or no, the key of an actor, a theme, a commune, one of some names."""

PROJECT_COLUMNS: tuple[tuple[str, str, Reading], ...] = (
    ("initiator", "initiator", ACTOR),
    ("birth", "birth", MONTH),
    ("origin", "origin", s.ORIGINS),
    ("theme", "theme", THEME),
    ("commune", "commune", COMMUNE),
    ("status", "status", s.STATUSES),
    ("stage", "stage", s.STAGES),
    ("reason", "reason", s.REASONS),
    ("stopped", "end_month", MONTH),
    ("carrier", "carrier", ACTOR),
    ("team", "team", NUMBER),
    ("sectors", "sectors", NUMBER),
    ("required", "required", NUMBER),
    ("required_sectors", "required_sectors", NUMBER),
    ("effort", "effort", NUMBER),
    ("trust", "trust", NUMBER),
    ("coverage", "coverage_mean", NUMBER),
    ("market_share", "market_share", NUMBER),
    ("call_path", "call_path", s.CALL_PATHS),
    ("funding", "funding", s.FUNDINGS),
    ("awarded", "award_month", MONTH),
    ("grant", "grant", NUMBER),
    ("paid", "paid", NUMBER),
    ("own_money", "own_money", NUMBER),
    ("labelled", "label_month", MONTH),
    ("facilitated", "facilitated_once", FLAG),
    ("best_size", "best_size", NUMBER),
    ("emerged_size", "emerged_size", NUMBER),
    ("emerged_sectors", "emerged_sectors", NUMBER),
    ("emerged_kinds", "emerged_kinds", NUMBER),
    ("emerged_carrier_kind", "emerged_carrier", KINDS),
    ("emerged_public", "emerged_public", NUMBER),
)
ACTOR_COLUMNS: tuple[tuple[str, str, Reading], ...] = (
    ("kind", "kind", KINDS),
    ("sector", "sector", SECTORS),
    ("size_class", "size_class", SIZE_CLASSES),
    ("zone", "zone", ZONES),
    ("commune", "commune", COMMUNE),
    ("weight", "weight", NUMBER),
    ("initiator", "initiator", FLAG),
    ("type", "type", TYPES),
    ("ties", "degree", NUMBER),
    ("capacity", "capacity", NUMBER),
    ("commitments", "commitments", NUMBER),
    ("propensity", "propensity", NUMBER),
    ("propensity_0", "propensity_0", NUMBER),
    ("idea_propensity", "idea_propensity", NUMBER),
    ("reward_sensitivity", "reward_sensitivity", NUMBER),
    ("risk_tolerance", "risk_tolerance", NUMBER),
    ("conditionality", "conditionality", NUMBER),
    ("coresponsibility", "coresponsibility", NUMBER),
    ("attachment", "attachment", NUMBER),
    ("market_orientation", "market_orientation", NUMBER),
    ("first_engaged", "first_engaged", MONTH),
    ("last_engaged", "last_engaged", MONTH),
)
PROJECT_AXES: Mapping[str, tuple[str, Names]] = {
    "value": ("value", VALUES),
    "anchored_value": ("anchored_value", VALUES),
    "mark": ("structured_marks", s.MARKS),
    "need": ("need", RESOURCES),
    "covered": ("coverage", RESOURCES),
}
ACTOR_AXES: Mapping[str, tuple[str, Names]] = {
    "values": ("values", VALUES),
    "endowment": ("endowment", RESOURCES),
    "wants": ("counterpart_wanted", COUNTERPARTS),
}
MONTH_AXES: Mapping[str, Names] = {
    "stages": s.STAGES,
    "value": VALUES,
    "anchored_value": VALUES,
    "invited": ("peer", "officer"),
    "joined": s.CHANNELS,
    "money": s.LEDGER,
}


@dataclasses.dataclass(frozen=True)
class Decision:
    """What somebody decides for an actor of the model.

    Parameters
    ----------
    month
        Month of the horizon, negative during the burn-in.
    actor
        Key of the actor, as in the tables of :class:`Run`.
    decision
        ``"initiate"`` a project, or ``"accept"`` or ``"decline"`` the invitations received in that month. An actor
        who has no room left, or is not invited, has nothing to decide: the decision is without effect.
    theme
        Theme of the project it initiates.
    project
        Initiator's key and birth month of the only project it accepts or declines; any project by default.
    """

    month: int
    actor: int
    decision: Literal["initiate", "accept", "decline"]
    theme: str | None = None
    project: tuple[int, int] | None = None


@dataclasses.dataclass(frozen=True)
class Run:
    """One world at the end of its horizon.

    Attributes
    ----------
    setup : Setup
    seed : int
    state : State
    tally : record array (1,)
        See ``tally.TALLY_FIELDS``.

    In the tables, actors are called by their key, months are counted from month 0, money is in k€.
    """

    setup: Setup
    seed: int
    state: s.State
    tally: Any

    def projects(self) -> "pd.DataFrame":
        """One row a project ever born: origin, place, stages with their months, team, money, value."""
        rows = self.state.projects[: int(self.state.clock[0].projects)]
        columns = self._columns(rows, PROJECT_COLUMNS)
        for place, stage in enumerate(s.STAGES[1:], 1):
            columns[stage] = self._read(rows["stage_month"][:, place], MONTH)
        return _table(columns | _spread(rows, PROJECT_AXES))

    def actors(self) -> "pd.DataFrame":
        """One row an actor: what it is, where, what it has and wants, and what became of its propensity."""
        rows = self.state.actors
        columns = {"actor": rows["key"], **self._columns(rows, ACTOR_COLUMNS)}
        themes = self.setup.scenario.themes
        return _table(columns | _spread(rows, {**ACTOR_AXES, "interest": ("interest", themes)}))

    def ties(self) -> "pd.DataFrame":
        """One row a tie: ``actor``, ``other``, ``trust``, ``cooperated`` (never, before month 0, since)."""
        state, key = self.state, self.state.actors["key"]
        used = np.arange(state.neighbours.shape[1]) < state.actors["degree"][:, None]
        rows, places = np.nonzero(used & (state.neighbours > np.arange(len(key))[:, None]))
        return _table(
            {
                "actor": key[rows],
                "other": key[state.neighbours[rows, places]],
                "trust": state.trust[rows, places],
                "cooperated": _texts([COOPERATED[one] for one in state.cooperated[rows, places].tolist()]),
            }
        )

    def months(self) -> "pd.DataFrame":
        """One row a month lived, burn-in included: ideas, live projects by stage, engaged actors, money."""
        rows = self.state.months[: int(self.state.clock[0].month)]
        columns = {"month": np.arange(len(rows)) - self.setup.scenario.horizon.burn_in}
        for name, *_ in s.MONTH_FIELDS:
            if name in MONTH_AXES:
                columns |= _spread(rows, {name: (name, MONTH_AXES[name])})
            else:
                columns[name] = rows[name]
        return _table(columns)

    def outcomes(self) -> "pd.DataFrame":
        """One row an outcome: name, label in the current language, unit, direction, value (NaN where undefined)."""
        values = measure(self.tally)
        return _table(
            {
                "name": list(OUTCOMES),
                "label": [outcome.label for outcome in OUTCOMES.values()],
                "unit": [outcome.unit for outcome in OUTCOMES.values()],
                "direction": [outcome.direction for outcome in OUTCOMES.values()],
                "value": [float(values[name][0]) for name in OUTCOMES],
            }
        )

    def _columns(self, rows: Any, columns: Sequence[tuple[str, str, Reading]]) -> dict[str, Any]:
        read = {column: self._read(rows[field], reading) for column, field, reading in columns}
        names = np.array(self.setup.territory.names)
        return read | {"commune_name": names[rows["commune"]]}

    def _read(self, values: NDArray[Any], reading: Reading) -> Any:
        """Values of a field as people read them; nothing where the field says never or none."""
        if reading == NUMBER:
            return values
        if reading == FLAG:
            return values.astype(bool)
        if reading == COMMUNE:
            return np.array(self.setup.territory.codes)[values]
        if reading == MONTH:
            return _or_nothing(values - self.setup.scenario.horizon.burn_in, values != s.NEVER)
        if reading == ACTOR:
            return _or_nothing(self.state.actors["key"][np.maximum(values, 0)], values >= 0)
        names = self.setup.scenario.themes if reading == THEME else reading
        return _texts([names[value] if value >= 0 else None for value in values.tolist()])


def _texts(values: Sequence[str | None]) -> Any:
    import pandas as pd

    return pd.Series(values, dtype="str")


def _or_nothing(values: NDArray[np.int64], known: NDArray[np.bool_]) -> Any:
    import pandas as pd

    return pd.Series(values, dtype="Int64").where(known)


def _spread(rows: Any, axes: Mapping[str, tuple[str, Names]]) -> dict[str, Any]:
    """One column for each place of an array: ``value_economic``, ``value_social`` and so on."""
    return {
        f"{column}_{name}": rows[field][:, place]
        for column, (field, names) in axes.items()
        for place, name in enumerate(names)
    }


def _table(columns: Mapping[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(columns)


def prepared(given: "Setup | Scenario | str | Path") -> Setup:
    """What to run: a setup as it is, else a scenario, a scenario file or the name of one that ships, made ready."""
    if isinstance(given, Setup):
        return given
    return prepare(given if isinstance(given, Scenario) else load_scenario(given))


def simulate(
    scenario: "Setup | Scenario | str | Path",
    seed: int = 1,
    months: int | None = None,
    forced: Sequence[Decision] | None = None,
) -> Run:
    """Play one world to its horizon.

    Parameters
    ----------
    scenario
        A scenario, its file, the name of one that ships, or a prepared setup.
    seed
        Root seed of every draw, 0 to 2⁶³ - 1.
    months
        Months to observe, where they are not those of the scenario; instruments keep their dates.
    forced
        Decisions made for actors; what they do not say is drawn as ever.

    Raises
    ------
    InputError
        If the scenario, the seed, the months or a decision is not as expected; all wrong decisions are listed.
    CapacityError
        If an array is full; it names the setting to raise.
    """
    setup = _shortened(prepared(scenario), months)
    if not 0 <= seed <= LAST_SEED:
        raise InputError([Problem("experiments.seed", {"given": seed, "last": LAST_SEED}, field="seed")])
    state = allocate_state(setup, forced_records(forced or (), setup))
    tally = records(1, TALLY_FIELDS)
    run_to_horizon(state, setup, seed, tally)
    return Run(setup, seed, state, tally)


def _shortened(setup: Setup, months: int | None) -> Setup:
    if months is None:
        return setup
    if not 1 <= months <= LONGEST_HORIZON:
        raise InputError([Problem("experiments.months", {"given": months, "last": LONGEST_HORIZON}, field="months")])
    horizon = setup.scenario.horizon.model_copy(update={"months": months})
    return dataclasses.replace(setup, scenario=setup.scenario.model_copy(update={"horizon": horizon}))


def forced_records(decisions: Sequence[Decision], setup: Setup) -> Any:
    """Decisions in the form the rules read, record array (F,) of ``state.FORCED_FIELDS``.

    Raises
    ------
    InputError
        With every decision that is not as expected.
    """
    problems = [problem for number, decision in enumerate(decisions) for problem in _problems(number, decision, setup)]
    if problems:
        raise InputError(problems)
    burn_in, themes = setup.scenario.horizon.burn_in, setup.scenario.themes
    forced = records(len(decisions), s.FORCED_FIELDS)
    for row, decision in zip(forced, decisions, strict=True):
        row.month = burn_in + decision.month
        row.actor_key = decision.actor
        row.decision = s.DECISIONS.index(decision.decision)
        row.theme = 0 if decision.theme is None else themes.index(decision.theme)
        row.initiator_key, row.birth = s.NEVER, s.NEVER
        if decision.project is not None:
            row.initiator_key, row.birth = decision.project[0], burn_in + decision.project[1]
    return forced


def _problems(number: int, decision: Decision, setup: Setup) -> list[Problem]:
    """What is wrong with one forced decision."""

    def found(field: str, message: str, nearest: str | None = None, **values: object) -> Problem:
        return Problem(message, values, field=f"forced[{number}].{field}", nearest=nearest)

    horizon, actors = setup.scenario.horizon, setup.scenario.population.actors
    problems = []
    if decision.decision not in s.DECISIONS:
        allowed = ", ".join(s.DECISIONS)
        near = nearest_name(decision.decision, s.DECISIONS)
        problems.append(found("decision", "experiments.decision", near, given=decision.decision, allowed=allowed))
    if not -horizon.burn_in <= decision.month < horizon.months:
        first, last = -horizon.burn_in, horizon.months - 1
        problems.append(found("month", "experiments.decision_month", given=decision.month, first=first, last=last))
    if not 0 <= decision.actor < actors:
        problems.append(found("actor", "experiments.decision_actor", given=decision.actor, last=actors - 1))
    theme, themes = decision.theme, setup.scenario.themes
    if (decision.decision == "initiate" or theme is not None) and theme not in themes:
        near = nearest_name(theme, themes) if theme else None
        problems.append(found("theme", "experiments.decision_theme", near, given=theme, allowed=", ".join(themes)))
    return problems
