"""What a calibration leaves behind: its posterior, the tables that judge it, what it was made of. No figures."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from ectsim.calibration.calibrating import Calibrated
from ectsim.calibration.draws_files import write_draws
from ectsim.calibration.tidy import FICTIVE
from ectsim.experiments.provenance import PROVENANCE, now, surroundings
from ectsim.experiments.store import writing_whole
from ectsim.locale import current_language
from ectsim.posterior import POSTERIOR

TABLES = ("parameters", "targets", "predictions", "confounded", "ranks")
PLAN = "calibration.yaml"


def write_calibration(found: Calibrated, folder: Path, started: str) -> None:
    """Write ``posterior.parquet`` with its sidecar, the tables of ``TABLES`` as CSV, the plan, ``provenance.json``.

    Nothing in the posterior's files tells time or machine: made again, they are the same to the bit.
    """
    told = judged(found)
    write_draws(folder, Path(POSTERIOR).stem, found.draws, told, synthetic=found.table.synthetic)
    notice = f"# {FICTIVE}\n" if found.table.synthetic else ""
    for name, table in tables(found).items():
        with writing_whole(folder / f"{name}.csv") as file:
            file.write((notice + table.to_csv(index=False, lineterminator="\n", float_format="%.6g")).encode())
    if found.plan.source and found.plan.source.resolve() != (folder / PLAN).resolve():
        shutil.copyfile(found.plan.source, folder / PLAN)
    made = {
        **surroundings(),
        "verb": "calibrate",
        "language": current_language(),
        "synthetic": found.table.synthetic,
        "started": started,
        "finished": now(),
        **told,
    }
    made["files"] = {name: _digest(folder / name) for name in (POSTERIOR, *(f"{table}.csv" for table in TABLES))}
    with writing_whole(folder / PROVENANCE) as file:
        file.write((json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode())


def tables(found: Calibrated) -> dict[str, Any]:
    """The tables that judge a calibration, by name."""
    import pandas as pd

    ranks = pd.DataFrame(found.truths.ranks, columns=list(found.table.names))
    made = (found.parameters(), found.targets(), found.predictions.table, found.confounded(), ranks)
    return dict(zip(TABLES, made, strict=True))


def judged(found: Calibrated) -> dict[str, Any]:
    """What must be said of a posterior wherever it is used."""
    plan = found.plan
    verdicts = found.identified.verdicts
    return {
        "plan": plan.model_dump(mode="json"),
        "simulated_points": plan.points,
        "points_with_every_target": len(found.table.parameters),
        "effective_sample_size": round(found.found.effective, 1),
        "tolerance": round(found.found.tolerance, 4),
        "coverage_of_90_percent_intervals": round(float(found.truths.coverage_by_trial().mean()), 4),
        "sound": found.truths.sound(),
        "identified": {name: verdicts.count(name) for name in ("identified", "weak", "not identified")},
        "targets": [one.name for one in found.table.observations],
        "rests_on": "published figures" if plan.census is None and plan.interviews is None else "field work",
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
