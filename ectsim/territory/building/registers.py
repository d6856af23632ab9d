"""Streaming Sirene and the national register of associations (RNA) into counts; no name, number or title is kept.

Memory holds a batch of rows and, while it counts, one number for each employer of the territory. What goes wrong is
told by file and column: never with what a row says.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ectsim.errors import Problem, nearest_name
from ectsim.territory.building.kinds import SIZE_OF_BAND, is_counted, kind_of, meets_themes
from ectsim.territory.building.official import commune_code, separator
from ectsim.territory.building.places import Cog

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_BYTES = 8_000_000
BATCH_ROWS = 65_536
LONGEST_CODE = 5

Cell = tuple[str, str, str]
Told = Callable[[str, int, int], None]
"""Hears the name of a file, and how much of it is read of how much."""

ESTABLISHMENTS = {
    "siret": "siret",
    "seat": "etablissementSiege",
    "band": "trancheEffectifsEtablissement",
    "activity": "activitePrincipaleEtablissement",
    "commune": "codeCommuneEtablissement",
    "state": "etatAdministratifEtablissement",
}
UNITS = {"siren": "siren", "legal": "categorieJuridiqueUniteLegale", "social": "economieSocialeSolidaireUniteLegale"}
ASSOCIATIONS = {"commune": "adrs_codeinsee", "position": "position", "purpose": "objet_social1"}


@dataclass
class Employers:
    """Employers by kind, size class and zone, each at its largest establishment here, and what was left out.

    ``establishments`` and ``seats`` count, in the same cells, all their establishments and those that have their seat
    here; ``left_out`` counts reasons, ``rows`` every row read.
    """

    actors: Counter[Cell] = field(default_factory=Counter)
    establishments: Counter[Cell] = field(default_factory=Counter)
    seats: Counter[Cell] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0


@dataclass
class Associations:
    """Registered associations not dissolved, by zone: all, and those whose object meets the model's themes."""

    active: Counter[str] = field(default_factory=Counter)
    able: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0


@dataclass
class _Employer:
    size: int
    is_seat: bool
    zone: str
    activity: str
    establishments: int
    seats: int


def count_employers(
    establishments: list[Path],
    units: list[Path],
    zone_of: Mapping[str, str],
    cog: Cog,
    problems: list[Problem],
    told: Told,
) -> Employers:
    """Count the employers of the communes of ``zone_of`` in StockEtablissement, classed with StockUniteLegale."""
    result = Employers()
    local: dict[str, _Employer] = {}
    zone_of_code = _zones_of_codes(zone_of, cog)
    for table in _batches(establishments, ESTABLISHMENTS, problems, result.left_out, told):
        result.rows += table.num_rows
        _gather(table, zone_of_code, local, result)
    if problems:
        return result
    for table in _batches(units, UNITS, problems, result.left_out, told):
        _class(table, local, result)
    if problems:
        return result
    result.left_out["unit_unknown"] += len(local)
    return result


def _zones_of_codes(zone_of: Mapping[str, str], cog: Cog) -> dict[str, str]:
    """Zone of every code that belongs to a commune of the territory, former communes and arrondissements included."""
    parts = {part: zone_of[parent] for part, parent in cog.parents.items() if parent in zone_of}
    return parts | dict(zone_of)


def _compute() -> Any:
    """Functions of pyarrow.compute, which are made when it is imported: no type checker sees them."""
    import pyarrow.compute

    return pyarrow.compute


def _restored(column: "pa.ChunkedArray | pa.Array", width: int) -> Any:
    """Codes as text of ``width`` characters, the zeros that a spreadsheet dropped put back."""
    pc = _compute()
    return pc.utf8_lpad(pc.fill_null(column, ""), width, "0")


def _gather(
    table: "pa.RecordBatch", zone_of_code: Mapping[str, str], local: dict[str, _Employer], result: Employers
) -> None:
    """Keep of a batch, by legal unit, the largest active employing establishment in the territory."""
    import pyarrow as pa

    pc = _compute()
    codes = _restored(table["commune"], LONGEST_CODE)
    here = pc.is_in(codes, value_set=pa.array(list(zone_of_code), pa.string()))
    result.left_out["unlocated"] += pc.sum(pc.equal(codes, "[ND]".rjust(LONGEST_CODE, "0"))).as_py() or 0
    active = pc.fill_null(pc.equal(table["state"], "A"), fill_value=False)
    table = table.append_column("code", codes).filter(pc.and_(here, active))
    names = ("siret", "seat", "band", "activity", "code")
    for siret, seat, band, activity, code in zip(*(table[name].to_pylist() for name in names), strict=True):
        size_class = SIZE_OF_BAND.get((band or "").zfill(2))
        if size_class is None:
            result.left_out["no_employee"] += 1
            continue
        is_seat = (seat or "").lower() in ("true", "1", "t", "oui", "o")
        size = sorted(SIZE_OF_BAND).index((band or "").zfill(2))
        siren = (siret or "").zfill(14)[:9]
        known = local.get(siren)
        if known is None:
            local[siren] = _Employer(size, is_seat, zone_of_code[code], activity or "", 1, int(is_seat))
            continue
        known.establishments += 1
        known.seats += is_seat
        if (size, is_seat) > (known.size, known.is_seat):
            known.size, known.is_seat, known.zone, known.activity = size, is_seat, zone_of_code[code], activity or ""


def _class(table: "pa.RecordBatch", local: dict[str, _Employer], result: Employers) -> None:
    """Count the employers that a batch of legal units tells the kind of, and forget them."""
    import pyarrow as pa

    pc = _compute()
    table = table.set_column(0, "siren", _restored(table["siren"], 9))
    table = table.filter(pc.is_in(table["siren"], value_set=pa.array(list(local), pa.string())))
    bands = [SIZE_OF_BAND[band] for band in sorted(SIZE_OF_BAND)]
    for siren, legal, social in zip(*(table[name].to_pylist() for name in UNITS), strict=True):
        employer = local.pop(siren, None)
        if employer is None:
            continue
        kind = kind_of(legal or "", employer.activity, social or "")
        if kind is None:
            result.left_out["counted_elsewhere"] += 1
        elif not is_counted(kind, bands[employer.size]):
            result.left_out["too_small"] += 1
        else:
            cell = (kind, bands[employer.size], employer.zone)
            result.actors[cell] += 1
            result.establishments[cell] += employer.establishments
            result.seats[cell] += employer.seats > 0


def count_associations(
    files: list[Path], zone_of: Mapping[str, str], cog: Cog, problems: list[Problem], told: Told
) -> Associations:
    """Count the associations of the communes of ``zone_of`` in the national register, those dissolved left out."""
    result = Associations()
    zone_of_code = _zones_of_codes(zone_of, cog)
    for table in _batches(files, ASSOCIATIONS, problems, result.left_out, told):
        result.rows += table.num_rows
        for cell, position, purpose in zip(*(table[name].to_pylist() for name in ASSOCIATIONS), strict=True):
            zone = zone_of_code.get(commune_code((cell or "").strip()) or "")
            if zone is None:
                result.left_out["unlocated"] += not (cell or "").strip()
            elif (position or "").strip() != "A":
                result.left_out["dissolved"] += 1
            else:
                result.active[zone] += 1
                result.able[zone] += meets_themes(purpose or "")
    return result


def _batches(
    paths: list[Path], columns: Mapping[str, str], problems: list[Problem], left_out: Counter[str], told: Told
) -> "Iterator[pa.RecordBatch]":
    """Batches of text columns, named as we name them, of every file of ``paths``: Parquet, CSV, folders, archives."""
    for path in paths:
        if path.is_dir():
            members = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".parquet", ".zip"))
            if not members:
                problems.append(Problem("building.empty_folder", {}, path))
            for member in members:
                yield from _file_batches(member, columns, problems, left_out, told)
        elif path.is_file():
            yield from _file_batches(path, columns, problems, left_out, told)
        else:
            near = nearest_name(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else None
            problems.append(Problem("territory.missing_file", {"name": path.name}, path, nearest=near))


def _file_batches(
    path: Path, columns: Mapping[str, str], problems: list[Problem], left_out: Counter[str], told: Told
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    # the messages of pyarrow quote rows
    try:
        with ExitStack() as stack:
            stream = stack.enter_context(path.open("rb"))
            if stream.read(4) == b"PAR1":
                yield from _parquet_batches(path, columns, problems, told)
            elif zipfile.is_zipfile(path):
                archive = stack.enter_context(zipfile.ZipFile(path))
                for item in archive.infolist():
                    if item.filename.lower().endswith(".csv"):
                        name = f"{path.name}/{item.filename}"
                        with archive.open(item) as member, archive.open(item) as head:
                            yield from _csv_batches(
                                head, member, path, name, item.file_size, columns, problems, left_out, told
                            )
            elif path.suffix.lower() in (".parquet", ".zip"):
                problems.append(Problem("building.unreadable_register", {}, path))
            else:
                with path.open("rb") as whole:
                    stream.seek(0)
                    yield from _csv_batches(
                        stream, whole, path, path.name, path.stat().st_size, columns, problems, left_out, told
                    )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeError, zipfile.BadZipFile, zlib.error):
        problems.append(Problem("building.unreadable_register", {}, path))


def _parquet_batches(
    path: Path, columns: Mapping[str, str], problems: list[Problem], told: Told
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        if _lacks(path, file.schema_arrow.names, columns, problems):
            return
        done, total = 0, file.metadata.num_rows
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns.values()), use_threads=False):
            done += batch.num_rows
            told(path.name, done, total)
            cast = [batch[official].cast(pa.string()) for official in columns.values()]
            yield pa.RecordBatch.from_arrays(cast, list(columns))


def _csv_batches(
    head: IO[bytes],
    stream: IO[bytes],
    path: Path,
    name: str,
    size: int,
    columns: Mapping[str, str],
    problems: list[Problem],
    left_out: Counter[str],
    told: Told,
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa
    from pyarrow import csv

    # the columns we keep hold codes, whatever the encoding of the others
    first = head.readline().decode("utf-8-sig", "replace").splitlines()
    delimiter = separator(first[0] if first else "")
    header = [cell.strip().strip('"') for cell in first[0].split(delimiter)] if first else []
    if _lacks(path, header, columns, problems):
        return

    def skip(row: Any) -> str:
        left_out["broken"] += 1
        return "skip"

    reader = csv.open_csv(
        stream,
        csv.ReadOptions(block_size=BATCH_BYTES, use_threads=False),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        csv.ConvertOptions(
            include_columns=[*columns.values()], column_types=dict.fromkeys(columns.values(), pa.string())
        ),
    )
    for batch in reader:
        told(name, min(stream.tell(), size), size)
        yield batch.rename_columns(list(columns))


def _lacks(path: Path, header: list[str], columns: Mapping[str, str], problems: list[Problem]) -> bool:
    missing = [official for official in columns.values() if official not in header]
    for official in missing:
        values: dict[str, object] = {"allowed": ", ".join(columns.values())}
        near = nearest_name(official, [name for name in header if name.isidentifier()])
        problems.append(Problem("building.missing_column", values, path, 1, official, near))
    return bool(missing)
