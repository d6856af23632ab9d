"""What a figure shows, in words, for those who cannot see it."""

from typing import TYPE_CHECKING

from ectsim.analysis.comparison import Comparison
from ectsim.locale import current_language, text
from ectsim.model.state import STAGES
from ectsim.report.wording import between, number, signed
from ectsim.scenario.numbers import duration

if TYPE_CHECKING:
    from ectsim.experiments.single import Run


def alt_text(subject: "Comparison | Run") -> str:
    """What the figure of a comparison, or of a run, shows, in the current language."""
    return _of_comparison(subject) if isinstance(subject, Comparison) else _of_run(subject)


def _of_comparison(comparison: Comparison) -> str:
    last = comparison.curves.iloc[-1]
    fates = comparison.fates[(comparison.fates["cut_off"] == "horizon") & (comparison.fates["origin"] == "all")]
    counts = {str(fate): number(mean) for fate, mean in zip(fates["fate"], fates["mean"], strict=True)}
    counts |= {name: number(last[name]) for name in ("mean_a", "mean_b")}
    counts |= {name: number(last[name], 0) for name in ("low_a", "high_a", "low_b", "high_b")}
    return text(
        "report.alt.comparison",
        a=comparison.a.scenario.name,
        b=comparison.b.scenario.name,
        time=duration(len(comparison.curves)),
        difference=signed(last["difference"]),
        interval=between(last["low"], last["high"]),
        **counts,
    )


def _of_run(run: "Run") -> str:
    horizon = run.setup.scenario.horizon
    live = run.state.months.stages[horizon.burn_in + horizon.months - 1]
    stages = [f"{text(f'report.figure.stage.{name}')} {live[stage]}" for stage, name in enumerate(STAGES)]
    territory = run.setup.territory.title[current_language()]
    return text("report.alt.run", territory=territory, stages=", ".join(stages))
