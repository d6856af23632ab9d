import pytest

from ectsim.locale import LANGUAGES
from ectsim.territory.nomenclature import (
    KINDS,
    LABELS,
    SECTOR_OF_KIND,
    SECTORS,
    SIZE_CLASSES,
    STATUSES,
    ZONES,
    label,
    size_class_of_population,
)


def test_every_kind_has_a_sector_and_every_sector_a_kind():
    assert set(SECTOR_OF_KIND.values()) == set(SECTORS)


def test_every_name_has_one_label_in_each_language():
    names = (*KINDS, *SECTORS, *SIZE_CLASSES, *ZONES, *STATUSES)
    assert len(set(names)) == len(names)
    assert set(LABELS) == set(names)
    for language in LANGUAGES:
        assert len({label(name, language) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("inhabitants", "size_class"), [(0, "0-9"), (999, "0-9"), (1000, "10-49"), (9999, "10-49"), (10000, "50+")]
)
def test_population_stands_in_for_size(inhabitants: int, size_class: str):
    assert size_class_of_population(inhabitants) == size_class
