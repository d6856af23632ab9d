"""What ``ectsim check-patterns`` shows. The patterns and their check live in the analysis."""

import math
from typing import Any

from ectsim.cli.console import ABSENT, json_records, print_json, print_table
from ectsim.cli.studies import Request, carry_out, leave
from ectsim.experiments.provenance import Study
from ectsim.locale import text

COLUMNS = ("what", "id", "scenario", "value", "luck", "accepted", "inside", "probability", "role")


def show_patterns(runs: int, seed: int, request: Request) -> bool:
    """Check the patterns, show them, and write their results folder where one is asked for.

    Return whether all those that count are inside their accepted range.
    """
    from ectsim.analysis.patterns import pattern_setups, patterns_inside

    study = Study("check-patterns", pattern_setups(), {"seed": seed, "runs": runs})
    results = carry_out(study, request) if request.out is None else leave(study, request)[0]
    found, as_json = results.tables["patterns"], request.as_json
    inside = patterns_inside(found)
    if as_json:
        print_json({"inside": inside, "patterns": json_records(found), "runs": runs, "seed": seed})
    else:
        titles = [text(f"cli.patterns.{name}") for name in COLUMNS]
        print_table(titles, [_shown(row) for _, row in found.iterrows()], [3, 4, 5, 7])
        values = {"inside": sum(inside.values()), "all": len(inside), "runs": runs}
        outside = ", ".join(name for name, is_inside in inside.items() if not is_inside) or ABSENT
        print(text("cli.patterns.sum", outside=outside, **values))
    return all(inside.values())


def _shown(row: Any) -> tuple[str, ...]:
    verdict = text(f"cli.{row['inside']}") if row["inside"] else ABSENT
    role = text(f"cli.role.{row['role'].replace(' ', '_')}")
    luck, accepted = (_between(row[f"{name}low"], row[f"{name}high"]) for name in ("", "accept_"))
    from ectsim.report.wording import share

    probability = ABSENT if math.isnan(row["probability"]) else share(row["probability"])
    return row["what"], row["id"], row["scenario"], _value(row["value"]), luck, accepted, verdict, probability, role


def _between(low: float, high: float) -> str:
    return ABSENT if math.isnan(low) or math.isnan(high) else f"{_value(low)} – {_value(high)}"


def _value(value: float) -> str:
    from ectsim.report.wording import number

    return number(value, 3 if abs(value) < 0.1 else 2)
