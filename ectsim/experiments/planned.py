"""A study file as a results folder keeps it: its plan in the provenance, its scenarios and draws beside."""

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ectsim.errors import InputError, Problem
from ectsim.experiments.posterior_files import posterior_of
from ectsim.experiments.provenance import PROVENANCE, Study
from ectsim.experiments.study import load_study
from ectsim.experiments.study_inputs import settled
from ectsim.experiments.study_settings import SweepStudy
from ectsim.model.simulation import prepare

DRAWS = "design.parquet"
"""Draws of the design, in the folder."""


@dataclasses.dataclass(frozen=True)
class PlannedStudy(Study):
    """A verb that takes a study file."""

    plan: SweepStudy = dataclasses.field(kw_only=True)

    @classmethod
    def of(cls, verb: str, name: str, options: Mapping[str, Any]) -> "PlannedStudy":
        """The verb, its study file (or the name of one that ships), its options.

        Raises
        ------
        InputError
            With every problem of the file.
        """
        plan = load_study(name)
        design = plan.design
        files = {}
        if design.kind == "posterior":
            files = {DRAWS: posterior_of(design, plan.source).file}
            design = design.model_copy(update={"file": DRAWS})
        told = plan.model_copy(update={"design": design}).model_dump(mode="json", exclude={"scenarios"})
        given = {"file": Path(name).name, "scenarios": list(plan.scenarios), "plan": told}
        setups = tuple(prepare(scenario) for scenario in plan.scenarios.values())
        return cls(verb, setups, options, given, files, plan=plan)


@functools.singledispatch
def plan_of(study: Study) -> SweepStudy:
    """The plan behind a study, read from its file or from the folder that keeps it.

    Raises
    ------
    InputError
        If this version of ectsim cannot read it.
    """
    names, scenarios = study.given["scenarios"], [setup.scenario for setup in study.setups]
    source = scenarios[0].source
    try:
        values = {name: settled(one) for name, one in zip(names, scenarios, strict=True)}
        plan = SweepStudy.model_validate({**study.given["plan"], "scenarios": values})
    except ValidationError:
        file = source.with_name(PROVENANCE) if source else None
        raise InputError([Problem("experiments.not_provenance", file=file)]) from None
    plan._source = source
    return plan


@plan_of.register
def _(study: PlannedStudy) -> SweepStudy:
    return study.plan
