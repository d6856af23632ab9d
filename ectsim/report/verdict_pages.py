"""The results page of the hypotheses that ship: ``python -m ectsim.report.verdict_pages docs/results``.

Tests them all together, as promised where they are sealed, and writes a Markdown page in each language, with
figures, tables, provenance.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ectsim.analysis.hypotheses.asking import test_hypotheses
from ectsim.analysis.hypotheses.tables import box_table, draw_table, verdict_table
from ectsim.analysis.hypotheses.testing import Finding
from ectsim.errors import InputError
from ectsim.experiments.provenance import now, surroundings
from ectsim.locale import LANGUAGES, choose_language, text
from ectsim.report.flips import flipping, flips_figure
from ectsim.report.hypotheses import counted, finding_lines, footer, forest_figure, measure_label, together
from ectsim.report.wording import share, signed

NAME = "verdicts"
TABLES = (f"{NAME}.csv", f"{NAME}_draws.parquet", f"{NAME}_boxes.csv")
STEPS = 20


def write_pages(folder: Path, findings: Sequence[Finding], command: str, started: str) -> None:
    """Write ``verdicts.en.md`` and ``verdicts.fr.md`` with their figures, and the tables and provenance of both."""
    # told first: what is written here would count as changes of the code's revision
    made = surroundings()
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in ((NAME, verdict_table(findings)), (f"{NAME}_boxes", box_table(findings))):
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6g")
    draw_table(findings).astype({"effect": "f4", "chance": "f4"}).to_parquet(
        folder / f"{NAME}_draws.parquet", index=False
    )
    made |= {"command": command, "started": started, "finished": now()}
    made |= {"hypotheses": {one.hypothesis.name: one.standing for one in findings}}
    made |= {"posterior_sha256": findings[0].evidence.draws.digest}
    _write(folder / f"{NAME}.json", json.dumps(made, ensure_ascii=False, indent=1))
    for language in LANGUAGES:
        choose_language(language)
        forest_figure(findings).savefig(folder / f"{NAME}-forest.{language}.png", dpi=150)
        flips = f"{NAME}-flips.{language}.png"
        (folder / flips).unlink(missing_ok=True)
        if flipping(findings):
            flips_figure(findings).savefig(folder / flips, dpi=150)
        page = "\n\n".join(_page(findings, command, language))
        _write(folder / f"{NAME}.{language}.md", page)
    choose_language(None)


def _write(file: Path, content: str) -> None:
    file.write_text(content + "\n", encoding="utf-8", newline="\n")


def _page(findings: Sequence[Finding], command: str, language: str) -> Iterator[str]:
    """Parts of the page in the current language."""
    yield f"# {text('hypotheses.page.title')}"
    yield f"**{counted(findings)}.** {text('hypotheses.model_only')} {text('report.not_a_forecast')}"
    alternative = text("hypotheses.figure.alternative", told=counted(findings))
    yield f"![{alternative}]({NAME}-forest.{language}.png)"
    yield footer(findings)
    yield "\n".join(_table(findings))
    if flipping(findings):
        alternative = text("hypotheses.flips.title", flips=len(flipping(findings)), all=len(findings))
        yield f"![{alternative}]({NAME}-flips.{language}.png)"
    yield f"## {text('hypotheses.page.verdicts')}"
    for finding in findings:
        claim, *lines = finding_lines(finding)
        yield f"### {finding.hypothesis.number}. {finding.hypothesis.heading}"
        yield f"**{claim.partition('. ')[2]}**"
        yield "\n".join(f"- {line}" for line in lines)
    yield f"## {text('hypotheses.page.made')}"
    yield together(findings)
    yield f"```sh\n{command}\n```"
    yield text("hypotheses.page.files", tables=", ".join(f"[{name}]({name})" for name in TABLES))


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    columns = [
        text(f"hypotheses.column.{name}") for name in ("claim", "verdict", "effect", "mean", "smallest", "beyond")
    ]
    yield f"| {' | '.join(columns)} |"
    yield "|---|---|---|---:|---:|---:|"
    for finding in findings:
        verdict = text(f"hypotheses.verdict.{finding.verdict}")
        head = f"{finding.hypothesis.number} {finding.hypothesis.heading} | {verdict}"
        for contrast, effect in zip(finding.hypothesis.contrasts, finding.effects, strict=True):
            digits = 3 if contrast.smallest < 0.1 else 2
            cells = (
                f"{measure_label(contrast)} ({finding.hypothesis.worlds(contrast)})",
                signed(contrast.sign * effect.mean, digits),
                signed(contrast.sign * contrast.smallest, digits),
                share(effect.beyond),
            )
            yield f"| {head} | {' | '.join(cells)} |"
            head = " | "


def main(arguments: Sequence[str]) -> int:
    """Test the hypotheses that ship and write the pages; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ectsim.report.verdict_pages")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posterior")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    started = now()
    try:
        findings = test_hypotheses("all", posterior=asked.posterior, quick=asked.quick, progress=_tell)
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = [
        "python -m ectsim.report.verdict_pages",
        asked.folder.name if asked.folder.is_absolute() else asked.folder,
    ]
    command += [f"--posterior {Path(asked.posterior).name}"] if asked.posterior else []
    write_pages(asked.folder, findings, " ".join(map(str, [*command, *(["--quick"] if asked.quick else [])])), started)
    return 0


def _tell(done: int, total: int) -> None:
    if done * STEPS // total > (done - 1) * STEPS // total:
        print(text("cli.progress.line", done=done, total=total), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
