"""The script that runs a sweep as a Slurm job array. What one task does is ``ectsim sweep run --shard``."""

import shlex
import sys
from collections.abc import Sequence

from ectsim.locale import text

SECONDS_TO_END = 120
"""How long before the time limit Slurm asks a task to end: ample for the blocks under way."""


def submission_script(arguments: Sequence[str], tasks: int, workers: int) -> str:
    """A job array whose tasks share a sweep.

    The number of tasks is written out: in an array submitted again for a few tasks, Slurm's own count is theirs.

    Parameters
    ----------
    arguments
        Of ``ectsim sweep run``, its paths absolute; without shard and workers.
    tasks
        Tasks of the array.
    workers
        Cores and threads of each.
    """
    command = shlex.join([sys.executable, "-m", "ectsim", "sweep", "run", *arguments, "--workers", str(workers)])
    notes = [f"# {line}" for line in text("cli_sweeps.slurm.notes").splitlines()]
    lines = [
        "#!/bin/bash",
        "#SBATCH --job-name=ectsim",
        f"#SBATCH --array=1-{tasks}",
        f"#SBATCH --cpus-per-task={workers}",
        f"#SBATCH --signal=B:TERM@{SECONDS_TO_END}",
        "#SBATCH --requeue",
        "#SBATCH --open-mode=append",
        *notes,
        f'exec {command} --shard "$SLURM_ARRAY_TASK_ID/{tasks}"',
    ]
    return "\n".join(lines) + "\n"
