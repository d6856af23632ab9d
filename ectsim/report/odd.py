"""The tables of the ODD+D description, made from the code: ``python -m ectsim.report.odd docs/odd.md``.

What stands between the markers of a page is rewritten; the prose around them is written by hand.
"""

import inspect
import math
import re
import sys
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ectsim import luck
from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.patterns import PATTERNS
from ectsim.locale import texts
from ectsim.model import months, state, tally, twins
from ectsim.model.outcomes import OUTCOMES
from ectsim.parameters import PARAMETERS, Parameter, Source
from ectsim.scenario.instruments import INSTRUMENTS, Eligible, Funding, InstrumentBase
from ectsim.scenario.schema import Scenario, scenario_schema
from ectsim.scenario.settings import Settings
from ectsim.territory.nomenclature import KINDS, LABELS, SECTOR_OF_KIND, SECTORS, SIZE_CLASSES, ZONES
from ectsim.world import layout

Fields = tuple[tuple[str, Any, str, str], ...]
START = re.compile(r"<!-- table: (\S+) -->")
END = "<!-- end of table -->"

RECORDS: Mapping[str, Fields] = {
    "Actor": layout.ACTOR_FIELDS,
    "Project": state.PROJECT_FIELDS,
    "Membership": state.MEMBER_FIELDS,
    "Instrument": state.INSTRUMENT_FIELDS,
    "Clock": state.CLOCK_FIELDS,
    "Month": state.MONTH_FIELDS,
    "Forced decision": state.FORCED_FIELDS,
    "Stratum of the sample": layout.STRATUM_FIELDS,
}
CATEGORIES: Mapping[str, Sequence[str]] = {
    "sector": SECTORS,
    "size class": SIZE_CLASSES,
    "zone": ZONES,
    "resource": layout.RESOURCES,
    "value": layout.VALUES,
    "counterpart": layout.COUNTERPARTS,
    "type of cooperator": layout.TYPES,
    "status of a project": state.STATUSES,
    "stage": state.STAGES,
    "origin of an idea": state.ORIGINS,
    "call path": state.CALL_PATHS,
    "funding": state.FUNDINGS,
    "condition on a grant": state.CONDITIONS,
    "mark": state.MARKS,
    "channel of a member": state.CHANNELS,
    "role": state.ROLES,
    "reason of sleep or end": state.REASONS,
    "ledger": state.LEDGER,
    "fate of a pair of twins": twins.FATES,
}


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(titles)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _range(*values: float) -> str:
    """A number, or both ends of a range; a dash where it is not known."""
    return "–" if any(map(math.isnan, values)) else " to ".join(map(_number, values))


def _sections(tables: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in tables)


def sources() -> str:
    """Share of the parameters that rests on each kind of source, and how many of those a calibration may move."""
    number = Counter(parameter.source for parameter in PARAMETERS.values())
    free = Counter(parameter.source for parameter in PARAMETERS.values() if parameter.prior != "fixed")
    rows = [(source, number[source], free[source]) for source in typing.get_args(Source)]
    rows.append(("all", number.total(), free.total()))
    return table(
        ("source of the default", "parameters", "share", "with a prior", "share"),
        [
            (source, str(n), f"{n / number.total():.0%}", str(moved), f"{moved / free.total():.0%}")
            for source, n, moved in rows
        ],
    )


def parameters() -> str:
    """Every parameter, by group."""
    groups: dict[str, list[Parameter]] = {}
    for parameter in PARAMETERS.values():
        groups.setdefault(parameter.group, []).append(parameter)
    titles = ("name", "symbol", "meaning", "unit", "default", "bounds", "prior", "source", "reference")
    return _sections((group.capitalize(), table(titles, map(_parameter, members))) for group, members in groups.items())


def _parameter(p: Parameter) -> tuple[str, ...]:
    values = _number(p.default), _range(p.low, p.high)
    return f"`{p.name}`", p.symbol, p.label_en, p.unit, *values, p.prior, p.source, p.reference


def state_variables() -> str:
    """Every field of the records a run is made of."""
    return _sections((name, _fields(fields)) for name, fields in RECORDS.items())


def tallies() -> str:
    """Every field of the record that a run leaves behind."""
    return _fields(tally.TALLY_FIELDS)


def twin_tallies() -> str:
    """Every field of the record that the matching of two worlds leaves behind."""
    return _fields(twins.TWIN_FIELDS)


def _fields(fields: Fields) -> str:
    return table(
        ("name", "values", "unit", "meaning"),
        [(f"`{name}`", _values(kind), unit, meaning) for name, kind, unit, meaning in fields],
    )


def _values(kind: Any) -> str:
    """Type and shape as a reader says them: "integer", "5 × 4 reals"."""
    scalar, shape = kind if isinstance(kind, tuple) else (kind, ())
    word = "real" if scalar.startswith("f") else "integer"
    return f"{' × '.join(map(str, shape))} {word}s" if shape else word


def schedule() -> str:
    """Functions of a month in their order, with the step that each belongs to."""
    source = inspect.getsource(months.advance_one_month.py_func)
    rows, step = [], None
    for line in source.splitlines():
        if comment := re.match(r"\s+# (\d.*)", line):
            step = comment[1]
        elif step is not None and (call := re.match(r"\s+([a-z]\w*)\(state", line)):
            rule = getattr(months, call[1])
            module = rule.__module__.removeprefix("ectsim.model.")
            rows.append((step, f"`{module}.{call[1]}`", (inspect.getdoc(rule) or "").partition("\n")[0]))
            step = ""
    return table(("step", "function", "what it does"), rows)


def instruments() -> str:
    """Every field of the six instruments, inherited ones once."""
    shared = {"Every instrument": InstrumentBase, "Calls, subsidies, labels": Eligible, "Calls and subsidies": Funding}
    own = {f"`{kind}`": variant for kind, variant in INSTRUMENTS.items()}
    return _sections((title, _instrument(variant)) for title, variant in (shared | own).items())


def _instrument(variant: type[InstrumentBase]) -> str:
    own = [(name, field) for name, field in variant.model_fields.items() if name in variant.__annotations__]
    rows = [_setting(name, field) for name, field in own if name != "kind"]
    return f"{inspect.getdoc(variant)}\n\n" + table(("field", "default", "accepted", "unit", "meaning"), rows)


def settings() -> str:
    """Every field of a scenario file but those of its instruments."""
    extends = scenario_schema()["properties"]
    added = [(f"`{key}`", "none", "", "", extends[key]["description_en"]) for key in ("extends", "add_instruments")]
    rows = [*added, *_settings(Scenario)]
    return table(("field", "default", "accepted", "unit", "meaning"), rows)


def _settings(section: type[Settings], prefix: str = "") -> Iterator[tuple[str, ...]]:
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Settings):
            yield from _settings(field.annotation, f"{prefix}{name}.")
        else:
            yield _setting(f"{prefix}{name}", field)


def _setting(name: str, field: Any) -> tuple[str, ...]:
    told = field.json_schema_extra
    unit = texts("scenario", "en").get(f"unit.{told['unit']}", "")
    return f"`{name}`", _default(field), _accepted(field), unit, told["description_en"]


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, int | float) and not isinstance(field.default, bool):
        return _number(field.default)
    if isinstance(field.default, tuple):
        return ", ".join(field.default) or "none"
    return "none" if field.default is None else str(field.default).lower()


def _accepted(field: Any) -> str:
    choices = [choice for choice in typing.get_args(field.annotation) if isinstance(choice, str | int)]
    if choices:
        return ", ".join(map(str, choices))
    if field.annotation is bool:
        return "true, false"
    limits = {name: getattr(bound, name) for bound in field.metadata for name in ("ge", "le") if hasattr(bound, name)}
    return _range(limits["ge"], limits["le"]) if limits else ""


def outcomes() -> str:
    """Every outcome of a run."""
    rows = [(f"`{o.name}`", o.unit, o.direction, o.label_en) for o in OUTCOMES.values()]
    return table(("name", "unit", "better", "meaning"), rows)


def patterns() -> str:
    """Every quantity of the published patterns."""
    label = texts("patterns", "en")
    rows = [
        (
            p.id,
            label[p.name],
            f"`{p.scenario}`",
            p.unit,
            _range(round(p.target, 4)),
            _range(*p.accept),
            p.role,
            p.source,
        )
        for p in PATTERNS
    ]
    return table(("pattern", "quantity", "scenario", "unit", "target", "accepted", "role", "source"), rows)


def purposes() -> str:
    """Purposes of draws, from the constants of ``luck.py`` and what is written beside them."""
    found = re.findall(r"^([A-Z]\w+) = (\d+)  # ([^:\n]+): (.+)$", inspect.getsource(luck), re.MULTILINE)
    rows = [(f"`{name}`", number, identity, uses) for name, number, identity, uses in found]
    return table(("purpose", "number", "identity", "use of the four uniforms"), rows)


def kinds() -> str:
    """Kinds of actor and their sector."""
    return table(("kind", "actors", "sector"), [(f"`{k}`", LABELS[k]["en"], SECTOR_OF_KIND[k]) for k in KINDS])


def categories() -> str:
    """Names of the values that indices stand for, in the order of their numbers."""
    rows = ((category, ", ".join(names)) for category, names in CATEGORIES.items())
    return table(("what is numbered from 0", "values, in order"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "schedule": schedule,
    "kinds": kinds,
    "categories": categories,
    "sources": sources,
    "parameters": parameters,
    "state": state_variables,
    "instruments": instruments,
    "tallies": tallies,
    "twins": twin_tallies,
    "outcomes": outcomes,
    "patterns": patterns,
    "luck": purposes,
}


def fill(page: str, file: Path | str) -> str:
    """``page`` with its tables made anew.

    Raises
    ------
    InputError
        If a marker names no table, or has no end; all of them are listed.
    """
    problems: list[Problem] = []
    filled: list[str] = []
    lines = iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        filled.append(line)
        marker = START.fullmatch(line)
        if not marker:
            continue
        name = marker[1]
        if name not in TABLES:
            given = {"given": name, "allowed": ", ".join(TABLES)}
            problems.append(Problem("odd.unknown_table", given, file, number, nearest=nearest_name(name, TABLES)))
            continue
        if not any(inner == END for _, inner in lines):
            problems.append(Problem("odd.no_end", {"name": name, "end": END}, file, number))
            continue
        filled += ["", TABLES[name](), "", END]
    if problems:
        raise InputError(problems)
    return "\n".join(filled) + "\n"


def main(files: Sequence[str]) -> int:
    """Rewrite the tables of pages; returns the exit code."""
    try:
        made = {Path(file): fill(Path(file).read_text(encoding="utf-8"), file) for file in files}
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for page, content in made.items():
        beside = page.with_suffix(".new")
        beside.write_text(content, encoding="utf-8")
        beside.replace(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
