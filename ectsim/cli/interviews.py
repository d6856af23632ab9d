"""Verbs about field work: guides, import, checks, reliability, posteriors, the page for meetings, withdrawal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ectsim.cli.console import print_json, print_table, say
from ectsim.cli.spoken import SpokenCommand, SpokenGroup
from ectsim.locale import text

if TYPE_CHECKING:
    from ectsim.calibration.tidy import Interviews

TERRITORY = "pays_ledonien"
Folder = Annotated[Path, typer.Argument(metavar="DIR")]
Out = Annotated[Path, typer.Option(metavar="DIR")]
Yaml = Annotated[Path | None, typer.Option(metavar="YAML")]
Json = Annotated[bool, typer.Option("--json")]
Seed = Annotated[int, typer.Option(min=0)]


def add_verbs(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
    verbs = {
        "guide": guide,
        "import": import_files,
        "codes": codes_map,
        "check": check,
        "reliability": reliability,
        "posteriors": posteriors,
        "report": report,
        "retract": retract,
        "check-repo": check_repo,
    }
    for name, verb in verbs.items():
        group.command(name, cls=SpokenCommand)(verb)
    app.add_typer(group, name="interviews", cls=SpokenGroup)


def guide(
    interviews: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
    out: Out = Path("guides"),
    wanted: Annotated[int, typer.Option(min=1, max=1000)] = 30,
) -> None:
    """The two interview guides and the quota sheet."""
    from ectsim.calibration.guides import frame_of_territory, quota, write_guides

    told = _read(interviews) if interviews else None
    frame = told.frame if told is not None and len(told.frame) else frame_of_territory(TERRITORY)
    write_guides(out, quota(frame, told, wanted), told, wanted)
    print(text("interviews.told.guides", folder=out))


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILES")],
    out: Out,
    described: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    codes: Yaml = None,
    names: Yaml = None,
    coder: Annotated[str | None, typer.Option(metavar="K1")] = None,
    unit: Annotated[str, typer.Option(metavar="source|case")] = "source",
    format_name: Annotated[str | None, typer.Option("--format", metavar="NAME")] = None,
    as_json: Json = False,
) -> None:
    """Codings of other programs as tidy tables."""
    from ectsim.calibration.gathering import Sources, gather
    from ectsim.calibration.privacy import require_private_place
    from ectsim.calibration.tidy import write_tidy

    found = gather(Sources(files, codes, names, described, coder, unit, format_name))
    require_private_place(out, synthetic=found.interviews.synthetic)
    write_tidy(found.interviews, out)
    counts = {"interviews": len(found.interviews.interviews), "codings": len(found.interviews.codings)}
    if as_json:
        conflicts = [vars(conflict) for conflict in found.conflicts]
        notices = [str(notice) for notice in found.notices]
        print_json(counts | {"refused": found.refused, "conflicts": conflicts, "notices": notices})
        return
    for notice in found.notices:
        say(str(notice))
    for conflict in found.conflicts:
        values = vars(conflict) | {"values": ", ".join(conflict.values)}
        say(text("interviews.told.conflict", **values))
    if found.refused:
        say(text("interviews.told.refused", count=found.refused))
    print(text("interviews.told.imported", folder=out, **counts))


def codes_map(
    files: Annotated[list[Path], typer.Argument(metavar="FILES")],
    out: Annotated[Path, typer.Option(metavar="YAML")],
    names: Yaml = None,
) -> None:
    """The map of an existing tree of codes, to complete before it is imported."""
    from ectsim.calibration.gathering import Sources, code_map_of
    from ectsim.errors import InputError, Problem
    from ectsim.experiments.store import writing_whole

    if out.exists():
        raise InputError([Problem("interviews.file_exists", {}, out)])
    made = code_map_of(Sources(files, names=names))
    with writing_whole(out) as file:
        file.write(made.encode())
    print(text("interviews.told.map", file=out))


def check(folder: Folder, as_json: Json = False) -> None:
    """Whether tidy tables are right, and what they would disclose."""
    from ectsim.calibration.census import doubts_of
    from ectsim.calibration.disclosure import warnings_of

    found = _read(folder)
    warnings = [str(warning) for warning in (*warnings_of(found), *doubts_of(found))]
    counts = {
        "interviews": len(found.interviews),
        "codings": len(found.codings),
        "ties": len(found.ties),
        "projects": len(found.projects),
    }
    if as_json:
        print_json(counts | {"synthetic": found.synthetic, "warnings": warnings, "problems": []})
        return
    _say_fictive(found.synthetic)
    for warning in warnings:
        say(warning)
    print(text("interviews.told.right", **counts))


def reliability(folder: Folder, as_json: Json = False) -> None:
    """Agreement of coders, code by code."""
    import math

    from ectsim.calibration.reliability import assess
    from ectsim.errors import InputError, Problem
    from ectsim.report.field_work import reliability_table

    found = _read(folder)
    assessed = assess(found)
    if not assessed:
        raise InputError([Problem("posteriors.no_coding", file=folder)])
    if as_json:
        rows = [vars(one) | {"verdict": one.verdict} for one in assessed]
        clean = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in rows]
        print_json({"synthetic": found.synthetic, "codes": clean})
        return
    _say_fictive(found.synthetic)
    shown = reliability_table(assessed)
    print_table(shown.columns, shown.rows, range(1, len(shown.columns) - 1))
    print(shown.note)


def posteriors(
    folder: Folder,
    out: Out,
    seed: Seed = 1,
    selection: Annotated[float, typer.Option(min=0, max=3, metavar="SCALE")] = 0.5,
    territory: Annotated[str, typer.Option(metavar="TERRITORY")] = TERRITORY,
    as_json: Json = False,
) -> None:
    """Parameters by sector with their uncertainty, a population of the territory, targets of the census."""
    from ectsim.calibration.estimates import Settings, estimate, tell, write_estimates

    found = _read(folder)
    settings = Settings(seed, selection, territory)
    estimated = estimate(found, settings)
    write_estimates(estimated, out, folder, settings)
    told = tell(estimated)
    if as_json:
        from ectsim.cli.console import json_records

        entries = json_records(estimated.posteriors.table())
        weighed = {name: getattr(estimated, name) for name in ("members", "effective_size", "sizes_count")}
        of = {"synthetic": found.synthetic, "folder": out.as_posix()}
        print_json(of | weighed | {"told": told, "entries": entries})
        return
    _say_fictive(found.synthetic)
    for sentence in told:
        say(sentence)
    print(text("interviews.told.posteriors", folder=out, count=len(estimated.posteriors.entries)))


def report(folder: Folder, out: Annotated[Path, typer.Option(metavar="HTML")] = Path("interviews.html")) -> None:
    """The page to take to a meeting."""
    from ectsim.calibration.estimates import targets_of
    from ectsim.calibration.inference import infer
    from ectsim.calibration.reliability import assess
    from ectsim.experiments.store import writing_whole
    from ectsim.report.field_work import field_work_page

    found = _read(folder)
    assessed = assess(found)
    page = field_work_page(found, assessed, infer(found, assessed), targets_of(found))
    out.parent.mkdir(parents=True, exist_ok=True)
    with writing_whole(out) as file:
        file.write(page.encode())
    print(text("interviews.told.report", file=out))


def retract(folder: Folder, interview: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """One interview taken out, at its giver's wish."""
    from ectsim.calibration.withdrawal import withdraw

    gone = withdraw(folder, interview)
    print(text("interviews.told.retracted", interview=interview, **gone.rows))
    for place in gone.remade:
        print(text("interviews.told.remade", folder=place))
    for file in gone.derived:
        print(text("interviews.told.derived", file=file))
    say(text("interviews.told.elsewhere", interview=interview))


def check_repo(folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path()) -> None:
    """Whether a repository holds what must never be in one."""
    from ectsim.calibration.repository import check_repository
    from ectsim.errors import PrivacyError

    problems = check_repository(folder)
    if problems:
        raise PrivacyError(problems)
    print(text("interviews.told.clean"))


def _read(folder: Path) -> "Interviews":
    """Tidy tables of a folder, without interviews whose analysis was not consented to."""
    from ectsim.calibration.disclosure import with_consent
    from ectsim.calibration.tidy import read_tidy

    kept, refused = with_consent(read_tidy(folder))
    if refused:
        say(text("interviews.told.refused", count=refused))
    return kept


def _say_fictive(synthetic: bool) -> None:
    from ectsim.calibration.tidy import FICTIVE

    if synthetic:
        print(FICTIVE)
