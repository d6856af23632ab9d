"""The hottest rule, weighing the ties of a team, against the same rule in C (weighing.c), on the same states."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numba
import numpy as np

from benchmarks.measuring import best_of
from benchmarks.setups import scaled_setup
from ectsim.experiments.ensembles import run
from ectsim.model.invitations import _weigh_ties
from ectsim.model.simulation import allocate_state, begin
from ectsim.model.state import LIVE, LOT, State
from ectsim.model.teams import mark_outside, put_back, set_apart

SOURCE = Path(__file__).with_name("weighing.c")
OPTIONS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")


@numba.njit(error_model="numpy", nogil=True)
def weigh_all(state: State):
    """Weigh the ties of every live project: how many ties, and the sum of their weights."""
    found = 0
    total = 0.0
    for i in range(state.actors.shape[0]):
        state.free[i] = state.actors[i].capacity - state.actors[i].commitments
        mark_outside(state, i)
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        if project.status != LIVE:
            continue
        set_apart(state, project, row)
        count, weight = _weigh_ties(state, project, row)
        put_back(state, project, row)
        found += count
        total += weight
    return found, total


@numba.njit(error_model="numpy", nogil=True)
def _weigh_states(states, passes):
    """All states in turn, so that no processor learns one by heart."""
    found = 0
    for _ in range(passes):
        for state in states:
            found += weigh_all(state)[0]
    return found


def compiled_library(folder: Path, state: State) -> Any:
    """``weighing.c`` compiled for the layout of this state."""
    places = {
        "ACTOR": (state.actors, ("degree", "commitments", "capacity")),
        "PROJECT": (state.projects, ("status", "team")),
        "MEMBER": (state.members, ("actor",)),
    }
    macros = {"TIES": state.neighbours.shape[1], "MEMBERS": state.members.shape[1], "LOT": LOT}
    for name, (records, fields) in places.items():
        macros[f"{name}_SIZE"] = records.dtype.itemsize
        macros |= {f"{name}_{field.upper()}": records.dtype.fields[field][1] for field in fields}
    library = folder / "weighing.so"
    defined = [f"-D{name}={value}" for name, value in macros.items()]
    compiler = shutil.which("gcc")
    if compiler is None:
        raise RuntimeError("gcc is not there: the comparison with C needs it")
    subprocess.run([compiler, *OPTIONS, *defined, str(SOURCE), "-o", str(library)], check=True)
    weigh = ctypes.CDLL(str(library)).weigh_all
    weigh.restype = ctypes.c_int64
    return weigh


class WeighingInC:
    """The C version bound to the arrays of one state."""

    def __init__(self, weigh: Any, state: State) -> None:
        self.total = np.zeros(1)
        # C has scratch of its own: the state it reads stays as it was
        scratch = (state.free, state.open, state.inside, state.candidates, state.cumulated, state.first_tie)
        self.scratch = [array.copy() for array in scratch]
        arrays = [state.actors, state.neighbours, state.trust, state.reach, state.projects, state.members, state.alive]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        written = [ctypes.c_void_p(array.ctypes.data) for array in (*self.scratch, self.total)]
        self.call = weigh
        counts = ctypes.c_int64(len(state.actors)), ctypes.c_int64(int(state.clock[0].alive))
        self.arguments = [*counts, *pointers, *written]

    def __call__(self) -> tuple[int, float]:
        """Number of ties, and the sum of their weights."""
        return self.call(*self.arguments), float(self.total[0])


def against_c(states: int = 12, passes: int = 20, repetitions: int = 20, **sizes: int) -> list[dict[str, Any]]:
    """Microseconds of one pass over the live projects of a state in both versions, and their ratio.

    Raises
    ------
    RuntimeError
        If the two do not find the same ties and the same weights to the bit.
    """
    setup = scaled_setup(**sizes)
    played = []
    for seed in range(1, states + 1):
        state = allocate_state(setup)
        begin(setup, state, seed)
        run(state, setup, setup.months)
        played.append(state)
    with tempfile.TemporaryDirectory() as folder:
        weigh = compiled_library(Path(folder), played[0])
        in_c = [WeighingInC(weigh, state) for state in played]
        for state, other in zip(played, in_c, strict=True):
            if weigh_all(state) != other():
                raise RuntimeError("C and the compiled rule weigh differently")
        everybody = tuple(played)
        _weigh_states(everybody, 1)

        def pass_in_c() -> None:
            for _ in range(passes):
                for other in in_c:
                    other.call(*other.arguments)

        ours = best_of(repetitions, lambda: _weigh_states(everybody, passes))
        theirs = best_of(repetitions, pass_in_c)
        # a call from Python costs time of its own, which a state without actors and projects shows
        for other in in_c:
            other.arguments[:2] = ctypes.c_int64(0), ctypes.c_int64(0)
        calling = best_of(repetitions, pass_in_c)
        ours -= best_of(repetitions, lambda: _weigh_states(everybody, 0))
    scale = 1e6 / passes / states
    ours, theirs = ours * scale, (theirs - calling) * scale
    return [{"rule": "weighing of ties", "compiled, µs": ours, "C, µs": theirs, "ratio": ours / theirs}]
