"""The names users import from ectsim."""

import subprocess
import sys

import pytest

import ectsim

PUBLIC = [name for name in ectsim.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_loads_on_first_use(name: str):
    assert getattr(ectsim, name) is getattr(ectsim, name)


def test_public_names_are_listed_once_and_only_those():
    assert sorted(ectsim._HOMES) == sorted(PUBLIC)
    assert dir(ectsim) == sorted(ectsim.__all__)
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = ectsim.simulat


def test_a_name_that_shares_the_name_of_a_folder_is_the_function():
    program = "import ectsim.scenario.explain, ectsim; print(callable(ectsim.explain), callable(ectsim.compare))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
