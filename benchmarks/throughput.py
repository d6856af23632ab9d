"""Runs a second on one thread and on two, worlds drawn for each seed, building shown apart."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.setups import scaled_setup
from ectsim.experiments.ensembles import run
from ectsim.model.simulation import Setup, allocate_state, begin


def _work(setup: Setup, seeds: range) -> tuple[float, float]:
    """Seconds of CPU of this thread spent building worlds, and running them."""
    state = allocate_state(setup)
    building = running = 0.0
    for seed in seeds:
        start = time.thread_time()
        begin(setup, state, seed)
        built = time.thread_time()
        run(state, setup, setup.months)
        building += built - start
        running += time.thread_time() - built
    return building, running


def throughput(runs: int = 200, threads: tuple[int, ...] = (1, 2), **sizes: int) -> list[dict[str, Any]]:
    """One row a number of threads: runs a second by the clock on the wall and by CPU, and the share spent building."""
    setup = scaled_setup(**sizes)
    _work(setup, range(1, 2))
    rows = []
    for count in threads:
        parts = [range(1 + place, runs + 1, count) for place in range(count)]
        start = time.perf_counter()
        with ThreadPoolExecutor(count) as pool:
            spent = list(pool.map(lambda seeds: _work(setup, seeds), parts))
        wall = time.perf_counter() - start
        building, running = sum(b for b, _ in spent), sum(r for _, r in spent)
        rows.append(
            {
                "threads": count,
                "runs": runs,
                "runs/s": runs / wall,
                "runs/s if all cores were ours": runs / (building + running) * count,
                "world, ms a run": building / runs * 1e3,
                "months, ms a run": running / runs * 1e3,
            }
        )
    return rows
