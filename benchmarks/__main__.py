"""``python -m benchmarks [NAME…]``: measure, print a table each, write ``results/benchmarks.{json,md}``."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine, markdown_table

Rows = list[dict[str, Any]]


def _scaling(quick: bool) -> dict[str, Rows]:
    from benchmarks.scaling import SIZES, scaling

    sizes = {300: (12, 24, 4), 3_000: (12, 24, 1)} if quick else SIZES
    return {"Time and memory by number of actors": scaling(sizes)}


def _throughput(quick: bool) -> dict[str, Rows]:
    from benchmarks.throughput import throughput

    return {"Runs a second, 300 actors": throughput(10 if quick else 200)}


def _steps(quick: bool) -> dict[str, Rows]:
    from benchmarks.steps import steps

    return {"Where a month goes, 300 actors": steps(2, 2) if quick else steps()}


def _mesa(quick: bool) -> dict[str, Rows]:
    from benchmarks.agreement import both, same_distribution

    size = {"burn_in": 6, "months": 18} if quick else {"burn_in": 24, "months": 96}
    speed, ours, theirs = both(range(1, 6 if quick else 81), **size)
    agreement = same_distribution(ours, theirs)
    return {"Against pure Mesa: speed": [speed], "Against pure Mesa: distributions of outcomes": agreement}


def _against_c(quick: bool) -> dict[str, Rows]:
    from benchmarks.against_c import against_c

    return {"Against C": against_c(3, 2, 3) if quick else against_c()}


def _coverage(quick: bool) -> dict[str, Rows]:
    from benchmarks.coverage import coverage, selection

    return {
        "Coverage of 90 % intervals from interviews": coverage(range(1, 2 if quick else 13)),
        "Coverage where interviewees cooperate more": selection(2 if quick else 70),
    }


def _sensitivity(quick: bool) -> dict[str, Rows]:
    from benchmarks.sensitivity import sobol_study

    size = (16, 16) if quick else (1024, 256)
    name = "sensitivity-quick" if quick else "sensitivity"
    return {"Sobol' study of the default comparison": sobol_study(Path("results") / name, *size)}


def _replication(quick: bool) -> dict[str, Rows]:
    from benchmarks.replication import coverage

    return {"Coverage of the sequential rule": coverage(500 if quick else 4000)}


def _workshop(quick: bool) -> dict[str, Rows]:
    from benchmarks.workshop_load import workshop_load

    return workshop_load(minutes=0.4) if quick else workshop_load()


def _sweeps(quick: bool) -> dict[str, Rows]:
    from benchmarks.sweeps import against_batch_run, overhead, sweeps

    # kept, so that a long one can be interrupted and gone on with
    folder = Path("results") / "sweeps"
    sizes = (200, 400) if quick else (25_000, 200_000)
    return {
        "Sweep: a stored run against the bare loop": [overhead(blocks=1, points=4) if quick else overhead()],
        "Sweep: stored runs, memory, size": sweeps(folder, sizes),
        "Sweep against mesa.batch_run": [against_batch_run(2 if quick else 20)],
    }


def _startup(quick: bool) -> dict[str, Rows]:
    from benchmarks.startup import startup

    return {"Time to start": startup(2 if quick else 7)}


BENCHMARKS: dict[str, Callable[[bool], dict[str, Rows]]] = {
    "steps": _steps,
    "throughput": _throughput,
    "c": _against_c,
    "mesa": _mesa,
    "scaling": _scaling,
    "sweeps": _sweeps,
    "coverage": _coverage,
    "replication": _replication,
    "sensitivity": _sensitivity,
    "workshop": _workshop,
    "startup": _startup,
}


def main() -> None:
    """Run what the command line names, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it works")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder of results")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose among {', '.join(BENCHMARKS)}")
    measured: dict[str, Any] = {"machine": machine()}
    pages = ["# Benchmarks", ", ".join(f"{name} {value}" for name, value in measured["machine"].items())]
    for name in given.names or BENCHMARKS:
        for title, rows in BENCHMARKS[name](given.quick).items():
            measured[title] = rows
            pages += [f"## {title}", markdown_table(rows)]
            print(f"\n{title}\n{markdown_table(rows)}", flush=True)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "benchmarks.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1), encoding="utf-8")
    (given.out / "benchmarks.md").write_text("\n\n".join(pages) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
