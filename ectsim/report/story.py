"""What a comparison or a run says, in plain sentences with numbers. The sentences live in the locale."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.comparison import Comparison
from ectsim.locale import current_language, text
from ectsim.model.outcome_labels import REASON_LABELS
from ectsim.model.outcomes import OUTCOMES, measure
from ectsim.model.simulation import Setup
from ectsim.model.state import REASONS
from ectsim.parameters import PARAMETERS
from ectsim.report.wording import between, money, number, share, signed, verdict
from ectsim.scenario.numbers import counted, duration

if TYPE_CHECKING:
    from ectsim.experiments.single import Run

STEPS = ("ideas", "structured", "emerged", "anchored")
EQUAL_BUDGET = 0.02


def _say(key: str, **values: object) -> str:
    return text(f"report.story.{key}", **values)


def finding(comparison: Comparison) -> str:
    """The main result in one sentence: how many more projects emerge in B."""
    row = comparison.table.set_index("name").loc["emerged"]
    values = {"a": _name(comparison.a), "b": _name(comparison.b), "time": time_of(comparison.a)}
    values |= {"difference": signed(row["difference"]), "interval": between(row["low"], row["high"])}
    return text(f"report.finding.{verdict(row['low'], row['high'])}", **values)


def tell_comparison(comparison: Comparison) -> str:
    """What the runs say of B against A, in the current language: finding, numbers, and what they rest on."""
    paragraphs = [
        finding(comparison),
        what_was_compared(comparison),
        how_many(comparison),
        step_by_step(comparison),
        project_by_project(comparison),
        public_money(comparison),
        f"{rests_on_runs(comparison)} {tell_parameters(comparison.a)} {text('report.not_a_forecast')}",
    ]
    return "\n\n".join(paragraphs)


def _name(setup: Setup) -> str:
    return str(setup.scenario.name)


def time_of(setup: Setup) -> str:
    """How long the horizon is."""
    return duration(setup.scenario.horizon.months)


def _place(setup: Setup) -> dict[str, object]:
    return {
        "territory": setup.territory.title[current_language()],
        "actors": counted("actor", setup.scenario.population.actors),
        "time": time_of(setup),
    }


def definition(setup: Setup) -> str:
    """What an emerged project is."""
    p = setup.parameters[0]
    return _say("definition", members=int(p.minimum_members), sectors=int(p.minimum_sectors))


def what_was_compared(comparison: Comparison) -> str:
    """Both worlds, the territory, and what an emerged project is."""
    names = {"a": _name(comparison.a), "b": _name(comparison.b)}
    compared = _say("compared", runs=comparison.runs, **names, **_place(comparison.a))
    return f"{compared} {definition(comparison.a)}"


def how_many(comparison: Comparison) -> str:
    """Projects that emerge in both worlds, and how sure the difference is."""
    row = comparison.table.set_index("name").loc["emerged"]
    means = {"a": number(row["mean_a"]), "b": number(row["mean_b"]), "difference": signed(row["difference"])}
    said = _say("emerged", time=time_of(comparison.a), interval=between(row["low"], row["high"]), **means)
    reading = _say(f"reading.{verdict(row['low'], row['high'])}", runs=comparison.runs)
    same = 1.0 - row["share_more"] - row["share_less"]
    luck = _say("luck", more=share(row["share_more"]), less=share(row["share_less"]), same=share(same))
    return f"{said} {reading} {luck}"


def step_by_step(comparison: Comparison) -> str:
    """The same from ideas to anchored projects, a line each; a warning where they disagree."""
    table = comparison.table.set_index("name")
    lines = [_say("steps")]
    for name in STEPS:
        row = table.loc[name]
        values = {"a": number(row["mean_a"]), "b": number(row["mean_b"]), "difference": signed(row["difference"])}
        interval = between(row["low"], row["high"])
        lines.append(_say("step", label=OUTCOMES[name].label, interval=interval, **values))
    return "\n".join([*lines, *conflict(comparison)])


def conflict(comparison: Comparison) -> list[str]:
    """A warning where more projects emerge and no more of them last, or the reverse."""
    table = comparison.table.set_index("name")
    emerged, anchored = (verdict(row["low"], row["high"]) for _, row in table.loc[["emerged", "anchored"]].iterrows())
    if emerged == anchored or emerged not in ("more", "less"):
        return []
    row = table.loc["anchored"]
    months = duration(int(comparison.a.parameters[0].anchoring_months))
    values = {"difference": signed(row["difference"]), "interval": between(row["low"], row["high"])}
    return [_say("conflict", months=months, **values)]


def fates_sentence(comparison: Comparison) -> str:
    """What became of each project in the other world."""
    return _say("fates", **_fate_counts(comparison))


def _fate_counts(comparison: Comparison) -> dict[str, str]:
    fates = comparison.fates[comparison.fates["origin"] == "all"].set_index(["cut_off", "fate"])
    counts = {str(fate): number(row["mean"]) for fate, row in fates.loc["horizon"].iterrows()}
    return counts | {"net": signed(fates.loc[("horizon", "net"), "mean"])}


def project_by_project(comparison: Comparison) -> str:
    """What became of each project in the other world, and what is left of it later."""
    sentences = [fates_sentence(comparison)]
    gained = _windfall(comparison, "months_gained")["value"]
    if np.isfinite(gained):
        sentences.append(_say("months_gained", months=number(gained, 0)))
    sentences.append(_say("shuffle", net=_fate_counts(comparison)["net"]))
    if comparison.a.scenario.horizon.after:
        sentences.append(_later(comparison))
    return " ".join(sentences)


def _later(comparison: Comparison) -> str:
    fates = comparison.fates[comparison.fates["origin"] == "all"].set_index(["cut_off", "fate"])
    now, later = fates.loc[("horizon", "net")], fates.loc[("after", "net")]
    values = {"after": duration(comparison.a.scenario.horizon.after), "net": signed(later["mean"])}
    said = _say("later", interval=between(later["low"], later["high"]), **values)
    if verdict(now["low"], now["high"]) != "more":
        return said
    lasts = "lasts" if verdict(later["low"], later["high"]) == "more" else "fades"
    return f"{said} {_say(lasts)}"


def _windfall(comparison: Comparison, name: str) -> Any:
    return comparison.windfall.set_index(["name", "cut_off"]).loc[(name, "horizon")]


def public_money(comparison: Comparison) -> str:
    """Public money in both worlds, the cost of one more project, windfall."""
    return " ".join(_money_sentences(comparison))


def money_sentence(comparison: Comparison) -> str:
    """Of public money, what is said first."""
    return _money_sentences(comparison)[0]


def _money_sentences(comparison: Comparison) -> list[str]:
    rows = comparison.money.set_index("name")
    total, ratio = rows.loc["money"], rows.loc["money_ratio", "value"]
    values = {"a": money(total["mean_a"]), "b": money(total["mean_b"]), "time": time_of(comparison.a)}
    spends = verdict(total["low"], total["high"])
    if spends == "equal":
        return [_say("money.equal", **values)]
    sentences = [_say(f"money.{spends}", difference=money(abs(total["value"])), **values)]
    if abs(ratio - 1.0) <= EQUAL_BUDGET:
        sentences.append(_say("money.same_budget"))
    elif spends == "more":
        sentences.append(_cost(comparison, rows.loc["cost_per_net_additional"]))
    funded, windfall = _windfall(comparison, "funded_emerged"), _windfall(comparison, "windfall_share")
    if funded["value"] > 0 and np.isfinite(windfall["low"]):
        bounds = {"low": share(windfall["low"]), "high": share(windfall["high"])}
        values = {"funded": number(funded["value"]), "share": share(windfall["value"]), **bounds}
        sentences.append(_say("money.windfall", **values))
    return sentences


def _cost(comparison: Comparison, cost: Any) -> str:
    net = comparison.table.set_index("name").loc["emerged"]
    if verdict(net["low"], net["high"]) != "more" or not np.isfinite(cost["low"]):
        return _say("money.no_cost")
    return _say("money.cost", cost=money(cost["value"]), low=money(cost["low"]), high=money(cost["high"]))


def rests_on_runs(comparison: Comparison) -> str:
    """How many runs there are, and what their intervals count."""
    seeds = comparison.worlds.seeds
    values = {"runs": comparison.runs, "first": int(min(seeds)), "last": int(max(seeds))}
    return _say("rests_drawn" if comparison.a.posterior else "rests", **values)


def tell_parameters(setup: Setup) -> str:
    """What the parameters of a scenario rest on, in one or two sentences."""
    changed = ", ".join(PARAMETERS[name].label for name in setup.scenario.overrides)
    if setup.posterior is None:
        return _say("parameters_changed", names=changed) if changed else _say("parameters")
    drawn = _say("parameters_drawn", drawn=len(setup.posterior.names), draws=len(setup.posterior.draws))
    return f"{drawn} {_say('parameters_set', names=changed)}" if changed else drawn


def tell_run(run: "Run") -> str:
    """What happened in one run, in the current language, and what one run cannot say."""
    head = _say("run", name=_name(run.setup), seed=run.seed, **_place(run.setup))
    values = {name: float(array[0]) for name, array in measure(run.tally).items()}
    counts, paid, alone = run_sentences(run.setup, values, run.seed)
    paragraphs = [f"{head} {definition(run.setup)}", f"{counts} {_reasons(run)}".strip(), paid]
    paragraphs.append(f"{alone} {tell_parameters(run.setup)} {text('report.not_a_forecast')}")
    return "\n\n".join(paragraphs)


def run_sentences(setup: Setup, values: Mapping[str, float], seed: int) -> tuple[str, str, str]:
    """Projects of one run by stage, public money, what one run cannot say; ``values`` are outcomes by name."""
    counts = {name: number(values[name], 0) for name in STEPS}
    counts |= {"collectives": number(values["collectives"], 0), "mobilised": counted("actor", values["mobilised"])}
    return (
        _say("run_counts", **counts, population=setup.scenario.population.actors),
        _say("run_money", money=money(values["money"]), time=time_of(setup)),
        _say("one_run", seed=seed),
    )


def _reasons(run: "Run") -> str:
    stopped = run.tally["stopped"][0].sum(axis=(0, 2))
    if not stopped.sum():
        return ""
    place = 0 if current_language() == "fr" else 1
    main = [reason for reason in np.argsort(-stopped)[:3] if stopped[reason]]
    listed = ", ".join(f"{REASON_LABELS[REASONS[reason]][place]} ({stopped[reason]})" for reason in main)
    return _say("run_reasons", stopped=number(float(stopped.sum()), 0), reasons=listed)
