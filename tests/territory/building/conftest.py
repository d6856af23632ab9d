"""Made files in the layouts of the official ones: five communes on a grid, ten employers, eight associations."""

import csv
import json
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import Workbook

from ectsim.territory.building.build import Sources, Wish, build_territory

SECRET = "Zébulon Confidentiel"
"""Stands wherever the official files name somebody: no file, message or screen of ours may hold it."""

COG = """\
TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
COM,01001,84,01,01D,012,0,VILLE,Ville,Ville,0108,
COM,01002,84,01,01D,012,0,ANNEAU,Anneau,Anneau,0108,
COM,01003,84,01,01D,012,0,CHAMP,Champ,Champ,0108,
COM,01004,84,01,01D,012,5,ETANG,Étang,L'Étang,0108,
COM,01005,84,01,01D,012,0,AILLEURS,Ailleurs,Ailleurs,0108,
COMD,01004,84,01,01D,012,5,ETANG,Étang,L'Étang,,01004
COMD,01009,84,01,01D,012,0,BOIS,Bois,Bois,,01004
"""
POPULATIONS = """\
DEPCOM;COM;PMUN;PCAP;PTOT
01001;Ville;12000;100;12100
01002;Anneau;1500;10;1510
01003;Champ;300;1;301
01004;L'Étang;700;1;701
01005;Ailleurs;50;1;51
"""
ALPHA, BETA, ELSEWHERE = "200000111", "200000222", "200000333"
COMPOSITION = {"01001": ALPHA, "01002": ALPHA, "01003": BETA, "01004": BETA, "01005": ELSEWHERE}
EPCIS = {ALPHA: ("CA Alpha", "CA"), BETA: ("CC Bêta", "CC"), ELSEWHERE: ("CC d'Ailleurs", "CC")}

# columns and rows of a grid of squares of a tenth of a degree; the first at 5.0 E, 46.0 N
PLACES = {"01001": (0, 0), "01002": (1, 0), "01003": (0, 1), "01004": (1, 1), "01005": (7, 7)}
HALLS = {"01001": (5.02, 46.02), "01002": (5.12, 46.05)}

SIRENE_COLUMNS = (
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "trancheEffectifsEtablissement",
    "etablissementSiege",
    "libelleVoieEtablissement",
    "codeCommuneEtablissement",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "activitePrincipaleEtablissement",
)
# siren, nic, band, seat, commune, state, activity
SIRENE = (
    ("111111111", "1", "12", "true", "01001", "A", "10.71C"),  # a firm of 20 to 49, its seat in the centre
    ("111111111", "2", "11", "false", "01002", "A", "10.71C"),  # its smaller establishment is no other actor
    ("222222222", "1", "21", "false", "01002", "A", "25.11Z"),  # 50 to 99, seat elsewhere
    ("333333333", "1", "03", "true", "01001", "A", "47.11B"),  # a firm of 6 to 9: too small
    ("444444444", "1", "01", "true", "01003", "A", "01.41Z"),  # a farm
    ("555555555", "1", "02", "true", "01009", "A", "88.99B"),  # an association, in a delegated commune
    ("666666666", "1", "11", "true", "01004", "A", "38.32Z"),  # a cooperative
    ("777777777", "1", "22", "true", "01001", "A", "85.31Z"),  # a lycée
    ("888888888", "1", "11", "true", "01001", "A", "84.11Z"),  # the commune itself
    ("999999999", "1", "12", "true", "01001", "A", "36.00Z"),  # a joint board
    ("012345678", "1", "11", "true", "01001", "A", "84.13Z"),  # a service of the State, a zero in front
    ("131313131", "1", "12", "true", "01001", "F", "10.71C"),  # closed
    ("141414141", "1", "NN", "true", "01001", "A", "68.20B"),  # no employee
    ("151515151", "1", "12", "true", "01005", "A", "10.71C"),  # beyond
    ("161616161", "1", "12", "true", "[ND]", "A", "10.71C"),  # does not tell its commune
    ("171717171", "1", "11", "true", "01001", "A", "10.71C"),  # absent from the legal units
)
LEGAL = {
    "111111111": ("5499", "N"),
    "222222222": ("5710", ""),
    "333333333": ("5499", ""),
    "444444444": ("6598", ""),
    "555555555": ("9220", "O"),
    "666666666": ("5458", "O"),
    "777777777": ("7331", ""),
    "888888888": ("7210", ""),
    "999999999": ("7354", ""),
    "012345678": ("7120", ""),
    "131313131": ("5499", ""),
    "151515151": ("5499", ""),
}
# commune, position, object
RNA = (
    ("01001", "A", "024000"),
    ("01001", "A", "006000"),
    ("01001", "A", "011000"),
    ("01001", "D", "024000"),
    ("01002", "A", "11000"),
    ("01003", "A", "030005"),
    ("01009", "A", "032000"),
    ("01005", "A", "024000"),
    ("", "A", "024000"),
)
EXPECTED = {
    ("commune", "50+", "centre"): (1, 1, 1, "count"),
    ("commune", "10-49", "ring"): (1, 1, 1, "count"),
    ("commune", "0-9", "rural"): (2, 2, 2, "count"),
    ("epci", "50+", "centre"): (1, 1, 1, "count"),
    ("epci", "10-49", "rural"): (1, 1, 1, "count"),
    ("public_body", "10-49", "centre"): (1, 1, 1, "count"),
    ("agency", "10-49", "centre"): (1, 1, 1, "count"),
    ("education", "50+", "centre"): (1, 1, 1, "count"),
    ("company", "10-49", "centre"): (1, 1, 1, "count"),
    ("company", "50+", "ring"): (1, 1, 1, "count"),
    ("farm", "0-9", "rural"): (1, 1, 1, "count"),
    ("social_enterprise", "10-49", "rural"): (1, 1, 1, "count"),
    # central: those whose object meets the themes; low: those that employ; high: all of the register
    ("association", "0-9", "centre"): (2, 0, 3, "estimate"),
    ("association", "0-9", "ring"): (0, 0, 1, "estimate"),
    ("association", "0-9", "rural"): (2, 1, 2, "estimate"),
}


def table(file: Path, columns: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows([columns, *rows])
    return file


def write_composition(file: Path) -> Path:
    """The workbook of Insee: titles and long labels above the names of the columns, numbers where a table has some."""
    book = Workbook()
    sheet = book.active
    sheet.title = "EPCI"
    head = (["Intercommunalité - Métropole"], ["Mise en ligne"], [], ["Géographie au 01/01/2026"])
    for row in (*head, ["Code", "Libellé", "Nature", "Nombre"], ["EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"]):
        sheet.append(row)
    for code, (name, nature) in EPCIS.items():
        sheet.append([code, name, nature, 2])
    sheet = book.create_sheet("Composition_communale")
    for row in (*head, ["Code", "Libellé", "Code", "Libellé"], ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"]):
        sheet.append(row)
    for code, epci in COMPOSITION.items():
        sheet.append([code, "nom", int(epci), EPCIS[epci][0], "01", "84"])
    book.save(file)
    return file


def square(column: int, row: int) -> list[list[list[float]]]:
    west, south = 5 + column / 10, 46 + row / 10
    corners = ((0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0))
    return [[[round(west + x, 4), round(south + y, 4)] for x, y in corners]]


def features(field: str = "INSEE_COM", places: dict[str, tuple[int, int]] = PLACES) -> list[dict]:
    outlines = [
        {"type": "Feature", "properties": {field: code}, "geometry": {"type": "Polygon", "coordinates": square(*place)}}
        for code, place in places.items()
    ]
    halls = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": point}}
        for point in HALLS.values()
    ]
    return outlines + halls


def write_geojson(file: Path, listed: list[dict], crs: str = "") -> Path:
    whole: dict = {"type": "FeatureCollection", "features": listed}
    if crs:
        whole["crs"] = {"type": "name", "properties": {"name": crs}}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


def write_geopackage(file: Path, wkb: dict[str, bytes], halls: list[bytes], srs: int) -> Path:
    """The tables of a GeoPackage that matter, with an envelope in front of each geometry, as GDAL writes them."""
    with sqlite3.connect(file) as base:
        base.executescript(f"""
            CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
            INSERT INTO gpkg_spatial_ref_sys VALUES ({srs}, 'EPSG', {srs}), (4326, 'EPSG', 4326);
            CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
            CREATE TABLE departement (fid INTEGER PRIMARY KEY, geom BLOB, code_insee TEXT);
            CREATE TABLE commune (fid INTEGER PRIMARY KEY, geom BLOB, code_insee TEXT);
            CREATE TABLE chef_lieu_de_commune (fid INTEGER PRIMARY KEY, geom BLOB);""")
        for name in ("departement", "commune", "chef_lieu_de_commune"):
            base.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?)", (name, srs))
            base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (name, srs))
        header = b"GP\x00\x03" + struct.pack("<i4d", srs, 0, 0, 0, 0)
        for code, shape in wkb.items():
            base.execute("INSERT INTO commune (geom, code_insee) VALUES (?, ?)", (header + shape, code))
        for hall in halls:
            base.execute("INSERT INTO chef_lieu_de_commune (geom) VALUES (?)", (header + hall,))
    base.close()
    return file


def sirene_rows(rows: Iterable[tuple[str, ...]] = SIRENE) -> list[list[str]]:
    return [
        [siren, nic.zfill(5), siren + nic.zfill(5), "P", band, seat, SECRET, commune, state, SECRET, activity]
        for siren, nic, band, seat, commune, state, activity in rows
    ]


def unit_rows() -> list[list[str]]:
    return [[siren, SECRET, legal, social] for siren, (legal, social) in LEGAL.items()]


UNIT_COLUMNS = ("siren", "nomUniteLegale", "categorieJuridiqueUniteLegale", "economieSocialeSolidaireUniteLegale")
RNA_COLUMNS = ("id", "titre", "objet", "objet_social1", "adrs_codeinsee", "position")


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Official files, all of them there."""
    place = tmp_path / "official"
    place.mkdir()
    (place / "v_commune_2026.csv").write_text(COG, encoding="utf-8")
    (place / "donnees_communes.csv").write_text(POPULATIONS, encoding="utf-8")
    associations = [
        [f"W0110000{rank}", SECRET, f'{SECRET} ; ses "amis"\net leurs voisins', purpose, commune, position]
        for rank, (commune, position, purpose) in enumerate(RNA)
    ]
    return Sources(
        communes=place / "v_commune_2026.csv",
        populations=place / "donnees_communes.csv",
        epci=write_composition(place / "Intercommunalite.xlsx"),
        outlines=[write_geojson(place / "communes.geojson", features())],
        establishments=[table(place / "StockEtablissement_utf8.csv", SIRENE_COLUMNS, sirene_rows())],
        units=[table(place / "StockUniteLegale_utf8.csv", UNIT_COLUMNS, unit_rows())],
        associations=[table(place / "rna_waldec_dpt_01.csv", RNA_COLUMNS, associations, ";")],
    )


WISH = Wish(select=[f"epci:{ALPHA},{BETA}"], centre="01001", title="Pays d'essai", year=2023)

Build = Callable[..., tuple[Path, list]]


@pytest.fixture
def build(tmp_path: Path, sources: Sources) -> Build:
    """Build a territory from the made files, some of them or some wishes changed; its folder and what was told."""

    def made(name: str = "built", **changes: object) -> tuple[Path, list]:
        wish = replace(WISH, **{key: value for key, value in changes.items() if hasattr(WISH, key)})
        files = replace(sources, **{key: value for key, value in changes.items() if hasattr(sources, key)})
        notices = build_territory(tmp_path / name, files, wish, lambda *_: None)
        return tmp_path / name, notices

    return made


@pytest.fixture
def official() -> ModuleType:
    """What this file makes official files with."""
    return sys.modules[__name__]
