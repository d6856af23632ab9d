"""ectsim: how territorial cooperative projects emerge, and what incentive schemes add to spontaneous initiative.

What is named here is the public API. It loads on first use: importing ectsim imports nothing heavy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ectsim.analysis.comparison import compare as compare
    from ectsim.analysis.hypotheses.asking import test_hypotheses as test_hypotheses
    from ectsim.analysis.patterns import check_patterns as check_patterns
    from ectsim.analysis.sensitivity.asking import sensitivity as sensitivity
    from ectsim.calibration.calibrating import calibrate as calibrate
    from ectsim.experiments.ensembles import run_worlds as run_worlds
    from ectsim.experiments.single import Decision as Decision
    from ectsim.experiments.single import simulate as simulate
    from ectsim.experiments.sweeping import sweep as sweep
    from ectsim.model.mesa_model import ECTModel as ECTModel
    from ectsim.model.outcomes import OUTCOMES as OUTCOMES
    from ectsim.model.outcomes import measure as measure
    from ectsim.model.simulation import prepare as prepare
    from ectsim.parameters import PARAMETERS as PARAMETERS
    from ectsim.report.story import tell_comparison as tell_comparison
    from ectsim.scenario import explain as explain
    from ectsim.scenario import load_scenario as load_scenario

__all__ = [
    "OUTCOMES",
    "PARAMETERS",
    "Decision",
    "ECTModel",
    "__version__",
    "calibrate",
    "check_patterns",
    "compare",
    "explain",
    "load_scenario",
    "measure",
    "prepare",
    "run_worlds",
    "sensitivity",
    "simulate",
    "sweep",
    "tell_comparison",
    "test_hypotheses",
]

_HOMES = {
    "OUTCOMES": "ectsim.model.outcomes",
    "PARAMETERS": "ectsim.parameters",
    "Decision": "ectsim.experiments.single",
    "ECTModel": "ectsim.model.mesa_model",
    "calibrate": "ectsim.calibration.calibrating",
    "check_patterns": "ectsim.analysis.patterns",
    "compare": "ectsim.analysis.comparison",
    "explain": "ectsim.scenario.explain",
    "load_scenario": "ectsim.scenario.reading",
    "measure": "ectsim.model.outcomes",
    "prepare": "ectsim.model.simulation",
    "run_worlds": "ectsim.experiments.ensembles",
    "sensitivity": "ectsim.analysis.sensitivity.asking",
    "simulate": "ectsim.experiments.single",
    "sweep": "ectsim.experiments.sweeping",
    "tell_comparison": "ectsim.report.story",
    "test_hypotheses": "ectsim.analysis.hypotheses.asking",
}


def __getattr__(name: str) -> Any:
    """Load a name of the public API on first use."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
