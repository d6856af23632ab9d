"""What ``ectsim check-patterns`` shows. The patterns and their check live in the analysis."""

from typing import Any

from ectsim.cli.console import announce_compilation, json_records, print_json, print_table, progress
from ectsim.locale import text


def show_patterns(runs: int, seed: int, threads: int | None, as_json: bool) -> bool:
    """Check the patterns, show them; return whether all that count are inside their accepted range."""
    from ectsim.analysis.patterns import check_patterns

    announce_compilation()
    with progress() as show:
        found = check_patterns(runs=runs, seed=seed, threads=threads, progress=show)
    counting = found[found["role"] != "check only"]
    inside = int((counting["inside"] == "yes").sum()), len(counting)
    if as_json:
        print_json({"inside": inside[0], "of": inside[1], "patterns": json_records(found)})
    else:
        titles = [text(f"cli.patterns.{name}") for name in ("id", "what", "value", "interval", "accepted", "inside")]
        print_table(titles, [_shown(row) for _, row in found.iterrows()], [2, 3, 4])
        print(text("cli.patterns.sum", inside=inside[0], all=inside[1], runs=runs))
    return inside[0] == inside[1]


def _shown(row: Any) -> tuple[str, ...]:
    from ectsim.report.wording import number

    accepted = f"{number(row['accept_low'], 2)} – {number(row['accept_high'], 2)}"
    luck = f"{number(row['low'], 2)} – {number(row['high'], 2)}"
    return row["id"], row["what"], number(row["value"], 2), luck, accepted, str(row["inside"])
