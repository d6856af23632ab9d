"""Clocks, repetitions, tables: how the benchmarks measure and tell. What they measure lives in the other modules."""

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def best_of(repetitions: int, action: Callable[[], object]) -> float:
    """Least seconds of CPU of this thread that ``action`` took: what a quiet machine would need."""
    least = float("inf")
    for _ in range(repetitions):
        start = time.thread_time()
        action()
        least = min(least, time.thread_time() - start)
    return least


def children_of(action: Callable[[], object]) -> float:
    """Seconds of CPU of the processes that ``action`` starts and waits for."""
    import resource  # Unix only

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    import numba

    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "numba": numba.__version__,
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table, numbers with three digits."""
    header = list(rows[0])
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_shown(row[name]) for name in header) + " |" for row in rows]
    return "\n".join(lines)
