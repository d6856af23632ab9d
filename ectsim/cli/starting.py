"""The folder ``ectsim new`` makes: the scenarios that ship and a page that says how to begin."""

import shutil
from contextvars import copy_context
from pathlib import Path

from ectsim.errors import InputError, Problem
from ectsim.locale import LANGUAGES, choose_language, text
from ectsim.scenario import shipped_scenarios
from ectsim.shipped import shipped_folder


def start_folder(folder: Path) -> None:
    """Copy every scenario that ships into ``folder``, with a README in both languages.

    Raises
    ------
    InputError
        If there is something at that place already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError([Problem("cli.new.in_use", file=folder)])
    folder.mkdir(parents=True, exist_ok=True)
    for name in shipped_scenarios():
        shutil.copyfile(shipped_folder("scenarios") / f"{name}.yaml", folder / f"{name}.yaml")
    page = "\n\n".join(copy_context().run(_readme, language) for language in LANGUAGES)
    (folder / "README.md").write_text(page + "\n", encoding="utf-8", newline="\n")


def _readme(language: str) -> str:
    """The page in one language, with the names of the scenarios in it."""
    from ectsim.scenario import load_scenario

    choose_language(language)
    rows = [f"- `{name}.yaml`{text('cli.colon')} {load_scenario(name).description}" for name in shipped_scenarios()]
    return text("cli.new.readme", scenarios="\n".join(rows)).strip()
