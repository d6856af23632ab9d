"""Choosing a scheme, for people: what can be said of each, sentence by sentence, tables. Figures live beside."""

from typing import Any

from ectsim import __version__
from ectsim.analysis.choice.choosing import Choice
from ectsim.analysis.choice.criteria import CRITERIA, Criterion
from ectsim.locale import text
from ectsim.report.document import Table
from ectsim.report.wording import MINUS, money, number, share, signed
from ectsim.scenario.numbers import decimal

POINTS = 100
OFTEN = 0.5
"""Share of draws in which a scheme is dominated by another from which on it is told."""


def _say(key: str, **values: object) -> str:
    return text(f"choice.{key}", **values)


def scheme_name(choice: Choice, scheme: str) -> str:
    """Name of a scheme in the current language."""
    return str(choice.study.scenarios[scheme].name)


def letters(choice: Choice) -> dict[str, str]:
    """A letter a scheme, by which figures call it."""
    return {scheme: chr(ord("A") + place) for place, scheme in enumerate(choice.study.scenarios)}


def amount(criterion: Criterion, value: float, *, difference: bool = False) -> str:
    """A value of a criterion, as people say it."""
    if criterion.unit == "k€":
        sign = (MINUS if value < 0 else "+" if value > 0 else "") if difference else MINUS if value < 0 else ""
        return sign + money(abs(value))
    written = signed if difference else number
    if criterion.unit == "share":
        return _say("points", value=written(value * POINTS))
    return written(value)


def rests_on(choice: Choice) -> str:
    """Draws, runs and seeds behind a figure or a text."""
    study = choice.study
    asked = choice.draws * choice.replicates * len(study.scenarios)
    source = _say("source.posterior" if study.design.kind == "posterior" else "source.design")
    values = {"draws": decimal(choice.draws), "replicates": choice.replicates, "runs": decimal(asked)}
    told = _say("rests_on", source=source, first=study.seeds.first, version=__version__, **values)
    return f"{told} {choice.notice}" if choice.notice else told


def _of(choice: Choice, criterion: str) -> list[dict[str, Any]]:
    table: Any = choice.tables["regret"]
    return table[table["criterion"] == criterion].to_dict("records")


def answer_regret(choice: Choice, name: str = "anchored") -> str:
    """Which scheme risks least on one criterion, in one sentence."""
    criterion, rows = CRITERIA[name], _of(choice, name)
    safest = min(rows, key=lambda row: row["regret_worst"])
    often = max(rows, key=lambda row: row["best_share"])
    values = {
        "criterion": criterion.label,
        "safest": scheme_name(choice, safest["scheme"]),
        "worst": amount(criterion, safest["regret_worst"]),
        "far": amount(criterion, safest["regret_90"]),
        "often": scheme_name(choice, often["scheme"]),
        "share": share(often["best_share"]),
    }
    return _say("answer.regret", **values)


def enough_label(choice: Choice) -> str:
    """What is good enough, in words."""
    told = [
        _say("at_least" if one.more_is_better else "at_most", criterion=one.label, value=amount(one, limit))
        for one in CRITERIA.values()
        if (limit := choice.enough[one.name]) is not None
    ]
    return ", ".join(told) or _say("anything")


def answer_enough(choice: Choice) -> str:
    """Which schemes are good enough in how many draws."""
    rows = sorted(choice.tables["enough"].to_dict("records"), key=lambda row: -row["share"])
    told = [_named(choice, row["scheme"], row["share"]) for row in rows[:3]]
    return _say("answer.enough", enough=enough_label(choice), names=", ".join(told))


def answer_front(choice: Choice) -> str:
    """Which schemes no other one dominates."""
    rows = [row for row in choice.tables["front"].to_dict("records") if row["front"]]
    told = [_named(choice, row["scheme"], row["front_probability"]) for row in rows]
    return _say("answer.front", names=", ".join(told))


def _named(choice: Choice, scheme: str, part: float) -> str:
    return _say("named", scheme=scheme_name(choice, scheme), share=share(part))


def answer_dominated(choice: Choice) -> str:
    """Which schemes another one dominates, in the means or in most draws."""
    table: Any = choice.tables["dominance"]
    rows = table[table["on_means"] | (table["share"] >= OFTEN)].sort_values("share", ascending=False)
    worst = rows.drop_duplicates("scheme").to_dict("records")
    told = [
        _say(
            "answer.by",
            scheme=scheme_name(choice, row["scheme"]),
            by=scheme_name(choice, row["by"]),
            share=share(row["share"]),
        )
        for row in worst
    ]
    return _say("answer.dominated", names=", ".join(told)) if told else _say("answer.none_dominated")


def answers(choice: Choice) -> list[str]:
    """What can be said, sentence by sentence."""
    return [
        answer_regret(choice),
        answer_enough(choice),
        answer_front(choice),
        answer_dominated(choice),
        *choice.notes,
    ]


def tell_choice(choice: Choice) -> str:
    """The answer as a text, with what it rests on."""
    return "\n\n".join([*answers(choice), rests_on(choice), text("report.not_a_forecast")])


def choice_tables(choice: Choice) -> tuple[Table, ...]:
    """All criteria together, then the regret of each scheme on each."""
    titles = ("effect", "regret_mean", "regret_90", "regret_worst", "best_share", "luck")
    together = ("front_probability", "front_share", "enough")
    return (
        Table(
            text("choice.page.together"),
            "",
            (_say("table.scheme"), *(_say(f"table.{name}") for name in together)),
            tuple(_together_row(choice, scheme) for scheme in choice.study.scenarios),
        ),
        *(
            Table(
                one.label[0].upper() + one.label[1:],
                text("choice.page.reading"),
                (_say("table.scheme"), *(_say(f"table.{name}") for name in titles)),
                tuple(_regret_row(choice, one, row) for row in _of(choice, one.name)),
            )
            for one in CRITERIA.values()
        ),
    )


def _regret_row(choice: Choice, criterion: Criterion, row: dict[str, Any]) -> tuple[str, ...]:
    def told(name: str) -> str:
        return amount(criterion, row[name])

    low, high = (amount(criterion, row[end], difference=True) for end in ("low", "high"))
    effect = _say("between", value=amount(criterion, row["effect"], difference=True), low=low, high=high)
    far = _say("between", value=told("regret_90"), low=told("regret_90_low"), high=told("regret_90_high"))
    name = scheme_name(choice, row["scheme"])
    return name, effect, told("regret_mean"), far, told("regret_worst"), share(row["best_share"]), share(row["luck"])


def _together_row(choice: Choice, scheme: str) -> tuple[str, ...]:
    front: Any = choice.tables["front"].set_index("scheme").loc[scheme]
    enough: Any = choice.tables["enough"].set_index("scheme").loc[scheme]

    def within(one: Any, value: str) -> str:
        return _say("between", value=share(one[value]), low=share(one["low"]), high=share(one["high"]))

    name = scheme_name(choice, scheme)
    return name, share(front["front_probability"]), within(front, "front_share"), within(enough, "share")
