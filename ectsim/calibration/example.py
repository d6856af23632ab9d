"""The fictive example in ``calibration/example/``: 24 interviews, 2 coders, 30 projects, made by a seeded program.

No interviewee, organisation or project of it exists. ``python -m ectsim.calibration.example FOLDER`` writes it, to the
byte the same each time.
"""

import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import NormalDist

from ectsim.calibration.codebook import Code, load_codebook
from ectsim.calibration.tidy import Interviews, checked, from_rows, write_tidy

SEED = 39_000
CODERS = ("K1", "K2")
SLIP, LARGE_SLIP = 0.12, 0.45
KINDS = {
    "public": ("commune", "commune", "commune", "epci", "organisme_public", "agence", "enseignement"),
    "prive": ("entreprise", "entreprise", "entreprise", "entreprise", *("exploitation_agricole",) * 3),
    "societe_civile": (*("association",) * 3, *("entreprise_sociale",) * 2, *("collectif_citoyen",) * 2),
    "soutien": ("structure_appui", "structure_appui", "agence"),
}
SIZES = ("0-9", "0-9", "10-49", "0-9", "50+", "10-49", "0-9")
ZONES = ("ville_centre", "rural", "couronne", "rural", "ville_centre", "rural", "couronne")
RECRUITED = ("structure_appui", "structure_appui", "boule_de_neige", "contact_direct")
POPULATION = {
    "public": (215, 42, 18),
    "prive": (430, 150, 22),
    "societe_civile": (520, 64, 13),
    "soutien": (9, 5, 1),
}
LEANING = {"public": 0.1, "prive": -0.3, "societe_civile": 0.5, "soutien": 0.6}
OF_CODE = {"TIERS": 0.6, "AMI_COUT": 0.5, "RISQ": -0.6, "VOC": -0.7, "RES_FIN": -0.5, "ANCR": 0.9, "SUB_DEP": 0.2}
COUNTS = {"RES_RESEAU": 7.0, "COOP_PASSEE": 2.0, "NB_ENG": 2.5, "SEUIL": 4.0}
QUANTITIES = {"RES_TPS": 3.0, "DELAI": 11.0}
HARD_TO_CODE = ("VOC", "AMI_AUTO")
ASKED_OF_SUPPORT = ("TIERS", "ACT_NEC", "AMI_COUT", "AMI_AUTO", "REG_EFF", "FREIN", "MOBIL", "VOC")
ASKED_KINDS = ("commune", "epci", "entreprise", "association")
ASKED_THEMES = ("energie", "alimentation", "mobilite", "economie_circulaire")
ORIGINS = (
    *("initiative_propre",) * 5,
    *("sollicitation_pair",) * 2,
    *("ami",) * 4,
    "animation",
    "subvention",
    "reglementation",
)
THEMES = (*ASKED_THEMES, "habitat", "culture_soin")
BANDS = ("0", "1-10", "10-50", "50-200", "200+")

Row = dict[str, str]


class Luck:
    """Draws that stay the same whatever the version of Python: only ``random()`` is used."""

    def __init__(self, seed: int):
        self._next = random.Random(seed).random

    def chance(self, share: float) -> bool:
        """True with the chance ``share``."""
        return self._next() < share

    def normal(self) -> float:
        """A standard normal draw."""
        return NormalDist().inv_cdf(min(max(self._next(), 1e-9), 1 - 1e-9))

    def pick(self, choices: Sequence[str]) -> str:
        """One of ``choices``, each as likely."""
        return choices[int(self._next() * len(choices))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._next() * (high - low + 1))


def example(seed: int = SEED) -> Interviews:
    """The fictive interviews and projects."""
    luck = Luck(seed)
    interviews = list(_interviews(luck))
    codings = [row for interview in interviews for row in _codings(luck, interview)]
    rows = {
        "interviews": interviews,
        "codings": codings,
        "ties": list(_ties(luck, interviews, codings)),
        "frame": list(_frame()),
        "projects": [_project(luck, rank) for rank in range(1, 31)],
    }
    return checked(from_rows({name: [row | {"synthetic": "true"} for row in found] for name, found in rows.items()}))


def _interviews(luck: Luck) -> Iterator[Row]:
    sectors = [(sector, kind, rank) for sector, kinds in KINDS.items() for rank, kind in enumerate(kinds)]
    for number, (sector, kind, rank) in enumerate(sectors, 1):
        yield {
            "interview_id": f"E{number:02}",
            "actor_id": f"A{number:02}",
            "sector": sector,
            "actor_type": kind,
            "size_class": SIZES[(rank + number) % len(SIZES)],
            "zone": ZONES[(rank + number) % len(ZONES)],
            "month": f"2026-{1 + number // 4:02}",
            "duration_min": str(45 + 5 * luck.whole(0, 9)),
            "consent_analysis": "true",
            "consent_sharing": "false" if luck.chance(0.2) else "true",
            "recruited_by": luck.pick(RECRUITED),
        }


def _codings(luck: Luck, interview: Row) -> Iterator[Row]:
    """Every code of an interview; every other interview was coded by both coders."""
    coders = CODERS if int(interview["interview_id"][1:]) % 2 else CODERS[:1]
    openness = LEANING[interview["sector"]] + 0.6 * luck.normal()
    for code in load_codebook().codes.values():
        if code.scale == "F" or (interview["sector"] == "soutien" and code.name not in ASKED_OF_SUPPORT):
            continue
        for target in _targets(luck, code):
            yield from _coded(luck, interview, coders, code, target, openness)


def _targets(luck: Luck, code: Code) -> Sequence[str]:
    partners = tuple(f"P{luck.whole(1, 40):02}" for _ in range(3)) if code.target == "partner" else ()
    by_target = {"theme": ASKED_THEMES, "kind": ASKED_KINDS, "partner": tuple(dict.fromkeys(partners))}
    return by_target.get(code.target, ("",))


def _coded(
    luck: Luck, interview: Row, coders: Sequence[str], code: Code, target: str, openness: float
) -> Iterator[Row]:
    status = "code" if luck.chance(0.84 if code.required else 0.7) else "non_aborde"
    if status == "non_aborde" and luck.chance(0.15):
        status = luck.pick(("refus", "sans_objet"))
    true = _true_value(luck, code, openness)
    for coder in coders:
        seen = _as_coded(luck, code, true)
        yield {
            "interview_id": interview["interview_id"],
            "coder_id": coder,
            "code": code.name,
            "target": target,
            "status": status,
            "value": seen if status == "code" else "",
            "n_segments": str(luck.whole(1, 4)) if status == "code" else "",
            "confidence": str(luck.whole(0, 2)) if status == "code" else "",
        }


def _true_value(luck: Luck, code: Code, openness: float) -> str:
    level = 1 / (1 + math.exp(-(openness + OF_CODE.get(code.name, 0.0) + 1.1 * luck.normal())))
    match code.scale:
        case "O":
            return str(int(5 * level))
        case "B":
            return str(int(5 * level) - 2)
        case "P":
            return str(int(luck.chance(0.25)))
        case "N":
            return luck.pick(list(code.categories))
        case "M":
            chosen = [choice for choice in code.categories if choice != "aucune" and luck.chance(0.2 + 0.4 * level)]
            return "|".join(chosen)
        case "C":
            return str(max(1, round(COUNTS[code.name] * math.exp(0.4 * luck.normal()))))
    return f"{0.5 * max(1, round(2 * QUANTITIES[code.name] * math.exp(0.5 * luck.normal()))):g}"


def _as_coded(luck: Luck, code: Code, true: str) -> str:
    """What a coder writes: mostly the true value, now and then a neighbouring one."""
    slips = luck.chance(LARGE_SLIP if code.name in HARD_TO_CODE else SLIP)
    if not slips or code.scale == "Q":
        return true
    if code.scale in ("O", "B", "C"):
        low, high = {"O": (0, 4), "B": (-2, 2), "C": (0, 40)}[code.scale]
        return str(min(high, max(low, int(true) + (1 if luck.chance(0.5) else -1))))
    if code.scale == "P":
        return str(1 - int(true)) if luck.chance(0.4) else true
    if code.scale == "N":
        return luck.pick(list(code.categories))
    dropped = luck.pick(list(code.categories)[:-1])
    return "|".join(choice for choice in code.categories if (choice in true.split("|")) != (choice == dropped))


def _ties(luck: Luck, interviews: Sequence[Row], codings: Sequence[Row]) -> Iterator[Row]:
    actors = {row["interview_id"]: row["actor_id"] for row in interviews}
    for row in codings:
        if row["code"] == "CONF" and row["status"] == "code":
            yield {
                "source": actors[row["interview_id"]],
                "target": row["target"],
                "trust": row["value"],
                "past_coop": str(luck.whole(0, 3)),
                "conflict": "true" if luck.chance(0.08) else "false",
                "coder_id": row["coder_id"],
            }


def _frame() -> Iterator[Row]:
    for sector, counts in POPULATION.items():
        for size, count in zip(("0-9", "10-49", "50+"), counts, strict=True):
            yield {"sector": sector, "size_class": size, "n_population": str(count)}


def _project(luck: Luck, rank: int) -> Row:
    origin, start = luck.pick(ORIGINS), luck.whole(0, 66)
    known = start + luck.whole(0, 10)
    prompted = origin in ("ami", "subvention", "reglementation")
    emerged = start + luck.whole(8, 30)
    ended = max(known, emerged) + luck.whole(6, 40) if luck.chance(0.4 if prompted else 0.25) else 999
    abandoned = luck.chance(0.3)
    last = known + luck.whole(3, 24) if abandoned else ended
    until = 79
    has_emerged, has_ended = not abandoned and emerged <= until, last <= until
    stage = "arrete" if has_ended else "exploitation" if emerged + 24 <= until else "emerge"
    if not has_ended and not has_emerged:
        stage = luck.pick(("idee", "collectif", "montage"))
    told = {name: str(luck.whole(low, high)) for name, low, high in PARTNERS}
    return {
        "project_id": f"R{rank:02}",
        "theme": luck.pick(THEMES),
        "origin": origin,
        "origin_source": luck.pick(("documents", "entretien", "les_deux")),
        "origin_confidence": str(luck.whole(0, 2)),
        "call_id": f"AMI{2020 + start // 24}" if origin == "ami" else "",
        "start_month": _month(start),
        "first_known_month": _month(known),
        "emergence_month": _month(emerged) if has_emerged and not luck.chance(0.1) else "",
        "end_month": _month(last) if has_ended else "",
        "observed_until": _month(until),
        "stage": stage,
        "alive": "false" if has_ended else "true",
        **told,
        "lead_sector": luck.pick(("public", "prive", "societe_civile", "societe_civile")),
        "co_led": "true" if luck.chance(0.5) else "false",
        "public_funding_band": BANDS[luck.whole(1, 4)] if prompted else luck.pick(BANDS[:3]),
        "public_funding_share": "" if luck.chance(0.3) else f"{0.05 * luck.whole(4, 15):.2f}",
        "market_share": "" if luck.chance(0.4) else f"{0.05 * luck.whole(1, 16):.2f}",
        "facilitated": "true" if luck.chance(0.6 if prompted else 0.3) else "false",
        "zone": luck.pick(ZONES),
        "interview_ids": f"E{luck.whole(1, 21):02}" if luck.chance(0.5) else "",
    }


PARTNERS = (("n_public", 1, 2), ("n_prive", 0, 3), ("n_societe_civile", 1, 3), ("n_soutien", 0, 1))


def _month(number: int) -> str:
    return f"{2020 + number // 12}-{1 + number % 12:02}"


if __name__ == "__main__":
    write_tidy(example(), Path(sys.argv[1]))
