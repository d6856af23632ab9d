"""From the instruments of a scenario file to the records the month loop reads.

What instruments do lives in schemes.py and its siblings.
"""

import math
from typing import Any

import numpy as np

from ectsim.compiled import compiled
from ectsim.model import state as s
from ectsim.parameters import PARAMETERS
from ectsim.scenario.instruments import InstrumentBase
from ectsim.scenario.schema import Scenario
from ectsim.territory.nomenclature import KINDS
from ectsim.world.layout import records

FAR_AWAY = 1 << 20
UNLIMITED = 1e18
MONTHS_A_YEAR = 12

# Fields that are the same in the file and in the record
_PLAIN = (
    "window",
    "minimum_partners",
    "minimum_sectors",
    "grant_rate",
    "grant_cap",
    "months_paid",
    "payment_delay",
    "upfront_share",
    "application_cost",
    "selection_noise",
    "outside_files",
    "promised_months",
    "autonomy",
    "rivalness",
    "phases",
    "phase_one_share",
    "phase_one_months",
    "phase_one_officer_days",
    "requires_label",
    "enforcement",
    "sanction",
    "officers",
    "participants",
    "mixing",
)


def planned_records(scenario: Scenario) -> Any:
    """One record an instrument, months counted from the start of the burn-in; :func:`draw_instruments` completes them.

    Instruments stop acting at the end of the scenario's horizon, so that the months after run without them. A parameter
    decides where there is NaN; ``days`` holds how many projects share those of an officer.
    """
    rows = records(len(scenario.instruments), s.INSTRUMENT_FIELDS)
    for place, instrument in enumerate(scenario.instruments):
        row: dict[str, Any] = dict.fromkeys(rows.dtype.names, 0)
        _fill(row, instrument, scenario)
        rows[place] = tuple(row.values())
    return rows


@compiled
def draw_instruments(planned, parameters, since, instruments):
    """Fill ``instruments`` with the planned ones that begin in month ``since`` or later, as the parameters decide.

    Record arrays, of shape (S,) and (1,).
    """
    p = parameters[0]
    for place in range(planned.shape[0]):
        if planned[place].first < since:
            continue
        instruments[place] = planned[place]
        instrument = instruments[place]
        if math.isnan(instrument.strength):
            instrument.strength = p.facilitation_phi
        if math.isnan(instrument.overload_exponent):
            instrument.overload_exponent = p.overload_exponent
        if math.isnan(instrument.event_rate):
            instrument.event_rate = p.event_rate
        if instrument.days > 0.0:
            instrument.days = p.officer_days / instrument.days


def _bits(names: tuple[str, ...] | None, allowed: tuple[str, ...]) -> int:
    return sum(1 << i for i, name in enumerate(allowed) if names is None or name in names)


def _fill(row: dict[str, Any], instrument: InstrumentBase, scenario: Scenario) -> None:
    given = instrument.model_dump()
    horizon = scenario.horizon
    end = horizon.burn_in + horizon.months
    row["kind"] = s.INSTRUMENTS.index(given["kind"])
    row["first"] = 0 if instrument.permanent else horizon.burn_in + instrument.first_month
    row["until"] = end if instrument.until is None else min(end, horizon.burn_in + instrument.until)
    row["period"] = given.get("period") or 0
    row["themes"] = _bits(given.get("themes"), scenario.themes)
    row["kinds"] = _bits(given.get("eligible_kinds") or given.get("obliged_kinds"), KINDS)
    row["success"] = 0.5
    row["winners"] = s.NEVER
    row["quota"] = s.NEVER
    row["budget"] = UNLIMITED
    for name in ("winners", "quota", "budget"):
        if given.get(name) is not None:
            row[name] = given[name]
    row["condition"] = s.CONDITIONS.index(given.get("condition", "none"))
    for name in _PLAIN:
        if name in given:
            row[name] = given[name]
    row["edition"] = s.NEVER
    if given["kind"] == "facilitation":
        _fill_facilitation(row, given)
    elif given["kind"] == "events":
        row["event_cost"] = given["cost"]
        row["event_rate"] = np.nan if given["recognition_rate"] is None else given["recognition_rate"]
    elif given["kind"] == "recognition":
        row["reward"] = given["strength"]
        row["label_months"] = given["months"] or 0
        row["public_cost"] = given["cost"] / MONTHS_A_YEAR
    elif given["kind"] == "regulation":
        row["autonomy"] = 0.0
        row["public_cost"] = given["control_cost"] / MONTHS_A_YEAR


def _fill_facilitation(row: dict[str, Any], given: dict[str, Any]) -> None:
    row["caseload"] = given["officers"] * given["projects_per_officer"]
    row["days"] = max(given["projects_per_officer"], 1)
    row["overload"] = ("share", "refuse").index(given["overload"])
    row["priority"] = ("first_come", "weakest_first", "call", "spontaneous").index(given["priority"])
    row["strength"] = np.nan if given["strength"] is None else given["strength"]
    row["overload_exponent"] = np.nan if given["overload_exponent"] is None else given["overload_exponent"]
    monthly = given["officers"] * given["officer_cost"] / MONTHS_A_YEAR
    row["public_cost"] = monthly * given["public_share"]
    row["fee"] = monthly - row["public_cost"]


def default_idea_means(ground: Any, count: int) -> float:
    """N·s̄·c̄·ō of the hazard of spontaneous ideas, from default parameters [2]."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    spread = PARAMETERS["attribute_spread"].default

    def mean(name: str) -> float:
        median = PARAMETERS[name].default
        return float(weights @ (1 / (1 + np.exp(-(np.log(median / (1 - median)) + spread * nodes)))))

    shares = [PARAMETERS[f"initiator_share[{kind}]"].default for kind in KINDS]
    initiators = sum(int(stratum.count) * shares[int(stratum.kind)] for stratum in ground.strata)
    return initiators / count * count * mean("propensity_0") * mean("idea_propensity")
