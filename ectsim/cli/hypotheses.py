"""The verbs ``ectsim hypotheses``: seal and test. Seals, runs and verdicts live in the analysis."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ectsim.cli.console import (
    compile_first,
    json_records,
    print_json,
    print_paragraphs,
    progress,
    say,
)
from ectsim.cli.running import Csv, Json, Out, Threads
from ectsim.cli.spoken import SpokenCommand, SpokenGroup
from ectsim.locale import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ectsim.analysis.hypotheses.sealing import Standing
    from ectsim.analysis.hypotheses.settings import Hypothesis
    from ectsim.analysis.hypotheses.testing import Evidence, Finding, HypothesesStudy

Claims = Annotated[list[str], typer.Argument(metavar="CLAIMS")]
QUICK = {"draws": 32, "seeds": 2}
"""Size of a first look: too small for a verdict, and noted as a look."""


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    for name, verb in (("seal", seal), ("test", verdicts)):
        group.command(name, cls=SpokenCommand)(verb)
    app.add_typer(group, name="hypotheses", cls=SpokenGroup)


def seal(claims: Claims, as_json: Json = False) -> None:
    """Seal hypotheses before their runs."""
    from ectsim.analysis.hypotheses.files import load_hypotheses
    from ectsim.analysis.hypotheses.sealing import seal as sealed_now

    seals = {hypothesis.name: sealed_now(hypothesis) for hypothesis in load_hypotheses(claims)}
    if as_json:
        print_json(seals)
        return
    for name, kept in seals.items():
        print(text("hypotheses.sealed", name=name, time=kept["time"]))


def verdicts(
    claims: Claims,
    out: Out = None,
    threads: Threads = None,
    priors: Annotated[bool, typer.Option("--priors")] = False,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    boxes: Annotated[Literal["tree", "prim"], typer.Option(metavar="tree|prim")] = "tree",
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Verdicts of hypotheses tested together."""
    from ectsim.analysis.hypotheses.files import load_hypotheses
    from ectsim.analysis.hypotheses.tables import verdict_table
    from ectsim.analysis.hypotheses.testing import HypothesesStudy, conclude
    from ectsim.experiments.provenance import now
    from ectsim.experiments.results import refuse_other_contents
    from ectsim.report.hypotheses import tell_findings

    hypotheses = load_hypotheses(claims)
    changes: dict[str, object] = {"posterior": "priors"} if priors else {}
    changes.update(QUICK if quick else {})
    asked = [_with(hypothesis, changes) for hypothesis in hypotheses]
    if out is not None:
        refuse_other_contents(out, HypothesesStudy.VERB)
    started, clock = now(), time.monotonic()
    compile_first()
    standings = _standings(hypotheses, as_promised=not changes)
    gathered = _gathered(asked, threads)
    findings = conclude(gathered, standings, method=boxes)
    if out is not None:
        flags = [name for name, given in (("--priors", priors), ("--quick", quick)) if given]
        flags += ["--boxes prim"] if boxes == "prim" else []
        _write(out, HypothesesStudy.of(findings, flags), findings, started, csv)
    if as_json:
        print_json({"verdicts": json_records(verdict_table(findings))})
    else:
        print_paragraphs(tell_findings(findings))
    if out is not None:
        say(text("hypotheses.written", folder=out, seconds=round(time.monotonic() - clock)))


def _with(hypothesis: "Hypothesis", changes: dict[str, object]) -> "Hypothesis":
    """The hypothesis with other draws or seeds than it promises."""
    if not changes:
        return hypothesis
    uncertainty = hypothesis.uncertainty.model_copy(update=changes)
    made = hypothesis.model_copy(update={"uncertainty": uncertainty})
    made._source = hypothesis.source_file
    return made


def _standings(hypotheses: "Sequence[Hypothesis]", *, as_promised: bool) -> "list[Standing]":
    """Standing of each test about to start; every look before a seal is told."""
    from ectsim.analysis.hypotheses.sealing import read_sidecar, sidecar, standing

    standings: list[Standing] = [standing(hypothesis, as_promised=as_promised) for hypothesis in hypotheses]
    for hypothesis in hypotheses:
        if read_sidecar(hypothesis)["sealed"] is None:
            say(text("hypotheses.not_seen", sidecar=sidecar(hypothesis).name))
    return standings


def _gathered(hypotheses: "Sequence[Hypothesis]", threads: int | None) -> "list[Evidence]":
    from ectsim.analysis.hypotheses.testing import gather

    gathered = []
    for hypothesis in hypotheses:
        with progress(hypothesis.name) as show:
            gathered.append(gather(hypothesis, threads=threads, progress=show))
    return gathered


def _write(out: Path, study: "HypothesesStudy", findings: "Sequence[Finding]", started: str, csv: bool) -> None:
    from ectsim.analysis.hypotheses.tables import box_table, verdict_table
    from ectsim.experiments.results import Results, write_results
    from ectsim.report.hypotheses import forest_figure, tell_findings, verdicts_page
    from ectsim.report.pages import add_page

    tables = {"verdicts": verdict_table(findings), "boxes": box_table(findings)}
    results = Results(tables, {"forest": forest_figure(findings)}, tell_findings(findings))
    write_results(out, study, results, started=started, csv=csv)
    add_page(out, "index.html", verdicts_page(findings, study.command))
