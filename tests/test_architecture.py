"""What may import what: stages follow one another, and heavy packages wait until they are needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ectsim"

# Left to right, as data flows: a module imports only its own stage and those before it. A new module or folder of
# ectsim/ takes its place here; one module of a folder may stand apart from its folder ("model.luck").
STAGES = (
    "locale",
    "errors",
    "shipped",
    "pages",
    "compiled",
    "luck",
    "parameters",
    "posterior",
    "territory",
    "scenario",
    "world",
    "model",
    "experiments",
    "calibration",
    "analysis",
    "report",
    "workshop",
    "cli",
    "__main__",
)
HEAVY = ("SALib", "ema_workbench", "matplotlib", "mesa", "networkx", "numba", "pandas", "pyarrow", "scipy", "sklearn")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def stage(module: str) -> int | None:
    """Place of ``module`` (without "ectsim.") in STAGES: that of its longest prefix named there."""
    parts = module.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((STAGES.index(prefix) for prefix in prefixes if prefix in STAGES), None)


def imported_modules(source: str, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Yield line and name, without "ectsim.", of everything of ectsim that ``source`` imports, wherever it stands."""
    package = ["ectsim", *module.split(".")] if is_package else ["ectsim", *module.split(".")[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name.removeprefix("ectsim.")) for name in names if name.split(".")[0] == "ectsim")


def wrong_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    own, problems = stage(module), []
    if own is None:
        return [f"ectsim.{module} has no place in STAGES"]
    for line, name in imported_modules(source, module, is_package):
        place = stage(name)
        if name == "__version__" or (place is not None and place <= own):
            continue
        problems.append(f"ectsim.{module}, line {line}: imports ectsim.{name}, which is no earlier stage")
    return problems


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_imports_earlier_stages_only(path: Path):
    source = path.read_text(encoding="utf-8")
    assert not wrong_imports(source, module_name(path), path.name == "__init__.py")


@pytest.mark.parametrize(
    ("module", "source", "right"),
    [
        ("world.network", "from ectsim.territory import distances", True),
        ("world.network", "from ectsim import __version__", True),
        ("world.network", "import numpy", True),
        ("world.network", "from .population import draw", True),
        ("world.network", "from ectsim.model import rules", False),
        ("world.network", "def f():\n    import ectsim.cli.main", False),
        ("world.network", "from ..model.rules import joins", False),
        ("world.network", "from ectsim import compare", False),
        ("territory.reading", "from ectsim.scenario import reading", False),
        ("calibration.fitting", "from ectsim.experiments import ensembles", True),
        ("experiments.ensembles", "from ectsim.calibration import fitting", False),
        ("utils", "import numpy", False),
    ],
)
def test_the_check_tells_right_from_wrong(module: str, source: str, right: bool):
    assert (not wrong_imports(source, module)) is right


@pytest.mark.parametrize("module", ["ectsim", "ectsim.cli.main"])
def test_importing_loads_no_heavy_package(module: str):
    listing = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
