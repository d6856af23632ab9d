"""Kinds of results folders: what makes each, and the module that says what its report holds.

A new kind is one entry here and one module beside, with one function from a folder to its report; without either, a
results folder has the report of ``general.py``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from ectsim.calibration.estimates import RECIPE
from ectsim.experiments.store import MANIFEST
from ectsim.report.document import Report
from ectsim.report.folders import ResultsFolder, open_folder
from ectsim.report.kinds import (
    calibrate,
    case,
    choose,
    compare,
    conditions,
    explore,
    general,
    hypotheses,
    interviews,
    origins,
    patterns,
    roles,
    run,
    sensitivity,
    sweep,
)

KINDS: Mapping[str, Callable[[ResultsFolder], Report]] = {
    "run": run.report,
    "compare": compare.report,
    "hypotheses test": hypotheses.report,
    "roles": roles.report,
    "origins": origins.report,
    "conditions": conditions.report,
    "case": case.report,
    "choose": choose.report,
    "explore": explore.report,
    "check-patterns": patterns.report,
    "calibrate": calibrate.report,
    "sensitivity": sensitivity.report,
    "sweep": sweep.report,
    "interviews": interviews.report,
    "interviews posteriors": interviews.report_of_estimates,
}
"""By verb."""
MARKERS: Mapping[str, str] = {
    MANIFEST: "sweep",
    "sensitivity.json": "sensitivity",
    "results/sensitivity.json": "sensitivity",
    "results/provenance.json": "",
    RECIPE: "interviews posteriors",
    "interviews.csv": "interviews",
}
"""Files that tell what made a folder without ``provenance.json``, with their verb."""


def results_of(folder: Path) -> ResultsFolder:
    """A results folder of any kind.

    Raises
    ------
    InputError
        If it is none.
    """
    return open_folder(folder, MARKERS)


def report_of(folder: ResultsFolder) -> Report:
    """The report of a results folder, in the current language."""
    return KINDS.get(folder.verb, general.report)(folder)
