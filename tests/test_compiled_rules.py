"""Compiled code keeps to operations that give the same bits with and without compilation, on any number of threads."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ectsim"
DECORATOR = "compiled"  # ectsim's own: the one place that calls numba, in a module of the same name
DECORATORS = {DECORATOR, "rule", "allocating_rule"}
NUMBA_DECORATORS = {"jit", "njit", "vectorize", "guvectorize", "stencil", "cfunc", "jitclass"}
# Libraries round these, or order their sums, differently from one build to the next: math.* and loops replace them.
UNSTABLE_METHODS = {"sum", "cumsum", "prod", "mean", "std", "var", "dot"}
UNSTABLE = UNSTABLE_METHODS | {"nansum", "vdot", "inner", "matmul", "einsum", "trapezoid", "random"}
UNSTABLE |= {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "power", "square", "hypot"}
UNSTABLE |= {"sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan2"}


def last_name(node: ast.expr) -> str:
    """Give ``compiled`` for ``compiled``, ``rules.compiled`` and ``compiled(...)``."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unstable_operation(node: ast.AST) -> str | None:
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow | ast.MatMult):
        return "** or @"
    if isinstance(node, ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else None
        if owner in ("np", "numpy") and node.attr in UNSTABLE:
            return f"np.{node.attr}"
        if owner not in ("np", "numpy", "math") and node.attr in UNSTABLE_METHODS:
            return f".{node.attr}"
    if isinstance(node, ast.Subscript) and any(map(is_negative, ast.walk(node.slice))):
        return "an index that counts from the end"
    return None


def is_negative(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def problems(source: str, module: str = "") -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and DECORATORS & set(map(last_name, node.decorator_list)):
            inside = ((part, unstable_operation(part)) for body in node.body for part in ast.walk(body))
            found += [f"line {part.lineno}: {name} in compiled {node.name}" for part, name in inside if name]
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            found.append(f"line {node.value.lineno}: {node.arg}")
        if isinstance(node, ast.ImportFrom) and node.module == "numpy":
            found.append(f"line {node.lineno}: names taken out of numpy hide from this check")
        if module != DECORATOR and isinstance(node, ast.Name | ast.Attribute) and last_name(node) in NUMBA_DECORATORS:
            found.append(f"line {node.lineno}: {last_name(node)} outside the module {DECORATOR}")
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_compiled_code_keeps_to_stable_operations(path: Path):
    assert not problems(path.read_text(encoding="utf-8"), path.stem)


def test_there_is_one_decorator_and_it_divides_like_numpy():
    (module,) = PACKAGE.rglob(f"{DECORATOR}.py")
    tree = ast.parse(module.read_text(encoding="utf-8"))
    options = {node.arg: ast.unparse(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    assert options.get("error_model") == "'numpy'"


def test_every_compiled_module_counts_in_the_name_of_the_cache():
    (module,) = PACKAGE.rglob(f"{DECORATOR}.py")
    named = (node for node in ast.parse(module.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign))
    (sources,) = (ast.literal_eval(node.value) for node in named if last_name(node.targets[0]) == "SOURCES")
    users = [path for path in PACKAGE.rglob("*.py") if f"\n@{DECORATOR}" in path.read_text(encoding="utf-8")]
    assert users
    assert {path.relative_to(PACKAGE).parts[0] for path in users} <= set(sources)


@pytest.mark.boundscheck
def test_a_read_outside_an_array_is_seen_when_accesses_are_checked(tmp_path: Path):
    program = tmp_path / "outside.py"
    program.write_text(
        "import numpy as np\nfrom ectsim.compiled import compiled\n\n"
        "@compiled\ndef read(values, place):\n    return values[place]\n\n"
        "read(np.zeros(3), 3)\n"
    )
    environment = os.environ | {
        "NUMBA_BOUNDSCHECK": "1",
        "ECTSIM_CACHE": str(tmp_path),
        "PYTHONPATH": str(PACKAGE.parent),
    }
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=False)
    assert "IndexError" in done.stderr


INDEXING = """
from ectsim.compiled import compiled, rule


@rule
def read(values, place):
    return values[place]


@compiled
def entry(values, place):
    return read(values, place)

"""
TRIED = """
import numba
import numpy as np
from ectsim.model.rule_of_a_test import entry


@numba.njit
def elsewhere(values, place):
    return values[place]


print(entry(np.arange(3.0), 2), elsewhere(np.arange(3.0), -1))
try:
    print(entry(np.arange(3.0), -1))
except IndexError:
    print("seen")
"""


@pytest.mark.boundscheck
def test_only_rules_of_this_package_do_without_counting_from_the_end(tmp_path: Path):
    package = tmp_path / "ectsim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "model" / "rule_of_a_test.py").write_text(INDEXING)
    program = tmp_path / "tried.py"
    program.write_text(TRIED)
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "ECTSIM_CACHE": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["2.0", "2.0", "seen"], done.stderr


WHERE = "from ectsim.compiled import CACHE_FOLDER; print(CACHE_FOLDER, flush=True)"
WHERE_TWICE = f"{WHERE}; import subprocess, sys; subprocess.run([sys.executable, '-c', {WHERE!r}], check=True)"


def test_where_no_cache_can_be_kept_processes_share_a_temporary_one(tmp_path: Path):
    blocked = tmp_path / "a file"
    blocked.touch()
    environment = os.environ | {"ECTSIM_CACHE": str(blocked), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WHERE_TWICE], env=environment, capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert first == second
    assert Path(first).is_relative_to(tmp_path)


def compiled(body: str) -> str:
    return f"@compiled\ndef rule(x, values):\n    return {body}\n"


@pytest.mark.parametrize(
    ("source", "right"),
    [
        (compiled("math.exp(-x) + x * x + math.pow(x, 3.0)"), True),
        (compiled("np.empty(3)"), True),
        ("def plot(x):\n    return np.exp(x) ** 2 + x.sum()\n", True),
        (compiled("np.exp(x)"), False),
        (compiled("numpy.log(x)"), False),
        (compiled("x ** 2"), False),
        (compiled("values.sum()"), False),
        (compiled("values @ values"), False),
        (compiled("[np.sqrt(value) for value in values][0]"), False),
        (compiled("values[int(x) - 1]"), True),
        (compiled("values[-1]"), False),
        (compiled("values[0, -int(x)]"), False),
        (compiled("np.exp(x)").replace("@compiled", "@rule"), False),
        (compiled("np.exp(x)").replace("@compiled", "@allocating_rule"), False),
        ("@compiled(inline=True)\ndef rule(x):\n    x **= 2\n    return x\n", False),
        ("@compiled(fastmath=True)\ndef rule(x):\n    return x\n", False),
        ("@njit\ndef rule(x):\n    return x\n", False),
        ("rule = numba.njit(nogil=True)(rule)\n", False),
        ("from numpy import exp\n", False),
    ],
)
def test_the_check_tells_right_from_wrong(source: str, right: bool):
    assert (not problems(source)) is right
