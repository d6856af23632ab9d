"""A sensitivity analysis from a study to its tables: its sweeps, each in a folder of its own, and what they say.

The studies of the sweeps live in stages.py; nothing is run twice that an earlier command left in the folder.
"""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.sensitivity import stages
from ectsim.analysis.sensitivity.distribution import distribution_table
from ectsim.analysis.sensitivity.indices import RESAMPLES, convergence, defined_rows, index_table, varies
from ectsim.analysis.sensitivity.noise import MOST_NOISE, Noise, noise_of, without_noise
from ectsim.analysis.sensitivity.quantities import Of, Quantity, columns, over_luck, quantities, replicates_of
from ectsim.analysis.sensitivity.salib import SobolOutputs, sobol_outputs
from ectsim.analysis.sensitivity.screening import screening_table, standing_out
from ectsim.analysis.sensitivity.surrogate import surrogate_of
from ectsim.experiments.design_settings import Posterior
from ectsim.experiments.designs import design_points, salib_problem, unit_points
from ectsim.experiments.ensembles import Progress
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import sweep
from ectsim.locale import text
from ectsim.scenario.numbers import decimal, whole_percent

if TYPE_CHECKING:
    import pandas as pd

SURROGATE_ROWS = 1024
MOSTLY_LUCK = 0.9
"""Share of luck above which what is left is too little to be shared out: no indices."""
MANY_UNDEFINED = 0.05


@dataclasses.dataclass(frozen=True)
class Findings:
    """What a sensitivity analysis found.

    Attributes
    ----------
    study : SweepStudy
        With its factors as they were varied.
    tables : dict of DataFrame
        ``screening``, ``quality`` and ``surrogate``, ``noise``, ``indices``, ``convergence``, ``distribution``: those
        of the stages made. Each row names its quantity: ``outcome``, ``scenario``, ``against``, ``of``.
    runs : dict of int
        Runs each stage rests on.
    notes : list of str
        What to beware of, in the current language.
    """

    study: SweepStudy
    tables: "dict[str, pd.DataFrame]"
    runs: dict[str, int]
    notes: list[str]


def analyse(
    study: SweepStudy,
    folder: Path,
    asked: stages.Asked,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Make the sweeps of a sensitivity analysis in ``folder``, or go on with them, and derive its tables.

    Parameters
    ----------
    study
        Made ready by :func:`~ectsim.analysis.sensitivity.stages.ready`, except for PAWN on a posterior.
    progress
        Called with runs done and runs in all.

    Raises
    ------
    InputError
        If a folder holds something else.
    """
    work = _Analysis(study, folder, asked, workers, progress)
    if asked.method in ("path", "morris"):
        work.screen()
    if asked.method in ("path", "surrogate"):
        work.fit()
    if asked.method == "pawn":
        work.distribute()
    if asked.method in ("path", "sobol"):
        selects = asked.method == "path" and not stages.grouped(study)
        names = [factor.name for factor in study.factors]
        work.share_out(standing_out(names, work.findings.tables, stages.MOST_KEPT) if selects else None)
    return work.findings


class _Analysis:
    """The stages, one after the other."""

    def __init__(
        self, study: SweepStudy, folder: Path, asked: stages.Asked, workers: int | None, progress: Progress | None
    ):
        self.study, self.folder, self.asked, self.workers, self.progress = study, folder, asked, workers, progress
        self.findings = Findings(study, {}, {}, [])
        self.ahead = sum(stages.runs_ahead(study, asked).values()) if progress else 0
        self.replicates = stages.replicates_of_a_point(study)
        # one replicate says nothing of the spread over luck
        self.statistics: tuple[Of, ...] = ("mean", "spread") if self.replicates > 1 else ("mean",)
        if any(scenario.drawn_from for scenario in study.scenarios.values()):
            self._note("drawn")

    def _swept(self, name: str, study: SweepStudy) -> "pd.DataFrame":
        """Runs of a stage."""
        before = sum(self.findings.runs.values())
        shown = None
        if progress := self.progress:
            shown = _shifted(progress, before, self.ahead)
        results = sweep(study, self.folder / name, workers=self.workers, progress=shown)
        runs = results.to_pandas(columns=columns(study))
        self.findings.runs[name] = len(runs)
        return runs

    def _keep(self, name: str, tables: "list[tuple[Quantity, pd.DataFrame]]") -> None:
        """Keep the tables of several quantities as one, each row naming its quantity."""
        import pandas as pd

        named = []
        for quantity, table in tables:
            head = pd.DataFrame([quantity._asdict()] * len(table), index=table.index)
            # a column nothing stands in (no scenario to differ from) has no type of its own
            named.append(pd.concat([head, table], axis=1).astype({"against": object}))
        if named:
            self.findings.tables[name] = pd.concat(named, ignore_index=True)

    def _note(self, key: str, quantity: Quantity | None = None, **values: object) -> None:
        what = {"quantity": quantity.label(self.study)} if quantity else {}
        self.findings.notes.append(text(f"sensitivity.note.{key}", **what, **values))

    def screen(self) -> None:
        """Morris' elementary effects."""
        study = stages.screening(self.study, self.asked.sizes)
        runs, problem, unit = self._swept("screening", study), salib_problem(study), unit_points(study)
        levels, tables = getattr(study.design, "levels", 4), []
        for quantity in quantities(study, *self.statistics):
            outputs = over_luck(replicates_of(quantity, runs), quantity.of)
            table = screening_table(problem, unit, outputs, levels, self._generator(quantity))
            if table is None:
                self._note("undefined", quantity, share=whole_percent(np.isnan(outputs).mean()))
            else:
                tables.append((quantity, table))
        self._keep("screening", tables)

    def fit(self) -> None:
        """Surrogates of the mean and of the spread over luck."""
        import pandas as pd

        study = stages.table(self.study, self.asked.sizes)
        runs, unit = self._swept("table", study), unit_points(study)
        rows = dataclasses.replace(self.asked.sizes, base_points=SURROGATE_ROWS)
        saltelli = stages.indices(self.study, rows)
        names, scheme = names_of(saltelli), unit_points(saltelli)
        qualities, tables = [], []
        for quantity in quantities(study, "mean", "spread"):
            outputs = replicates_of(quantity, runs)[:, 0]
            found = surrogate_of(unit, outputs, names, scheme, of=quantity.of)
            if found is None:
                self._note("undefined", quantity, share=whole_percent(np.isnan(outputs).mean()))
                continue
            qualities.append((quantity, pd.DataFrame([{"quality": found.quality, "points": found.points}])))
            if found.indices is None:
                self._note("no_surrogate", quantity)
            else:
                tables.append((quantity, found.indices))
        self._keep("quality", qualities)
        self._keep("surrogate", tables)

    def distribute(self) -> None:
        """PAWN indices, of one run a point."""
        _, study = next(stages.planned(self.study, self.asked))
        runs = self._swept("table", study)
        points = design_points(study) if isinstance(study.design, Posterior) else unit_points(study)
        names, tables = [factor.name for factor in study.factors], []
        for quantity in quantities(study, "mean"):
            outputs = replicates_of(quantity, runs)[:, 0]
            if np.isnan(outputs).all() or np.nanmin(outputs) == np.nanmax(outputs):
                self._note("undefined", quantity, share=whole_percent(np.isnan(outputs).mean()))
                continue
            tables.append((quantity, distribution_table(names, points, outputs, self._generator(quantity))))
        self._keep("distribution", tables)

    def share_out(self, kept: list[str] | None) -> None:
        """Sobol' indices of some factors or of all, until precise enough or no more rows may be made."""
        study = self.study if kept is None else stages.only(self.study, kept)
        noises = self._noises(study)
        outputs: dict[Quantity, list[SobolOutputs]] = {}
        pairs = stages.pairs(self.study, self.asked)
        tables: dict[Quantity, pd.DataFrame] = {}
        for batch in range(stages.batches(self.asked)):
            one = stages.indices(study, self.asked.sizes, batch, second_order=pairs)
            runs = self._swept(f"indices-{batch}", one)
            for quantity in noises:
                values = over_luck(replicates_of(quantity, runs), quantity.of)
                outputs.setdefault(quantity, []).append(sobol_outputs(values, len(names_of(one)), pairs))
            tables = dict(self._index_tables(study, outputs, noises))
            if all(half_width(table) <= self.asked.half_width for table in tables.values()):
                break
        self._keep("indices", list(tables.items()))
        self._tell_precision(tables, outputs)
        settled = []
        for quantity in tables:
            joined = defined_rows(_joined(outputs[quantity]))
            noise, generator = noises[quantity], self._generator(quantity)
            found = convergence(names_of(study), joined, noise, study.seeds.luck, generator)
            settled.append((quantity, found))
        self._keep("convergence", settled)

    def _noises(self, study: SweepStudy) -> dict[Quantity, Noise]:
        """Share of luck of each quantity, from replicated points of the same factors; none where all share one luck."""
        import pandas as pd

        every = list(quantities(study, *self.statistics))
        if study.seeds.luck == "same":
            self._note("same_luck", replicates=self.replicates)
            return dict.fromkeys(every, without_noise(RESAMPLES))
        runs = self._swept("noise", stages.noise(study, self.asked.sizes))
        noises: dict[Quantity, Noise] = {}
        tables = []
        for quantity in every:
            values = replicates_of(quantity, runs)
            try:
                noise = noise_of(values, self.replicates, quantity.of, self._generator(quantity), RESAMPLES)
            except ValueError:
                self._note("undefined", quantity, share=whole_percent(np.isnan(values).mean()))
                continue
            low, high = noise.interval
            row = {"share": noise.share, "low": low, "high": high, "points": len(values)}
            tables.append((quantity, pd.DataFrame([row])))
            if noise.share > MOSTLY_LUCK:
                half = math.ceil(self.replicates * noise.share / (1 - min(noise.share, MOST_NOISE)))
                self._note("mostly_luck", quantity, share=whole_percent(noise.share), replicates=decimal(half))
            else:
                noises[quantity] = noise
        self._keep("noise", tables)
        return noises

    def _index_tables(
        self, study: SweepStudy, outputs: dict[Quantity, list[SobolOutputs]], noises: dict[Quantity, Noise]
    ) -> "Iterator[tuple[Quantity, pd.DataFrame]]":
        for quantity, parts in outputs.items():
            known = defined_rows(_joined(parts))
            if varies(known):
                noise, generator = noises[quantity], self._generator(quantity)
                table = index_table(names_of(study), known, noise, study.seeds.luck, generator)
                yield quantity, table.assign(rows=len(known.a))

    def _tell_precision(
        self, tables: "dict[Quantity, pd.DataFrame]", outputs: dict[Quantity, list[SobolOutputs]]
    ) -> None:
        for quantity, parts in outputs.items():
            made = sum(len(part.a) for part in parts)
            if quantity not in tables:
                self._note("constant", quantity)
                continue
            table = tables[quantity]
            rows = int(table["rows"].iloc[0])
            if 1 - rows / made > MANY_UNDEFINED:
                self._note("left_out", quantity, share=whole_percent(1 - rows / made))
            if (width := half_width(table)) > self.asked.half_width:
                needed = 2 ** math.ceil(math.log2(made * (width / self.asked.half_width) ** 2))
                told = {"width": decimal(round(width, 2)), "asked": decimal(self.asked.half_width)}
                self._note("wide", quantity, **told, rows=decimal(needed), plain=needed)

    def _generator(self, quantity: Quantity) -> np.random.Generator:
        """Random numbers of one quantity, the same whatever else is analysed."""
        words = "/".join(str(part) for part in quantity)
        return np.random.default_rng([1, *words.encode()])


def _joined(parts: list[SobolOutputs]) -> SobolOutputs:
    joined: list[Any] = [None if column[0] is None else np.concatenate(column) for column in zip(*parts, strict=True)]
    return SobolOutputs(*joined)


def _shifted(progress: Progress, before: int, ahead: int) -> Progress:
    return lambda done, total: progress(before + done, max(ahead, before + total))


def names_of(study: SweepStudy) -> list[str]:
    """Factors of a study, or its groups, in the order of the columns of its designs."""
    problem = salib_problem(study)
    return list(dict.fromkeys(problem.get("groups", problem["names"])))


def half_width(table: "pd.DataFrame") -> float:
    """Largest half-width of the intervals of the total indices."""
    totals: Any = table[table["index"] == "ST"]
    return float((totals["high"] - totals["low"]).max() / 2)
