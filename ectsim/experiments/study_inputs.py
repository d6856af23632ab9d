"""The files a study rests on besides its own: territories and draws of parameters, found, told apart, labelled.

Which draws a design takes lives in posterior_files.py.
"""

from typing import Any, NamedTuple

from ectsim.experiments.posterior_files import posterior_of
from ectsim.experiments.provenance import territory_hash
from ectsim.experiments.study_settings import SweepStudy
from ectsim.posterior import Posterior, load_posterior
from ectsim.scenario.schema import Scenario
from ectsim.shipped import shipped_folder
from ectsim.territory.reading import load_territory


def settled(scenario: Scenario) -> Scenario:
    """The scenario, with the whole path of files that do not ship: a worker knows no folder of the scenario.

    Raises
    ------
    InputError
        If there is no such territory or posterior, or it is not as expected.
    """
    found = {}
    territory = load_territory(scenario.territory, scenario.source)
    if shipped_folder("scenarios").resolve() not in territory.folder.resolve().parents:
        found["territory"] = str(territory.folder.resolve().parent / territory.name)
    if scenario.drawn_from:
        posterior = load_posterior(scenario.drawn_from, scenario.source)
        ships = shipped_folder("calibration").resolve() in posterior.file.parents
        found["posterior"] = posterior.file.parent.name if ships else str(posterior.file)
    return scenario.model_copy(update=found)


def settled_study(study: SweepStudy) -> SweepStudy:
    """The study, with its scenarios :func:`settled`."""
    return study.model_copy(update={"scenarios": {name: settled(one) for name, one in study.scenarios.items()}})


def territory_hashes(study: SweepStudy) -> dict[str, str]:
    """Hash of the files of each territory, by name."""
    names = {(scenario.territory, scenario.source) for scenario in study.scenarios.values()}
    territories = (load_territory(name, source) for name, source in sorted(names, key=str))
    return {territory.name: territory_hash(territory.folder) for territory in territories}


class Drawn(NamedTuple):
    """What the draws of a study are.

    ``digests`` holds the SHA-256 of the file of each scenario that draws its parameters, by scenario; that of a design
    is part of the study. ``notice`` is what the files say of themselves where some rest on fictive rows, else "".
    """

    digests: dict[str, str]
    notice: str


def drawn(study: SweepStudy) -> Drawn:
    """Draws of the scenarios and of the design.

    Raises
    ------
    InputError
        If a file is gone, has changed, or is not as expected.
    """
    used = posteriors_of_scenarios(study)
    of_design = [posterior_of(study.design, study.source)] if study.design.kind == "posterior" else []
    notices = dict.fromkeys(one.notice for one in (*used.values(), *of_design) if one.notice)
    return Drawn({name: one.digest for name, one in used.items()}, ", ".join(notices))


def sources(study: SweepStudy) -> dict[str, Any]:
    """Seeds of a study, and the SHA-256 of every posterior it draws from, by scenario or "design"."""
    digests = drawn(study).digests
    if study.design.kind == "posterior":
        digests = {**digests, "design": posterior_of(study.design, study.source).digest}
    return {"seeds": study.seeds.model_dump(mode="json"), "posteriors": digests}


def posteriors_of_scenarios(study: SweepStudy) -> dict[str, Posterior]:
    """Posterior of each scenario that draws its parameters, by scenario.

    Raises
    ------
    InputError
        If a file is gone or not as expected.
    """
    return {
        name: load_posterior(scenario.drawn_from, scenario.source)
        for name, scenario in study.scenarios.items()
        if scenario.drawn_from
    }
