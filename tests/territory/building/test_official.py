"""The official tables one by one: layouts of several years, codes of every part of France."""

from pathlib import Path
from types import ModuleType

import pytest

from ectsim.errors import Problem
from ectsim.territory.building.kinds import SIZE_OF_BAND, is_counted, kind_of, meets_themes
from ectsim.territory.building.official import commune_code
from ectsim.territory.building.places import Cog, read_cog, read_composition, read_populations, select
from ectsim.territory.nomenclature import SIZE_CLASSES

FRANCE = """\
TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
COM,01001,84,01,01D,012,5,AA,Aa,L'Aa,0108,
COM,2A004,94,2A,20R,2A1,1,AJACCIO,Ajaccio,Ajaccio,2A99,
COM,2B033,94,2B,20R,2B2,0,BASTIA,Bastia,Bastia,2B99,
COM,75056,11,75,75C,751,0,PARIS,Paris,Paris,,
COM,97411,04,974,974D,9741,0,SAINT DENIS,Saint-Denis,Saint-Denis,97499,
COM,97608,06,976,976D,,0,DZAOUDZI,Dzaoudzi,Dzaoudzi,97607,
ARM,75104,11,75,,,0,PARIS 04,Paris 4e,Paris 4e Arrondissement,,75056
COMD,01015,84,01,,,1,ARBIGNIEU,Arbignieu,Arbignieu,,01001
COMA,01120,84,01,,,0,CORDIEUX,Cordieux,Cordieux,,01001
"""


@pytest.fixture
def cog(tmp_path: Path) -> Cog:
    (tmp_path / "cog.csv").write_text(FRANCE, encoding="utf-8")
    problems: list[Problem] = []
    read = read_cog(tmp_path / "cog.csv", problems, {})
    assert not problems
    return read


def test_communes_are_those_of_today_and_parts_lead_to_them(cog: Cog):
    assert set(cog.names) == {"01001", "2A004", "2B033", "75056", "97411", "97608"}
    assert cog.departements["2A004"] == "2A"
    assert cog.departements["97411"] == "974"
    assert {code: cog.commune_of(code) for code in ("75104", "01015", "01120", "97608", "99999")} == {
        "75104": "75056", "01015": "01001", "01120": "01001", "97608": "97608", "99999": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1001", "01001"), ("01001", "01001"), ("2a004", "2A004"), ("97411", "97411"), ("101", None), ("2C004", None)],
)
def test_codes_get_their_zero_back(cell: str, code: str | None):
    assert commune_code(cell) == code


LAYOUTS = {
    "five characters": "DEPCOM;COM;PMUN;PCAP;PTOT\n01001;L'Aa;776;1;777\n75056;P;2 103 778;0;0\n97411;S;150000;0;0\n",
    "département and commune": (
        "CODREG;REG;CODDEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT\n"
        "84;ARA;01;2;08;001;L'Aa;776;1;777\n11;IDF;75;1;00;056;Paris;2103778;0;0\n04;R;974;1;01;11;S;150000;0;0\n"
    ),
    "overseas in three": "DEP;CODCOM;COM;PMUN\n1;1;L'Aa;776\n75;56;Paris;2103778\n974;411;S;150000\n",
    "code in COM": (
        "REG;DEP;CODCOM;COM;Commune;PMUN\n"
        "84;01;001;01001;L'Aa;776\n11;75;056;75056;P;2103778.0\n4;974;411;97411;S;150000\n"
    ),
    "before a merger": (
        "DEPCOM;COM;PMUN\n01001;L'Aa;700\n01015;A;50\n01120;C;26\n75056;P;2103778\n75104;P;29000\n97411;S;150000\n"
    ),
    "long table": (
        '"GEO";"GEO_OBJECT";"FREQ";"POPREF_MEASURE";"TIME_PERIOD";"OBS_VALUE"\n'
        '"01001";"COM";"A";"PMUN";"2022";"1"\n"01001";"COM";"A";"PMUN";"2023";"776"\n"01001";"COM";"A";"PTOT";"2023";"9"\n'
        '"75056";"COM";"A";"PMUN";"2023";"2103778"\n"75";"DEP";"A";"PMUN";"2023";"9"\n"75104";"ARM";"A";"PMUN";"2023";"9"\n'
        '"97411";"COM";"A";"PMUN";"2023";"150000"\n'
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_populations_of_every_layout(cog: Cog, tmp_path: Path, layout: str, encoding: str):
    (tmp_path / "populations.csv").write_text(LAYOUTS[layout], encoding=encoding)
    problems: list[Problem] = []
    populations, year = read_populations(tmp_path / "populations.csv", cog, problems, {})
    assert not problems
    assert populations == {"01001": 776, "75056": 2103778, "97411": 150000}
    assert year == (2023 if layout == "long table" else None)


def test_the_composition_from_a_workbook_or_a_table(official: ModuleType, tmp_path: Path):
    (tmp_path / "cog.csv").write_text(official.COG, encoding="utf-8")
    cog = read_cog(tmp_path / "cog.csv", [], {})
    rows = [(code.lstrip("0"), "nom", epci, official.EPCIS[epci][0]) for code, epci in official.COMPOSITION.items()]
    rows.append(("01008", "unknown to the COG", official.ALPHA, "CA Alpha"))
    rows.append(("01009", "a part", official.BETA, "CC Bêta"))
    table = official.table(tmp_path / "epci.csv", ("CODGEO", "LIBGEO", "EPCI", "LIBEPCI"), rows, ";")
    problems: list[Problem] = []
    zeros: dict[str, int] = {}
    plain = read_composition(table, cog, problems, zeros)
    book = read_composition(official.write_composition(tmp_path / "epci.xlsx"), cog, problems, {})
    assert not problems
    assert {code: epci.communes for code, epci in plain.items()} == {
        official.ALPHA: ("01001", "01002"), official.BETA: ("01003", "01004"), official.ELSEWHERE: ("01005",),
    }  # fmt: skip
    assert {code: epci.communes for code, epci in book.items()} == {c: epci.communes for c, epci in plain.items()}
    assert book[official.ALPHA].nature == "CA"
    assert zeros == {str(table): 5}


def test_an_island_without_epci_belongs_to_none(cog: Cog, official: ModuleType, tmp_path: Path):
    rows = [("01001", "ZZZZZZZZZ", "Sans objet"), ("75056", "200054781", "Métropole du Grand Paris")]
    table = official.table(tmp_path / "epci.csv", ("CODGEO", "EPCI", "LIBEPCI"), rows)
    assert set(read_composition(table, cog, [], {})) == {"200054781"}


def test_selections_are_joined(cog: Cog, tmp_path: Path):
    (tmp_path / "codes.txt").write_text("CODE_INSEE\n1001\n75104\n", encoding="utf-8")
    problems: list[Problem] = []
    asked = ["departement:2a,974", f"codes:{tmp_path / 'codes.txt'}"]
    assert select(asked, cog, {}, problems) == ("01001", "2A004", "75056", "97411")
    assert not problems


# legal category, activity, social economy → kind
KINDS = [
    ("1000", "43.32A", "", "company"),
    ("5499", "10.71C", "N", "company"),
    ("5499", "88.10A", "O", "social_enterprise"),
    ("5458", "38.32Z", "", "social_enterprise"),
    ("6316", "01.61Z", "", "social_enterprise"),
    ("8210", "65.12Z", "O", "social_enterprise"),
    ("9300", "94.99Z", "O", "social_enterprise"),
    ("6598", "01.41Z", "", "farm"),
    ("1000", "0141Z", "", "farm"),
    ("9220", "94.99Z", "O", "association"),
    ("8450", "94.11Z", "", "association"),
    ("9220", "85.31Z", "O", "education"),
    ("7331", "85.31Z", "", "education"),
    ("5710", "72.19Z", "", "education"),
    ("1000", "85.53Z", "", "company"),
    ("7120", "84.11Z", "", "agency"),
    ("7381", "94.11Z", "", "agency"),
    ("4110", "02.40Z", "", "agency"),
    ("4140", "49.31Z", "", "public_body"),
    ("7220", "84.11Z", "", "public_body"),
    ("7354", "36.00Z", "", "public_body"),
    ("7357", "84.13Z", "", "public_body"),
    ("7364", "86.10Z", "", "public_body"),
    ("7361", "88.10A", "", "public_body"),
    ("7210", "84.11Z", "", None),
    ("7210", "85.20Z", "", None),
    ("7346", "84.11Z", "", None),
    ("9110", "81.10Z", "", None),
    ("8310", "94.99Z", "", None),
]


@pytest.mark.parametrize(("legal", "activity", "social", "kind"), KINDS)
def test_the_kind_of_an_employer(legal: str, activity: str, social: str, kind: str | None):
    assert kind_of(legal, activity, social) == kind


def test_sizes_and_what_is_counted():
    assert [SIZE_OF_BAND.get(band) for band in ("NN", "00", "03", "11", "12", "21", "53")] == [
        None, None, "0-9", "10-49", "10-49", "50+", "50+",
    ]  # fmt: skip
    assert [is_counted(kind, SIZE_CLASSES[0]) for kind in ("company", "public_body", "farm", "association")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert is_counted("company", SIZE_CLASSES[1])


@pytest.mark.parametrize(
    ("purpose", "meets"), [("024000", True), ("24000", True), ("006120", True), ("011000", False), ("", False)]
)
def test_objects_that_meet_the_themes(purpose: str, meets: bool):
    assert meets_themes(purpose) is meets
