"""``ectsim sensitivity``: what a study's outcomes depend on. The sweeps and the indices live in the analysis."""

import json
import math
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ectsim.cli.spoken import SpokenCommand
from ectsim.cli.sweeps import saying_how_to_go_on
from ectsim.locale import current_language, text

if TYPE_CHECKING:
    from ectsim.analysis.sensitivity.conducting import Findings
    from ectsim.analysis.sensitivity.stages import Asked
    from ectsim.experiments.study_settings import SweepStudy

RESULTS = "results"
MOST_PAIRS = 5


def add_verbs(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("sensitivity", cls=SpokenCommand)(sensitivity)


def sensitivity(
    study: str,
    store: Annotated[Path, typer.Option("--out", metavar="DIR")],
    method: Annotated[str, typer.Option(metavar="path|morris|surrogate|sobol|pawn")] = "path",
    quick: Annotated[bool, typer.Option("--quick")] = False,
    by_mechanism: Annotated[bool, typer.Option("--by-mechanism")] = False,
    second_order: Annotated[bool, typer.Option("--second-order")] = False,
    half_width: Annotated[float, typer.Option("--half-width")] = 0.1,
    most_rows: Annotated[int | None, typer.Option(min=2)] = None,
    workers: Annotated[int | None, typer.Option(min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What the outcomes of a study, and the differences between its scenarios, depend on."""
    from ectsim.analysis.sensitivity.asking import prepared

    made, asked = prepared(
        study,
        method,
        quick=quick,
        by_mechanism=by_mechanism,
        second_order=second_order,
        half_width=half_width,
        most_rows=most_rows,
    )
    flags = {"--quick": quick, "--by-mechanism": by_mechanism, "--second-order": second_order}
    values = {"--method": method, "--half-width": half_width, "--most-rows": most_rows}
    chosen = [flag for flag, given in flags.items() if given]
    chosen += [str(part) for option, value in values.items() if value is not None for part in (option, value)]
    hands = [] if workers is None else ["--workers", str(workers)]
    again = [study, "--out", str(store), *chosen, *hands]
    command = " ".join(["ectsim", "sensitivity", Path(study).name, *chosen])
    with saying_how_to_go_on(store, f"ectsim sensitivity {shlex.join(again)}"):
        _conduct(made, store, asked, command, workers, as_json)


def _conduct(
    study: "SweepStudy", folder: Path, asked: "Asked", command: str, workers: int | None, as_json: bool
) -> None:
    from ectsim.analysis.sensitivity.conducting import analyse
    from ectsim.cli.console import compile_first, duration, print_json, progress, say
    from ectsim.report.sensitivity import sensitivity_figures
    from ectsim.scenario.numbers import decimal

    clock = time.monotonic()
    compile_first()
    _tell_beforehand(study, asked, workers)
    with progress(text("sensitivity.progress")) as show:
        findings = analyse(study, folder, asked, workers=workers, progress=show)
    told = {"command": command, **_told(findings)}
    _write(folder / RESULTS, findings, told, sensitivity_figures(findings))
    if as_json:
        print_json(told | {"folder": (folder / RESULTS).as_posix()})
        return
    _show(findings)
    seconds, runs = duration(time.monotonic() - clock), decimal(sum(findings.runs.values()))
    say(text("sensitivity.finished", duration=seconds, runs=runs, folder=folder / RESULTS))


def _tell_beforehand(study: "SweepStudy", asked: "Asked", workers: int | None) -> None:
    """Say how many runs each stage has and how long all may take, measured on a few runs of the first stage."""
    from ectsim.analysis.sensitivity.stages import planned, runs_ahead
    from ectsim.cli.console import duration, say
    from ectsim.experiments.engines import count_workers
    from ectsim.experiments.estimate import measure_cost
    from ectsim.experiments.plan import make_plan
    from ectsim.scenario.numbers import decimal

    ahead, hands = runs_ahead(study, asked), count_workers("threads", workers)
    _, first = next(planned(study, asked))
    seconds = sum(ahead.values()) * measure_cost(make_plan(first)).seconds / hands
    named = [
        text("sensitivity.stage_runs", stage=text(f"sensitivity.stage.{name.split('-')[0]}"), runs=decimal(runs))
        for name, runs in ahead.items()
    ]
    values = {"runs": decimal(sum(ahead.values())), "duration": duration(seconds), "workers": hands}
    say(text("sensitivity.ahead", **values, stages=", ".join(named)))


def _told(findings: "Findings") -> dict[str, Any]:
    """All that was found, for scripts, with what it rests on."""
    from ectsim.cli.console import json_records
    from ectsim.experiments.provenance import surroundings
    from ectsim.experiments.study_inputs import sources

    return {
        "study": str(findings.study.name),
        "scenarios": list(findings.study.scenarios),
        "names": {
            "study": findings.study.name.model_dump(),
            **{key: scenario.name.model_dump() for key, scenario in findings.study.scenarios.items()},
        },
        "factors": [factor.name for factor in findings.study.factors],
        "runs": findings.runs,
        "notes": findings.notes,
        "tables": {name: json_records(table) for name, table in findings.tables.items()},
        "language": current_language(),
        "rests_on": surroundings() | sources(findings.study),
    }


def _write(folder: Path, findings: "Findings", told: dict[str, Any], figures: dict[str, Any]) -> None:
    """Write tables (Parquet, CSV), figures (PNG, SVG) and all of it as JSON, each file whole or not at all."""
    from ectsim.experiments.results import FORMS, drawn
    from ectsim.experiments.store import writing_whole

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in findings.tables.items():
        with writing_whole(folder / f"{name}.parquet") as file:
            table.to_parquet(file, index=False)
        with writing_whole(folder / f"{name}.csv") as file:
            table.to_csv(file, index=False, lineterminator="\n")
    for name, figure in figures.items():
        for form in FORMS:
            with writing_whole(folder / f"{name}.{form}") as file:
                file.write(drawn(figure, form))
    with writing_whole(folder / "sensitivity.json") as file:
        file.write((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _show(findings: "Findings") -> None:
    tables = findings.tables
    _show_lines(findings)
    for name, show in (("screening", _screening_rows), ("indices", _index_rows), ("distribution", _pawn_rows)):
        if name in tables:
            _show_table(findings, tables[name], *show())
    if "indices" in tables and len(pairs := tables["indices"].query("index == 'S2'")):
        _show_table(findings, pairs, *_pair_rows())
    if "surrogate" in tables and "indices" not in tables:
        _show_table(findings, tables["surrogate"], *_index_rows())
    if findings.notes:
        print(text("sensitivity.beware"))
        for note in findings.notes:
            print(f"- {note}")


def _show_lines(findings: "Findings") -> None:
    """How well surrogates predict, which factors were kept, how much of the variance is luck."""
    from ectsim.report.sensitivity import factor_label
    from ectsim.report.wording import number
    from ectsim.scenario.numbers import whole_percent

    for quantity, row in _lines_of(findings, "quality"):
        print(text("sensitivity.quality", quantity=quantity, quality=number(row["quality"], 2)))
    indices: Any = findings.tables.get("indices")
    if indices is not None and "surrogate" in findings.tables:
        names = [factor_label(name) for name in indices["factor"].unique()]
        print(text("sensitivity.kept", names=", ".join(names)))
    for quantity, row in _lines_of(findings, "noise"):
        shares = {name: whole_percent(row[name]) for name in ("share", "low", "high")}
        print(text("sensitivity.noise", quantity=quantity, **shares))


def _lines_of(findings: "Findings", name: str) -> Any:
    table: Any = findings.tables.get(name)
    for row in [] if table is None else table.to_dict("records"):
        yield _quantity(row).label(findings.study), row


def _quantity(row: Any) -> Any:
    from ectsim.analysis.sensitivity.quantities import Quantity

    against = row["against"] if isinstance(row["against"], str) else None
    return Quantity(row["outcome"], row["scenario"], against, row["of"])


def _show_table(findings: "Findings", table: Any, titles: list[str], rows: Any) -> None:
    from ectsim.cli.console import print_table

    for _, part in table.groupby(["outcome", "scenario", "against", "of"], dropna=False, sort=False):
        print(f"\n{_quantity(part.iloc[0]).label(findings.study)}")
        heads = [text(f"sensitivity.column.{title}") for title in titles]
        print_table(heads, list(rows(part)), range(1, len(titles)))


def _screening_rows() -> tuple[list[str], Any]:
    from ectsim.report.sensitivity import factor_label
    from ectsim.report.wording import number

    def rows(part: Any) -> Any:
        for one in part.sort_values("mu_star", ascending=False).to_dict("records"):
            low, high = number(one["low"], 2), number(one["high"], 2)
            effect = text("sensitivity.value", value=number(one["mu_star"], 2), low=low, high=high)
            yield factor_label(one["factor"]), effect, number(one["sigma"], 2)

    return ["factor", "effect", "sigma"], rows


def _index_rows() -> tuple[list[str], Any]:
    from ectsim.report.sensitivity import factor_label

    def rows(part: Any) -> Any:
        firsts = part[part["index"] == "S1"].set_index("factor").to_dict("index")
        totals = part[part["index"] == "ST"].sort_values("value", ascending=False)
        for one in totals.to_dict("records"):
            yield factor_label(one["factor"]), share_of_variance(one), share_of_variance(firsts[one["factor"]])

    return ["factor", "total", "first"], rows


def _pair_rows() -> tuple[list[str], Any]:
    from ectsim.report.sensitivity import factor_label

    def rows(part: Any) -> Any:
        for one in part.sort_values("value", ascending=False).head(MOST_PAIRS).to_dict("records"):
            yield f"{factor_label(one['factor'])} × {factor_label(one['other'])}", share_of_variance(one)

    return ["pair", "second"], rows


def _pawn_rows() -> tuple[list[str], Any]:
    from ectsim.report.sensitivity import factor_label
    from ectsim.report.wording import number

    def rows(part: Any) -> Any:
        for one in part.sort_values("value", ascending=False).to_dict("records"):
            yield factor_label(one["factor"]), number(one["value"], 2), number(one["chance_high"], 2)

    return ["factor", "pawn", "chance"], rows


def share_of_variance(row: Any) -> str:
    """An index with its interval; one below 0, which no share can be, is shown as 0."""
    from ectsim.report.wording import number

    low, high = number(row["low"], 2), number(row["high"], 2)
    if math.isnan(row["value"]) or row["value"] < 0:
        return text("sensitivity.zero", low=low, high=high)
    return text("sensitivity.value", value=number(row["value"], 2), low=low, high=high)
