"""Origins for people: labels, the answer sentence by sentence, its tables. Figures live in origins_figures.py."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ectsim import __version__
from ectsim.analysis.lives import TRAITS
from ectsim.analysis.origins import RISK_SETS, Origins
from ectsim.analysis.origins_measures import MEASURES
from ectsim.calibration.targets import target_label
from ectsim.calibration.tidy import FICTIVE
from ectsim.locale import current_language, text
from ectsim.model.outcome_labels import MARK_LABELS, REASON_LABELS, VALUE_LABELS
from ectsim.model.simulation import Setup
from ectsim.report.document import Table
from ectsim.report.story import tell_parameters
from ectsim.report.wording import between, fine_share, number, share, signed
from ectsim.territory.nomenclature import label as name_of

if TYPE_CHECKING:
    import pandas as pd

HEADLINES = {
    "structured": ("emerged", "stopped", "co_carried", "carried[public]", "local", "repeat"),
    "emerged": ("alive", "anchored", "market", "public"),
}
"""What the text tells of later life where it clearly differs."""
CLEAR_TRAIT = 0.1
"""Standard deviations from which a difference at birth is told."""
MOST_TRAITS = 5


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
        return fine_share(value)
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


def rests_on(setup: Setup, seeds: Sequence[int]) -> str:
    """Scenario, runs and seeds behind a figure or a text."""
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
    return " ".join([tell_parameters(setup), setup.posterior.notice if setup.posterior else ""]).strip()


def find(table: "pd.DataFrame", **wanted: object) -> dict[str, Any]:
    """The row of a table whose columns hold these values."""
    rows: Any = table
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows.iloc[0].to_dict()


def answers(found: Origins) -> list[str]:
    """What the model says of the two origins, sentence by sentence."""
    told = [_counts(found), main_answer(found)]
    told += [_later(found, since) for since in HEADLINES]
    told += [traits_answer(found), *_parts(found), _few(found)]
    intervals = len(found.differences) + len(found.selection) + 4 * len(found.parts)
    return [sentence for sentence in [*told, _say("answer.many", count=intervals)] if sentence]


def _counts(found: Origins) -> str:
    table = found.counts.set_index("origin")
    projects, emerged = ({name: number(table.loc[name, of]) for name in table.index} for of in ("projects", "emerged"))
    told = projects | {f"emerged_{name}": count for name, count in emerged.items()}
    return _say("answer.counts", runs=len(found.seeds), **told)


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


def traits_answer(found: Origins) -> str:
    """What sets the projects born of the scheme apart at birth, in one sentence."""
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
        told.append(_say("answer.parts", unborn=share(find(found.counts, origin="incentive")["unborn"]), **values))
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


def tell_origins(setup: Setup, found: Origins, census: "pd.DataFrame | None") -> str:
    """The answer as a text, with what it rests on."""
    notice = [FICTIVE] if fictive(census) else []
    return "\n\n".join([*notice, *answers(found), rests_on(setup, found.seeds), text("report.not_a_forecast")])


def fictive(census: "pd.DataFrame | None") -> bool:
    """Whether the census beside is fictive."""
    return census is not None and bool(census["synthetic"].any())


def origins_tables(found: Origins, census: "pd.DataFrame | None") -> tuple[Table, ...]:
    """The differences that can be told by stage and status, the parts of the gap, the census."""
    tables = [_differences_table(found, since) for since in RISK_SETS]
    if not found.parts.empty:
        tables.append(Table(_say("figure.parts"), "", tuple(_part_titles()), tuple(_part_rows(found)), 2))
    if census is not None:
        tables.append(Table(_say("page.census"), "", tuple(_census_titles()), tuple(_census_rows(census))))
    return tuple(table for table in tables if table.rows)


def _differences_table(found: Origins, since: str) -> Table:
    table: Any = found.differences[found.differences["since"] == since]
    few = int((~table["enough"].astype(bool)).sum())
    note = _say("page.few", count=few, all=len(table)) if few else ""
    return Table(_say(f"since.{since}"), note, tuple(_titles()), tuple(_rows(found, since)), 2)


def _titles() -> list[str]:
    return [_say(f"table.{name}") for name in ("outcome", "status", "incentive", "own", "difference", "counts")]


def _rows(found: Origins, since: str) -> list[tuple[str, ...]]:
    """One row a difference of which there are enough projects to say anything."""
    table: Any = found.differences[found.differences["since"] == since]
    order = {measure.name: place for place, measure in enumerate(MEASURES)}
    rows = sorted(table[table["enough"].astype(bool)].to_dict("records"), key=lambda row: order[row["outcome"]])
    return [
        (
            outcome_label(row["outcome"]),
            _say(f"status.{row['status']}"),
            shown(row["incentive"], row["unit"]),
            shown(row["own"], row["unit"]),
            gap(row),
            f"{number(row['n_incentive'], 0)} / {number(row['n_own'], 0)}",
        )
        for row in rows
    ]


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
        mean, band = (
            f"{told['simulated']} ({told['low']} – {told['high']})",
            f"{told['band_low']} – {told['band_high']}",
        )
        simulated = (mean, band) if row["worlds"] > 1 else (_say("figure.no_worlds"), "–")
        made.append((target_label(row["name"], row["group"]), observed, str(row["n"]), *simulated))
    return made
