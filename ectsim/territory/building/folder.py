"""Writing a territory folder: tables, outlines, territory.yaml, README.md; whole or not at all."""

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ectsim.errors import Problem
from ectsim.locale import text
from ectsim.territory.communes import Commune, Epci
from ectsim.territory.description import COORDINATES
from ectsim.territory.frame import FrameStratum
from ectsim.territory.nomenclature import KINDS, STATUSES, label

LICENCE = "Licence Ouverte / Open Licence 2.0 (Etalab)"


@dataclass(frozen=True)
class Made:
    """All that is to be written."""

    title: str
    centre: str
    year: int
    select: list[str]
    ring_rule: str
    communes: dict[str, Commune]
    point_sources: dict[str, str]
    epcis: dict[str, Epci]
    natures: dict[str, str]
    boundaries: dict[tuple[str, str], float]
    features: dict[str, dict[str, Any]]
    frame: tuple[FrameStratum, ...]
    attribution: str
    origins: dict[str, list[str]]
    notices: list[Problem]


def write(target: Path, made: Made) -> None:
    """Write the folder beside ``target``, then give it its name."""
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        beside.chmod(0o755)
        _write_tables(beside, made)
        _write_outlines(beside / "communes.geojson", made.features)
        _write_description(beside / "territory.yaml", made)
        (beside / "README.md").write_text(_readme(made), encoding="utf-8")
        if target.is_dir():
            target.rmdir()
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_tables(place: Path, made: Made) -> None:
    _write_table(
        place / "communes.csv",
        ("code", *Commune._fields, "point_source"),
        ((code, *commune, made.point_sources[code]) for code, commune in sorted(made.communes.items())),
    )
    _write_table(place / "epci.csv", ("code", "name", "nature", "communes", "population"), _epci_rows(made))
    _write_table(
        place / "contiguity.csv",
        ("code_a", "code_b", "shared_boundary_m"),
        ((*pair, int(length)) for pair, length in sorted(made.boundaries.items())),
    )
    _write_table(
        place / "actors.csv",
        ("kind", "size_class", "zone", "count", "low", "high", "status", "source"),
        ((*s.cell, s.count, s.low, s.high, s.status, s.source) for s in made.frame),
    )


def _epci_rows(made: Made) -> Iterable[tuple[object, ...]]:
    for code, epci in made.epcis.items():
        here = sum(commune.epci == code for commune in made.communes.values())
        yield code, epci.name, made.natures[code], here, epci.population


def _write_table(file: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _write_outlines(file: Path, features: Mapping[str, dict[str, Any]]) -> None:
    """Write one feature a line, so that versions can be compared."""
    lines = [json.dumps(features[code], ensure_ascii=False, separators=(",", ":")) for code in sorted(features)]
    file.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _write_description(file: Path, made: Made) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    described = {
        "title": {"fr": made.title, "en": made.title},
        "centre": DoubleQuotedScalarString(made.centre),
        "coordinates": COORDINATES,
        "population_year": made.year,
        "licence": LICENCE,
        "attribution": made.attribution,
        "ring_rule": made.ring_rule,
        "origins": {name: ", ".join(files) for name, files in made.origins.items()},
    }
    yaml = YAML()
    yaml.width = 1000
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(described, stream)


def _readme(made: Made) -> str:
    rows = []
    for kind in KINDS:
        for status in STATUSES:
            strata = [s for s in made.frame if (s.kind, s.status) == (kind, status)]
            if strata:
                count, low, high = (sum(getattr(s, name) for s in strata) for name in ("count", "low", "high"))
                rows.append(f"| {label(kind)} | {count} | {low}–{high} | {label(status)} |")
    return text(
        "building.readme",
        title=made.title,
        communes=len(made.communes),
        epcis=len(made.epcis),
        inhabitants=sum(commune.population for commune in made.communes.values()),
        year=made.year,
        select=" ".join(made.select),
        ring_rule=made.ring_rule,
        attribution=made.attribution,
        licence=LICENCE,
        actors="\n".join(rows),
        origins="\n".join(f"- `{name}` : {', '.join(files)}" for name, files in made.origins.items()),
        notices="\n".join(f"- {notice}" for notice in made.notices) or "- –",
    )
