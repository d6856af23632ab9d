"""Commands that speak French or English: help and messages about the command line itself, from the locale.

What verbs do lives elsewhere.
"""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ectsim.errors import InputError, Problem, nearest_name
from ectsim.locale import LANGUAGES, choose_language, text

WIDEST_HELP = 100


def take_language(arguments: Sequence[str]) -> list[str]:
    """Speak the language that ``--lang`` asks for, wherever it stands; return the other arguments.

    Raises
    ------
    InputError
        If it is none we speak.
    """
    choose_language(None)
    rest = list(arguments)
    for place, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if argument == "--":
            break
        if option == "--lang":
            following = arguments[place + 1 : place + 2]
            given = value if equals else "".join(following)
            if given not in LANGUAGES:
                values = {"given": given, "allowed": ", ".join(LANGUAGES)}
                raise InputError([Problem("cli.usage.language", values, field="--lang")])
            choose_language(given)
            del rest[place : place + (1 if equals else 2)]
            break
    return rest


def usage_problem(error: typer.TyperException) -> Problem:
    """What Typer says is wrong with the command line, in the current language."""
    seen: Any = error
    match type(error).__name__:
        case "NoSuchOption":
            nearest = next(iter(seen.possibilities or ()), None)
            return Problem("cli.usage.no_such_option", {"option": seen.option_name}, nearest=nearest)
        case "MissingParameter":
            return Problem("cli.usage.missing", {"name": _name(seen.param)})
        case "BadOptionUsage":
            return Problem("cli.usage.no_value", {"option": seen.option_name})
        case "BadParameter" if getattr(seen.param, "min", None) is not None:
            bounds = {"low": seen.param.min, "high": seen.param.max}
            message = "cli.usage.whole_number" if seen.param.max is None else "cli.usage.whole_number_up_to"
            return Problem(message, bounds, field=_name(seen.param))
    return Problem("cli.usage.other", {"message": error.format_message()})


def _name(parameter: Any) -> str:
    """Name of an argument or option as help shows it."""
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper()


def _key(ctx: Any, child: str = "") -> str:
    """Key of the sentence about a verb: "verb.scenario_check"; that of ectsim itself is "verb.ectsim"."""
    steps = [*ctx.command_path.split()[1:], *([child] if child else [])] or ["ectsim"]
    return "_".join(steps).replace("-", "_")


def _option_record(option: Any) -> tuple[str, str]:
    names = ", ".join(option.opts)
    if not option.is_flag:
        names += f" {option.metavar or 'N'}"
    told = text(f"cli.option.{option.name}")
    if option.default not in (None, False):
        told += " " + text("cli.help.default", value=option.default)
    return names, told


class SpokenCommand(TyperCommand):
    """A verb whose help comes from the locale, by its name and those of its parameters."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, and refuse what is left over."""
        ctx.allow_extra_args = True
        super().parse_args(ctx, args)
        if ctx.args:
            raise InputError([Problem("cli.usage.left_over", {"given": " ".join(ctx.args)})])
        return ctx.args

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what the verb does, its arguments and options."""
        names = [_name(p) if p.required else f"[{_name(p)}]" for p in _arguments(self)]
        _write_head(ctx, formatter, " ".join([*names, "[OPTIONS]"]))
        arguments = [(_name(p), text(f"cli.argument.{p.name}")) for p in _arguments(self)]
        _write_list(formatter, "cli.help.arguments", arguments)
        _write_options(self, formatter)


class SpokenGroup(TyperGroup):
    """A group of verbs whose help comes from the locale."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; show help when nothing is asked."""
        if not args:
            typer.echo(ctx.get_help())
            raise typer.Exit
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            values = {"given": args[0], "allowed": ", ".join(self.commands)}
            nearest = nearest_name(args[0], self.commands)
            raise InputError([Problem("cli.usage.no_such_command", values, nearest=nearest)])
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what the group is for, its verbs and options."""
        _write_head(ctx, formatter, text("cli.help.command"))
        verbs = [(name, text(f"cli.verb.{_key(ctx, name)}").partition("\n")[0]) for name in self.commands]
        _write_list(formatter, "cli.help.commands", verbs)
        _write_options(self, formatter)


def _arguments(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if parameter.param_type_name == "argument"]


def _write_head(ctx: Any, formatter: Any, pieces: str) -> None:
    formatter.width = min(max(formatter.width, typer.get_terminal_size().columns), WIDEST_HELP)
    formatter.write_usage(ctx.command_path, pieces, text("cli.help.usage") + " ")
    for paragraph in text(f"cli.verb.{_key(ctx)}").split("\n"):
        formatter.write_paragraph()
        formatter.write_text(paragraph)


def _write_options(command: Any, formatter: Any) -> None:
    options = [_option_record(p) for p in command.params if p.param_type_name == "option"]
    options.append(("--lang fr|en", text("cli.option.lang")))
    options.append(("--help", text("cli.option.help")))
    _write_list(formatter, "cli.help.options", options)


def _write_list(formatter: Any, title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(text(title)):
            formatter.write_dl(rows, col_max=34)
