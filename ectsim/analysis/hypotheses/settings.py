"""What a hypothesis file says: claim, contrary position, worlds compared, contrasts, uncertainty, rule of the verdict.

Reading a file lives in files.py, what a measure is in measures.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, Strict, StringConstraints

from ectsim.errors import Problem, nearest_name
from ectsim.experiments.study_settings import SCENARIO_KEY
from ectsim.parameters import PARAMETERS
from ectsim.scenario.comparison import comparable
from ectsim.scenario.schema import Bilingual, Scenario
from ectsim.scenario.settings import Settings, setting

Key = Annotated[str, StringConstraints(pattern=SCENARIO_KEY)]


class Arm(Settings):
    """One of the worlds compared."""

    scenario: Scenario = setting(..., "text", "scenario, in full or by name", "scénario, en entier ou par son nom")
    name: Bilingual | None = setting(
        None, "text", "what it is called (none: the name of its scenario)", "son nom (aucun : celui de son scénario)"
    )
    multiply: dict[str, float] = setting(
        {},
        "number",
        "parameters multiplied in this world alone, each draw kept within its bounds",
        "paramètres multipliés dans ce seul monde, chaque tirage restant dans ses bornes",
    )
    twin_of: Key | None = setting(
        None,
        "text",
        "world without the scheme: projects of both are matched one by one",
        "monde sans le dispositif : les projets des deux sont appariés un à un",
    )


class Contrast(Settings):
    """One effect the claim needs: a measure of a world, less that of another or of the same."""

    measure: str = setting(..., "text", "what is measured", "ce qui est mesuré")
    of: Key = setting(..., "text", "world it is measured in", "monde où c’est mesuré")
    less: Key | None = setting(
        None,
        "text",
        "world whose measure is subtracted (none: the measure is an effect by itself)",
        "monde dont la mesure est soustraite (aucun : la mesure est déjà un effet)",
    )
    less_measure: str | None = setting(
        None, "text", "measure subtracted (none: the same)", "mesure soustraite (aucune : la même)"
    )
    direction: Literal["more", "less"] = setting(
        ..., "choice", "claimed sign of the effect: more, less", "signe annoncé de l’effet : more (plus), less (moins)"
    )
    smallest: float = setting(
        ...,
        "number",
        "smallest effect that matters, in the unit of the measure",
        "plus petit effet qui compte, dans l’unité de la mesure",
        low=1e-9,
        high=1e9,
    )

    @property
    def sign(self) -> float:
        """1 where more is claimed, -1 where less is."""
        return 1.0 if self.direction == "more" else -1.0


class Uncertainty(Settings):
    """How what is not known is carried: draws of the parameters, each lived with several seeds."""

    posterior: str = setting(
        ...,
        "text",
        'posterior the draws come from, or "priors"',
        "postérieure d’où viennent les tirages, ou « priors » (a priori)",
        min_length=1,
    )
    draws: int = setting(128, "number", "draws of the parameters", "tirages des paramètres", low=8, high=100_000)
    seeds: int = setting(4, "number", "seeds lived by each draw", "graines vécues par tirage", low=2, high=10_000)
    first_seed: int = setting(1, "number", "first seed", "première graine", low=0, high=2**53)


class Rule(Settings):
    """When the verdict is *supported*, *contradicted*, or neither."""

    share: float = setting(
        0.8,
        "share",
        "share of the draws in which the effect must be at least the smallest that matters (or must not be)",
        "part des tirages où l’effet doit atteindre le plus petit qui compte (ou ne pas l’atteindre)",
        low=0.5,
        high=0.999,
    )
    level: float = setting(
        0.05,
        "share",
        "chance of a wrong verdict among all hypotheses tested together",
        "risque d’un verdict faux parmi toutes les hypothèses testées ensemble",
        low=1e-6,
        high=0.2,
    )


class Contrary(Settings):
    """The position the claim opposes."""

    claim: Bilingual = setting(..., "text", "contrary position", "position contraire")
    source: str = setting(..., "text", "its source", "sa source", min_length=1)


class Hypothesis(Settings):
    """A claim about the model, with all it takes to test it; :func:`~.files.load_hypothesis` reads one."""

    title: Bilingual | None = setting(
        None,
        "text",
        "title in a few words (none: the name of the file)",
        "titre en quelques mots (aucun : le nom du fichier)",
    )
    claim: Bilingual = setting(..., "text", "what is claimed", "ce qui est affirmé")
    source: str = setting(..., "text", "where the claim comes from", "d’où vient l’affirmation", min_length=1)
    contrary: Contrary = setting(..., "text", "contrary position", "position contraire")
    arms: Annotated[dict[Key, Arm], Field(min_length=1)] = setting(..., "choice", "worlds compared", "mondes comparés")
    contrasts: Annotated[tuple[Contrast, ...], Strict(False), Field(min_length=1)] = setting(
        ..., "choice", "effects claimed, all of them", "effets affirmés, tous ensemble"
    )
    equal_money: tuple[Key, Key] | None = setting(
        None,
        "text",
        "two worlds that must cost the same public money, within 2 %",
        "deux mondes qui doivent coûter le même argent public, à 2 % près",
        strict=False,
    )
    uncertainty: Uncertainty = setting(..., "number", "how uncertainty is carried", "comment l’incertitude est portée")
    rule: Rule = setting(Rule(), "share", "rule of the verdict", "règle du verdict")

    _source: Path | None = PrivateAttr(default=None)

    @property
    def source_file(self) -> Path | None:
        """File the hypothesis was read from, None if it was built otherwise."""
        return self._source

    @property
    def name(self) -> str:
        """Name of its file without ending, such as ``H01_calls_raise_starts``."""
        return self._source.stem if self._source else "hypothesis"

    @property
    def number(self) -> str:
        """What stands before the first underscore of its name, such as ``H01``."""
        return self.name.partition("_")[0]

    @property
    def heading(self) -> str:
        """Its title in the current language, or what follows the number in its name."""
        return str(self.title or self.name.partition("_")[2].replace("_", " ") or self.name)

    def worlds(self, contrast: Contrast) -> str:
        """Worlds of a contrast, by their names in the current language: one, or one less another."""
        of, less = (self.arms[key] if key else None for key in (contrast.of, contrast.less))
        named = [str(arm.name or arm.scenario.name) for arm in (of, less) if arm is not None]
        return " − ".join(named if contrast.less != contrast.of else named[:1])


def hypothesis_problems(hypothesis: Hypothesis, measures: Iterable[str], twins: Iterable[str]) -> Iterator[Problem]:
    """Contradictions among settings that are right one by one; ``twins`` are the measures that need a twin world."""
    arms, measures, twins = hypothesis.arms, list(measures), set(twins)
    for key, arm in arms.items():
        yield from _arm_problems(key, arm, arms)
    first = next(iter(arms.values())).scenario
    for key, arm in arms.items():
        for reason in comparable(first, arm.scenario):
            yield Problem("hypotheses.incomparable", {"reason": reason}, field=f"arms.{key}")
    for place, contrast in enumerate(hypothesis.contrasts):
        for problem in _contrast_problems(contrast, arms, measures, twins):
            yield Problem(
                problem.message,
                problem.values,
                field=f"contrasts[{place}].{problem.field}",
                nearest=problem.nearest,
            )
    for place, key in enumerate(hypothesis.equal_money or ()):
        if key not in arms:
            yield _unknown_arm(key, arms, f"equal_money[{place}]")


def _arm_problems(key: str, arm: Arm, arms: Mapping[str, Arm]) -> Iterator[Problem]:
    if arm.twin_of is not None:
        field = f"arms.{key}.twin_of"
        if arm.twin_of not in arms:
            yield _unknown_arm(arm.twin_of, arms, field)
        elif arm.twin_of == key or arms[arm.twin_of].twin_of is not None:
            yield Problem("hypotheses.twin_of_twin", {"given": arm.twin_of}, field=field)
    for name, factor in arm.multiply.items():
        field = f"arms.{key}.multiply.{name}"
        if name not in PARAMETERS:
            nearest = nearest_name(name, PARAMETERS)
            yield Problem("parameters.unknown", {"name": name}, field=field, nearest=nearest)
        elif factor <= 0:
            yield Problem("hypotheses.factor", {"given": factor}, field=field)


def _contrast_problems(
    contrast: Contrast, arms: Mapping[str, Arm], measures: list[str], twins: set[str]
) -> Iterator[Problem]:
    for field, name in (("measure", contrast.measure), ("less_measure", contrast.less_measure)):
        if name is not None and name not in measures:
            nearest = nearest_name(name, measures)
            yield Problem("hypotheses.unknown_measure", {"given": name}, field=field, nearest=nearest)
    sides = (
        ("of", contrast.of, contrast.measure),
        ("less", contrast.less, contrast.less_measure or contrast.measure),
    )
    for arm_field, key, measured in sides:
        if key is None:
            continue
        if key not in arms:
            yield _unknown_arm(key, arms, arm_field)
        elif measured in twins and arms[key].twin_of is None:
            yield Problem("hypotheses.no_twin", {"measure": measured, "arm": key}, field=arm_field)
    if contrast.less_measure is not None and contrast.less is None:
        yield Problem("hypotheses.nothing_subtracted", field="less_measure")


def _unknown_arm(key: str, arms: Mapping[str, Any], field: str) -> Problem:
    values = {"given": key, "allowed": ", ".join(arms)}
    return Problem("hypotheses.unknown_arm", values, field=field, nearest=nearest_name(key, arms))
