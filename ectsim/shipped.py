"""Where the data that ships with ectsim lies: in the wheel beside the code, or at the root of a checkout."""

from pathlib import Path


def shipped_folder(name: str) -> Path:
    """Folder of shipped data ``name`` ("scenarios", "calibration"), in an installed wheel or a checkout."""
    package = Path(__file__).parent
    inside = package / "data" / name
    return inside if inside.is_dir() else package.parent / name
