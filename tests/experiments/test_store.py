"""The folder of a sweep: files whole or absent, nobody else's, and always of the same study."""

import contextlib
import errno
import json
import re

import pytest
from filelock import FileLock

from ectsim.errors import InputError
from ectsim.experiments import store as stores
from ectsim.experiments import study_inputs
from ectsim.experiments.parts import RUNS, read_part
from ectsim.experiments.plan import WHOLE, Block, Shard, make_plan
from ectsim.experiments.store import (
    LOCKS,
    MANIFEST,
    StoreError,
    differences,
    kept_study,
    open_store,
    read_manifest,
    writing_whole,
)


@pytest.fixture
def plan(tiny):
    return make_plan(tiny())


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "here"
    with writing_whole(path) as file:
        file.write(b"abc")
        assert not path.exists()
    assert path.read_bytes() == b"abc"
    with pytest.raises(TypeError), writing_whole(path) as file:
        file.writelines([b"half", 1])
    assert [one.name for one in tmp_path.iterdir()] == ["here"]
    assert path.read_bytes() == b"abc"

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stores.os, "fsync", full)
    with pytest.raises(StoreError, match="disk is full|disque est plein"), writing_whole(path) as file:
        file.write(b"more")
    assert [one.name for one in tmp_path.iterdir()] == ["here"]


def test_the_manifest_says_the_study_in_full_and_no_time_nor_machine(tmp_path, plan):
    for name in ("one", "two"):
        with open_store(tmp_path / name, plan):
            pass
    told = read_manifest(tmp_path / "one")
    assert (tmp_path / "one" / MANIFEST).read_bytes() == (tmp_path / "two" / MANIFEST).read_bytes()
    assert type(plan.study).model_validate(told["study"]) == plan.study
    assert set(told) == {
        *("made_by", "study", "model", "territories", "posteriors", "notice", "points", "blocks", "columns")
    }
    assert json.loads((tmp_path / "one" / "provenance.json").read_text())["machine"]["cores"] >= 1


@pytest.mark.parametrize(
    ("changes", "place", "before", "now"),
    [
        ({"replicates": 5}, "study.replicates", "4", "5"),
        ({"seeds": {"first": 2}}, "study.seeds.first", "1", "2"),
        ({"outcomes": ("ideas",)}, "study.outcomes", '["ideas", "emerged", "survival_2"]', '["ideas"]'),
    ],
)
def test_a_changed_study_is_refused_with_what_differs(tmp_path, tiny, plan, changes, place, before, now):
    with open_store(tmp_path / "here", plan):
        pass
    kept = (tmp_path / "here" / MANIFEST).read_bytes()
    with pytest.raises(InputError) as caught, open_store(tmp_path / "here", make_plan(tiny(**changes))):
        pass
    first, *others = caught.value.problems
    assert first.message == "sweeps.changed"
    assert {problem.field: (problem.values["before"], problem.values["now"]) for problem in others}[place] == (
        before,
        now,
    )
    assert (tmp_path / "here" / MANIFEST).read_bytes() == kept


def test_a_changed_model_is_refused(tmp_path, tiny, plan, monkeypatch):
    with open_store(tmp_path / "here", plan):
        pass
    monkeypatch.setattr("ectsim.experiments.plan.model_hash", lambda: "another")
    with pytest.raises(InputError) as caught, open_store(tmp_path / "here", make_plan(tiny())):
        pass
    assert [problem.field for problem in caught.value.problems] == [None, "model"]
    assert caught.value.problems[1].values["now"] == '"another"'


def test_a_changed_territory_is_refused(tmp_path, plan, monkeypatch):
    with open_store(tmp_path / "here", plan):
        pass
    monkeypatch.setattr(study_inputs, "territory_hash", lambda folder: "moved")
    with pytest.raises(InputError) as caught, open_store(tmp_path / "here", plan):
        pass
    assert [problem.field for problem in caught.value.problems] == [None, "territories.pays_ledonien"]


def test_other_points_of_the_same_study_are_refused(tmp_path, plan):
    with open_store(tmp_path / "here", plan):
        pass
    plan.points[0, 0] += 1e-9
    with pytest.raises(InputError) as caught, open_store(tmp_path / "here", plan):
        pass
    assert [problem.field for problem in caught.value.problems] == [None, "points.hash"]


@pytest.mark.parametrize("study", [{}, {"name": {"fr": "a", "en": "b"}, "scenarios": {}, "of_another_version": 1}])
def test_a_manifest_that_this_version_cannot_read_is_told(tmp_path, plan, study):
    with open_store(tmp_path / "here", plan):
        pass
    told = json.loads((tmp_path / "here" / MANIFEST).read_text(encoding="utf-8"))
    (tmp_path / "here" / MANIFEST).write_text(json.dumps(told | {"study": study}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        kept_study(tmp_path / "here")
    assert [problem.message for problem in caught.value.problems] == ["sweeps.not_manifest"]


def test_differences_name_every_field_that_differs():
    before = {"a": {"b": [1, 2], "c": 3}, "d": [1]}
    now = {"a": {"b": [1, 5], "c": 3}, "d": [1, 2], "e": None, "f": 1}
    assert list(differences(before, now)) == [("a.b[1]", 2, 5), ("d", [1], [1, 2]), ("f", None, 1)]


@pytest.mark.parametrize("content", ["{}", "[1]", '{"made_by": "other"}', '{"made_by": "ec'])
def test_a_manifest_that_is_none_is_refused(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(InputError, match=MANIFEST):
        read_manifest(tmp_path)


def test_a_folder_with_something_else_is_refused_and_left_alone(tmp_path, plan):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.txt"), open_store(tmp_path, plan):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="thesis"), open_store(tmp_path / "thesis.txt", plan):
        pass


def test_what_a_kill_before_the_manifest_left_is_no_obstacle(tmp_path, plan):
    (tmp_path / RUNS).mkdir()
    (tmp_path / LOCKS).mkdir()
    (tmp_path / f".{MANIFEST}.1a2b3c4d").write_text("half")
    with open_store(tmp_path, plan):
        pass
    assert read_manifest(tmp_path)["points"]["count"] == 80


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (WHOLE, WHOLE, True),
        (WHOLE, Shard(1, 2), True),
        (Shard(2, 2), WHOLE, True),
        (Shard(1, 2), Shard(1, 2), True),
        (Shard(1, 2), Shard(3, 4), True),
        (Shard(1, 2), Shard(2, 2), False),
        (Shard(1, 2), Shard(2, 4), False),
    ],
)
def test_a_folder_in_use_is_refused_except_to_other_shards(tmp_path, plan, first, second, refused):
    expectation = pytest.raises(InputError, match=re.escape(str(tmp_path))) if refused else contextlib.nullcontext()
    with open_store(tmp_path, plan, first), expectation, open_store(tmp_path, plan, second):
        pass
    with open_store(tmp_path, plan, second):
        pass


def test_a_lock_that_nobody_holds_stops_nobody(tmp_path, plan):
    (tmp_path / LOCKS).mkdir()
    FileLock(tmp_path / LOCKS / "1-of-1").acquire().lock.release()
    with open_store(tmp_path, plan):
        pass


BLOCK = Block(0, 0, tuple(range(8)), range(4))


@pytest.fixture
def kept(tmp_path, plan):
    """A folder with one block, its job and the bytes of its file."""
    from ectsim.experiments.blocks import run_block

    parts = run_block(plan.job(BLOCK))
    with open_store(tmp_path, plan) as store:
        assert not store.has(BLOCK)
        store.keep(BLOCK, parts)
    return store, parts[RUNS]


def damaged_in_the_middle(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:100],
        lambda content: content[:-1],
        damaged_in_the_middle,
        lambda content: b"\0" * len(content),
    ],
    ids=["empty", "start", "end", "flipped", "zeros"],
)
def test_a_damaged_file_is_noticed(kept, damage):
    store, content = kept
    path = store.path(RUNS, BLOCK)
    assert path.read_bytes() == content
    assert store.has(BLOCK)
    assert store.damaged == []
    path.write_bytes(damage(content))
    assert read_part(path) is None
    assert not store.has(BLOCK)
    assert store.damaged == ["runs/part-00000-0000.parquet"]


def test_a_flipped_bit_never_gives_other_values(kept):
    store, content = kept
    path = store.path(RUNS, BLOCK)
    whole, pages = read_part(path), len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    noticed = 0
    for place in range(4, pages, 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found = read_part(path)
        assert found is None or found.equals(whole)
        noticed += found is None
    assert noticed > pages / 7 / 2


def test_a_block_of_other_runs_is_not_taken_for_this_one(kept):
    store, _ = kept
    assert not store.has(BLOCK._replace(points=tuple(range(7))))


def test_what_a_killed_command_was_writing_is_removed_from_its_own_groups_only(tmp_path, plan):
    (tmp_path / RUNS).mkdir()
    for group in (0, 1, 2, 3):
        (tmp_path / RUNS / f".part-{group:05d}-0000.parquet.12345678").write_text("half")
    (tmp_path / MANIFEST).write_text(json.dumps(stores.manifest_of(plan)))
    with open_store(tmp_path, plan, Shard(2, 2)):
        pass
    left = sorted(path.name[6:11] for path in (tmp_path / RUNS).iterdir())
    assert left == ["00000", "00002"]
