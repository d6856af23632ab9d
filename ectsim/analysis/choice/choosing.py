"""From a study of several schemes over draws of parameters to the tables a choice rests on.

The criteria, regret and dominance live in the sibling modules.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.analysis.choice.criteria import CRITERIA, OUTCOMES_JUDGED, criterion_values
from ectsim.analysis.choice.front import dominance_table, enough_table, front_table
from ectsim.analysis.choice.regret import regret_table, without_luck
from ectsim.errors import InputError, Problem, nearest_name
from ectsim.experiments.ensembles import Progress
from ectsim.experiments.study_settings import SweepStudy
from ectsim.experiments.sweeping import sweep
from ectsim.locale import text
from ectsim.scenario.comparison import comparable
from ectsim.scenario.numbers import whole_percent

if TYPE_CHECKING:
    import pandas as pd

FEWEST_DRAWS = 30
MOSTLY_LUCK = 0.5


@dataclasses.dataclass(frozen=True)
class Choice:
    """What can be said of each scheme.

    Attributes
    ----------
    study : SweepStudy
    tables : dict of DataFrame
        ``regret`` (one row a criterion and scheme), ``front``, ``dominance``, ``enough``, and ``values`` (one row a
        criterion, scheme and draw, luck taken off), ``draws`` (how many, and what they say of themselves).
    enough : mapping
        What was taken as good enough, by criterion; None: anything.
    asked, draws, replicates : int
        Draws of parameters asked for, those all runs of which were made, and runs of each in every scheme.
    notice : str
        What the draws say of themselves where they rest on fictive data.
    """

    study: SweepStudy
    tables: "dict[str, pd.DataFrame]"
    enough: Mapping[str, float | None]
    asked: int
    draws: int
    replicates: int
    notice: str

    @property
    def notes(self) -> list[str]:
        """What to beware of, in the current language."""
        return list(_notes(self.tables["regret"], self.draws, self.asked, self.replicates))


def ready(study: SweepStudy) -> SweepStudy:
    """The study with the outcomes and the twins that schemes are judged by.

    Raises
    ------
    InputError
        If it has one scheme only, scenarios that cannot be compared, fewer than two replicates, or one luck for all
        draws.
    """
    if found := list(_problems(study)):
        raise InputError(found)
    made = study.model_copy(update={"twins": True, "outcomes": OUTCOMES_JUDGED, "tables": (), "patterns": False})
    made._source = study.source
    return made


def _problems(study: SweepStudy) -> Iterator[Problem]:
    first, *others = study.scenarios.values()
    if not others:
        yield Problem("choice.one_scheme", file=study.source, field="scenarios")
    for other in others:
        for reason in comparable(first, other):
            yield Problem("experiments.incomparable", {"reason": reason}, file=study.source, field=str(other.name))
    if not isinstance(study.replicates, int) or study.replicates < 2:
        yield Problem("choice.replicates", file=study.source, field="replicates")
    if study.seeds.luck == "same":
        yield Problem("choice.same_luck", file=study.source, field="seeds.luck")


def read_enough(given: list[str]) -> dict[str, float | None]:
    """What is good enough by criterion, from ``name=value``; what is not said stays as the criterion has it.

    Raises
    ------
    InputError
        If a criterion is unknown or a value no number.
    """
    found = {name: one.enough for name, one in CRITERIA.items()}
    for one in given:
        name, _, value = one.partition("=")
        if name not in CRITERIA:
            values = {"given": name, "allowed": ", ".join(CRITERIA)}
            raise InputError(
                [Problem("choice.unknown_criterion", values, field="--enough", nearest=nearest_name(name, CRITERIA))]
            )
        try:
            found[name] = float(value)
        except ValueError:
            raise InputError([Problem("choice.enough", {"given": one}, field="--enough")]) from None
    return found


def choose(
    study: SweepStudy,
    folder: Path,
    enough: Mapping[str, float | None],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Choice:
    """Make the runs of a study in ``folder``, or go on with them, and judge its schemes.

    Parameters
    ----------
    study
        Made ready by :func:`ready`.
    enough
        As :func:`read_enough` gives it.

    Raises
    ------
    InputError
        If the folder holds something else, or no draw has all its runs.
    """
    from ectsim.experiments.store import read_manifest

    results = sweep(study, folder, workers=workers, progress=progress)
    runs = results.to_pandas()
    notice = read_manifest(folder)["notice"]
    return judge(study, runs, enough, notice)


def judge(study: SweepStudy, runs: "pd.DataFrame", enough: Mapping[str, float | None], notice: str = "") -> Choice:
    """Judge the schemes of a study by the table of its runs."""
    import pandas as pd

    schemes = list(study.scenarios)
    values = criterion_values(runs, study)
    whole = ~np.isnan(np.array(list(values.values()))).any(axis=(0, 1, 3))
    if not whole.any():
        raise InputError([Problem("choice.no_draw", file=study.source)])
    values = {name: one[:, whole] for name, one in values.items()}
    regret, signed = [], []
    for name, criterion in CRITERIA.items():
        table = regret_table(schemes, values[name], criterion.sign)
        table.insert(0, "criterion", name)
        regret.append(table)
        signed.append(without_luck(criterion.sign * values[name])[0])
    stacked = np.stack(signed, axis=2)
    least = np.array([_least(name, enough[name]) for name in CRITERIA])
    tables = {
        "regret": pd.concat(regret, ignore_index=True),
        "front": front_table(schemes, stacked),
        "dominance": dominance_table(schemes, stacked),
        "enough": enough_table(schemes, stacked, least),
        "values": _long(schemes, np.flatnonzero(whole), stacked),
    }
    replicates = next(iter(values.values())).shape[2]
    draws = {"asked": len(whole), "whole": int(whole.sum()), "replicates": replicates, "notice": notice}
    tables["draws"] = pd.DataFrame([draws])
    return read_choice(study, tables, enough)


def read_choice(study: SweepStudy, tables: "dict[str, pd.DataFrame]", enough: Mapping[str, float | None]) -> Choice:
    """What was found, from the tables of :func:`judge`."""
    draws = tables["draws"].iloc[0]
    asked, whole, replicates = (int(draws[name]) for name in ("asked", "whole", "replicates"))
    return Choice(study, tables, enough, asked, whole, replicates, str(draws["notice"]))


def _least(name: str, enough: float | None) -> float:
    return -np.inf if enough is None else CRITERIA[name].sign * enough


def _long(schemes: list[str], points: Any, signed: Any) -> "pd.DataFrame":
    import pandas as pd

    parts = [
        pd.DataFrame(
            {"criterion": name, "scheme": scheme, "point": points, "value": one.sign * signed[place, :, criterion]}
        )
        for criterion, (name, one) in enumerate(CRITERIA.items())
        for place, scheme in enumerate(schemes)
    ]
    return pd.concat(parts, ignore_index=True)


def _notes(regret: "pd.DataFrame", draws: int, asked: int, replicates: int) -> Iterator[str]:
    if draws < asked:
        yield text("choice.note.left_out", count=asked - draws)
    if draws < FEWEST_DRAWS:
        yield text("choice.note.few_draws", draws=draws)
    for name, criterion in CRITERIA.items():
        luck = float(regret.loc[regret["criterion"] == name, "luck"].max())
        if luck > MOSTLY_LUCK:
            label = criterion.label[0].upper() + criterion.label[1:]
            values = {"criterion": label, "share": whole_percent(luck), "replicates": replicates}
            yield text("choice.note.mostly_luck", **values)
