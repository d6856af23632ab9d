"""How long ``ectsim --help`` takes: CPU time of a whole process, beside a bare interpreter and a heavy import."""

import subprocess
import sys
from typing import Any

from benchmarks.measuring import children_of

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "ectsim --help": ["-m", "ectsim", "--help"],
    "ectsim interviews import --help": ["-m", "ectsim", "interviews", "import", "--help"],
    "import ectsim": ["-c", "import ectsim"],
    "import mesa": ["-c", "import mesa"],
}


def startup(repetitions: int = 7) -> list[dict[str, Any]]:
    """Least CPU seconds of each command, turn about, and their ratio to a bare interpreter."""
    least = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(repetitions):
        for name, arguments in COMMANDS.items():
            command = [sys.executable, *arguments]
            spent = children_of(lambda command=command: subprocess.run(command, capture_output=True, check=True))
            least[name] = min(least[name], spent)
    bare = least["python -c pass"]
    return [{"command": name, "CPU seconds": s, "times a bare python": s / bare} for name, s in least.items()]
