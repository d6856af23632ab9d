"""What one cell says: numbers with a point or a comma, yes and no, months, lists; coded values on their scale."""

import math
import re

from ectsim.calibration.codebook import BOUNDS, Code

TRUE, FALSE = "true", "false"
YES = frozenset({"1", "true", "yes", "oui", "vrai", "o", "y", "x"})
NO = frozenset({"0", "false", "no", "non", "faux", "n"})
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def flag(cell: str) -> bool | None:
    """True for oui, yes, vrai, 1…; False for non, no, faux, 0…; None for anything else."""
    folded = cell.strip().lower()
    return True if folded in YES else False if folded in NO else None


def number(cell: str) -> float:
    """A number written with a decimal point or comma, spaces between thousands allowed; NaN for anything else."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", cell).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", plain):
        return math.nan
    return float(plain)


def several(cell: str) -> tuple[str, ...]:
    """Values joined by ``|``; none in an empty cell."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def plain_value(code: Code, cell: str) -> str | None:
    """A coded value in its one plain form ("3", "0.25", "temps|argent"); None when the scale of the code has no such.

    A multiple choice may be empty: nothing was chosen.
    """
    match code.scale:
        case "F":
            return "" if not cell else None
        case "N":
            return cell if cell in code.categories else None
        case "M":
            chosen = several(cell)
            return None if set(chosen) - set(code.categories) else "|".join(c for c in code.categories if c in chosen)
        case "P":
            said = flag(cell)
            return None if said is None else str(int(said))
    low, high = BOUNDS[code.scale]
    value = number(cell)
    if not low <= value <= high or (code.scale != "Q" and value != int(value)):
        return None
    return f"{value:.12g}"
