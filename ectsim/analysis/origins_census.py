"""What a census says of projects by origin, beside what one would list of the simulated worlds. Targets: targets.py."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ectsim.analysis.intervals import mean_interval
from ectsim.analysis.lives import Lives
from ectsim.calibration.census import Census
from ectsim.calibration.targets import TARGETS, Target, census_targets
from ectsim.model.tally import GROUPS

if TYPE_CHECKING:
    import pandas as pd

SPLIT = ("partners", "three_sectors", "co_led", "public_share", "market_share")
"""Targets of the whole census that are asked of each group too."""
BAND = (0.05, 0.95)


def _asked() -> tuple[Target, ...]:
    whole = {target.name: target for target in TARGETS}
    split = [
        dataclasses.replace(whole[name], name=f"{name}[{group}]", group=group) for name in SPLIT for group in GROUPS
    ]
    return (*(target for target in TARGETS if target.group is not None), *split)


@dataclasses.dataclass(frozen=True)
class Observed:
    """What a census says of each target, over how many years; no project can be read from it.

    ``targets`` has ``value``, ``standard_error`` and ``n`` projects of each target that the census can show, by name.
    """

    targets: Mapping[str, Mapping[str, float]]
    years: float
    synthetic: bool


def observe(census: Census) -> Observed:
    """What a census says of each target of each group."""
    shown = census_targets(census, asked=_asked()).table.to_dict("records")
    targets = {row["name"]: {key: float(row[key]) for key in ("value", "standard_error", "n")} for row in shown}
    return Observed(targets, census.years, census.synthetic)


def beside_census(observed: Observed, lives: Lives) -> "pd.DataFrame":
    """Each target of each group, in the census and in the worlds with the scheme.

    A simulated world is listed by the same rules (projects become known late or never), over the last years of the
    horizon, as many as the census covers.

    Returns
    -------
    DataFrame
        ``name``, ``label``, ``unit``, ``group``, ``observed`` with its ``standard_error`` and ``n`` projects (NaN where
        the census has too few to show), ``simulated`` with 95 % interval of the mean (``low``, ``high``), ``band_low``
        and ``band_high`` that hold nine worlds in ten, ``worlds`` in which it is defined, ``synthetic``.
    """
    import pandas as pd

    asked = _asked()
    worlds = [_last_years(census, observed.years) for census in lives.censuses]
    rows = []
    for target in asked:
        values = np.array([target.value(world) for world in worlds])
        values = values[~np.isnan(values)]
        mean, low, high, _ = mean_interval(values)
        band = np.quantile(values, BAND) if len(values) else (np.nan, np.nan)
        told = observed.targets.get(target.name)
        rows.append(
            {
                "name": target.name.partition("[")[0],
                "label": target.label,
                "unit": target.unit,
                "group": str(target.group),
                "observed": told["value"] if told else np.nan,
                "standard_error": told["standard_error"] if told else np.nan,
                "n": int(told["n"]) if told else 0,
                "simulated": mean,
                "low": low,
                "high": high,
                "band_low": float(band[0]),
                "band_high": float(band[1]),
                "worlds": len(values),
                "synthetic": observed.synthetic,
            }
        )
    return pd.DataFrame(rows)


def _last_years(census: Census, years: float) -> Census:
    """The projects begun in the last ``years`` of a simulated census."""
    if not years < census.years:
        return census
    return dataclasses.replace(census.take(census.until - census.start <= 12 * years), years=years)
