"""What each verb that leaves a results folder computes, from its study to tables, figures and story; by verb.

Where results are written, shown and made again lives in the command line; what a report says of them, in kinds/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ectsim.experiments.ensembles import Progress
from ectsim.experiments.provenance import Study
from ectsim.experiments.results import Results

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Work:
    """How a study is carried out: what changes no result.

    ``runs`` is the folder that keeps the runs of a verb of :data:`SWEPT`, from which a command cut short goes on.
    """

    progress: Progress | None = None
    threads: int | None = None
    runs: Path = Path()
    engine: str = "threads"
    scheduler: str | None = None


def make_run(study: Study, work: Work) -> Results:
    """One world."""
    from ectsim.experiments.single import simulate
    from ectsim.report.figures import run_figure
    from ectsim.report.network import network_figure
    from ectsim.report.story import tell_run

    (setup,) = study.setups
    run = simulate(setup, seed=study.options["seed"] or 0, months=study.options["months"])
    tables = {
        "outcomes": run.outcomes(),
        "projects": run.projects(),
        "actors": run.actors(),
        "ties": run.ties(),
        "months": run.months(),
    }
    return Results(tables, {"run": run_figure(run), "network": network_figure(run)}, tell_run(run))


def make_comparison(study: Study, work: Work) -> Results:
    """Two scenarios under the same luck."""
    from ectsim.analysis.comparison import compare
    from ectsim.analysis.twin_table import twin_table
    from ectsim.report.emergence_map import emergence_map
    from ectsim.report.figures import comparison_figure
    from ectsim.report.funnel import funnel_figure
    from ectsim.report.story import tell_comparison
    from ectsim.report.twin_flows import flows_figure

    a, b = study.setups
    found = compare(a, b, seed=study.seeds[0], runs=len(study.seeds), threads=work.threads, progress=work.progress)
    twins = twin_table(found.worlds)
    tables = {
        "outcomes": found.table,
        "twins": twins,
        "fates": found.fates,
        "windfall": found.windfall,
        "money": found.money,
        "curves": found.curves,
        "runs": _outcomes_by_run(found.worlds),
    }
    figures = {
        "comparison": comparison_figure(found),
        "flows": flows_figure(twins, found),
        "map": emergence_map(twins, found),
        "funnel": funnel_figure(found),
    }
    return Results(tables, figures, tell_comparison(found))


def _outcomes_by_run(worlds: Any) -> "pd.DataFrame":
    """Every outcome of every run: one row a scenario ("a", "b") and seed."""
    import pandas as pd

    from ectsim.model.outcomes import measure

    parts = [
        pd.DataFrame({"scenario": name, "seed": worlds.seeds, **measure(tallies)})
        for name, tallies in zip("ab", worlds.tallies, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def make_patterns(study: Study, work: Work) -> Results:
    """The published patterns, each in its scenario."""
    from ectsim.analysis.patterns import check_patterns
    from ectsim.report.patterns import patterns_figure, tell_patterns

    seed, runs = study.seeds[0], len(study.seeds)
    found = check_patterns(runs=runs, seed=seed, threads=work.threads, progress=work.progress, setups=study.setups)
    return Results({"patterns": found}, {"patterns": patterns_figure(found, runs)}, tell_patterns(found, runs))


def make_roles(study: Study, work: Work) -> Results:
    """Who must co-carry a project, and with what interests."""
    from ectsim.analysis.portraits import draw_portraits
    from ectsim.analysis.roles import who_mattered
    from ectsim.report.roles import tell_roles
    from ectsim.report.roles_figures import roles_figures

    (setup,), seed, runs = study.setups, study.seeds[0], len(study.seeds)
    found = who_mattered(setup, runs=runs, seed=seed, threads=work.threads, progress=work.progress)
    portraits = draw_portraits(setup, runs=runs, seed=seed, threads=work.threads)
    tables = {
        "necessity": found.necessity,
        "shapley": found.shapley,
        "played": found.played,
        "interests": portraits.interests,
        "company": portraits.company,
    }
    return Results(tables, roles_figures(setup, found, portraits), tell_roles(setup, found, portraits))


def make_origins(study: Study, work: Work) -> Results:
    """Projects born of a scheme against own initiative, beside a census where there is one."""
    from ectsim.analysis.lives import live
    from ectsim.analysis.origins import compare_origins
    from ectsim.analysis.origins_census import Observed, beside_census
    from ectsim.report.origins import tell_origins
    from ectsim.report.origins_figures import origins_figures

    (setup,) = study.setups
    lives = live(setup, study.seeds, study.options["age"], threads=work.threads, progress=work.progress)
    found = compare_origins(lives)
    tables = {name: getattr(found, name) for name in ("differences", "selection", "parts", "fates", "counts")}
    census = None
    if "census" in study.given:
        tables["census"] = census = beside_census(Observed(**study.given["census"]), lives)
    return Results(tables, origins_figures(setup, found, census), tell_origins(setup, found, census))


def make_case(study: Study, work: Work) -> Results:
    """A real history beside simulated ones."""
    from ectsim.analysis.case import AGE, judge
    from ectsim.analysis.case_tables import case_tables, told_case
    from ectsim.analysis.lives import live
    from ectsim.report.case import case_figures, tell_case

    (setup,), case = study.setups, told_case(study.given["case"])
    lives = live(setup, study.seeds, AGE, threads=work.threads, progress=work.progress)
    verdicts = [judge(project, lives) for project in case.projects]
    return Results(
        case_tables(verdicts, case.synthetic),
        case_figures(setup, verdicts, study.seeds, case.synthetic),
        tell_case(setup, verdicts, study.seeds, case.synthetic),
    )


def make_conditions(study: Study, work: Work) -> Results:
    """Where projects emerge, with and without a scheme."""
    from ectsim.analysis.conditions import SWEEP, conditions_study, summarise_conditions
    from ectsim.experiments.sweeping import sweep
    from ectsim.report.conditions import conditions_figures, rests_on, tell_conditions

    asked: Any = study.options
    a, b = study.setups
    made = conditions_study(a, b, work.runs, points=asked["points"], replicates=asked["replicates"], seed=asked["seed"])
    runs = sweep(
        made,
        work.runs / SWEEP,
        engine=work.engine,
        workers=work.threads,
        scheduler=work.scheduler,
        progress=work.progress,
    ).to_pandas()
    found = summarise_conditions(runs)
    tables = {name: getattr(found, name) for name in ("curves", "contrasts", "surfaces", "luck", "added")}
    rests = rests_on(a, b, found, asked["seed"])
    return Results(tables, conditions_figures(found, rests), tell_conditions(found, rests))


def make_choice(study: Study, work: Work) -> Results:
    """Which scheme to choose when parameters are uncertain."""
    from ectsim.analysis.choice.choosing import choose, read_enough, ready
    from ectsim.experiments.planned import plan_of
    from ectsim.report.choice import tell_choice
    from ectsim.report.choice_figures import choice_figures

    plan, enough = ready(plan_of(study)), read_enough(study.options["enough"])
    found = choose(plan, work.runs / "runs", enough, workers=work.threads, progress=work.progress)
    return Results(found.tables, choice_figures(found), tell_choice(found))


def make_patterns_seen(study: Study, work: Work) -> Results:
    """Which combinations of outcomes the model can produce at all."""
    from ectsim.analysis.exploration.exploring import explore
    from ectsim.experiments.planned import plan_of
    from ectsim.report.exploration import exploration_figure, tell_patterns

    asked = study.options
    plan, sizes = plan_of(study), {"bins": asked["bins"], "workers": work.threads}
    found = explore(plan, work.runs, asked["generations"], progress=work.progress, **sizes)
    return Results(found.tables, {"patterns": exploration_figure(found)}, tell_patterns(found))


MAKERS: Mapping[str, Callable[[Study, Work], Results]] = {
    "run": make_run,
    "compare": make_comparison,
    "check-patterns": make_patterns,
    "roles": make_roles,
    "origins": make_origins,
    "case": make_case,
    "conditions": make_conditions,
    "choose": make_choice,
    "explore": make_patterns_seen,
}
"""By verb; ``ectsim rerun`` makes all of them again."""
SWEPT = ("conditions", "choose", "explore")
"""Verbs that keep their runs in a folder, and their results in one inside it."""
