"""Numbers as the report says them, and what an interval allows one to say. Sentences live in the locale."""

from typing import Literal

import numpy as np

from ectsim.locale import current_language, text
from ectsim.scenario.numbers import NARROW_SPACE, SPACE, percent, whole_percent

Verdict = Literal["more", "less", "equal", "unclear"]
MINUS = "\N{MINUS SIGN}"
SMALL = 0.1
"""Share below which a percentage may get a decimal."""


def number(value: float, digits: int = 1) -> str:
    """``4.18`` as « 4,2 » or "4.2", ``171.4`` as "171": decimals are dropped from 100 on; "–" when undefined."""
    if not np.isfinite(value):
        return "–"
    if abs(value) >= 100:
        digits = 0
    rounded = round(float(value), digits) + 0.0
    written = f"{abs(rounded):,.{digits}f}"
    if current_language() == "fr":
        written = written.replace(",", NARROW_SPACE).replace(".", ",")
    return (MINUS if rounded < 0 else "") + written


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign: « +0,2 », « −0,3 », « 0,0 »."""
    shown = round(float(value), 0 if abs(value) >= 100 else digits) if np.isfinite(value) else 0.0
    return ("+" if shown > 0 else "") + number(value, digits)


def between(low: float, high: float) -> str:
    """The bounds of the interval of a difference: « de −0,3 à +0,8 »."""
    return text("report.between", low=signed(low), high=signed(high))


def share(value: float) -> str:
    """A share as a whole percentage."""
    return whole_percent(value) if np.isfinite(value) else "–"


def fine_share(value: float) -> str:
    """A share as a whole percentage, with a decimal where it is less than a tenth."""
    return percent(round(float(value), 3)) if abs(value) < SMALL else share(value)


def money(thousands: float) -> str:
    """Thousands of euros: « 882 k€ », « 3,28 M€ » or "€882k", "€3.28M"."""
    amount, scale = (number(thousands / 1000, 2), "M") if abs(thousands) >= 1000 else (number(thousands, 0), "k")
    return f"{amount}{SPACE}{scale}€" if current_language() == "fr" else f"€{amount}{scale}"


def verdict(low: float, high: float) -> Verdict:
    """What the interval of a difference allows one to say; "unclear" where it holds 0 or has no bounds."""
    if low == high == 0:
        return "equal"
    if low > 0:
        return "more"
    return "less" if high < 0 else "unclear"
