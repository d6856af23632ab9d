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

    from ectsim.analysis.hypotheses.settings import Hypothesis
    from ectsim.analysis.hypotheses.testing import Finding, HypothesesStudy

Claims = Annotated[list[str], typer.Argument(metavar="CLAIMS")]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    for name, verb in (("seal", seal), ("test", verdicts)):
        group.command(name, cls=SpokenCommand)(verb)
    app.add_typer(group, name="hypotheses", cls=SpokenGroup)


def seal(claims: Claims, as_json: Json = False) -> None:
    """Seal hypotheses before their runs."""
    from ectsim.analysis.hypotheses.asking import as_hypotheses, seal_hypotheses

    hypotheses = as_hypotheses(claims)
    if any(hypothesis.equal_money for hypothesis in hypotheses):
        compile_first()
    seals = seal_hypotheses(hypotheses)
    if as_json:
        print_json(seals)
        return
    for name, kept in seals.items():
        print(text("hypotheses.sealed", name=name, time=kept["time"]))


def verdicts(
    claims: Claims,
    out: Out = None,
    threads: Threads = None,
    drawn_from: Annotated[str | None, typer.Option("--posterior", metavar="NAME|FILE|priors")] = None,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    boxes: Annotated[Literal["tree", "prim"], typer.Option(metavar="tree|prim")] = "tree",
    csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Verdicts of hypotheses tested together."""
    from ectsim.analysis.hypotheses.asking import as_hypotheses, test_hypotheses
    from ectsim.analysis.hypotheses.tables import verdict_table
    from ectsim.analysis.hypotheses.testing import HypothesesStudy
    from ectsim.experiments.provenance import now
    from ectsim.experiments.results import refuse_other_contents
    from ectsim.report.hypotheses import tell_findings

    hypotheses = as_hypotheses(claims)
    if out is not None:
        refuse_other_contents(out, HypothesesStudy.VERB)
    started, clock = now(), time.monotonic()
    compile_first()
    with progress() as show:
        findings = test_hypotheses(
            hypotheses, posterior=drawn_from, quick=quick, boxes=boxes, threads=threads, progress=show
        )
    _tell_looks(hypotheses)
    if out is not None:
        given = [f"--posterior {Path(drawn_from).name}"] if drawn_from else []
        given += [*(["--quick"] if quick else []), *(["--boxes prim"] if boxes == "prim" else [])]
        _write(out, HypothesesStudy.of(findings, given), findings, started, csv)
    if as_json:
        print_json({"verdicts": json_records(verdict_table(findings))})
    else:
        print_paragraphs(tell_findings(findings))
    if out is not None:
        say(text("cli.written", folder=out, seconds=round(time.monotonic() - clock)))


def _tell_looks(hypotheses: "Sequence[Hypothesis]") -> None:
    """Tell every look before a seal."""
    from ectsim.analysis.hypotheses.sealing import read_sidecar, sidecar

    for hypothesis in hypotheses:
        if read_sidecar(hypothesis)["sealed"] is None:
            say(text("hypotheses.not_seen", sidecar=sidecar(hypothesis).name))


def _write(out: Path, study: "HypothesesStudy", findings: "Sequence[Finding]", started: str, csv: bool) -> None:
    from ectsim.analysis.hypotheses.tables import box_table, draw_table, moving_table, verdict_table
    from ectsim.experiments.results import Results, write_results
    from ectsim.report.flips import flipping, flips_figure
    from ectsim.report.hypotheses import forest_figure, tell_findings
    from ectsim.report.writing import write_own_page

    tables = {"verdicts": verdict_table(findings), "draws": draw_table(findings)}
    tables |= {"moving": moving_table(findings), "boxes": box_table(findings)}
    figures = {"forest": forest_figure(findings)}
    if flipping(findings):
        figures["flips"] = flips_figure(findings)
    results = Results(tables, figures, tell_findings(findings))
    write_results(out, study, results, started=started, csv=csv)
    write_own_page(out)
