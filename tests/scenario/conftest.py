"""Writing small scenario files and reading what is wrong with them."""

import textwrap

import pytest

from ectsim.errors import InputError
from ectsim.locale import choose_language
from ectsim.scenario import load_scenario


@pytest.fixture(autouse=True)
def _speak_english():
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def write(tmp_path):
    """Write a scenario file; give its path."""

    def write(content, name="study.yaml"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems(write):
    """Problems of a file, as (line, field, nearest name, message) in the order they are told."""

    def problems(content):
        with pytest.raises(InputError) as caught:
            load_scenario(write(content))
        return [(p.line, p.field, p.nearest, str(p)) for p in caught.value.problems]

    return problems
