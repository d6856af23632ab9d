"""What a scenario says, as a text a mayor can read: which sentences of the locale apply."""

from collections.abc import Callable, Iterable
from typing import Any

from ectsim.locale import current_language, text, texts
from ectsim.scenario.instruments import (
    Call,
    Eligible,
    Events,
    Facilitation,
    Funding,
    InstrumentBase,
    Recognition,
    Regulation,
    Subsidy,
)
from ectsim.scenario.numbers import counted, decimal, duration, euros, percent
from ectsim.scenario.schema import Scenario, Sizes
from ectsim.territory.nomenclature import label


def explain(scenario: Scenario) -> str:
    """What ``scenario`` says, in the current language: one paragraph for the run, then one for each instrument."""
    paragraphs = [_the_run(scenario)]
    if not scenario.instruments:
        paragraphs.append(_say("no_instrument"))
    paragraphs += [_the_instrument(instrument) for instrument in scenario.instruments]
    return "\n\n".join(paragraphs)


def _say(key: str, **values: object) -> str:
    return text(f"scenario.explain.{key}", **values)


def name_of_theme(theme: str) -> str:
    """Name people use for a theme; a theme the locale does not know is made readable."""
    return texts("scenario", current_language()).get(f"theme.{theme}", theme.replace("_", " "))


def _title_of_territory(scenario: Scenario) -> str:
    from ectsim.territory.reading import load_territory

    return load_territory(scenario.territory, scenario.source).title[current_language()]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _the_run(scenario: Scenario) -> str:
    horizon = scenario.horizon
    sentences = [_say("name", name=scenario.name)]
    if scenario.description:
        sentences.append(str(scenario.description).rstrip(".") + ".")
    actors = counted("actor", scenario.population.actors)
    sentences.append(_say("territory", territory=_title_of_territory(scenario), actors=actors))
    months = {"burn_in": duration(horizon.burn_in), "months": duration(horizon.months)}
    sentences.append(_say("horizon" if horizon.burn_in else "horizon_at_once", **months))
    if horizon.after:
        sentences.append(_say("after", after=duration(horizon.after)))
    themes = _listed(name_of_theme(theme) for theme in scenario.themes)
    sentences.append(_say("themes", count=counted("theme", len(scenario.themes)), themes=themes))
    sentences.append(_the_parameters(scenario))
    if scenario.sizes != Sizes():
        sentences.append(_the_sizes(scenario.sizes))
    return " ".join(sentences)


def _the_parameters(scenario: Scenario) -> str:
    overrides, drawn_from = scenario.overrides, scenario.drawn_from
    drawn = _say("parameters_drawn", posterior=drawn_from) if drawn_from else ""
    if not overrides:
        return drawn or _say("parameters_default")
    from ectsim.parameters import PARAMETERS

    changes = []
    for name, value in overrides.items():
        known = PARAMETERS[name]
        values = {"label": known.label, "name": name, "value": decimal(value), "default": decimal(known.default)}
        changes.append(_say("parameter", **values))
    return f"{drawn} {_say('parameters_changed', changes=_say('parameter_separator').join(changes))}".lstrip()


def _the_sizes(sizes: Sizes) -> str:
    room = {"members": counted("member", sizes.members), "ties": counted("tie", sizes.ties)}
    if sizes.projects is None:
        return _say("sizes", **room)
    return _say("sizes_with_projects", projects=counted("project", sizes.projects), **room)


def _the_instrument(instrument: InstrumentBase) -> str:
    kind = str(type(instrument).model_fields["kind"].default)
    title = _say(f"title.{kind}")
    if instrument.label:
        title = _say("title.labelled", title=title, label=instrument.label)
    return " ".join(
        [_say("acts", title=title, start=_start(instrument), end=_end(instrument)), *_SENTENCES[kind](instrument)]
    )


def _start(instrument: InstrumentBase) -> str:
    if instrument.permanent:
        return _say("start.permanent")
    if not instrument.first_month:
        return _say("start.at_once")
    return _say("start.later", months=duration(instrument.first_month))


def _end(instrument: InstrumentBase) -> str:
    if instrument.until is None:
        return "" if isinstance(instrument, Call) and instrument.period is None else _say("end.never")
    return _say("end.after", months=duration(instrument.until))


def _themes(themes: tuple[str, ...] | None) -> str:
    if themes is None:
        return _say("all_themes")
    return _say("some_themes", themes=_listed(name_of_theme(theme) for theme in themes))


def _kinds(key: str, kinds: tuple[str, ...] | None) -> str:
    if kinds is None:
        return _say(f"{key}.all")
    return _say(f"{key}.some", kinds=_listed(label(kind) for kind in kinds))


def _eligible(instrument: Eligible) -> list[str]:
    team = {
        "partners": counted("partner", instrument.minimum_partners),
        "sectors": counted("least_sectors", instrument.minimum_sectors),
    }
    return [_themes(instrument.themes), _kinds("carriers", instrument.eligible_kinds), _say("team", **team)]


def _work_of_a_file(days: float) -> str:
    return _say("application_cost", days=counted("day", days)) if days else _say("application_free")


def _autonomy(value: float) -> str:
    return _say("autonomy", value=decimal(value))


def _money(funding: Funding) -> list[str]:
    grant = {
        "rate": percent(funding.grant_rate),
        "cap": euros(funding.grant_cap),
        "months": duration(funding.months_paid),
        "delay": duration(funding.payment_delay),
    }
    sentences = [_say("grant_at_once" if not funding.payment_delay else "grant", **grant)]
    if funding.upfront_share:
        sentences.append(_say("upfront", share=percent(funding.upfront_share)))
    sentences.append(_say(f"condition.{funding.condition}"))
    sentences.append(_say("promise", months=duration(funding.promised_months)))
    sentences.append(_autonomy(funding.autonomy))
    return sentences


def _asking(funding: Funding) -> list[str]:
    sentences = _eligible(funding)
    if funding.requires_label:
        sentences.append(_say("requires_label"))
    sentences.append(_work_of_a_file(funding.application_cost))
    return sentences


def _call(call: Call) -> list[str]:
    window = duration(call.window)
    if call.period is None:
        sentences = [_say("one_edition", window=window)]
    else:
        sentences = [_say("editions", every=counted("every_month", call.period), window=window)]
    sentences += _asking(call)
    if call.phases == 2:
        first = {"share": percent(call.phase_one_share), "months": duration(call.phase_one_months)}
        sentences.append(_say("two_phases", days=counted("day", call.phase_one_officer_days), **first))
    sentences += _selection(call)
    sentences += _money(call)
    if call.rivalness:
        sentences.append(_say("rivalness", value=decimal(call.rivalness)))
    return sentences


def _selection(call: Call) -> list[str]:
    budget = "" if call.budget is None else _say("within_budget", budget=euros(call.budget))
    if call.winners is not None:
        chosen = _say("selects.winners", winners=counted("winner", call.winners), budget=budget)
    elif call.quota is not None:
        chosen = _say("selects.quota", quota=percent(call.quota), budget=budget)
    else:
        chosen = _say("selects.budget", budget=budget)
    sentences = [chosen]
    if call.outside_files:
        sentences.append(_say("outside_files", files=counted("file", call.outside_files)))
    noise = {"noise": decimal(call.selection_noise)}
    sentences.append(_say("noise", **noise) if call.selection_noise else _say("no_noise"))
    return sentences


def _subsidy(subsidy: Subsidy) -> list[str]:
    budget = _say("no_yearly_budget") if subsidy.budget is None else _say("yearly_budget", budget=euros(subsidy.budget))
    return [_say("rolling"), *_asking(subsidy), budget, *_money(subsidy)]


def _regulation(regulation: Regulation) -> list[str]:
    weight = {"enforcement": decimal(regulation.enforcement), "sanction": decimal(regulation.sanction)}
    sentences = [_themes(regulation.themes), _kinds("obliged", regulation.obliged_kinds), _say("enforcement", **weight)]
    if regulation.control_cost:
        sentences.append(_say("control_cost", cost=euros(regulation.control_cost)))
    return sentences


def _facilitation(facilitation: Facilitation) -> list[str]:
    team = {
        "officers": counted("officer", facilitation.officers),
        "projects": counted("project", facilitation.projects_per_officer),
    }
    sentences = [
        _say("officers", **team),
        _say(f"overload.{facilitation.overload}"),
        _say(f"priority.{facilitation.priority}"),
    ]
    if facilitation.strength is not None:
        sentences.append(_say("strength", value=decimal(facilitation.strength)))
    if facilitation.overload_exponent is not None:
        sentences.append(_say("overload_exponent", value=decimal(facilitation.overload_exponent)))
    cost = {"cost": euros(facilitation.officer_cost), "share": percent(facilitation.public_share)}
    sentences.append(_say("officer_cost", **cost))
    return sentences


def _events(events: Events) -> list[str]:
    meeting = {
        "every": counted("every_month", events.period),
        "participants": counted("participant", events.participants),
    }
    sentences = [_say("event", **meeting), _say("mixing", value=decimal(events.mixing))]
    if events.recognition_rate is not None:
        sentences.append(_say("event_ideas", value=decimal(events.recognition_rate)))
    sentences.append(_say("event_cost", cost=euros(events.cost)))
    return sentences


def _recognition(recognition: Recognition) -> list[str]:
    sentences = [*_eligible(recognition), _work_of_a_file(recognition.application_cost)]
    sentences.append(_say("label_strength", value=decimal(recognition.strength)))
    if recognition.months is None:
        sentences.append(_say("label_lasts"))
    else:
        sentences.append(_say("label_months", months=duration(recognition.months)))
    sentences.append(_autonomy(recognition.autonomy))
    if recognition.cost:
        sentences.append(_say("label_cost", cost=euros(recognition.cost)))
    return sentences


_SENTENCES: dict[str, Callable[[Any], list[str]]] = {
    "call": _call,
    "subsidy": _subsidy,
    "regulation": _regulation,
    "facilitation": _facilitation,
    "events": _events,
    "recognition": _recognition,
}
