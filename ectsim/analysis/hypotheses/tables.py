"""Findings as tables: verdicts effect by effect, effects draw by draw, boxes restriction by restriction."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ectsim.analysis.hypotheses.measures import MEASURES
from ectsim.analysis.hypotheses.testing import Finding

if TYPE_CHECKING:
    import pandas as pd


def verdict_table(findings: Sequence[Finding]) -> "pd.DataFrame":
    """One row an effect: hypothesis, verdict, standing, effect with its intervals, probabilities, what it rests on.

    Effects are in the unit of the measure and in the claimed direction: positive where the claim goes.
    """
    import pandas as pd

    rows = []
    for finding in findings:
        hypothesis = finding.hypothesis
        for place, (contrast, effect) in enumerate(zip(hypothesis.contrasts, finding.effects, strict=True)):
            told = dataclasses.asdict(effect)
            del told["chances"]
            head = {
                "hypothesis": hypothesis.name,
                "contrast": place + 1,
                "measure": contrast.measure,
                "unit": MEASURES[contrast.measure].unit,
                "of": contrast.of,
                "less": contrast.less or "",
                "direction_claimed": contrast.direction,
                "smallest": contrast.smallest,
                "verdict": finding.verdict,
                "standing": finding.standing,
                "model_changed": finding.model_changed,
            }
            ratio = finding.evidence.money_ratio
            tail = {
                "p_supported_holm": finding.p_supported,
                "p_contradicted_holm": finding.p_contradicted,
                "runs_needed": finding.runs_needed,
                "money_ratio": ratio.value if ratio else float("nan"),
                "draws_asked": hypothesis.uncertainty.draws,
                "seeds": hypothesis.uncertainty.seeds,
                "first_seed": hypothesis.uncertainty.first_seed,
                "posterior": Path(hypothesis.uncertainty.posterior).name,
                "posterior_sha256": finding.evidence.draws.digest or "",
            }
            rows.append(head | told | tail)
    return pd.DataFrame(rows)


def draw_table(findings: Sequence[Finding]) -> "pd.DataFrame":
    """One row a draw and effect: the effect in the claimed direction, the probability that it is large enough."""
    import pandas as pd

    parts = []
    for finding in findings:
        contrasts = finding.hypothesis.contrasts
        for place, (contrast, effect) in enumerate(zip(contrasts, finding.evidence.effects, strict=True)):
            told = {"effect": contrast.sign * effect.value, "chance": finding.effects[place].chances}
            head = {"hypothesis": finding.hypothesis.name, "contrast": place + 1, "draw": range(len(effect.value))}
            parts.append(pd.DataFrame(head | told))
    return pd.concat(parts, ignore_index=True)


def moving_table(findings: Sequence[Finding]) -> "pd.DataFrame":
    """One row a hypothesis and parameter that moves its effect beyond chance, as claimed: their rank correlation."""
    import pandas as pd

    rows = [
        {"hypothesis": finding.hypothesis.name, "parameter": name, "correlation": correlation}
        for finding in findings
        for name, correlation in finding.moved_by.items()
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "parameter", "correlation"])


def box_table(findings: Sequence[Finding]) -> "pd.DataFrame":
    """One row a restriction: where in the space of the parameters the claim holds although rarely, or fails."""
    import pandas as pd

    rows = [
        {
            "hypothesis": finding.hypothesis.name,
            "case": "holds" if finding.boxes_hold else "fails",
            "box": rank + 1,
            "parameter": name,
            "low": float("nan") if low is None else low,
            "high": float("nan") if high is None else high,
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "quasi_p": box.quasi_p[name],
            "reproducibility": box.reproducibility[name],
        }
        for finding in findings
        for rank, box in enumerate(finding.boxes)
        for name, (low, high) in box.limits.items()
    ]
    columns = ("hypothesis", "case", "box", "parameter", "low", "high", "coverage", "density", "mass", "quasi_p")
    return pd.DataFrame(rows, columns=[*columns, "reproducibility"])
