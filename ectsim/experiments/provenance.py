"""What a study was made of, so that it can be made again: inputs, seeds, versions. Tables live in results.py."""

import dataclasses
import datetime
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ectsim import __version__
from ectsim.errors import InputError, Problem
from ectsim.locale import current_language
from ectsim.model.simulation import Setup, prepare
from ectsim.parameters import unpack
from ectsim.posterior import POSTERIOR
from ectsim.scenario.checking import checked
from ectsim.scenario.yaml_source import Source
from ectsim.shipped import shipped_folder
from ectsim.territory.reading import load_territory

PROVENANCE = "provenance.json"
TERRITORIES = "territories"
MODEL_SOURCES = (
    "compiled.py",
    "luck.py",
    "parameters.py",
    "parameters.csv",
    "posterior.py",
    "territory/*.py",
    "scenario/*.py",
    "world/*.py",
    "model/*.py",
)
"""Code a run's numbers come from, as patterns of files of the package; what builds a territory is not of it."""


@dataclasses.dataclass(frozen=True)
class Study:
    """What was asked: a verb of the command line, its scenarios ready to run, its options.

    Attributes
    ----------
    verb : str
        "run" or "compare".
    setups : tuple of Setup
    options : mapping
        Those that change the results, by name without dashes: seed, runs, months; None where not given, a list where
        given several times.
    given : mapping
        What JSON can tell of the other files it rests on: the plan of a study, the projects of a case. ``file`` is the
        name of the one that its command names in place of scenarios.
    files : mapping
        Further files to keep with the results, by the name they take there.
    """

    verb: str
    setups: tuple[Setup, ...]
    options: Mapping[str, Any]
    given: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    files: Mapping[str, Path] = dataclasses.field(default_factory=dict)

    @property
    def seeds(self) -> range:
        """Seeds of the runs, where each world is played once a seed."""
        seed, runs = self.options["seed"] or 0, self.options["runs"] or 1
        return range(seed, seed + runs)

    @property
    def command(self) -> str:
        """The command that makes it, without any path."""
        names = [self.given["file"]] if "file" in self.given else [file_name(setup) for setup in self.setups]
        values = {name: value if isinstance(value, list) else [value] for name, value in self.options.items()}
        options = [f"--{name} {one}" for name, given in values.items() for one in given if one is not None]
        return " ".join(["ectsim", self.verb, *names, *options])


def file_name(setup: Setup) -> str:
    """Name of the file of a scenario, without its folder."""
    source = setup.scenario.source
    return source.name if source else "scenario.yaml"


def now() -> str:
    """Moment of the call, in UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def provenance(study: Study, started: str) -> dict[str, Any]:
    """Everything needed to make ``study`` again and to judge it; no user, no machine, no path is named."""
    kept = kept_posteriors(study.setups)
    told = [_told(setup, kept) for setup in study.setups]
    given = {"given": dict(study.given)} if study.given else {}
    return surroundings() | {
        "command": study.command,
        "verb": study.verb,
        "options": dict(study.options),
        "language": current_language(),
        "inputs_hash": hash_of([*told, *given.values()]),
        "scenarios": told,
        **given,
        "started": started,
        "finished": now(),
    }


def surroundings() -> dict[str, Any]:
    """What any study is made with: code, packages and kind of machine, none of them by its own name."""
    return {
        "made_by": "ectsim",
        "version": __version__,
        "revision": revision(),
        "code_hash": code_hash(),
        "packages": package_versions(),
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": f"{platform.python_implementation()} {platform.python_version()}",
        },
    }


def kept_posteriors(setups: Sequence[Setup]) -> dict[str, tuple[str, Path]]:
    """Name in a results folder and file of each posterior that scenarios draw from, by the hash of its draws."""
    kept: dict[str, tuple[str, Path]] = {}
    for setup in setups:
        if setup.posterior and setup.posterior.digest not in kept:
            name = POSTERIOR.replace(".", f"-{len(kept) + 1}.") if kept else POSTERIOR
            kept[setup.posterior.digest] = name, setup.posterior.file
    return kept


def _told(setup: Setup, kept: Mapping[str, tuple[str, Path]]) -> dict[str, Any]:
    """A scenario in full, its territory called by name, with every parameter."""
    values = setup.scenario.model_dump(mode="json") | {"territory": setup.territory.name}
    if setup.posterior:
        values["posterior"], _ = kept[setup.posterior.digest]
    return {
        "file": file_name(setup),
        "scenario": values,
        "parameters": _parameters(setup),
        "territory_hash": territory_hash(setup.territory.folder),
    }


def _parameters(setup: Setup) -> dict[str, Any]:
    """Every value that is not drawn, and the hash of the file of those that are."""
    posterior = setup.posterior
    values: dict[str, Any] = unpack(setup.parameters)
    if posterior is None:
        return values
    drawn = set(posterior.names) - set(setup.scenario.overrides)
    return {name: value for name, value in values.items() if name not in drawn} | {POSTERIOR: posterior.digest}


def territory_hash(folder: Path) -> str:
    """Hash of the files of a territory."""
    return _hash_of_files(
        folder, [path for ending in ("csv", "yaml", "geojson") for path in folder.rglob(f"*.{ending}")]
    )


def _hash_of_files(folder: Path, files: Iterable[Path]) -> str:
    return hash_of(sorted((path.relative_to(folder).as_posix(), file_digest(path)) for path in files))


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 of a value that JSON can tell, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def code_hash(sources: Sequence[str] = ("**/*.py", "**/parameters.csv")) -> str:
    """Hash of the code and of the table of parameters: it tells apart two states that no revision names.

    Parameters
    ----------
    sources
        Patterns of files of the package, the whole of its code by default.
    """
    package = Path(__file__).parents[1]
    return _hash_of_files(package, [file for source in sources for file in package.glob(source)])


@functools.cache
def model_hash() -> str:
    """Hash of the code that a run's numbers come from."""
    return code_hash(MODEL_SOURCES)


def package_versions() -> dict[str, str]:
    """Versions of the packages ectsim depends on."""
    asked = importlib.metadata.requires("ectsim") or []
    names = sorted(
        re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in asked if "extra ==" not in requirement
    )
    return {name: importlib.metadata.version(name) for name in names}


def revision() -> str | None:
    """Git revision of the checkout ectsim runs from, marked when its files were changed; None elsewhere."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    asked = ["git", "describe", "--always", "--abbrev=40", "--dirty=+changes", "--exclude=*"]
    try:
        done = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs between two provenances among all that could move results: name → value before, value after."""
    compared = ("version", "revision", "code_hash", "inputs_hash", "language")
    found = {name: (before.get(name), after.get(name)) for name in compared}
    for group in ("packages", "machine"):
        old, new = before.get(group, {}), after.get(group, {})
        found |= {f"{group}.{name}": (old.get(name), new.get(name)) for name in sorted({*old, *new})}
    return {name: values for name, values in found.items() if values[0] != values[1]}


def keep_inputs(study: Study, folder: Path) -> None:
    """Copy into ``folder`` the files used and the territories that do not ship, so that the study can be made again."""
    for name, file in study.files.items():
        shutil.copyfile(file, folder / name)
    for name, file in kept_posteriors(study.setups).values():
        shutil.copyfile(file, folder / name)
    shipped = (shipped_folder("scenarios") / TERRITORIES).resolve()
    for source in {setup.territory.folder for setup in study.setups}:
        if shipped not in source.parents:
            shutil.copytree(source, folder / TERRITORIES / source.name)


def read_provenance(folder: Path) -> dict[str, Any]:
    """What ``provenance.json`` of a results folder says.

    Raises
    ------
    InputError
        If there is none, or it was not written by ectsim.
    """
    file = folder / PROVENANCE
    if not file.is_file():
        raise InputError([Problem("experiments.no_provenance", file=folder)])
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("made_by") != "ectsim":
        raise InputError([Problem("experiments.not_provenance", file=file)])
    return told


def read_study(folder: Path) -> Study:
    """Study that made the results in ``folder``, with the scenarios and parameters kept there.

    Raises
    ------
    InputError
        If the provenance is missing or damaged, or this version cannot read a scenario or parameter in it.
    """
    told = read_provenance(folder)
    try:
        given: Sequence[Any] = told["scenarios"]
        setups = tuple(_setup(one, folder) for one in given)
        return Study(told["verb"], setups, told["options"], told.get("given", {}))
    except (KeyError, TypeError, AttributeError):
        raise InputError([Problem("experiments.not_provenance", file=folder / PROVENANCE)]) from None


def _setup(told: Mapping[str, Any], folder: Path) -> Setup:
    """A scenario as kept; a parameter whose default has changed since keeps the value it had."""
    values = dict(told["scenario"])
    kept_territory = folder / TERRITORIES / values["territory"]
    if (folder / TERRITORIES / Path(values["territory"]).parts[0]).is_dir():
        values["territory"] = str(kept_territory.resolve())
    territory = load_territory(values["territory"], folder)
    scenario = checked(Source(values), folder / told["file"])
    scenario._source = folder / told["file"]
    setup = prepare(scenario, territory)
    today = _parameters(setup)
    changed = {name: value for name, value in told["parameters"].items() if today.get(name) != value}
    if not changed:
        return setup
    values["parameters"] = scenario.overrides | changed
    kept = checked(Source(values), folder / told["file"])
    kept._source = scenario.source
    return prepare(kept, territory)
