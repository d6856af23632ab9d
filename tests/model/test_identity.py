"""One seed, one run: however it is stepped, saved, compiled, threaded or hashed, and never from a stale cache."""

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ectsim
from ectsim.model.months import advance_one_month, run_months
from ectsim.model.simulation import allocate_state, begin

PACKAGE = Path(ectsim.__file__).parent
MONTHS = 36

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from conftest import ALL_INSTRUMENTS, LIVELY, make_scenario, play
import numba
scenario = make_scenario(ALL_INSTRUMENTS, actors={actors}, burn_in=2, months={months}, parameters=LIVELY)
import hashlib
digest = hashlib.sha256()
for array in play(scenario, {seed}):
    digest.update(array.tobytes())
print(bool(numba.config.DISABLE_JIT), digest.hexdigest())
"""


def digest_of(state):
    digest = hashlib.sha256()
    for array in state:
        digest.update(array.tobytes())
    return digest.hexdigest()


def run_python(program, **environment):
    """Words a program prints, run on this very package."""
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)} | environment
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture(scope="module")
def lively(small):
    return small.scenario(small.ALL_INSTRUMENTS, months=MONTHS - 6, parameters=small.LIVELY)


@pytest.mark.boundscheck
def test_a_run_steps_month_by_month(small, lively):
    whole = small.play(lively, 1)
    _, stepped = small.start(lively, 1)
    for _ in range(MONTHS):
        advance_one_month(stepped)
    assert len(small.born(whole)) > 5
    assert small.differing(whole, stepped) == []


@given(seed=st.integers(0, 2**64 - 1), month=st.integers(0, MONTHS))
@settings(max_examples=15)
def test_a_run_resumes_at_any_month_from_a_copy(small, lively, seed, month):
    _, original = small.start(lively, seed)
    run_months(original, month)
    saved = small.copy(original)
    run_months(original, MONTHS - month)
    run_months(saved, MONTHS - month)
    assert small.differing(original, saved) == []
    assert small.differing(original, small.play(lively, seed)) == []


def test_a_copy_lives_its_own_life(small, lively):
    _, original = small.start(lively, 1)
    run_months(original, 10)
    saved = small.copy(original)
    before = digest_of(original)
    run_months(saved, MONTHS - 10)
    assert digest_of(original) == before


@pytest.mark.boundscheck
def test_arrays_may_be_used_again_for_another_seed(small, lively):
    setup, used = small.start(lively, 4)
    run_months(used, MONTHS)
    begin(setup, used, 9)
    run_months(used, MONTHS)
    fresh = small.play(lively, 9)
    assert small.what_counts(used) == small.what_counts(fresh)


def test_threads_do_not_meet(small, lively):
    setup, _ = small.start(lively, 0)
    alone = [digest_of(small.play(lively, seed)) for seed in range(8)]

    def run(seed):
        state = allocate_state(setup)
        begin(setup, state, seed)
        run_months(state, MONTHS)
        return digest_of(state)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(run, range(8))) == alone
    assert len(set(alone)) == 8


@pytest.mark.parametrize("seed", [3, 8])
def test_rules_run_uncompiled_give_the_compiled_run(small, seed):
    program = PROGRAM.format(tests=str(Path(__file__).parent), actors=16, months=16, seed=seed)
    scenario = small.scenario(small.ALL_INSTRUMENTS, actors=16, burn_in=2, months=16, parameters=small.LIVELY)
    compiled = small.play(scenario, seed)
    assert (compiled.months.joined.sum() if "joined" in compiled.months.dtype.names else 1) > 0
    assert run_python(program, NUMBA_DISABLE_JIT="1") == ["True", digest_of(compiled)]


def test_hash_seeds_do_not_matter(small):
    program = PROGRAM.format(tests=str(Path(__file__).parent), actors=60, months=30, seed=5)
    scenario = small.scenario(small.ALL_INSTRUMENTS, burn_in=2, months=30, parameters=small.LIVELY)
    answers = [run_python(program, PYTHONHASHSEED=str(hash_seed)) for hash_seed in (1, 2)]
    assert answers == [["False", digest_of(small.play(scenario, 5))]] * 2


ENTRY = """
from ectsim.compiled import compiled
from ectsim.model.rules import gain


@compiled
def entry(level):
    return gain(level, 0.5)
"""


def test_an_edited_rule_is_never_run_from_a_stale_cache(tmp_path):
    copied = tmp_path / "package" / "ectsim"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "model" / "entry_of_a_test.py").write_text(ENTRY)
    program = "from ectsim.model.entry_of_a_test import entry; print(entry(0.0), sum(entry.stats.cache_hits.values()))"
    environment = {"ECTSIM_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(copied.parent)}
    assert run_python(program, **environment) == ["0.5", "0"]
    assert run_python(program, **environment) == ["0.5", "1"]
    rules = copied / "model" / "rules.py"
    source = rules.read_text(encoding="utf-8")
    assert source.count("return level + rate * (1.0 - level)") == 1
    rules.write_text(source.replace("return level + rate * (1.0 - level)", "return level + 2.0 * rate * (1.0 - level)"))
    assert run_python(program, **environment) == ["1.0", "0"]


@pytest.mark.boundscheck
def test_no_rule_reads_outside_its_arrays(small):
    """Run with ``NUMBA_BOUNDSCHECK=1``, this goes through every instrument, stage and end of a project."""
    easy = small.LIVELY | {"need[skills]": 1.0, "need[money]": 1.0, "need[time]": 2.0, "need[premises]": 0.2}
    easy |= {"regulation_rate": 0.02, "event_rate": 0.1, "dormant_limit": 12.0, "statement_rate": 0.5}
    easy |= {"ending_hazard": 0.4, "vocabulary_gain": 0.3}
    scenario = small.scenario(small.ALL_INSTRUMENTS, actors=100, burn_in=12, months=60, after=24, parameters=easy)
    seen = set()
    for seed in range(8):
        projects = small.born(small.play(scenario, seed))
        assert np.isfinite(projects.trust).all()
        seen |= {*projects.status.tolist(), *(10 + stage for stage in projects.stage.tolist())}
    assert seen == {0, 1, 2, 3, 10, 11, 12, 13, 14}


@pytest.mark.boundscheck
def test_a_full_table_stops_the_run_with_its_name(small):
    few = small.scenario(parameters=small.LIVELY, sizes={"projects": 3}, months=60)
    _, state = small.start(few, 1)
    assert run_months(state, 66) == 1
    assert state.clock[0].projects == 3
    narrow = small.scenario(parameters=small.LIVELY | {"beta_0": 0.0}, sizes={"members": 3}, months=60)
    _, state = small.start(narrow, 1)
    assert run_months(state, 66) == 2


@pytest.mark.boundscheck
def test_a_rule_that_reads_outside_is_seen_when_accesses_are_checked(tmp_path):
    module = tmp_path / "planted.py"
    module.write_text(
        "import numpy as np\nfrom ectsim.compiled import compiled, rule\n\n\n"
        "@rule\ndef read(values, place):\n    return values[place]\n\n\n"
        "@compiled\ndef entry(values, place):\n    return read(values, place)\n\n\n"
        "print(entry(np.zeros(3), 2))\n"
        "try:\n    entry(np.zeros(3), 3)\nexcept IndexError:\n    print('seen')\n"
    )
    program = f"import runpy; runpy.run_path({str(module)!r})"
    environment = {"ECTSIM_CACHE": str(tmp_path), "NUMBA_BOUNDSCHECK": "1"}
    assert run_python(program, **environment) == ["0.0", "seen"]
