"""Nanoseconds per actor-month, time to build a world and peak memory, by number of actors.

Each size is measured in a process of its own.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.setups import scaled_setup
from ectsim.errors import CapacityError
from ectsim.experiments.ensembles import run
from ectsim.model.simulation import allocate_state, begin

SIZES = {300: (60, 120, 20), 3_000: (60, 120, 4), 30_000: (60, 120, 1), 100_000: (60, 120, 1), 1_000_000: (0, 120, 1)}
"""Burn-in, months and runs for each number of actors; at a million no burn-in, and the first 120 months are timed."""

KIB_PER_MIB = 1024.0


def peak_mib() -> float:
    """MiB of this process at its peak.

    Not ``ru_maxrss``, which a process started by a larger one inherits.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / KIB_PER_MIB


def measure(actors: int, burn_in: int, months: int, runs: int) -> dict[str, Any]:
    """Seconds of CPU of this thread and memory of this process at its peak, for worlds of one size.

    The months of the burn-in are timed with the others: it is the same loop.
    """
    small = scaled_setup(burn_in=1, months=1)
    state = allocate_state(small)
    begin(small, state, 1)
    run(state, small, 2)
    base = peak_mib()
    setup = scaled_setup(actors, burn_in=burn_in, months=months)
    state = allocate_state(setup)
    building, running = [], []
    projects = 0
    for seed in range(1, runs + 1):
        start = time.thread_time()
        begin(setup, state, seed)
        built = time.thread_time()
        run(state, setup, setup.months)
        running.append(time.thread_time() - built)
        building.append(built - start)
        projects += int(state.clock[0].projects)
    seconds, world = sum(running) / runs, sum(building) / runs
    peak = peak_mib()
    return {
        "actors": actors,
        "months": setup.months,
        "burn-in": burn_in,
        "ns per actor-month": seconds / actors / setup.months * 1e9,
        "months, s": seconds,
        "world, s": world,
        "runs/s": 1.0 / (seconds + world),
        "projects per actor": projects / runs / actors,
        "peak MiB": peak,
        "above imports, MiB": peak - base,
    }


def scaling(sizes: dict[int, tuple[int, int, int]] = SIZES) -> list[dict[str, Any]]:
    """One row a size, each measured in a process of its own so that memory is its own."""
    rows = []
    for actors, (burn_in, months, runs) in sizes.items():
        numbers = [str(number) for number in (actors, burn_in, months, runs)]
        command = [sys.executable, "-m", "benchmarks.scaling", *numbers]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(answer.stderr[-2000:])
        rows.append(json.loads(answer.stdout.splitlines()[-1]))
    smallest = rows[0]["ns per actor-month"]
    for row in rows:
        row["against smallest"] = row["ns per actor-month"] / smallest
    return rows


if __name__ == "__main__":
    try:
        print(json.dumps(measure(*(int(number) for number in sys.argv[1:5]))))
    except CapacityError as full:
        sys.exit(str(full))
