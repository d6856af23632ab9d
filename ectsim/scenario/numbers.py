"""Numbers, amounts, shares and counted nouns as people read them, in the current language."""

from ectsim.locale import current_language, text

NARROW_SPACE, SPACE = "\u202f", "\u00a0"


def decimal(value: float) -> str:
    """``1234.5`` as « 1 234,5 » or "1,234.5"; never rounded beyond 6 significant digits."""
    written = f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) >= 1e-4 or value == 0 else f"{value:g}"
    if current_language() == "fr":
        return written.replace(",", NARROW_SPACE).replace(".", ",")
    return written


def percent(share: float) -> str:
    """``0.5`` as « 50 % » or "50%"."""
    written = decimal(round(share * 100, 4))
    return f"{written}{SPACE}%" if current_language() == "fr" else f"{written}%"


def whole_percent(share: float) -> str:
    """``0.225`` as « 23 % » or "23%", the same whoever computed it: NumPy's own rounding would say 22."""
    return percent(round(float(share), 2))


def euros(thousands: float) -> str:
    """``100`` k€ as « 100 000 € » or "€100,000"."""
    written = decimal(round(thousands * 1000, 2))
    return f"{written}{SPACE}€" if current_language() == "fr" else f"€{written}"


def duration(months: int) -> str:
    """A number of months, in years where that is how people say it: « 18 mois », « 5 ans »."""
    if months >= 24 and months % 12 == 0:
        return counted("year", months // 12)
    return counted("month", months)


def counted(noun: str, number: float) -> str:
    """A number and its noun: « 1 mois », « 0 lauréat », "0 winners"; nouns are texts ``scenario.noun.*``."""
    singular, _, plural = text(f"scenario.noun.{noun}", n=decimal(number)).partition("|")
    is_one = abs(number) < 2 if current_language() == "fr" else number == 1
    return singular if is_one else plural
