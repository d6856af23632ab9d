"""What a stored sweep costs over the bare loop, and beside mesa.batch_run: runs a second, memory, size of the files.

``python -m benchmarks.sweeps FOLDER RUNS WORKERS`` runs one sweep in FOLDER and goes on where it was interrupted.
"""

import json
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.scaling import peak_mib
from ectsim.experiments.blocks import run_block
from ectsim.experiments.ensembles import run_to_horizon
from ectsim.experiments.factors import apply_factors
from ectsim.experiments.plan import Block, Job, Plan, make_plan
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import sweep
from ectsim.model.simulation import allocate_state, prepare, vary
from ectsim.model.tally import TALLY_FIELDS
from ectsim.scenario import load_scenario
from ectsim.world.layout import records

SCENARIOS = ("spontaneous", "one_call_a_year")
FACTORS = (
    {"name": "idea_rate", "low": 10.0, "high": 30.0},
    {"name": "beta_trust", "low": 1.0, "high": 3.0},
    {"name": "call.winners", "low": 1, "high": 8},
    {"name": "call.grant_rate", "low": 0.2, "high": 0.8},
)


def reference_study(runs: int) -> SweepStudy:
    """A reference table of the default territory: as many points of a Latin hypercube, one run each, all outcomes."""
    return SweepStudy.model_validate(
        {
            "name": {"fr": "Mesure", "en": "Benchmark"},
            "scenarios": {name: load_scenario(name) for name in SCENARIOS},
            "factors": FACTORS,
            "design": {"kind": "latin_hypercube", "points": runs // len(SCENARIOS)},
        }
    )


def bare_seconds(plan: Plan, job: Job) -> float:
    """Seconds of CPU of this thread for the runs of a block without anything around the loop: begin, months, tally."""
    setups = [prepare(scenario) for scenario in plan.study.scenarios.values()]
    states = [allocate_state(setup) for setup in setups]
    seconds = 0.0
    for values, seeds in zip(job.factor_values, job.seeds, strict=True):
        for setup, state in zip(setups, states, strict=True):
            varied = vary(setup, apply_factors(setup.scenario, plan.study.factors, values))
            for seed in seeds.tolist():
                tally = records(1, TALLY_FIELDS)
                start = time.thread_time()
                run_to_horizon(state, varied, seed, tally)
                seconds += time.thread_time() - start
    return seconds


def overhead(runs: int = 200_000, blocks: int = 4, points: int | None = None) -> dict[str, Any]:
    """Blocks of a study of ``runs`` runs, run bare and as a sweep does, turn about, on one thread."""
    plan = make_plan(reference_study(runs))
    rows = bare = stored = 0.0
    run_block(plan.job(Block(0, 0, (0,), range(1))))
    for number in range(blocks):
        group = number * plan.groups // blocks
        job = plan.job(Block(group, 0, plan.points_of(group)[:points], range(1)))
        bare += bare_seconds(plan, job)
        start = time.thread_time()
        run_block(job)
        stored += time.thread_time() - start
        rows += len(job.factor_values) * len(SCENARIOS)
    return {
        "runs": int(rows),
        "bare loop, ms a run": bare / rows * 1e3,
        "in a sweep, ms a run": stored / rows * 1e3,
        "overhead, %": (stored / bare - 1) * 100,
    }


def whole_sweep(folder: Path, runs: int, workers: int) -> dict[str, Any]:
    """A sweep to its end in this process, or what was left of it."""
    from ectsim.experiments.status import status

    before = status(folder).done if (folder / "manifest.json").exists() else 0
    told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > 60 or done == total:
            told = time.monotonic()
            print(f"{done:,} of {total:,} runs, {peak_mib():,.0f} MiB", file=sys.stderr, flush=True)

    study = reference_study(runs)
    wall, cpu = time.perf_counter(), time.process_time()
    sweep(study, folder, workers=workers, progress=progress)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = status(folder)
    made = found.done - before
    return {
        "runs": found.done,
        "made now": made,
        "workers": workers,
        "runs/s": made / wall,
        "CPU, ms a run": cpu / made * 1e3 if made else float("nan"),
        "peak MiB": peak_mib(),
        "file MB": found.bytes / 1e6,
        "bytes a run": found.bytes / found.done,
        "failed": sum(found.failed.values()),
    }


def sweeps(folder: Path, sizes: tuple[int, ...], workers: int = 2) -> list[dict[str, Any]]:
    """One row a number of runs, each in a process of its own so that memory is its own."""
    rows = []
    for runs in sizes:
        command = [sys.executable, "-m", "benchmarks.sweeps", str(folder / str(runs)), str(runs), str(workers)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(answer.stdout.splitlines()[-1]))
    return rows


def against_batch_run(seeds: int = 20) -> dict[str, Any]:
    """The same runs of one scenario by mesa.batch_run and by a sweep, on one thread, data kept at the end only."""
    import mesa

    from ectsim.model.mesa_model import ECTModel

    scenario = load_scenario(SCENARIOS[1])
    horizon = scenario.horizon
    study = SweepStudy.model_validate(
        {"name": {"fr": "Mesure", "en": "Benchmark"}, "scenarios": {"call": scenario}, "replicates": seeds}
    )
    job = make_plan(study).job(Block(0, 0, (0,), range(seeds)))
    options: dict[str, Any] = {"max_steps": horizon.burn_in + horizon.months, "display_progress": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mesa.batch_run(ECTModel, {"scenario": SCENARIOS[1]}, rng=[1], **options)
        run_block(job)
        start = time.process_time()
        mesa.batch_run(ECTModel, {"scenario": SCENARIOS[1]}, rng=list(range(1, seeds + 1)), **options)
        theirs = time.process_time() - start
    start = time.process_time()
    run_block(job)
    ours = time.process_time() - start
    return {
        "runs": seeds,
        "batch_run, ms a run": theirs / seeds * 1e3,
        "sweep, ms a run": ours / seeds * 1e3,
        "ratio": theirs / ours,
    }


if __name__ == "__main__":
    print(json.dumps(whole_sweep(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
