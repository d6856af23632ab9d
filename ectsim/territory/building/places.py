"""Communes, populations and EPCI of France as the official files give them. Outlines and actors are read elsewhere.

Files of different years name different communes. One rule joins them: whatever a file tells of a former commune or of
an arrondissement goes to the commune that the code officiel géographique (COG) says it belongs to.
"""

from dataclasses import dataclass, field
from pathlib import Path

from ectsim.errors import Problem, nearest_name
from ectsim.territory.building.official import commune_code, read_official, whole_number
from ectsim.territory.tables import Row

CURRENT, PARTS = "COM", ("COMA", "COMD", "ARM")
NO_EPCI = "ZZZZZZZZZ"
"""Code that four islands have in place of an EPCI."""


@dataclass
class Cog:
    """Communes of a year: names by code, and the commune that a part of one belongs to."""

    names: dict[str, str] = field(default_factory=dict)
    departements: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    municipal: set[str] = field(default_factory=set)

    def commune_of(self, code: str | None) -> str | None:
        """Code of the present commune that ``code`` is, or is a part of."""
        if code is None or code in self.names:
            return code
        return self.parents.get(code)


@dataclass(frozen=True)
class Epci:
    """An intercommunal authority: SIREN, name, nature ("CC", "CA"… or empty), its communes of the COG."""

    code: str
    name: str
    nature: str
    communes: tuple[str, ...]


def _code_of(row: Row, name: str, notices: dict[str, int]) -> str | None:
    """Code in a cell, told when it is none; codes that had lost their zero are counted by file."""
    cell = row.text(name)
    code = commune_code(cell)
    if code is None and cell:
        row.complain("not_a_code", name, given=cell)
    elif code is not None and code != cell.upper():
        notices[str(row.file)] = notices.get(str(row.file), 0) + 1
    return code


def read_cog(file: Path, problems: list[Problem], zeros: dict[str, int]) -> Cog:
    """Read the list of communes of the COG (``v_commune_AAAA.csv``)."""
    columns = {
        "TYPECOM": ("TYPECOM",),
        "COM": ("COM",),
        "DEP": ("DEP",),
        "LIBELLE": ("LIBELLE",),
        "COMPARENT": ("COMPARENT",),
    }
    cog = Cog()
    seen: dict[str, int] = {}
    for row in read_official(file, columns, problems):
        kind = row.one_of("TYPECOM", (CURRENT, *PARTS))
        code = _code_of(row, "COM", zeros)
        if code is None:
            continue
        if kind == CURRENT:
            if code in seen:
                row.complain("duplicate", "COM", given=code, first=seen[code])
            seen.setdefault(code, row.line)
            cog.names[code] = row.text("LIBELLE")
            cog.departements[code] = code[:3] if code.startswith("97") else code[:2]
        elif kind in PARTS and (parent := _code_of(row, "COMPARENT", zeros)):
            cog.parents[code] = parent
            if kind == "ARM":
                cog.municipal.add(code)
    for code, parent in cog.parents.items():
        if cog.names and parent not in cog.names:
            values: dict[str, object] = {"given": parent, "part": code}
            problems.append(Problem("building.unknown_parent", values, file, None, "COMPARENT"))
    return cog


def read_populations(
    file: Path, cog: Cog, problems: list[Problem], zeros: dict[str, int]
) -> tuple[dict[str, int], int | None]:
    """Municipal population of each commune (PMUN), and its year where the file says it.

    Three layouts are read: ``donnees_communes.csv``, with a code of five characters or a département and a commune of
    three; and the long table of Insee's catalogue (GEO, GEO_OBJECT, POPREF_MEASURE, TIME_PERIOD, OBS_VALUE), of which
    the last year is kept.
    """
    columns = {
        "code": ("DEPCOM", "GEO", "CODGEO", "COM"),
        "departement": ("CODDEP", "DEP"),
        "within": ("CODCOM",),
        "PMUN": ("PMUN", "OBS_VALUE"),
        "object": ("GEO_OBJECT",),
        "measure": ("POPREF_MEASURE",),
        "year": ("TIME_PERIOD",),
    }
    rows = read_official(file, columns, problems, optional=("departement", "within", "object", "measure", "year"))
    rows = [row for row in rows if row.cells["object"] in ("", "COM") and row.cells["measure"] in ("", "PMUN")]
    years = {int(row.cells["year"]) for row in rows if row.cells["year"].isdigit()}
    last = max(years, default=None)
    populations: dict[str, int] = {}
    seen: dict[str, int] = {}
    # the column COM is a name in some years and a code in others
    by_parts = bool(rows) and not any(commune_code(row.cells["code"]) for row in rows[:100])
    if by_parts and not any(row.cells["within"] for row in rows):
        accepted = ", ".join((*columns["code"][:-1], *columns["within"]))
        problems.append(Problem("building.missing_column", {"allowed": accepted}, file, rows[0].line - 1, "DEPCOM"))
        return {}, last
    for row in rows:
        if last is not None and row.cells["year"] != str(last):
            continue
        code = _joined_code(row) if by_parts else _code_of(row, "code", zeros)
        if code in cog.municipal:
            continue
        if code in seen:
            row.complain("duplicate", "code", given=code, first=seen[code])
        elif code is not None:
            seen[code] = row.line
            inhabitants = whole_number(row, "PMUN")
            if commune := cog.commune_of(code):
                populations[commune] = populations.get(commune, 0) + inhabitants
    return populations, last


def _joined_code(row: Row) -> str | None:
    """Code of a commune from that of its département and its own within it: 01 and 4, or 971 and 01."""
    departement, within = row.text("departement").upper(), row.text("within")
    departement = departement.zfill(2)
    rest = 5 - len(departement)
    code = commune_code(departement + within.zfill(rest)[-rest:])
    if code is None and departement and within:
        row.complain("not_a_code", "CODCOM", given=f"{departement} {within}")
    return code


def read_composition(file: Path, cog: Cog, problems: list[Problem], zeros: dict[str, int]) -> dict[str, Epci]:
    """EPCI and their communes, from the workbook of Insee or DGCL, or a CSV with the columns of its second sheet."""
    columns = {
        "CODGEO": ("CODGEO", "INSEE", "DEPCOM"),
        "EPCI": ("EPCI", "SIREN"),
        "LIBEPCI": ("LIBEPCI", "RAISON_SOCIALE"),
    }
    is_workbook = file.suffix.lower() in (".xlsx", ".xls", ".zip")
    rows = read_official(file, columns, problems, sheet="Composition_communale" if is_workbook else "")
    natures = _natures(file) if is_workbook and rows else {}
    names: dict[str, str] = {}
    own: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    for row in rows:
        code, epci = _code_of(row, "CODGEO", zeros), row.text("EPCI")
        if code is None or epci in ("", NO_EPCI):
            continue
        names.setdefault(epci, " ".join(row.text("LIBEPCI").split()))
        if code in cog.names:
            if own.setdefault(code, epci) != epci:
                row.complain("duplicate", "CODGEO", given=code, first=own[code])
        elif commune := cog.parents.get(code):
            parts.setdefault(commune, set()).add(epci)
    for commune, found in parts.items():
        if commune not in own and len(found) == 1:
            own[commune] = next(iter(found))
    members: dict[str, list[str]] = {epci: [] for epci in names}
    for commune, epci in sorted(own.items()):
        members[epci].append(commune)
    return {code: Epci(code, name, natures.get(code, ""), tuple(members[code])) for code, name in names.items()}


def _natures(file: Path) -> dict[str, str]:
    columns = {"EPCI": ("EPCI",), "NATURE_EPCI": ("NATURE_EPCI",)}
    return {row.cells["EPCI"]: row.cells["NATURE_EPCI"] for row in read_official(file, columns, [], sheet="EPCI")}


def select(asked: list[str], cog: Cog, epcis: dict[str, Epci], problems: list[Problem]) -> tuple[str, ...]:
    """Codes of the communes asked for: ``epci:200071116,…``, ``departement:39,…``, ``codes:FILE``, taken together."""
    chosen: set[str] = set()
    ways = {"epci": _of_epcis, "departement": _of_departements, "codes": _of_file}
    for expression in asked:
        way, colon, what = expression.partition(":")
        if way in ways and what:
            chosen |= ways[way](what, cog, epcis, problems)
        else:
            allowed: dict[str, object] = {"given": expression}
            near = nearest_name(way, ways)
            problems.append(Problem("building.selection", allowed, None, None, "--select", near and f"{near}:"))
    if not chosen and not problems:
        problems.append(Problem("building.nothing_selected", {}, None, None, "--select"))
    return tuple(sorted(chosen))


def _listed(what: str) -> list[str]:
    return [piece.strip() for piece in what.split(",") if piece.strip()]


def _of_epcis(what: str, cog: Cog, epcis: dict[str, Epci], problems: list[Problem]) -> set[str]:
    chosen: set[str] = set()
    by_name = {epci.name: epci for epci in epcis.values()}
    for given in _listed(what):
        if given in epcis:
            chosen |= set(epcis[given].communes)
            continue
        if not epcis:
            continue
        near = nearest_name(given, epcis) if given.isdigit() else nearest_name(given, by_name)
        known = epcis.get(near or "") or by_name.get(near or "")
        values: dict[str, object] = {"given": given}
        told = known and f"{known.code} ({known.name})"
        problems.append(Problem("building.unknown_epci", values, None, None, "--select", told))
    return chosen


def _of_departements(what: str, cog: Cog, epcis: dict[str, Epci], problems: list[Problem]) -> set[str]:
    chosen: set[str] = set()
    known = set(cog.departements.values())
    for given in _listed(what):
        code = given.upper().zfill(2)
        if known and code not in known:
            values: dict[str, object] = {"given": given}
            problems.append(
                Problem("building.unknown_departement", values, None, None, "--select", nearest_name(code, known))
            )
        chosen |= {commune for commune, departement in cog.departements.items() if departement == code}
    return chosen


def _of_file(what: str, cog: Cog, epcis: dict[str, Epci], problems: list[Problem]) -> set[str]:
    """Communes listed one a line; a part of a commune stands for the whole of it."""
    file = Path(what)
    chosen: set[str] = set()
    columns = {"code": ("CODE", "CODGEO", "COM", "DEPCOM", "INSEE", "CODE_INSEE", "INSEE_COM")}
    for row in read_official(file, columns, problems):
        code = _code_of(row, "code", {})
        commune = cog.commune_of(code)
        if commune is not None:
            chosen.add(commune)
        elif code is not None and cog.names:
            values: dict[str, object] = {"given": code}
            near = nearest_name(code, cog.names)
            problems.append(Problem("building.unknown_in_cog", values, file, row.line, "code", near))
    return chosen
