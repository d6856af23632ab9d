"""Figures of a sensitivity analysis, from tables written by hand: on the page, with luck and the dummy."""

import pandas as pd
import pytest

from ectsim.analysis.sensitivity import stages
from ectsim.analysis.sensitivity.conducting import Findings
from ectsim.analysis.sensitivity.quantities import quantities
from ectsim.experiments.study import load_study
from ectsim.report.sensitivity import factor_label, sensitivity_figures, unvaried


@pytest.fixture(scope="module")
def findings():
    study = stages.ready(load_study("sensitivity")).model_copy(update={"outcomes": ("emerged",)})
    names = [factor.name for factor in study.factors]
    found = {"screening": [], "noise": [], "indices": [], "convergence": [], "distribution": []}
    for quantity in quantities(study, "mean"):
        head = quantity._asdict()
        found["noise"].append(head | {"share": 0.31, "low": 0.27, "high": 0.36, "points": 256})
        for place, factor in enumerate(names):
            value = 0.0 if factor == "dummy" else 0.6 / (1 + place)
            interval = {"factor": factor, "low": value - 0.05, "high": value + 0.05}
            found["screening"].append(head | interval | {"mu_star": value, "sigma": value / 2})
            found["distribution"].append(head | interval | {"value": value, "chance": 0.04, "chance_high": 0.06})
            for index in ("S1", "ST"):
                found["indices"].append(head | interval | {"index": index, "value": value, "rows": 1024})
                told = [
                    head | interval | {"index": index, "value": value, "rows": rows} for rows in (128, 256, 512, 1024)
                ]
                found["convergence"] += told
    tables = {name: pd.DataFrame(rows).astype({"against": object}) for name, rows in found.items()}
    return Findings(study, tables, {"screening": 800, "noise": 6144, "indices-0": 34816, "table": 16384}, [])


def test_figures_stay_on_the_page_and_say_how_much_is_luck(findings, language, leaving):
    figures = sensitivity_figures(findings)
    assert set(figures) == {f"{name}-emerged" for name in ("screening", "indices", "convergence", "distribution")}
    for name, figure in figures.items():
        assert not leaving(figure), name
        luck = [text.get_text() for axes in figure.axes for text in axes.texts if "ν" in text.get_text()]
        foot = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
        assert {"fr": "première graine 1", "en": "first seed 1"}[language] in foot
        assert {"fr": "fixé à la main", "en": "set by hand"}[language] in foot
        assert len(luck) == (3 if name in ("indices-emerged", "convergence-emerged") else 0)
    rows = [label.get_text().replace("\n", " ") for label in figures["indices-emerged"].axes[0].get_yticklabels()]
    assert rows[-1] == factor_label("dummy")
    assert rows[0] == factor_label("idea_rate")


def test_a_field_of_an_instrument_and_a_mechanism_have_names_for_people(language):
    winners = {"fr": "lauréats d’une édition, au plus", "en": "most winners of one edition"}
    assert factor_label("call.winners") == winners[language]
    assert factor_label("call[1].winners") == f"{winners[language]} (2)"
    assert factor_label("schemes") == {"fr": "dispositifs", "en": "schemes"}[language]


def test_draws_of_what_is_not_varied_are_told(findings, language):
    study = findings.study
    scenarios = {name: one.model_copy(update={"parameters": "posterior"}) for name, one in study.scenarios.items()}
    told = unvaried(study.model_copy(update={"scenarios": scenarios}))
    assert {"fr": "tiré d’une loi a posteriori", "en": "drawn from a posterior"}[language] in told
