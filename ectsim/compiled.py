"""How rules are compiled: one decorator, and a disk cache that never outlives the sources it was made from.

No rule lives here.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numba
from numba.core import config, types
from numba.extending import register_jitable
from numba.np import arrayobj

_flags: Any = config
SOURCES = ("compiled.py", "luck.py", "world", "model")
KEPT_CACHES = 4


def _sources_hash() -> str:
    """Hash of every source a compiled rule can come from, and of the flags that change compiled code."""
    package = Path(__file__).parent
    digest = hashlib.sha256(f"{numba.__version__} {_flags.BOUNDSCHECK}".encode())
    for source in SOURCES:
        path = package / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Folder of compiled rules: ``ECTSIM_CACHE``, else the user's cache, else a temporary one when that is read-only.

    Numba notices a change in a function's own file, not in the files of the functions it calls: naming the folder by
    the hash of all sources is what keeps a stale rule from being run.
    """
    base = os.environ.get("ECTSIM_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    try:
        return _folder_in(Path(base))
    except OSError:
        os.environ["ECTSIM_CACHE"] = tempfile.mkdtemp(prefix="ectsim-")  # shared with processes begun from here
        return _folder_in(Path(os.environ["ECTSIM_CACHE"]))


def _folder_in(base: Path) -> Path:
    """Folder of the rules of these sources; those of sources of long ago are deleted."""
    root = base / "ectsim"
    folder = root / _sources_hash()
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    with contextlib.suppress(FileNotFoundError):  # another process is at the same
        for old in sorted(root.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_CACHES]:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _short_name(named: Any) -> tuple[str, tuple[()]]:
    """Name of a type in compiled code: Numba's own lists all fields, ten megabytes of names in every cached rule."""
    return f"{type(named).__name__}_{hashlib.sha256(named.name.encode()).hexdigest()[:16]}", ()


for _listed in (types.Record, types.NamedTuple):
    cast("Any", _listed).mangling_args = property(_short_name)

_index: Any = getattr(arrayobj, "fix_integer_index", None)
OURS = "_ZN6ectsim"  # how names of compiled functions of this package begin


def _index_as_given(context: Any, builder: Any, kind: Any, value: Any, size: Any) -> Any:
    """Index of an element in compiled code: as it stands in this package, as Numba takes it elsewhere.

    Rules never count from the end of an array; looking for that at every access takes them a fifteenth of their time.
    """
    if builder.function.name.startswith(OURS):
        return context.cast(builder, value, kind, types.intp)
    return _index(context, builder, kind, value, size)


arrayobj.fix_integer_index = _index_as_given  # a Numba that names it otherwise checks every index, no more

CACHE_FOLDER = _cache_folder()
_flags.CACHE_DIR = str(CACHE_FOLDER)


def compiled(function: Callable) -> Any:
    """Compile an entry point of the rules on first use: holds no lock, divides like NumPy, is kept on disk.

    Set ``NUMBA_DISABLE_JIT=1`` to run the same rules uncompiled.
    """
    return numba.njit(nogil=True, cache=True, error_model="numpy")(function)


# a call would pass the forty arrays of the state one by one: a rule is part of its caller
_RULE_OPTIONS = {"error_model": "numpy", "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def rule(function: Callable) -> Any:
    """Let entry points compile ``function`` into themselves; called from Python it runs as plain Python.

    A rule has no compiled entry of its own, which halves the time of the first use. It may not make arrays: without
    them it need not count references to those of the state, which is what a call would mostly cost.
    """
    return register_jitable(_nrt=False, **_RULE_OPTIONS)(function)


def allocating_rule(function: Callable) -> Any:
    """A rule that makes arrays; for what happens now and then, never every month."""
    return register_jitable(**_RULE_OPTIONS)(function)


def is_cached(entry: str = "") -> bool:
    """Whether compiled rules, or one entry point, already lie on disk (the first use compiles them for a while)."""
    return any(entry in file.name for file in CACHE_FOLDER.rglob("*.nbc"))
