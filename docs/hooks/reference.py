"""The pages of reference that the site makes from the code each time it is built; written pages live in ``docs/``."""

import dataclasses
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import ectsim
from ectsim import errors
from ectsim.cli.main import app
from ectsim.locale import LANGUAGES, choose_language
from ectsim.parameters import Parameter
from ectsim.report import odd

NAMES = {"en": "English", "fr": "Français"}
FRENCH = "En français"
COLUMNS = "80"
SPHINX_ROLE = re.compile(r":(?:class|data|func|meth|mod):<code>~?(?:[\w.]+\.)?(\w+)</code>")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages made from the code to those found in the folder."""
    for name, made in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=made()))
    return files


def on_page_content(html: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Show the cross-references of docstrings as the names they stand for."""
    return SPHINX_ROLE.sub(r"<code>\1</code>", html)


def on_post_page(output: str, page: Any, config: MkDocsConfig) -> str:
    """Tell screen readers which pages speak French: those of the section that says so."""
    french = page.parent is not None and page.parent.title == FRENCH
    return output.replace('<html lang="en"', '<html lang="fr"', 1) if french else output


def command_line() -> str:
    """Every verb with its help, in both languages, as ``--help`` prints it."""
    os.environ["COLUMNS"] = COLUMNS
    parts = [
        "# Command line",
        "What `ectsim COMMAND --help` prints. Exit codes: 0 done; 1 the study says no, or failed; 2 bad input; "
        "3 refused to protect people interviewed; 130 interrupted. `ECTSIM_LANG=fr` chooses the language once for all.",
    ]
    for title, context in _verbs(typer.main.get_command(app), "ectsim"):
        parts.append(f"{'##' if title.count(' ') < 2 else '###'} {title}")
        parts += [_tab(NAMES[language], _help(context, language)) for language in sorted(LANGUAGES)]
    return "\n\n".join(parts) + "\n"


def _verbs(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, Any]]:
    context = typer.Context(command, info_name=name, parent=parent)
    yield context.command_path, context
    for part, inside in getattr(command, "commands", {}).items():
        yield from _verbs(inside, part, context)


def _help(context: Any, language: str) -> str:
    def told() -> str:
        choose_language(language)
        return context.get_help()

    return copy_context().run(told)


def _tab(title: str, content: str) -> str:
    block = f"```text\n{content.rstrip()}\n```"
    return f'=== "{title}"\n\n' + "\n".join(f"    {line}".rstrip() for line in block.splitlines())


def scenario() -> str:
    """Every field of a scenario file."""
    return (
        "# Fields of a scenario file\n\n"
        "How to write one: [Write a scenario](../scenarios.md). `ectsim scenario schema` gives the JSON schema, "
        "from which an editor completes and checks; `ectsim scenario check FILE` tells every mistake with its line.\n\n"
        f"## The file\n\n{odd.settings()}\n\n## Instruments\n\n{odd.instruments()}\n"
    )


def outcomes() -> str:
    """Every outcome, in both languages."""
    rows = [(f"`{o.name}`", o.unit, o.direction, o.label_en, o.label_fr) for o in ectsim.OUTCOMES.values()]
    table = odd.table(("name", "unit", "better", "meaning", "en français"), rows)
    return (
        "# Outcomes\n\n"
        "Each is measured over the horizon of one run; `ectsim run`, `compare` and sweeps write them all. Not every "
        "one has a better side.\n\n"
        f"{table}\n\n## Published patterns\n\nWhat `ectsim check-patterns` looks at.\n\n{odd.patterns()}\n"
    )


def python() -> str:
    """The public API."""
    functions = [name for name in ectsim.__all__ if callable(getattr(ectsim, name))]
    blocks = [f"::: {ectsim._HOMES[name]}.{name}" for name in functions]
    blocks += [
        "## What they hold",
        f"`PARAMETERS` maps each name to a `Parameter` ({_fields(Parameter)}), `OUTCOMES` each name to an outcome.",
        "## Errors",
        *[f"::: ectsim.errors.{name}" for name, value in vars(errors).items() if _is_error(value)],
    ]
    intro = ["# Python", "All names below come from `import ectsim`. Importing it loads nothing heavy."]
    return "\n\n".join([*intro, "## Functions and classes", *blocks]) + "\n"


def _fields(kind: Any) -> str:
    return ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))


def _is_error(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, errors.EctsimError)


PAGES: Mapping[str, Callable[[], str]] = {
    "command_line": command_line,
    "scenario": scenario,
    "outcomes": outcomes,
    "python": python,
}
