"""Draws of parameters: read, checked, one a seed, the same in every scenario."""

import errno
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ectsim.errors import InputError
from ectsim.model.simulation import allocate_state, begin, prepare, vary
from ectsim.posterior import label_of, load_posterior, notice_in
from ectsim.scenario import load_scenario

DRAWS = {"idea_rate": [10.0, 20.0, 30.0], "initiator_share[commune]": [0.1, 0.2, 0.3]}


def write(path, columns):
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "fit.parquet", DRAWS)


def scenario(file, **changes):
    base = load_scenario("one_call_a_year").model_copy(update={"posterior": str(file), "parameters": "posterior"})
    return base.model_copy(update=changes)


def test_draws_are_those_of_the_file(file):
    posterior = load_posterior(file)
    assert posterior.names == tuple(DRAWS)
    assert posterior.draws.T.tolist() == list(DRAWS.values())
    assert len(posterior.digest) == 64


def test_a_seed_takes_its_draw_and_returning_seeds_the_same(file):
    setup = prepare(scenario(file))
    state = allocate_state(setup)
    for seed in (0, 1, 2, 5, 1):
        begin(setup, state, seed)
        assert state.parameters[0].idea_rate == DRAWS["idea_rate"][seed % 3]
    assert setup.parameters["idea_rate"].tolist() == DRAWS["idea_rate"]


def test_values_given_replace_those_drawn(file):
    setup = prepare(scenario(file, parameters={"idea_rate": 7.0}))
    assert setup.parameters["idea_rate"].tolist() == [7.0] * 3
    varied = vary(prepare(scenario(file)), scenario(file, parameters={"idea_rate": 7.0}))
    assert np.array_equal(varied.parameters, setup.parameters)


def test_default_parameters_are_not_drawn(file):
    assert len(prepare(scenario(file, parameters="default")).parameters) == 1


def test_a_variant_keeps_its_posterior(file):
    with pytest.raises(ValueError, match="posterior"):
        vary(prepare(scenario(file)), scenario(file, parameters="default"))


@pytest.mark.parametrize(
    ("columns", "key", "nearest"),
    [
        ({"idea_rat": [1.0]}, "parameters.unknown", "idea_rate"),
        ({"idea_rate": [10.0, 1e9]}, "parameters.bounds", None),
        ({"idea_rate": [10.0, float("nan")]}, "parameters.bounds", None),
        ({"idea_rate": ["a"]}, "parameters.not_numbers", None),
        ({"idea_rate": pa.array([], pa.float64())}, "parameters.no_draws", None),
    ],
)
def test_wrong_draws_are_told(tmp_path, columns, key, nearest):
    with pytest.raises(InputError) as caught:
        load_posterior(write(tmp_path / "wrong.parquet", columns))
    (problem,) = caught.value.problems
    assert (problem.message, problem.nearest) == (key, nearest)
    assert problem.file is not None


def test_a_file_that_is_no_parquet_or_not_there(tmp_path):
    (tmp_path / "text.parquet").write_text("no")
    for name, key in (("text.parquet", "not_parquet"), ("absent.parquet", "no_posterior")):
        with pytest.raises(InputError) as caught:
            load_posterior(tmp_path / name)
        assert caught.value.problems[0].message == f"parameters.{key}"


@pytest.mark.parametrize(
    ("label", "notice"),
    [
        ({"synthetic": "true", "notice": '"DONNÉES FICTIVES"'}, "DONNÉES FICTIVES"),
        ({"synthetic": "false", "notice": '""'}, ""),
        ({"synthetic": "true"}, "synthetic"),
        ({"synthetic": "yes", "notice": "no JSON"}, "synthetic"),
        ({"other": "1"}, ""),
    ],
)
def test_a_file_that_rests_on_fictive_rows_says_so(tmp_path, label, notice):
    pq.write_table(pa.table(DRAWS).replace_schema_metadata(label), tmp_path / "fit.parquet")
    posterior = load_posterior(tmp_path / "fit.parquet")
    assert (posterior.notice, posterior.synthetic) == (notice, bool(notice))
    assert notice_in({key.encode(): value.encode() for key, value in label_of(notice).items()}) == notice


def test_a_file_that_does_not_open_is_told(tmp_path, monkeypatch):
    file = tmp_path / "draws.parquet"
    file.touch()

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(InputError, match="the disk fails|disque est défaillant") as error:
        load_posterior(file)
    assert "draws.parquet" in str(error.value)
