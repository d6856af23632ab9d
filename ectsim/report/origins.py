"""Origins for people: labels, the answer sentence by sentence, and the page. Figures live in origins_figures.py."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ectsim import __version__
from ectsim.analysis.lives import TRAITS, Lives
from ectsim.analysis.origins import MEASURES, RISK_SETS, Origins, incentive_born
from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import current_language, text
from ectsim.model.outcome_labels import MARK_LABELS, REASON_LABELS, VALUE_LABELS
from ectsim.model.simulation import Setup
from ectsim.report.document import Part, Report, Table
from ectsim.report.folders import picture
from ectsim.report.wording import between, number, share, signed
from ectsim.scenario.numbers import percent
from ectsim.territory.nomenclature import label as name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

HEADLINES = {
    "structured": ("emerged", "stopped", "co_carried", "carried[public]", "local", "repeat"),
    "emerged": ("alive", "anchored", "market", "public"),
}
"""What the text tells of later life where it clearly differs."""
CLEAR_TRAIT = 0.1
"""Standard deviations from which a difference at birth is told."""
MOST_TRAITS = 5
SMALL = 0.1
"""Share below which a percentage gets a decimal."""


ANSWERED = 3
"""Sentences of the answer told first."""


def _say(key: str, **values: object) -> str:
    return text(f"origins.{key}", **values)


def outcome_label(name: str) -> str:
    """Name of an outcome of projects, in the current language."""
    base, _, of = name.partition("[")
    return _say(f"outcome.{base}", of=_of(base, of.rstrip("]"))) if of else _say(f"outcome.{base}")


def _of(base: str, key: str) -> str:
    """What stands between the brackets of a name."""
    place = 0 if current_language() == "fr" else 1
    for table in (MARK_LABELS, VALUE_LABELS, REASON_LABELS):
        if key in table and base != "months":
            return table[key][place]
    return _say(f"outcome.{key}") if base == "months" else name_of(key)


def trait_label(name: str) -> str:
    """Name of a trait at birth, in the current language."""
    base, _, of = name.partition("[")
    return _say("trait.sector", of=name_of(of.rstrip("]"))) if of else _say(f"trait.{base}")


def shown(value: float, unit: str) -> str:
    """A mean in its unit."""
    if unit == "share":
        return percent(round(value, 3)) if abs(value) < SMALL else share(value)
    return number(value, 2 if unit == "0-1" else 1)


def gap(row: Mapping[str, Any], name: str = "difference", low: str = "low", high: str = "high") -> str:
    """A difference with its interval, shares in percentage points."""
    scale = 100 if row.get("unit", "share") == "share" else 1
    digits = 2 if row.get("unit") == "0-1" else (0 if scale == 100 and abs(100 * row[name]) >= 10 else 1)
    value = signed(scale * row[name], digits)
    value = _say("points", value=value) if scale == 100 else value
    return f"{value} ({between(scale * row[low], scale * row[high])})"


def clear(row: Mapping[str, Any]) -> bool:
    """Whether there is enough to tell a difference, and its interval leaves out zero."""
    return bool(row["enough"] and (row["low"] > 0 or row["high"] < 0))


def rests_on(setup: Setup, lives: Lives) -> str:
    """Scenario, runs and seeds behind a figure or a text."""
    seeds = lives.seeds
    told = _say(
        "figure.footer",
        name=setup.scenario.name,
        runs=len(seeds),
        first=min(seeds),
        last=max(seeds),
        actors=setup.scenario.population.actors,
        version=__version__,
    )
    return f"{told} {parameters_behind(setup)}"


def parameters_behind(setup: Setup) -> str:
    """Where the values of the parameters come from, and whether they rest on fictive rows."""
    if setup.posterior is None:
        return text("report.story.parameters")
    counts = {"drawn": len(setup.posterior.names), "draws": len(setup.posterior.draws)}
    return " ".join([text("report.story.parameters_drawn", **counts), setup.posterior.notice]).strip()


def find(table: "pd.DataFrame", **wanted: object) -> dict[str, Any]:
    """The row of a table whose columns hold these values."""
    rows: Any = table
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows.iloc[0].to_dict()


def answers(found: Origins, lives: Lives) -> list[str]:
    """What the model says of the two origins, sentence by sentence."""
    told = [_counts(lives), main_answer(found)]
    told += [_later(found, since) for since in HEADLINES]
    told += [_traits(found), *_parts(found), _few(found)]
    intervals = len(found.differences) + len(found.selection) + 4 * len(found.parts)
    return [sentence for sentence in [*told, _say("answer.many", count=intervals)] if sentence]


def _counts(lives: Lives) -> str:
    table = lives.projects
    incentive, runs = incentive_born(table), len(lives.seeds)
    emerged = table["emerged"].notna()
    counts = {
        "incentive": incentive.sum(),
        "own": (~incentive).sum(),
        "emerged_incentive": (emerged & incentive).sum(),
        "emerged_own": (emerged & ~incentive).sum(),
    }
    return _say("answer.counts", runs=runs, **{name: number(count / runs) for name, count in counts.items()})


def main_answer(found: Origins) -> str:
    """How much more or less often projects born of the scheme emerge, like with like."""
    row = find(found.differences, since="born", outcome="emerged", status="all")
    if not row["enough"]:
        return _say("answer.main_few")
    values = {name: shown(row[name], "share") for name in ("incentive", "own")}
    return _say("answer.main", age=found.age, difference=gap(row), **values)


def _later(found: Origins, since: str) -> str:
    rows = [find(found.differences, since=since, outcome=name, status="all") for name in HEADLINES[since]]
    told = [
        _say(
            "answer.later_one",
            outcome=outcome_label(row["outcome"]),
            incentive=shown(row["incentive"], row["unit"]),
            own=shown(row["own"], row["unit"]),
            difference=gap(row),
        )
        for row in rows
        if clear(row)
    ]
    if not told and not any(row["enough"] for row in rows):
        return ""
    return _say(
        "answer.later", since=_say(f"since.{since}"), told=_say("between").join(told) if told else _say("answer.alike")
    )


def _traits(found: Origins) -> str:
    table: Any = found.selection[found.selection["comparison"] == "origin"]
    rows = [row for row in table.to_dict("records") if clear(row) and abs(row["difference"]) >= CLEAR_TRAIT]
    rows = [row for row in rows if row["trait"] in TRAITS]
    rows.sort(key=lambda row: -abs(row["difference"]))
    told = [
        _say("answer.trait_one", name=trait_label(row["trait"]), value=signed(row["difference"], 1))
        for row in rows[:MOST_TRAITS]
    ]
    return _say("answer.traits", told=", ".join(told)) if told else _say("answer.traits_none")


def _parts(found: Origins) -> list[str]:
    if found.parts.empty:
        return [_say("answer.parts_none")]
    origin = find(found.parts, comparison="origin", outcome="emerged")
    award = find(found.parts, comparison="award", outcome="emerged")

    def part(row: dict[str, Any], name: str) -> str:
        return gap(row, name, f"{name}_low", f"{name}_high")

    told = []
    if origin["enough"]:
        values = {name: part(origin, name) for name in ("difference", "selection", "treatment", "spillover")}
        told.append(_say("answer.parts", unborn=share(found.unborn), **values))
    if award["enough"]:
        values = {name: part(award, name) for name in ("difference", "selection", "treatment")}
        told.append(_say("answer.award", **values))
    return told


def _few(found: Origins) -> str:
    """Which parts of the comparison rest on too few projects."""
    table: Any = found.differences
    names = []
    for (since, status), rows in table.groupby(["since", "status"], sort=False):
        if not rows["enough"].any():
            names.append(f"{_say(f'since.{since}').lower()} – {_say(f'status.{status}')}")
    return _say("answer.few", names=", ".join(names)) if names else ""


def tell_origins(setup: Setup, found: Origins, lives: Lives, census: "pd.DataFrame | None") -> str:
    """The answer as a text, with what it rests on."""
    notice = [FICTIVE] if fictive(census) else []
    return "\n\n".join([*notice, *answers(found, lives), rests_on(setup, lives), text("report.not_a_forecast")])


def fictive(census: "pd.DataFrame | None") -> bool:
    """Whether the census beside is fictive."""
    return census is not None and bool(census["synthetic"].any())


def origins_report(
    setup: Setup,
    found: Origins,
    lives: Lives,
    census: "pd.DataFrame | None",
    figures: Mapping[str, "Figure"],
    command: str,
) -> Report:
    """The report around its figures, in the current language."""
    told = answers(found, lives)
    alternatives = {"differences": main_answer(found), "selection": _traits(found), "census": _say("page.census")}
    tables = [(_say(f"since.{since}"), _titles(), _rows(found, since)) for since in RISK_SETS]
    if not found.parts.empty:
        tables.append((_say("figure.parts"), _part_titles(), _part_rows(found)))
    if census is not None:
        tables.append((_say("page.census"), _census_titles(), _census_rows(census)))
    rests = rests_on(setup, lives)
    return Report(
        kind=text("reports.origins.kind"),
        title=_say("title"),
        question=text("reports.origins.question"),
        answer=tuple(told[:ANSWERED]),
        pictures=tuple(picture(figure, words=alternatives[name]) for name, figure in figures.items()),
        details=(Part(text("reports.points.details"), points=tuple(told[ANSWERED:])),) if told[ANSWERED:] else (),
        tables=tuple(Table(name, "", tuple(titles), tuple(rows)) for name, titles, rows in tables),
        method=(_say("page.like", age=found.age), _say("page.choice"), _say("page.parts"), rests),
        limits=(text("report.not_a_forecast"),),
        provenance=((text("reports.provenance.command"), command),),
        synthetic=fictive(census) or FICTIVE in rests,
    )


def _titles() -> list[str]:
    return [_say(f"table.{name}") for name in ("outcome", "status", "incentive", "own", "difference", "counts")]


def _rows(found: Origins, since: str) -> list[tuple[str, ...]]:
    table: Any = found.differences[found.differences["since"] == since]
    order = {measure.name: place for place, measure in enumerate(MEASURES)}
    records = sorted(table.to_dict("records"), key=lambda row: order[row["outcome"]])
    made = []
    for row in records:
        if not row["n_incentive"] + row["n_own"]:
            continue
        names = outcome_label(row["outcome"]), _say(f"status.{row['status']}")
        counts = f"{number(row['n_incentive'], 0)} / {number(row['n_own'], 0)}"
        if row["enough"]:
            means = shown(row["incentive"], row["unit"]), shown(row["own"], row["unit"])
            made.append((*names, *means, gap(row), counts))
        else:
            made.append((*names, "–", "–", _say("few"), counts))
    return made


def _part_titles() -> list[str]:
    return [_say(f"table.{name}") for name in ("comparison", "outcome", "difference", "selection", "treatment")] + [
        _say("table.spillover")
    ]


def _part_rows(found: Origins) -> list[tuple[str, ...]]:
    names = ("difference", "selection", "treatment", "spillover")
    made = []
    for row in found.parts.to_dict("records"):
        cells = [gap(row, name, f"{name}_low", f"{name}_high") if row["enough"] else _say("few") for name in names]
        made.append((_say(f"comparison.{row['comparison']}"), outcome_label(row["outcome"]), *cells))
    return made


def _census_titles() -> list[str]:
    return [_say(f"table.{name}") for name in ("outcome", "observed", "n", "simulated", "band")]


def _census_rows(census: "pd.DataFrame") -> list[tuple[str, ...]]:
    made = []
    for row in census.to_dict("records"):
        names = ("observed", "standard_error", "simulated", "low", "high", "band_low", "band_high")
        told = {name: shown(row[name], row["unit"]) for name in names}
        observed = f"{told['observed']} ({told['standard_error']})" if row["n"] else _say("few")
        mean = f"{told['simulated']} ({told['low']} – {told['high']})"
        made.append((row["label"], observed, str(row["n"]), mean, f"{told['band_low']} – {told['band_high']}"))
    return made
