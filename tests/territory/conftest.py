"""A small territory of three communes, sound, that each test damages in its own way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ectsim.errors import InputError, Problem
from ectsim.territory.reading import load_territory

FILES = {
    "territory.yaml": """\
title: {fr: Essai, en: Trial}
centre: "01001"
coordinates: EPSG:4326
population_year: 2023
licence: Licence Ouverte 2.0
attribution: nobody
perimeters:
  west: {fr: Ouest, en: West}
""",
    "communes.csv": """\
code,name,epci,zone,population,area_km2,latitude,longitude
01001,Bourg,A,centre,12000,10.5,46.5,5.5
01002,Couronne,A,ring,1500,8,46.51,5.52
01003,Combe,B,rural,300,20,46.7,5.8
""",
    "epci.csv": "code,name,population\nA,Alpha,13500\nB,Bêta,300\n",
    "contiguity.csv": "code_a,code_b\n01002,01001\n01002,01003\n",
    "actors.csv": """\
kind,size_class,zone,count,low,high,status,source
commune,50+,centre,1,1,1,count,counted
commune,10-49,ring,1,1,1,count,counted
commune,0-9,rural,1,1,1,count,counted
epci,50+,centre,1,1,1,count,counted
epci,0-9,rural,1,1,1,count,counted
company,10-49,centre,10,8,12,estimate,by hand
company,10-49,rural,10,8,12,estimate,by hand
""",
    "perimeters/west.csv": "code\n01001\n01004\n01002\n",
    "neighbours/communes.csv": """\
code,name,epci,zone,population,area_km2,latitude,longitude
01004,Voisine,C,rural,75,5,46.45,5.45
""",
    "neighbours/epci.csv": "code,name,population\nC,Gamma,9000\n",
    "neighbours/contiguity.csv": "code_a,code_b\n01001,01004\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of the small territory, sound."""
    place = tmp_path / "territories" / "trial"
    for name, content in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")
    return place


@pytest.fixture
def change(folder: Path) -> Callable[[str, str, str], None]:
    """Replace a piece of one file, which must be there."""

    def replace(name: str, old: str, new: str) -> None:
        content = (folder / name).read_text(encoding="utf-8")
        assert old in content
        (folder / name).write_text(content.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def problems(folder: Path) -> Callable[..., tuple[Problem, ...]]:
    """Read the small territory, or a perimeter of it, and give what is found wrong."""

    def read(perimeter: str = "") -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            load_territory(folder / perimeter)
        return caught.value.problems

    return read
